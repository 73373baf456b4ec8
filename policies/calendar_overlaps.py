"""Intervals of a calendar that lie over each other, also across midnight, the week's end and an exception's edges."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from policies.business_time import OpeningHours, Span
from policies.calendar_problems import Problem
from policies.wall_clock import DAY

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK = 7 * DAY


class _Placed(NamedTuple):
    """An interval among those around it, in minutes after a midnight that they all share."""

    start: int
    end: int
    span: Span
    day: str  # as the form names it

    @classmethod
    def on(cls, span: Span, days_later: int, day: str) -> "_Placed":
        return cls(span[0] + days_later * DAY, span[1] + days_later * DAY, span, day)

    def __str__(self) -> str:
        return f"{_clock(self.span[0])}–{_clock(self.span[1])} ({self.day})"


def overlaps(hours: OpeningHours) -> Iterator[Problem]:
    """One problem for each interval that begins before an earlier one has ended."""
    yield from _in_the_week(hours)
    seen: set[tuple[_Placed, ...]] = set()
    for day, _spans in hours.exceptions:
        for earlier, later in _overlapping(_around(hours, day)):
            named = tuple(placed._replace(start=0, end=0) for placed in (earlier, later))
            if day.isoformat() in (earlier.day, later.day) and named not in seen:
                seen.add(named)
                yield _problem(f"exceptions.{day}", earlier, later)


def _in_the_week(hours: OpeningHours) -> Iterator[Problem]:
    week = [_Placed.on(span, number, DAYS[number]) for number, spans in enumerate(hours.week) for span in spans]
    if week:
        first = week[0]
        again = first._replace(start=first.start + _WEEK, end=first.end + _WEEK)  # Sunday's end meets Monday's start
        for earlier, later in _overlapping([*week, again]):
            yield _problem(f"week.{later.day}", earlier, later)


def _around(hours: OpeningHours, day: date) -> Iterator[_Placed]:
    """The intervals of a day and its neighbours, as they really are: holidays and other exceptions count."""
    for later in (-1, 0, 1):
        neighbour = day + timedelta(days=later)
        name = neighbour.isoformat()
        yield from (_Placed.on(span, later, name) for span in hours.on(neighbour))


def _overlapping(placed: Iterable[_Placed]) -> Iterator[tuple[_Placed, _Placed]]:
    return ((earlier, later) for earlier, later in pairwise(placed) if later.start < earlier.end)


def _problem(path: str, earlier: _Placed, later: _Placed) -> Problem:
    return Problem(path, "calendar.overlap", {"interval": str(later), "other": str(earlier)})


def _clock(minute: int) -> str:
    hour, minutes = divmod(minute if minute <= DAY else minute - DAY, 60)
    return f"{hour:02}:{minutes:02}"
