"""The clocks of tickets worked out again from their timelines: `policies.story`, for however many tickets at once.

A decision (resolve, spam, reopen, merge), a deletion and a message that came late all go this way. What a cycle was
promised stays; a cycle that was not there before gets what the policies promise now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desk.sla.clocks import ClockBook, pauses_of
from desk.sla.models import Clock
from desk.sla.promises import Promises
from desk.sla.timelines import Here, Line, Timelines, read_timelines
from desk.tickets.models import Message, Ticket
from policies.clocks import ClockStatus
from policies.sla import Facts, Metric
from policies.story import Cycle, Entry, Happened, Story, decided, story

Times = tuple[datetime, datetime, datetime | None]  # of a message: written, received, taken back
_WORDS = {
    "ticket_opened": Happened.WROTE,
    "message_received": Happened.WROTE,
    "replied_on_network": Happened.REPLIED,
    "reply_sent": Happened.REPLIED,
}


@dataclass(slots=True)
class History:
    """What `policies.story` wants to know of a ticket. `received`: when a message of that time reached us."""

    entries: list[Entry] = field(default_factory=list)
    received: dict[datetime, datetime] = field(default_factory=dict)


def replay(tickets: Iterable[Ticket], promises: Promises) -> dict[int, ClockBook]:
    """Books in which every cycle is as the timeline has it, to be saved by the caller. Needs the inboxes at hand.

    Five queries for however many tickets, more where some were split off others. What happens now must be on the
    timeline already.
    """
    tickets = list(tickets)
    ids = [ticket.pk for ticket in tickets]
    told = histories(ids)
    rows: dict[int, list[Clock]] = {pk: [] for pk in ids}
    for row in Clock.objects.filter(ticket__any_of=ids).order_by("ticket_id", "cycle"):
        rows[row.ticket_id].append(row)
    pauses = pauses_of([row.pk for several in rows.values() for row in several if row.metric == Metric.RESOLUTION])
    facts = promises.facts_of(tickets)
    books = {}
    for ticket in tickets:
        history = told[ticket.pk]
        book = books[ticket.pk] = ClockBook(ticket.pk, promises, replied_at=ticket.last_reply_at)
        _settle(book, story(history.entries), rows[ticket.pk], pauses, history.received, facts[ticket.pk])
    return books


def histories(ticket_ids: Iterable[int]) -> dict[int, History]:
    """The histories of tickets, from their timelines, in two queries; in more where tickets were split off others."""
    ids = list(ticket_ids)
    told = read_timelines(ids)
    messages = _messages_in(told)
    found = {pk: History() for pk in ids}
    for ticket_id, history in found.items():
        for line, here in told.of(ticket_id):
            history.entries += _entries(line, here, messages)
            for number in line.messages:
                if line.kind not in ("replied_on_network", "reply_sent") and number in messages and here(number):
                    created_at, received_at, _deleted_at = messages[number]
                    history.received[created_at] = min(received_at, history.received.get(created_at, received_at))
    return found


def _messages_in(told: Timelines) -> dict[int, Times]:
    named = {number for lines in told.lines.values() for line in lines for number in line.messages}
    rows = Message.objects.filter(pk__any_of=named).values_list("pk", "created_at", "received_at", "deleted_at")
    return {pk: (created_at, received_at, deleted_at) for pk, created_at, received_at, deleted_at in rows}


def _entries(line: Line, here: Here, messages: Mapping[int, Times]) -> list[Entry]:
    """What a line of the timeline means; `here`: whether a message still belongs to the ticket that is asked about."""
    at, data = line.at, line.data
    if line.kind in _WORDS:
        what, number = _WORDS[line.kind], data.get("message", 0)
        if what is Happened.REPLIED:
            return [Entry(what, at)]
        if not here(number):
            return [Entry(Happened.ELSEWHERE, at)]
        return [Entry(what, at, messages[number][2] if number in messages else None)]
    if line.kind == "merged":
        return _joined(at, data, here, messages)
    if line.kind == "merged_into":
        return [Entry(Happened.MERGED_AWAY, at)]
    if line.kind in ("split", "split_from"):
        what = Happened.LEFT if line.kind == "split" else Happened.SPLIT_OFF
        return [Entry(what, datetime.fromisoformat(data["last_word"]))]
    decision = decided(data.get("from"), data.get("to"))
    return [Entry(decision, at)] if decision else []


def _joined(at: datetime, data: Mapping[str, Any], here: Here, messages: Mapping[int, Times]) -> list[Entry]:
    """What a merged ticket brings with it: its last word, and the messages that wait for an answer."""
    waiting = [messages[number] for number in data.get("waiting", ()) if number in messages and here(number)]
    last_word = datetime.fromisoformat(data["last_word"]) if data.get("last_word") else at
    return [
        *(Entry(Happened.JOINED, created_at, deleted_at) for created_at, _received_at, deleted_at in sorted(waiting)),
        Entry(Happened.HEARD, last_word),
    ]


def _settle(
    book: ClockBook,
    now: Story,
    rows: Sequence[Clock],
    pauses: Mapping[int, list[Any]],
    received: Mapping[datetime, datetime],
    facts: Facts,
) -> None:
    """Bring the rows of a ticket to what the story says."""
    for resolves, cycles in ((False, now.responses), (True, now.resolutions)):
        known = [row for row in rows if (row.metric == Metric.RESOLUTION) is resolves]
        book.removed += known[len(cycles) :]
        last: Clock | None = None
        for number, cycle in enumerate(cycles):
            metric = Metric.RESOLUTION if resolves else metric_of(cycle)
            row = known[number] if number < len(known) else None
            if resolves:
                book.pauses = pauses.get(row.pk, []) if row is not None else []
                book.resolution = row
            last = _write(book, row, last, metric, cycle, received, facts)
            if resolves:
                book.resolution = last
        if not resolves:
            book.response = last
    dropped = [row.cancelled_at for row in (*rows, *book.added) if row.cancelled_at is not None]
    book.dropped_until = max(dropped, default=None)


def metric_of(cycle: Cycle) -> Metric:
    """Which response a cycle waits for: the next one only once there was a first."""
    return Metric.NEXT_RESPONSE if cycle.answered_before else Metric.FIRST_RESPONSE


def _write(
    book: ClockBook,
    row: Clock | None,
    before: Clock | None,
    metric: Metric,
    cycle: Cycle,
    received: Mapping[datetime, datetime],
    facts: Facts,
) -> Clock:
    received_at = received.get(cycle.started_at, cycle.started_at)
    if row is None:
        row = book.begin(metric, before, cycle.started_at, received_at, book.promises.of(facts))
        if metric is Metric.RESOLUTION:
            book.resolution = row
        if cycle.status is not ClockStatus.RUNNING:
            book.close(row, cycle.status, cycle.ended_at, cycle.dropped_as)
        return row
    ended_at = row.ended_at
    same = (row.started_at, ended_at, row.metric, row.is_open, row.dropped_as) == (
        cycle.started_at, cycle.ended_at, metric, cycle.status is ClockStatus.RUNNING, cycle.dropped_as or "",
    )  # fmt: skip
    if not same or (ended_at is not None and row.state != str(cycle.status)):
        if row.metric != metric:  # an earlier answer came late: it waits for another response than was thought
            row.metric = metric
            row.target_seconds = row.policy_version.targets.of(metric)
        row.started_at, row.received_at = cycle.started_at, received_at
        book.close(row, cycle.status, cycle.ended_at, cycle.dropped_as)
    return row
