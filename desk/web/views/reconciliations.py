"""Comparing an inbox with its network: asked on the inbox's page, shown on a page of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from desk.actions.inboxes import reconcile as verbs
from desk.common.errors import DeskError
from desk.inboxes.gateway import connector_of
from desk.inboxes.models import Inbox, Reconciliation
from desk.inboxes.words import told
from desk.people.permissions import Permission
from desk.web.forms import Field, filled, leave, number, show_form
from desk.web.guards import person, signed_in
from desk.web.show.tiles import tile

MANAGE = Permission.MANAGE_INBOXES
DAYS = (1, 3, 7, 30)
USUAL = 1
SHOWN = 5  # on the page of the inbox


@dataclass(frozen=True, slots=True)
class Offer:
    """One choice of how far back, with what it may cost."""

    days: int
    messages: int
    dollars: str  # empty where the network charges nothing
    too_dear: bool


def fields(refused: DeskError | None = None, values: Mapping[str, object] | None = None) -> list[Field]:
    """How far back, and whether what is missing is taken in."""
    days = tuple((str(one), _("the last %(days)d days") % {"days": one}) for one in DAYS[1:])
    form = [
        Field(
            "days",
            gettext_lazy("How far back"),
            kind="choice",
            choices=((str(DAYS[0]), _("the last day")), *days),
        ),
        Field("fix", gettext_lazy("Take in what is missing"), kind="tick", required=False),
    ]
    return filled(form, values or {"days": str(USUAL)}, refused)


def offers(inbox: Inbox, now: datetime) -> list[Offer]:
    """What comparing may take, for each choice. Nothing where the network charges nothing."""
    found: list[Offer] = []
    if not connector_of(inbox).capabilities.charges:
        return found
    for days in DAYS:
        expected = verbs.estimate(inbox, now - timedelta(days=days), now)
        found.append(Offer(days, expected.messages, f"{expected.dollars:.2f}", expected.too_dear))
    return found


def newest(inbox: Inbox) -> list[Reconciliation]:
    """The last ones, newest first."""
    return list(inbox.reconciliations.order_by("-id")[:SHOWN])


@require_POST
@signed_in(MANAGE)
def compare(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """Have it compared in the background."""
    inbox = get_object_or_404(Inbox, pk=inbox_id)
    try:
        run = verbs.ask(person(request), inbox_id, days=number(request.POST, "days"), fix="fix" in request.POST)
    except DeskError as refused:
        context = {"inbox": inbox, "tile": tile(inbox.network)}
        form = fields(refused, request.POST.dict())
        return show_form(request, "desk/administration/comparison_refused.html", form, context, refused)
    return leave(request, "administration-comparison", inbox_id, run.pk)


@require_safe
@signed_in(MANAGE)
def one(request: HttpRequest, inbox_id: int, run_id: int) -> HttpResponse:
    """How far it is, or what it found."""
    runs = Reconciliation.objects.select_related("inbox", "author")
    run = get_object_or_404(runs, pk=run_id, inbox=inbox_id)
    result = run.result
    context = {
        "run": run,
        "inbox": run.inbox,
        "tile": tile(run.inbox.network),
        "running": run.state in (Reconciliation.State.QUEUED, Reconciliation.State.RUNNING),
        "problem": told(run.problem) or told(result.get("problem", {})),
        "until": parse_datetime(result.get("until", "")),
        "lists": [(name, _dated(result.get(name, ()))) for name in ("missing", "changed", "extra")],
        "streams": [{**one, "since": parse_datetime(one["since"] or "")} for one in result.get("streams", ())],
        "now": timezone.now(),
    }
    return render(request, "desk/administration/comparison.html", context)


def _dated(entries: "list[dict[str, object]]") -> "list[dict[str, object]]":
    return [{**one, "created_at": parse_datetime(str(one["created_at"]))} for one in entries]
