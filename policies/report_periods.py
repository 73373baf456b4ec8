"""The days that a report covers, those it is compared with, and when it is due by e-mail. Wall clocks stay true."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from policies.wall_clock import instant, moment_of, opening

LAST_DAY = 28  # of a month: every month has it
CALENDAR_PERIODS = ("yesterday", "last_week", "last_month")


def calendar_days(name: str, today: date) -> tuple[date, date]:
    """The first and the last day of one of CALENDAR_PERIODS; weeks begin on Monday. Raises KeyError."""
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    return {
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "last_week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "last_month": ((first - timedelta(days=1)).replace(day=1), first - timedelta(days=1)),
    }[name]


@dataclass(frozen=True, slots=True)
class Window:
    """From a wall-clock time until another (naive, by the desk's zone; `until` is not included)."""

    since: datetime
    until: datetime


def before(first: date, after: date, reached: datetime) -> Window:
    """As many days right before `first`, for a period of the days from `first` up to but not including `after`.

    A period that is still going on, `reached` now, is compared with as much of the days before.
    """
    days = after - first
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001 a wall-clock time
    return Window(start - days, _reached(after, reached) - days)


def year_before(first: date, after: date, reached: datetime) -> Window:
    """The same dates a year earlier; 29 February becomes the 28th."""
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001 a wall-clock time
    return Window(_year_earlier(start), _year_earlier(_reached(after, reached)))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a report is mailed: at `hour` o'clock of a zone, every day, on an ISO weekday, or on a day of the month."""

    kind: str
    hour: int
    timezone: str
    weekday: int = 1
    day: int = 1

    def next_after(self, moment: datetime) -> datetime:
        """The first time later than `moment` (aware). An hour that a change of the clocks skips begins after it, and
        one that comes twice is the first. Raises ValueError for a naive time."""
        at, zone = instant(moment), ZoneInfo(self.timezone)
        day = moment.astimezone(zone).date()
        while not self._falls_on(day) or (due := opening(day, self.hour * 60, zone)) <= at:
            day += timedelta(days=1)  # at most 31 times
        return moment_of(due)

    def _falls_on(self, day: date) -> bool:
        match self.kind:
            case "weekly":
                return day.isoweekday() == self.weekday
            case "monthly":
                return day.day == self.day
        return True


def _reached(after: date, reached: datetime) -> datetime:
    return min(reached, datetime(after.year, after.month, after.day))  # noqa: DTZ001 a wall-clock time


def _year_earlier(shown: datetime) -> datetime:
    try:
        return shown.replace(year=shown.year - 1)
    except ValueError:
        return shown.replace(year=shown.year - 1, day=28)
