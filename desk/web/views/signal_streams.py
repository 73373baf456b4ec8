"""What is watched: the streams, and the page of one, on which its past shows what its settings would have told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from desk.actions.signals import signal_streams as verbs
from desk.actions.signals.signal_backtest import PERIODS, backtest
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.signals.models import Signal, Stream
from desk.web import stream_fields
from desk.web.forms import filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.show import backtest as show_past
from desk.web.show.crises import scope_words
from desk.web.show.signals import SENSITIVITY_WORDS
from desk.web.views.crises import scope_names
from policies.signals import Sensitivity

PAGE = 50


@signed_in(Permission.SEE_CRISES)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    rows = Stream.objects.filter(deleted_at=None).select_related("inbox")
    page = slice_after(rows, ("id",), request.GET.get("cursor", ""), PAGE)
    networks, inboxes = scope_names()
    told = Signal.objects.filter(stream__in=page.rows).order_by("stream", "-id").distinct("stream")
    last = dict(told.values_list("stream", "at"))
    lines = [
        (
            one,
            one.inbox.name if one.inbox else scope_words(one.scope, networks, inboxes),
            SENSITIVITY_WORDS[Sensitivity(one.sensitivity)],
            last.get(one.pk),
        )
        for one in page.rows
    ]
    context = {"lines": lines, "page": page, "may_change": person(request).may(Permission.MANAGE_CRISES)}
    return render(request, "desk/signals/streams.html", context)


@signed_in(Permission.MANAGE_CRISES)
def add(request: HttpRequest) -> HttpResponse:
    return _page(request, None)


@signed_in(Permission.SEE_CRISES)
def one(request: HttpRequest, stream_id: int) -> HttpResponse:
    """Its settings, with what they would have told of its past; kept as they are, or switched on or off with it."""
    return _page(request, verbs.known_stream(stream_id))


@signed_in(Permission.SEE_CRISES)
@require_GET
def try_out(request: HttpRequest) -> HttpResponse:
    """What the settings that are typed would have told."""
    number = request.GET.get("stream", "")
    stream = verbs.known_stream(int(number)) if number.isdecimal() and len(number) < 19 else None
    return render(request, "desk/signals/_backtest.html", _past(request, stream, request.GET))


@require_POST
@signed_in(Permission.MANAGE_CRISES)
def delete(request: HttpRequest, stream_id: int) -> HttpResponse:
    try:
        verbs.delete(person(request), stream_id)
        messages.success(request, _("Nobody watches it any more. Its signals stay."))
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("signal-streams")


def _page(request: HttpRequest, stream: Stream | None) -> HttpResponse:
    refused, tries = None, request.POST.get("do") == "try"
    if request.method == "POST" and not tries:
        try:
            return _keep(request, stream)
        except DeskError as problem:
            refused = problem
    values: Any = request.POST if refused or tries else stream_fields.known(stream)
    context = {
        "stream": stream,
        "slider": str(values.get("slider", "1")),
        "may_change": person(request).may(Permission.MANAGE_CRISES),
        **(_past(request, stream, request.POST) if tries else {}),
    }
    shown = filled(stream_fields.fields(stream), values, refused)
    return show_form(request, "desk/signals/stream.html", shown, context, refused)


def _keep(request: HttpRequest, stream: Stream | None) -> HttpResponse:
    """Raises Invalid, NotPermitted."""
    is_on = {"on": True, "off": False}.get(request.POST.get("do", ""))
    wish = stream_fields.wish(request.POST, stream, is_on=is_on)
    actor = person(request)
    kept = verbs.create(actor, wish) if stream is None else verbs.change(actor, stream.pk, wish)
    said = _("“%(name)s” is watched from now on.") if kept.is_on else _("“%(name)s” is kept, and not watched.")
    messages.success(request, said % {"name": kept.name})
    return leave(request, "signal-streams")


def _past(request: HttpRequest, stream: Stream | None, values: QueryDict) -> dict[str, Any]:
    """The curve and the alerts, or why there are none."""
    try:
        wish = stream_fields.wish(values, stream, is_on=None)
        own = stream if stream is not None and stream.inbox_id is not None else None
        found = backtest(
            person(request),
            stream=own,
            scope=wish.scope,
            brand=wish.brand or "",
            settings=stream_fields.settings(values),
            period=PERIODS[stream_fields.period(values)],
        )
    except DeskError as refused:
        return {
            "past_refused": refused,
            "past_said": [words for several in refused.errors.values() for words in several],
        }
    return {
        "past": found,
        "plot": show_past.plot(found),
        "reach": show_past.reach_plot(found),
        "alerts": show_past.alerts(found.alerts),
        "silences": len(found.silences),
        "verdict": show_past.verdict(found),
        "sensitivity": SENSITIVITY_WORDS[stream_fields.settings(values).sensitivity],
        "more": max(len(found.alerts) - show_past.MOST_LISTED, 0),
        "now": timezone.now(),
    }
