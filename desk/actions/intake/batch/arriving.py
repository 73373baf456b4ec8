"""What arrives, one message after the other, worked out in memory: its ticket, what that does to it, and its timeline.

Nothing is read or written here.
"""

from datetime import datetime

from desk.actions.intake.authors import Person
from desk.actions.intake.batch.known import Known
from desk.actions.intake.batch.parts import Arrival, Case, Stored, author_of
from desk.common.bulk import unsaved
from desk.inboxes.gateway import Item, ItemKind
from desk.signals.counting import Tally
from desk.tickets.models import Message, Priority, Ticket, preview_of
from policies.conversation import LastTicket, Placement, ticket_for
from policies.sla import Facts
from policies.ticket_states import Category, Event, State, info, next_state
from policies.triage import Hints, Triage, triage

HIGH_SCORE = 20  # of policies.triage.priority_score: negative with reach, or private and negative


class Arriving:
    """Takes arrivals in the order of time and remembers what has to be written and told."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.arrivals: list[Arrival] = []
        self.opened: list[Case] = []
        self.touched: dict[Case, str] = {}  # why, for the live event
        self.events: list[tuple[Ticket, str, datetime, dict[str, object]]] = []
        self.disordered: set[Case] = set()  # those that got a message older than one they had
        self.adopted: list[tuple[int, Ticket]] = []  # own messages that were here before the question they answer
        self.tally = Tally()
        self._blank = Ticket(inbox=known.inbox, team_id=known.inbox.team_id)

    def take(self, stored: Stored) -> None:
        item = stored.item
        conversation_id = self.known.conversations[item.thread_id]
        arrival = Arrival(stored, next(self.known.new_numbers), conversation_id, item.language[:2])
        self.arrivals.append(arrival)
        self.known.messages[item.external_id] = None
        if item.outgoing:
            case = self.known.answered_by(item)
            if case is not None:
                arrival.ticket = case.ticket
                self._answered(case, arrival.message_id, item.created_at, item.text, private=item.private)
            elif not item.private and item.parent_id:  # what it answers may come behind it: a review that was edited
                answer = Message(pk=arrival.message_id, created_at=item.created_at, text=item.text)
                self.known.answers_before.setdefault(item.parent_id, []).append(answer)
            return
        profile = self.known.profiles[author_of(item).external_id[:200]]
        verdict = triage(item.text, self._hints(item), self.known.learned)
        arrival.profile_id, arrival.language = profile.pk, verdict.language
        if item.addressed:
            case, placement = self._case_of_customer(arrival, profile, verdict)
            if placement is Placement.NEW and profile.aside:
                self._put_aside(case.ticket, item.created_at, profile.aside)
            self._customer_wrote(case, arrival, verdict, placement)
        elif item.kind is ItemKind.FOUND and not profile.aside:
            self._count(arrival, verdict)

    def _hints(self, item: Item) -> Hints:
        author = author_of(item)
        return Hints(
            language=item.language,
            account_language=self.known.inbox.language,
            private=item.private,
            followers=author.followers,
            verified=author.verified,
            rating=item.rating,
        )

    def _case_of_customer(self, arrival: Arrival, profile: Person, verdict: Triage) -> tuple[Case, Placement]:
        item = arrival.stored.item
        case = self.known.newest(item, profile)
        last = None if case is None else LastTicket(State(case.ticket.state), case.ticket.last_message_at)
        placement = ticket_for(item.created_at, last, self.known.inbox.conversation_window_hours)
        if case is None or placement is Placement.NEW:
            case = self.known.opened(self._new_ticket(arrival, profile, verdict), item, profile)
            self.opened.append(case)
        return case, placement

    def _new_ticket(self, arrival: Arrival, profile: Person, verdict: Triage) -> Ticket:
        ticket = unsaved(
            self._blank,
            conversation_id=arrival.conversation_id,
            customer_id=profile.customer_id,
            profile_id=profile.pk,
            language=verdict.language,
            sentiment=verdict.sentiment,
            created_at=arrival.stored.item.created_at,
            received_at=arrival.stored.received_at,
            last_message_at=arrival.stored.item.created_at,
            rating=arrival.stored.item.rating,
        )
        ticket.inbox = self.known.inbox
        return ticket

    def _put_aside(self, ticket: Ticket, at: datetime, why: str) -> None:
        """Of whom nobody wants to hear: told on the timeline before the words, as if somebody had marked it."""
        before, ticket.state = ticket.state, next_state(State(ticket.state), Event.MARK_SPAM)
        data: dict[str, object] = {"event": Event.MARK_SPAM, "from": before, "to": ticket.state, "why": why}
        self.events.append((ticket, "transition", at, data))

    def _customer_wrote(self, case: Case, arrival: Arrival, verdict: Triage, placement: Placement) -> None:
        ticket, item, book = case.ticket, arrival.stored.item, case.book
        is_new = placement is Placement.NEW
        reach = author_of(item).followers
        before = State(ticket.state)
        aside, profile = before is State.SPAM, ""
        if not aside:  # else nothing counts it
            tier = self.known.tier(ticket)
            profile = self.known.crises.heard(ticket, item.text, verdict.sentiment, item.created_at, reach, tier)
            self._count(arrival, verdict)
        settled = aside or (placement is Placement.APPEND and info(before).category is Category.RESOLVED)
        if not settled:  # spam stays spam, and what only arrived late opens nothing again
            ticket.priority = max(ticket.priority, _priority(verdict))
            book.customer_wrote(item.created_at, arrival.stored.received_at, self._facts(ticket, item, profile))
        if not settled and book.waiting_since is not None:  # else it was answered before it reached us
            ticket.state = next_state(before, Event.CUSTOMER_WROTE)
        if before is not State(ticket.state):
            ticket.resolved_at = ticket.snoozed_until = None
            self._release(ticket)
            book.stands(ticket.state, item.created_at)
        ticket.unread += not aside
        ticket.original_gone = False  # here is something to answer
        arrival.ticket = ticket
        if item.private and arrival.conversation_id != ticket.conversation_id and ticket.moved_private_at is None:
            ticket.moved_private_at = item.created_at
        self._show(case, item.created_at, item.text, private=item.private, outgoing=False)
        self.known.written_to[item.external_id] = case
        kind = "ticket_opened" if is_new else "message_received"
        data: dict[str, object] = {"message": arrival.message_id}
        if before is not State(ticket.state):
            data["from"], data["to"] = before, ticket.state
        self.events.append((ticket, kind, item.created_at, data))
        self.touched[case] = "new" if is_new else self.touched.get(case, "message")
        for answer in self.known.answers_before.pop(item.external_id, ()):
            self.adopted.append((answer.pk, ticket))
            self._answered(case, answer.pk, answer.created_at, answer.text, private=False)

    def _count(self, arrival: Arrival, verdict: Triage) -> None:
        """For the watch: what is said to us, and what a saved search found; what was found first is not said twice."""
        item, inbox = arrival.stored.item, self.known.inbox
        reach = author_of(item).followers or 0
        self.tally.loud(arrival.message_id, reach)
        if item.external_id not in self.known.found_before:
            topics = self.known.topics.of(item.text) if self.known.topics else ()
            self.tally.heard(inbox.pk, arrival.language, verdict.sentiment, item.created_at, reach, topics)

    def _release(self, ticket: Ticket) -> None:
        """A ticket that opens again stays with its last owner, unless they are not there to answer it."""
        known = self.known
        gone = known.away | known.off_duty if known.is_assigned(ticket) else known.away
        if ticket.assignee_id in gone:
            self.events.append((ticket, "released", known.now, {"last_owner": ticket.assignee_id}))
            ticket.assignee_id = None

    def _answered(self, case: Case, message_id: int, at: datetime, text: str, *, private: bool) -> None:
        """A person answered in the network's own app: the same as if they had answered here."""
        ticket, book = case.ticket, case.book
        book.human_replied(at)
        self.known.crises.answered(ticket, at)
        before = State(ticket.state)
        ticket.last_reply_at = max(ticket.last_reply_at or at, at)
        if book.waiting_since is None:
            ticket.state = next_state(before, Event.REPLIED)
            book.stands(ticket.state, at)
        self._show(case, at, text, private=private, outgoing=True)
        data: dict[str, object] = {"message": message_id, "from": before, "to": ticket.state}
        self.events.append((ticket, "replied_on_network", at, data))
        self.touched[case] = self.touched.get(case, "reply")

    def _show(self, case: Case, at: datetime, text: str, *, private: bool, outgoing: bool) -> None:
        """What the row of the queue says: the last word of either side, and until when somebody waits."""
        ticket = case.ticket
        case.book.show_on(ticket)
        if case.book.behind or at < ticket.last_message_at:
            self.disordered.add(case)
        if at >= ticket.last_message_at or not ticket.preview:
            ticket.last_message_at = max(at, ticket.last_message_at)
            ticket.preview, ticket.preview_outgoing, ticket.private = preview_of(text), outgoing, private

    def _facts(self, ticket: Ticket, item: Item, profile: str) -> Facts:
        inbox = self.known.inbox
        tags, tier = self.known.tags(ticket), self.known.tier(ticket)
        stars = ticket.rating or 0
        return Facts(
            inbox.network, inbox.pk, item.private, ticket.priority, ticket.language, tags, tier, profile, stars
        )


def _priority(verdict: Triage) -> int:
    if verdict.urgent:
        return Priority.URGENT
    return Priority.HIGH if verdict.priority >= HIGH_SCORE else Priority.NORMAL
