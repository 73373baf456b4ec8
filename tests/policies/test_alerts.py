"""Alert chains: when each step falls due, what stops it, and that nobody is alerted while the calendar is closed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from policies.alerts import (
    DEFAULT,
    GRACE,
    Chain,
    ChainProblem,
    ClockFacts,
    Due,
    Recipient,
    Step,
    due_of,
    first_look,
    next_step,
    opening,
    parse,
    plan,
)
from policies.calendars import parse as parse_calendar
from policies.clocks import ALWAYS, ZERO

NINE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # a Tuesday
HOUR = timedelta(hours=1)


OFFICE = parse_calendar(
    {
        "timezone": "UTC",
        "week": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
        "holidays": None,
        "exceptions": {},
    }
)


def a_clock(start: datetime = NINE, target: timedelta = HOUR, paused: timedelta = ZERO, **more: Any) -> ClockFacts:
    calendar = more.pop("calendar", ALWAYS)
    return ClockFacts(start, int(target.total_seconds()), calendar.add(start, target + paused), paused, **more)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Step(percent=50), NINE + timedelta(minutes=30)),
        (Step(percent=80), NINE + timedelta(minutes=48)),
        (Step(percent=100), NINE + HOUR),
        (Step(percent=1), NINE + timedelta(seconds=36)),
        (Step(before_minutes=20), NINE + timedelta(minutes=40)),
        (Step(before_minutes=60), NINE),
        (Step(before_minutes=90), NINE),  # the target is shorter
        (Step(after_minutes=0), NINE + HOUR),
        (Step(after_minutes=30), NINE + timedelta(minutes=90)),
    ],
)
def test_a_step_falls_due_at_its_share_or_before_or_after_the_due_time(step: Step, expected: datetime) -> None:
    assert due_of(step, a_clock(), ALWAYS) == expected


def test_a_plan_says_of_each_step_when_it_is_told_and_whether_it_waits_for_the_opening() -> None:
    chain = Chain(
        (
            Step(percent=50, to=(Recipient.ASSIGNEE,)),
            Step(after_minutes=60, to=(Recipient.TEAM,)),
            Step(after_minutes=60, to=(Recipient.ADMINISTRATORS,), breaks_through=True),
        )
    )
    four = NINE + 7 * HOUR
    planned = plan(chain, a_clock(four, calendar=OFFICE), OFFICE)
    assert [(one.at - NINE, one.waits) for one in planned] == [
        (7.5 * HOUR, False),
        (24 * HOUR, True),
        (9 * HOUR, False),
    ]
    assert [one.step for one in planned] == list(chain.steps)
    assert plan(Chain(), a_clock(), ALWAYS) == ()


def test_time_in_pauses_moves_every_step() -> None:
    clock = a_clock(paused=timedelta(minutes=10))
    assert due_of(Step(percent=50), clock, ALWAYS) == NINE + timedelta(minutes=40)
    assert due_of(Step(after_minutes=30), clock, ALWAYS) == NINE + timedelta(minutes=100)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (NINE, NINE),
        (NINE - HOUR, NINE),
        (NINE + HOUR, NINE + HOUR),
        (NINE + 8 * HOUR, NINE + 8 * HOUR),  # closing time itself
        (NINE + 8 * HOUR + timedelta(microseconds=1), NINE + 24 * HOUR),
        (NINE + 12 * HOUR, NINE + 24 * HOUR),
    ],
)
def test_opening(at: datetime, opens: datetime) -> None:
    assert opening(at, OFFICE) == opens


def test_a_step_at_night_waits_for_the_opening_unless_it_breaks_through() -> None:
    clock = a_clock(NINE + 7 * HOUR, HOUR, calendar=OFFICE)  # due at five, when the office closes
    assert due_of(Step(percent=100), clock, OFFICE) == NINE + 8 * HOUR
    assert due_of(Step(after_minutes=30), clock, OFFICE) == NINE + 24 * HOUR
    assert due_of(Step(after_minutes=30, breaks_through=True), clock, OFFICE) == NINE + timedelta(hours=8, minutes=30)


def test_a_step_that_was_missed_by_day_is_not_told_at_night() -> None:
    clock = a_clock(calendar=OFFICE)
    night = NINE + 12 * HOUR
    missed = next_step(Chain((Step(percent=50),)), clock, (), False, night, OFFICE)
    assert missed.now == ()
    assert missed.look_at == NINE + 24 * HOUR
    loud = next_step(Chain((Step(percent=50, breaks_through=True),)), clock, (), False, night, OFFICE)
    assert [due.number for due in loud.now] == [0]


def test_a_step_due_at_closing_time_is_told_although_the_sweep_comes_later() -> None:
    clock = a_clock(NINE + 7 * HOUR, HOUR, calendar=OFFICE)
    five = NINE + 8 * HOUR
    told = next_step(Chain((Step(percent=100),)), clock, (), False, five + timedelta(seconds=2), OFFICE)
    assert told.now == (Due(0, five),)
    late = next_step(Chain((Step(percent=100),)), clock, (), False, five + GRACE + timedelta(seconds=1), OFFICE)
    assert late.now == ()
    assert late.look_at == NINE + 24 * HOUR


@pytest.mark.parametrize(
    ("minutes", "taken", "look_at"),
    [
        (0, [], 30),
        (29.9, [], 30),
        (30, [0], 48),
        (48, [0, 1], 60),
        (61, [0, 1, 2], 90),
        (90, [0, 1, 2, 3], None),
    ],
)
def test_the_default_chain(minutes: float, taken: list[int], look_at: int | None) -> None:
    verdict = next_step(DEFAULT, a_clock(), (), False, NINE + timedelta(minutes=minutes), ALWAYS)
    assert [due.number for due in verdict.now] == taken
    assert verdict.look_at == (None if look_at is None else NINE + timedelta(minutes=look_at))


def test_steps_that_were_taken_are_not_taken_again() -> None:
    verdict = next_step(DEFAULT, a_clock(), {0, 1}, False, NINE + HOUR, ALWAYS)
    assert verdict.now == (Due(2, NINE + HOUR),)
    assert verdict.look_at == NINE + timedelta(minutes=90)


@pytest.mark.parametrize(("acknowledged", "running"), [(True, True), (False, False), (True, False)])
def test_what_ends_a_chain(acknowledged: bool, running: bool) -> None:
    verdict = next_step(DEFAULT, a_clock(running=running), {0}, acknowledged, NINE + 9 * HOUR, ALWAYS)
    assert verdict.now == ()
    assert verdict.look_at is None


def test_a_chain_without_steps_alerts_nobody() -> None:
    assert next_step(Chain(), a_clock(), (), False, NINE + 9 * HOUR, ALWAYS).look_at is None
    assert first_look(Chain(), a_clock(), ALWAYS) is None


def test_what_is_due_at_nine_is_told_of_before_the_desk_closes() -> None:
    clock = a_clock(NINE + 7 * HOUR, 2 * HOUR, calendar=OFFICE)  # the desk closes an hour later
    assert clock.due_at > NINE + 24 * HOUR - HOUR
    assert due_of(Step(before_minutes=90), clock, OFFICE) == NINE + 7 * HOUR + timedelta(minutes=30)


A_STEP = {"percent": 50, "to": ["assignee"]}


@pytest.mark.parametrize(
    ("form", "code", "step"),
    [
        (None, "form", 0),
        ([], "form", 0),
        ({"steps": "x"}, "form", 0),
        ({"steps": [], "more": 1}, "form", 0),
        ({"steps": [A_STEP] * 11}, "too_many_steps", 0),
        ({"steps": [A_STEP, {**A_STEP, "percent": 40}]}, "order", 2),
        ({"steps": [{"after_minutes": 0, "to": ["team"]}, A_STEP]}, "order", 2),
        ({"steps": [{"to": ["team"]}]}, "when", 1),
        ({"steps": [{**A_STEP, "after_minutes": 3}]}, "when", 1),
        ({"steps": [{**A_STEP, "percent": 0}]}, "percent", 1),
        ({"steps": [{**A_STEP, "percent": 101}]}, "percent", 1),
        ({"steps": [{**A_STEP, "percent": True}]}, "percent", 1),
        ({"steps": [{"after_minutes": -1, "to": ["team"]}]}, "after_minutes", 1),
        ({"steps": [{"before_minutes": 0, "to": ["team"]}]}, "before_minutes", 1),
        ({"steps": [{**A_STEP, "before_minutes": 3}]}, "when", 1),
        ({"steps": [{"after_minutes": 0, "to": ["team"]}, {"before_minutes": 5, "to": ["team"]}]}, "order", 2),
        ({"steps": [{"before_minutes": 5, "to": ["team"]}, A_STEP, {"before_minutes": 6, "to": ["team"]}]}, "order", 3),
        ({"steps": [{**A_STEP, "to": ["everybody"]}]}, "to", 1),
        ({"steps": [{**A_STEP, "to": "team"}]}, "to", 1),
        ({"steps": [{**A_STEP, "to": [["team"]]}]}, "to", 1),
        ({"steps": [{**A_STEP, "to": []}]}, "nobody", 1),
        ({"steps": [{**A_STEP, "people": [0]}]}, "named", 1),
        ({"steps": [{**A_STEP, "webhooks": "1"}]}, "named", 1),
        ({"steps": [{**A_STEP, "breaks_through": 1}]}, "form", 1),
        ({"steps": [{**A_STEP, "when": 1}]}, "form", 1),
        ({"steps": [5]}, "form", 1),
    ],
)
def test_what_is_no_chain_is_named(form: object, code: str, step: int) -> None:
    with pytest.raises(ChainProblem) as refused:
        parse(form)
    assert (refused.value.code, refused.value.step) == (code, step)


# ── properties ───────────────────────────────────────────────────────────────
SHARES = some.lists(some.integers(1, 100), max_size=4).map(sorted)
AHEAD = some.lists(some.integers(1, 600), max_size=3).map(sorted)
OFFSETS = some.lists(some.integers(0, 600), max_size=3).map(sorted)


@some.composite
def chains(draw: some.DrawFn) -> Chain:
    def step(**when: Any) -> Step:
        to = tuple(draw(some.lists(some.sampled_from(Recipient), min_size=1, max_size=4, unique=True)))
        return Step(to=to, breaks_through=draw(some.booleans()), **when)

    shares = [step(percent=percent) for percent in draw(SHARES)]
    ahead = [step(before_minutes=minutes) for minutes in reversed(draw(AHEAD))]
    before = draw(some.sampled_from([[*shares, *ahead], [*ahead, *shares], [*shares[:1], *ahead, *shares[1:]]]))
    return Chain((*before, *(step(after_minutes=minutes) for minutes in draw(OFFSETS))))


STARTS = some.integers(0, 7 * 24 * 60).map(lambda minutes: NINE + timedelta(minutes=minutes))
CLOCKS = some.builds(
    a_clock,
    STARTS,
    some.integers(1, 2_000).map(lambda minutes: timedelta(minutes=minutes)),
    some.integers(0, 300).map(lambda minutes: timedelta(minutes=minutes)),
    calendar=some.just(OFFICE),
)


@given(chains())
def test_a_chain_survives_its_form(chain: Chain) -> None:
    assert parse(chain.as_json()) == chain


@given(chains(), CLOCKS)
def test_a_sweep_that_comes_when_it_is_asked_to_takes_every_step_once_and_none_at_night(
    chain: Chain, clock: ClockFacts
) -> None:
    taken: list[int] = []
    look_at, looks = first_look(chain, clock, OFFICE), 0
    while look_at is not None:
        verdict = next_step(chain, clock, set(taken), False, look_at, OFFICE)
        for due in verdict.now:
            assert due.number not in taken
            assert chain.steps[due.number].breaks_through or opening(look_at, OFFICE) == look_at
            taken.append(due.number)
        assert verdict.look_at is None or verdict.look_at > look_at
        look_at, looks = verdict.look_at, looks + 1
        assert looks <= 2 * len(chain.steps) + 1
    assert sorted(taken) == list(range(len(chain.steps)))


@given(chains(), CLOCKS, some.integers(0, 10 * 24 * 60))
def test_the_first_look_is_never_too_late(chain: Chain, clock: ClockFacts, minutes: int) -> None:
    now = clock.started_at + timedelta(minutes=minutes)
    look_at = first_look(chain, clock, OFFICE)
    if look_at is not None and now < look_at:
        assert next_step(chain, clock, (), False, now, OFFICE).now == ()
