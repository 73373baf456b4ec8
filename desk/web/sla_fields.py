"""The fields of policies and calendars, and how what is typed in them becomes what the verbs take."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.sla_policies import METRICS
from desk.common.errors import DeskError, Invalid
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.sla.models import BusinessCalendar, SlaPolicy
from desk.tickets.models import Priority
from desk.web.forms import Field, Words, choice, numbers
from desk.web.show.crises import LEVEL_WORDS
from policies.crisis_states import ACTIVE_LEVELS

DAYS: Mapping[str, Words] = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}
_HOURS = gettext_lazy("Such as 09:00-12:30, 13:00-17:30. Empty: closed.")
_APPLY = Field(
    "apply_to_open",
    gettext_lazy("Also for clocks that run already"),
    kind="tick",
    help=gettext_lazy("Otherwise only clocks that begin from now on. Clocks that ended keep what was promised."),
)


# ── policies ─────────────────────────────────────────────────────────────────
def policy_fields(*, is_default: bool) -> list[Field]:
    """The default policy is for everybody, so it has no conditions."""
    calendars = BusinessCalendar.objects.filter(deleted_at=None).values_list("pk", "name")
    return [
        Field("name", gettext_lazy("Name")),
        *([] if is_default else _condition_fields()),
        _minutes("first_response_minutes", gettext_lazy("First response within (minutes)")),
        _minutes("next_response_minutes", gettext_lazy("Next response within (minutes)")),
        _minutes("resolution_minutes", gettext_lazy("Resolution within (minutes)")),
        Field(
            "calendar",
            gettext_lazy("Minutes count by"),
            kind="choice",
            choices=tuple((str(pk), name) for pk, name in calendars),
        ),
        *([] if is_default else [Field("enabled", gettext_lazy("In force"), kind="tick")]),
        _APPLY,
    ]


def policy_values(values: QueryDict, *, is_default: bool) -> dict[str, Any]:
    """What the verbs take. Raises Invalid for what is no number."""
    typed: dict[str, Any] = {
        "name": values.get("name", ""),
        "calendar_id": choice(values, "calendar"),
        "apply_to_open": "apply_to_open" in values,
        **{f"{metric}_minutes": choice(values, f"{metric}_minutes") for metric in METRICS},
    }
    if is_default:
        return typed
    private = {"private": True, "public": False}.get(values.get("private", ""))
    conditions = {
        "networks": values.getlist("networks"),
        "inboxes": numbers(values, "inboxes"),
        "private": private,
        "priorities": numbers(values, "priorities"),
        "languages": _words(values.get("languages", "").lower()),
        "tags": _words(values.get("tags", "")),
        "crisis_levels": numbers(values, "crisis_levels"),
    }
    kept = {name: value for name, value in conditions.items() if value not in (None, [])}
    return {**typed, "enabled": "enabled" in values, "conditions": kept}


def values_of_policy(policy: SlaPolicy) -> dict[str, object]:
    """What the fields show of a policy as it reads now."""
    version = policy.current
    if version is None:
        return {}
    conditions, targets = version.conditions, version.targets
    seconds = {f"{metric}_minutes": targets.of(metric) for metric in METRICS}
    return {
        "name": policy.name,
        "enabled": policy.enabled,
        "calendar": version.calendar_id,
        "networks": conditions.networks,
        "inboxes": conditions.inboxes,
        "private": {None: "", True: "private", False: "public"}[conditions.private],
        "priorities": conditions.priorities,
        "languages": ", ".join(sorted(conditions.languages)),
        "tags": ", ".join(sorted(conditions.tags)),
        "crisis_levels": conditions.crisis_levels,
        **{name: value // 60 if value is not None else None for name, value in seconds.items()},
    }


def _condition_fields() -> list[Field]:
    anything: list[tuple[str, Words]] = [
        ("", gettext_lazy("Public and private")),
        ("public", gettext_lazy("Public only")),
        ("private", gettext_lazy("Private only")),
    ]
    networks = tuple((network.slug, network.label) for network in all_networks())
    inboxes = tuple((str(inbox.pk), inbox.name) for inbox in Inbox.objects.all())
    priorities = tuple((str(priority.value), priority.label) for priority in Priority)
    levels = tuple((str(int(level)), LEVEL_WORDS[level]) for level in ACTIVE_LEVELS)
    commas = gettext_lazy("Separated by commas. Empty: all.")
    return [
        Field("networks", gettext_lazy("Only these networks"), kind="several", choices=networks),
        Field("inboxes", gettext_lazy("Only these inboxes"), kind="several", choices=inboxes),
        Field("private", gettext_lazy("Messages"), kind="choice", required=False, choices=tuple(anything)),
        Field("priorities", gettext_lazy("Only these priorities"), kind="several", choices=priorities),
        Field("languages", gettext_lazy("Only these languages"), required=False, help=commas, placeholder="nl, en"),
        Field("tags", gettext_lazy("Only tickets with one of these tags"), required=False, help=commas),
        Field("crisis_levels", gettext_lazy("Only in a crisis of these levels"), kind="several", choices=levels),
    ]


def _minutes(name: str, label: Words) -> Field:
    return Field(name, label, kind="number", required=False)


def _words(typed: str) -> list[str]:
    return [word.strip() for word in typed.split(",") if word.strip()]


# ── calendars ────────────────────────────────────────────────────────────────
def calendar_fields() -> list[Field]:
    return [
        Field("name", gettext_lazy("Name")),
        Field("timezone", gettext_lazy("Time zone"), help=gettext_lazy("Such as Europe/Amsterdam.")),
        *(Field(day, label, required=False, help=_HOURS if day == "mon" else "") for day, label in DAYS.items()),
        Field(
            "country",
            gettext_lazy("Closed on the public holidays of"),
            required=False,
            help=gettext_lazy("Two letters of a country, such as NL."),
        ),
        Field("subdivision", gettext_lazy("Part of that country"), required=False),
        Field(
            "exceptions",
            gettext_lazy("Other days"),
            kind="area",
            required=False,
            help=gettext_lazy("A line for each day: 2026-12-24: 09:00-13:00. With nothing behind the date: closed."),
        ),
        _APPLY,
    ]


def calendar_form(values: QueryDict) -> dict[str, Any]:
    """The form that is typed in; what is wrong in it the verb says."""
    country = values.get("country", "").strip().upper()
    part = values.get("subdivision", "").strip().upper() or None
    exceptions: dict[str, Any] = {}
    for line in values.get("exceptions", "").splitlines():
        day, _colon, hours = line.strip().partition(":")
        if day:
            exceptions[day.strip()] = _intervals(hours)
    return {
        "timezone": values.get("timezone", "").strip(),
        "week": {day: _intervals(values.get(day, "")) for day in DAYS if values.get(day, "").strip()},
        "holidays": {"country": country, "subdivision": part} if country or part else None,
        "exceptions": exceptions,
    }


def values_of_calendar(name: str, form: Mapping[str, Any]) -> dict[str, object]:
    """What the fields show of a form."""
    week, holidays = form.get("week", {}), form.get("holidays") or {}
    lines = (f"{day}: {_typed(hours)}".rstrip() for day, hours in sorted(form.get("exceptions", {}).items()))
    return {
        "name": name,
        "timezone": form.get("timezone", ""),
        **{day: _typed(week.get(day, [])) for day in DAYS},
        "country": holidays.get("country") or "",
        "subdivision": holidays.get("subdivision") or "",
        "exceptions": "\n".join(lines),
    }


def at_fields(refused: DeskError) -> DeskError:
    """The same refusal with its problems at the fields of the screen instead of the places of the form."""
    errors: dict[str, list[Words]] = {}
    for path, sentences in refused.errors.items():
        place = re.sub(r"^form\.(week\.)?", "", path).split(".")[0]
        errors.setdefault("country" if place == "holidays" else place, []).extend(sentences)
    return Invalid(refused.message, errors=errors) if errors else refused


def _intervals(typed: str) -> list[list[str]]:
    """“09:00-12:30, 13:00-17:30”; what is none stays as it was typed, for the message."""
    return [[time.strip() for time in re.split("[-–]", part)] for part in typed.split(",") if part.strip()]


def _typed(intervals: list[list[str]]) -> str:
    return ", ".join("-".join(interval) for interval in intervals)


def summary(form: Mapping[str, Any]) -> str:
    """A calendar in one line."""
    days = sum(bool(hours) for hours in form.get("week", {}).values())
    words = _("%(count)d days a week, %(zone)s") % {"count": days, "zone": form.get("timezone", "")}
    country = (form.get("holidays") or {}).get("country")
    return f"{words}, {_('holidays of %(country)s') % {'country': country}}" if country else words
