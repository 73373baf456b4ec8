"""The same words by the same person on several networks at about the same time: each is a ticket, and they are shown
together, so that two colleagues do not answer twice. Nothing is merged by it.

The same person is who a colleague said is one (`same_person.py`): one customer with several accounts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.tickets.models import Message, Ticket
from desk.tickets.queries import visible_tickets
from policies.near_duplicates import digest, similarity

WITHIN = timedelta(days=2)  # between the two
LEAST = 0.6  # that the texts share: the same words with another greeting, tag or link
MOST_COMPARED = 50  # tickets of one customer in that time


@dataclass(frozen=True, slots=True)
class CrossPost:
    """A ticket elsewhere that begins with almost the same words, and the message that says them."""

    ticket: Ticket
    said: Message


def also_posted(reader: User, ticket: Ticket) -> list[CrossPost]:
    """Public tickets of the same person elsewhere whose first words are almost the same, in the order of time."""
    require(reader, Permission.READ_TICKETS)
    between = (_moved(ticket.created_at, -WITHIN), _moved(ticket.created_at, WITHIN))
    rows = visible_tickets(reader).filter(customer=ticket.customer_id, created_at__range=between)
    others = list(
        rows.exclude(inbox__network=ticket.inbox.network)
        .exclude(pk=ticket.pk)
        .select_related("inbox", "profile", "assignee")
        .order_by("created_at", "id")[:MOST_COMPARED]
    )
    if not others:
        return []
    first = _first_words([ticket, *others])
    shapes = {pk: digest(message.text) for pk, message in first.items()}
    own = shapes.get(ticket.pk, ())
    return [CrossPost(one, first[one.pk]) for one in others if similarity(own, shapes.get(one.pk, ())) >= LEAST]


def _moved(at: datetime, by: timedelta) -> datetime:
    """Networks have told of the first year and of the last."""
    try:
        return at + by
    except OverflowError:
        return at


def _first_words(tickets: Iterable[Ticket]) -> dict[int, Message]:
    """Each ticket's first public message of its customer that still stands."""
    rows = Message.objects.filter(
        ticket__in=[one.pk for one in tickets], outgoing=False, private=False, deleted_at=None, erased_at=None
    )
    first = rows.order_by("ticket_id", "created_at", "id").distinct("ticket_id").defer("search")
    return {one.ticket_id: one for one in first if one.ticket_id is not None}
