"""Administration of working hours, and who is on duty now."""

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

from desk.actions.people import shifts as verbs
from desk.common.paging import slice_after
from desk.people.duty import standings
from desk.people.models import Absence, Shift, Team, User
from desk.people.permissions import Permission
from desk.web import asked, hours
from desk.web.forms import Field, Words, edit
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
TEMPLATE = "desk/administration/shift.html"


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
        "absences": [(one, phase(one, now)) for one in absences.rows],
        "days": hours.NAMES.values(),
        "pages": {"people": people, "shifts": shifts, "absences": absences},
    }
    return render(request, "desk/administration/shifts.html", context)


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Hours for a person or a team."""

    def verb() -> str:
        verbs.create_shift(person(request), **_typed(request))
        return _("The hours are kept.")

    known = {"timezone": settings.TIME_ZONE, **hours.known(hours.USUAL)}
    return edit(request, TEMPLATE, _fields(), known, {}, verb, then="administration-shifts")


@signed_in(MANAGE)
def one(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Change hours."""
    shift = get_object_or_404(Shift.objects.select_related("user", "team"), pk=shift_id)

    def verb() -> str:
        verbs.change_shift(person(request), shift_id, **_typed(request))
        return _("The hours are kept.")

    known = {
        "who": f"user:{shift.user_id}" if shift.user_id else f"team:{shift.team_id}",
        "timezone": shift.timezone,
        "first_day": shift.first_day,
        "last_day": shift.last_day,
        **hours.known(shift.week),
    }
    return edit(request, TEMPLATE, _fields(), known, {"shift": shift}, verb, then="administration-shifts")


@require_POST
@signed_in(MANAGE)
def delete(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Whoever has no hours left counts as on duty while they are not away."""
    verbs.delete_shift(person(request), shift_id)
    messages.success(request, _("The hours are deleted."))
    return redirect("administration-shifts")


def phase(one: Absence, now: datetime) -> str:
    """Whether an absence is over, runs now, or comes later."""
    if one.ends_at and one.ends_at <= now:
        return "over"
    return "now" if one.starts_at <= now else "later"


def people(prefix: str = "") -> tuple[tuple[str, Words], ...]:
    """Everybody who works here, to choose from."""
    return tuple((f"{prefix}{user.pk}", user.name) for user in User.objects.filter(is_active=True))


def _typed(request: HttpRequest) -> dict[str, Any]:
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


def _fields() -> list[Field]:
    teams = [(f"team:{team.pk}", _("Everybody in %(team)s") % {"team": team.name}) for team in Team.objects.all()]
    return [
        Field("who", gettext_lazy("Whose hours"), kind="choice", choices=(*people("user:"), *teams)),
        *hours.fields(gettext_lazy("free")),
        Field("timezone", gettext_lazy("Time zone"), help=gettext_lazy("Such as Europe/Amsterdam.")),
        Field("first_day", gettext_lazy("First day"), kind="date", required=False),
        Field("last_day", gettext_lazy("Last day"), kind="date", required=False),
    ]
