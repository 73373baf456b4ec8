"""Writing lines of a ticket's timeline."""

from datetime import datetime

from desk.people.models import User
from desk.tickets.models import Ticket, TicketEvent


def record(ticket: Ticket, kind: str, *, at: datetime, actor: User | None = None, **data: object) -> TicketEvent:
    """One line, in the transaction of the change that it tells of."""
    return TicketEvent.objects.create(ticket=ticket, kind=kind, at=at, actor=actor, data=data)
