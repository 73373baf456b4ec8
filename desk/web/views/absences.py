"""When people are not there: kept by whoever keeps the shifts, and by everybody for themselves."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.people import absence_preview
from desk.actions.people import shifts as verbs
from desk.common.errors import DeskError, Invalid
from desk.common.paging import slice_after
from desk.people.models import Absence
from desk.people.permissions import Permission
from desk.web import asked
from desk.web.forms import Field, choice, filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.views.shifts import people, phase

MANAGE = Permission.MANAGE_SHIFTS
PAGE = 50
PREVIEW = "preview"  # the name of the button that only looks


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Somebody is not there."""

    def verb() -> Absence:
        return verbs.create_absence(person(request), user_id=choice(request.POST, "user"), **_typed(request))

    known = {"starts_at": _shown(timezone.now())}
    return _edit(request, "desk/administration/absence.html", _all_fields(), known, {}, verb)


@signed_in(MANAGE)
def one(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Change when somebody is not there."""
    absence = get_object_or_404(Absence.objects.select_related("user"), pk=absence_id)

    def verb() -> Absence:
        wish = {"user_id": choice(request.POST, "user"), **_typed(request)}
        return verbs.change_absence(person(request), absence_id, **wish)

    known, context = {"user": absence.user_id, **_known(absence)}, _about(absence)
    return _edit(request, "desk/administration/absence.html", _all_fields(), known, context, verb)


@require_POST
@signed_in(MANAGE)
def end(request: HttpRequest, absence_id: int) -> HttpResponse:
    """They are back."""
    return _end(request, absence_id, "administration-shifts")


@require_POST
@signed_in(MANAGE)
def delete(request: HttpRequest, absence_id: int) -> HttpResponse:
    """They are there after all."""
    return _delete(request, absence_id, "administration-shifts")


# ── one's own ────────────────────────────────────────────────────────────────
@signed_in()
def own(request: HttpRequest) -> HttpResponse:
    """When I am not there, and a form for one time more."""

    def verb() -> Absence:
        return verbs.create_absence(person(request), user_id=person(request).pk, **_typed(request))

    now = timezone.now()
    rows = Absence.objects.filter(user=person(request))
    page = slice_after(rows, ("starts_at", "id"), request.GET.get("cursor", ""), PAGE, descending=True)
    context = {"absences": [(row, phase(row, now)) for row in page.rows], "page": page}
    return _edit(request, "desk/absences/page.html", _fields(), {"starts_at": _shown(now)}, context, verb, "absences")


@signed_in()
def change_own(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Another beginning, end or reason."""
    absence = get_object_or_404(Absence.objects.select_related("user"), pk=absence_id, user=person(request))

    def verb() -> Absence:
        return verbs.change_absence(person(request), absence_id, **_typed(request))

    context = _about(absence)
    return _edit(request, "desk/absences/one.html", _fields(), _known(absence), context, verb, "absences")


@require_POST
@signed_in()
def end_own(request: HttpRequest, absence_id: int) -> HttpResponse:
    """I am back."""
    return _end(request, absence_id, "absences")


@require_POST
@signed_in()
def delete_own(request: HttpRequest, absence_id: int) -> HttpResponse:
    """I am there after all."""
    return _delete(request, absence_id, "absences")


# ── what they share ──────────────────────────────────────────────────────────
def _edit(
    request: HttpRequest,
    template: str,
    fields: Sequence[Field],
    known: dict[str, Any],
    context: dict[str, Any],
    verb: Callable[[], Absence],
    then: str = "administration-shifts",
) -> HttpResponse:
    """Show the form, look at what it would do, or keep it."""
    refused, looks = None, PREVIEW in request.POST
    if request.method == "POST":
        try:
            if looks:
                context["outcome"] = absence_preview.preview(verb, timezone.now())
            else:
                messages.success(request, _("The absence of %(name)s is kept.") % {"name": verb().user.name})
                return leave(request, then)
        except DeskError as problem:
            refused = problem
    if looks and refused is None and request.headers.get("HX-Request"):
        return render(request, "desk/absences/_outcome.html", context)
    values = request.POST if request.method == "POST" else known
    return show_form(request, template, filled(fields, values, refused), context, refused)


def _end(request: HttpRequest, absence_id: int, then: str) -> HttpResponse:
    verbs.change_absence(person(request), absence_id, ends_at=timezone.now())
    messages.success(request, _("The absence ends now."))
    return redirect(then)


def _delete(request: HttpRequest, absence_id: int, then: str) -> HttpResponse:
    verbs.delete_absence(person(request), absence_id)
    messages.success(request, _("The absence is deleted."))
    return redirect(then)


def _about(absence: Absence) -> dict[str, Any]:
    return {"absence": absence, "phase": phase(absence, timezone.now())}


def _typed(request: HttpRequest) -> dict[str, Any]:
    starts_at = _moment(request, "starts_at")
    if starts_at is None:
        raise Invalid(_("Say from when."), errors={"starts_at": [_("Say from when.")]})
    return {"starts_at": starts_at, "ends_at": _moment(request, "ends_at"), "reason": request.POST.get("reason", "")}


def _moment(request: HttpRequest, name: str) -> datetime | None:
    try:
        return asked.moment(request.POST.get(name, ""))
    except Invalid as problem:
        raise Invalid(problem.message, errors={name: [problem.message]}) from None


def _known(absence: Absence) -> dict[str, Any]:
    return {
        "starts_at": _shown(absence.starts_at),
        "ends_at": _shown(absence.ends_at) if absence.ends_at else "",
        "reason": absence.reason,
    }


def _all_fields() -> list[Field]:
    return [Field("user", gettext_lazy("Who"), kind="choice", choices=people()), *_fields()]


def _fields() -> list[Field]:
    return [
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


def _shown(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"
