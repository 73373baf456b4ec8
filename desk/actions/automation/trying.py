"""What rules would have done in the last days: on the real timeline, without doing anything. `trials` keeps it.

What happened is read from the past. Conditions are held against what the ticket was at that moment, as far as its
timeline tells (`policies.automation_past`), and else against what it is today: each rule names those conditions. What
one rule would have set off through another is not followed.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from desk.actions.automation.gathering import facts_of
from desk.actions.automation.passing import DONE
from desk.actions.tickets.opening import is_open, opening_hours
from desk.automation.reading import newest
from desk.sla.models import Clock
from desk.tickets.models import Ticket, TicketEvent
from policies.automation import BY_TIME, NO_TOUCH, Book, Facts, Happened, On, Rule, fires, kinds_for, ons_of
from policies.automation_past import TELLING, Line, Moment, as_then, from_today
from policies.clocks import Calendar

MOST_LINES = 20_000  # that some rule hears, the newest
MOST_READ = 200_000  # in which they are looked for
MOST_FOUND = 5_000  # by one time rule
SAMPLE = 10  # tickets of a rule that are named
_PORTION = 1_000  # tickets whose facts are looked up together
_UNTOUCHED = """
SELECT ticket_id, at FROM (
    SELECT event.ticket_id, event.id, event.at,
        lead(event.at, 1, %(now)s) OVER (PARTITION BY event.ticket_id ORDER BY event.id) AS next_at, event.data
    FROM tickets_ticketevent AS event
    WHERE event.id >= %(first)s AND event.kind <> ALL(%(no_touch)s) AND NOT event.data ? 'automation'
) AS line
WHERE next_at - at >= %(length)s AND at + %(length)s BETWEEN %(since)s AND %(now)s
AND (data->>'to') IS DISTINCT FROM 'resolved' AND (data->>'to') IS DISTINCT FROM 'spam'
ORDER BY id DESC LIMIT %(most)s
"""


@dataclass(slots=True)
class Tried:
    """One rule: how often it would have fired, and on which tickets."""

    rule: Rule
    heard: int = 0  # how often it was set off, whatever its conditions said
    fired: int = 0
    fired_on: dict[int, datetime] = field(default_factory=dict)  # when last, by ticket

    def add(self, ticket_id: int, at: datetime) -> None:
        """It would have fired there."""
        self.fired += 1
        self.fired_on[ticket_id] = max(at, self.fired_on.get(ticket_id, at))

    def as_json(self) -> dict[str, Any]:
        """With the tickets on which it fired last, and the conditions that were held against the ticket of today."""
        newest = sorted(self.fired_on.items(), key=lambda one: one[1], reverse=True)[:SAMPLE]
        return {
            "key": self.rule.key, "name": self.rule.name, "heard": self.heard, "fired": self.fired,
            "tickets": len(self.fired_on), "today": from_today(self.rule.when),
            "sample": [{"ticket": ticket_id, "at": at.isoformat()} for ticket_id, at in newest],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """Something that happened on a ticket."""

    ticket_id: int
    moment: Moment
    happened: Happened


@dataclass(frozen=True, slots=True)
class Then:
    """The same with what its ticket was at that moment."""

    found: Found
    facts: Facts


def tried(book: Book, days: int, now: datetime, step: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """The last days under these rules, as `Trial.result` keeps it; `step` is called after each portion of tickets.

    `whole`: nothing was left out because there was too much.
    """
    since = now - timedelta(days=days)
    found, lines, whole = _on_the_timeline(book, since, now)
    for rule in book.active:
        by_time = _by_time(rule, since, now)
        whole = whole and len(by_time) < MOST_FOUND
        found += by_time
    results = {rule.key: Tried(rule) for rule in book.active}
    of_ticket: dict[int, list[Found]] = {}
    for one in found:
        of_ticket.setdefault(one.ticket_id, []).append(one)
    ids = sorted(of_ticket, reverse=True)
    hours = opening_hours()
    for begin in range(0, len(ids), _PORTION):
        for then in _then(ids[begin : begin + _PORTION], of_ticket, book, hours, now):
            _hold(book, results, then)
        step()
    rules = list(results.values())
    return {
        "lines": lines, "whole": whole, "fired": sum(one.fired for one in rules),
        "tickets": len(set().union(*(one.fired_on for one in rules))), "rules": [one.as_json() for one in rules],
    }  # fmt: skip


def _hold(book: Book, results: dict[str, Tried], then: Then) -> None:
    """One thing that happened, held against all rules."""
    happened = then.found.happened
    if happened.ons <= set(BY_TIME) and then.facts.state in DONE:
        return  # time passes for nobody any more
    for rule in book.active:
        results[rule.key].heard += happened.heard_by(rule)
    for one in fires(book.active, happened, then.facts):
        results[one.rule.key].add(then.found.ticket_id, then.found.moment.at)


def _then(
    ids: Sequence[int], of_ticket: Mapping[int, Sequence[Found]], book: Book, hours: Calendar, now: datetime
) -> Iterator[Then]:
    """Everything that happened on these tickets, each with what its ticket was at that moment."""
    tickets = _tickets(set(ids))
    today, lines = facts_of(list(tickets.values()), book.active, now), _telling(tickets)
    for ticket_id, ticket in tickets.items():
        for found in of_ticket[ticket_id]:
            facts = as_then(
                today[ticket_id], lines.get(ticket_id, ()), found.moment, first_team=ticket.inbox.team_id or 0
            )
            yield Then(found, replace(facts, open=is_open(found.moment.at, hours)))


def _telling(ticket_ids: Collection[int]) -> dict[int, list[Line]]:
    """What their timelines say of what changed, in order."""
    says = Q(kind__in=TELLING) | Q(data__has_key="to")
    rows = TicketEvent.objects.filter(says, ticket__any_of=set(ticket_ids)).order_by("ticket_id", "id")
    found: dict[int, list[Line]] = {}
    for ticket_id, *line in rows.values_list("ticket_id", "id", "at", "kind", "data"):
        found.setdefault(ticket_id, []).append(Line(*line))
    return found


def _on_the_timeline(book: Book, since: datetime, now: datetime) -> tuple[list[Found], int, bool]:
    ons = {rule.on for rule in book.active}
    begin = _first_read()
    rows = TicketEvent.objects.filter(id__gt=begin, at__gte=since, at__lte=now).order_by("-id")
    if (kinds := kinds_for(ons)) is not None:
        rows = rows.filter(kind__in=kinds)
    lines = list(rows.values_list("id", "ticket_id", "at", "kind", "data")[:MOST_LINES])
    found = []
    for number, ticket_id, at, kind, data in lines:
        happened = ons_of(kind, data) & ons
        if happened:
            chain = tuple(data.get("automation", {}).get("chain", ()))
            found.append(Found(ticket_id, Moment(at, number), Happened(frozenset(happened), chain)))
    oldest = TicketEvent.objects.filter(id__gt=begin).order_by("id").values_list("at", flat=True).first()
    whole = len(lines) < MOST_LINES and (begin <= 0 or oldest is None or oldest <= since)
    return found, len(lines), whole


def _first_read() -> int:
    """The line before the first that is looked at. Times need not follow numbers where a past was told later."""
    return newest() - MOST_READ


def _by_time(rule: Rule, since: datetime, now: datetime) -> list[Found]:
    happened = Happened(frozenset({rule.on}), rules=frozenset({rule.key}))
    length = timedelta(minutes=rule.minutes)
    match rule.on:
        case On.WAITING:
            return [Found(ticket_id, Moment(at + length), happened) for ticket_id, at in _waits(length, since, now)]
        case On.UNTOUCHED:
            return [Found(ticket_id, Moment(at + length), happened) for ticket_id, at in _quiet(length, since, now)]
    return []


def _waits(length: timedelta, since: datetime, now: datetime) -> Iterator[tuple[int, datetime]]:
    """Every wait that grew so long in that time: a response clock runs while somebody waits."""
    wrote = TicketEvent.objects.filter(
        id__gt=_first_read(), at__gte=since - length, kind__in=["ticket_opened", "message_received"]
    )
    tickets = set(wrote.order_by("-id").values_list("ticket_id", flat=True)[:MOST_LINES])
    clocks = Clock.objects.filter(ticket__any_of=tickets).exclude(metric=Clock.Metric.RESOLUTION)
    rows = clocks.filter(started_at__gt=since - length, started_at__lte=now - length).order_by("-started_at", "id")
    for clock in rows[:MOST_FOUND]:
        if (clock.ended_at or now) - clock.started_at >= length:
            yield clock.ticket_id, clock.started_at


def _quiet(length: timedelta, since: datetime, now: datetime) -> list[tuple[int, datetime]]:
    asked: dict[str, Any] = {
        "first": _first_read() + 1, "now": now, "since": since, "length": length, "no_touch": list(NO_TOUCH),
        "most": MOST_FOUND,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_UNTOUCHED, asked)
        return list(cursor.fetchall())


def _tickets(ids: set[int]) -> dict[int, Ticket]:
    rows = Ticket.objects.filter(pk__any_of=ids, merged_into=None, inbox__drill=False)
    return {ticket.pk: ticket for ticket in rows.select_related("inbox", "profile")}
