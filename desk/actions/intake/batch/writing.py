"""A batch written down: one statement a table, for however many messages."""

import json
from operator import attrgetter

from desk.actions.intake.batch.arriving import Arriving
from desk.actions.intake.batch.known import Known
from desk.actions.intake.batch.parts import Arrival
from desk.actions.sla.clock_looks import save_clocks
from desk.actions.tickets.follow import CLOCK_COLUMNS, put_in_order
from desk.common.background import enqueue
from desk.common.bulk import insert_rows, next_ids, update_rows
from desk.replies.outbox import recognise
from desk.tickets.models import Attachment, Conversation, Message, Ticket, TicketEvent

_TICKET = (
    "id", "inbox_id", "conversation_id", "customer_id", "profile_id", "team_id", "language", "sentiment", "created_at",
    "received_at", "rating",
)  # fmt: skip
_MOVING = (
    "state", "assignee_id", "priority", *CLOCK_COLUMNS, "last_message_at", "last_reply_at", "preview",
    "preview_outgoing", "private", "unread", "original_gone", "moved_private_at", "problem", "resolved_at",
    "snoozed_until",
)  # fmt: skip
_MESSAGE = (
    "id", "conversation_id", "ticket_id", "inbox_id", "raw_item_id", "external_id", "parent_id", "quotes", "kind",
    "profile_id",
    "outgoing", "private", "text", "language", "url", "rating", "about", "reply_allowed", "created_at", "received_at",
    "hidden", "liked", "doubt",
)  # fmt: skip
_ATTACHMENT = (
    "message_id", "source_url", "kind", "alt_text", "state", "next_attempt_at", "reason", "file", "content_type",
    "size", "attempts",
)  # fmt: skip


def write(known: Known, arriving: Arriving) -> None:
    """Everything that arrived and what it did to tickets."""
    _write_tickets(arriving)
    insert_rows(Message, _MESSAGE, (_message(known.inbox.pk, arrival) for arrival in arriving.arrivals))
    update_rows(Message, ("id", "ticket_id"), ((message_id, ticket.pk) for message_id, ticket in arriving.adopted))
    _write_attachments(known, arriving)
    _settle_private_threads(arriving)
    save_clocks(case.book for case in arriving.touched)
    arriving.events += known.crises.join()
    insert_rows(
        TicketEvent,
        ("ticket_id", "kind", "at", "data"),
        ((ticket.pk, kind, at, json.dumps(data)) for ticket, kind, at, data in arriving.events),
    )
    arriving.tally.write()
    own = [one for one in arriving.arrivals if one.stored.item.outgoing]
    recognise([(one.message_id, one.ticket.pk, one.stored.item) for one in own if one.ticket is not None], known.now)


def put_late_ones_in_order(known: Known, arriving: Arriving) -> None:
    """What came in the wrong order is worked out again from all messages, now that they are all there."""
    tickets = [case.ticket for case in arriving.disordered]
    if tickets:
        put_in_order(tickets, known.promises)
    update_rows(Ticket, ("id", "state", *CLOCK_COLUMNS), map(attrgetter("pk", "state", *CLOCK_COLUMNS), tickets))


def _write_tickets(arriving: Arriving) -> None:
    for case, number in zip(arriving.opened, next_ids(Ticket, len(arriving.opened)), strict=True):
        case.ticket.pk = number
        case.book.belongs_to(number)
    new = set(arriving.opened)
    moved = [case.ticket for case in arriving.touched if case not in new]
    opened = (case.ticket for case in arriving.opened)
    insert_rows(Ticket, (*_TICKET, *_MOVING), map(attrgetter(*_TICKET, *_MOVING), opened))
    update_rows(Ticket, ("id", *_MOVING), map(attrgetter("id", *_MOVING), moved))


def _message(inbox_id: int, arrival: Arrival) -> tuple[object, ...]:
    item, stored = arrival.stored.item, arrival.stored
    ticket_id = arrival.ticket.pk if arrival.ticket else None
    return (
        arrival.message_id, arrival.conversation_id, ticket_id, inbox_id, stored.raw_id, item.external_id,
        item.parent_id, item.quotes[:200], item.kind, arrival.profile_id, item.outgoing, item.private, item.text,
        arrival.language, item.url[:1000], item.rating, json.dumps(dict(item.about)) if item.about else None,
        item.reply_allowed, item.created_at, stored.received_at, False, False, item.doubt,
    )  # fmt: skip


def _write_attachments(known: Known, arriving: Arriving) -> None:
    rows = [
        (
            arrival.message_id, file.url[:2000], file.kind[:10], file.alt_text, Attachment.State.PENDING, known.now,
            "", "", "", 0, 0,
        )
        for arrival in arriving.arrivals
        for file in arrival.stored.item.attachments
    ]  # fmt: skip
    if insert_rows(Attachment, _ATTACHMENT, rows, returning=("id",)):
        enqueue("desk.tasks.fetch_attachments")


def _settle_private_threads(arriving: Arriving) -> None:
    """A private thread belongs to the ticket that its last message went to."""
    private = {
        arrival.conversation_id: arrival.ticket.pk
        for arrival in arriving.arrivals
        if arrival.stored.item.private and arrival.ticket is not None
    }
    update_rows(Conversation, ("id", "current_ticket_id"), private.items())
