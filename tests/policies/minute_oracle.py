"""Opening hours the slow way, to hold the fast one to: a wall clock that is read at every minute, and counting.

Nothing here is shared with `policies`: it reads the form itself, looks at what the clock shows minute by minute, and
walks. Zones and times must be of whole minutes.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import holidays

NAMES = "mon tue wed thu fri sat sun".split()
MINUTE = timedelta(minutes=1)
Form = dict[str, Any]


class Clock:
    """What the wall clock of a zone shows at each minute of a window, and at which minutes it shows what."""

    def __init__(self, zone: str, first: datetime, days: int) -> None:
        self.first, self.size = first, days * 1440
        self.first_shown: dict[datetime, int] = {}
        self.last_shown: dict[datetime, int] = {}
        place = ZoneInfo(zone)
        for minute in range(self.size):
            shown = (first + minute * MINUTE).astimezone(place).replace(tzinfo=None, fold=0)
            self.first_shown.setdefault(shown, minute)
            self.last_shown[shown] = minute
        earliest, latest = min(self.first_shown).date(), max(self.first_shown).date()
        whole = (latest - earliest).days - 2  # with their nights; a day that a zone left out is among them
        self.days = [earliest + timedelta(days=number) for number in range(1, whole + 1)]

    def begin(self, shown: datetime) -> int:
        """The first minute that shows this; after a gap, the first minute there is."""
        return next(self.first_shown[later] for later in after(shown) if later in self.first_shown)

    def end(self, shown: datetime) -> int:
        return self.last_shown[shown] if shown in self.last_shown else self.begin(shown)


@lru_cache(maxsize=4)
def clock(zone: str, first: datetime, days: int) -> Clock:
    return Clock(zone, first, days)


def after(shown: datetime) -> Any:
    return (shown + number * MINUTE for number in count())


class Oracle:
    """Which minutes of a window are open. Moments are numbers of minutes since the window's beginning."""

    def __init__(self, form: Form, reading: Clock) -> None:
        self.reading = reading
        self.open = bytearray(reading.size)
        self.edges: list[int] = []
        self.overlapping = False
        covered = bytearray(reading.size)  # by what the clock shows
        midnight = at_midnight(reading.days[0])
        for day in reading.days:
            for start, end in intervals(form, day):
                shown = slice((start - midnight) // MINUTE, (end - midnight) // MINUTE)
                self.overlapping |= any(covered[shown])
                covered[shown] = bytes([1]) * (shown.stop - shown.start)
                begin, finish = reading.begin(start), reading.end(end)
                self.edges += [begin, finish]
                for minute in range(begin, finish):
                    self.open[minute] = 1

    def due(self, start: int, target: int) -> int | None:
        """The minute at which the target is used up; None where the window is too short to tell."""
        if not target:
            return start
        for minute, is_open in enumerate(self.open[start:], start):
            target -= is_open
            if not target:
                return minute + 1
        return None

    def between(self, start: int, end: int) -> int:
        return sum(self.open[start:end])

    def moment(self, minute: int) -> datetime:
        return self.reading.first + minute * MINUTE


def intervals(form: Form, day: date) -> list[tuple[datetime, datetime]]:
    """What the form says of a day, as wall-clock times."""
    midnight = at_midnight(day)
    if (exception := form["exceptions"].get(str(day))) is not None:
        written = exception
    elif form["holidays"] and day in public(form["holidays"]["country"], form["holidays"]["subdivision"], day.year):
        written = []
    else:
        written = form["week"].get(NAMES[day.weekday()], [])
    return [between_hands(midnight, *texts) for texts in written]


def at_midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - what a clock on the wall shows


def between_hands(midnight: datetime, start: str, end: str) -> tuple[datetime, datetime]:
    begin, finish = midnight + since_midnight(start), midnight + since_midnight(end)
    return begin, finish if finish > begin else finish + timedelta(days=1)


def since_midnight(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


@lru_cache(maxsize=200)
def public(country: str, subdivision: str | None, year: int) -> set[date]:
    return set(holidays.country_holidays(country, subdiv=subdivision, years=year, categories=("public",)))


def utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)
