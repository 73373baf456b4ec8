"""Every clock worked out again from its rows, and what differs from what is stored.

From the timeline and the messages: which cycles there are, when each started and ended. From a clock's policy version,
calendar version and pauses: when it is due and whether it was breached. From the clocks: what the queue shows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, zip_longest

from desk.sla.clocks import SHOWN, ClockBook, breach, pauses_of
from desk.sla.models import Clock, ClockPause
from desk.sla.promises import Promises, calendar_by, calendars_of
from desk.sla.replay import histories, metric_of
from desk.tickets.models import Ticket
from policies.sla import Deadline, Metric, Pause, deadline, stands_still
from policies.story import Cycle, story

PORTION = 200  # tickets read at a time


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not what it should be. `clock` is empty where the ticket itself is meant."""

    ticket: int
    clock: str
    what: str
    stored: object
    computed: object

    def __str__(self) -> str:
        where = f"ticket {self.ticket}, {self.clock}" if self.clock else f"ticket {self.ticket}"
        return f"{where}: {self.what} is {self.stored}, and should be {self.computed}."


def differences(tickets: Iterable[Ticket]) -> Iterator[Difference]:
    """What differs, ticket by ticket, read in portions; nothing is changed."""
    tickets = iter(tickets)
    while portion := list(islice(tickets, PORTION)):
        yield from _of_portion(portion)


def _of_portion(tickets: Sequence[Ticket]) -> Iterator[Difference]:
    ids = [ticket.pk for ticket in tickets]
    told = histories(ids)
    rows: dict[int, list[Clock]] = {pk: [] for pk in ids}
    clocks = Clock.objects.filter(ticket__any_of=ids).select_related("policy_version").order_by("ticket_id", "cycle")
    for row in clocks:
        rows[row.ticket_id].append(row)
    pauses = pauses_of(row.pk for several in rows.values() for row in several)
    calendars_of(row.calendar_version_id for several in rows.values() for row in several)
    for ticket in tickets:
        of_ticket = rows[ticket.pk]
        now = story(told[ticket.pk].entries)
        resolutions = [row for row in of_ticket if row.metric == Metric.RESOLUTION]
        responses = [row for row in of_ticket if row.metric != Metric.RESOLUTION]
        yield from _cycles(ticket, responses, now.responses)
        yield from _cycles(ticket, resolutions, now.resolutions)
        for row in of_ticket:
            yield from _arithmetic(ticket, row, pauses.get(row.pk, []))
        yield from _queue(ticket, responses, resolutions)


def _cycles(ticket: Ticket, rows: Sequence[Clock], cycles: Sequence[Cycle]) -> Iterator[Difference]:
    for number, (row, cycle) in enumerate(zip_longest(rows, cycles)):
        if row is None or cycle is None:
            stored, computed = (f"there since {one.started_at}" if one else "missing" for one in (row, cycle))
            yield Difference(ticket.pk, f"cycle {number}", "the clock", stored, computed)
            continue
        status = "running" if row.state == Clock.State.PAUSED else row.state
        metric = row.metric if row.metric == Metric.RESOLUTION else metric_of(cycle)
        yield from _compare(ticket, row, "cycle", row.cycle, number)
        yield from _compare(ticket, row, "metric", row.metric, metric)
        yield from _compare(ticket, row, "state", status, cycle.status)
        yield from _compare(ticket, row, "started_at", row.started_at, cycle.started_at)
        yield from _compare(ticket, row, "dropped_as", row.dropped_as, cycle.dropped_as or "")
        yield from _compare(ticket, row, "the end", row.ended_at, cycle.ended_at)


def _arithmetic(ticket: Ticket, row: Clock, pauses: Sequence[ClockPause]) -> Iterator[Difference]:
    target = row.policy_version.targets.of(row.metric)
    yield from _compare(ticket, row, "target_seconds", row.target_seconds, target)
    times: Deadline | None = None
    if target is not None:
        calendar = calendar_by(row.calendar_version_id)
        times = deadline(row.started_at, target, [Pause(pause.since, pause.until) for pause in pauses], calendar)
    yield from _compare(ticket, row, "due_at", row.due_at, times.due_at if times else None)
    yield from _compare(ticket, row, "warn_at", row.warn_at, times.warn_at if times else None)
    lasting = [pause for pause in pauses if pause.until is None]
    yield from _compare(ticket, row, "breached_at", row.breached_at, breach(row, lasting[0].since if lasting else None))
    yield from _compare(ticket, row, "a pause that lasts", bool(lasting), row.state == Clock.State.PAUSED)
    if row.is_open:
        still = stands_still(row.metric, ticket.state)
        yield from _compare(ticket, row, "paused", row.state == Clock.State.PAUSED, still)
    beside = any(one.until is not None and two.since < one.until for one, two in pairwise(pauses))
    yield from _compare(ticket, row, "pauses that overlap", beside, False)


def _queue(ticket: Ticket, responses: Sequence[Clock], resolutions: Sequence[Clock]) -> Iterator[Difference]:
    stored = [getattr(ticket, name) for name in SHOWN]
    book = ClockBook(ticket.pk, Promises(()))
    book.response = responses[-1] if responses else None
    book.resolution = resolutions[-1] if resolutions else None
    book.show_on(ticket)
    for name, value in zip(SHOWN, stored, strict=True):
        if value != getattr(ticket, name):
            yield Difference(ticket.pk, "", name, value, getattr(ticket, name))


def _compare(ticket: Ticket, row: Clock, what: str, stored: object, computed: object) -> Iterator[Difference]:
    if stored != computed:
        yield Difference(ticket.pk, f"{row.metric} {row.cycle} (clock {row.pk})", what, stored, computed)
