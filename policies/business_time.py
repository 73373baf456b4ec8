"""Arithmetic with opening hours: when a target is used up, how much time counted, and which intervals those were.

The intervals of each year are laid out once, as instants with a running total. Whatever the target, an answer is then a
binary search in one table for each year that it touches, so that a year's target costs what an hour's does.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from policies.calendar_messages import say
from policies.public_holidays import public_holidays
from policies.wall_clock import DAY, MICROSECOND, closing, instant, moment_of, opening

Span = tuple[int, int]  # minutes by the wall clock after midnight; an end past 1440 lies on the next day
Spans = tuple[Span, ...]

HORIZON = 100  # years after its start in which a target must be used up
_KEPT_YEARS = 16  # of one calendar; a year of two intervals on each working day takes 12 kB
_FIRST_YEAR, _LAST_YEAR = 2, 9998  # leaves room for the day before and the day after
_ONE_DAY = timedelta(days=1)
_NOTHING = timedelta(0)


class OutOfHours(ValueError):
    """A target that the opening hours of `HORIZON` years do not fill."""

    def __init__(self, missing: timedelta) -> None:
        self.params: dict[str, Any] = {"years": HORIZON, "minutes": -(-missing // timedelta(minutes=1))}
        super().__init__(self.said("en"))

    def said(self, language: str) -> str:
        """What is true and what to do, in English where the language is not known."""
        return say("calendar.out_of_hours", language, **self.params)


class Counted(NamedTuple):
    """A stretch of time that counted, in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True)
class OpeningHours:
    """One version of a calendar: when time counts. `policies.calendars.parse` makes it from its form.

    `week` has seven days, Monday first. Where the change from summer time makes two intervals of the form overlap, the
    time that they share counts once.
    """

    timezone: str
    week: tuple[Spans, ...]
    country: str = ""  # whose public holidays remove the intervals that start on them; empty for none
    subdivision: str = ""
    exceptions: tuple[tuple[date, Spans], ...] = ()
    frozen: frozenset[date] | None = None  # the holidays that were promised; None: as the library has them now

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant (UTC) at which `amount` of opening time has passed; the start itself for none.

        Raises ValueError for a naive start or a negative amount, `OutOfHours` where there are too few hours.
        """
        begin = instant(start)
        if amount < _NOTHING:
            raise ValueError(f"Opening time can't be added backwards, and this is {amount}. Give 0 or more.")
        if not amount:
            return start.astimezone(UTC)
        left, first = amount // MICROSECOND, _year_before(start)
        for year in range(first, min(first + HORIZON, _LAST_YEAR) + 1):
            hours = self._year(year)
            left += hours.before(begin)
            if left <= hours.total:
                return moment_of(hours.after(left))
            left -= hours.total
        raise OutOfHours(left * MICROSECOND)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The opening time from `start` to `end`; zero where `end` is earlier. Raises ValueError for a naive time."""
        begin, finish = instant(start), instant(end)
        if finish <= begin:
            return _NOTHING
        years = (self._year(year) for year in _years_touched(start, end))
        return sum(hours.before(finish) - hours.before(begin) for hours in years) * MICROSECOND

    def explain(self, start: datetime, end: datetime, limit: int | None = None) -> tuple[Counted, ...]:
        """Each interval that counts from `start` to `end`, in order, at most `limit` of them.

        Their lengths add up to `between`. Raises ValueError for a naive time.
        """
        begin, finish = instant(start), instant(end)
        if finish <= begin:
            return ()
        stretches = (stretch for year in _years_touched(start, end) for stretch in self._year(year).cut(begin, finish))
        return tuple(Counted(moment_of(first), moment_of(last)) for first, last in islice(stretches, limit))

    def on(self, day: date) -> Spans:
        """The intervals that start on a day."""
        exception = self._exceptions.get(day)
        if exception is not None:
            return exception
        usual = self.week[day.weekday()]
        return () if usual and self._is_holiday(day) else usual

    def _is_holiday(self, day: date) -> bool:
        return day in (self.holidays(day.year) if self.frozen is None else self.frozen)

    def holidays(self, year: int, language: str = "") -> Mapping[date, str]:
        """The public holidays that this calendar keeps in a year, in order, with their names."""
        return public_holidays(self.country, self.subdivision, year, language) if self.country else {}

    def next_holidays(self, start: datetime, language: str = "") -> Iterator[tuple[date, str]]:
        """The public holidays of the year that begins at `start`, with their names."""
        first = start.astimezone(ZoneInfo(self.timezone)).date()
        for year in (first.year, first.year + 1):
            for day, name in self.holidays(year, language).items():
                if first <= day < first + timedelta(days=365):
                    yield day, name

    @cached_property
    def _exceptions(self) -> dict[date, Spans]:
        return dict(self.exceptions)

    @cached_property
    def _laid_out(self) -> dict[int, "_Year"]:
        return {}

    def _year(self, year: int) -> "_Year":
        kept = self._laid_out.get(year)
        if kept is None:
            kept = _Year.of(self, year)
            if len(self._laid_out) >= _KEPT_YEARS:
                self._laid_out.clear()
            self._laid_out[year] = kept
        return kept


@dataclass(frozen=True, slots=True)
class _Year:
    """The intervals that start in one year by the wall clock: in order, apart, none empty."""

    starts: "array[int]"
    ends: "array[int]"
    sums: "array[int]"  # opening time up to the end of each

    @classmethod
    def of(cls, hours: OpeningHours, year: int) -> "_Year":
        starts, ends, sums = array("q"), array("q"), array("q")
        new_year = date(year, 1, 1)
        total, free = 0, _last_closing(hours, new_year - _ONE_DAY)
        for start, end in _intervals(hours, new_year, date(year + 1, 1, 1)):
            begin = max(start, free)
            if end > begin:
                total, free = total + end - begin, end
                starts.append(begin)
                ends.append(end)
                sums.append(total)
        return cls(starts, ends, sums)

    @property
    def total(self) -> int:
        return self.sums[-1] if self.sums else 0

    def before(self, moment: int) -> int:
        """The opening time of this year before `moment`."""
        begun = bisect_right(self.starts, moment)
        return self.sums[begun - 1] - max(self.ends[begun - 1] - moment, 0) if begun else 0

    def after(self, amount: int) -> int:
        """The first instant at which `amount` of this year's opening time, more than none, has passed."""
        at = bisect_left(self.sums, amount)
        return self.ends[at] - (self.sums[at] - amount)

    def cut(self, begin: int, finish: int) -> Iterator[Span]:
        """What of the intervals lies between two instants."""
        for at in range(bisect_right(self.ends, begin), bisect_left(self.starts, finish)):
            yield max(self.starts[at], begin), min(self.ends[at], finish)


def _intervals(hours: OpeningHours, first: date, last: date) -> Iterator[Span]:
    """Instants of each interval that starts on a day from `first` up to and without `last`."""
    zone, day = ZoneInfo(hours.timezone), first
    while day < last:
        for start, end in hours.on(day):
            yield opening(day, start, zone), closing(day, end, zone)
        day += _ONE_DAY


def _last_closing(hours: OpeningHours, day: date) -> int:
    """When the last interval of a day ends, and therefore what no interval of the next day may begin before."""
    zone = ZoneInfo(hours.timezone)
    return max((closing(day, end, zone) for _start, end in hours.on(day)), default=opening(day, DAY, zone))


def _year_before(start: datetime) -> int:
    """The first year whose intervals may last beyond `start`: in January the year before, in whatever zone."""
    return min(max(start.year - (start.month == 1), _FIRST_YEAR), _LAST_YEAR)


def _years_touched(start: datetime, end: datetime) -> range:
    """The years whose intervals may lie between two times, in whatever zone."""
    return range(_year_before(start), min(end.year + (end.month == 12), _LAST_YEAR) + 1)
