"""Writing lines of a ticket's timeline."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from desk.people.models import User
from desk.tickets.models import Ticket, TicketEvent

_because: ContextVar[Mapping[str, object]] = ContextVar("because", default={})  # noqa: B039 nobody changes it


def record(ticket: Ticket, kind: str, *, at: datetime, actor: User | None = None, **data: object) -> TicketEvent:
    """One line, in the transaction of the change that it tells of."""
    return TicketEvent.objects.create(ticket=ticket, kind=kind, at=at, actor=actor, data={**data, **_because.get()})


@contextmanager
def because_of(**data: object) -> Iterator[None]:
    """What is recorded meanwhile says why, beside what happened."""
    token = _because.set({**_because.get(), **data})
    try:
        yield
    finally:
        _because.reset(token)
