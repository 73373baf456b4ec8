"""The clocks of tickets: loaded, moved by what happens, and saved, many tickets at a time.

A `ClockBook` has the newest cycles of one ticket. What happens in the order of time moves them in memory, by
`policies.clocks`; whatever comes out of order, and every decision that ends or begins a cycle, is worked out again from
the whole history (`desk.sla.replay`), which says the same. So there is one place where a clock starts, stops or pauses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from django.db.models import Max, Q, Window
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields import BooleanField

from desk.common.bulk import insert_rows, next_ids, unsaved, update_rows
from desk.sla.models import Clock, ClockPause
from desk.sla.promises import Promise, Promises, calendar_by
from desk.tickets.models import NO_DUE, Ticket
from policies import clocks as rules
from policies.clocks import ClockStatus, Happening
from policies.sla import Facts, Metric, Pause, deadline, stands_still
from policies.story import Happened

_STATUS = {
    Clock.State.RUNNING: ClockStatus.RUNNING,
    Clock.State.MET: ClockStatus.MET,
    Clock.State.CANCELLED: ClockStatus.CANCELLED,
}
_MOVING = (
    "metric", "state", "policy_version_id", "calendar_version_id", "started_at", "received_at", "target_seconds",
    "warn_at", "due_at", "met_at", "cancelled_at", "breached_at", "alert_chain_version_id", "look_at",
    "dropped_as",
)  # fmt: skip
_INSERTED = ("ticket_id", "cycle", *_MOVING)
SHOWN = ("due_at", "due_metric", "warn_at", "clock_started_at", "waiting_since")  # of a ticket, kept by `show_on`
_PAUSE = ("clock_id", "since", "until", "reason")
_BLANK = Clock()


@dataclass(slots=True)
class ClockBook:
    """The clocks of one ticket while something happens to it. Older cycles than these two are closed.

    `dropped_until` is the last moment at which a cycle was cancelled; `replied_at` our latest answer. `behind`: what
    happened can't be told from the newest cycles alone, so the ticket wants a replay.
    """

    ticket_id: int
    promises: Promises
    response: Clock | None = None
    resolution: Clock | None = None
    replied_at: datetime | None = None
    dropped_until: datetime | None = None
    behind: bool = False
    pauses: list[ClockPause] = field(default_factory=list)  # of `resolution`, oldest first
    added: list[Clock] = field(default_factory=list)
    changed: list[Clock] = field(default_factory=list)
    removed: list[Clock] = field(default_factory=list)
    moved_pauses: list[ClockPause] = field(default_factory=list)

    def customer_wrote(self, at: datetime, received_at: datetime, facts: Facts) -> None:
        """Something to answer, and to resolve."""
        self._notice_order(at)
        before = self._rule()
        after = rules.response_clock(before, Happening.CUSTOMER_WROTE, at)
        promise = self.promises.of(facts)
        if after.status is not before.status or self.response is None:
            self.response = self.begin(self._next_metric(), self.response, at, received_at, promise)
            if after.status is not ClockStatus.RUNNING:
                self._end(self.response, after.status, after.ended_at)
        elif after.started_at is not None and after.started_at != before.started_at:
            self.response.started_at = after.started_at
            self.reckon(self.response)
        if self.resolution is None or not self.resolution.is_open:
            self.pauses = []
            self.resolution = self.begin(Metric.RESOLUTION, self.resolution, at, received_at, promise)

    def human_replied(self, at: datetime) -> None:
        """A person of ours answered: here, or in the network's own app."""
        self._notice_order(at)
        before = self._rule()
        after = rules.response_clock(before, Happening.HUMAN_REPLIED, at)
        self.replied_at = after.replied_at
        if self.response is not None and (after.status, after.ended_at) != (before.status, before.ended_at):
            self._end(self.response, after.status, after.ended_at)

    def stands(self, state: str, at: datetime) -> None:
        """The ticket is in this state since `at`: pause what stands still in it, and let go what does not."""
        row = self.resolution
        if row is None or not row.is_open:
            return
        still = stands_still(row.metric, state)
        if still and row.state == Clock.State.RUNNING:
            after = self.pauses[-1].until if self.pauses else None  # no moment is taken off twice
            pause = ClockPause(clock=row, since=max(at, row.started_at, after or at), reason=state)
            self.pauses.append(pause)
            self.moved_pauses.append(pause)
            row.state = Clock.State.PAUSED
        elif not still and row.state == Clock.State.PAUSED:
            self._let_go(at)
            row.state = Clock.State.RUNNING
        else:
            return
        self.reckon(row)

    def show_on(self, ticket: Ticket) -> None:
        """Bring the columns of the queue up to date: who waits, and the clock that ends first."""
        self.ticket_id = ticket.pk or self.ticket_id
        waits = self.response is not None and self.response.state == Clock.State.RUNNING
        ticket.waiting_since = self.response.started_at if waits and self.response is not None else None
        first: Clock | None = None
        ticket.due_at = NO_DUE
        for row in (self.response, self.resolution):
            if row is not None and row.state == Clock.State.RUNNING and row.due_at and row.due_at < ticket.due_at:
                first, ticket.due_at = row, row.due_at
        ticket.due_metric = first.metric if first else ""
        ticket.warn_at = first.warn_at if first else None
        ticket.clock_started_at = first.started_at if first else None

    def belongs_to(self, ticket_id: int) -> None:
        """Give the book of a ticket that has only now got its number to that ticket."""
        self.ticket_id = ticket_id
        for row in self.added:
            row.ticket_id = ticket_id

    @property
    def waiting_since(self) -> datetime | None:
        """The first unanswered customer message; None where nobody waits."""
        row = self.response
        return row.started_at if row is not None and row.state == Clock.State.RUNNING else None

    # ── rows ─────────────────────────────────────────────────────────────────
    def begin(self, metric: str, before: Clock | None, at: datetime, received_at: datetime, promise: Promise) -> Clock:
        """The row of a new cycle, which runs from `at`."""
        row = unsaved(
            _BLANK,
            ticket_id=self.ticket_id,
            metric=metric,
            cycle=before.cycle + 1 if before is not None else 0,
            state=Clock.State.RUNNING,
            policy_version_id=promise.policy_version_id,
            calendar_version_id=promise.calendar_version_id,
            started_at=at,
            received_at=received_at,
            target_seconds=promise.targets.of(metric),
        )
        self.added.append(row)
        reckon(row, ())
        return row

    def close(
        self, row: Clock, status: ClockStatus, ended_at: datetime | None, dropped_as: Happened | None = None
    ) -> None:
        """Write down how a cycle ended, or that it goes on; `dropped_as` where a decision cancelled it."""
        row.dropped_as = dropped_as or ""
        if row is self.resolution and ended_at is not None:
            self._let_go(ended_at)
        self._end(row, status, ended_at)

    def reckon(self, row: Clock) -> None:
        """Work out anew when it is due, and have it saved."""
        self._touch(row)
        reckon(row, self.pauses if row is self.resolution else ())

    def _end(self, row: Clock, status: ClockStatus, ended_at: datetime | None) -> None:
        if status is not ClockStatus.RUNNING or row.state != Clock.State.PAUSED:
            row.state = Clock.State(status)
        row.met_at = ended_at if status is ClockStatus.MET else None
        row.cancelled_at = ended_at if status is ClockStatus.CANCELLED else None
        self.reckon(row)

    def _let_go(self, at: datetime) -> None:
        """End the pause that lasts, if one does."""
        if self.pauses and self.pauses[-1].until is None:
            pause = self.pauses[-1]
            pause.until = max(at, pause.since)
            if pause not in self.moved_pauses:
                self.moved_pauses.append(pause)

    def _notice_order(self, at: datetime) -> None:
        """What was said before a cycle was cancelled, and is heard only now, may belong to that cycle."""
        if self.dropped_until is not None and at <= self.dropped_until:
            self.behind = True

    def _touch(self, row: Clock) -> None:
        if not any(row is known for known in (*self.added, *self.changed)):
            self.changed.append(row)

    def _next_metric(self) -> str:
        """A cycle that was cancelled had no response, so the same one is still to be given."""
        if self.response is None:
            return Metric.FIRST_RESPONSE
        return Metric.NEXT_RESPONSE if self.response.state == Clock.State.MET else self.response.metric

    def _rule(self) -> rules.Clock:
        row = self.response
        if row is None:
            return rules.Clock(replied_at=self.replied_at)
        status = _STATUS[Clock.State(row.state)]
        return rules.Clock(status, row.started_at, row.ended_at, self.replied_at)


def reckon(row: Clock, pauses: Sequence[ClockPause]) -> None:
    """Work out when a clock is due, and whether that has passed, from its start, target, calendar and pauses."""
    if row.target_seconds is None:
        row.warn_at = row.due_at = row.breached_at = None
        return
    calendar = calendar_by(row.calendar_version_id)
    times = deadline(
        row.started_at, row.target_seconds, [Pause(pause.since, pause.until) for pause in pauses], calendar
    )
    row.warn_at, row.due_at = times.warn_at, times.due_at
    row.breached_at = breach(row, pauses[-1].since if row.state == Clock.State.PAUSED and pauses else None)


def breach(row: Clock, paused_since: datetime | None = None) -> datetime | None:
    """The instant at which a clock was breached, as far as that is known: its due time, or None.

    A clock that ended, or began to stand still, after it was due was breached, also where no sweep had noticed, and
    however it ended: to resolve, to merge or to delete hides nobody who waited too long. Spam is nobody; where it was
    none after all another cycle begins with the same message. One that runs keeps what a sweep wrote down, unless its
    due time has moved to a later one, which has yet to pass.
    """
    end = row.ended_at
    if row.due_at is None or row.dropped_as == Happened.SPAM:
        return None
    passed_by = end or paused_since
    if passed_by is not None and passed_by > row.due_at:
        return row.due_at
    noticed = row.breached_at is not None and row.due_at <= row.breached_at
    return row.due_at if end is None and noticed else None


def open_book(ticket: Ticket, promises: Promises) -> ClockBook:
    """The book of one ticket."""
    return open_books([ticket], promises)[ticket.pk]


def open_books(tickets: Iterable[Ticket], promises: Promises) -> dict[int, ClockBook]:
    """The books of existing tickets, read in two queries."""
    tickets = list(tickets)
    newest = (
        Clock.objects.filter(ticket__any_of=[ticket.pk for ticket in tickets])
        .annotate(
            resolves=ExpressionWrapper(Q(metric=Clock.Metric.RESOLUTION), output_field=BooleanField()),
            dropped_until=Window(Max("cancelled_at"), partition_by="ticket_id"),
        )
        .order_by("ticket_id", "resolves", "-cycle")
        .distinct("ticket_id", "resolves")
    )
    books = {ticket.pk: ClockBook(ticket.pk, promises, replied_at=ticket.last_reply_at) for ticket in tickets}
    for row in newest:
        book = books[row.ticket_id]
        book.dropped_until = row.dropped_until
        if row.metric == Metric.RESOLUTION:
            book.resolution = row
        else:
            book.response = row
    open_rows = [book.resolution.pk for book in books.values() if book.resolution and book.resolution.is_open]
    by_clock = pauses_of(open_rows)
    for book in books.values():
        book.pauses = by_clock.get(book.resolution.pk, []) if book.resolution else []
    return books


def pauses_of(clock_ids: Iterable[int]) -> dict[int, list[ClockPause]]:
    """The pauses of clocks, oldest first."""
    found: dict[int, list[ClockPause]] = {}
    for pause in ClockPause.objects.filter(clock__any_of=clock_ids).order_by("clock_id", "since", "id"):
        found.setdefault(pause.clock_id, []).append(pause)
    return found


def save_books(books: Iterable[ClockBook]) -> None:
    """Write what happened, in two statements for however many tickets; in three more where clocks paused."""
    books = list(books)
    added = [row for book in books for row in book.added]
    changed = [row for book in books for row in book.changed]
    removed = [row.pk for book in books for row in book.removed]
    pauses = [pause for book in books for pause in book.moved_pauses]
    if removed:
        Clock.objects.filter(pk__any_of=removed).delete()
    update_rows(Clock, ("id", *_MOVING), map(attrgetter("id", *_MOVING), changed))
    if any(pause.clock._state.adding for pause in pauses):
        for row, pk in zip(added, next_ids(Clock, len(added)), strict=True):
            row.pk = pk
        insert_rows(Clock, ("id", *_INSERTED), map(attrgetter("id", *_INSERTED), added))
    else:
        insert_rows(Clock, _INSERTED, map(attrgetter(*_INSERTED), added))
    new = [pause for pause in pauses if pause._state.adding]
    update_rows(ClockPause, ("id", "until"), ((pause.pk, pause.until) for pause in pauses if not pause._state.adding))
    insert_rows(ClockPause, _PAUSE, ((pause.clock.pk, pause.since, pause.until, pause.reason) for pause in new))


def first_to_end(clocks: Iterable[Clock]) -> Clock | None:
    """The clock that a ticket shows: the running one that is due first, or else one that stands still."""
    due = [(row.state == Clock.State.PAUSED, row.due_at, row.pk, row) for row in clocks if row.is_open and row.due_at]
    return min(due)[-1] if due else None
