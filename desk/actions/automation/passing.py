"""What time brings about: customers who have waited for so long, tickets that nobody touched, crises that ended.

None of it looks at all tickets. Who waits is found by when they began to, in the time that has passed since the last
look; what nobody touched by lines of the timeline that grow old; a crisis that ended by its own tickets, bit by bit.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from desk.automation.models import Reading, Walk
from desk.automation.reading import last_before
from desk.crises.models import Crisis, CrisisTicket
from desk.tickets.models import Ticket, TicketEvent
from policies.automation import NO_TOUCH, Book, Happened, On, Rule
from policies.ticket_states import State

Brought = tuple[int, Happened, str]  # ticket, what happened, and what names it in the log
SHORTEST_LOOK = timedelta(seconds=1)
DONE = (State.RESOLVED, State.SPAM)


def time_brings(reading: Reading, book: Book, now: datetime, most: int) -> tuple[list[Brought], bool]:
    """What the time since the last look brought, and whether there is more. Moves `reading` on; the caller saves it."""
    since, until = reading.looked_at, max(now, reading.looked_at)
    waits = [rule for rule in book.active if rule.on is On.WAITING]
    until = _bearable(waits, since, until, most)
    found = [one for rule in waits for one in _waiting(rule, since, until)]
    _note_ended(since, until, wanted=any(rule.on is On.CRISIS_ENDED for rule in book.active))
    ended, more_tickets = _of_ended_crises(most)
    found += ended
    more = until < now or more_tickets
    for minutes in sorted({rule.minutes for rule in book.active if rule.on is On.UNTOUCHED}):
        untouched, more_lines = _untouched(book, minutes, now, most)
        found += untouched
        more = more or more_lines
    reading.looked_at = until
    return found, more


def _bearable(rules: Sequence[Rule], since: datetime, until: datetime, most: int) -> datetime:
    """Until when to look, so that it is no more than one transaction can do: after a standstill in several looks."""
    while until - since > SHORTEST_LOOK and any(
        _began_to_wait(rule, since, until).values_list("pk")[most : most + 1] for rule in rules
    ):
        until = since + (until - since) / 2
    return until


def _began_to_wait(rule: Rule, since: datetime, until: datetime) -> "QuerySet[Ticket]":
    length = timedelta(minutes=rule.minutes)
    return Ticket.objects.filter(waits_from__gt=since - length, waits_from__lte=until - length)


def _waiting(rule: Rule, since: datetime, until: datetime) -> Iterator[Brought]:
    rows = _began_to_wait(rule, since, until).exclude(state__in=DONE).order_by("waits_from", "id")
    for ticket_id, waits_from in rows.values_list("pk", "waits_from"):
        yield (
            ticket_id,
            Happened(frozenset({On.WAITING}), rules=frozenset({rule.key})),
            f"waiting {waits_from.isoformat()}",
        )


def _untouched(book: Book, minutes: int, now: datetime, most: int) -> tuple[list[Brought], bool]:
    """By lines that are so old now: where one is the last that somebody or something wrote on its ticket."""
    before = now - timedelta(minutes=minutes)
    walk, new = Walk.objects.get_or_create(key=f"untouched {minutes}")
    if new:
        walk.reached = last_before(before)
    rows = TicketEvent.objects.filter(id__gt=walk.reached).order_by("id")
    old = []
    for number, ticket_id, at in rows.values_list("id", "ticket_id", "at")[:most]:
        if at > before:
            break
        old.append((number, ticket_id))
    walk.reached = old[-1][0] if old else walk.reached
    walk.save()
    rules = frozenset(rule.key for rule in book.active if rule.on is On.UNTOUCHED and rule.minutes == minutes)
    happened = Happened(frozenset({On.UNTOUCHED}), rules=rules)
    last = _last_touches([ticket_id for _number, ticket_id in old])
    found = [(ticket, happened, f"untouched {number}") for number, ticket in old if last.get(ticket) == number]
    return found, len(old) == most


def _last_touches(ticket_ids: Sequence[int]) -> dict[int, int]:
    """The last line on each that is somebody's doing, or its customer's; not of tickets that are done."""
    rows = TicketEvent.objects.filter(ticket__any_of=set(ticket_ids)).exclude(kind__in=NO_TOUCH)
    rows = rows.exclude(data__has_key="automation").exclude(ticket__state__in=DONE)
    return dict(rows.order_by().values_list("ticket_id").annotate(last=Max("id")))


def _note_ended(since: datetime, until: datetime, *, wanted: bool) -> None:
    if not wanted:
        return
    rows = Crisis.objects.filter(state=Crisis.State.STOOD_DOWN, ended_at__gt=since, ended_at__lte=until)
    for crisis_id in rows.values_list("pk", flat=True):
        Walk.objects.get_or_create(key=f"crisis {crisis_id}")


def _of_ended_crises(most: int) -> tuple[list[Brought], bool]:
    """The next tickets of the first crisis that ended and was not gone through."""
    walk = Walk.objects.filter(key__startswith="crisis ").order_by("id").first()
    if walk is None:
        return [], False
    crisis_id = int(walk.key.removeprefix("crisis "))
    rows = CrisisTicket.objects.filter(crisis=crisis_id, left_at=None, id__gt=walk.reached).order_by("id")
    part = list(rows.values_list("id", "ticket_id")[:most])
    if part:
        walk.reached = part[-1][0]
        walk.save()
    else:
        walk.delete()
    happened = Happened(frozenset({On.CRISIS_ENDED}))
    return [(ticket_id, happened, f"crisis {crisis_id} ended") for _pk, ticket_id in part], True
