"""The same words by the same person on several networks at about the same time: each is a ticket, and they are shown
together, so that two colleagues do not answer twice. Nothing is merged by it.

The same person is who a colleague said is one (`same_person.py`): one customer with several accounts.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.tickets.models import Message, Ticket
from desk.tickets.queries import visible_tickets
from policies.near_duplicates import Digest, digest, similarity

WITHIN = timedelta(days=2)  # between the two
LEAST = 0.6  # that the texts share: the same words with another greeting, tag or link
MOST_COMPARED = 50  # tickets of one customer in that time


def also_posted(reader: User, ticket: Ticket) -> list[Ticket]:
    """Public tickets of the same person elsewhere whose first words are almost the same, in the order of time."""
    require(reader, Permission.READ_TICKETS)
    between = (_moved(ticket.created_at, -WITHIN), _moved(ticket.created_at, WITHIN))
    rows = visible_tickets(reader).filter(customer=ticket.customer_id, created_at__range=between)
    others = list(
        rows.exclude(inbox__network=ticket.inbox.network)
        .exclude(pk=ticket.pk)
        .select_related("inbox", "profile")
        .order_by("created_at", "id")[:MOST_COMPARED]
    )
    if not others:
        return []
    shapes = _first_words([ticket, *others])
    own = shapes.get(ticket.pk, ())
    return [other for other in others if similarity(own, shapes.get(other.pk, ())) >= LEAST]


def _moved(at: datetime, by: timedelta) -> datetime:
    """Networks have told of the first year and of the last."""
    try:
        return at + by
    except OverflowError:
        return at


def _first_words(tickets: Iterable[Ticket]) -> dict[int, Digest]:
    """What each customer's first public message says; nothing where it is deleted or too short to be told apart."""
    rows = Message.objects.filter(
        ticket__in=[one.pk for one in tickets], outgoing=False, private=False, deleted_at=None, erased_at=None
    )
    first = rows.order_by("ticket_id", "created_at", "id").distinct("ticket_id")
    return {ticket_id: digest(text) for ticket_id, text in first.values_list("ticket_id", "text")}
