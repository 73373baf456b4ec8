"""A ticket and its clocks follow each other: the state where messages alone decide, the clocks where people do."""

from collections.abc import Iterable
from datetime import datetime

from desk.actions.crises.crisis_levels import promises_at
from desk.actions.sla.clock_looks import save_clocks
from desk.sla.clocks import SHOWN, open_book
from desk.sla.promises import Promises
from desk.sla.replay import replay
from desk.tickets.models import Ticket
from policies.ticket_states import Category, Event, State, info, next_state

CLOCK_COLUMNS = SHOWN


def follow_clock(ticket: Ticket) -> None:
    """Open while somebody waits, waiting once nobody does. Snoozed, asked and resolved stay where people put them."""
    state = State(ticket.state)
    if ticket.waiting_since is None and info(state).category is Category.OPEN:
        ticket.state = next_state(state, Event.REPLIED)
    elif ticket.waiting_since is not None and state is State.WAITING_FOR_CUSTOMER:
        ticket.state = next_state(state, Event.CUSTOMER_WROTE)


def pause_clocks(ticket: Ticket, now: datetime) -> None:
    """Let stand still what does so in the ticket's new state, and let go what does not. The caller saves the ticket."""
    book = open_book(ticket, promises_at(now))
    book.stands(ticket.state, now)
    book.show_on(ticket)
    save_clocks([book])


def replay_clocks(ticket: Ticket, now: datetime) -> None:
    """Work the clocks out again after a decision on the timeline or a deletion. The caller saves the ticket."""
    book = replay([ticket], promises_at(now))[ticket.pk]
    book.stands(ticket.state, now)
    book.show_on(ticket)
    save_clocks([book])


def put_in_order(tickets: Iterable[Ticket], promises: Promises) -> None:
    """Clocks and states of tickets to which something came late, worked out again. The caller saves the tickets."""
    tickets = list(tickets)
    books = replay(tickets, promises)
    for ticket in tickets:
        book = books[ticket.pk]
        book.show_on(ticket)
        follow_clock(ticket)
        book.stands(ticket.state, ticket.waiting_since or ticket.last_reply_at or ticket.last_message_at)
        book.show_on(ticket)
    save_clocks(books.values())
