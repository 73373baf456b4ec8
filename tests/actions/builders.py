"""Short ways to say what a network told us."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from desk.actions.intake import ingest
from desk.inboxes.gateway import Author, Change, Item, ItemKind
from desk.inboxes.models import Inbox
from desk.tickets.models import Ticket

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def minutes(count: float) -> datetime:
    """That many minutes past noon."""
    return NOON + timedelta(minutes=count)


def an_inbox(**columns: Any) -> Inbox:
    return Inbox.objects.create(**{"network": "x", "name": "@vlotlijn", "own_id": "1", "handle": "vlotlijn", **columns})


def a_mention(
    external_id: str, *, at: float = 0, by: str = "marit", text: str = "Waar blijft de trein?", **more: Any
) -> Item:
    """A public mention in a thread of its own, `at` minutes past noon."""
    values: dict[str, Any] = {
        "network": "x",
        "kind": ItemKind.MENTION,
        "external_id": external_id,
        "thread_id": external_id,
        "created_at": minutes(at),
        "author": Author(external_id=f"id-{by}", handle=by, name=by.title(), followers=10),
        "text": text,
        **more,
    }
    return Item(**values)


def a_message(external_id: str, **more: Any) -> Item:
    """A direct message in the one private thread of its author."""
    by = more.get("by", "marit")
    return a_mention(external_id, **{"kind": ItemKind.DIRECT_MESSAGE, "private": True, "thread_id": f"dm-{by}", **more})


def own_words(external_id: str, *, parent_id: str, at: float, text: str = "We zoeken het uit", **more: Any) -> Item:
    """What we typed in the network's own app, below `parent_id`."""
    values = {
        "kind": ItemKind.REPLY,
        "parent_id": parent_id,
        "outgoing": True,
        "author": Author("1", "vlotlijn"),
        **more,
    }
    return a_mention(external_id, at=at, text=text, **{"thread_id": parent_id, **values})


def deleted(item: Item, *, at: float) -> Item:
    return Item(
        network=item.network, kind=item.kind, external_id=item.external_id, thread_id=item.thread_id,
        created_at=item.created_at, change=Change.DELETED, changed_at=minutes(at), private=item.private,
    )  # fmt: skip


def take_in(inbox: Inbox, items: Sequence[Item], *, now: datetime | None = None, source: str = "poll") -> None:
    """Store and process, as a poll does: at one o'clock, or when the last of it was written."""
    now = now or max([minutes(60), *(item.happened_at for item in items)])
    with transaction.atomic():
        ingest.store(inbox.pk, items, source=source, received_at=now)
    ingest.process(inbox.pk, now)


def the_ticket() -> Ticket:
    return Ticket.objects.get()
