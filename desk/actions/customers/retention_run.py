"""Once a day: what has been kept as long as the rules say loses its words, portion by portion.

A round walks once through messages, tickets and raw items in the order of their numbers. Each portion is written down
with where to go on, so that a killed worker loses none; the row is locked meanwhile, so that one works at a time.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from desk.actions.customers.erasing import InFlight
from desk.actions.customers.erasing.messages import SHOWN, erase_messages, take
from desk.actions.customers.erasing.raws import walk
from desk.actions.customers.erasing.tickets import erase_tickets
from desk.actions.customers.retention import CLOSED, Rules, due_messages, due_tickets
from desk.common.background import enqueue
from desk.people.models import audit
from desk.privacy.models import Retention
from desk.tickets.models import Message, Ticket

MESSAGES, TICKETS = 200, 50  # in one transaction
PORTIONS = 20  # in one task, a few seconds; then others have their turn
EVERY = timedelta(days=1)


def go_on(now: datetime) -> None:
    """Work for a few seconds where a round is due or under way, and have it go on where that was not all."""
    if all(_portion(now) for _ in range(PORTIONS)):
        enqueue("desk.tasks.apply_retention")


def _portion(now: datetime) -> bool:
    try:
        with transaction.atomic():
            kept = Retention.objects.select_for_update(skip_locked=True).filter(pk=1).first()
            if kept is None or not Rules.of(kept).any or not _is_due(kept, now):
                return False
            if not _STAGES[kept.stage](kept, Rules.of(kept), now):
                _next_stage(kept, now)
            kept.moved_at = now
            kept.save(update_fields=["stage", "reached", "counts", "moved_at", "began_at", "ended_at"])
            return kept.ended_at is None
    except InFlight:  # the beat comes by again
        return False


def _is_due(kept: Retention, now: datetime) -> bool:
    """Begins a round a day after the last one began."""
    if kept.began_at is not None and kept.ended_at is None:
        return True
    if kept.began_at is not None and now < kept.began_at + EVERY:
        return False
    kept.began_at, kept.ended_at, kept.stage, kept.reached, kept.counts = now, None, next(iter(_STAGES)), 0, {}
    return True


def _next_stage(kept: Retention, now: datetime) -> None:
    names = list(_STAGES)
    following = names[names.index(kept.stage) + 1 :]
    kept.reached = 0
    if following:
        kept.stage = following[0]
        return
    kept.ended_at = now
    if any(kept.counts.values()):
        audit(None, "retention_applied", kept, **kept.counts)


# ── stages: whether there is more ────────────────────────────────────────────
def _messages(kept: Retention, rules: Rules, now: datetime) -> bool:
    rows = due_messages(rules, kept.began_at or now).filter(pk__gt=kept.reached).order_by("pk")
    messages = list(rows.only(*SHOWN, "deleted_at", "outgoing")[:MESSAGES])
    if not messages:
        return False
    tickets = take(messages)  # one that was opened again since is left alone
    before = rules.taken_back_before(kept.began_at or now)
    going = [
        one
        for one in messages
        if one.ticket_id is None or tickets[one.ticket_id].state in CLOSED or _taken_back(one, before)
    ]
    if going:
        _count(kept, erase_messages(going, now))
    kept.reached = messages[-1].pk
    return True


def _taken_back(message: Message, before: datetime | None) -> bool:
    deleted_at = message.deleted_at
    return before is not None and deleted_at is not None and deleted_at < before and not message.outgoing


def _tickets(kept: Retention, rules: Rules, now: datetime) -> bool:
    rows = due_tickets(rules, kept.began_at or now).filter(pk__gt=kept.reached).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:TICKETS])
    if not ids:
        return False
    left = Message.objects.filter(ticket__any_of=ids, erased_at=None, ticket__state__in=CLOSED)
    messages = list(left.only(*SHOWN).order_by("pk")[: MESSAGES + 1])
    if messages:
        part = messages[:MESSAGES]
        tickets = take(part)
        _count(kept, erase_messages([one for one in part if tickets[one.ticket_id or 0].state in CLOSED], now))
    if len(messages) <= MESSAGES:
        closed = Ticket.objects.filter(pk__any_of=ids, state__in=CLOSED).select_for_update().order_by("pk")
        _count(kept, erase_tickets([one.pk for one in closed], now))
        kept.reached = ids[-1]
    return True


def _raws(kept: Retention, rules: Rules, now: datetime) -> bool:
    last, emptied = walk(kept.reached, (kept.began_at or now) - timedelta(days=rules.shortest), [], now)
    _count(kept, {"raw": emptied})
    kept.reached = last or kept.reached
    return last is not None


_STAGES: dict[str, Callable[[Retention, Rules, datetime], bool]] = {
    "messages": _messages,
    "tickets": _tickets,
    "raws": _raws,
}


def _count(kept: Retention, more: "dict[str, int]") -> None:
    for name, count in more.items():
        kept.counts[name] = kept.counts.get(name, 0) + count
