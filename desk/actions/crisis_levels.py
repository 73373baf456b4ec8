"""Which crisis level holds for which tickets: what response times may ask of crises.

The crises are looked up once for however many tickets, and not at all while no policy asks for their level.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from django.db.models import F, QuerySet, Window
from django.db.models.functions import Left, RowNumber

from desk.crises.active import active_crises
from desk.crises.joined import NOTHING_SAID, decisions, with_decisions
from desk.crises.log import scopes_of
from desk.crises.models import Crisis, CrisisTicket
from desk.crises.plans import plan_of
from desk.sla.promises import Promise, Promises, promises_now
from desk.sla.renewal import Change, same
from desk.tickets.models import Message, Ticket
from policies.crisis_scope import Covering, CrisisFacts, strictest, words_of
from policies.crisis_states import Level

MESSAGES_READ = 50  # of one ticket, the newest
LETTERS_READ = 5_000  # of one message


class LevelsAt:
    """The levels that crises give to tickets, as things stand at one moment."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    @cached_property
    def crises(self) -> list[Covering]:
        """The active ones, in one query, when first asked for."""
        return [crisis.covering for crisis in active_crises()]

    @property
    def ask_for_words(self) -> bool:
        return any(crisis.scope.topics for crisis in self.crises)

    def __call__(self, tickets: Collection[Ticket]) -> Mapping[int, int]:
        if not self.crises:
            return {}
        return {pk: self.of(facts) for pk, facts in crisis_facts(tickets, words=self.ask_for_words).items()}

    def of(self, facts: CrisisFacts, *, without: int | None = None) -> int:
        """The strictest level; `without`: as if this crisis were not there."""
        return strictest((crisis for crisis in self.crises if crisis.id != without), facts, self._now)


def tickets_not_assigned(now: datetime) -> "QuerySet[CrisisTicket, int] | None":
    """Tickets that the plan of a crisis lets the desk give to nobody by itself; None where there is no such crisis."""
    pausing = [
        crisis.pk
        for crisis in active_crises()
        if crisis.plan_id is not None and plan_of(crisis.plan_id).levels[crisis.level_at(now)].pause_assignment
    ]
    rows = CrisisTicket.objects.filter(crisis__in=pausing, left_at=None)
    return rows.values_list("ticket_id", flat=True) if pausing else None


def promises_at(now: datetime) -> Promises:
    """What the policies promise, with the crises that are active at this moment."""
    return promises_now(LevelsAt(now))


def change_by(crisis: Crisis, now: datetime) -> Change:
    """What a crisis changes for open clocks: they get what the policies promise now.

    It concerns the tickets that the crisis covers, or covered before its scope was changed, for which some level of it
    makes a difference to the promise.
    """
    levels = LevelsAt(now)
    promises = promises_now(levels)
    scopes = {crisis.scope, *scopes_of(crisis)}
    words = any(scope.topics for scope in scopes) or levels.ask_for_words

    def promised(tickets: Collection[Ticket]) -> Mapping[int, Promise]:
        asked, told = promises.facts_of(tickets), crisis_facts(tickets, words=words)
        anew = {}
        for pk, facts in told.items():
            put_in = crisis.pk in facts.put_in
            if put_in or any(scope.covers(facts) for scope in scopes):
                others = levels.of(facts, without=crisis.pk)
                possible = [promises.of(replace(asked[pk], crisis_level=max(level, others))) for level in Level]
                if not all(same(possible[0], one) for one in possible):
                    anew[pk] = promises.of(asked[pk])
        return anew

    return promised


def crisis_facts(tickets: Collection[Ticket], *, words: bool) -> dict[int, CrisisFacts]:
    """What crises may ask of tickets, which come with their inboxes; `words`: of what was said on them too."""
    said = words_on(tickets) if words else {}
    decided = decisions([ticket.pk for ticket in tickets])
    return {
        ticket.pk: with_decisions(
            facts_of(ticket, said.get(ticket.pk, frozenset())), decided.get(ticket.pk, NOTHING_SAID)
        )
        for ticket in tickets
    }


def facts_of(ticket: Ticket, words: frozenset[str]) -> CrisisFacts:
    return CrisisFacts(ticket.inbox.network, ticket.inbox_id, ticket.language, words)


def words_on(tickets: Collection[Ticket]) -> dict[int, frozenset[str]]:
    """The words of their customers' newest messages, in one query."""
    newest = Window(RowNumber(), partition_by="ticket_id", order_by=F("id").desc())
    said = Message.objects.filter(
        ticket__any_of=[ticket.pk for ticket in tickets], outgoing=False, deleted_at=None
    ).annotate(place=newest, start=Left("text", LETTERS_READ))
    words: dict[int, frozenset[str]] = {}
    for pk, text in said.filter(place__lte=MESSAGES_READ).values_list("ticket_id", "start"):
        words[pk] = words.get(pk, frozenset()) | words_of(text)
    return words
