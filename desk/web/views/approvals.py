"""The approvers' queue: what waits for a colleague's word, one with everything around it, and the word."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from desk.actions.replies import approval as verbs
from desk.actions.replies.reply import Blocked
from desk.common.errors import DeskError, Missing
from desk.common.paging import slice_after
from desk.people.models import User
from desk.people.permissions import Permission
from desk.replies import approvals
from desk.replies.models import Reply
from desk.tickets import queries
from desk.web import asked
from desk.web.guards import person, signed_in
from desk.web.show import approvals as show
from desk.web.show import entries
from desk.web.show.entry import Entry
from desk.web.show.findings import read
from policies.reply_states import State

PAGE = 50
EXCERPT = 12  # messages of the thread


@signed_in(Permission.APPROVE)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What waits, by when it is due."""
    reader, now = person(request), timezone.now()
    page = slice_after(approvals.waiting(), ("due_at", "id"), request.GET.get("cursor", ""), PAGE)
    lines = [show.line(one, reader, now) for one in page.rows]
    return render(request, "desk/approvals/list.html", {"lines": lines, "page": page})


@signed_in(Permission.APPROVE)
@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """How many wait for this person, as the badge writes it."""
    return JsonResponse({"count": show.counted(approvals.count_for(person(request)))})


@signed_in(Permission.APPROVE)
@require_GET
def one(request: HttpRequest, reply_id: int) -> HttpResponse:
    return _page(request, reply_id)


@signed_in(Permission.APPROVE)
@require_POST
def approve(request: HttpRequest, reply_id: int) -> HttpResponse:
    """As it stands or with other words; then on to the next."""
    values = request.POST
    words, read = values.get("text", "").replace("\r\n", "\n"), asked.number(values.get("request", ""))
    described, off = show.descriptions(values), asked.numbers(values.getlist("off"))
    try:
        verbs.approve(person(request), reply_id, text=words, descriptions=described, take_off=off, approval_id=read)
    except DeskError as problem:
        return _refused(request, reply_id, problem, words)
    messages.success(request, _("Approved. It is on its way."))
    return _next(request)


@signed_in(Permission.APPROVE)
@require_POST
def reject(request: HttpRequest, reply_id: int) -> HttpResponse:
    reason, read = request.POST.get("reason", ""), asked.number(request.POST.get("request", ""))
    try:
        verbs.reject(person(request), reply_id, reason=reason, approval_id=read)
    except DeskError as problem:
        return _refused(request, reply_id, problem, None)
    messages.success(request, _("Rejected. Its author has the words back, with your reason."))
    return _next(request)


def _next(request: HttpRequest) -> HttpResponse:
    """To what is due next that this person may decide."""
    reader = person(request)
    waiting = approvals.waiting().order_by("due_at", "id")
    following = waiting.exclude(reply__author=reader).exclude(words_by=reader).first()
    return redirect("approval", following.reply_id) if following else redirect("approvals")


def _refused(request: HttpRequest, reply_id: int, problem: DeskError, words: str | None) -> HttpResponse:
    """What is wrong stands above the words, which stay as the approver wrote them."""
    if isinstance(problem, Missing) or problem.code == "not_waiting":
        messages.warning(request, str(problem))
        return redirect("approvals")
    found = problem.checked.findings_as_json() if isinstance(problem, Blocked) else []
    return _page(request, reply_id, str(problem), words, [one["message"] for one in found], status=problem.status)


def _page(
    request: HttpRequest,
    reply_id: int,
    problem: str = "",
    words: str | None = None,
    found: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    reader, now = person(request), timezone.now()
    approval = approvals.waiting().filter(reply=reply_id).first()
    if approval is None:
        messages.info(request, problem or _("Nothing waits for your approval here: it was decided or taken back."))
        return redirect("approvals")
    reply = approval.reply
    context = {
        "approval": approval,
        "line": show.line(approval, reader, now),
        "marked": show.marked(reply.text, reply.findings),
        "findings": read(reply.findings),
        "words": reply.text if words is None else words,
        "thread": _excerpt(reply, reader, now),
        "past": [show.past(one, now) for one in approvals.decided(reply)],
        "ticket": reply.ticket,
        "attached": list(reply.attachments.all()),
        "files": show.files(reply, request.POST),
        "problem": problem,
        "found": found or [],
    }
    return render(request, "desk/approvals/one.html", context, status=status)


def _excerpt(reply: Reply, reader: User, now: datetime) -> list[Entry]:
    """The end of the conversation, with what colleagues noted and what else is on its way to this customer."""
    ticket = reply.ticket
    said = queries.conversation(ticket, size=EXCERPT).rows
    notes = ticket.notes.select_related("author").filter(created_at__gte=said[0].created_at) if said else ()
    others = (
        Reply.objects.filter(ticket=ticket)
        .exclude(pk=reply.pk)
        .select_related("author")
        .prefetch_related("attachments")
    )
    on_their_way = others.exclude(state__in=[State.SENT, State.CANCELLED])
    return entries.thread(said, notes, on_their_way, (), ticket=ticket, reader=reader, now=now)
