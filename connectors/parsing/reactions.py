"""What people feel about a message, as items: an emoji, a favourite, a like, a share of it without words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.base import Author, Change, Item, ItemKind
from connectors.text import clean_json

HEART, STAR, SHARED = "❤️", "⭐", "🔁"


def reaction_item(
    network: str,
    raw: Mapping[str, Any],
    author: Author,
    message_id: str,
    at: datetime,
    emoji: str,
    *,
    thread_id: str = "",
    change: Change = Change.CREATED,
    outgoing: bool = False,
    private: bool = False,
) -> Item:
    """From `at` on this is what `author` feels about that message; nothing, where it is taken away."""
    return Item(
        network=network,
        kind=ItemKind.REACTION,
        external_id=Item.reaction_id(message_id, author.external_id),
        thread_id=thread_id or message_id,
        created_at=at,
        change=change,
        changed_at=at,
        parent_id=message_id,
        author=author,
        text="" if change is Change.DELETED else emoji,
        private=private,
        outgoing=outgoing,
        revision=f"{at.timestamp():.3f}:{emoji}",
        raw=clean_json(dict(raw)),
    )
