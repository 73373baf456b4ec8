"""The X Activity API: what webhooks hear of posts and private messages.

Source: docs.x.com "X Activity API event payload examples" (2026). As there: ids are strings, the event's own number may
be negative, and users inside private messages are wrapped in `data`. X says nothing of a customer's deletion, and an
implicit mention (the handles that a reply begins with by itself) fires no mention event.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from connectors.sandbox.network import Event
from connectors.sandbox.records import Post
from connectors.sandbox.store import Store
from connectors.sandbox.x.shapes import EVERYTHING, Shapes
from connectors.sandbox.x.text import escaped, leading_mentions, mentioned


def events_of(shapes: Shapes, store: Store, change: str, post: Post, reached: Sequence[str]) -> Iterator[Event]:
    """The events of one change, one for each subscribed company and type."""
    if post.private:
        if change == "created":
            yield from _message(shapes, store, post)
        return
    if change == "deleted":
        author = store.account("x", post.author_id)
        if author and author.company:
            payload = {"id": post.id, "author_id": post.author_id}
            users = [{"data": shapes.user(author, EVERYTHING.user)}]
            yield _event(author.id, "post.delete", post.id, payload, {"users": users})
        return
    yield from _post(shapes, store, post, reached)


def _post(shapes: Shapes, store: Store, post: Post, reached: Sequence[str]) -> Iterator[Event]:
    kinds = list(_kinds(store, post, reached))
    if not kinds:
        return
    rendered = shapes.tweets([post], EVERYTHING)
    payload = rendered["data"][0]
    if post.parent_id:
        payload["in_reply_to_tweet_id"] = post.parent_id
    for account_id, kind in kinds:
        yield _event(account_id, kind, post.id, payload, rendered.get("includes", {}))


def _kinds(store: Store, post: Post, reached: Sequence[str]) -> Iterator[tuple[str, str]]:
    author = store.account("x", post.author_id)
    if author and author.company:
        yield author.id, "post.create"
    start = leading_mentions(post.text) if post.parent_id else 0
    explicit = {handle.lower() for handle in mentioned(post.text[start:])}
    for account in store.accounts("x", reached).values():
        if account.handle.lower() in explicit:
            yield account.id, "post.mention.create"
        if post.extra.get("quoted_user_id") == account.id:
            yield account.id, "post.quote.create"
    answered = store.account("x", str(post.extra.get("in_reply_to_user_id", "")))
    if answered and answered.company and answered.id != post.author_id:
        yield answered.id, "post.reply.create"


def _message(shapes: Shapes, store: Store, post: Post) -> Iterator[Event]:
    recipient = str(post.extra["recipient_id"])
    people = store.accounts("x", [post.author_id, recipient])
    data: dict[str, Any] = {"text": escaped(post.text), "entities": {}}
    for name in ("hashtags", "symbols", "user_mentions", "urls"):
        data["entities"][name] = []
    if post.media:
        shape = shapes.media(post, EVERYTHING.media)[0]
        found = {"id_str": post.media[0]["id"], "media_url_https": shape.get("url"), "type": shape["type"]}
        data["attachment"] = {"type": "media", "media": found}
    event = {
        "type": "message_create",
        "id": post.id,
        "created_timestamp": str(post.created_at),
        "message_create": {
            "target": {"recipient_id": recipient},
            "sender_id": post.author_id,
            "message_data": data,
        },
    }
    users = {own_id: {"data": shapes.user(account, EVERYTHING.user)} for own_id, account in people.items()}
    payload = {"direct_message_events": [event], "users": users}
    for own_id, kind in ((recipient, "dm.received"), (post.author_id, "dm.sent")):
        if own_id in people and people[own_id].company:
            yield _event(own_id, kind, post.id, payload, None)


def _event(account_id: str, kind: str, post_id: str, payload: dict[str, Any], includes: dict[str, Any] | None) -> Event:
    digest = hashlib.sha256(f"{account_id}:{kind}:{post_id}".encode()).digest()
    data: dict[str, Any] = {
        "event_uuid": str(int.from_bytes(digest[:8], "big", signed=True)),
        "filter": {"user_id": account_id},
        "event_type": kind,
        "tag": kind,
        "payload": payload,
    }
    if includes is not None:
        data["includes"] = includes
    return Event(account_id, kind, json.dumps({"data": data}, ensure_ascii=False).encode())
