"""Comparing what a network tells with what we have: asked by a person, answered by a worker or at the command line.

The streams are read from their beginning with cursors of their own, so the real reading is not disturbed, and nothing
is stored unless what is missing is to be mended. Every page is asked of the budgets as enrichment: answers and polls go
before. The result holds ids and times only, no words and no names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.inboxes.health import refuse_over_budget, spent
from desk.actions.intake import ingest
from desk.common.background import enqueue
from desk.common.encryption import Unsealable
from desk.common.errors import Conflict, Invalid, Missing
from desk.common.live import publish
from desk.common.logs import logger
from desk.forms.models import THREAD
from desk.inboxes.calls import MeteredConnector, connect
from desk.inboxes.gateway import (
    EVENTS,
    AuthExpired,
    Change,
    Item,
    NetworkError,
    Stream,
    capabilities_of,
    connector_of,
)
from desk.inboxes.models import Inbox, RawItem, Reconciliation
from desk.inboxes.words import kept
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.privacy.digests import known_erased
from desk.tickets.models import Message, Ticket
from policies.call_budget import Purpose

LONGEST = 90  # days back
MOST_PAGES = 100  # of one stream
MOST_NAMED = 200  # messages of each kind in the result; all are counted
JUST_NOW = timedelta(minutes=2)  # what is younger may be on its way to us, or not on the network's list yet
LOCK_SPACE = 0x1B2  # one begins at a time
LOST_AFTER = timedelta(minutes=15)  # a worker that is at it longer is gone
WAITS = timedelta(hours=6)  # in a queue that long nobody wants it any more
KEPT = timedelta(days=7)
MARGIN = 1.2  # more than we have may be there: that is why somebody asks


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a comparison may take before it begins: messages that we have of that time, and dollars at most."""

    messages: int
    dollars: Decimal
    left: Decimal | None  # of the month's budget; None where there is none

    @property
    def too_dear(self) -> bool:
        return self.left is not None and self.dollars > self.left


@dataclass(slots=True)
class Read:
    """One stream as it was read. `complete`: down to the beginning of the time that was asked for."""

    stream: Stream
    items: dict[str, Item] = field(default_factory=dict)
    pages: int = 0
    cost: float = 0.0
    complete: bool = False

    @property
    def since(self) -> datetime | None:
        """From when on everything was seen, where that is not all of it."""
        return min((item.created_at for item in self.items.values()), default=None)


def estimate(inbox: Inbox, since: datetime, now: datetime) -> Estimate:
    """By the messages that we have, and the network's prices."""
    counts = _ours(inbox, since, now).order_by().aggregate(all=Count("pk"), private=Count("pk", filter=Q(private=True)))
    private, public = counts["private"], counts["all"] - counts["private"]
    streams = connector_of(inbox).streams
    dollars = 0.0
    for kind, count in ((False, public), (True, private)):
        dollars += max((one.item_cost for one in streams if one.private == kind), default=0.0) * count * MARGIN
    budget = inbox.monthly_budget
    left = max(budget - inbox.spent_in(now), Decimal(0)) if budget is not None else None
    return Estimate(public + private, Decimal(str(round(dollars, 2))), left)


def ask(
    actor: User | None, inbox_id: int, *, days: int, fix: bool = False, now: datetime | None = None
) -> Reconciliation:
    """Have the last `days` compared by a worker; with `fix` what is missing is taken in.

    `actor` is None for the operator at the command line, who does the work there. Raises Invalid, Missing, Conflict
    where one is running or where it may cost more than is left of the month's budget.
    """
    if actor is not None:
        require(actor, Permission.MANAGE_INBOXES)
    now = now or timezone.now()
    inbox = Inbox.objects.filter(pk=inbox_id).first()
    if inbox is None:
        raise Missing(_("There is no such inbox."))
    if not 1 <= days <= LONGEST:
        words = _("Choose 1 to %(most)d days.") % {"most": LONGEST}
        raise Invalid(words, errors={"days": [words]})
    if inbox.state != Inbox.State.ACTIVE:
        raise Conflict(_("This inbox is not read now. Resume it or authorise it again first."))
    since = now - timedelta(days=days)
    expected = estimate(inbox, since, now)
    if expected.too_dear:
        raise Conflict(
            _("This may cost $%(cost)s, and $%(left)s is left of this month's budget. Choose fewer days.")
            % {"cost": expected.dollars, "left": expected.left},
            code="over_budget",
        )
    try:
        with transaction.atomic():
            run = Reconciliation.objects.create(inbox=inbox, author=actor, since=since, fix=fix, created_at=now)
            audit(actor, "inbox_compared", inbox, days=days, fix=fix)
            if actor is not None:
                enqueue("desk.tasks.fetch_reconciliation", run.pk)
    except IntegrityError:
        raise Conflict(_("This inbox is being compared already. Wait for the result."), code="running") from None
    return run


def carry_out(run_id: int, now: datetime) -> Reconciliation | None:
    """Do it, once; None where another worker does or did, or while another inbox is compared: the sweep comes back.

    One at a time on the whole desk, because it holds a worker that answers may need.
    """
    state = Reconciliation.State
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK_SPACE])
        waiting = Reconciliation.objects.filter(pk=run_id, state=state.QUEUED)
        if Reconciliation.objects.filter(state=state.RUNNING).exists() or not waiting.update(
            state=state.RUNNING, begun_at=now
        ):
            return None
    run = Reconciliation.objects.select_related("inbox").get(pk=run_id)
    try:
        run.result = _compared(run, now)
        run.state = state.DONE
    except (NetworkError, Unsealable) as problem:
        run.state, run.problem = state.FAILED, kept(_as_told(problem))
    except Exception as fault:
        broken = NetworkError("The desk could not read this account. The log says why.", detail=type(fault).__name__)
        run.state, run.problem = state.FAILED, kept(broken)
        raise
    finally:
        run.ended_at = timezone.now()
        run.save(update_fields=["state", "result", "problem", "ended_at"])
        publish("inbox", {"id": run.inbox_id, "state": run.inbox.state})
    return run


def sweep(now: datetime) -> None:
    """Hints that were lost, workers that were killed, and results that are old."""
    state = Reconciliation.State
    rows = Reconciliation.objects.filter(created_at__lt=now - timedelta(seconds=20))
    for run_id in rows.filter(state=state.QUEUED, author__isnull=False).values_list("pk", flat=True):
        enqueue("desk.tasks.fetch_reconciliation", run_id)
    lost = Q(state=state.RUNNING, begun_at__lt=now - LOST_AFTER) | Q(state=state.QUEUED, created_at__lt=now - WAITS)
    rows.filter(lost).update(state=state.FAILED, ended_at=now)
    rows.filter(created_at__lt=now - KEPT).delete()


def _compared(run: Reconciliation, now: datetime) -> dict[str, Any]:
    inbox, until = run.inbox, now - JUST_NOW
    reads, problem = _read_all(inbox, run.since, now)
    told = [
        item
        for read in reads
        for item in read.items.values()
        if item.addressed and item.change is not Change.DELETED and run.since <= item.created_at <= until
    ]
    missing, changed = _missing_and_changed(inbox, told)
    extra = _extra(inbox, reads, run.since, until)
    fixed = _take_in(inbox, [*missing, *changed]) if run.fix else 0
    return {
        "until": until.isoformat(),
        "complete": problem is None and all(read.complete for read in reads),
        "problem": kept(problem) if problem is not None else {},
        "cost": round(sum(read.cost for read in reads), 4),
        "streams": [
            {
                "name": read.stream.name,
                "pages": read.pages,
                "read": len(read.items),
                "complete": read.complete,
                "since": read.since.isoformat() if read.since and not read.complete else None,
            }
            for read in reads
        ],
        "missing_count": len(missing),
        "changed_count": len(changed),
        "extra_count": len(extra),
        "missing": [_named(item) for item in missing[:MOST_NAMED]],
        "changed": [_named(item) for item in changed[:MOST_NAMED]],
        "extra": [
            {
                "message": one.pk,
                "ticket": one.ticket_id,
                "kind": one.kind,
                "private": one.private,
                "created_at": one.created_at.isoformat(),
            }
            for one in extra[:MOST_NAMED]
        ],
        "fixed": fixed,
    }


def _read_all(inbox: Inbox, since: datetime, now: datetime) -> tuple[list[Read], NetworkError | None]:
    """Stream by stream; what stopped the reading, where something did after it had begun. Raises NetworkError."""
    reads: list[Read] = []
    connector = connect(inbox, reading=Purpose.ENRICHMENT)
    for stream in connector_of(inbox).streams:
        reads.append(Read(stream))
        try:
            _read(inbox, connector, reads[-1], since)
        except (NetworkError, Unsealable) as problem:
            if not any(read.pages for read in reads):
                raise
            logger.info("comparing stopped half-way", inbox=inbox.pk, stream=stream.name, problem=str(problem))
            return reads, _as_told(problem)
    return reads, None


def _read(inbox: Inbox, connector: MeteredConnector, read: Read, since: datetime) -> None:
    cursor = dict(connector.cursor_at(read.stream.name, since))
    while read.pages < MOST_PAGES:
        now = timezone.now()
        refuse_over_budget(Inbox.objects.get(pk=inbox.pk), now)
        page = connector.fetch(read.stream.name, cursor)
        spent(inbox.pk, page.cost, now)
        read.pages, read.cost, cursor = read.pages + 1, read.cost + page.cost, dict(page.cursor)
        told = [item for item in page.items if item.kind not in EVENTS]
        read.items |= {item.external_id: item for item in told if item.external_id not in read.items}
        past = bool(page.items) and all(item.created_at < since for item in page.items if item.addressed)
        if not page.more or (past and not read.stream.oldest_first):
            read.complete = page.lost is None
            return


def _missing_and_changed(inbox: Inbox, told: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """What the network tells and we do not have, and what reads otherwise there; oldest first."""
    ids = [item.external_id for item in told]
    erased = known_erased(inbox.pk, inbox.network, set(ids)) if ids else set()
    ours = dict(Message.objects.filter(inbox=inbox, external_id__any_of=ids).values_list("external_id", "pk"))
    texts = dict(
        Message.objects.filter(inbox=inbox, external_id__any_of=ids, erased_at=None, deleted_at=None).values_list(
            "external_id", "text"
        )
    )
    events = {item.event_key for item in told}
    waiting = set(
        RawItem.objects.filter(inbox=inbox, event_key__any_of=list(events)).values_list("event_key", flat=True)
    )
    in_order = sorted({item.external_id: item for item in told}.values(), key=lambda item: item.created_at)
    unknown = [item for item in in_order if item.external_id not in ours and item.external_id not in erased]
    missing = [item for item in unknown if item.event_key not in waiting]
    changed = [
        item
        for item in in_order
        if item.external_id in texts and item.text != texts[item.external_id] and item.event_key not in waiting
    ]
    return missing, changed


def _extra(inbox: Inbox, reads: Sequence[Read], since: datetime, until: datetime) -> list[Message]:
    """What we have and the network does not tell (any more), within the time that was read whole."""
    seen = {external_id for read in reads for external_id in read.items}
    extra: list[Message] = []
    for private in (False, True):
        of_kind = [read for read in reads if read.stream.private == private]
        if not of_kind or any(not read.complete and read.since is None for read in of_kind):
            continue
        begins = max([since, *(read.since for read in of_kind if not read.complete and read.since is not None)])
        rows = _ours(inbox, begins, until).filter(private=private)
        extra += [message for message in rows if message.external_id not in seen]
    return sorted(extra, key=lambda message: message.created_at)


def _ours(inbox: Inbox, since: datetime, until: datetime) -> QuerySet[Message]:
    """Our messages of that time that should be on the network, found by their tickets."""
    tickets = Ticket.objects.filter(inbox=inbox, last_message_at__gte=since)
    rows = Message.objects.filter(
        ticket__in=tickets, created_at__gte=since, created_at__lte=until, deleted_at=None, erased_at=None
    )
    if not capabilities_of(inbox).tells_own:
        rows = rows.filter(outgoing=False)
    elsewhere = Q(external_id__startswith="reply:") | Q(external_id__startswith=THREAD)  # known by no id, or by a form
    return rows.exclude(elsewhere).defer("search", "text").order_by("created_at", "id")


def _take_in(inbox: Inbox, items: Iterable[Item]) -> int:
    """As a poll would have; how many events were new."""
    now = timezone.now()
    with transaction.atomic():
        new = ingest.store(inbox.pk, list(items), source="poll", received_at=now)
    ingest.process(inbox.pk, now)
    return new


def _named(item: Item) -> dict[str, Any]:
    return {
        "external_id": item.external_id,
        "kind": str(item.kind),
        "private": item.private,
        "outgoing": item.outgoing,
        "created_at": item.created_at.isoformat(),
    }


def _as_told(problem: NetworkError | Unsealable) -> NetworkError:
    return problem if isinstance(problem, NetworkError) else AuthExpired(str(problem))
