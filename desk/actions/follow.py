"""The state of a ticket follows its clock where messages alone decide."""

from desk.tickets.models import Ticket
from policies.ticket_states import Category, Event, State, info, next_state


def follow_clock(ticket: Ticket) -> None:
    """Open while somebody waits, waiting once nobody does. Snoozed, asked and resolved stay where people put them."""
    state = State(ticket.state)
    if ticket.waiting_since is None and info(state).category is Category.OPEN:
        ticket.state = next_state(state, Event.REPLIED)
    elif ticket.waiting_since is not None and state is State.WAITING_FOR_CUSTOMER:
        ticket.state = next_state(state, Event.CUSTOMER_WROTE)
