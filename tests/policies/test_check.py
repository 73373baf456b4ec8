"""Every rule with cases that it must find and cases that it must leave alone, in both languages."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.check import Checked, check_reply, problems
from policies.facts import Attachment, Limit, ReplyFacts, Visibility
from policies.findings import Severity
from policies.messages import LANGUAGES, MESSAGES, say
from policies.registry import RULES, Registry, Spot
from policies.rulebook_form import default_rulebook

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLAIN = ReplyFacts(text="", now=NOW, length=Limit(280, "weighted"), network="x", signature="^JK")


def reply(text: str, **facts: Any) -> ReplyFacts:
    return replace(PLAIN, text=text, **facts)


def check(facts: ReplyFacts) -> Checked:
    return check_reply(facts, default_rulebook())


def codes(facts: ReplyFacts) -> list[str]:
    return [finding.code for finding in check(facts).findings]


FOUND = [
    ("a" * 277, {}, "length.exceeded", (276, 277)),
    ("👍" * 9, {"length": Limit(300, "graphemes", 30)}, "length.bytes_exceeded", (6, 9)),
    ("", {}, "text.empty", (0, 0)),
    (" \u200b\u2060\n", {}, "text.empty", (0, 0)),
    ("ab\x00c", {}, "text.unsendable", (2, 3)),
    ("ab\ud800", {}, "text.unsendable", (2, 3)),
    ("ab\u202ec", {}, "text.hidden", (2, 3)),
    ("Hallo", {"signature": ""}, "signature.missing", (0, 0)),
    ("Dag ^JK en succes", {}, "signature.twice", (4, 7)),
    ("Dag ^jk", {}, "signature.twice", (4, 7)),
    ("Dag ^AB", {}, "signature.other", (4, 7)),
    ("Stort op NL91 ABNA 0417 1643 00 a.u.b.", {}, "personal_data.iban", (9, 31)),
    ("Stort op nl91abna0417164300.", {}, "personal_data.iban", (9, 27)),
    ("IBAN GB82 WEST 1234 5698 7654 32", {}, "personal_data.iban", (5, 32)),
    ("IBAN BE68-5390-0754-7034 bedankt", {}, "personal_data.iban", (5, 24)),
    ("ＮＬ９１ＡＢＮＡ０４１７１６４３００", {}, "personal_data.iban", (0, 18)),
    ("BSN 123456782", {}, "personal_data.bsn", (4, 13)),
    ("BSN 1234.56.782 klopt", {}, "personal_data.bsn", (4, 15)),
    ("BSN 111222333!", {}, "personal_data.bsn", (4, 13)),
    ("kaart 4111 1111 1111 1111", {}, "personal_data.card", (6, 25)),
    ("card 5500-0000-0000-0004.", {}, "personal_data.card", (5, 24)),
    ("amex 378282246310005", {}, "personal_data.card", (5, 20)),
    ("kaart ٤١١١١١١١١١١١١١١١", {}, "personal_data.card", (6, 22)),
    ("mail jan.de-vries+ov@voorbeeld.nl even", {}, "personal_data.email", (5, 33)),
    ("bel 06-12345678", {}, "personal_data.phone", (4, 15)),
    ("bel +31 6 12 34 56 78!", {}, "personal_data.phone", (4, 21)),
    ("call +44 20 7946 0958", {}, "personal_data.phone", (5, 21)),
    ("woont op 1234 AB 56", {}, "personal_data.postcode", (9, 19)),
    ("woont op 1234ab, nr. 56a", {}, "personal_data.postcode", (9, 24)),
    ("Kerkstraat 12, 1234 AB Utrecht", {}, "personal_data.postcode", (0, 22)),
    ("Hallo", {"visibility": Visibility.PRIVATE, "window_closes_at": NOW}, "window.closed", (0, 0)),
    ("Hallo", {"reply_allowed": False}, "reply.not_allowed", (0, 0)),
    ("Hallo", {"original_deleted": True}, "original.deleted", (0, 0)),
    ("Kijk op vlotlijn.nl voor meer", {}, "links.cost", (8, 19)),
    ("Kijk op https://bit.ly/abc", {}, "links.shortener", (8, 26)),
]


@pytest.mark.parametrize(("text", "facts", "code", "span"), FOUND)
def test_finds(text: str, facts: dict[str, Any], code: str, span: tuple[int, int]) -> None:
    found = [(f.start, f.end) for f in check(reply(text, **facts)).findings if f.code == code]
    assert found == [span]


PRIVATE = {"visibility": Visibility.PRIVATE}
LEFT_ALONE = [
    ("a" * 276, {}, "length.exceeded"),
    ("", {"attachments": (Attachment(),)}, "text.empty"),
    ("👍", {}, "text.empty"),
    ("een\ntwee\tdrie\r\n", {}, "text.unsendable"),
    ("Tot ziens ^JK", {}, "signature.twice"),
    ("2^JK", {}, "signature.twice"),
    ("Tot ziens ^JK", {}, "signature.other"),
    ("NL91 ABNA 0417 1643 01", {}, "personal_data.iban"),
    ("ZZ91 ABNA 0417 1643 00", {}, "personal_data.iban"),
    ("NL91 ABNA 0417 1643 00", PRIVATE, "personal_data.iban"),
    ("NL91 ABNA 0417 1643 00", {"own": ("nl91abna0417164300",)}, "personal_data.iban"),
    ("order 123456789", {}, "personal_data.bsn"),
    ("meldnummer 1234567820", {}, "personal_data.bsn"),
    ("A123456782", {}, "personal_data.bsn"),
    ("4111 1111 1111 1112", {}, "personal_data.card"),
    ("9111 1111 1111 1111", {}, "personal_data.card"),
    ("@vlotlijn op X", {}, "personal_data.email"),
    ("mail klantenservice@vlotlijn.nl", {"own": ("@vlotlijn.nl",)}, "personal_data.email"),
    ("mail Help@Vlotlijn.nl", {"own": ("help@vlotlijn.nl",)}, "personal_data.email"),
    ("bel 0800-1234 of 0900-9292", {}, "personal_data.phone"),
    ("bel 030-7515155", {"own": ("+31 30 751 51 55",)}, "personal_data.phone"),
    ("trein 3512 van 14:05 op 12-11-2026 spoor 5", {}, "personal_data.phone"),
    ("kaart 4111 1111 1111 1111", {}, "personal_data.phone"),
    ("het ip-adres is 36.160.14.148", {}, "personal_data.phone"),
    ("postcode 1234 AB", {}, "personal_data.postcode"),
    ("nog 1500 km 3 uur rijden", {}, "personal_data.postcode"),
    ("nog 1500 KM 3 uur rijden", {}, "personal_data.postcode"),
    ("van 1000 MB 5 gebruikt", {}, "personal_data.postcode"),
    ("Hallo", {**PRIVATE, "window_closes_at": NOW + timedelta(seconds=1)}, "window.closed"),
    ("Hallo", {"window_closes_at": NOW - timedelta(days=1)}, "window.closed"),
    ("Hallo", {**PRIVATE, "reply_allowed": False}, "reply.not_allowed"),
    ("Hallo", {**PRIVATE, "original_deleted": True}, "original.deleted"),
    ("Kijk op vlotlijn.nl", {"network": "facebook_page"}, "links.cost"),
    ("Kijk op vlotlijn.nl", PRIVATE, "links.cost"),
    ("Wacht...even. Dan zo.", {}, "links.cost"),
    ("https://vlotlijn.nl/bit.ly", {}, "links.shortener"),
]


@pytest.mark.parametrize(("text", "facts", "code"), LEFT_ALONE)
def test_leaves_alone(text: str, facts: dict[str, Any], code: str) -> None:
    assert code not in codes(reply(text, **facts))


def test_every_rule_has_a_case_of_either_kind() -> None:
    known = {rule.code for rule in RULES}
    assert known == {code for _, _, code, _ in FOUND}
    only_true = {"length.bytes_exceeded", "text.hidden", "signature.missing"}
    assert known - only_true == {code for _, _, code in LEFT_ALONE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ordinary_answer_passes(language: str) -> None:
    text = {
        "nl": "Hoi Anna, wat vervelend! Trein 3512 rijdt weer vanaf 14:05. Wil je ons een privébericht sturen?",
        "en": "Hi Anna, sorry to hear that. Train 3512 runs again from 14:05. Could you send us a direct message?",
    }[language]
    checked = check(reply(text, say_in=language))
    assert checked.findings == ()
    assert checked.length.used == len(text) + 4


def test_the_gravest_comes_first_and_the_form_is_the_contracts() -> None:
    checked = check(reply("Kijk op vlotlijn.nl of mail jan@voorbeeld.nl", say_in="nl"))
    assert checked.blocked
    assert [f.severity for f in checked.findings] == [Severity.BLOCK, Severity.WARN]
    form = json.loads(json.dumps(checked.as_json()))
    assert set(form) == {"findings", "length"}
    assert form["length"] == {"used": 60, "limit": 280, "unit": "weighted"}
    assert form["findings"][0] == {
        "code": "personal_data.email",
        "severity": "block",
        "message": "Dit is iemands e-mailadres en iedereen kan het lezen. Verwijder het of antwoord privé.",
        "start": 28,
        "end": 44,
        "fixes": [],
    }


def test_offsets_are_code_points_and_not_what_browsers_count() -> None:
    finding = check(reply("👍👍 jan@voorbeeld.nl")).findings[0]
    assert (finding.start, finding.end) == (3, 19)


def test_all_rules_are_in_order() -> None:
    assert problems() == ()


def test_messages_without_a_rule_are_dead_text() -> None:
    assert set(MESSAGES) == {rule.code for rule in RULES}


@pytest.mark.parametrize("language", ["en", "nl", "fr", ""])
def test_every_message_can_be_said(language: str) -> None:
    for rule in RULES:
        assert "{" not in say(rule.code, language, **dict.fromkeys(rule.params, "7"))


def test_bad_rules_are_refused_with_the_reason() -> None:
    registry = Registry()

    @registry.rule("Shouting", Severity.WARN)
    def without_docstring(facts: ReplyFacts) -> list[Spot]:
        return []

    for _ in range(2):

        @registry.rule("length.exceeded", Severity.BLOCK)
        def twice(facts: ReplyFacts) -> list[Spot]:
            """Said twice and without the parameters of its message."""
            return []

    found = "\n".join(registry.problems())
    for fault in ("length.exceeded is registered 2 times", "not of the form", "no docstring", "no message", "asks for"):
        assert fault in found


anything = st.text(st.one_of(st.characters(), st.sampled_from("0123456789 .@^-NLAB\u200b\u202e\ud800")), max_size=300)


@given(anything, st.sampled_from(list(Visibility)), st.sampled_from(["x", "facebook_page"]))
def test_no_rule_raises_and_every_span_lies_in_the_text(text: str, visibility: Visibility, network: str) -> None:
    for finding in check(reply(text, visibility=visibility, network=network)).findings:
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.message


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "1",
        "NL91 ",
        "NL91ABNA0417164300 ",
        "a@",
        "a.",
        "a@a.",
        "1234AB ",
        "^JK ",
        "*",
        "0612345678 ",
        "(1-",
        "+31 6 ",
    ],
)
def test_no_text_makes_a_check_slow(piece: str) -> None:
    check(reply("abn.nl"))  # the tables load at first need
    text = (piece * 50_000)[:50_000]
    begun = time.process_time()
    check(reply(text))
    assert time.process_time() - begun < 6


def test_five_megabytes_get_the_one_finding_that_matters() -> None:
    begun = time.process_time()
    assert codes(reply("bel 0612345678 " * 333_333)) == ["length.exceeded"]
    assert time.process_time() - begun < 2
