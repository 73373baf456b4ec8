"""The response clocks of tickets: loaded, moved by what happens, and saved, many tickets at a time.

The rules are `policies.clocks`; here is what they need to be true of rows. Every verb that touches a ticket's clock
goes through a `ClockBook`, so there is one place where a clock starts, is met or is cancelled.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desk.common.bulk import insert_rows, update_rows
from desk.sla.models import Clock
from desk.tickets.models import NO_DUE, Message, Ticket
from policies import clocks as rules
from policies.clocks import ClockStatus, Happening

_STATUS = {
    Clock.State.RUNNING: ClockStatus.RUNNING,
    Clock.State.MET: ClockStatus.MET,
    Clock.State.CANCELLED: ClockStatus.CANCELLED,
}
_INSERTED = (
    "ticket_id", "metric", "state", "started_at", "received_at", "target_seconds", "due_at", "met_at", "cancelled_at",
    "breached_at", "alert_chain_version_id", "next_alert_at",
)  # fmt: skip
_UPDATED = (
    "id", "state", "started_at", "due_at", "met_at", "cancelled_at", "breached_at", "alert_chain_version_id",
    "next_alert_at",
)  # fmt: skip


@dataclass(slots=True)
class ClockBook:
    """The clocks of one ticket while something happens to it. `row` is the newest one; older cycles are closed."""

    ticket_id: int
    target_seconds: int
    row: Clock | None = None
    rule: rules.Clock = field(default_factory=rules.Clock)
    _added: list[Clock] = field(default_factory=list)
    _changed: list[Clock] = field(default_factory=list)

    def customer_wrote(self, at: datetime, received_at: datetime) -> None:
        self._happened(Happening.CUSTOMER_WROTE, at, received_at)

    def human_replied(self, at: datetime) -> None:
        self._happened(Happening.HUMAN_REPLIED, at, at)

    def cancelled(self, at: datetime, still_unanswered_since: datetime | None = None) -> None:
        self._happened(Happening.CANCELLED, at, at, still_unanswered_since)

    def belongs_to(self, ticket_id: int) -> None:
        """Give the book of a ticket that has only now got its number to that ticket."""
        self.ticket_id = ticket_id
        for row in self._added:
            row.ticket_id = ticket_id

    @property
    def moved_rows(self) -> list[Clock]:
        """Clocks that began, moved or ended, and are not saved yet."""
        return [*self._added, *self._changed]

    @property
    def due_at(self) -> datetime:
        """When the running clock ends; NO_DUE where none runs."""
        running = self.row is not None and self.row.state == Clock.State.RUNNING
        return self.row.due_at if self.row is not None and running else NO_DUE

    @property
    def waiting_since(self) -> datetime | None:
        """The first unanswered customer message; None where nobody waits."""
        return self.rule.started_at if self.rule.status is ClockStatus.RUNNING else None

    def _happened(
        self, happening: Happening, at: datetime, received_at: datetime, still_unanswered_since: datetime | None = None
    ) -> None:
        before, self.rule = self.rule, rules.response_clock(self.rule, happening, at, still_unanswered_since)
        if self.rule.started_at is None or self.rule == before:
            return
        starts_again = self.rule.status is ClockStatus.RUNNING and before.status is not ClockStatus.RUNNING
        if self.row is None or starts_again:
            answered = self.row is not None and before.replied_at is not None  # a cancelled cycle had no response
            self.row = Clock(
                ticket_id=self.ticket_id,
                metric=Clock.Metric.NEXT_RESPONSE if answered else Clock.Metric.FIRST_RESPONSE,
                received_at=received_at,
                target_seconds=self.target_seconds,
            )
            self._added.append(self.row)
        elif self.row not in self._added and self.row not in self._changed:
            self._changed.append(self.row)
        _fill(self.row, self.rule)


def open_book(ticket: Ticket, target_seconds: int) -> ClockBook:
    """The book of one ticket."""
    return open_books([ticket], {ticket.pk: target_seconds})[ticket.pk]


def open_books(tickets: Iterable[Ticket], target_seconds: Mapping[int, int]) -> dict[int, ClockBook]:
    """The books of existing tickets, read in one query. `target_seconds` by ticket, for cycles that begin now."""
    tickets = list(tickets)
    newest = (
        Clock.objects.filter(ticket__any_of=[ticket.pk for ticket in tickets])
        .order_by("ticket_id", "-id")
        .distinct("ticket_id")
    )
    rows = {row.ticket_id: row for row in newest}
    return {
        ticket.pk: ClockBook(
            ticket.pk,
            target_seconds[ticket.pk],
            rows.get(ticket.pk),
            _as_rule(rows.get(ticket.pk), ticket.last_reply_at),
        )
        for ticket in tickets
    }


def save_books(books: Iterable[ClockBook]) -> None:
    """Write what happened, in two statements for however many tickets."""
    books = list(books)
    added = [row for book in books for row in book._added]
    changed = [row for book in books for row in book._changed]
    update_rows(Clock, _UPDATED, ([getattr(row, name) for name in _UPDATED] for row in changed))
    insert_rows(Clock, _INSERTED, ([getattr(row, name) for name in _INSERTED] for row in added))


def rebuild(ticket: Ticket, target_seconds: int) -> None:
    """Work the clocks of a ticket out again from all its messages: for when a message came later than one after it.

    Sets the ticket's `due_at` and `waiting_since`, which the caller saves. Clocks that a person or a deletion cancelled
    say more than the messages do, so a ticket that has one is left as it is.
    """
    rows = list(Clock.objects.filter(ticket=ticket).order_by("id"))
    if any(row.state == Clock.State.CANCELLED for row in rows):
        return
    messages = Message.objects.filter(ticket=ticket, deleted_at=None).values_list(
        "outgoing", "created_at", "received_at"
    )
    told = [(Happening.HUMAN_REPLIED if outgoing else Happening.CUSTOMER_WROTE, at) for outgoing, at, _ in messages]
    received = {at: received_at for outgoing, at, received_at in messages if not outgoing}
    cycles = rules.cycles(told)
    for row in rows[len(cycles) :]:
        row.delete()
    last: Clock | None = None
    for number, cycle in enumerate(cycles):
        metric = Clock.Metric.NEXT_RESPONSE if number else Clock.Metric.FIRST_RESPONSE
        last = rows[number] if number < len(rows) else Clock(ticket=ticket, target_seconds=target_seconds)
        last.metric = metric
        last.received_at = received[cycle.started_at] if cycle.started_at else last.received_at
        _fill(last, cycle)
        last.save()
    running = last is not None and last.state == Clock.State.RUNNING
    ticket.due_at = last.due_at if last is not None and running else NO_DUE
    ticket.waiting_since = last.started_at if last is not None and running else None


def running_clock(ticket: Ticket) -> Clock | None:
    """The clock that runs for a ticket now."""
    return Clock.objects.filter(ticket=ticket, state=Clock.State.RUNNING).order_by("due_at").first()


def mark_breaches(now: datetime, limit: int) -> list[Clock]:
    """Claim at most `limit` clocks whose due time has passed: those that *this* call marked.

    Whoever changes the row owns the breach, so several sweeps never report one twice. A breach is recorded with the
    instant at which it was due, not the instant at which it was noticed.
    """
    overdue = (
        Clock.objects.filter(state=Clock.State.RUNNING, breached_at=None, due_at__lt=now)
        .order_by("due_at")
        .select_for_update(skip_locked=True, of=("self",))
    )
    marked = list(overdue[:limit])
    update_rows(Clock, ("id", "breached_at"), [(clock.pk, clock.due_at) for clock in marked])
    return marked


def _fill(row: Clock, rule: rules.Clock) -> None:
    """Write down what a cycle says."""
    if rule.started_at is None:
        return
    row.state = Clock.State(rule.status)
    row.started_at = rule.started_at
    row.due_at = rules.due_at(rule.started_at, row.target_seconds)
    row.met_at = rule.ended_at if rule.status is ClockStatus.MET else None
    row.cancelled_at = rule.ended_at if rule.status is ClockStatus.CANCELLED else None
    if row.met_at is not None:
        row.breached_at = row.due_at if row.met_at > row.due_at else None
    elif row.breached_at is not None:
        row.breached_at = row.due_at


def _as_rule(row: Clock | None, last_reply_at: datetime | None) -> rules.Clock:
    if row is None:
        return rules.Clock(replied_at=last_reply_at)
    return rules.Clock(
        status=_STATUS[Clock.State(row.state)],
        started_at=row.started_at,
        ended_at=row.met_at or row.cancelled_at,
        replied_at=last_reply_at,
    )
