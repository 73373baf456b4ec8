"""What happens to a message that is known: edited, deleted, or wanted after it was only context.

Who writes a review anew says something new, so its ticket opens again and its clock starts; who writes the one answer
to it anew has answered. On the timeline both stand as words that were said then.
"""

from datetime import datetime
from typing import Any

from desk.actions.crises.crisis_levels import promises_at
from desk.actions.replies import one_answer
from desk.actions.tickets.announce import announce
from desk.actions.tickets.follow import CLOCK_COLUMNS, put_in_order, replay_clocks
from desk.actions.tickets.timeline import record
from desk.inboxes.gateway import Change, Item, ItemKind
from desk.inboxes.models import Inbox
from desk.replies.outbox import same_words
from desk.tickets.models import Message, MessageVersion, Ticket, preview_of
from policies.ticket_states import Event, State, next_state


def revise(inbox: Inbox, item: Item, now: datetime) -> bool:
    """Bring a known message up to date; False where the message has not reached us yet and must be awaited."""
    message = Message.objects.filter(inbox=inbox, external_id=item.external_id).first()
    if item.change is Change.DELETED:
        if message is None:
            return False
        _delete(message, item.changed_at or now)
    elif message is not None and item.addressed:  # context may show an older version, and tells no edit
        began_so = item.change is Change.CREATED and item.changed_at is not None  # tells the beginning, and comes late
        if _came_back(message, item):
            message.deleted_at = None
            _edit(message, item, now)
        elif message.deleted_at is None and not began_so and not _reads_the_same(message, item):
            _edit(message, item, now)
        elif item.about and item.about != message.about:  # where an answer stands with the network
            message.about = dict(item.about)
            message.save(update_fields=["about"])
    return True


def _reads_the_same(message: Message, item: Item) -> bool:
    """Networks put mentions before our own replies; that is no edit."""
    if message.rating != item.rating:
        return False
    return message.text == item.text or (message.outgoing and same_words(message.text, item.text))


def _came_back(message: Message, item: Item) -> bool:
    """A review or an answer to one that was deleted, and written once more."""
    again = item.kind is ItemKind.REVIEW or one_answer.is_one(item)
    return again and message.deleted_at is not None and item.happened_at > message.deleted_at


def _edit(message: Message, item: Item, now: datetime) -> None:
    at = item.changed_at or now
    if message.edited_at is not None and item.changed_at is not None and item.changed_at < message.edited_at:
        MessageVersion.objects.create(
            message=message, text=item.text, rating=item.rating, replaced_at=item.changed_at
        )  # a middle wording, late
        return
    if one_answer.is_one(item):
        at = item.created_at
    MessageVersion.objects.create(message=message, text=message.text, rating=message.rating, replaced_at=at)
    message.text, message.rating, message.edited_at = item.text, item.rating, at
    message.about = dict(item.about) or None
    message.save(update_fields=["text", "rating", "about", "edited_at", "deleted_at"])
    if message.ticket_id and item.kind is ItemKind.REVIEW:
        _asks_again(_locked(message.ticket_id), message, at, now)
    elif message.ticket_id and one_answer.is_one(item):
        _answered_anew(_locked(message.ticket_id), message, at, now)
    elif message.ticket_id and not message.outgoing:
        ticket = _locked(message.ticket_id)
        if message.created_at >= ticket.last_message_at:
            ticket.preview = preview_of(item.text)
            ticket.save(update_fields=["preview"])
        record(ticket, "message_edited", at=at, message=message.pk)
        announce([(ticket, "message")])


def _asks_again(ticket: Ticket, message: Message, at: datetime, now: datetime) -> None:
    """The customer wrote a review anew: as if it had just come in."""
    before = State(ticket.state)
    ticket.rating, ticket.original_gone = message.rating, False
    ticket.state = next_state(before, Event.CUSTOMER_WROTE)
    if before is not State(ticket.state):
        ticket.resolved_at = ticket.snoozed_until = None
    ticket.unread += before is not State.SPAM
    steps: dict[str, Any] = {"from": before, "to": ticket.state} if before is not State(ticket.state) else {}
    record(ticket, "message_received", at=at, message=message.pk, edited=True, **steps)
    put_in_order([ticket], promises_at(now))
    _show_last(ticket, message, at)
    ticket.save(
        update_fields=[
            *CLOCK_COLUMNS, "rating", "original_gone", "state", "resolved_at", "snoozed_until", "unread",
            "last_message_at", "preview", "preview_outgoing",
        ]
    )  # fmt: skip
    announce([(ticket, "message")])


def _answered_anew(ticket: Ticket, message: Message, at: datetime, now: datetime) -> None:
    """A colleague wrote the answer anew in the network's own app; one of ours on its way is told of by its sender."""
    if one_answer.is_leaving(ticket, message.text):
        return
    stays: dict[str, Any] = {"from": ticket.state, "to": ticket.state}
    ticket.last_reply_at = max(ticket.last_reply_at or at, at)
    record(ticket, "replied_on_network", at=at, message=message.pk, **stays)
    put_in_order([ticket], promises_at(now))
    _show_last(ticket, message, at)
    ticket.save(
        update_fields=[
            *CLOCK_COLUMNS, "state", "last_reply_at", "last_message_at", "preview", "preview_outgoing",
        ]
    )  # fmt: skip
    announce([(ticket, "reply")])


def _show_last(ticket: Ticket, message: Message, at: datetime) -> None:
    if at >= ticket.last_message_at:
        ticket.last_message_at, ticket.preview = at, preview_of(message.text)
        ticket.preview_outgoing = message.outgoing


def _delete(message: Message, at: datetime) -> None:
    ticket = take_away(message, at)
    if ticket is not None:
        record(ticket, "message_deleted", at=at, message=message.pk)
        announce([(ticket, "message")])


def take_away(message: Message, at: datetime) -> Ticket | None:
    """Leave a tombstone, and let nobody wait for an answer to it any more; the ticket of a customer's message."""
    if message.deleted_at is not None:
        return None
    ticket = _locked(message.ticket_id) if message.ticket_id else None
    message.deleted_at = at
    message.save(update_fields=["deleted_at"])
    if ticket is None:
        return None
    _say_something_else(ticket)
    if message.outgoing:
        return None
    ticket.state = next_state(ticket.state, Event.ORIGINAL_DELETED)
    ticket.original_gone = not Message.objects.filter(ticket=ticket, outgoing=False, deleted_at=None).exists()
    replay_clocks(ticket, at)
    ticket.save(update_fields=[*CLOCK_COLUMNS, "state", "original_gone"])
    return ticket


def _say_something_else(ticket: Ticket) -> None:
    """The list shows the last word that still stands."""
    standing = Message.objects.filter(ticket=ticket, deleted_at=None).order_by("-created_at", "-id")
    last = standing.values_list("text", "outgoing").first()
    ticket.preview, ticket.preview_outgoing = (preview_of(last[0]), last[1]) if last else ("", False)
    ticket.save(update_fields=["preview", "preview_outgoing"])


def _locked(ticket_id: int) -> Ticket:
    return Ticket.objects.select_related("inbox").select_for_update(of=("self",)).get(pk=ticket_id)
