"""What a check gives out, that the rules are in order, and that no text whatever makes one raise or dawdle."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.check import Checked, check_reply, problems
from policies.facts import Limit, ReplyFacts, Visibility
from policies.findings import Severity
from policies.messages import LANGUAGES, MESSAGES, say
from policies.near_duplicates import digest
from policies.registry import RULES, Registry, Spot
from policies.rulebook import RuleInForce
from policies.rulebook_form import default_rulebook, parse
from tests.policies.rule_cases import CASES, NOW

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
        "fixes": [
            {"kind": "move_to_private", "start": 0, "end": 0, "text": ""},
            {"kind": "mask", "start": 28, "end": 44, "text": "***@*********.**"},
        ],
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


EVERYTHING = parse({"rules": {code: dict(cases.options) for code, cases in CASES.items()}})  # with a company's data
HOSTILE = "0123456789 .@^-/?&=!NLAB<\u200b\u202e\ud800é\u0301\u0307ǅßﬁ«»'’\n\x00"
anything = st.text(st.one_of(st.characters(), st.sampled_from(HOSTILE)), max_size=300)


@settings(deadline=None)  # the first text loads tables and a model
@given(anything, st.sampled_from(list(Visibility)), st.sampled_from(["x", "facebook_page"]), st.booleans())
def test_no_rule_raises_and_every_span_lies_in_the_text(
    text: str, visibility: Visibility, network: str, complaint: bool
) -> None:
    facts = reply(
        text,
        visibility=visibility,
        network=network,
        complaint=complaint,
        customer_language="nl",
        length=Limit(100, "graphemes", 120),
        recent=(digest(text),) * 3,
    )
    for finding in check_reply(facts, EVERYTHING).findings:
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.message
        for fix in finding.fixes:
            assert 0 <= fix.start <= fix.end <= len(text)
            fix.applied(text)


PIECES = [
    "1",
    "NL91 ",
    "a@a.",
    "a.",
    "^JK ",
    "(1-",
    "AA ",
    "@a",
    "VL-",
    "je ordernummer ",
    "A<1",
    "a.nl?utm_x=1&",
    "1/1/",
]
MORE_PIECES = [
    "1 ", "NL91ABNA0417164300 ", "a@", "1234AB ", "*", "0612345678 ", "+31 6 ", "!", "! ", "@a ", "@a.b-", "VL-123456 ",
    "wat is je ", "garandeer ", "passport ", "passport AB123456 ", "<", "\u0430.nl ", "é", "e\u0301", "'a", "bel ",
    "//", "🙄", "sorry ", "ONE TWO ", "boek2026 ",
]  # fmt: skip


@pytest.mark.parametrize("piece", [*PIECES, *(pytest.param(piece, marks=pytest.mark.long) for piece in MORE_PIECES)])
def test_twice_the_text_costs_no_more_than_a_linear_rule_may(piece: str) -> None:
    """Each rule by itself on 50,000 and 100,000 characters made to be slow: the double takes about the double."""
    half, whole = (_prepared((piece * size)[:size]) for size in (50_000, 100_000))
    for one in EVERYTHING.in_force(whole.scope):
        # A quadratic rule takes four times as long, and many seconds; what takes no time at all shows no ratio.
        assert _is_linear(one, half, whole) or _is_linear(one, half, whole), one.rule.code


def _prepared(text: str) -> ReplyFacts:
    """A reply whose length, words and links are known, so that each rule is measured without them."""
    facts = reply(text, length=Limit(1_000_000), customer_language="nl", recent=(digest("a b c d e"),), crisis_level=3)
    for known in ("measured", "words", "links", "scope"):
        getattr(facts, known)
    return facts


def _is_linear(one: RuleInForce, half: ReplyFacts, whole: ReplyFacts) -> bool:
    return _spent(one, whole) < max(3.2 * _spent(one, half), 0.25)


def _spent(one: RuleInForce, facts: ReplyFacts) -> float:
    begun = time.process_time()
    for _finding in one.rule.findings(facts, one.severity, one.options):
        pass
    return time.process_time() - begun


def test_five_megabytes_get_the_one_finding_that_matters() -> None:
    begun = time.process_time()
    assert codes(reply("bel 0612345678 " * 333_333)) == ["length.exceeded"]
    assert time.process_time() - begun < 2
