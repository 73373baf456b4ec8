"""Administration of calendars: when time counts, tried out while it is typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.actions.sla import calendars as verbs
from desk.common.errors import DeskError, Invalid
from desk.people.permissions import Permission
from desk.sla.models import BusinessCalendar
from desk.web import asked, calendar_fields, hours, lines
from desk.web.forms import Field, filled, number, show_form
from desk.web.guards import person, signed_in
from desk.web.show import chains as show
from desk.web.views.response_times import look_or_keep
from policies.calendars import FIRST_DAY, LAST_DAY
from policies.public_holidays import countries, public_holidays, subdivisions

MANAGE = Permission.MANAGE_SLA
LONGEST_TRY = 366 * 24 * 60  # minutes
MOST_SHOWN = 12  # intervals that were counted
TRY = (
    Field("try_minutes", gettext_lazy("A target of (minutes)"), "number"),
    Field("try_start", gettext_lazy("that starts"), "moment"),
)
Rows = dict[str, Any]


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A new one."""

    def verb() -> object:
        form = calendar_fields.form_of(request.POST)
        return verbs.create_calendar(person(request), name=request.POST.get("name", ""), form=form)

    known = calendar_fields.typed("", {"timezone": settings.TIME_ZONE, "week": hours.USUAL})
    return _edit(request, known, {}, verb)


@signed_in(MANAGE)
def one(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Change one."""
    found = get_object_or_404(BusinessCalendar.objects.select_related("current"), pk=calendar_id, deleted_at=None)

    def verb() -> object:
        return verbs.change_calendar(
            person(request),
            calendar_id,
            name=request.POST.get("name", ""),
            form=calendar_fields.form_of(request.POST),
            apply_to_open="apply_to_open" in request.POST,
        )

    known = calendar_fields.typed(found.name, found.current.form if found.current else {})
    return _edit(request, known, {"calendar": found}, verb)


@require_POST
@signed_in(MANAGE)
def try_out(request: HttpRequest) -> HttpResponse:
    """When a target would be due by the calendar as it is typed now."""
    return render(request, "desk/administration/_calendar_try.html", _tried(request.POST))


@require_POST
@signed_in(MANAGE)
def holidays(request: HttpRequest) -> HttpResponse:
    """The days of the country that was chosen, and its parts to choose from."""
    values = request.POST
    fields = filled(calendar_fields.fields(values.get("country", ""), is_new=True), values)
    context = {"fields": fields, "years": _years(values), "out_of_band": True}
    return render(request, "desk/administration/_holidays.html", context)


@require_POST
@signed_in(MANAGE)
def delete(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Refused while a policy counts by it."""
    try:
        verbs.delete_calendar(person(request), calendar_id)
    except DeskError as refused:
        messages.error(request, str(refused.message))
        return redirect("administration-calendar", calendar_id)
    messages.success(request, _("The calendar is deleted."))
    return redirect("administration-response-times")


def _edit(request: HttpRequest, known: QueryDict, context: Rows, verb: Callable[[], object]) -> HttpResponse:
    """Show the form, give it back with its days as a button wants them, look at what it would do, or keep it."""
    values, refused, focus = request.POST or known, None, None
    if lines.DO in request.POST:
        values, focus = lines.rearranged(request.POST, calendar_fields.EXCEPTIONS, calendar_fields.EMPTY)
    elif request.method == "POST":
        answer, problem = look_or_keep(request, verb, context)
        if answer is not None:
            return answer
        refused = calendar_fields.at_fields(problem, values) if problem else None
    fields = filled(
        calendar_fields.fields(values.get("country", ""), is_new="calendar" not in context), values, refused
    )
    rows = calendar_fields.exceptions(values, refused, focus)
    everything: Rows = {
        **context,
        "rows": rows,
        "full": calendar_fields.full(rows),
        "empty": focus is not None and not rows,
        "years": _years(values),
        "trying": filled(TRY, {**_usual_try(), **values.dict()}),
        **_tried(values),
    }
    shown = [*fields, *(field for row in rows for field in row)]
    answer = show_form(request, "desk/administration/calendar.html", shown, everything, refused)
    if lines.DO in request.POST:
        answer["HX-Trigger-After-Swap"] = "lines"  # what is tried out looks again
    return answer


def _usual_try() -> dict[str, str]:
    """Four hours, from late this afternoon: they go on after the closing time of most."""
    return {"try_minutes": "240", "try_start": f"{timezone.localtime():%Y-%m-%d}T16:00"}


def _tried(values: QueryDict) -> Rows:
    """When the target is due and what counted, or why that can't be said."""
    usual = _usual_try()
    try:
        calendar = verbs.read_form(calendar_fields.form_of(values))
        minutes = number(values, "try_minutes") if "try_minutes" in values else int(usual["try_minutes"])
        start = asked.moment(values.get("try_start") or usual["try_start"])
        if start is None or not 0 <= minutes <= LONGEST_TRY or not FIRST_DAY < start.date() < LAST_DAY:
            raise Invalid(_("Choose a target of at most a year, and when it starts."))
    except DeskError as problem:
        return {"unclear": problem.message}
    try:
        due = calendar.add(start, timedelta(minutes=minutes))
    except ValueError:
        return {"unclear": _("This calendar has too few opening hours for this target.")}
    counted = calendar.explain(start, due, limit=MOST_SHOWN + 1)
    return {
        "start": show.moment(start, timezone.now()),
        "due": show.moment(due, start),
        "minutes": minutes,
        "counted": [
            (show.moment(one[0], start), show.moment(one[1], one[0]), one[1] - one[0]) for one in counted[:MOST_SHOWN]
        ],
        "more": len(counted) > MOST_SHOWN,
    }


def _years(values: QueryDict) -> list[tuple[int, list[tuple[Any, str]]]]:
    """The public holidays of this year and the next; none where no country is chosen."""
    country, part = values.get("country", ""), values.get("subdivision", "")
    if country not in countries():
        return []
    known_part, this_year = part if part in subdivisions(country) else "", timezone.localdate().year
    return [
        (year, list(public_holidays(country, known_part, year, get_language() or "").items()))
        for year in (this_year, this_year + 1)
    ]
