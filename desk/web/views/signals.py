"""Signals: what was out of the ordinary, what explains it, and what people say of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from desk.actions.customers.masking import Eyes
from desk.actions.signals import signals as verbs
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.signals.models import Signal
from desk.signals.words import sentence
from desk.web.forms import Field, filled, leave, number, show_form
from desk.web.guards import person, signed_in
from desk.web.show import signals as show
from desk.web.show.crises import LEVEL_WORDS

PAGE = 30
STATES = (("", gettext_lazy("To judge")), ("all", gettext_lazy("All")))


@signed_in(Permission.SEE_CRISES)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Those that nobody has judged yet, or all, newest first."""
    state, now = request.GET.get("state", ""), timezone.now()
    rows = Signal.objects.select_related("crisis", "judged_by")
    if state != "all":
        state, rows = "", rows.filter(verdict=Signal.Verdict.OPEN)
    page = slice_after(rows, ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    context = {
        "lines": [show.line(one, now) for one in page.rows],
        "page": page,
        "states": STATES,
        "state": state,
        "query": "state=all" if state else "",
        "may_judge": person(request).may(Permission.MANAGE_CRISES),
    }
    return render(request, "desk/signals/list.html", context)


@signed_in(Permission.SEE_CRISES)
@require_GET
def one(request: HttpRequest, signal_id: int) -> HttpResponse:
    return _page(request, verbs.known_signal(signal_id))


@signed_in(Permission.MANAGE_CRISES)
def start(request: HttpRequest, signal_id: int) -> HttpResponse:
    """One screen, filled in: Enter is enough."""
    signal = verbs.known_signal(signal_id)
    levels = tuple((str(int(level)), words) for level, words in LEVEL_WORDS.items() if level)
    known = {"reason": sentence(signal), "level": "1"}
    fields = [
        Field("reason", gettext_lazy("What is happening?")),
        Field("level", gettext_lazy("Level"), kind="choice", choices=levels),
    ]
    refused = None
    if request.method == "POST":
        try:
            level, reason = number(request.POST, "level"), request.POST.get("reason", "")
            crisis = verbs.start_crisis(person(request), signal_id, level=level, reason=reason)
            return leave(request, "crisis", crisis.pk)
        except DeskError as problem:
            refused = problem
    context = {"line": show.line(signal, timezone.now())}
    values = request.POST if refused else known
    return show_form(request, "desk/signals/start.html", filled(fields, values, refused), context, refused)


@require_POST
@signed_in(Permission.MANAGE_CRISES)
def dismiss(request: HttpRequest, signal_id: int) -> HttpResponse:
    try:
        verbs.dismiss(person(request), signal_id, reason=request.POST.get("reason", ""))
    except DeskError as refused:
        return _page(request, verbs.known_signal(signal_id), refused)
    messages.success(request, _("No crisis. After its next alerts this stream is quiet for twice as long."))
    return leave(request, "signals")


def _page(request: HttpRequest, signal: Signal, refused: DeskError | None = None) -> HttpResponse:
    now, reader = timezone.now(), person(request)
    context = {
        "signal": signal,
        "line": show.line(signal, now),
        "posts": show.posts(signal.posts, now, Eyes(reader)),
        "may_judge": reader.may(Permission.MANAGE_CRISES),
    }
    fields = [Field("reason", gettext_lazy("Why it is no crisis"))]
    values = request.POST if refused else {}
    return show_form(request, "desk/signals/one.html", filled(fields, values, refused), context, refused)
