"""Administration of on-call rotas: who is on call now, whose turns come, and who stands in."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.crises.escalation_people import turns_now
from desk.actions.people import rotas as verbs
from desk.actions.people.rota_history import history, was_on_call
from desk.common.errors import DeskError, Invalid
from desk.common.paging import slice_after
from desk.people.models import Rota, User
from desk.people.permissions import Permission
from desk.web import asked, hours, lines
from desk.web.forms import Choices, Field, choice, filled, leave, number, show_form
from desk.web.guards import person, signed_in
from desk.web.lines import Line
from policies.escalation import clock
from policies.rota import MOST_MEMBERS

MANAGE = Permission.MANAGE_ROTAS
PAGE, SHOWN_PAST = 50, 15
EMPTY: Line = {"person": [""]}
NO_TIME = -1  # what is no time of the day: the verb says so
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Member:
    """One turn on the screen. `focus`: where the reader goes on."""

    field: Field
    number: int
    focus: str

    @property
    def begins(self) -> bool:
        return self.focus == "person"


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """Each with who is on call."""
    page = slice_after(Rota.objects.filter(deleted_at=None), ("name", "id"), request.GET.get("cursor", ""), PAGE)
    now = timezone.now()
    turns = turns_now(page.rows, now)
    names = _names(turn.person for turn in turns.values())
    rows = [(rota, names.get(turns[rota.pk].person or 0, ""), turns[rota.pk].end) for rota in page.rows]
    return render(request, "desk/administration/rotas.html", {"rotas": rows, "page": page})


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A new one."""

    def verb(typed: dict[str, Any]) -> str:
        verbs.create_rota(person(request), **typed)
        return _("The rota is kept. A crisis plan can name it now.")

    today = timezone.localdate()
    known = {
        "timezone": settings.TIME_ZONE, "first_day": today - timedelta(days=today.weekday()), "handover": "09:00",
        "days": 7,
    }  # fmt: skip
    return _edit(request, _known(known, [""]), {}, verb)


@signed_in(MANAGE)
def one(request: HttpRequest, rota_id: int) -> HttpResponse:
    """Its members and times, whose turns come, and who stands in."""
    rota, now = verbs.rota_of(rota_id), timezone.now()

    def verb(typed: dict[str, Any]) -> str:
        verbs.change_rota(person(request), rota_id, **typed)
        return _("The rota is kept.")

    turns = verbs.turns_of(rota, now, now + verbs.SHOWN)
    names = _names([*rota.members, *(turn.person for turn in turns)])
    swaps = rota.swaps.filter(ends_at__gt=now).select_related("user")[:PAGE]
    context = {
        "rota": rota,
        "turns": [(names.get(turn.person or 0, ""), turn) for turn in turns],
        "swaps": swaps,
        "swap_fields": _swap_fields(),
        **_past(request, rota, now),
    }
    known = {
        "name": rota.name, "timezone": rota.timezone, "first_day": rota.first_day, "days": rota.days,
        "handover": clock(rota.handover),
    }  # fmt: skip
    return _edit(request, _known(known, [str(pk) for pk in rota.members]), context, verb)


def _past(request: HttpRequest, rota: Rota, now: datetime) -> dict[str, Any]:
    """Who was on call, the newest first, and at the moment that is asked for."""
    page = slice_after(history(rota, now), ("starts_at",), request.GET.get("cursor", ""), SHOWN_PAST, descending=True)
    typed = request.GET.get("at", "")
    asked_at, refused, answer = None, "", None
    try:
        asked_at = asked.moment(typed)
        answer = was_on_call(rota, asked_at, now) if asked_at else None
    except DeskError as problem:
        refused = str(problem.message)
    return {"past": page.rows, "page": page, "at": typed, "asked_at": asked_at, "answer": answer, "at_refused": refused}


@require_POST
@signed_in(MANAGE)
def delete(request: HttpRequest, rota_id: int) -> HttpResponse:
    verbs.delete_rota(person(request), rota_id)
    messages.success(request, _("The rota is deleted. Chains that name it go on without it."))
    return redirect("administration-rotas")


@require_POST
@signed_in(MANAGE)
def swap(request: HttpRequest, rota_id: int) -> HttpResponse:
    """Somebody stands in."""
    try:
        starts_at, ends_at = (asked.moment(request.POST.get(name, "")) for name in ("starts_at", "ends_at"))
        user_id = choice(request.POST, "user_id")
        if starts_at is None or ends_at is None or user_id is None:
            raise Invalid(_("Say who stands in, from when, and until when."))
        verbs.swap(person(request), rota_id, user_id=user_id, starts_at=starts_at, ends_at=ends_at)
        messages.success(request, _("Who stands in is known."))
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("administration-rota", rota_id)


@require_POST
@signed_in(MANAGE)
def end_swap(request: HttpRequest, rota_id: int, swap_id: int) -> HttpResponse:
    verbs.end_swap(person(request), rota_id, swap_id)
    messages.success(request, _("Nobody stands in any more."))
    return redirect("administration-rota", rota_id)


def _edit(request: HttpRequest, known: QueryDict, context: dict[str, Any], verb: Any) -> HttpResponse:
    values, refused, focus = request.POST or known, None, None
    if lines.DO in request.POST:
        values, focus = lines.rearranged(request.POST, "members", EMPTY)
    elif request.method == "POST":
        try:
            messages.success(request, verb(_typed(request.POST)))
            return leave(request, "administration-rotas")
        except DeskError as problem:
            refused = problem
    top = filled(_fields(), values, refused)
    members = _members(values)
    everything = {
        **context,
        "top": top,
        "members": [
            Member(field, place, (focus.button or "person") if focus and focus.line == place else "")
            for place, field in enumerate(members)
        ],
        "empty": focus is not None and not members,
        "full": len(members) >= MOST_MEMBERS,
        "problems": refused.errors.get("members", ()) if refused else (),
    }
    return show_form(request, "desk/administration/rota.html", [*top, *members], everything, refused)


def _known(values: dict[str, Any], members: list[str]) -> QueryDict:
    typed = QueryDict(mutable=True)
    for name, value in values.items():
        typed[name] = str(value)
    return lines.written(typed, "members", [{"person": [member]} for member in members])


def _typed(values: QueryDict) -> dict[str, Any]:
    """What the verbs take. Raises Invalid."""
    first_day = hours.day(values, "first_day")
    chosen = [line.get("person", [""])[0] for line in lines.read(values, "members")]
    found = _TIME.fullmatch(values.get("handover", "").strip())
    return {
        "name": values.get("name", ""),
        "timezone": values.get("timezone", ""),
        "first_day": first_day or date.min,
        "handover": int(found[1]) * 60 + int(found[2]) if found else NO_TIME,
        "days": number(values, "days"),
        "members": [int(member) for member in chosen if member.isdecimal()],
    }


def _fields() -> list[Field]:
    return [
        Field("name", gettext_lazy("Name")),
        Field(
            "days", gettext_lazy("Days of a turn"), "number",
            help=gettext_lazy("7 is a week each. The order begins again after the last."),
        ),
        Field("first_day", gettext_lazy("First day of the first turn"), "date"),
        Field(
            "handover", gettext_lazy("Handover at"),
            help=gettext_lazy("By the clock on the wall of the time zone, in summer and in winter."),
        ),
        Field("timezone", gettext_lazy("Time zone"), placeholder="Europe/Amsterdam"),
    ]  # fmt: skip


def _members(values: QueryDict) -> list[Field]:
    everybody = tuple((str(one.pk), one.name) for one in User.objects.filter(is_active=True))
    choices: Choices = (("", gettext_lazy("choose")), *everybody)
    return [
        Field(
            f"members.{place}.person", _("Turn %(number)d") % {"number": place + 1}, "choice", choices=choices,
            value=line.get("person", [""])[0],
        )
        for place, line in enumerate(lines.read(values, "members"))
    ]  # fmt: skip


def _swap_fields() -> list[Field]:
    everybody = tuple((str(one.pk), one.name) for one in User.objects.filter(is_active=True))
    return [
        Field("user_id", gettext_lazy("Who stands in"), "choice", choices=everybody),
        Field("starts_at", gettext_lazy("From"), "moment"),
        Field("ends_at", gettext_lazy("Until"), "moment"),
    ]


def _names(ids: Any) -> dict[int, str]:
    return {one.pk: one.name for one in User.objects.filter(pk__any_of={pk for pk in ids if pk})}
