"""Business calendars: what a supervisor does with them. A change is a new version; deadlines keep the one they had."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.actions.sla.sla_change import change_of_promises
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.sla.models import BusinessCalendar, CalendarVersion, SlaPolicy
from desk.sla.promises import calendar_of, holidays_of
from policies.calendar_problems import CalendarProblem
from policies.clocks import Calendar

LONGEST_NAME = 80  # characters
FARTHEST = timedelta(days=3_653)  # from now: a promise that is due later is none


def create_calendar(
    actor: User | None, *, name: str, form: Mapping[str, Any], now: datetime | None = None
) -> BusinessCalendar:
    """A new calendar (`form` as policies/README.md describes it). Raises Invalid, Conflict."""
    _may(actor)
    calendar = BusinessCalendar(name=_name(name))
    read_form(form)
    with transaction.atomic():
        _save(calendar)
        _new_version(actor, calendar, form, now)
        audit(actor, "calendar_created", calendar, name=calendar.name)
    return calendar


def change_calendar(
    actor: User | None,
    calendar_id: int,
    *,
    name: str | None = None,
    form: Mapping[str, Any] | None = None,
    apply_to_open: bool = False,
    now: datetime | None = None,
) -> BusinessCalendar:
    """Another name, or a new version. Clocks that run keep theirs, but where `apply_to_open` says otherwise."""
    _may(actor)
    with transaction.atomic(), change_of_promises(actor, apply_to_open=apply_to_open, now=now):
        calendar = _calendar(calendar_id)
        before, changed = calendar.name, False
        if name is not None:
            calendar.name = _name(name)
        if form is not None and calendar.current is not None and _differs(form, calendar.current):
            hours = read_form(form)
            for policy in SlaPolicy.objects.filter(deleted_at=None, current__calendar=calendar).select_related(
                "current"
            ):
                refuse_unreachable(hours, policy.current.targets if policy.current else None, policy.name)
            _new_version(actor, calendar, form, now)
            changed = True
        _save(calendar)
        version = calendar.current.number if changed and calendar.current else None
        audit(actor, "calendar_changed", calendar, name=calendar.name, before=before, version=version)
    return calendar


def delete_calendar(actor: User | None, calendar_id: int, *, now: datetime | None = None) -> None:
    """Kept for the clocks that ran by it. Raises Conflict where a policy counts by it."""
    _may(actor)
    with transaction.atomic():
        calendar = _calendar(calendar_id)
        using = SlaPolicy.objects.filter(deleted_at=None, current__calendar=calendar).values_list("name", flat=True)
        if using:
            raise Conflict(
                _("These policies count by this calendar: %(names)s. Give them another one first.")
                % {"names": ", ".join(using)},
                code="in_use",
            )
        calendar.deleted_at = now or timezone.now()
        calendar.save(update_fields=["deleted_at"])
        audit(actor, "calendar_deleted", calendar, name=calendar.name)


def read_form(form: Mapping[str, Any]) -> Calendar:
    """The calendar of a form. Raises Invalid with every problem where it is, such as `form.week.mon.0`."""
    try:
        calendar = calendar_of(form)
    except CalendarProblem as problem:
        errors: dict[str, list[str]] = {}
        for path, sentence in problem.said(translation.get_language() or "en"):
            errors.setdefault(f"form.{path}" if path else "form", []).append(sentence)
        raise Invalid(_("This calendar can't be used. Correct what is marked."), errors=errors) from problem
    if not any(form.get("week", {}).values()):
        words = _("Give opening hours on at least one day of the week.")
        raise Invalid(words, errors={"form.week": [words]})
    return calendar


def refuse_unreachable(calendar: Calendar, targets: Any, name: str) -> None:
    """Refuse a target that takes this calendar years to count: ingest must never meet a promise without an end."""
    now = timezone.now()
    for field, seconds in _named(targets):
        try:
            near = calendar.add(now, timedelta(seconds=seconds)) <= now + FARTHEST
        except (ValueError, OverflowError):
            near = False
        if not near:
            words = _("In this calendar the target of “%(name)s” takes longer than ten years.") % {"name": name}
            raise Invalid(words, errors={field: [words]})


def _named(targets: Any) -> Iterator[tuple[str, int]]:
    for metric in ("first_response", "next_response", "resolution"):
        seconds = getattr(targets, metric, None)
        if seconds is not None:
            yield f"{metric}_minutes", seconds


def _may(actor: User | None) -> None:
    if actor is not None:
        require(actor, Permission.MANAGE_SLA)


def _name(name: str) -> str:
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME or "\x00" in words:
        sentence = _("Give a name of 1 to %(count)d characters.") % {"count": LONGEST_NAME}
        raise Invalid(sentence, errors={"name": [sentence]})
    return words


def _new_version(actor: User | None, calendar: BusinessCalendar, form: Mapping[str, Any], now: datetime | None) -> None:
    number = calendar.versions.count() + 1
    calendar.current = CalendarVersion.objects.create(
        calendar=calendar,
        number=number,
        form=dict(form),
        holidays=holidays_of(form),
        author=actor,
        at=now or timezone.now(),
    )
    calendar.save(update_fields=["current"])


def _differs(form: Mapping[str, Any], version: CalendarVersion) -> bool:
    """Also where the form reads the same, and a newer library knows other holidays for it."""
    return form != version.form or holidays_of(form) != version.holidays


def _save(calendar: BusinessCalendar) -> None:
    try:
        with transaction.atomic():
            calendar.save()
    except IntegrityError:  # somebody took the name between our look and our write
        raise Conflict(_("Another calendar has this name. Choose another."), code="taken") from None


def _calendar(calendar_id: int) -> BusinessCalendar:
    rows = BusinessCalendar.objects.select_related("current").select_for_update(of=("self",))
    calendar = rows.filter(pk=calendar_id, deleted_at=None).first()
    if calendar is None:
        raise Missing(_("There is no such calendar."))
    return calendar
