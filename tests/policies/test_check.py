"""What a check gives out, that the rules are in order, and that no text whatever makes one raise or dawdle."""

import json
import time
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.check import Checked, check_reply, described, problems, said_in
from policies.facts import Attachment, Limit, ReplyFacts, Visibility
from policies.findings import Severity
from policies.length import UNITS
from policies.messages import LANGUAGES, MESSAGES, say
from policies.near_duplicates import digest
from policies.registry import RULES, Registry, Spot
from policies.rulebook import RuleInForce
from policies.rulebook_form import default_rulebook, parse
from tests.policies.rule_case import NOW
from tests.policies.rule_cases import CASES
from tests.policies.slow_texts import MADE_TO_BE_SLOW, half_and_whole, is_linear

PLAIN = ReplyFacts(text="", now=NOW, length=Limit(280, "weighted"), network="x", signature="^JK")


def reply(text: str, **facts: Any) -> ReplyFacts:
    return replace(PLAIN, text=text, **facts)


def check(facts: ReplyFacts) -> Checked:
    return check_reply(facts, default_rulebook())


def codes(facts: ReplyFacts) -> list[str]:
    return [finding.code for finding in check(facts).findings]


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
        "params": {},
        "fixes": [
            {"kind": "move_to_private", "start": 0, "end": 0, "text": ""},
            {"kind": "mask", "start": 28, "end": 44, "text": "***@*********.**"},
        ],
    }


def test_offsets_are_code_points_and_not_what_browsers_count() -> None:
    finding = check(reply("👍👍 jan@voorbeeld.nl")).findings[0]
    assert (finding.start, finding.end) == (3, 19)


@pytest.mark.parametrize(
    "text", ["Kijk op vlotlijn.nl of mail jan@voorbeeld.nl " + "a" * 300, "Dag ^AB", "HEEL ERG JAMMER"]
)
def test_what_was_kept_of_a_finding_is_said_in_the_readers_language(text: str) -> None:
    attached = (Attachment(alt_text="mail jan@voorbeeld.nl"),)
    english, dutch = (check(reply(text, say_in=one, attachments=attached)).findings_as_json() for one in ("en", "nl"))
    assert [said_in(one, "nl") for one in english] == [one["message"] for one in dutch]
    assert [said_in(one, "en") for one in dutch] == [one["message"] for one in english]


def test_what_a_rule_said_that_is_gone_stays_as_it_was() -> None:
    gone = {"code": "tone.rude", "message": "Say it kindly.", "params": {}, "fixes": []}
    erased = {"code": "length.exceeded", "message": "", "params": {}, "fixes": []}
    assert (said_in(gone, "nl"), said_in(erased, "nl")) == ("Say it kindly.", "")


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


EVERYTHING = parse({"rules": {code: dict(cases.options) for code, cases in CASES.items()}})  # with a company's data
HOSTILE = "0123456789 .@^-/?&=!NLAB<\u200b\u202e\ud800é\u0301\u0307ǅßﬁ«»'’\n\x00"
anything = st.text(st.one_of(st.characters(), st.sampled_from(HOSTILE)), max_size=300)


@settings(deadline=None)  # the first text loads tables and a model
@given(
    anything,
    st.sampled_from(list(Visibility)),
    st.sampled_from(["x", "facebook_page"]),
    st.booleans(),
    st.sampled_from(UNITS),
)
def test_no_rule_raises_and_every_span_lies_in_the_text(
    text: str, visibility: Visibility, network: str, complaint: bool, unit: str
) -> None:
    facts = reply(
        text,
        visibility=visibility,
        network=network,
        complaint=complaint,
        customer_language="nl",
        length=Limit(100, unit, 120),
        recent=(digest(text),) * 3,
        attachments=(Attachment(alt_text=text),),
    )
    for finding in check_reply(facts, EVERYTHING).findings:
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.message
        for fix in finding.fixes:
            assert 0 <= fix.start <= fix.end <= len(text)
            fix.applied(text)


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("piece", MADE_TO_BE_SLOW)
def test_twice_the_text_costs_no_more_than_a_linear_rule_may(piece: str, visibility: Visibility) -> None:
    """Each rule by itself on 50,000 and 100,000 characters made to be slow: the double takes about the double."""
    half, whole = (_prepared(text, visibility) for text in half_and_whole(piece))
    for one in EVERYTHING.in_force(whole.scope):
        assert is_linear(partial(_find, one), half, whole), one.rule.code


@pytest.mark.parametrize("piece", MADE_TO_BE_SLOW)
def test_what_is_worked_out_for_all_rules_is_linear_too(piece: str) -> None:
    half, whole = (reply(text) for text in half_and_whole(piece))
    for known in ("measured", "words", "links"):
        assert is_linear(partial(_work_out, known), half, whole), known


@pytest.mark.parametrize("piece", MADE_TO_BE_SLOW)
def test_a_description_made_to_be_slow_is_read_in_linear_time(piece: str) -> None:
    half, whole = (reply("Zie de kaart", attachments=(Attachment(alt_text=text),)) for text in half_and_whole(piece))
    assert is_linear(lambda facts: list(described(facts, EVERYTHING)), half, whole)


def test_no_rule_is_left_out_above() -> None:
    measured = {
        one.rule.code for visibility in Visibility for one in EVERYTHING.in_force(_prepared("a", visibility).scope)
    }
    assert measured == {rule.code for rule in RULES}


def _prepared(text: str, visibility: Visibility) -> ReplyFacts:
    """A reply whose length, words and links are known, so that each rule is measured without them."""
    facts = reply(
        text,
        visibility=visibility,
        length=Limit(1_000_000),
        customer_language="nl",
        recent=(digest("a b c d e"),),
        crisis_level=3,
        complaint=True,
        roles=("trainee",),
    )
    for known in ("measured", "words", "links", "scope"):
        getattr(facts, known)
    return facts


def _work_out(known: str, facts: ReplyFacts) -> None:
    getattr(replace(facts), known)


def _find(one: RuleInForce, facts: ReplyFacts) -> None:
    for _finding in one.rule.findings(facts, one.severity, one.options):
        pass


def test_five_megabytes_get_the_one_finding_that_matters() -> None:
    begun = time.process_time()
    assert codes(reply("bel 0612345678 " * 333_333)) == ["length.exceeded"]
    assert time.process_time() - begun < 2
