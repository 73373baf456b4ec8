"""A crisis's checklist, and what it held: decided one by one, with what the customer has said since beside it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from desk.actions.crises import crisis_team as verbs
from desk.actions.crises.crisis_held import held, newer_than
from desk.actions.replies import reply as replies
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.crises.models import Crisis
from desk.people.permissions import Permission
from desk.web.guards import person, signed_in
from desk.web.show import crisis_plan as show

PAGE = 25
_DECISIONS = {"release": replies.release, "drop": replies.cancel}


@require_POST
@signed_in(Permission.READ_TICKETS)
def tick(request: HttpRequest, crisis_id: int, task: str) -> HttpResponse:
    """Done, or not done after all."""
    try:
        verbs.tick(person(request), crisis_id, task, done=request.POST.get("done") == "1")
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("crisis-room" if request.POST.get("back") == "room" else "crisis", crisis_id)


@require_GET
@signed_in(Permission.REPLY)
def undecided(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """What it held and nobody has decided, oldest first."""
    crisis, reader, now = get_object_or_404(Crisis, pk=crisis_id), person(request), timezone.now()
    rows = held(crisis).select_related("author", "ticket__profile", "ticket__inbox")
    page = slice_after(rows, ("id",), request.GET.get("cursor", ""), PAGE)
    newer = newer_than(page.rows)
    stands = crisis.level_at(now) > 0
    lines = [show.held(one, newer[one.pk], reader, now, gate_stands=stands) for one in page.rows]
    return render(request, "desk/crises/held.html", {"crisis": crisis, "lines": lines, "page": page, "stands": stands})


@require_POST
@signed_in(Permission.REPLY)
def decide(request: HttpRequest, crisis_id: int, reply_id: int, decision: str) -> HttpResponse:
    """Let it go, or drop it."""
    if decision not in _DECISIONS:
        raise Http404
    try:
        _DECISIONS[decision](person(request), reply_id)
        done = _("It leaves now.") if decision == "release" else _("It is dropped.")
        messages.success(request, done)
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("crisis-held", crisis_id)
