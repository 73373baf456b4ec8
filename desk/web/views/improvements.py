"""Improvements: proposed from a cause by anybody, seen through by who owns it, and what they did."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from desk.actions.causes import improvements as verbs
from desk.actions.causes.improvement_effect import effects
from desk.causes.models import Improvement
from desk.causes.tree import Tree
from desk.common.errors import DeskError, Invalid, Missing
from desk.common.paging import slice_after
from desk.people.models import User
from desk.people.permissions import Permission
from desk.web.forms import Field, choice, filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.show import improvements as show
from policies.improvement_states import Event, possible_events

READ = Permission.READ_TICKETS
PAGE = 50


@require_safe
@signed_in(READ)
def overview(request: HttpRequest) -> HttpResponse:
    """All improvements, or those in a state; the newest first."""
    state = request.GET.get("state", "")
    rows = Improvement.objects.select_related("owner")
    if state:
        if state not in show.STATES:
            raise Invalid(_("There is no such state."))
        rows = rows.filter(state=state)
    page = slice_after(rows, ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    context = {"page": page, "rows": _shown(page.rows), "states": show.STATES, "state": state}
    return render(request, "desk/causes/improvements.html", context)


@signed_in(READ)
def propose(request: HttpRequest, cause_id: int) -> HttpResponse:
    """A new one for a cause."""
    tree = Tree()
    if cause_id not in tree:
        raise Missing(_("There is no such cause."))
    refused = None
    if request.method == "POST":
        try:
            made = verbs.propose(person(request), cause_id, **_wish(request))
            return leave(request, "improvement", made.pk)
        except DeskError as problem:
            refused = problem
    owner = tree.owner(tree.now(cause_id))
    known = request.POST if refused else {"owner": owner.pk if owner else ""}
    context = {"cause": tree.now(cause_id), "path": tree.words(tree.now(cause_id))}
    fields = filled(_fields(None), known, refused)
    return show_form(request, "desk/causes/improvement_new.html", fields, context, refused)


@signed_in(READ)
def one(request: HttpRequest, improvement_id: int) -> HttpResponse:
    """Where it stands, what it did, and whom it may be told to."""
    found = _found(improvement_id)
    refused = None
    if request.method == "POST":
        try:
            verbs.change(person(request), improvement_id, **_wish(request))
            messages.success(request, _("The changes are kept."))
            return leave(request, "improvement", improvement_id)
        except DeskError as problem:
            refused = problem
    known = {"what": found.what, "owner": found.owner_id or "", "due_on": found.due_on and found.due_on.isoformat()}
    steers = verbs.may_steer(person(request), found, Tree())
    tells = found.done_on is not None and person(request).may(Permission.ANSWER_IN_BATCHES)
    told = found.told.order_by("-id")
    context = {
        "shown": _shown([found])[0],
        "steers": steers,
        "events": [(event, show.EVENTS[event]) for event in possible_events(found.state)] if steers else [],
        "finish": Event.FINISH,
        "today": timezone.localdate(),
        "tells": tells,
        "waiting": verbs.who_asked(found).count() if tells else 0,
        "most": verbs.MOST_TOLD,
        "longest": verbs.LONGEST_REPLY,
        "told": told[: verbs.MOST_TOLD],
        "told_count": told.exclude(reply_id=None).count(),
    }
    fields = filled(_fields(found), request.POST if refused else known, refused)
    return show_form(request, "desk/causes/improvement.html", fields, context, refused)


@require_POST
@signed_in(READ)
def step(request: HttpRequest, improvement_id: int) -> HttpResponse:
    """Agree, start, finish, drop, take up again."""
    values = request.POST
    done_on = _day(values.get("done_on", ""), "done_on")
    event = values.get("event", "")
    verbs.step(person(request), improvement_id, event, changed=values.get("changed", ""), done_on=done_on)
    return leave(request, "improvement", improvement_id)


@require_POST
@signed_in(Permission.ANSWER_IN_BATCHES)
def tell(request: HttpRequest, improvement_id: int) -> HttpResponse:
    """The next customers who asked."""
    told = verbs.tell(person(request), improvement_id, request.POST.get("text", ""))
    handed_in = sum(row.reply_id is not None for row in told)
    words = ngettext("%(count)d reply is handed in.", "%(count)d replies are handed in.", handed_in)
    messages.success(request, words % {"count": handed_in})
    return leave(request, "improvement", improvement_id)


def _found(improvement_id: int) -> Improvement:
    found = Improvement.objects.select_related("owner", "proposed_by").filter(pk=improvement_id).first()
    if found is None:
        raise Missing(_("There is no such improvement."))
    return found


def _shown(found: list[Improvement]) -> list[show.Shown]:
    tree, measured, today = Tree(), effects(found), timezone.localdate()
    return [show.shown(row, tree.words(tree.now(row.cause_id)), measured.get(row.pk), today) for row in found]


def _fields(found: Improvement | None) -> list[Field]:
    kept = [found.owner_id] if found and found.owner_id else []
    owners = User.objects.filter(Q(is_active=True) | Q(pk__in=kept))
    nobody = ("", _("nobody yet"))
    return [
        Field("what", _("What will change")),
        Field("owner", _("Who does it"), kind="choice", choices=(nobody, *((str(o.pk), o.name) for o in owners))),
        Field("due_on", _("By when"), kind="date", required=False),
    ]


def _wish(request: HttpRequest) -> dict[str, Any]:
    values = request.POST
    return {
        "what": values.get("what", ""),
        "owner_id": choice(values, "owner"),
        "due_on": _day(values.get("due_on", ""), "due_on"),
    }


def _day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        words = _("Write a day as 2026-03-10.")
        raise Invalid(words, errors={name: [words]}) from None
