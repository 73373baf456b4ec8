"""From a network's item to a ticket, second half: one batch of one inbox in one transaction.

Read `Batch.run` from top to bottom. What arrives for the first time is worked out in memory and written set-based, a
statement a table; edits, deletions and what turns context into a mention are rare and go one by one
(`desk.actions.revisions`) once the arrivals are written.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from desk.actions import assignment, revisions
from desk.actions.alert_plan import save_clocks
from desk.actions.announce import announce
from desk.actions.authors import Person, save_authors
from desk.actions.crisis_levels import LevelsOfBatch, promises_at
from desk.actions.follow import CLOCK_COLUMNS, put_in_order
from desk.common.background import enqueue
from desk.common.bulk import insert_rows, next_ids, update_rows
from desk.inboxes.gateway import Author, Change, Item
from desk.inboxes.models import Inbox, RawItem
from desk.people.duty import away_ids, off_duty_ids
from desk.people.models import Team
from desk.replies.outbox import recognise
from desk.sla.clocks import ClockBook, open_books
from desk.sla.promises import tags_of
from desk.tickets.models import (
    OPEN_STATES,
    Attachment,
    Conversation,
    Message,
    Priority,
    Ticket,
    TicketEvent,
    preview_of,
)
from policies.conversation import LastTicket, Placement, ticket_for
from policies.sla import Facts
from policies.ticket_states import Category, Event, State, info, next_state
from policies.triage import Hints, Triage, triage

MOST_WAITS, WAIT = 10, timedelta(seconds=30)  # for a message that was deleted before it reached us
HIGH_SCORE = 20  # of policies.triage.priority_score: negative with reach, or private and negative

_TICKET = (
    "id", "inbox_id", "conversation_id", "customer_id", "profile_id", "team_id", "language", "sentiment", "created_at",
    "received_at",
)  # fmt: skip
_MOVING = (
    "state", "assignee_id", "priority", *CLOCK_COLUMNS, "last_message_at", "last_reply_at", "preview",
    "preview_outgoing", "private", "unread", "original_gone", "problem", "resolved_at", "snoozed_until",
)  # fmt: skip
_MESSAGE = (
    "id", "conversation_id", "ticket_id", "inbox_id", "raw_item_id", "external_id", "parent_id", "kind", "profile_id",
    "outgoing",
    "private", "text", "language", "url", "reply_allowed", "created_at", "received_at", "hidden", "liked",
)  # fmt: skip


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


@dataclass(slots=True)
class Arrival:
    """A message that is new to us, and the ticket it belongs to (None: context)."""

    stored: Stored
    message_id: int
    conversation_id: int
    profile_id: int | None
    ticket: Ticket | None
    language: str


class Batch:
    """Some raw items of one inbox. The caller holds the inbox's lock and a transaction."""

    def __init__(self, inbox: Inbox, stored: Sequence[Stored], now: datetime) -> None:
        self.inbox = inbox
        self.now = now
        self.stored = sorted(stored, key=lambda one: (one.at, one.raw_id))  # networks deliver out of order
        self.arrivals: list[Arrival] = []
        self.tickets: list[Ticket] = []  # all that this batch may touch, known by their position here
        self.books: list[ClockBook] = []  # by the same position
        self.opened: list[int] = []
        self.touched: dict[int, str] = {}  # position → why, for the live event
        self.events: list[tuple[Ticket, str, datetime, dict[str, object]]] = []
        self.disordered: set[int] = set()  # positions that got a message older than one they had
        self.promises = promises_at(now)
        self.crisis_levels = LevelsOfBatch(self.promises, now)
        self.adopted: list[tuple[int, Ticket]] = []  # own messages that were here before the question they answer

    def run(self) -> set[int]:
        """Everything, in order. Gives back the raw items that have to come again later."""
        self._load()
        rare = []
        for stored in self.stored:
            item = stored.item
            if item.change is Change.DELETED or item.external_id in self.known:
                rare.append(stored)
            else:
                self._arrive(stored)
        self._write()
        self._put_in_order()
        unknown = [stored for stored in rare if not revisions.revise(self.inbox, stored.item, self.now)]
        self._tell()
        return self._await(unknown)

    def _await(self, unknown: Sequence[Stored]) -> set[int]:
        """Deletions that overtook their message wait for it, a while."""
        again = [stored.raw_id for stored in unknown if stored.attempts < MOST_WAITS]
        RawItem.objects.filter(pk__any_of=again).update(attempts=F("attempts") + 1, retry_at=self.now + WAIT)
        return set(again)

    # ── what is there already ────────────────────────────────────────────────
    def _load(self) -> None:
        items = [stored.item for stored in self.stored]
        ids = {item.external_id for item in items} | {item.parent_id for item in items if item.parent_id}
        rows = Message.objects.filter(inbox=self.inbox, external_id__any_of=ids)
        self.known: dict[str, int | None] = dict(rows.values_list("external_id", "ticket_id"))  # message → ticket
        self._forget_context(items)
        self.written_to: dict[str, int] = {}  # message of this batch → position of its ticket
        arriving = [item for item in items if item.external_id not in self.known and item.change is not Change.DELETED]
        authors = [_author(item) for item in arriving if not item.outgoing]
        self.profiles = save_authors(self.inbox.network, authors, self.now)
        self._load_conversations(arriving)
        self._load_tickets(arriving)
        self._load_answers(arriving)
        self.away = away_ids(self.now)
        owners = {ticket.assignee_id for ticket in self.tickets if ticket.assignee_id and self._is_assigned(ticket)}
        self.off_duty = off_duty_ids(owners - self.away, self.now)
        self.message_ids = iter(next_ids(Message, len(arriving)))

    def _forget_context(self, items: Sequence[Item]) -> None:
        """A message that was kept as context and is now said to us arrives like any other."""
        said = {
            item.external_id
            for item in items
            if item.addressed and not item.outgoing and item.change is not Change.DELETED
        }
        context = [key for key in said if self.known.get(key, 0) is None]
        if context:
            Message.objects.filter(inbox=self.inbox, external_id__any_of=context, ticket=None, outgoing=False).delete()
            self.known = {key: ticket for key, ticket in self.known.items() if key not in context}

    def _load_conversations(self, items: Sequence[Item]) -> None:
        threads = {item.thread_id: item.private for item in items}
        rows = [(self.inbox.pk, thread, private, self.now) for thread, private in sorted(threads.items())]
        columns = ("inbox_id", "thread_id", "private", "created_at")
        insert_rows(Conversation, columns, rows, on_conflict="(inbox_id, thread_id) DO NOTHING")
        found = Conversation.objects.filter(inbox=self.inbox, thread_id__any_of=threads)
        self.conversations = {
            thread: (pk, current) for thread, pk, current in found.values_list("thread_id", "pk", "current_ticket_id")
        }

    def _load_tickets(self, items: Sequence[Item]) -> None:
        """Every ticket that an arrival could belong to, locked against agents until the batch is done."""
        conversations = [pk for pk, _current in self.conversations.values()]
        authors = [profile.pk for profile in self.profiles.values()]  # a viral thread has tickets of thousands more
        below = Ticket.objects.filter(conversation__any_of=conversations, profile__any_of=authors)
        newest = below.order_by("profile_id", "conversation_id", "-id")
        ids = set(newest.distinct("profile_id", "conversation_id").values_list("pk", flat=True))
        ids |= {current for _pk, current in self.conversations.values() if current}
        ids |= {ticket for item in items if (ticket := self.known.get(item.parent_id))}
        merged = Ticket.objects.filter(pk__any_of=ids, merged_into__isnull=False)
        self.merged = dict(merged.values_list("pk", "merged_into_id"))
        ids |= set(self.merged.values())
        locked = list(Ticket.objects.filter(pk__any_of=ids).select_for_update(of=("self",)).order_by("pk"))
        self.tags = tags_of(ids) if self.promises.ask_for_tags else {}
        books = open_books(locked, self.promises)
        for one in locked:
            one.inbox = self.inbox
        self.crisis_levels.read(locked)
        self.by_id = {ticket.pk: self._keep(ticket, books[ticket.pk]) for ticket in locked}
        # a public thread has a ticket for each author, a private thread has one ticket at a time (author 0)
        self.newest = {(ticket.profile_id, ticket.conversation_id): self._position(ticket.pk) for ticket in locked}
        self.newest |= {(0, pk): self._position(current) for pk, current in self.conversations.values() if current}

    def _load_answers(self, items: Sequence[Item]) -> None:
        """Answers typed on the network that reached us before the messages they answer."""
        ids = [item.external_id for item in items if not item.outgoing]
        early = Message.objects.filter(inbox=self.inbox, outgoing=True, ticket=None, parent_id__any_of=ids)
        self.answers_before: dict[str, list[Message]] = {}
        for answer in early.only("parent_id", "created_at", "text").order_by("created_at"):
            self.answers_before.setdefault(answer.parent_id, []).append(answer)

    def _position(self, ticket_id: int) -> int:
        return self.by_id[self.merged.get(ticket_id, ticket_id)]

    def _keep(self, ticket: Ticket, book: ClockBook) -> int:
        self.tickets.append(ticket)
        self.books.append(book)
        return len(self.tickets) - 1

    # ── one arrival ──────────────────────────────────────────────────────────
    def _arrive(self, stored: Stored) -> None:
        item = stored.item
        conversation_id, _current = self.conversations[item.thread_id]
        profile = None if item.outgoing else self.profiles[_author(item).external_id[:200]]
        verdict = triage(item.text, self._hints(item)) if not item.outgoing else None
        language = verdict.language if verdict else item.language[:2]
        arrival = Arrival(
            stored, next(self.message_ids), conversation_id, profile.pk if profile else None, None, language
        )
        self.arrivals.append(arrival)
        self.known[item.external_id] = None
        if item.outgoing:
            position = self._ticket_of_own_words(item)
            if position is not None:
                arrival.ticket = self.tickets[position]
                self._answered(position, arrival.message_id, item.created_at, item.text, private=item.private)
        elif item.addressed and profile is not None and verdict is not None:
            position, placement = self._ticket_of_customer(arrival, profile, verdict)
            self._customer_wrote(position, arrival, verdict, placement)

    def _ticket_of_own_words(self, item: Item) -> int | None:
        """What was typed in the network's own app answers the message above it, or the private thread's ticket."""
        if item.private:
            return self.newest.get((0, self.conversations[item.thread_id][0]))
        if item.parent_id in self.written_to:
            return self.written_to[item.parent_id]
        ticket_id = self.known.get(item.parent_id)
        return self._position(ticket_id) if ticket_id else None

    def _ticket_of_customer(self, arrival: Arrival, profile: Person, verdict: Triage) -> tuple[int, Placement]:
        item = arrival.stored.item
        key = (0 if item.private else profile.pk, arrival.conversation_id)
        position = self.newest.get(key)
        last = None if position is None else self._last(self.tickets[position])
        placement = ticket_for(item.created_at, last, self.inbox.conversation_window_hours)
        if position is None or placement is Placement.NEW:
            position = self.newest[key] = self._open(arrival, profile, verdict)
        return position, placement

    def _last(self, ticket: Ticket) -> LastTicket:
        return LastTicket(state=State(ticket.state), last_message_at=ticket.last_message_at)

    def _open(self, arrival: Arrival, profile: Person, verdict: Triage) -> int:
        item = arrival.stored.item
        ticket = Ticket(
            inbox=self.inbox,
            conversation_id=arrival.conversation_id,
            customer_id=profile.customer_id,
            profile_id=profile.pk,
            team_id=self.inbox.team_id,
            language=verdict.language,
            sentiment=verdict.sentiment,
            created_at=item.created_at,
            received_at=arrival.stored.received_at,
            last_message_at=item.created_at,
        )
        position = self._keep(ticket, ClockBook(0, self.promises))
        self.opened.append(position)
        return position

    def _customer_wrote(self, position: int, arrival: Arrival, verdict: Triage, placement: Placement) -> None:
        ticket, item, book = self.tickets[position], arrival.stored.item, self.books[position]
        is_new = placement is Placement.NEW
        before = State(ticket.state)
        settled = placement is Placement.APPEND and info(before).category is Category.RESOLVED
        if not settled:  # spam stays spam, and what only arrived late opens nothing again
            ticket.priority = max(ticket.priority, _priority(verdict))
            book.customer_wrote(item.created_at, arrival.stored.received_at, self._facts(ticket, item))
        if not settled and book.waiting_since is not None:  # else it was answered before it reached us
            ticket.state = next_state(before, Event.CUSTOMER_WROTE)
        if before is not State(ticket.state):
            ticket.resolved_at = ticket.snoozed_until = None
            self._release(ticket)
            book.stands(ticket.state, item.created_at)
        ticket.unread += 1
        ticket.original_gone = False  # here is something to answer
        arrival.ticket = ticket
        self._show(position, item.created_at, item.text, private=item.private, outgoing=False)
        self.written_to[item.external_id] = position
        kind = "ticket_opened" if is_new else "message_received"
        data: dict[str, object] = {"message": arrival.message_id}
        if before is not State(ticket.state):
            data["from"], data["to"] = before, ticket.state
        self.events.append((ticket, kind, item.created_at, data))
        self.touched[position] = "new" if is_new else self.touched.get(position, "message")
        for answer in self.answers_before.pop(item.external_id, ()):
            self.adopted.append((answer.pk, ticket))
            self._answered(position, answer.pk, answer.created_at, answer.text, private=False)

    def _release(self, ticket: Ticket) -> None:
        """A ticket that opens again stays with its last owner, unless they are not there to answer it."""
        gone = self.away | self.off_duty if self._is_assigned(ticket) else self.away
        if ticket.assignee_id in gone:
            self.events.append((ticket, "released", self.now, {"last_owner": ticket.assignee_id}))
            ticket.assignee_id = None

    def _is_assigned(self, ticket: Ticket) -> bool:
        """Whether the desk itself finds somebody for it: by the policy of the inbox's team, if it is there still."""
        team = self.inbox.team
        return team is not None and ticket.team_id == team.pk and team.assignment != Team.Assignment.NONE

    def _answered(self, position: int, message_id: int, at: datetime, text: str, *, private: bool) -> None:
        """A person answered in the network's own app: the same as if they had answered here."""
        ticket, book = self.tickets[position], self.books[position]
        book.human_replied(at)
        before = State(ticket.state)
        ticket.last_reply_at = max(ticket.last_reply_at or at, at)
        if book.waiting_since is None:
            ticket.state = next_state(before, Event.REPLIED)
            book.stands(ticket.state, at)
        if book.behind:
            self.disordered.add(position)
        self._show(position, at, text, private=private, outgoing=True)
        data: dict[str, object] = {"message": message_id, "from": before, "to": ticket.state}
        self.events.append((ticket, "replied_on_network", at, data))
        self.touched[position] = self.touched.get(position, "reply")

    def _show(self, position: int, at: datetime, text: str, *, private: bool, outgoing: bool) -> None:
        """What the row of the queue says: the last word of either side, and until when somebody waits."""
        ticket, book = self.tickets[position], self.books[position]
        book.show_on(ticket)
        if at < ticket.last_message_at:
            self.disordered.add(position)
        if at >= ticket.last_message_at or not ticket.preview:
            ticket.last_message_at = max(at, ticket.last_message_at)
            ticket.preview, ticket.preview_outgoing, ticket.private = preview_of(text), outgoing, private

    def _facts(self, ticket: Ticket, item: Item) -> Facts:
        tags = frozenset(self.tags.get(ticket.pk, ())) if self.tags else frozenset[str]()
        level = self.crisis_levels.after(ticket, item.text)
        return Facts(self.inbox.network, self.inbox.pk, item.private, ticket.priority, ticket.language, tags, level)

    def _hints(self, item: Item) -> Hints:
        author = _author(item)
        return Hints(
            language=item.language,
            account_language=self.inbox.language,
            private=item.private,
            followers=author.followers,
            verified=author.verified,
        )

    # ── writing it down ──────────────────────────────────────────────────────
    def _write(self) -> None:
        for position, pk in zip(self.opened, next_ids(Ticket, len(self.opened)), strict=True):
            self.tickets[position].pk = pk
            self.books[position].belongs_to(pk)
        opened = [self.tickets[position] for position in self.opened]
        moved = [self.tickets[position] for position in self.touched.keys() - set(self.opened)]
        insert_rows(
            Ticket, (*_TICKET, *_MOVING), ([getattr(one, name) for name in (*_TICKET, *_MOVING)] for one in opened)
        )
        update_rows(Ticket, ("id", *_MOVING), ([one.pk, *(getattr(one, name) for name in _MOVING)] for one in moved))
        insert_rows(Message, _MESSAGE, (self._message_row(arrival) for arrival in self.arrivals))
        update_rows(Message, ("id", "ticket_id"), ((message_id, ticket.pk) for message_id, ticket in self.adopted))
        self._write_attachments()
        self._settle_private_threads()
        save_clocks(self.books[position] for position in self.touched)
        insert_rows(
            TicketEvent,
            ("ticket_id", "kind", "at", "data"),
            ((ticket.pk, kind, at, json.dumps(data)) for ticket, kind, at, data in self.events),
        )
        own = [arrival for arrival in self.arrivals if arrival.stored.item.outgoing and arrival.ticket is not None]
        recognise([(one.message_id, one.ticket.pk, one.stored.item) for one in own if one.ticket is not None], self.now)

    def _message_row(self, arrival: Arrival) -> tuple[object, ...]:
        item, stored = arrival.stored.item, arrival.stored
        ticket_id = arrival.ticket.pk if arrival.ticket else None
        return (
            arrival.message_id, arrival.conversation_id, ticket_id, self.inbox.pk, stored.raw_id, item.external_id,
            item.parent_id,
            item.kind, arrival.profile_id, item.outgoing, item.private, item.text, arrival.language, item.url[:1000],
            item.reply_allowed, item.created_at, stored.received_at, False, False,
        )  # fmt: skip

    def _put_in_order(self) -> None:
        """What came in the wrong order is worked out again from all messages, now that they are all there."""
        tickets = [self.tickets[position] for position in self.disordered]
        if tickets:
            put_in_order(tickets, self.promises)
        columns = ("state", *CLOCK_COLUMNS)
        update_rows(Ticket, ("id", *columns), ([one.pk, *(getattr(one, name) for name in columns)] for one in tickets))

    def _write_attachments(self) -> None:
        rows = [
            (
                arrival.message_id,
                file.url[:2000],
                file.kind[:10],
                file.alt_text,
                Attachment.State.PENDING,
                self.now,
                "",
                "",
                "",
                0,
                0,
            )
            for arrival in self.arrivals
            for file in arrival.stored.item.attachments
        ]
        columns = (
            "message_id", "source_url", "kind", "alt_text", "state", "next_attempt_at", "reason", "file",
            "content_type", "size", "attempts",
        )  # fmt: skip
        if insert_rows(Attachment, columns, rows, returning=("id",)):
            enqueue("desk.tasks.fetch_attachments")

    def _settle_private_threads(self) -> None:
        """A private thread belongs to the ticket that its last message went to."""
        private = {
            arrival.conversation_id: arrival.ticket.pk
            for arrival in self.arrivals
            if arrival.stored.item.private and arrival.ticket is not None
        }
        update_rows(Conversation, ("id", "current_ticket_id"), private.items())

    def _tell(self) -> None:
        announce((self.tickets[position], why) for position, why in self.touched.items())
        without = (one for one in map(self.tickets.__getitem__, self.touched) if one.assignee_id is None)
        if self.inbox.team_id and any(self._is_assigned(one) and one.state in OPEN_STATES for one in without):
            assignment.wake(self.inbox.team_id)


def _author(item: Item) -> Author:
    """Who wrote it; where the network names nobody, somebody unknown for this one message."""
    return item.author or Author(external_id=f"unknown:{item.external_id}")


def _priority(verdict: Triage) -> int:
    if verdict.urgent:
        return Priority.URGENT
    return Priority.HIGH if verdict.priority >= HIGH_SCORE else Priority.NORMAL
