"""Answers in batches: the list of a crisis, a form, and the page of one with what each ticket gets."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from desk.actions.statements import batch_answers as verbs
from desk.actions.statements.batch_approval import approve_batch, waits_for, words_of
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.crises.models import Crisis
from desk.people.permissions import Permission
from desk.replies.models import AnswerBatch, AnswerLine
from desk.web import batch_fields
from desk.web.forms import filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.show import batches as show

ANSWER = Permission.ANSWER_IN_BATCHES
PAGE = 25
_STEPS = {"start": verbs.start, "pause": verbs.pause, "resume": verbs.resume, "stop": verbs.stop}


@require_GET
@signed_in(ANSWER)
def overview(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Those of a crisis, the newest first."""
    crisis = get_object_or_404(Crisis, pk=crisis_id)
    rows = AnswerBatch.objects.filter(crisis=crisis).select_related("author")
    page = slice_after(rows, ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    found = verbs.counts_of(page.rows)
    lines = [(batch, found[batch.pk]["answered"]) for batch in page.rows]
    return render(request, "desk/batches/list.html", {"crisis": crisis, "lines": lines, "page": page})


@signed_in(ANSWER)
def add(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """To whom, in which words, how fast. Nothing leaves by this."""
    crisis, refused = get_object_or_404(Crisis, pk=crisis_id), None
    if request.method == "POST":
        try:
            batch = verbs.prepare(person(request), crisis.pk, **batch_fields.values(request.POST))
            return leave(request, "batch", crisis.pk, batch.pk)
        except DeskError as problem:
            refused = batch_fields.at_fields(problem, request.POST)
    known = request.POST if refused else batch_fields.USUAL
    fields = filled(batch_fields.fields(), known, refused)
    return show_form(request, "desk/batches/new.html", fields, {"crisis": crisis}, refused)


@require_GET
@signed_in(ANSWER)
def one(request: HttpRequest, crisis_id: int, batch_id: int) -> HttpResponse:
    """How far it is, what may be done, and each ticket with what it gets, or those in one state."""
    batch, reader = _known(crisis_id, batch_id), person(request)
    state = request.GET.get("state", "")
    rows = AnswerLine.objects.filter(batch=batch)
    if state in AnswerLine.States.values:
        rows = rows.filter(state=state)
    rows = rows.select_related("ticket__profile", "ticket__inbox", "reply", "approved_by")
    page = slice_after(rows, ("id",), request.GET.get("cursor", ""), PAGE)
    context: dict[str, Any] = {
        "batch": batch,
        "crisis": batch.crisis,
        "progress": show.progress(batch),
        "moving": batch.state in ("preparing", "running"),
        "paused": show.paused(batch),
        "paces": show.paces(batch),
        "steps": show.steps(batch, reader),
        "asks": waits_for(batch, reader),
        "words": words_of([batch])[batch.pk],
        "lines": [show.line(row, reader, batch, may_take_out=batch.ended_at is None) for row in page.rows],
        "page": page,
        "state": state,
        "query": f"state={state}" if state in AnswerLine.States.values else "",
    }
    return render(request, "desk/batches/one.html", context)


@require_POST
@signed_in(ANSWER)
def step(request: HttpRequest, crisis_id: int, batch_id: int, name: str) -> HttpResponse:
    """Start, pause, resume or stop it."""
    if name not in _STEPS:
        raise Http404
    try:
        _STEPS[name](person(request), _known(crisis_id, batch_id).pk)
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("batch", crisis_id, batch_id)


@require_POST
@signed_in(ANSWER)
def approve(request: HttpRequest, crisis_id: int, batch_id: int) -> HttpResponse:
    """A colleague agrees with all of it, as it was when the page was shown."""
    batch, words = _known(crisis_id, batch_id), request.POST.get("words", "")
    try:
        count = approve_batch(person(request), batch.pk, words=words)
        said = ngettext("One answer is approved.", "%(count)d answers are approved.", count) % {"count": count}
        messages.success(request, said)
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("batch", crisis_id, batch_id)


@require_POST
@signed_in(ANSWER)
def take_out(request: HttpRequest, crisis_id: int, batch_id: int, line_id: int) -> HttpResponse:
    """This ticket gets nothing by it."""
    get_object_or_404(AnswerLine, pk=line_id, batch=_known(crisis_id, batch_id))
    try:
        verbs.take_out(person(request), line_id)
        messages.success(request, _("The ticket is taken out."))
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("batch", crisis_id, batch_id)


def _known(crisis_id: int, batch_id: int) -> AnswerBatch:
    rows = AnswerBatch.objects.select_related("crisis", "author", "canned_response")
    return get_object_or_404(rows, pk=batch_id, crisis=crisis_id)
