"""Keeping what reports are counted from: read from the timeline which tickets changed, and count those anew.

Counting is idempotent: a ticket's rows are thrown away and made again from its clocks. So whatever a killed sweep has
done is done, and what it has not done is found again.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, transaction

from desk.common.batches import much_to_do
from desk.common.bulk import insert_rows
from desk.reports import flow, months
from desk.reports.models import CountedCycle, ReportProgress
from desk.sla.clocks import pauses_of
from desk.sla.models import Clock, ClockPause
from desk.sla.promises import calendars_of
from desk.tickets.models import Ticket, TicketEvent
from policies.clocks import Calendar
from policies.reports import Stretch, Verdict, bucket_of, counted_once, verdict
from policies.story import Happened
from policies.ticket_states import State

PORTION = 5_000  # timeline rows, and tickets, in one transaction
PORTIONS = 20  # of one sweep
_COLUMNS = (
    "clock_id", "ticket_id", "metric", "started_at", "inbox_id", "private", "team_id", "assignee_id", "priority",
    "language", "on_time", "late", "unanswered", "cancelled", "resolved_unanswered", "wall", "business", "lag",
    "open_from", "open_until",
)  # fmt: skip
_ADDED_UP = (months, flow)
_COUNTING, _SWEEPING = 7_217_001, 7_217_002  # advisory locks: of whoever counts, and of the one sweep
_LONGEST_RUNNING = """
SELECT min(xact_start) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def count_changes() -> int:
    """Count the tickets anew whose timeline grew; how many.

    One sweep does it while the others go away, and it leaves a long backlog to the next ones. It gives way to sweeps
    that have much to do: people wait for alerts, and figures may be late.
    """
    with _alone() as mine:
        return _count_changes() if mine else 0


def _count_changes() -> int:
    ReportProgress.objects.get_or_create(pk=1)
    highest = TicketEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    progress = ReportProgress.objects.get(pk=1)
    settled = _settled(progress)
    reached, counted = progress.settled, 0
    for _portion in range(PORTIONS):
        if much_to_do():
            break
        rows = TicketEvent.objects.filter(id__gt=reached, id__lte=highest).order_by("id")
        portion = list(rows.values_list("id", "ticket_id")[:PORTION])
        if not portion:
            break
        reached = portion[-1][0]
        tickets = {ticket for _id, ticket in portion}
        count_tickets(tickets)
        counted += len(tickets)
        ReportProgress.objects.filter(pk=1, settled__lt=min(reached, settled)).update(settled=min(reached, settled))
    _mark(highest, settled)
    return counted


def count_everything() -> int:
    """Count all tickets anew and then add up all that came of it, for `manage.py rebuild_reports`; how many."""
    ids = iter(list(Ticket.objects.order_by("id").values_list("id", flat=True)))
    counted = 0
    while portion := list(islice(ids, PORTION)):
        with transaction.atomic():
            _count_alone()
            _make_rows(portion)
        counted += len(portion)
    with transaction.atomic():
        _count_alone()
        for added_up in _ADDED_UP:
            added_up.anew()
    return counted


@transaction.atomic
def count_tickets(ticket_ids: Iterable[int]) -> None:
    """Make the rows of these tickets anew, and move what is added up from them. One at a time."""
    ids = list(ticket_ids)
    _count_alone()
    for added_up in _ADDED_UP:
        added_up.take_out(ids)
    _make_rows(ids)
    for added_up in _ADDED_UP:
        added_up.put_in(ids)


def _make_rows(ids: list[int]) -> None:
    CountedCycle.objects.filter(ticket__any_of=ids).delete()
    insert_rows(CountedCycle, _COLUMNS, _rows(ids))


def _count_alone() -> None:
    """Wait until nobody else counts, and keep others from it until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COUNTING])


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other sweep is at work. The lock goes with the connection of a sweep that is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SWEEPING])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_SWEEPING])


def _settled(progress: ReportProgress) -> int:
    """Up to where no timeline row can still appear. Ask before reading: what is settled now is seen afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(_LONGEST_RUNNING)
        (oldest,) = cursor.fetchone()
    ended = progress.marked_at is not None and (oldest is None or oldest > progress.marked_at)
    return progress.marked if ended else progress.settled


def _mark(highest: int, settled: int) -> None:
    """The next place to settle, once the last one is."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE reports_reportprogress SET marked = %s, marked_at = clock_timestamp()
            WHERE id = 1 AND marked <= %s AND marked < %s""",
            [highest, settled, highest],
        )


def _rows(ticket_ids: list[int]) -> Iterator[tuple[Any, ...]]:
    """In the order of `_COLUMNS`. Drills are no part of any report."""
    real = Clock.objects.filter(ticket__any_of=ticket_ids, ticket__inbox__drill=False)
    found = real.select_related("ticket__conversation").order_by("id")
    verdicts = {clock: _became(clock) for clock in found}
    clocks = [clock for clock, became in verdicts.items() if became is not Verdict.NOWHERE]
    calendars = calendars_of(clock.calendar_version_id for clock in clocks)
    pauses = pauses_of([clock.pk for clock in clocks if clock.metric == Clock.Metric.RESOLUTION])
    stretches = _open(clocks)
    for clock in clocks:
        ticket, became, calendar = clock.ticket, verdicts[clock], calendars[clock.calendar_version_id]
        yield (
            clock.pk, ticket.pk, clock.metric, clock.started_at, ticket.inbox_id, ticket.conversation.private,
            ticket.team_id or 0, ticket.assignee_id or 0, ticket.priority, ticket.language,
            became is Verdict.ON_TIME, became is Verdict.LATE, clock.is_open,
            clock.state == Clock.State.CANCELLED and became is Verdict.NEITHER, clock.dropped_as == Happened.RESOLVED,
            _wall(clock), _business(clock, calendar, pauses.get(clock.pk, [])),
            bucket_of((clock.received_at - clock.started_at).total_seconds()), *(stretches[clock.pk] or (None, None)),
        )  # fmt: skip


def _became(clock: Clock) -> Verdict:
    return verdict(
        promised=clock.due_at is not None,
        breached=clock.breached_at is not None,
        answered=clock.met_at is not None,
        cancelled=clock.state == Clock.State.CANCELLED,
        spam=State.SPAM in (clock.ticket.state, clock.dropped_as),
    )


def _open(clocks: Iterable[Clock]) -> dict[int, Stretch | None]:
    """When a ticket was in the backlog because of each of its clocks, once for all that run side by side."""
    together: dict[tuple[int, bool], list[Clock]] = {}
    for clock in clocks:
        together.setdefault((clock.ticket_id, clock.metric == Clock.Metric.RESOLUTION), []).append(clock)
    found: dict[int, Stretch | None] = {}
    for several in together.values():
        stretches = counted_once([(clock.started_at, clock.ended_at) for clock in several])
        found |= {clock.pk: stretch for clock, stretch in zip(several, stretches, strict=True)}
    return found


def _wall(clock: Clock) -> int | None:
    return bucket_of((clock.met_at - clock.started_at).total_seconds()) if clock.met_at else None


def _business(clock: Clock, calendar: Calendar, pauses: Iterable[ClockPause]) -> int | None:
    """The calendar's time from start to answer, without the pauses."""
    if clock.met_at is None:
        return None
    counted = calendar.between(clock.started_at, clock.met_at)
    for pause in pauses:
        since, until = max(pause.since, clock.started_at), min(pause.until or clock.met_at, clock.met_at)
        if until > since:
            counted -= calendar.between(since, until)
    return bucket_of(counted.total_seconds())
