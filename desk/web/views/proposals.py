"""Proposals: all of them, and one with what it would do, what is said about it, and what its owner decides."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from desk.actions.changes import change_links
from desk.actions.changes import changes as verbs
from desk.actions.changes.change_notices import owners_of
from desk.actions.changes.registry import ALL, KINDS, kind_of
from desk.changes.models import LONGEST_WORDS, Change
from desk.common.errors import DeskError, Invalid, Missing
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.web import asked, typed_documents
from desk.web.guards import person, signed_in
from desk.web.show import proposals as show
from policies.change_states import State

PAGE = 50
REMARKS = 50
NAMED = 6  # owners
PERIODS = (7, 14, 30, 90)  # days
_SAID: Mapping[str, Promise] = {
    "propose": gettext_lazy("It is proposed: whoever decides about it is told."),
    "withdraw": gettext_lazy("It is taken back."),
    "adopt": gettext_lazy("It is adopted, and its author is told."),
    "plan": gettext_lazy("It is planned, and is switched on by itself."),
    "unplan": gettext_lazy("It is no longer planned."),
    "end-links": gettext_lazy("The link has ended. The next mail about the proposal brings its author a new one."),
    "take-away": gettext_lazy("What it made is out of use again."),
    "decline": gettext_lazy("It is declined, and its author reads why."),
}


@require_safe
@signed_in()
def overview(request: HttpRequest) -> HttpResponse:
    """All that this person may see, the newest first; by state, by kind, one's own."""
    reader, values = person(request), request.GET
    rows = verbs.seen_by(reader)
    if (state := values.get("state", "")) in show.FILTERS:
        rows = rows.filter(state=state)
    if (kind := values.get("kind", "")) in KINDS:
        rows = rows.filter(kind=kind)
    if mine := values.get("mine") == "1":
        rows = rows.filter(author=reader)
    if words := values.get("q", "").replace("\x00", "").strip()[:80]:
        rows = rows.filter(what__icontains=words)
    page = slice_after(rows, ("id",), values.get("cursor", ""), PAGE, descending=True)
    query = values.copy()
    query.pop("cursor", None)
    context = {
        "changes": page.rows,
        "page": page,
        "query": query.urlencode(),
        "states": show.FILTERS.items(),
        "kinds": [(one.slug, one.label) for one in ALL],
        "state": state,
        "kind": kind,
        "mine": mine,
        "takes": reader.may(Permission.READ_TICKETS),
        "q": words,
    }
    return render(request, "desk/changes/list.html", context)


@require_safe
@signed_in()
def one(request: HttpRequest, change_id: int) -> HttpResponse:
    """What it says and changes, what it would have done, the words about it, and the buttons of whoever may press."""
    return render(request, "desk/changes/one.html", _context(request, change_id))


@require_safe
@signed_in()
def preview(request: HttpRequest, change_id: int) -> HttpResponse:
    """What it would have done in the last days: for the script, or on the whole page where there is none."""
    days = asked.number(request.GET.get("days", "")) or verbs.USUAL_PREVIEW
    found: dict[str, Any] = {"days": days, "change_id": change_id}
    try:
        found["preview"] = verbs.foreseen(person(request), change_id, days=days)
    except Missing:
        raise
    except DeskError as refused:
        found["unclear"] = refused.message
    if request.headers.get("HX-Request"):
        return render(request, "desk/changes/_preview.html", found)
    return render(request, "desk/changes/one.html", {**_context(request, change_id), **found})


@require_POST
@signed_in()
def remark(request: HttpRequest, change_id: int) -> HttpResponse:
    """A word on it."""
    try:
        verbs.remark(person(request), change_id, request.POST.get("text", ""))
    except Invalid as refused:
        messages.error(request, str(refused.message))
    return redirect("change", change_id)


@require_POST
@signed_in()
def step(request: HttpRequest, change_id: int, name: str) -> HttpResponse:
    """One step of its life. What the desk refuses, it says on the same page."""
    if name not in _SAID:
        raise Http404
    try:
        _do(request, change_id, name)
    except DeskError as refused:
        if isinstance(refused, Missing):
            raise
        messages.error(request, str(refused.message))
        for words in (said for several in refused.errors.values() for said in several):
            if str(words) != str(refused.message):
                messages.error(request, str(words))
    else:
        messages.success(request, str(_SAID[name]))
    return redirect("change", change_id)


def _do(request: HttpRequest, change_id: int, name: str) -> None:
    """Raises DeskError."""
    actor, values = person(request), request.POST
    match name:
        case "propose":
            verbs.propose(actor, change_id)
        case "withdraw":
            verbs.withdraw(actor, change_id)
        case "adopt":
            verbs.adopt(actor, change_id, seen=seen(values.get("seen", "")))
        case "end-links":
            change_links.end(actor, change_id)
        case "unplan":
            verbs.unplan(actor, change_id)
        case "take-away":
            verbs.take_away(actor, change_id)
        case "decline":
            verbs.decline(actor, change_id, reason=values.get("reason", ""))
        case "plan":
            at = asked.moment(values.get("at", ""))
            if at is None:
                raise Invalid(_("Choose a moment that is still to come, within a year."))
            verbs.plan(actor, change_id, at=at)


def seen(typed: str) -> datetime | None:
    """When what the reader looked at was changed last; None where the form says nothing. Raises Invalid."""
    return typed_documents.seen(typed) if typed else None


def _context(request: HttpRequest, change_id: int) -> dict[str, Any]:
    reader = person(request)
    found = verbs.one_seen_by(reader, change_id)
    sort = kind_of(found.kind)
    remarks = found.remarks.select_related("author")
    page = slice_after(remarks, ("id",), request.GET.get("cursor", ""), REMARKS)
    decides, author = verbs.may_decide(reader, found), found.author_id == reader.pk
    return {
        "one": found,
        "kind": sort,
        "periods": PERIODS,
        "days": verbs.USUAL_PREVIEW,
        "remarks": page.rows,
        "page": page,
        "owners": owners_of(sort)[:NAMED],
        "longest": LONGEST_WORDS,
        "decides": decides and found.state in (State.DRAFT, State.PROPOSED, State.PLANNED),
        "adopting": show.adopting(sort, found),
        "what_adopting_does": show.what_adopting_does(sort, found),
        "plans": decides and sort.becomes_active(found) and found.state in (State.DRAFT, State.PROPOSED),
        "writes": (author or decides) and found.state in (State.DRAFT, State.PROPOSED) and not _names_version(found),
        "followed_by": change_links.living(found, timezone.now()) if decides else None,
        "takes_away": decides and show.made_and_there(sort, found),
        "takes_back": author and found.state in (State.DRAFT, State.PROPOSED),
        "proposes": author and found.state == State.DRAFT,
        **show.compared(sort, found, reader),
    }


def _names_version(one: Change) -> bool:
    return "version" in (one.values or {})
