"""Rules of automation as pure functions: document, conditions, order, and that none goes in circles."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.automation import (
    MOST_DEEP,
    MOST_OFTEN,
    Book,
    Facts,
    Happened,
    On,
    Rule,
    When,
    fires,
    kinds_for,
    ons_of,
)
from policies.automation_form import WHEN_KEYS, parse, parse_steps
from policies.automation_steps import Do, Step
from policies.crisis_scope import words_of
from policies.rulebook_reading import RulebookProblem
from policies.sla import Conditions
from policies.sla import Facts as TicketFacts

TICKET = TicketFacts("x", 3, False, 1, "nl", frozenset({"vip"}), 2)
FACTS = Facts(
    TICKET, state="open", sentiment="negative", team=4, assigned=True, cause=5, rating=2, followers=900,
    crisis_level=2, open=False, words=words_of("Mijn fiets staat in de trein"),
)  # fmt: skip
HOLDS: dict[str, Any] = {
    "networks": ["x", "mastodon"], "inboxes": [3], "priorities": [1], "languages": ["nl"], "tags": ["vip", "boos"],
    "tiers": [2], "private": False, "states": ["open"], "sentiments": ["negative"], "teams": [4], "causes": [5],
    "ratings": [1, 2], "topics": ["trein fiets"], "assigned": True, "open": False, "followers": 900, "crisis_level": 2,
}  # fmt: skip
FAILS: dict[str, Any] = {
    "networks": ["mastodon"], "inboxes": [9], "priorities": [0], "languages": ["en"], "tags": ["boos"], "tiers": [0],
    "private": True, "states": ["new"], "sentiments": ["positive"], "teams": [9], "causes": [9], "ratings": [5],
    "topics": ["bus"], "assigned": False, "open": True, "followers": 901, "crisis_level": 3,
}  # fmt: skip


def a_rule(key: str = "een", on: str = "message", **more: Any) -> dict[str, Any]:
    return {"key": key, "name": "Een", "event": on, "steps": [{"do": "tag", "value": "x"}], **more}


def problems(*rules: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(RulebookProblem) as refused:
        parse({"rules": list(rules)})
    for language in ("en", "nl"):
        assert all(said for _path, said in refused.value.said(language))
    return {problem.path: problem.code for problem in refused.value.problems}


def when(**form: Any) -> When:
    return parse({"rules": [a_rule(when=form)]}).rules[0].when


def test_every_condition_has_a_row_of_its_own() -> None:
    assert set(HOLDS) == set(FAILS) == set(WHEN_KEYS)


@pytest.mark.parametrize("name", WHEN_KEYS)
def test_a_condition_holds_or_fails_and_says_what_it_found(name: str) -> None:
    (held,) = when(**{name: HOLDS[name]}).verdicts(FACTS)
    (failed,) = when(**{name: FAILS[name]}).verdicts(FACTS)
    assert (held.name, held.holds, failed.holds) == (name, True, False)
    assert when().holds(FACTS)


def test_all_that_is_asked_must_hold() -> None:
    assert when(**HOLDS).holds(FACTS)
    assert not when(**{**HOLDS, "teams": [9]}).holds(FACTS)


def test_a_document_means_the_same_when_it_is_read_again() -> None:
    rules = [a_rule("een", when=HOLDS, stop=True), a_rule("twee", "waiting", minutes=240, enabled=False)]
    book = parse({"rules": rules})
    assert parse(book.document) == book
    assert [rule.key for rule in book.active] == ["een"]


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        (a_rule(key="Een!"), "rules[0].key", "automation.key"),
        (a_rule(on="rain"), "rules[0].event", "rulebook.choice"),
        (a_rule(on="waiting"), "rules[0].minutes", "automation.minutes"),
        (a_rule(minutes=5), "rules[0].minutes", "automation.no_minutes"),
        (a_rule(on="untouched", minutes=1), "rules[0].minutes", "rulebook.number"),
        (a_rule(steps=[]), "rules[0].steps", "automation.no_steps"),
        (a_rule(steps=[{"do": "send", "value": "sorry"}]), "rules[0].steps[0].do", "automation.step"),
        (a_rule(steps=[{"do": "tag", "value": ""}]), "rules[0].steps[0].value", "automation.value_tag"),
        (a_rule(steps=[{"do": "tag", "value": "x", "to": 1}]), "rules[0].steps[0].do", "automation.step_key"),
        (a_rule(steps=[{"do": "note"}]), "rules[0].steps[0].text", "automation.text"),
        (a_rule(steps=[{"do": "assignee", "value": "me"}]), "rules[0].steps[0].value", "automation.me"),
        (a_rule(steps=[{"do": "resolve"}, {"do": "snooze", "value": 5}]), "rules[0].steps", "automation.clash"),
        (a_rule(steps=[{"do": "team", "value": "1"}] * 2), "rules[0].steps", "automation.clash"),
        (a_rule(when={"ratings": [6]}), "rules[0].when.ratings[0]", "rulebook.number"),
        (a_rule(when={"weather": "rain"}), "rules[0].when.weather", "rulebook.key_unknown"),
    ],
)
def test_what_is_wrong_is_said_at_its_path(rule: dict[str, Any], path: str, code: str) -> None:
    assert problems(rule) == {path: code}


def test_two_rules_of_one_key_are_refused() -> None:
    assert problems(a_rule(), a_rule()) == {"rules[1].key": "automation.twice"}


@pytest.mark.parametrize("do", list(Do))
def test_every_kind_of_step_refuses_a_value_that_it_can_not_mean(do: Do) -> None:
    with pytest.raises(RulebookProblem) as refused:
        parse({"rules": [a_rule(steps=[{"do": str(do), "value": "\n", "text": "x" * 3_000}])]})
    assert all(said for _path, said in refused.value.said("nl"))


def test_a_macro_has_me_and_alerts_nobody() -> None:
    assert parse_steps([{"do": "assignee", "value": "me"}]) == (Step(Do.ASSIGNEE, "me"),)
    with pytest.raises(RulebookProblem):
        parse_steps([{"do": "alert", "value": "owner"}])


@pytest.mark.parametrize(
    ("kind", "data", "ons"),
    [
        ("ticket_opened", {"message": 1}, {On.OPENED, On.MESSAGE}),
        ("message_received", {"from": "resolved", "to": "open"}, {On.MESSAGE, On.STATE}),
        ("tagged", {"added": [], "removed": ["a"]}, set()),
        ("cause_chosen", {"cause": None}, set()),
        ("transition", {"from": "open", "to": "open"}, set()),
        ("note", {}, set()),
    ],
)
def test_what_a_line_of_the_timeline_is(kind: str, data: dict[str, Any], ons: set[On]) -> None:
    assert ons_of(kind, data) == ons


def test_only_lines_that_some_rule_can_hear_are_asked_for() -> None:
    assert kinds_for({On.TAG}) == frozenset({"tagged"})
    assert kinds_for({On.TAG, On.STATE}) is None


# ── properties ───────────────────────────────────────────────────────────────
TAGS = ("a", "b", "c", "d")


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Rules that set each other off by tags, in any tangle."""
    rules = []
    for number in range(draw(st.integers(1, 6))):
        asked = draw(st.sets(st.sampled_from(TAGS), max_size=2))
        steps = draw(st.lists(st.sampled_from(TAGS), min_size=1, max_size=3, unique=True))
        kinds = draw(st.lists(st.sampled_from([Do.TAG, Do.UNTAG]), min_size=3, max_size=3))
        rules.append(
            Rule(
                f"r{number}", "R", On.TAG, tuple(Step(kind, tag) for kind, tag in zip(kinds, steps, strict=False)),
                When(Conditions(tags=frozenset(asked))), stop=draw(st.booleans()), enabled=draw(st.booleans()),
            )
        )  # fmt: skip
    return Book(tuple(rules))


def played(book: Book, tag: str) -> list[tuple[tuple[str, ...], str]]:
    """A ticket gets a tag, and the rules do what they do: each firing with the rules that led to it."""
    tags, line = {tag}, [Happened(frozenset({On.TAG}))]
    fired: list[tuple[tuple[str, ...], str]] = []
    while line:
        happened = line.pop(0)
        facts = Facts(TicketFacts("x", 1, False, 1, "nl", frozenset(tags)))
        for one in fires(book.active, happened, facts):
            chain = (*happened.chain, one.rule.key)
            fired.append((happened.chain, one.rule.key))
            for step in one.rule.steps:
                if step.do is Do.UNTAG:
                    tags.discard(step.value)
                elif step.value not in tags:
                    tags.add(step.value)
                    line.append(Happened(frozenset({On.TAG}), chain))
    return fired


@given(books(), st.sampled_from(TAGS))
def test_no_tangle_of_rules_goes_on_for_ever(book: Book, tag: str) -> None:
    fired = played(book, tag)  # that it comes back at all is the first half
    for chain, key in fired:
        assert key not in chain
        assert len(chain) < MOST_DEEP
        assert len(set(chain)) == len(chain)


@given(books(), st.sampled_from(TAGS))
def test_rules_fire_in_the_order_of_their_book_and_a_stop_is_the_last(book: Book, tag: str) -> None:
    facts = Facts(TicketFacts("x", 1, False, 1, "nl", frozenset({tag})))
    fired = [one.rule for one in fires(book.active, Happened(frozenset({On.TAG})), facts)]
    order = [book.rules.index(rule) for rule in fired]
    assert order == sorted(order)
    assert all(rule.enabled for rule in fired)
    assert not any(rule.stop for rule in fired[:-1])


@given(st.integers(0, 3 * MOST_OFTEN))
def test_a_rule_that_fires_again_and_again_is_braked(lately: int) -> None:
    (rule,) = parse({"rules": [a_rule()]}).rules
    fired = fires((rule,), Happened(frozenset({On.MESSAGE})), FACTS, {rule.key: lately})
    assert bool(fired) is (lately < MOST_OFTEN)
