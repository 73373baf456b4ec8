"""Working hours as people read and write them: “09:00–12:30, 13:00–17:30”."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.common.errors import Invalid
from desk.web.forms import Field, Words
from policies.duty import DAYS

NAMES: dict[str, Promise] = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}
USUAL = {day: [["09:00", "17:30"]] for day in DAYS[:5]}  # a new week, to begin with
_DASH = re.compile(r"\s*[-–—]\s*")
_SHORT = re.compile(r"\d:\d\d")  # 9:00 means 09:00


def words(of_day: object) -> str:
    """The hours of one day; empty where it is free."""
    return ", ".join("–".join(map(str, span)) for span in of_day) if isinstance(of_day, list) else ""


def of_week(week: Mapping[str, Any]) -> list[list[str]]:
    """The hours of each day, span by span, Monday first."""
    return [words(week.get(day)).split(", ") if week.get(day) else [] for day in DAYS]


def fields(closed: Words) -> list[Field]:
    """One for each day, `week.mon` to `week.sun`; an empty one says `closed`."""
    return [Field(f"week.{day}", name, "day", required=False, placeholder=closed) for day, name in NAMES.items()]


def known(week: Mapping[str, Any]) -> dict[str, str]:
    """What the fields of the days show."""
    return {f"week.{day}": words(week.get(day)) for day in DAYS}


def typed(values: QueryDict) -> dict[str, list[Any]]:
    """The fields `week.mon` … as shifts and calendars keep them. What can't be read stays, and the verb says so."""
    week = {day: spans(values.get(f"week.{day}", "")) for day in DAYS}
    return {day: of_day for day, of_day in week.items() if of_day}


def day(values: QueryDict, name: str) -> date | None:
    """A date, or none. Raises Invalid."""
    value = values.get(name, "").strip()
    if not value:
        return None
    try:
        found = parse_date(value)
    except ValueError:
        found = None
    if found is None:
        problem = _("This is no date. Write it as 2026-03-10.")
        raise Invalid(problem, errors={name: [problem]})
    return found


def spans(text: str) -> list[Any]:
    """“9:00-12:30, 13:00–17:30” as a calendar keeps it; what can't be read stays as it was typed, for the message."""
    return [_span(part.strip()) for part in re.split(r"[,;]", text) if part.strip()]


def _span(part: str) -> list[str] | str:
    times = _DASH.split(part)
    return [f"0{time}" if _SHORT.fullmatch(time) else time for time in times] if len(times) == 2 else part
