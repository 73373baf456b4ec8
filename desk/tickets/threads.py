"""A whole thread of a network: everybody's words below one root, page by page, and what they answer and quote."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects

from desk.common.paging import Slice, cursor_before, slice_after
from desk.tickets.models import Attachment, Message, Ticket

BEFORE = 5  # messages that stand above a ticket's first one, where its thread is opened at it


def whole_thread(ticket: Ticket, *, cursor: str = "", size: int = 50) -> Slice[Message]:
    """A page of everything that was said in the ticket's own thread, by whomever, the oldest first; with its files."""
    rows = _shown(Message.objects.filter(conversation=ticket.conversation_id)).prefetch_related("attachments")
    return slice_after(rows, ("created_at", "id"), cursor, size)


def place_of(ticket: Ticket) -> str:
    """The cursor of the page on which the ticket's first words stand, a few others above them; "" for the first page.

    A thread can hold thousands of comments, and whoever comes from a ticket looks for its customer.
    """
    first = ticket.messages.filter(conversation=ticket.conversation_id).order_by("created_at", "id").first()
    if first is None:
        return ""
    rows = Message.objects.filter(conversation=ticket.conversation_id)
    return cursor_before(rows, ("created_at", "id"), first, BEFORE)


def answered(messages: Iterable[Message]) -> dict[str, Message]:
    """What these messages answer, by the network's id: from among them, the others in one query."""
    messages = list(messages)
    here = {one.external_id: one for one in messages}
    wanted = {one.parent_id for one in messages if one.parent_id} - set(here)
    return {**here, **_by_id(messages, wanted)}


def quoted(messages: Iterable[Message]) -> dict[str, Message]:
    """The originals that these messages quote or share, by the network's id, with their files.

    A query where one is not among them, and another where such a one has files.
    """
    messages = list(messages)
    wanted = {one.quotes for one in messages if one.quotes}
    here = {one.external_id: one for one in messages if one.external_id in wanted}
    elsewhere = _by_id(messages, wanted - set(here))
    prefetch_related_objects([one for one in elsewhere.values() if has_files(one)], "attachments")
    return {**here, **elsewhere}


def has_files(message: Message) -> bool:
    """Whether it is worth while to ask for its files."""
    return bool(getattr(message, "any_files", True))


def _by_id(messages: list[Message], external_ids: set[str]) -> dict[str, Message]:
    if not external_ids:
        return {}
    rows = _shown(Message.objects.filter(inbox=messages[0].inbox_id, external_id__any_of=external_ids))
    rows = rows.annotate(any_files=Exists(Attachment.objects.filter(message=OuterRef("pk"))))
    return {one.external_id: one for one in rows}


def _shown(rows: QuerySet[Message]) -> QuerySet[Message]:
    return rows.defer("search").select_related("profile", "sender", "ticket")
