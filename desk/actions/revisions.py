"""What happens to a message that is known: edited, deleted, or wanted after it was only context."""

from datetime import datetime

from desk.actions.announce import announce
from desk.actions.follow import CLOCK_COLUMNS, replay_clocks
from desk.actions.timeline import record
from desk.inboxes.gateway import Change, Item
from desk.inboxes.models import Inbox
from desk.replies.outbox import same_words
from desk.tickets.models import Message, MessageVersion, Ticket, preview_of
from policies.ticket_states import Event, next_state


def revise(inbox: Inbox, item: Item, now: datetime) -> bool:
    """Bring a known message up to date; False where the message has not reached us yet and must be awaited."""
    message = Message.objects.filter(inbox=inbox, external_id=item.external_id).first()
    if item.change is Change.DELETED:
        if message is None:
            return False
        _delete(message, item.changed_at or now)
    elif message is not None and item.addressed:  # context may show an older version, and tells no edit
        began_so = item.change is Change.CREATED and item.changed_at is not None  # tells the beginning, and comes late
        if message.deleted_at is None and not began_so and not _reads_the_same(message, item):
            _edit(message, item, now)
    return True


def _reads_the_same(message: Message, item: Item) -> bool:
    """Networks put mentions before our own replies; that is no edit."""
    return message.text == item.text or (message.outgoing and same_words(message.text, item.text))


def _edit(message: Message, item: Item, now: datetime) -> None:
    at = item.changed_at or now
    if message.edited_at is not None and item.changed_at is not None and item.changed_at < message.edited_at:
        MessageVersion.objects.create(
            message=message, text=item.text, replaced_at=item.changed_at
        )  # a middle wording, late
        return
    MessageVersion.objects.create(message=message, text=message.text, replaced_at=at)
    message.text, message.edited_at = item.text, at
    message.save(update_fields=["text", "edited_at"])
    if message.ticket_id and not message.outgoing:
        ticket = _locked(message.ticket_id)
        if message.created_at >= ticket.last_message_at:
            ticket.preview = preview_of(item.text)
            ticket.save(update_fields=["preview"])
        record(ticket, "message_edited", at=at, message=message.pk)
        announce([(ticket, "message")])


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
    if ticket is None or message.outgoing:
        return None
    ticket.state = next_state(ticket.state, Event.ORIGINAL_DELETED)
    ticket.original_gone = not Message.objects.filter(ticket=ticket, outgoing=False, deleted_at=None).exists()
    replay_clocks(ticket, at)
    ticket.save(update_fields=[*CLOCK_COLUMNS, "state", "original_gone"])
    return ticket


def _locked(ticket_id: int) -> Ticket:
    return Ticket.objects.select_related("inbox").select_for_update(of=("self",)).get(pk=ticket_id)
