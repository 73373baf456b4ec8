"""Events of private conversations that are no messages: a customer has read, or another app has the conversation.

They open no ticket, start no clock and wake nobody. What is known of the conversation is overwritten by what is newer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from desk.actions.intake.batch.parts import Stored
from desk.actions.tickets.announce import announce
from desk.actions.tickets.timeline import record
from desk.inboxes.gateway import ItemKind
from desk.inboxes.models import Inbox
from desk.tickets.models import Conversation, Message, Ticket

_COLUMNS = ("read_until", "control", "control_at", "other_app")


def take(inbox: Inbox, stored: Sequence[Stored]) -> None:
    """Write down what these say of conversations that we know, the caller's transaction around it."""
    if not stored:
        return
    threads = {one.item.thread_id for one in stored}
    rows = Conversation.objects.filter(inbox=inbox, private=True, thread_id__any_of=threads)
    known = {row.thread_id: row for row in rows.select_related("current_ticket__inbox")}
    named = {one.item.parent_id for one in stored if one.item.kind is ItemKind.READ and one.item.parent_id}
    written = Message.objects.filter(inbox=inbox, external_id__any_of=named).values_list("external_id", "created_at")
    read_at, changed = dict(written), dict[int, Conversation]()
    for one in stored:
        thread = known.get(one.item.thread_id)
        if thread is not None and _changes(thread, one, read_at):
            changed[thread.pk] = thread
    Conversation.objects.bulk_update(changed.values(), _COLUMNS)
    tickets: list[Ticket] = [row.current_ticket for row in changed.values() if row.current_ticket is not None]
    announce((ticket, "change") for ticket in tickets)


def _changes(thread: Conversation, one: Stored, read_at: Mapping[str, datetime]) -> bool:
    """Put it on the row; False where something newer is known."""
    at = min(one.at, one.received_at)  # a time that is yet to come would hold against everything that is told later
    if one.item.kind is ItemKind.READ:
        until = read_at.get(one.item.parent_id, at)
        if thread.read_until is not None and until <= thread.read_until:
            return False
        thread.read_until = until
        return True
    if thread.control_at is not None and at < thread.control_at:
        return False
    if thread.control != one.item.text and thread.current_ticket is not None:
        record(thread.current_ticket, "control", at=at, state=one.item.text)
    thread.control, thread.control_at = one.item.text, at
    thread.other_app = one.item.parent_id[:100] or thread.other_app
    return True
