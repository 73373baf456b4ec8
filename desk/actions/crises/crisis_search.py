"""Tickets that were there before a crisis, or before its new scope: looked through, portion by portion.

What arrives later joins as it arrives (`batch/crises.py`). Each portion holds the lock of its inbox, as ingest does: a
batch that had begun before the crisis is done by then, and one that begins after it knows the crisis, so that no ticket
falls in between and the two never wait for each other's rows.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min, Window
from django.db.models.functions import Left, RowNumber

from desk.actions.crises.crisis_levels import LETTERS_READ, MESSAGES_READ, facts_of
from desk.actions.crises.crisis_likeness import examples, how_covered
from desk.actions.intake.ingest import take_inbox
from desk.actions.tickets.announce import announce
from desk.common.background import enqueue
from desk.common.bulk import insert_rows
from desk.crises.joined import NOTHING_SAID, Counts, decisions, join, with_decisions
from desk.crises.models import Crisis, CrisisSearch
from desk.inboxes.models import Inbox
from desk.signals.moods import current_moods
from desk.sla.promises import tiers_of
from desk.tickets.models import Message, Ticket, TicketEvent
from policies.crisis_scope import words_of
from policies.near_duplicates import digest
from policies.ticket_states import State
from policies.triage import judge

BEFORE = timedelta(hours=3)  # before somebody noticed: so old may the tickets be that belong to it
PORTION = 500  # tickets, during which the inbox waits


def look_back(crisis: Crisis, now: datetime) -> None:
    """Ask for the search, in the transaction of what made it necessary. A suspicion has no effect, and needs none."""
    if crisis.state != Crisis.State.ACTIVE:
        return
    inboxes = Inbox.objects.filter(drill=crisis.drill)
    scope = crisis.scope
    if scope.networks:
        inboxes = inboxes.filter(network__in=scope.networks)
    if scope.inboxes:
        inboxes = inboxes.filter(pk__in=scope.inboxes)
    if scope.brands:
        inboxes = inboxes.filter(brand__in=scope.brands)
    since = crisis.created_at - BEFORE
    CrisisSearch.objects.bulk_create(
        CrisisSearch(crisis=crisis, inbox_id=pk, since=since) for pk in inboxes.values_list("pk", flat=True)
    )
    enqueue("desk.tasks.search_for_crises")


def search(now: datetime) -> int:
    """Do what was asked; how many tickets joined. Killed at any line it goes on where it was."""
    total = 0
    while (found := _next_portion(now)) is not None:
        total += found
    return total


@transaction.atomic
def _next_portion(now: datetime) -> int | None:
    """None where there is nothing to do, or somebody else does it."""
    wish = CrisisSearch.objects.filter(done_at=None).order_by("id").select_for_update(skip_locked=True).first()
    if wish is None:
        return None
    take_inbox(wish.inbox_id)
    crisis = Crisis.objects.get(pk=wish.crisis_id)
    tickets = _portion(wish) if crisis.state == Crisis.State.ACTIVE else []
    joined = _join(crisis, tickets, now) if tickets else 0
    if tickets:
        wish.reached = tickets[-1].pk
    if len(tickets) < PORTION:
        wish.done_at = now
    wish.save(update_fields=["reached", "done_at"])
    return joined


def _portion(wish: CrisisSearch) -> list[Ticket]:
    """From the first ticket of that time on, so that a million older ones are not looked at."""
    if not wish.reached:
        first = Ticket.objects.filter(created_at__gte=wish.since).aggregate(first=Min("pk"))["first"]
        wish.reached = (first or 1) - 1
    rows = Ticket.objects.filter(inbox=wish.inbox_id, pk__gt=wish.reached, created_at__gte=wish.since)
    waits = rows.exclude(state=State.SPAM).filter(merged_into=None)
    return list(waits.select_related("inbox", "profile").order_by("pk")[:PORTION])


def _join(crisis: Crisis, tickets: Sequence[Ticket], now: datetime) -> int:
    said = _said_on(tickets)
    decided, known = decisions([ticket.pk for ticket in tickets]), examples([crisis.pk])
    tiers = tiers_of(ticket.customer_id for ticket in tickets) if crisis.scope.tiers else {}
    hows: dict[int, str] = {}
    for ticket in tickets:
        texts = [text for _at, text, _language in said.get(ticket.pk, ())]
        facts = facts_of(ticket, frozenset().union(*map(words_of, texts)), tiers.get(ticket.customer_id, 0))
        facts = with_decisions(facts, decided.get(ticket.pk, NOTHING_SAID))
        how = how_covered(crisis.covering, facts, list(map(digest, texts)) if known else [], known)
        if how:
            hows[ticket.pk] = how
    _lock(hows)
    by_id = {ticket.pk: ticket for ticket in tickets}
    rows = ((crisis.pk, pk, how, by_id[pk].profile.followers or 0) for pk, how in hows.items())
    fresh = [by_id[pk] for _crisis, pk in sorted(join(rows, now))]
    lines = ((one.pk, "crisis_joined", now, json.dumps({"crisis": crisis.pk, "how": hows[one.pk]})) for one in fresh)
    insert_rows(TicketEvent, ("ticket_id", "kind", "at", "data"), lines)
    announce((ticket, "change") for ticket in fresh)
    count([crisis.pk], fresh)
    return len(fresh)


def _lock(ticket_ids: Iterable[int]) -> None:
    """Before their rows are written, as whoever puts one in by hand does: otherwise the two wait for each other."""
    rows = Ticket.objects.filter(pk__any_of=list(ticket_ids)).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk"))


def count(crisis_ids: Sequence[int], tickets: Sequence[Ticket], *, times: int = 1) -> None:
    """What was said and answered on tickets that join, or with -1 leave: the last statement of a transaction."""
    counts, learned = Counts(), current_moods()
    inboxes = {ticket.pk: ticket.inbox_id for ticket in tickets}
    for ticket_id, messages in _said_on(tickets).items():
        for at, text, language in messages:
            sentiment = judge(text, language, learned=learned).sentiment
            counts.said(crisis_ids, inboxes[ticket_id], at, sentiment, times=times)
    answers = Message.objects.filter(ticket__any_of=list(inboxes), outgoing=True)
    for ticket_id, at in answers.values_list("ticket_id", "created_at"):
        counts.answered(crisis_ids, inboxes[ticket_id or 0], at, times=times)
    counts.write()


def _said_on(tickets: Sequence[Ticket]) -> dict[int, list[tuple[datetime, str, str]]]:
    """What customers wrote, by ticket: when, the beginning, and in which language. The newest of each, in one query."""
    newest = Window(RowNumber(), partition_by="ticket_id", order_by=F("id").desc())
    rows = Message.objects.filter(ticket__any_of=[ticket.pk for ticket in tickets], outgoing=False, deleted_at=None)
    rows = rows.annotate(place=newest, start=Left("text", LETTERS_READ)).filter(place__lte=MESSAGES_READ)
    found: dict[int, list[tuple[datetime, str, str]]] = {}
    for ticket_id, at, text, language in rows.values_list("ticket_id", "created_at", "start", "language"):
        found.setdefault(ticket_id, []).append((at, text, language))
    return found
