"""Score cards against a plan's targets, and what can become of a drill."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from policies.crisis_plan_form import default_plan, parse
from policies.drill_score import Card, Measured, Targets, Verdict, What, lapses_at, score
from policies.drill_states import TABLE, Event, State, TransitionRefused, next_state, possible_events
from policies.rulebook_reading import RulebookProblem

MINUTE = timedelta(minutes=1)
GOOD = Measured(
    detected=MINUTE, acknowledged=MINUTE, level=MINUTE, statement=MINUTE, approvals=(MINUTE, 3 * MINUTE),
    responses_on_time=8, responses_promised=10, tasks_done=4, tasks=5,
)  # fmt: skip


def verdicts(measured: Measured, targets: Targets | None = None) -> dict[What, Verdict]:
    return {line.what: line.verdict for line in score(measured, targets or Targets()).lines}


@pytest.mark.parametrize(
    ("changes", "what", "verdict"),
    [
        ({}, What.DETECT, Verdict.MET),
        ({"detected": 5 * MINUTE}, What.DETECT, Verdict.MET),
        ({"detected": 5 * MINUTE + timedelta(seconds=1)}, What.DETECT, Verdict.MISSED),
        ({"detected": None}, What.DETECT, Verdict.MISSED),
        ({"acknowledged": None}, What.ACKNOWLEDGE, Verdict.MISSED),
        ({"level": 16 * MINUTE}, What.LEVEL, Verdict.MISSED),
        ({"statement": 30 * MINUTE}, What.STATEMENT, Verdict.MET),
        ({"statement": None}, What.STATEMENT, Verdict.MISSED),
        ({"approvals": ()}, What.APPROVAL, Verdict.NOTHING_TO_MEASURE),
        ({"approvals": (MINUTE, 14 * MINUTE, 40 * MINUTE)}, What.APPROVAL, Verdict.MET),
        ({"approvals": (MINUTE, 40 * MINUTE)}, What.APPROVAL, Verdict.MISSED),
        ({"responses_on_time": 7}, What.RESPONSES, Verdict.MISSED),
        ({"responses_on_time": 0, "responses_promised": 0}, What.RESPONSES, Verdict.NOTHING_TO_MEASURE),
        ({"tasks_done": 3}, What.CHECKLIST, Verdict.MISSED),
        ({"tasks": 0, "tasks_done": 0}, What.CHECKLIST, Verdict.NOTHING_TO_MEASURE),
    ],
)
def test_each_line(changes: dict[str, Any], what: What, verdict: Verdict) -> None:
    measured = Measured(**{**{name: getattr(GOOD, name) for name in GOOD.__slots__}, **changes})
    assert verdicts(measured)[what] is verdict
    assert score(measured, Targets()).passed is (verdict is not Verdict.MISSED)


def test_a_card_is_kept_and_read_again() -> None:
    card = score(GOOD, Targets())
    assert [line.what for line in card.lines] == list(What)
    assert Card.from_json(card.as_json()) == card
    assert {line.what: line.measured for line in card.lines}[What.APPROVAL] == 120


def test_a_plan_says_its_targets_and_for_how_long_it_is_proven() -> None:
    assert default_plan().targets == Targets()
    plan = parse({"targets": {"statement_minutes": 10, "valid_days": 90}})
    assert (plan.targets.statement_minutes, plan.targets.detect_minutes) == (10, 5)
    assert parse(plan.document) == plan
    at = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert lapses_at(at, plan.targets) == at + timedelta(days=90)


@pytest.mark.parametrize(
    ("targets", "path"),
    [
        ({"detect_minutes": 0}, "targets.detect_minutes"),
        ({"responses_percent": 101}, "targets.responses_percent"),
        ({"valid_days": 5000}, "targets.valid_days"),
        ({"checklist_percent": "all"}, "targets.checklist_percent"),
        ({"speed": 1}, "targets.speed"),
        ([], "targets"),
    ],
)
def test_targets_that_make_no_sense_are_named(targets: Any, path: str) -> None:
    with pytest.raises(RulebookProblem) as refused:
        parse({"targets": targets})
    assert [problem.path for problem in refused.value.problems] == [path]


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_step_that_is_not_in_the_table_is_refused(state: State, event: Event) -> None:
    if (state, event) in TABLE.rows:
        assert next_state(state, event) is TABLE.rows[state, event]
        return
    with pytest.raises(TransitionRefused):
        next_state(state, event)


def test_the_real_thing_never_becomes_a_drill() -> None:
    assert possible_events(State.REAL) == ()
    assert not [origin for (origin, event), _to in TABLE.rows.items() if origin is State.REAL]
    assert {origin for (origin, _event), to in TABLE.rows.items() if to is State.RUNNING} == {State.PLANNED}
