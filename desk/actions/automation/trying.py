"""What a version would have done in the last days: on the real timeline, without doing anything.

What happened is read from the past; conditions are held against the tickets as they are now, because of most of them
nothing else is known. What one rule would have set off through another is not followed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.automation.gathering import facts_of
from desk.automation.models import AutomationVersion
from desk.automation.reading import newest
from desk.common.errors import Invalid, Missing
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.sla.models import Clock
from desk.tickets.models import Ticket, TicketEvent
from policies.automation import NO_TOUCH, Book, Facts, Happened, On, Rule, fires, kinds_for, ons_of

DAYS = (1, 7, 14, 30)
MOST_DAYS = 30
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
    """One rule: how often it would have fired, on how many tickets, and some of them, the newest first."""

    rule: Rule
    heard: int = 0  # how often it was set off, whatever its conditions said
    fired: int = 0
    tickets: set[int] = field(default_factory=set)
    sample: list[tuple[Ticket, datetime]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Trial:
    """What all rules of a version would have done. `whole`: nothing was left out because there was too much."""

    since: datetime
    days: int
    lines: int
    whole: bool
    rules: list[Tried]

    @property
    def tickets(self) -> int:
        return len(set().union(*(one.tickets for one in self.rules)))

    @property
    def fired(self) -> int:
        return sum(one.fired for one in self.rules)


def preview(reader: User, number: int, days: int, *, now: datetime | None = None) -> Trial:
    """The last days under version `number`, whatever its state. Raises Invalid, Missing."""
    require(reader, Permission.WRITE_AUTOMATION)
    version = AutomationVersion.objects.filter(number=number).first()
    if version is None:
        raise Missing(_("There is no version %(number)d of automation.") % {"number": number})
    if not 1 <= days <= MOST_DAYS:
        words = _("Choose 1 to %(most)d days.") % {"most": MOST_DAYS}
        raise Invalid(words, errors={"days": [words]})
    return tried(version.book(), days, now or timezone.now())


def tried(book: Book, days: int, now: datetime) -> Trial:
    """The same for any rules."""
    since = now - timedelta(days=days)
    found, lines, whole = _on_the_timeline(book, since)
    for rule in book.active:
        by_time = _by_time(rule, since, now)
        whole = whole and len(by_time) < MOST_FOUND
        found += by_time
    found.sort(key=lambda one: one[1], reverse=True)
    tickets = _tickets({ticket_id for ticket_id, _at, _happened in found})
    facts = _facts(list(tickets.values()), book, now)
    results = {rule.key: Tried(rule) for rule in book.active}
    for ticket_id, at, happened in found:
        if ticket_id not in facts:
            continue
        for rule in book.active:
            results[rule.key].heard += happened.heard_by(rule)
        for one in fires(book.active, happened, facts[ticket_id]):
            result = results[one.rule.key]
            result.fired += 1
            if ticket_id not in result.tickets and len(result.sample) < SAMPLE:
                result.sample.append((tickets[ticket_id], at))
            result.tickets.add(ticket_id)
    return Trial(since, days, lines, whole, list(results.values()))


Found = tuple[int, datetime, Happened]  # ticket, when, and what


def _on_the_timeline(book: Book, since: datetime) -> tuple[list[Found], int, bool]:
    ons = {rule.on for rule in book.active}
    begin = _first_read()
    rows = TicketEvent.objects.filter(id__gt=begin, at__gte=since).order_by("-id")
    if (kinds := kinds_for(ons)) is not None:
        rows = rows.filter(kind__in=kinds)
    lines = list(rows.values_list("ticket_id", "at", "kind", "data")[:MOST_LINES])
    found = []
    for ticket_id, at, kind, data in lines:
        happened = ons_of(kind, data) & ons
        if happened:
            chain = tuple(data.get("automation", {}).get("chain", ()))
            found.append((ticket_id, at, Happened(frozenset(happened), chain)))
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
            return [(ticket_id, at + length, happened) for ticket_id, at in _waits(length, since, now)]
        case On.UNTOUCHED:
            return [(ticket_id, at + length, happened) for ticket_id, at in _quiet(length, since, now)]
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


def _facts(tickets: Sequence[Ticket], book: Book, now: datetime) -> dict[int, Facts]:
    found: dict[int, Facts] = {}
    for begin in range(0, len(tickets), _PORTION):
        found |= facts_of(tickets[begin : begin + _PORTION], book.active, now)
    return found
