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
_DASH = re.compile(r"\s*[-–—]\s*")
_SHORT = re.compile(r"\d:\d\d")  # 9:00 means 09:00


def words(spans: object) -> str:
    """The hours of one day; empty where it is free."""
    return ", ".join("–".join(map(str, span)) for span in spans) if isinstance(spans, list) else ""


def of_week(week: Mapping[str, Any]) -> list[list[str]]:
    """The hours of each day, span by span, Monday first."""
    return [words(week.get(day)).split(", ") if week.get(day) else [] for day in DAYS]


def typed(values: QueryDict) -> dict[str, list[Any]]:
    """The fields `week.mon` … of a form, as a shift keeps them. What can't be read stays as it is: the verb says so."""
    week = {day: _spans(values.get(f"week.{day}", "")) for day in DAYS}
    return {day: spans for day, spans in week.items() if spans}


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


def _spans(text: str) -> list[Any]:
    return [_span(part.strip()) for part in re.split(r"[,;]", text) if part.strip()]


def _span(part: str) -> list[str] | str:
    times = _DASH.split(part)
    return [f"0{time}" if _SHORT.fullmatch(time) else time for time in times] if len(times) == 2 else part
