"""Which policy speaks for a ticket, and when a promise is due where time stood still."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policies.clocks import ALWAYS, Calendar
from policies.sla import Conditions, Facts, Metric, Pause, Targets, choose, deadline, stands_still
from policies.ticket_states import State

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FACTS = Facts(
    "x",
    inbox=3,
    private=False,
    priority=1,
    language="nl",
    tags=frozenset({"vip", "storing"}),
    tier=2,
    profile="crisis",
    rating=1,
)


class Named(NamedTuple):
    name: str
    conditions: Conditions


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def some(*values: Any) -> frozenset[Any]:
    return frozenset(values)


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        (Conditions(), True),
        (Conditions(networks=some("x")), True),
        (Conditions(networks=some("facebook_page")), False),
        (Conditions(networks=some("facebook_page", "x")), True),
        (Conditions(inboxes=some(3)), True),
        (Conditions(inboxes=some(4)), False),
        (Conditions(private=False), True),
        (Conditions(private=True), False),
        (Conditions(priorities=some(1, 2)), True),
        (Conditions(priorities=some(3)), False),
        (Conditions(tiers=some(1, 2)), True),
        (Conditions(tiers=some(0)), False),
        (Conditions(languages=some("nl")), True),
        (Conditions(languages=some("en")), False),
        (Conditions(tags=some("vip")), True),
        (Conditions(tags=some("klacht")), False),
        (Conditions(profiles=some("crisis", "zwaar")), True),
        (Conditions(profiles=some("zwaar")), False),
        (Conditions(ratings=some(1, 2)), True),
        (Conditions(ratings=some(5)), False),
        (Conditions(networks=some("x"), tags=some("klacht")), False),
        (Conditions(networks=some("x"), private=False, priorities=some(1), languages=some("nl")), True),
    ],
)
def test_conditions(conditions: Conditions, holds: bool) -> None:
    assert conditions.hold(FACTS) is holds


def test_the_first_policy_that_fits_speaks() -> None:
    policies = [
        Named("english", Conditions(languages=some("en"))),
        Named("x", Conditions(networks=some("x"))),
        Named("default", Conditions()),
    ]
    assert choose(policies, FACTS).name == "x"
    assert choose(policies[::-1], FACTS).name == "default"


def test_without_a_last_policy_for_everybody_there_is_an_error_and_no_guess() -> None:
    with pytest.raises(ValueError, match="last policy"):
        choose([Named("english", Conditions(languages=some("en")))], FACTS)


def test_conditions_are_kept_and_read_back() -> None:
    conditions = Conditions(
        networks=some("x"),
        inboxes=some(2, 1),
        private=False,
        priorities=some(3),
        tags=some("a"),
        profiles=some("zwaar", "crisis"),
    )
    form = conditions.as_json()
    assert form == {
        "networks": ["x"], "inboxes": [1, 2], "private": False, "priorities": [3], "tags": ["a"],
        "profiles": ["crisis", "zwaar"],
    }  # fmt: skip
    assert Conditions.from_json(form) == conditions
    assert Conditions.from_json({}).ask_nothing


def test_targets_by_metric() -> None:
    targets = Targets(first_response=60, resolution=3600)
    assert [targets.of(metric) for metric in Metric] == [60, None, 3600]


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("state", list(State))
def test_only_the_resolution_clock_pauses_and_only_while_it_is_the_customers_turn(metric: Metric, state: State) -> None:
    expected = metric is Metric.RESOLUTION and state is State.WAITING_FOR_CUSTOMER
    assert stands_still(metric, state) is expected


@pytest.mark.parametrize(
    ("pauses", "warn", "due"),
    [
        ([], 80, 100),
        ([Pause(at(10), at(25))], 95, 115),
        ([Pause(at(10), at(25)), Pause(at(50), at(55))], 100, 120),
        ([Pause(at(10), None)], 80, 100),  # what lasts moves nothing yet
        ([Pause(at(-30), at(20))], 100, 120),  # only what lies after the start
        ([Pause(at(-30), at(-10))], 80, 100),
        ([Pause(at(90), at(95))], 80, 105),  # amber already
        ([Pause(at(100), at(130))], 80, 100),  # used up already: late since then, whatever stands still afterwards
        ([Pause(at(90), at(95)), Pause(at(120), at(150))], 80, 105),
    ],
)
def test_a_pause_moves_what_is_due(pauses: list[Pause], warn: float, due: float) -> None:
    times = deadline(NOON, 100 * 60, pauses, ALWAYS)
    assert (times.warn_at, times.due_at) == (at(warn), at(due))


class Mornings:
    """Counts before noon only; for what a pause outside of the hours costs."""

    def add(self, start: datetime, amount: timedelta) -> datetime:
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        while True:
            room = max(day + timedelta(hours=12) - max(start, day), timedelta(0))
            if amount <= room:
                return max(start, day) + amount
            amount -= room
            day += timedelta(days=1)

    def between(self, start: datetime, end: datetime) -> timedelta:
        day, total = start.replace(hour=0, minute=0, second=0, microsecond=0), timedelta(0)
        while day < end:
            total += max(min(end, day + timedelta(hours=12)) - max(start, day), timedelta(0))
            day += timedelta(days=1)
        return total


@given(
    target=st.integers(1, 5_000), first=st.integers(0, 3_000), length=st.integers(0, 4_000), gap=st.integers(0, 1_000)
)
@pytest.mark.parametrize("calendar", [ALWAYS, Mornings()])
def test_pauses_of_so_many_business_minutes_move_the_due_time_by_as_many(
    calendar: Calendar, target: int, first: int, length: int, gap: int
) -> None:
    pauses = [Pause(at(first), at(first + length)), Pause(at(first + length + gap), at(first + length + gap + 7))]
    paused = sum((calendar.between(one.since, one.until or NOON) for one in pauses), timedelta(0))
    without, once, due = (deadline(NOON, target * 60, pauses[:number], calendar).due_at for number in range(3))
    assume(pauses[0].since < without and pauses[1].since < once)  # what is late can't be put off
    assert calendar.between(NOON, due) == timedelta(minutes=target) + paused
    assert calendar.between(without, due) == paused
