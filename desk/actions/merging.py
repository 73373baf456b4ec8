"""What hangs on a ticket goes with it when it becomes one with another."""

from desk.crises.models import CrisisTicket
from desk.tickets.models import Ticket


def go_along(ticket: Ticket, other: Ticket) -> None:
    """The other ticket is part of the crises that this one is part of, unless somebody took it out of one."""
    rows = list(CrisisTicket.objects.filter(ticket=ticket, left_at=None))
    for row in rows:
        row.pk, row.ticket, row.how, row.digest = None, other, CrisisTicket.How.TICKET, []
    CrisisTicket.objects.bulk_create(rows, ignore_conflicts=True)


def hand_over(ticket: Ticket, into: Ticket) -> None:
    """Everything of `ticket` hangs on `into` from now on; the caller saves both.

    A draft stays where its author has another one on the ticket that is kept: nobody's text wipes their own.
    """
    ticket.messages.update(ticket=into)
    ticket.notes.update(ticket=into)
    ticket.replies.update(ticket=into)  # also those on their way, which answer the customer there
    ticket.drafts.exclude(author__in=into.drafts.values("author")).update(ticket=into)
    ticket.merged_tickets.update(merged_into=into)
    ticket.notifications.update(ticket=into)
    go_along(ticket, into)
    into.tags.add(*ticket.tags.all())
    into.last_reply_at = max(filter(None, (into.last_reply_at, ticket.last_reply_at)), default=None)
    if ticket.last_message_at > into.last_message_at:
        for column in ("last_message_at", "preview", "preview_outgoing", "private"):
            setattr(into, column, getattr(ticket, column))
    into.original_gone = into.original_gone and ticket.original_gone  # there may be something to answer now
    into.unread += ticket.unread
    into.priority = max(into.priority, ticket.priority)
    ticket.unread, ticket.merged_into = 0, into
