"""The form in which people and programs write down opening hours, and its way into `OpeningHours`.

README.md describes the form. `parse` refuses one with everything that is wrong with it, each with its path, so that an
editor can mark all of it at once.
"""

import json
import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any
from zoneinfo import available_timezones

from policies.business_time import OpeningHours, Span, Spans
from policies.calendar_overlaps import DAYS, overlaps
from policies.calendar_problems import CalendarProblem, Problem
from policies.form_problems import shown
from policies.public_holidays import countries, subdivisions
from policies.wall_clock import DAY

KEYS = ("timezone", "week", "holidays", "exceptions")
HOLIDAY_KEYS = ("country", "subdivision")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
MOST_INTERVALS = 24  # a day
MOST_EXCEPTIONS = 1_000
TIME, END, DATE = r"([01][0-9]|2[0-3]):([0-5][0-9])", r"24:00", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_KEPT = 64  # calendars, with the years that they have laid out
_NO_ZONES = {"localtime", "Factory"}  # files that lie among the zones and name none
_MOST_NAMED = 40  # parts of a country in one message


def parse(form: object) -> OpeningHours:
    """The opening hours that a form describes; equal forms give the same object.

    Raises `CalendarProblem`. Overlaps and hours that never come are only looked for once all else is right.
    """
    try:
        text = json.dumps(form, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        raise CalendarProblem([Problem("", "calendar.form")]) from None
    return _parsed(text)


@lru_cache(maxsize=_KEPT)
def _parsed(text: str) -> OpeningHours:
    reading = _Reading()
    hours = reading.hours(json.loads(text))
    if problems := reading.problems or tuple(overlaps(hours)) or tuple(_never_open(hours)):
        raise CalendarProblem(problems)
    return hours


def _never_open(hours: OpeningHours) -> Iterable[Problem]:
    if not any(hours.week) and not any(spans for _day, spans in hours.exceptions):
        yield Problem("week", "calendar.never_open")


class _Reading:
    """One form being read: each part gives what it says, or something harmless and a problem more."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, path: str, code: str, **params: Any) -> None:
        self.problems.append(Problem(path, f"calendar.{code}", params))

    def hours(self, form: Any) -> OpeningHours:
        if not isinstance(form, dict):
            self.wrong("", "form")
            form = {"timezone": "UTC"}
        self.keys("", form, KEYS)
        country, subdivision = self.holidays(form.get("holidays"))
        return OpeningHours(
            timezone=self.timezone(form.get("timezone")),
            week=self.week(form.get("week", {})),
            country=country,
            subdivision=subdivision,
            exceptions=self.exceptions(form.get("exceptions", {})),
        )

    def keys(self, path: str, values: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in values:
            if key not in known:
                self.wrong(f"{path}{shown(key)}", "key_unknown", key=shown(key), known=", ".join(known))

    def timezone(self, name: Any) -> str:
        if isinstance(name, str) and name in _zones():
            return name
        alike = get_close_matches(str(name)[:100], _zones(), n=1)
        self.wrong("timezone", "timezone", value=shown(name), example=alike[0] if alike else "Europe/Amsterdam")
        return "UTC"

    def week(self, days: Any) -> tuple[Spans, ...]:
        if not isinstance(days, dict):
            self.wrong("week", "week")
            days = {}
        for name in days:
            if name not in DAYS:
                self.wrong(f"week.{shown(name)}", "day", value=shown(name))
        return tuple(self.spans(f"week.{name}", days.get(name, [])) for name in DAYS)

    def holidays(self, wanted: Any) -> tuple[str, str]:
        """The country and its part; both empty where no holidays are kept."""
        if wanted is None:
            return "", ""
        if not isinstance(wanted, dict):
            self.wrong("holidays", "holidays")
            return "", ""
        self.keys("holidays.", wanted, HOLIDAY_KEYS)
        country, part = wanted.get("country"), wanted.get("subdivision")
        if not isinstance(country, str) or country not in countries():
            self.wrong("holidays.country", "country", value=shown(country))
            return "", ""
        if part is None:
            return country, ""
        known = subdivisions(country)
        if isinstance(part, str) and part in known:
            return country, part
        code = "subdivision" if known else "subdivision_none"
        self.wrong("holidays.subdivision", code, value=shown(part), country=country, known=_some(known))
        return country, ""

    def exceptions(self, days: Any) -> tuple[tuple[date, Spans], ...]:
        if not isinstance(days, dict):
            self.wrong("exceptions", "exceptions")
            return ()
        if len(days) > MOST_EXCEPTIONS:
            self.wrong("exceptions", "exceptions_too_many", number=len(days), most=MOST_EXCEPTIONS)
            return ()
        return tuple(sorted((self.day(text), self.spans(f"exceptions.{shown(text)}", days[text])) for text in days))

    def day(self, text: str) -> date:
        if re.fullmatch(DATE, text):
            try:
                day = date.fromisoformat(text)
            except ValueError:
                day = date.min
            if FIRST_DAY <= day <= LAST_DAY:
                return day
        self.wrong(f"exceptions.{shown(text)}", "date", value=shown(text), first=FIRST_DAY, last=LAST_DAY)
        return FIRST_DAY

    def spans(self, path: str, intervals: Any) -> Spans:
        if not isinstance(intervals, list):
            self.wrong(path, "intervals")
            return ()
        if len(intervals) > MOST_INTERVALS:
            self.wrong(path, "intervals_too_many", number=len(intervals), most=MOST_INTERVALS)
            return ()
        return tuple(sorted(self.span(f"{path}.{number}", interval) for number, interval in enumerate(intervals)))

    def span(self, path: str, interval: Any) -> Span:
        if not isinstance(interval, list) or len(interval) != 2:
            self.wrong(path, "interval", value=shown(interval))
            return 0, 0
        start, end = self.time(path, interval[0]), DAY if interval[1] == END else self.time(path, interval[1])
        return start, end if end > start else end + DAY

    def time(self, path: str, text: Any) -> int:
        """Minutes after midnight."""
        found = re.fullmatch(TIME, text) if isinstance(text, str) else None
        if found is None:
            self.wrong(path, "time", value=shown(text))
            return 0
        return int(found[1]) * 60 + int(found[2])


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _NO_ZONES)


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
