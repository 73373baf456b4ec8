"""Every rule finds what it must, where it must, and leaves the rest alone, in both languages; its fixes mend it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import regex

from policies.check import Checked, check_reply
from policies.facts import Limit, ReplyFacts
from policies.findings import FixKind
from policies.registry import RULES
from policies.rulebook import Rulebook
from policies.rulebook_form import default_rulebook, parse
from tests.policies.rule_case import NOTHING, NOW, Said
from tests.policies.rule_cases import CASES

PLAIN = ReplyFacts(text="", now=NOW, length=Limit(280, "weighted"), network="x", signature="^JK")
_MARKED = regex.compile("«(?P<inside>[^»]*)»", regex.DOTALL)


@cache
def book_for(code: str) -> Rulebook:
    return parse({"rules": {code: dict(CASES[code].options)}})


def told(code: str, said: str | Said) -> tuple[str, Mapping[str, Any]]:
    text, facts = said if isinstance(said, tuple) else (said, NOTHING)
    return text, {**CASES[code].facts, **facts}


def reply(code: str, text: str, facts: Mapping[str, Any]) -> Checked:
    return check_reply(replace(PLAIN, text=text, **facts), book_for(code))


def cases(*names: str) -> list[Any]:
    return [
        pytest.param(code, said, id=f"{code}-{name}-{number}")
        for code, of_rule in CASES.items()
        for name in names
        for number, said in enumerate(getattr(of_rule, name))
    ]


@pytest.mark.parametrize(("code", "said"), cases("found_nl", "found_en"))
def test_finds(code: str, said: str | Said) -> None:
    marked, facts = told(code, said)
    text = _MARKED.sub(lambda match: match["inside"], marked)
    spans = [(match.start(), match.end() - 2) for match in _MARKED.finditer(marked)]
    found = [(one.start, one.end) for one in reply(code, text, facts).findings if one.code == code]
    assert found == (spans or [(0, 0)])


@pytest.mark.parametrize(("code", "said"), cases("left_nl", "left_en"))
def test_leaves_alone(code: str, said: str | Said) -> None:
    text, facts = told(code, said)
    assert code not in {one.code for one in reply(code, text, facts).findings}


def test_every_rule_has_cases_of_either_kind_in_both_languages() -> None:
    assert set(CASES) == {rule.code for rule in RULES}
    for code, of_rule in CASES.items():
        assert of_rule.found_nl, code
        assert of_rule.found_en, code
        assert of_rule.left_nl, code
        assert of_rule.left_en, code


@pytest.mark.parametrize("code", sorted(CASES))
def test_what_is_switched_off_finds_nothing(code: str) -> None:
    rule = next(rule for rule in RULES if rule.code == code)
    if rule.fixed:
        return
    text, facts = told(code, CASES[code].found_nl[0])
    off = parse({"rules": {code: {"enabled": False}}})
    assert code not in {one.code for one in check_reply(replace(PLAIN, text=text, **facts), off).findings}


@pytest.mark.parametrize(("code", "said"), cases("found_nl", "found_en"))
def test_each_fix_of_the_text_mends_it(code: str, said: str | Said) -> None:
    marked, facts = told(code, said)
    text = _MARKED.sub(lambda match: match["inside"], marked)
    for finding in [one for one in reply(code, text, facts).findings if one.code == code]:
        for fix in finding.fixes:
            assert 0 <= fix.start <= fix.end <= len(text)
            if fix.kind not in (FixKind.MOVE_TO_PRIVATE, FixKind.DESCRIBE):
                mended = reply(code, fix.applied(text), facts)
                assert len([one for one in mended.findings if one.code == code]) == 0, fix


@pytest.mark.parametrize(
    ("code", "text", "facts", "mended"),
    [
        ("personal_data.iban", "Stort op NL91 ABNA 0417 1643 00!", {}, "Stort op **** **** **** **** **!"),
        ("length.exceeded", "Dank voor je bericht", {"length": Limit(17)}, "Dank voor je"),
        ("links.tracking", "Zie https://a.nl/x?b=1&utm_id=2#c", {}, "Zie https://a.nl/x?b=1#c"),
        ("tone.shouting", "Dat is HEEL ERG JAMMER", {}, "Dat is Heel erg jammer"),
        ("signature.other", "Dag ^AB", {}, "Dag "),
        ("mentions.third_party", "Vraag @prorail.", {}, "Vraag prorail."),
        (
            "required.apology",
            "We kijken ernaar.",
            {"complaint": True, "customer_language": "nl"},
            "Onze excuses voor het ongemak. We kijken ernaar.",
        ),
    ],
)
def test_what_a_fix_makes_of_a_text(code: str, text: str, facts: dict[str, Any], mended: str) -> None:
    found = next(
        one for one in check_reply(replace(PLAIN, text=text, **facts), default_rulebook()).findings if one.code == code
    )
    fix = next(fix for fix in found.fixes if fix.kind is not FixKind.MOVE_TO_PRIVATE)
    assert fix.applied(text) == mended


def test_what_needs_the_companys_data_does_nothing_without() -> None:
    silent = {
        rule.code
        for rule in RULES
        if any(getattr(option, "needed", False) and not option.default for option in rule.options)
    }
    assert silent == {
        "links.not_allowed", "phrases.banned", "phrases.missing", "required.reference", "personal_data.reference",
    }  # fmt: skip
    for code in silent:
        text, facts = told(code, CASES[code].found_nl[0])
        found = check_reply(replace(PLAIN, text=text.replace("«", "").replace("»", ""), **facts), default_rulebook())
        assert code not in {one.code for one in found.findings}
