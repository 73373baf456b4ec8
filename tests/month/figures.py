"""The figures of the reports, made from the cases of the second reckoning. A new figure is one function more.

The two rules that people may want to change stand in one place each: `is_late` and `counts_nowhere`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from tests.month.hours import Hours
from tests.month.reckoning import NETWORKS, Case, Company, Cycle
from tests.month.script import BLIND, DAYS, MONTH_BEGINS, MONTH_ENDS, ZONE
from tests.month.world import promised

METRICS = ("first_response", "next_response", "resolution")
PERCENTS = (50, 90, 95)


@dataclass(frozen=True, slots=True)
class Clock:
    """A cycle with all that a figure may ask."""

    case: Case
    cycle: Cycle
    due: datetime | None
    late: bool
    on_time: bool
    wall: float | None  # seconds, of the answered
    business: float | None

    @property
    def arrived_on(self) -> datetime:
        """By the clock on the wall of the office."""
        return self.cycle.start.astimezone(ZONE)


@dataclass(frozen=True, slots=True)
class Sum:
    """What a line of a report says."""

    arrived: int
    on_time: int
    late: int
    unanswered: int
    cancelled: int  # in time
    dropped: int
    compliance: float | None
    percentiles: tuple[int | None, ...]
    times: tuple[tuple[int, int], ...]  # how many took how long, by the upper bound of the bucket


def counts_nowhere(one: Clock) -> bool:
    """What was cancelled as spam, or on a ticket that is spam, asked for nothing."""
    return one.cycle.status == "cancelled" and "spam" in (one.case.state, one.cycle.dropped_as)


def clocks(company: Company) -> list[Clock]:
    return [_clock(case, cycle) for case in company.cases for cycle in case.cycles()]


def _clock(case: Case, cycle: Cycle) -> Clock:
    form, minutes = promised(NETWORKS[case.inbox], case.private, cycle.priority, case.language)
    hours, target = _hours(json.dumps(form)), minutes[METRICS.index(cycle.metric)]
    due = None if target is None else _due(hours, cycle, target * 60)
    late = due is not None and is_late(cycle, due)
    met = cycle.status == "met"
    wall = business = None
    if met and cycle.end is not None:
        wall = (cycle.end - cycle.start).total_seconds()
        business = hours.between(cycle.start, cycle.end) - sum(
            hours.between(max(since, cycle.start), min(until or cycle.end, cycle.end)) for since, until in cycle.pauses
        )
    return Clock(case, cycle, due, late, met and due is not None and not late, wall, business)


@cache
def _hours(form: str) -> Hours:
    return Hours(json.loads(form))


def is_late(cycle: Cycle, due: datetime) -> bool:
    """Whether a promise was broken; spam breaks none. Of one that stands still, before it began to."""
    if cycle.dropped_as == "spam":
        return False
    paused = cycle.pauses[-1][0] if cycle.status == "paused" else None
    return due < (cycle.end or paused or MONTH_ENDS)


def _due(hours: Hours, cycle: Cycle, seconds: float) -> datetime:
    """A pause that is over moves what was not yet due when it began, and nothing else."""
    due = hours.due(cycle.start, seconds)
    for since, until in cycle.pauses:
        if until is not None and since < due:
            seconds += hours.between(max(since, cycle.start), until)
            due = hours.due(cycle.start, seconds)
    return due


# ── what a line says ─────────────────────────────────────────────────────────
def total(found: Iterable[Clock], business: bool) -> Sum:
    found = list(found)
    times = sorted(t for t in (one.business if business else one.wall for one in found) if t is not None)
    on_time, late = sum(one.on_time for one in found), sum(one.late for one in found)
    return Sum(
        arrived=len(found),
        on_time=on_time,
        late=late,
        unanswered=sum(one.cycle.end is None for one in found),
        cancelled=sum(one.cycle.status == "cancelled" and not one.late for one in found),
        dropped=sum(one.cycle.dropped_as == "resolved" for one in found),
        compliance=on_time / (on_time + late) if on_time + late else None,
        percentiles=tuple(_nearest_rank(times, percent) for percent in PERCENTS),
        times=tuple(sorted(Counter(map(rounded_up, times)).items())),
    )


def _nearest_rank(times: list[float], percent: int) -> int | None:
    if not times:
        return None
    return rounded_up(times[-(-len(times) * percent // 100) - 1])


@cache
def rounded_up(seconds: float) -> int:
    """To the next second up to 100, then in steps of one part in a hundred: how exact reports are."""
    bound = 0
    while bound < seconds:
        bound = bound + 1 if bound < 100 else bound * 101 // 100
    return bound


# ── by what they are told apart ──────────────────────────────────────────────
BY: dict[str, Callable[[Clock], Hashable]] = {
    "all": lambda one: "",
    "channel": lambda one: (NETWORKS[one.case.inbox], one.case.private),
    "inbox": lambda one: one.case.inbox,
    "team": lambda one: one.case.team,
    "agent": lambda one: one.case.owner,
    "priority": lambda one: one.case.priority,
    "language": lambda one: one.case.language,
    "day": lambda one: one.arrived_on.date(),
    "hour": lambda one: (one.arrived_on.isoweekday(), one.arrived_on.hour),
}


def lines(found: Iterable[Clock], dimension: str, business: bool) -> dict[Hashable, Sum]:
    groups: dict[Hashable, list[Clock]] = defaultdict(list)
    for one in found:
        groups[BY[dimension](one)].append(one)
    return {value: total(group, business) for value, group in groups.items()}


def backlog(found: Iterable[Clock], at: datetime, *, resolves: bool) -> int:
    """Tickets that were not resolved just before an instant, or those in which a customer waited."""
    return len({
        one.case.number for one in found
        if (one.cycle.metric == "resolution") is resolves
        and one.cycle.start < at and (one.cycle.end is None or one.cycle.end >= at)
    })  # fmt: skip


def blind(inbox: int) -> timedelta:
    return BLIND[1] - BLIND[0] if inbox == 0 else timedelta()


def days_of_the_month() -> list[date]:
    first = MONTH_BEGINS.astimezone(ZONE).date()
    return [first + timedelta(days=number) for number in range(DAYS + 1)]
