"""What a batch works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desk.inboxes.gateway import Author, Item
from desk.signals.topics import Topics
from desk.sla.clocks import ClockBook
from desk.tickets.models import Ticket
from policies.learned_mood import Learned


@dataclass(frozen=True, slots=True)
class Stored:
    """A raw item on its way through."""

    raw_id: int
    item: Item
    received_at: datetime
    attempts: int

    @property
    def at(self) -> datetime:
        return self.item.changed_at or self.item.created_at


@dataclass(frozen=True, slots=True)
class Around:
    """What holds for a whole batch."""

    any_crisis: bool = False  # is active
    topics: Topics = field(default_factory=Topics)  # that are counted by themselves
    learned: Mapping[str, Learned] = field(default_factory=dict)  # from corrections of sentiments, by language


NOTHING_AROUND = Around()


@dataclass(slots=True, eq=False)
class Case:
    """A ticket with its clocks while a batch has it in hand; a new one has no number yet."""

    ticket: Ticket
    book: ClockBook


@dataclass(slots=True)
class Arrival:
    """A message that is new to us, and the ticket it belongs to (None: context)."""

    stored: Stored
    message_id: int
    conversation_id: int
    language: str
    profile_id: int | None = None
    ticket: Ticket | None = None


def author_of(item: Item) -> Author:
    """Who wrote it; where the network names nobody, somebody unknown for this one message."""
    return item.author or Author(external_id=f"unknown:{item.external_id}")
