"""What is there already around the items of a batch, read in the same few queries for however many."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from desk.actions.crises.crisis_levels import promises_at
from desk.actions.intake.authors import Person, save_authors
from desk.actions.intake.batch.crises import CrisesOfBatch
from desk.actions.intake.batch.parts import Around, Case, author_of
from desk.actions.tickets.moving import INVITED_FOR
from desk.common.bulk import insert_rows, next_ids
from desk.inboxes.gateway import Change, Item, ItemKind
from desk.inboxes.models import Inbox
from desk.people.duty import away_ids, off_duty_ids
from desk.people.models import Team
from desk.sla.clocks import ClockBook, open_books
from desk.sla.promises import tags_of, tiers_of
from desk.tickets.models import Conversation, Message, Ticket
from policies.ticket_states import Category, State, info


class Known:
    """Messages, people, conversations and tickets around the items of a batch, new ones included as they come about."""

    def __init__(self, inbox: Inbox, items: Sequence[Item], now: datetime, around: Around) -> None:
        self.inbox = inbox
        self.now = now
        self.items = items
        self.promises = promises_at(now)
        self.crises = CrisesOfBatch(now, any_active=around.any_crisis)
        self.topics, self.learned = around.topics, around.learned
        self.messages: dict[str, int | None] = {}  # by the network's id, with the number of their ticket
        self.arriving: list[Item] = []  # those that are new to us
        self.profiles: dict[str, Person] = {}
        self.conversations: dict[str, int] = {}  # by the network's id of the thread
        self.found_before: set[str] = set()  # what a search found and is now said to us, by the network's id
        self.written_to: dict[str, Case] = {}  # messages of this batch, by the network's id
        self.answers_before: dict[str, list[Message]] = {}
        self.away: set[int] = set()
        self.off_duty: set[int] = set()
        self.new_numbers: Iterator[int] = iter(())  # for the messages that arrive
        self._cases: dict[int, Case] = {}
        self._merged: dict[int, int] = {}
        self._newest: dict[tuple[int, int], Case] = {}  # by author (0 in a private thread) and conversation
        self._tags: dict[int, set[str]] = {}
        self._tiers: dict[int, int] = {}  # of customers who are not standard

    @property
    def tickets(self) -> list[Ticket]:
        """Those that were there before."""
        return [case.ticket for case in self._cases.values()]

    def load(self) -> None:
        ids = {item.external_id for item in self.items} | {item.parent_id for item in self.items if item.parent_id}
        rows = Message.objects.filter(inbox=self.inbox, external_id__any_of=ids)
        self.messages = dict(rows.values_list("external_id", "ticket_id"))
        self._forget_context()
        self.arriving = [
            item for item in self.items if item.external_id not in self.messages and item.change is not Change.DELETED
        ]
        authors = [author_of(item) for item in self.arriving if not item.outgoing]
        self.profiles = save_authors(self.inbox.network, authors, self.now)
        self._load_tickets(self._load_conversations())
        self._load_answers()
        customers = {one.customer_id for one in self.tickets} | {one.customer_id for one in self.profiles.values()}
        asked = self.promises.ask_for_tiers or self.crises.ask_for_tiers
        self._tiers = tiers_of(customers) if asked else {}
        self.away = away_ids(self.now)
        owners = {ticket.assignee_id for ticket in self.tickets if ticket.assignee_id and self.is_assigned(ticket)}
        self.off_duty = off_duty_ids(owners - self.away, self.now)
        self.new_numbers = iter(next_ids(Message, len(self.arriving)))

    def _forget_context(self) -> None:
        """A message that was kept as context and is now said to us arrives like any other."""
        said = {
            item.external_id
            for item in self.items
            if item.addressed and not item.outgoing and item.change is not Change.DELETED
        }
        context = [key for key in said if self.messages.get(key, 0) is None]
        if context:
            rows = Message.objects.filter(inbox=self.inbox, external_id__any_of=context, ticket=None, outgoing=False)
            self.found_before = set(rows.filter(kind=ItemKind.FOUND).values_list("external_id", flat=True))
            rows.delete()
            for key in context:
                del self.messages[key]

    def _load_conversations(self) -> dict[int, int]:
        """All are there afterwards. Gives the tickets that private ones belong to now, by conversation."""
        threads = {item.thread_id: item.private for item in self.arriving}
        rows = [(self.inbox.pk, thread, private, self.now) for thread, private in sorted(threads.items())]
        columns = ("inbox_id", "thread_id", "private", "created_at")
        insert_rows(Conversation, columns, rows, on_conflict="(inbox_id, thread_id) DO NOTHING")
        found = Conversation.objects.filter(inbox=self.inbox, thread_id__any_of=threads)
        current = {}
        for thread, pk, ticket_id in found.values_list("thread_id", "pk", "current_ticket_id"):
            self.conversations[thread] = pk
            if ticket_id:
                current[pk] = ticket_id
        return current

    def _load_tickets(self, current: dict[int, int]) -> None:
        """Every ticket that an arrival could belong to, locked against agents until the batch is done."""
        authors = [profile.pk for profile in self.profiles.values()]  # a viral thread has tickets of thousands more
        below = Ticket.objects.filter(conversation__any_of=self.conversations.values(), profile__any_of=authors)
        newest = below.order_by("profile_id", "conversation_id", "-id")
        ids = set(newest.distinct("profile_id", "conversation_id").values_list("pk", flat=True))
        awaited = self._invited(current)
        current |= awaited
        ids |= set(current.values())
        ids |= {above for item in self.arriving if (above := self.messages.get(item.parent_id))}
        merged = Ticket.objects.filter(pk__any_of=ids, merged_into__isnull=False)
        self._merged = dict(merged.values_list("pk", "merged_into_id"))
        ids |= set(self._merged.values())
        locked = list(Ticket.objects.filter(pk__any_of=ids).select_for_update(of=("self",)).order_by("pk"))
        self._tags = tags_of(ids) if self.promises.ask_for_tags else {}
        books = open_books(locked, self.promises)
        for ticket in locked:
            ticket.inbox = self.inbox
            self._cases[ticket.pk] = Case(ticket, books[ticket.pk])
        self.crises.read(locked)
        for ticket in locked:
            self._newest[ticket.profile_id, ticket.conversation_id] = self.case(ticket.pk)
        self._newest |= {(0, conversation): self.case(ticket_id) for conversation, ticket_id in current.items()}

    def _invited(self, current: dict[int, int]) -> dict[int, int]:
        """The public tickets whose customers we asked to write in private, by the thread in which they now do."""
        begun = {
            self.profiles[author_of(item).external_id[:200]].customer_id: self.conversations[item.thread_id]
            for item in self.arriving
            if item.private and not item.outgoing and self.conversations[item.thread_id] not in current
        }
        if not begun:
            return {}
        since = self.now - INVITED_FOR
        rows = Ticket.objects.filter(
            inbox=self.inbox, customer__any_of=begun, invited_at__gt=since, moved_private_at=None, merged_into=None
        )
        return {begun[customer]: pk for customer, pk in rows.order_by("invited_at").values_list("customer_id", "pk")}

    def _load_answers(self) -> None:
        """Answers typed on the network that reached us before the messages they answer."""
        ids = [item.external_id for item in self.arriving if not item.outgoing]
        early = Message.objects.filter(inbox=self.inbox, outgoing=True, ticket=None, parent_id__any_of=ids)
        for answer in early.only("parent_id", "created_at", "text").order_by("created_at"):
            self.answers_before.setdefault(answer.parent_id, []).append(answer)

    # ── looking up ───────────────────────────────────────────────────────────
    def case(self, ticket_id: int) -> Case:
        """The ticket, or the one into which it was merged."""
        return self._cases[self._merged.get(ticket_id, ticket_id)]

    def answered_by(self, item: Item) -> Case | None:
        """What was typed in the network's own app answers the message above it, or the private thread's ticket."""
        if item.private:
            return self._newest.get((0, self.conversations[item.thread_id]))
        return self._above(item)

    def newest(self, item: Item, profile: Person) -> Case | None:
        """A public thread has a ticket for each author, a private thread one ticket at a time.

        Where a ticket of the thread was split off another, what is said goes to the one that it answers.
        """
        newest, above = self._newest.get(self._place(item, profile)), self._above(item)
        if newest is None or above is None or info(State(above.ticket.state)).category is Category.RESOLVED:
            return newest
        one, other = above.ticket, newest.ticket
        split = (one.profile_id, one.conversation_id) == (other.profile_id, other.conversation_id)
        return above if split else newest

    def opened(self, ticket: Ticket, item: Item, profile: Person) -> Case:
        """A new ticket, the newest of its place from now on."""
        case = self._newest[self._place(item, profile)] = Case(ticket, ClockBook(0, self.promises))
        return case

    def tags(self, ticket: Ticket) -> frozenset[str]:
        return frozenset(self._tags.get(ticket.pk, ())) if self._tags else frozenset()

    def tier(self, ticket: Ticket) -> int:
        return self._tiers.get(ticket.customer_id, 0)

    def is_assigned(self, ticket: Ticket) -> bool:
        """Whether the desk itself finds somebody for it: by the policy of the inbox's team, if it is there still."""
        team = self.inbox.team
        return team is not None and ticket.team_id == team.pk and team.assignment != Team.Assignment.NONE

    def _above(self, item: Item) -> Case | None:
        """The ticket of the message that this one answers."""
        if item.parent_id in self.written_to:
            return self.written_to[item.parent_id]
        ticket_id = self.messages.get(item.parent_id)
        return self.case(ticket_id) if ticket_id else None

    def _place(self, item: Item, profile: Person) -> tuple[int, int]:
        return 0 if item.private else profile.pk, self.conversations[item.thread_id]
