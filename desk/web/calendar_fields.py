"""The fields of calendars, and how what is typed in them becomes the form that the verbs take."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.common.errors import DeskError, Invalid
from desk.web import hours, lines
from desk.web.forms import Field, Words, filled
from desk.web.lines import Focus, Line
from desk.web.sla_fields import APPLY
from policies.calendars import MOST_EXCEPTIONS
from policies.public_holidays import countries, parts_of

EXCEPTIONS = "exceptions"
EMPTY: Line = {"day": [""], "hours": [""]}
CLOSED = gettext_lazy("closed")


@dataclass(frozen=True, slots=True)
class ExceptionFields:
    """One day that is not as its week says."""

    number: int
    focus: str  # where the reader goes on: the button of this line, or its first field
    day: Field
    hours: Field

    @property
    def begins(self) -> bool:
        """Whether the reader goes on at its first field."""
        return self.focus == "day"

    def __iter__(self) -> Iterator[Field]:
        yield from (self.day, self.hours)


def fields(country: str, *, is_new: bool) -> list[Field]:
    """All but the exceptions. Nothing counts by a new calendar yet, so that nothing can be applied to it."""
    names: tuple[tuple[str, Words], ...] = (
        ("", gettext_lazy("no country")),
        *((one, one) for one in sorted(countries())),
    )
    return [
        Field("name", gettext_lazy("Name")),
        Field("timezone", gettext_lazy("Time zone"), help=gettext_lazy("Such as Europe/Amsterdam.")),
        *hours.fields(CLOSED),
        Field("country", gettext_lazy("Closed on the public holidays of"), "choice", required=False, choices=names),
        Field("subdivision", gettext_lazy("Part of that country"), "choice", required=False, choices=_parts(country)),
        *([] if is_new else [APPLY]),
    ]


def exceptions(
    values: QueryDict, refused: DeskError | None = None, focus: Focus | None = None
) -> list[ExceptionFields]:
    """Each exception that is typed in, with what a verb said about it."""
    found = []
    for number in range(len(lines.read(values, EXCEPTIONS))):
        both = filled(_fields(number), values, refused)
        here = focus is not None and focus.line == number
        found.append(ExceptionFields(number, (focus.button or "day") if focus and here else "", *both))
    return found


def form_of(values: QueryDict) -> dict[str, Any]:
    """The form that is typed in; what is wrong in it the verb says. Raises Invalid where a day stands twice."""
    country, part = values.get("country", ""), values.get("subdivision", "")
    days: dict[str, Any] = {}
    for number, line in enumerate(lines.read(values, EXCEPTIONS)):
        day, typed = (line.get(name, [""])[0].strip() for name in ("day", "hours"))
        if day in days:
            problem = _("This date stands here twice. Give its hours in one line, with commas.")
            raise Invalid(problem, errors={f"{EXCEPTIONS}.{number}.day": [problem]})
        if day or typed:
            days[day] = hours.spans(typed)
    return {
        "timezone": values.get("timezone", "").strip(),
        "week": hours.typed(values),
        "holidays": {"country": country, "subdivision": part or None} if country else None,
        "exceptions": days,
    }


def typed(name: str, form: Mapping[str, Any]) -> QueryDict:
    """A calendar as the form would send it."""
    holidays = form.get("holidays") or {}
    values = QueryDict(mutable=True)
    values.update(
        {
            "name": name,
            "timezone": form.get("timezone", ""),
            "country": holidays.get("country") or "",
            "subdivision": holidays.get("subdivision") or "",
            **hours.known(form.get("week", {})),
        }
    )
    days = sorted(form.get("exceptions", {}).items())
    return lines.written(values, EXCEPTIONS, [{"day": [day], "hours": [hours.words(spans)]} for day, spans in days])


def at_fields(refused: DeskError, values: QueryDict) -> DeskError:
    """The same refusal with its problems at the fields of the screen instead of the places of the form."""
    days = [line.get("day", [""])[0].strip() for line in lines.read(values, EXCEPTIONS)]
    errors: dict[str, list[Words]] = {}
    for path, sentences in refused.errors.items():
        errors.setdefault(_field_of(re.sub(r"^form\.", "", path), days), []).extend(sentences)
    return Invalid(refused.message, errors=errors) if errors else refused


def summary(form: Mapping[str, Any]) -> str:
    """A calendar in one line."""
    days = sum(bool(of_day) for of_day in form.get("week", {}).values())
    words = _("%(count)d days a week, %(zone)s") % {"count": days, "zone": form.get("timezone", "")}
    country = (form.get("holidays") or {}).get("country")
    return ", ".join([words, _("holidays of %(country)s") % {"country": country}]) if country else words


def full(rows: Sequence[ExceptionFields]) -> bool:
    """Whether a calendar takes no more exceptions."""
    return len(rows) >= MOST_EXCEPTIONS


def _field_of(path: str, days: Sequence[str]) -> str:
    """`week.mon.0` is at its day, `exceptions.2026-12-24.0` at its line, `holidays.country` at the country."""
    kind, _dot, rest = path.partition(".")
    place = rest.split(".")[0]
    if kind == "week" and place:
        return f"week.{place}"
    if kind == "week":
        return "week.mon"
    if kind == "holidays":
        return "subdivision" if place == "subdivision" else "country"
    if kind == EXCEPTIONS and place in days:
        by_its_date = path.count(".") == 1 and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", place)
        return f"{EXCEPTIONS}.{days.index(place)}.{'day' if by_its_date else 'hours'}"
    return kind if kind != EXCEPTIONS else path


def _parts(country: str) -> tuple[tuple[str, Words], ...]:
    parts = parts_of(country) if country in countries() else {}
    return (
        ("", gettext_lazy("all of it")),
        *((code, f"{code} ({name})" if name else code) for code, name in parts.items()),
    )


def _fields(number: int) -> list[Field]:
    both = [
        Field("day", gettext_lazy("Date"), "date"),
        Field("hours", gettext_lazy("Open"), required=False, placeholder=CLOSED),
    ]
    return [replace(field, name=f"{EXCEPTIONS}.{number}.{field.name}") for field in both]
