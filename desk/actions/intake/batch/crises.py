"""Crises while messages arrive: which profile they bring for a ticket, and which tickets become part of which crisis.

Whether any crisis is active was read with the inbox itself, so that a batch on a quiet day asks nothing more. While one
is, a batch asks the same few queries for however many messages.
"""

from collections.abc import Collection
from datetime import datetime

from desk.actions.crises.crisis_levels import LETTERS_READ, LevelsAt, facts_of, words_on
from desk.actions.crises.crisis_likeness import examples, how_covered
from desk.crises.joined import Counts, Decisions, decisions, join, with_decisions
from desk.crises.models import CrisisTicket
from desk.tickets.models import Ticket
from policies.crisis_plan import profile_brought
from policies.crisis_scope import Covering, words_of
from policies.near_duplicates import Digest, digest

Joined = tuple[Ticket, int, str, int]  # ticket, crisis, how, reach


class CrisesOfBatch:
    """`any_active`: as it was when the inbox was taken."""

    def __init__(self, now: datetime, *, any_active: bool) -> None:
        self._now = now
        self._levels = LevelsAt(now) if any_active else None
        self._words: dict[int, frozenset[str]] = {}  # by the identity of the ticket, which may have no number yet
        self._said: dict[int, Decisions] = {}
        self._examples: dict[int, list[Digest]] = {}
        self._joined: list[Joined] = []
        self._counts = Counts()

    @property
    def _crises(self) -> list[Covering]:
        return self._levels.crises if self._levels is not None else []

    def read(self, tickets: Collection[Ticket]) -> None:
        """What was said before on the tickets that messages may arrive on, and of them."""
        if self._levels is None or not self._crises:
            return
        if self._levels.ask_for_words:
            said = words_on(tickets)
            self._words = {id(ticket): said[ticket.pk] for ticket in tickets if ticket.pk in said}
        known = decisions([ticket.pk for ticket in tickets])
        self._said = {id(ticket): known[ticket.pk] for ticket in tickets if ticket.pk in known}
        self._examples = examples([crisis.id for crisis in self._crises])

    @property
    def ask_for_tiers(self) -> bool:
        """Whether `heard` wants the tier of the customer."""
        return self._levels is not None and self._levels.ask_for_tiers

    def heard(self, ticket: Ticket, text: str, sentiment: str, at: datetime, reach: int | None, tier: int) -> str:
        """The profile of response times that crises bring for a ticket once its customer has said this too; the ticket
        is part of what covers it from now on.
        """
        if self._levels is None or not self._crises:
            return ""
        words = self._words.get(id(ticket), frozenset())
        if self._levels.ask_for_words:
            words = self._words[id(ticket)] = words | words_of(text[:LETTERS_READ])
        said = self._said.setdefault(id(ticket), Decisions())
        facts = with_decisions(facts_of(ticket, words, tier), said)
        shapes = [digest(text[:LETTERS_READ])] if self._examples else []
        for crisis in self._crises:
            if crisis.id in said.part_of or crisis.id in said.taken_out or not crisis.standing.level_at(self._now):
                continue
            how = how_covered(crisis, facts, shapes, self._examples)
            if how:
                said.part_of.add(crisis.id)
                if how != CrisisTicket.How.SCOPE:
                    said.put_in.add(crisis.id)
                self._joined.append((ticket, crisis.id, how, reach or 0))
        active = said.part_of & {crisis.id for crisis in self._crises}
        self._counts.said(active, ticket.inbox_id, at, sentiment)
        return profile_brought(self._levels.bringing(with_decisions(facts, said)))

    def answered(self, ticket: Ticket, at: datetime) -> None:
        """Somebody answered in the network's own app."""
        if self._crises and (said := self._said.get(id(ticket))) is not None:
            self._counts.answered(said.part_of, ticket.inbox_id, at)

    def join(self) -> list[tuple[Ticket, str, datetime, dict[str, object]]]:
        """Write down what became part of a crisis, once tickets have their numbers; gives lines for their timelines."""
        pairs = join(((crisis, ticket.pk, how, reach) for ticket, crisis, how, reach in self._joined), self._now)
        return [
            (ticket, "crisis_joined", self._now, {"crisis": crisis, "how": how})
            for ticket, crisis, how, _reach in self._joined
            if (crisis, ticket.pk) in pairs
        ]

    def count(self) -> None:
        """The last statement of a batch: these rows are shared with people who put tickets in by hand."""
        self._counts.write()
