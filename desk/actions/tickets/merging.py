"""What hangs on a ticket goes with it when it becomes one with another."""

from desk.causes.models import TicketCause
from desk.crises.models import CrisisTicket
from desk.tickets.models import Ticket


def go_along(ticket: Ticket, other: Ticket) -> None:
    """The other ticket is part of the crises that this one is part of, unless somebody took it out of one."""
    rows = list(CrisisTicket.objects.filter(ticket=ticket, left_at=None))
    for row in rows:
        row.pk, row.ticket, row.how, row.digest = None, other, CrisisTicket.How.TICKET, []
    CrisisTicket.objects.bulk_create(rows, ignore_conflicts=True)


def _keep_cause(ticket: Ticket, into: Ticket) -> None:
    """What one of them was about both were; who said it of the other goes before."""
    row = TicketCause.objects.filter(ticket=ticket).first()
    if row is not None and not TicketCause.objects.filter(ticket=into).exists():
        TicketCause.objects.filter(ticket=ticket).update(words=[])  # they are forgotten with the ticket that stays
        row.pk, row.ticket = into.pk, into
        row.save(force_insert=True)


def hand_over(ticket: Ticket, into: Ticket) -> None:
    """Everything of `ticket` hangs on `into` from now on; the caller saves both.

    A draft stays where its author has another one on the ticket that is kept: nobody's text wipes their own.
    """
    ticket.messages.update(ticket=into)
    ticket.notes.update(ticket=into)
    ticket.questions.update(ticket=into)
    ticket.threads.update(ticket=into)
    ticket.replies.update(ticket=into)  # also those on their way, which answer the customer there
    ticket.drafts.exclude(author__in=into.drafts.values("author")).update(ticket=into)
    ticket.merged_tickets.update(merged_into=into)
    ticket.notifications.update(ticket=into)
    ticket.form_links.update(ticket=into)
    go_along(ticket, into)
    _keep_cause(ticket, into)
    into.tags.add(*ticket.tags.all())
    into.last_reply_at = max(filter(None, (into.last_reply_at, ticket.last_reply_at)), default=None)
    into.invited_at = max(filter(None, (into.invited_at, ticket.invited_at)), default=None)
    into.moved_private_at = into.moved_private_at or ticket.moved_private_at
    if ticket.last_message_at > into.last_message_at:
        for column in ("last_message_at", "preview", "preview_outgoing", "private"):
            setattr(into, column, getattr(ticket, column))
    into.original_gone = into.original_gone and ticket.original_gone  # there may be something to answer now
    into.unread += ticket.unread
    into.priority = max(into.priority, ticket.priority)
    into.swarming_since, ticket.swarming_since = into.swarming_since or ticket.swarming_since, None
    ticket.unread, ticket.merged_into = 0, into
