"""Administration of working hours and absences, and who is on duty now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions import shifts as verbs
from desk.common.errors import DeskError, Invalid
from desk.common.paging import slice_after
from desk.people.duty import standings
from desk.people.models import Absence, Shift, Team, User
from desk.people.permissions import Permission
from desk.web import asked, hours
from desk.web.forms import Field, Words, choice, filled, show_form
from desk.web.guards import person, signed_in

MANAGE = Permission.MANAGE_SHIFTS
PAGE = 50
DUTY_WORDS = {
    "on_shift": gettext_lazy("on shift"),
    "no_hours": gettext_lazy("on duty, no hours set"),
    "away": gettext_lazy("away"),
    "absent": gettext_lazy("absent"),
    "off_shift": gettext_lazy("off shift"),
}
LISTS = ("people", "shifts", "absences")  # each has its own place in the address


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """Who is on duty now, the week of everybody, and who is absent when."""
    now = timezone.now()
    cursors = {name: request.GET.get(name, "") for name in LISTS}
    people = slice_after(User.objects.filter(is_active=True), ("id",), cursors["people"], PAGE)
    shifts = slice_after(Shift.objects.select_related("user", "team"), ("id",), cursors["shifts"], PAGE)
    absences = slice_after(
        Absence.objects.select_related("user"), ("starts_at", "id"), cursors["absences"], PAGE, descending=True
    )
    known = standings(people.rows, now)
    context = {
        "people": [(one, known[one.pk], DUTY_WORDS[known[one.pk].duty]) for one in people.rows],
        "shifts": [(shift, hours.of_week(shift.week)) for shift in shifts.rows],
        "absences": [(one, _phase(one, now)) for one in absences.rows],
        "days": hours.NAMES.values(),
        "pages": {"people": people, "shifts": shifts, "absences": absences},
    }
    return render(request, "desk/administration/shifts.html", context)


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Hours for a person or a team."""
    refused = None
    if request.method == "POST":
        try:
            verbs.create_shift(person(request), **_shift(request))
            messages.success(request, _("The hours are kept."))
            return _to_list(request)
        except DeskError as problem:
            refused = problem
    known = {"timezone": settings.TIME_ZONE, **{f"week.{day}": "09:00–17:30" for day in list(hours.NAMES)[:5]}}
    fields = filled(_shift_fields(), request.POST if refused else known, refused)
    return show_form(request, "desk/administration/shift.html", fields, {}, refused)


@signed_in(MANAGE)
def one(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Change hours."""
    shift = get_object_or_404(Shift.objects.select_related("user", "team"), pk=shift_id)
    refused = None
    if request.method == "POST":
        try:
            verbs.change_shift(person(request), shift_id, **_shift(request))
            messages.success(request, _("The hours are kept."))
            return _to_list(request)
        except DeskError as problem:
            refused = problem
    known: dict[str, object] = {
        "who": f"user:{shift.user_id}" if shift.user_id else f"team:{shift.team_id}",
        "timezone": shift.timezone,
        "first_day": shift.first_day,
        "last_day": shift.last_day,
        **{f"week.{day}": hours.words(shift.week.get(day)) for day in hours.NAMES},
    }
    fields = filled(_shift_fields(), request.POST if refused else known, refused)
    return show_form(request, "desk/administration/shift.html", fields, {"shift": shift}, refused)


@require_POST
@signed_in(MANAGE)
def delete(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Whoever has no hours left counts as on duty while they are not away."""
    verbs.delete_shift(person(request), shift_id)
    messages.success(request, _("The hours are deleted."))
    return redirect("administration-shifts")


@signed_in(MANAGE)
def add_absence(request: HttpRequest) -> HttpResponse:
    """Somebody is not there."""
    refused = None
    if request.method == "POST":
        try:
            absence = verbs.create_absence(person(request), **_absence(request))
            messages.success(request, _("The absence of %(name)s is kept.") % {"name": absence.user.name})
            return _to_list(request)
        except DeskError as problem:
            refused = problem
    known = {"starts_at": _field(timezone.now())}
    fields = filled(_absence_fields(), request.POST if refused else known, refused)
    return show_form(request, "desk/administration/absence.html", fields, {}, refused)


@signed_in(MANAGE)
def absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Change when somebody is not there."""
    row = get_object_or_404(Absence.objects.select_related("user"), pk=absence_id)
    refused = None
    if request.method == "POST":
        try:
            verbs.change_absence(person(request), absence_id, **_absence(request))
            messages.success(request, _("The changes are kept."))
            return _to_list(request)
        except DeskError as problem:
            refused = problem
    known: Mapping[str, object] = {
        "user": row.user_id,
        "starts_at": _field(row.starts_at),
        "ends_at": _field(row.ends_at) if row.ends_at else "",
        "reason": row.reason,
    }
    fields = filled(_absence_fields(), request.POST if refused else known, refused)
    return show_form(request, "desk/administration/absence.html", fields, {"absence": row}, refused)


@require_POST
@signed_in(MANAGE)
def delete_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """They are there after all."""
    verbs.delete_absence(person(request), absence_id)
    messages.success(request, _("The absence is deleted."))
    return redirect("administration-shifts")


def _shift(request: HttpRequest) -> dict[str, Any]:
    kind, _colon, number = request.POST.get("who", "").partition(":")
    key = asked.number(number)
    return {
        "user_id": key if kind == "user" else None,
        "team_id": key if kind == "team" else None,
        "timezone": request.POST.get("timezone", ""),
        "week": hours.typed(request.POST),
        "first_day": hours.day(request.POST, "first_day"),
        "last_day": hours.day(request.POST, "last_day"),
    }


def _absence(request: HttpRequest) -> dict[str, Any]:
    starts_at = asked.moment(request.POST.get("starts_at", ""))
    if starts_at is None:
        raise Invalid(_("Say from when."), errors={"starts_at": [_("Say from when.")]})
    return {
        "user_id": choice(request.POST, "user"),
        "starts_at": starts_at,
        "ends_at": asked.moment(request.POST.get("ends_at", "")),
        "reason": request.POST.get("reason", ""),
    }


def _shift_fields() -> list[Field]:
    teams = [(f"team:{team.pk}", _("Everybody in %(team)s") % {"team": team.name}) for team in Team.objects.all()]
    days = [
        Field(f"week.{day}", name, required=False, placeholder=gettext_lazy("free"))
        for day, name in hours.NAMES.items()
    ]
    return [
        Field("who", gettext_lazy("Whose hours"), kind="choice", choices=(*_people("user:"), *teams)),
        *days,
        Field("timezone", gettext_lazy("Time zone"), help=gettext_lazy("Such as Europe/Amsterdam.")),
        Field("first_day", gettext_lazy("First day"), kind="date", required=False),
        Field("last_day", gettext_lazy("Last day"), kind="date", required=False),
    ]


def _absence_fields() -> list[Field]:
    return [
        Field("user", gettext_lazy("Who"), kind="choice", choices=_people()),
        Field("starts_at", gettext_lazy("From"), kind="moment"),
        Field(
            "ends_at",
            gettext_lazy("Until"),
            kind="moment",
            required=False,
            help=gettext_lazy("Empty is until further notice."),
        ),
        Field(
            "reason", gettext_lazy("Reason"), required=False, help=gettext_lazy("Only who keeps the shifts reads it.")
        ),
    ]


def _people(prefix: str = "") -> tuple[tuple[str, Words], ...]:
    return tuple((f"{prefix}{user.pk}", user.name) for user in User.objects.filter(is_active=True))


def _phase(one: Absence, now: datetime) -> str:
    if one.ends_at and one.ends_at <= now:
        return "over"
    return "now" if one.starts_at <= now else "later"


def _field(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def _to_list(request: HttpRequest) -> HttpResponse:
    page = redirect("administration-shifts")
    return HttpResponse(headers={"HX-Redirect": page.url}) if request.headers.get("HX-Request") else page
