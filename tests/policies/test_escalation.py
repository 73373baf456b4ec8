"""Where a chain goes from where it is: each rung in its order, none left out, and what an acknowledgement changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.crisis_plan_form import default_plan, parse
from policies.escalation import (
    Chain,
    Do,
    Hours,
    Move,
    OnlyIf,
    Run,
    Step,
    acknowledged,
    after,
    as_json,
    begun,
    next_move,
)
from policies.rulebook_reading import RulebookProblem


def minutes(count: float) -> datetime:
    return datetime(2026, 3, 28, 12, 0, tzinfo=UTC) + timedelta(minutes=count)


def step(**values: Any) -> Step:
    return Step(people=(1,), **values)


def played(
    chain: Chain,
    *,
    level: int = 3,
    until: float = 600,
    acknowledge_at: float | None = None,
    unreached: frozenset[int] = frozenset(),
) -> list[tuple[int, str, int]]:
    """Minute by minute, what it does when: the minute, the move, the step."""
    run, did = begun(minutes(0)), []
    for minute in range(int(until) + 1):
        now = minutes(minute)
        if minute == acknowledge_at:
            run = acknowledged(run, now)
        while (move := next_move(chain, run, level, now)).do is not Do.WAIT:
            did.append((minute, str(move.why or move.do), move.step))
            run = after(chain, run, move, now, reached=move.step not in unreached)
    return did


def test_each_step_waits_for_a_word_and_then_the_next_is_told() -> None:
    chain = Chain((step(wait_minutes=5), step(wait_minutes=10, repeat=1), step(wait_minutes=1)))
    assert played(chain) == [
        (0, "tell", 0), (5, "tell", 1), (15, "tell", 1), (25, "tell", 2), (26, "end", -1),
    ]  # fmt: skip


def test_all_of_it_is_repeated_as_often_as_it_says() -> None:
    chain = Chain((step(wait_minutes=5), step(wait_minutes=5)), repeat=1)
    assert [number for _minute, _did, number in played(chain)] == [0, 1, 0, 1, -1]


def test_a_step_that_reaches_nobody_costs_no_waiting() -> None:
    chain = Chain((step(wait_minutes=30), step(wait_minutes=5)))
    assert played(chain, unreached=frozenset({0}))[:2] == [(0, "tell", 0), (0, "tell", 1)]


def test_a_step_above_the_level_is_passed_over() -> None:
    chain = Chain((step(only_if=OnlyIf(level=3)), step()))
    assert played(chain, level=2)[:2] == [(0, "level", 0), (0, "tell", 1)]
    assert played(chain, level=3)[:2] == [(0, "tell", 0), (5, "tell", 1)]


def test_an_acknowledgement_stops_it_and_an_unresolved_crisis_brings_it_back() -> None:
    chain = Chain((step(wait_minutes=5), step(wait_minutes=5)), return_minutes=60)
    assert played(chain, acknowledge_at=3, until=70) == [
        (0, "tell", 0), (5, "acknowledged", 1), (10, "end", -1), (63, "return", -1), (63, "tell", 0), (68, "tell", 1),
    ]  # fmt: skip
    never = Chain(chain.steps, return_minutes=0)
    assert played(never, acknowledge_at=3)[-1] == (10, "end", -1)


def test_who_is_told_in_any_case_is_told_at_the_same_time_as_without_a_word() -> None:
    board = step(only_if=OnlyIf(unacknowledged=False))
    chain = Chain((step(wait_minutes=5), step(wait_minutes=10), board), return_minutes=0)
    assert (15, "tell", 2) in played(chain)
    assert (15, "tell", 2) in played(chain, acknowledge_at=2)


def test_after_a_stop_it_goes_on_where_it_was_and_waits_as_long_as_it_says() -> None:
    chain = Chain((step(wait_minutes=5), step(wait_minutes=5)))
    run = after(chain, begun(minutes(0)), Move(Do.TELL, 0), minutes(0))
    assert next_move(chain, run, 3, minutes(240)) == Move(Do.TELL, 1)  # four hours in which nothing ran
    assert after(chain, run, Move(Do.TELL, 1), minutes(240)).due_at == minutes(245)


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2026-03-28T20:59Z", False),
        ("2026-03-28T21:00Z", True),  # 22:00, still winter time
        ("2026-03-29T03:59Z", True),  # 05:59, summer time by now
        ("2026-03-29T04:00Z", False),
        ("2026-03-29T19:59Z", False),
        ("2026-03-29T20:00Z", True),  # 22:00 in summer time
    ],
)
def test_hours_of_the_day_by_the_clock_on_the_wall(moment: str, holds: bool) -> None:
    night = Hours("Europe/Amsterdam", 22 * 60, 6 * 60)
    assert night.hold_at(datetime.fromisoformat(moment)) is holds


def test_waiting_counts_what_passes_also_when_the_clocks_change() -> None:
    chain = Chain((step(wait_minutes=90), step()))
    before = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    run = after(chain, begun(before), Move(Do.TELL, 0), before)
    assert run.due_at == before + timedelta(minutes=90)


def conditions() -> st.SearchStrategy[OnlyIf]:
    hours = st.none() | st.just(Hours("Europe/Amsterdam", 22 * 60, 6 * 60))
    return st.builds(OnlyIf, level=st.integers(0, 3), hours=hours, unacknowledged=st.booleans())


def chains() -> st.SearchStrategy[Chain]:
    some = st.builds(
        Step, people=st.just((1,)), wait_minutes=st.integers(0, 30), repeat=st.integers(0, 2), only_if=conditions()
    )
    return st.builds(Chain, st.lists(some, min_size=1, max_size=5).map(tuple), st.integers(0, 2), st.integers(0, 120))


@given(chains(), st.lists(st.tuples(st.integers(0, 90), st.booleans(), st.booleans(), st.integers(1, 3)), max_size=60))
def test_no_rung_is_left_out_or_taken_twice(chain: Chain, looks: list[tuple[int, bool, bool, int]]) -> None:
    """However irregularly somebody looks, and whoever answers: what a lap has taken is a beginning of the rungs."""
    lap: list[int] = []
    run, now = begun(minutes(0)), minutes(0)
    for wait, reached, answers, level in looks:
        now += timedelta(minutes=wait)
        if answers:
            run = acknowledged(run, now)
        for _at_most in range(len(chain.rungs) + 3):
            move = next_move(chain, run, level, now)
            if move.do is Do.WAIT:
                break
            if move.do is Do.RETURN:
                lap = []
            elif move.do in (Do.TELL, Do.OVER):
                lap.append(move.step)
                assert tuple(lap) == chain.rungs[: len(lap)]
                if move.do is Do.TELL:
                    assert run.acknowledged_at is None or not chain.steps[move.step].only_if.unacknowledged
            run = after(chain, run, move, now, reached=reached)
            assert run.look_at(chain) is None or run.due_at is not None or run.acknowledged_at is not None
    assert run.done == len(lap)


@given(chains())
def test_the_form_means_the_same_when_it_is_read_again(chain: Chain) -> None:
    plan = parse({"levels": {"3": {"escalation": as_json(chain)}}})
    assert plan.levels[3].escalation == chain
    assert parse(plan.document) == plan


def test_a_plan_without_a_chain_tells_nobody() -> None:
    assert default_plan().levels[3].escalation == Chain()
    assert next_move(Chain(), Run(0, None), 3, minutes(0)) == Move(Do.WAIT)


def level(**given: Any) -> dict[str, Any]:
    return {"levels": {"3": given}}


def one_step(**given: Any) -> dict[str, Any]:
    return level(escalation={"steps": [{"people": [1], **given}]})


STEP = "levels.3.escalation.steps[0]"


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        (level(escalation=[]), "levels.3.escalation", "rulebook.object"),
        (level(escalation={"steps": {}}), "levels.3.escalation.steps", "rulebook.list"),
        (level(escalation={"repeat": 6}), "levels.3.escalation.repeat", "rulebook.number"),
        (level(escalation={"return_minutes": -1}), "levels.3.escalation.return_minutes", "rulebook.number"),
        (level(escalation={"steps": [{"by": ["mail"]}]}), STEP, "plan.nobody_told"),
        (level(escalation={"steps": [7]}), STEP, "rulebook.object"),
        (one_step(to=["boss"]), f"{STEP}.to[0]", "rulebook.choice"),
        (one_step(by=["fax"]), f"{STEP}.by[0]", "rulebook.choice"),
        (one_step(roles=["king"]), f"{STEP}.roles[0]", "plan.role_unknown"),
        (one_step(roles=[{}]), f"{STEP}.roles[0]", "plan.role_unknown"),
        (one_step(rotas=[0]), f"{STEP}.rotas[0]", "rulebook.number"),
        (one_step(wait_minutes=1441), f"{STEP}.wait_minutes", "rulebook.number"),
        (one_step(repeat=6), f"{STEP}.repeat", "rulebook.number"),
        (one_step(only_if={"level": 4}), f"{STEP}.only_if.level", "rulebook.number"),
        (one_step(only_if={"hours": {"from": "22:00"}}), f"{STEP}.only_if.hours", "rulebook.missing"),
        (
            one_step(only_if={"hours": {"from": "22:00", "until": "26:00", "timezone": "UTC"}}),
            f"{STEP}.only_if.hours.until", "plan.time",
        ),
        (
            one_step(only_if={"hours": {"from": "22:00", "until": "22:00", "timezone": "UTC"}}),
            f"{STEP}.only_if.hours", "plan.no_hours",
        ),
        (
            one_step(only_if={"hours": {"from": "22:00", "until": "06:00", "timezone": "Mars/Base"}}),
            f"{STEP}.only_if.hours.timezone", "plan.timezone",
        ),
        (level(call_up="rail"), "levels.3.call_up", "rulebook.list"),
        (level(team="rail"), "levels.3.team", "rulebook.number"),
        (level(pause_templates="ja"), "levels.3.pause_templates", "rulebook.switch"),
        (level(pause_assignment=1), "levels.3.pause_assignment", "rulebook.switch"),
    ],
)  # fmt: skip
def test_a_chain_that_is_none_is_refused_with_its_path(document: object, path: str, code: str) -> None:
    with pytest.raises(RulebookProblem) as refused:
        parse(document)
    assert [(one.path, one.code) for one in refused.value.problems] == [(path, code)]
    assert all("{value" not in said for language in ("nl", "en") for _path, said in refused.value.said(language))


def test_hours_from_the_form() -> None:
    hours = {"from": "22:00", "until": "06:00", "timezone": "Europe/Amsterdam"}
    (read,) = parse(one_step(only_if={"hours": hours, "level": 2, "unacknowledged": False})).levels[3].escalation.steps
    assert read.only_if == OnlyIf(2, Hours("Europe/Amsterdam", 1320, 360), unacknowledged=False)
