"""Networks of reviews take one public answer to each: whoever answers a second time writes the first one anew."""

from datetime import datetime

from desk.inboxes.gateway import Item, UnknownNetwork, capabilities_of
from desk.inboxes.models import Inbox
from desk.replies.models import Reply
from desk.replies.outbox import same_words
from desk.tickets.models import Message, MessageVersion, Ticket
from policies.reply_states import State


def takes_one(inbox: Inbox) -> bool:
    """Whether this account's network does so."""
    try:
        return capabilities_of(inbox).one_answer
    except UnknownNetwork:
        return False


def is_one(item: Item) -> bool:
    """Whether this is the one answer to a review."""
    return item.outgoing and bool(item.parent_id) and item.external_id == Item.answer_id(item.parent_id)


def standing(ticket: Ticket, answered: Message) -> Message | None:
    """The answer that stands below a review and would give way to another."""
    named = Item.answer_id(answered.external_id)
    return Message.objects.filter(inbox=ticket.inbox_id, external_id=named, deleted_at=None).defer("search").first()


def is_leaving(ticket: Ticket, text: str) -> bool:
    """Whether a reply with these words is on its way, whose sender will tell of it."""
    leaving = Reply.objects.filter(ticket=ticket, state__in=[State.SENDING, State.UNKNOWN])
    return any(same_words(signed, text) for signed in leaving.values_list("signed_text", flat=True))


def make_room(reply: Reply, inbox_id: int, external_id: str) -> None:
    """The replies whose words stood there before were sent, and are seen no more."""
    earlier = Reply.objects.filter(message__inbox=inbox_id, message__external_id=external_id)
    earlier.exclude(pk=reply.pk).update(message=None)


def write_anew(message: Message, text: str, at: datetime) -> bool:
    """Put other words in the place of what the message said; False where it says them already. The caller saves it."""
    if message.deleted_at is None and same_words(message.text, text):
        return False
    MessageVersion.objects.create(message=message, text=message.text, replaced_at=at)
    message.text, message.edited_at, message.deleted_at, message.about = text, at, None, None
    return True
