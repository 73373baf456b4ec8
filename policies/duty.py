"""Who is at work: weekly hours by the wall clock of a zone, and absences.

A person without any shift has no known hours and counts as on duty, at any hour, unless they are away. Whoever has a
shift is on duty within its hours only, also where its first day is still to come or its last day has passed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from policies.wall_clock import DAY, closing, instant, moment_of, opening

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_SPANS = 6  # a day
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)")

Span = tuple[int, int]  # minutes after midnight; the end lies behind the start and may lie on the next day
Week = tuple[tuple[Span, ...], ...]  # Monday first


class WrongHours(ValueError):
    """Hours that can't be kept. `code` is week, day, many, time, overlap or none; `day` is one of DAYS or empty."""

    def __init__(self, code: str, day: str = "", value: str = "") -> None:
        super().__init__(f"{code} {day} {value}".strip())
        self.code, self.day, self.value = code, day, value


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours, on the days from `first_day` to `last_day` (None: without end). Each span belongs to its start."""

    timezone: str
    week: Week
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """From an instant until another; None is until further notice."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """One person. `hours` are those of their own shifts, or where they have none those of their teams."""

    away: bool = False
    hours: tuple[Hours, ...] = ()
    absences: tuple[Absent, ...] = ()


class Duty(StrEnum):
    ON_SHIFT = "on_shift"
    NO_HOURS = "no_hours"  # nobody has set hours, so they count as on duty
    AWAY = "away"  # they said so
    ABSENT = "absent"  # an absence was written down
    OFF_SHIFT = "off_shift"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody is at work, and until when that lasts; None where nothing written down will end it."""

    duty: Duty
    until: datetime | None = None

    @property
    def on_duty(self) -> bool:
        return self.duty in (Duty.ON_SHIFT, Duty.NO_HOURS)


def standing(facts: DutyFacts, now: datetime) -> Standing:
    """On shift (or without hours), or why somebody is not. Raises ValueError for a naive time."""
    at = instant(now)
    if facts.away:
        return Standing(Duty.AWAY)
    absent = [one for one in facts.absences if one.start <= now and (one.end is None or now < one.end)]
    if absent:
        ended = [one.end for one in absent if one.end is not None]
        return Standing(Duty.ABSENT, max(ended) if len(ended) == len(absent) else None)
    if not facts.hours:
        return Standing(Duty.NO_HOURS)
    ends = [end for hours in facts.hours for start, end in _around(hours, now) if start <= at < end]
    return Standing(Duty.ON_SHIFT, moment_of(max(ends))) if ends else Standing(Duty.OFF_SHIFT)


def _around(hours: Hours, now: datetime) -> list[tuple[int, int]]:
    """The spans that could hold `now`, as instants: those of its day in the zone and of both days beside it."""
    zone = ZoneInfo(hours.timezone)
    today = now.astimezone(zone).date()
    found = []
    for day in (today + timedelta(days=step) for step in (-1, 0, 1)):
        if (hours.first_day and day < hours.first_day) or (hours.last_day and day > hours.last_day):
            continue
        for start, end in hours.week[day.weekday()]:
            found.append((opening(day, start, zone), closing(day, end, zone)))
    return found


# ── the form in which hours are kept ─────────────────────────────────────────
def read_week(form: object) -> Week:
    """Hours in the form of a calendar's `week`: {"mon": [["09:00", "12:30"], ["22:00", "06:00"]]}.

    A missing day is free, "24:00" is a valid end, and an end at or before its start lies on the next day.
    Raises WrongHours.
    """
    if not isinstance(form, Mapping):
        raise WrongHours("week")
    if unknown := [str(name) for name in form if name not in DAYS]:
        raise WrongHours("day", value=unknown[0][:40])
    week = tuple(_day(name, form.get(name, ())) for name in DAYS)
    if not any(week):
        raise WrongHours("none")
    _refuse_overlaps(week)
    return week


def known_zone(name: str) -> bool:
    """Whether this is a zone, such as Europe/Amsterdam."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _day(name: str, spans: object) -> tuple[Span, ...]:
    if not isinstance(spans, Sequence) or isinstance(spans, str):
        raise WrongHours("time", name, str(spans)[:40])
    if len(spans) > MOST_SPANS:
        raise WrongHours("many", name)
    return tuple(sorted(_span(name, span) for span in spans))


def _span(name: str, span: object) -> Span:
    if not isinstance(span, Sequence) or isinstance(span, str) or len(span) != 2:
        raise WrongHours("time", name, str(span)[:40])
    start, end = (_minute(name, time) for time in span)
    if start == DAY:
        raise WrongHours("time", name, "24:00")
    return start, end if end > start else end + DAY


def _minute(name: str, time: object) -> int:
    found = _TIME.fullmatch(time) if isinstance(time, str) else None
    if found is None:
        raise WrongHours("time", name, str(time)[:40])
    hour, minute = (part for part in found.groups() if part is not None)
    return int(hour) * 60 + int(minute)


def _refuse_overlaps(week: Week) -> None:
    """By the minutes of the week, around whose end Sunday night meets Monday morning."""
    spans = sorted((day * DAY + start, day * DAY + end) for day, of_day in enumerate(week) for start, end in of_day)
    first, _end = spans[0]
    for (_start, end), (start, _next_end) in zip(spans, [*spans[1:], (first + 7 * DAY, 0)], strict=True):
        if start < end:
            raise WrongHours("overlap", DAYS[start // DAY % 7])
