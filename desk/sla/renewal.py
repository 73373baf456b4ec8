"""What a change of policies does to clocks that are open: counted beforehand, and done where a supervisor says so.

A clock is concerned where the policies promised its ticket one thing before the change and another after it. Clocks
that ended keep what they were promised, for ever. A change is a function from tickets to what they are promised anew.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from desk.common.bulk import insert_rows, update_rows
from desk.sla.clocks import SHOWN, open_books, pauses_of, reckon
from desk.sla.models import OPEN, Clock
from desk.sla.promises import Promise, Promises
from desk.tickets.models import Ticket, TicketEvent

LOOKED_AT = 20_000  # open clocks that are counted before somebody decides
_RENEWED = (
    "policy_version_id", "calendar_version_id", "target_seconds", "warn_at", "due_at", "breached_at",
    "alert_chain_version_id", "look_at",
)  # fmt: skip
# Tickets, with their inboxes, to what each is promised anew; one that the change does not concern is left out.
Change = Callable[[Collection[Ticket]], Mapping[int, Promise]]


@dataclass(slots=True)
class Effect:
    """What a change would do to the open clocks. `complete`: all were counted, not only the newest `looked_at`."""

    looked_at: int = 0
    complete: bool = True
    moved: int = 0  # due times that change
    breached: int = 0  # of them those that are late at once
    relieved: int = 0  # of them those that were late and no longer are


@dataclass(frozen=True, slots=True)
class Renewal:
    """One clock under its new promise, with what it was due before."""

    clock: Clock
    due_before: datetime | None
    was_breached: bool

    def late(self, now: datetime) -> bool:
        """Whether it is late under its new promise."""
        due = self.clock.due_at
        return due is not None and due < now and self.clock.state == Clock.State.RUNNING


def change_of(before: Promises, after: Promises) -> Change:
    """A change of policies: it concerns whom they promise something else than before."""

    def promised(tickets: Collection[Ticket]) -> Mapping[int, Promise]:
        old, new = before.to(tickets), after.to(tickets)
        return {pk: promise for pk, promise in new.items() if not same(old[pk], promise)}

    return promised


def same(one: Promise, other: Promise) -> bool:
    """Whether two promises are of the same versions."""
    return (one.policy_version_id, one.calendar_version_id) == (other.policy_version_id, other.calendar_version_id)


def effect(change: Change, now: datetime, limit: int = LOOKED_AT) -> Effect:
    """Count what a change would do to the newest open clocks, at most `limit`. Writes nothing."""
    clocks = list(_open_clocks().order_by("-id")[: limit + 1])
    counted = Effect(min(len(clocks), limit), len(clocks) <= limit)
    for renewal in _renew(clocks[:limit], change):
        if renewal.clock.due_at == renewal.due_before:
            continue
        counted.moved += 1
        late = renewal.late(now)
        was_late = (renewal.due_before is not None and renewal.due_before < now) or renewal.was_breached
        counted.breached += late and not was_late
        counted.relieved += was_late and not late
    return counted


def renew(ticket_ids: Iterable[int], change: Change, now: datetime, actor_id: int | None) -> int:
    """Give the open clocks of these tickets their new promise; how many changed. In the caller's transaction.

    Each gets a line on the timeline with what it was promised before.
    """
    ids = list(ticket_ids)
    locked = list(
        Ticket.objects.filter(pk__any_of=ids).select_related("inbox").select_for_update(of=("self",)).order_by("pk")
    )
    renewed = look(ids, change)
    rows = [one.clock for one in renewed]
    update_rows(Clock, ("id", *_RENEWED), ([row.pk, *(getattr(row, name) for name in _RENEWED)] for row in rows))
    insert_rows(
        TicketEvent,
        ("ticket_id", "kind", "at", "actor_id", "data"),
        ((one.clock.ticket_id, "clock_renewed", now, actor_id, json.dumps(_line(one))) for one in renewed),
    )
    changed = {row.ticket_id for row in rows}
    tickets = [ticket for ticket in locked if ticket.pk in changed]
    books = open_books(tickets, Promises(()))
    for ticket in tickets:
        books[ticket.pk].show_on(ticket)
    update_rows(Ticket, ("id", *SHOWN), ([one.pk, *(getattr(one, name) for name in SHOWN)] for one in tickets))
    return len(renewed)


def look(ticket_ids: Iterable[int], change: Change) -> list[Renewal]:
    """What a renewal would make of the open clocks of these tickets. Writes nothing."""
    clocks = list(_open_clocks().filter(ticket__any_of=ticket_ids).order_by("id"))
    return list(_renew(clocks, change))


def _open_clocks() -> QuerySet[Clock]:
    return Clock.objects.filter(state__in=OPEN).select_related("ticket__inbox")


def _renew(clocks: Sequence[Clock], change: Change) -> Iterable[Renewal]:
    promised = change(list({clock.ticket_id: clock.ticket for clock in clocks}.values()))
    concerned = [
        (clock, promise)
        for clock in clocks
        if (promise := promised.get(clock.ticket_id)) is not None and not _is_promised(clock, promise)
    ]
    pauses = pauses_of(clock.pk for clock, _promise in concerned if clock.metric == Clock.Metric.RESOLUTION)
    for clock, promise in concerned:
        renewal = Renewal(clock, clock.due_at, clock.breached_at is not None)
        clock.policy_version_id, clock.calendar_version_id = promise.policy_version_id, promise.calendar_version_id
        clock.target_seconds = promise.targets.of(clock.metric)
        clock.alert_chain_version_id, clock.look_at = None, clock.started_at  # looked at anew, at once
        reckon(clock, pauses.get(clock.pk, []))
        yield renewal


def _is_promised(clock: Clock, promise: Promise) -> bool:
    """Whether the clock has this promise already."""
    has = clock.policy_version_id, clock.calendar_version_id
    return has == (promise.policy_version_id, promise.calendar_version_id)


def _line(renewal: Renewal) -> dict[str, object]:
    clock, before = renewal.clock, renewal.due_before
    return {
        "clock": clock.pk,
        "metric": clock.metric,
        "due_before": before.isoformat() if before else None,
        "due": clock.due_at.isoformat() if clock.due_at else None,
        "policy_version": clock.policy_version_id,
        "calendar_version": clock.calendar_version_id,
    }
