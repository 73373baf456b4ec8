"""Which crisis level holds for which tickets, and which profile of response times the plans of crises bring for them.

The crises are looked up once for however many tickets, and not at all while no policy has a profile.
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
from desk.sla.promises import Promise, Promises, promises_now, tiers_of
from desk.sla.renewal import Change, same
from desk.tickets.models import Message, Ticket
from policies.crisis_plan import CrisisPlan, profile_brought
from policies.crisis_scope import Covering, CrisisFacts, Scope, covering, strictest, words_of
from policies.crisis_states import Level

MESSAGES_READ = 50  # of one ticket, the newest
LETTERS_READ = 5_000  # of one message


class LevelsAt:
    """The levels that crises give to tickets, as things stand at one moment."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    @cached_property
    def _active(self) -> list[Crisis]:
        """In one query, when first asked for."""
        return active_crises()

    @cached_property
    def crises(self) -> list[Covering]:
        return [crisis.covering for crisis in self._active]

    @cached_property
    def plans(self) -> dict[int, CrisisPlan]:
        """What each of them goes by; one query for a plan that this process has not met yet."""
        return {crisis.pk: plan_of(crisis.plan_id) for crisis in self._active if crisis.plan_id is not None}

    @property
    def ask_for_words(self) -> bool:
        return any(scope.topics for scope in self._scopes)

    @property
    def ask_for_tiers(self) -> bool:
        return any(scope.tiers for scope in self._scopes)

    @property
    def _scopes(self) -> list[Scope]:
        return [crisis.scope for crisis in self.crises]

    def __call__(self, tickets: Collection[Ticket]) -> Mapping[int, int]:
        if not self.crises:
            return {}
        return {pk: self.of(facts) for pk, facts in crisis_facts(tickets, self._scopes).items()}

    def of(self, facts: CrisisFacts) -> int:
        """The strictest level."""
        return strictest(self.crises, facts, self._now)

    def profiles(self, tickets: Collection[Ticket]) -> Mapping[int, str]:
        """What `desk.sla.promises` asks."""
        if not self.crises:
            return {}
        return {pk: profile_brought(self.bringing(facts)) for pk, facts in crisis_facts(tickets, self._scopes).items()}

    def bringing(self, facts: CrisisFacts) -> list[tuple[int, int, CrisisPlan]]:
        """The crises that cover a ticket, as (level, id, plan)."""
        found = covering(self.crises, facts, self._now)
        return [(one.standing.level_at(self._now), one.id, self.plans[one.id]) for one in found]


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
    return promises_now(LevelsAt(now).profiles)


def change_by(crisis: Crisis, now: datetime) -> Change:
    """What a crisis changes for open clocks: they get what the policies promise now.

    It concerns the tickets that the crisis covers, or covered before its scope was changed, for which some level of it
    makes a difference to the promise.
    """
    levels = LevelsAt(now)
    promises = promises_now(levels.profiles)
    plan = plan_of(crisis.plan_id) if crisis.plan_id is not None else None
    scopes = {crisis.scope, *scopes_of(crisis)}
    asked_for = [*scopes, *(one.scope for one in levels.crises)]

    def promised(tickets: Collection[Ticket]) -> Mapping[int, Promise]:
        asked, told = promises.facts_of(tickets), crisis_facts(tickets, asked_for)
        anew = {}
        for pk, facts in told.items():
            if plan is None:  # only suspected
                break
            put_in = crisis.pk in facts.put_in
            if crisis.drill == facts.drill and (put_in or any(scope.covers(facts) for scope in scopes)):
                others = [one for one in levels.bringing(facts) if one[1] != crisis.pk]
                brought = [profile_brought([*others, (level, crisis.pk, plan)]) for level in Level]
                possible = [promises.of(replace(asked[pk], profile=profile)) for profile in brought]
                if not all(same(possible[0], one) for one in possible):
                    anew[pk] = promises.of(asked[pk])
        return anew

    return promised


def crisis_facts(tickets: Collection[Ticket], scopes: Collection[Scope]) -> dict[int, CrisisFacts]:
    """What these scopes may ask of tickets, which come with their inboxes; what none of them asks is not looked up."""
    said = words_on(tickets) if any(scope.topics for scope in scopes) else {}
    tiers = tiers_of(ticket.customer_id for ticket in tickets) if any(scope.tiers for scope in scopes) else {}
    decided = decisions([ticket.pk for ticket in tickets])
    return {
        ticket.pk: with_decisions(
            facts_of(ticket, said.get(ticket.pk, frozenset()), tiers.get(ticket.customer_id, 0)),
            decided.get(ticket.pk, NOTHING_SAID),
        )
        for ticket in tickets
    }


def facts_of(ticket: Ticket, words: frozenset[str], tier: int) -> CrisisFacts:
    inbox = ticket.inbox
    return CrisisFacts(inbox.network, inbox.pk, ticket.language, words, drill=inbox.drill, brand=inbox.brand, tier=tier)


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
