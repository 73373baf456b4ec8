"""What a rulebook puts in force where, what changed between two, its examples, and its plain words."""

from typing import Any

import pytest

from policies.facts import Limit
from policies.findings import Severity
from policies.messages import LANGUAGES
from policies.plain_language import areas, plain_language, rule_in_plain_language, title_of
from policies.registry import RULES
from policies.rulebook import Rulebook
from policies.rulebook_diff import diff
from policies.rulebook_examples import run_examples
from policies.rulebook_form import default_rulebook, parse
from policies.scopes import Scope

WARN, APPROVE, BLOCK = Severity.WARN, Severity.APPROVE, Severity.BLOCK


def book(*overrides: Any, **given: Any) -> Rulebook:
    return parse({"rules": {"links.cost": {"overrides": list(overrides), **given}}})


def gravity(rulebook: Rulebook, **scope: Any) -> Severity | None:
    found = [one.severity for one in rulebook.in_force(Scope(**scope)) if one.rule.code == "links.cost"]
    return found[0] if found else None


def severity(value: str, **when: Any) -> dict[str, Any]:
    return {"when": when, "severity": value}


LAYERS = book(
    severity("block", crisis_level=3),
    severity("approve", crisis_level=2),
    severity("warn", visibility="private"),
    severity("block", language="nl"),
    severity("warn", rating=[1, 2]),
    severity("approve", network="x"),
    severity("block", team="webcare"),
    severity("warn", brand="Vlot"),
    severity="approve",
)


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        ({}, APPROVE),
        ({"brand": "Vlot"}, WARN),
        ({"brand": "Other"}, APPROVE),
        ({"brand": "Vlot", "team": "webcare"}, BLOCK),
        ({"team": "webcare", "network": "x"}, APPROVE),
        ({"network": "x", "rating": 2}, WARN),
        ({"network": "x", "rating": 3}, APPROVE),
        ({"network": "x", "rating": 0}, APPROVE),
        ({"rating": 1, "language": "nl"}, BLOCK),
        ({"network": "x", "language": "nl"}, BLOCK),
        ({"language": "nl", "visibility": "private"}, WARN),
        ({"visibility": "private", "crisis_level": 1}, WARN),
        ({"visibility": "private", "crisis_level": 2}, APPROVE),
        ({"visibility": "private", "crisis_level": 3}, BLOCK),
    ],
)
def test_the_stronger_dimension_wins_whatever_the_order(scope: dict[str, Any], wanted: Severity) -> None:
    assert gravity(LAYERS, **scope) is wanted


def test_where_both_name_the_stronger_dimension_the_next_one_decides() -> None:
    rulebook = book(severity("block", network="x", team="webcare"), severity("approve", network="x"))
    assert gravity(rulebook, network="x", team="webcare") is BLOCK
    assert gravity(rulebook, network="x") is APPROVE


def test_several_values_hold_each_and_a_scope_can_switch_off_and_on() -> None:
    rulebook = book(
        {"when": {"network": ["x", "mastodon"]}, "enabled": True},
        {"when": {"network": "x", "language": "en"}, "enabled": False},
        enabled=False,
    )
    assert gravity(rulebook, network="bluesky") is None
    assert gravity(rulebook, network="mastodon", language="en") is WARN
    assert gravity(rulebook, network="x", language="en") is None


def test_two_overrides_that_never_meet_may_be_equally_strong() -> None:
    assert gravity(book(severity("block", network="x"), severity("approve", network="y")), network="y") is APPROVE


def test_the_diff_names_each_change_in_words() -> None:
    old = book(severity("block", network="x"))
    new = parse(
        {
            "rules": {"links.cost": {"enabled": False}},
            "signature": {"format": "~{initials}"},
            "examples": [{"text": "Hoi", "findings": []}],
        }
    )
    assert [change.said("nl") for change in diff(old, new)] == [
        "rules.links.cost.enabled: true → false",
        'rules.links.cost.overrides: weggehaald [{"when": {"network": "x"}, "severity": "block"}]',
        "signature.format: ^{initials} → ~{initials}",
        'examples: toegevoegd {"text": "Hoi", "findings": []}',
    ]
    assert diff(old, old) == ()
    assert diff(old, new)[0].as_json() == {
        "path": "rules.links.cost.enabled",
        "kind": "changed",
        "before": True,
        "after": False,
    }


def test_examples_fail_for_what_is_missing_and_for_what_is_too_much() -> None:
    rulebook = parse(
        {
            "examples": [
                {"text": "Kijk op a.nl", "network": "x", "findings": ["links.cost"]},
                {"text": "Kijk op a.nl", "network": "mastodon", "findings": ["links.cost"]},
                {"text": "NL91 ABNA 0417 1643 00", "findings": []},
                {"text": "NL91 ABNA 0417 1643 00", "visibility": "private", "findings": []},
            ]
        }
    )
    first, second = run_examples(rulebook)
    assert (first.number, list(first.missing), list(first.unexpected)) == (1, ["links.cost"], [])
    assert (second.number, list(second.missing)) == (2, [])
    assert [finding.code for finding in second.unexpected] == ["personal_data.iban"]
    assert first.as_json() == {"number": 1, "text": "Kijk op a.nl", "missing": ["links.cost"], "unexpected": []}


def test_examples_keep_the_limit_of_their_network() -> None:
    rulebook = parse({"examples": [{"text": "a" * 300, "network": "x", "findings": ["length.exceeded"]}]})
    assert run_examples(rulebook, lambda network, _visibility: Limit(280 if network == "x" else 5_000)) == ()
    assert [failure.number for failure in run_examples(rulebook)] == [0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plain_words_say_what_holds_and_where(language: str) -> None:
    said = {section.area: section.sentences for section in plain_language(LAYERS, language)}
    where = {"en": "From crisis level 3 on: ", "nl": "Vanaf crisisniveau 3: "}[language]
    assert any(sentence.startswith(where) for sentence in said["links"])
    assert all("{" not in sentence for sentences in said.values() for sentence in sentences)
    off = {section.area: section.sentences for section in plain_language(book(enabled=False), language)}
    assert len(off["links"]) < len({s.area: s.sentences for s in plain_language(default_rulebook(), language)}["links"])


def test_networks_and_languages_are_called_by_their_names() -> None:
    rulebook = parse(
        {"rules": {"links.cost": {"overrides": [{"when": {"network": "x", "language": "nl"}, "enabled": False}]}}}
    )
    assert rule_in_plain_language(rulebook, "links.cost", "en")[1] == "On x, in the language nl: this does not hold."
    called = {"network": {"x": "X"}, "language": {"nl": "Dutch"}}
    assert rule_in_plain_language(rulebook, "links.cost", "en", called)[1].startswith("On X, in the language Dutch:")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_title_and_an_area(language: str) -> None:
    titles = [title_of(rule, language) for rule in RULES]
    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if "{" in title or title.endswith(".")]
    assert {rule.area for rule in RULES} <= set(areas(language))
