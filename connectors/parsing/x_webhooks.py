"""What X pushes: the X Activity API (one event in an envelope) and the older Account Activity API it replaces.

Sources: docs.x.com/x-api/activity/event-payloads (2026-08) and the Account Activity reference.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors import errors
from connectors.base import Attachment, Author, Change, Item, ItemKind
from connectors.parsing import Sieve, each_object, identifier, mapped, reference
from connectors.parsing.reactions import HEART, reaction_item
from connectors.parsing.x import (
    SLUG,
    Includes,
    Reader,
    address_of,
    attachment_of,
    author_of,
    conversation_between,
    expanded,
    language_of,
    links_in,
    time_of,
)
from connectors.text import MAX_NAME, clean, clean_json
from connectors.times import moment

_POSTS = frozenset({"post.create", "post.mention.create", "post.reply.create", "post.quote.create"})
_DIRECT_MESSAGES = frozenset({"dm.received", "dm.sent"})
_NOT_FOR_THE_DESK = (
    "post.repost.", "like.", "follow.", "mute.", "block.", "profile.", "news.", "spaces.", "broadcast.",
    "dm.read", "dm.indicate_typing", "chat.sent", "chat.conversation", "chat.update",
)  # fmt: skip
_OLD_NOT_FOR_THE_DESK = frozenset({
    "for_user_id", "user_has_blocked", "is_blocked_by", "users", "apps", "follow_events",
    "unfollow_events", "block_events", "mute_events", "direct_message_indicate_typing_events",
    "direct_message_mark_read_events",
})  # fmt: skip


def read_delivery(delivery: Mapping[str, Any], own_id: str, sieve: Sieve, *, answers_all: bool = False) -> None:
    """Sort one delivery of either API into `sieve`. Raises AuthExpired where it says that access is revoked.

    `answers_all`: the account's plan lets it answer anybody.
    """
    if "event_type" in mapped(delivery.get("data")) or "event_type" in delivery:
        _read_activity(mapped(delivery.get("data")) or delivery, own_id, sieve, answers_all)
    else:
        _read_account_activity(delivery, own_id, sieve, answers_all)


def _read_activity(event: Mapping[str, Any], own_id: str, sieve: Sieve, answers_all: bool) -> None:
    kind = clean(event.get("event_type"))
    subscriber = mapped(event.get("filter")).get("user_id")
    payload = mapped(event.get("payload"))
    if kind == "oauth.revoke":
        if str(payload.get("user_id")) == own_id:
            raise _revoked()
    elif subscriber is not None and str(subscriber) != own_id:
        return  # a webhook address can serve several accounts; this one belongs to another
    elif kind in _POSTS:
        reader = Reader(
            own_id=own_id,
            includes=Includes.of(event),
            mentions_us=kind == "post.mention.create",
            quotes_us=kind == "post.quote.create",
            answers_all=answers_all,
        )
        sieve.read([payload], reader.post)
        sieve.read(list(reader.context([payload])), lambda post: reader.post(post, addressed=False))
    elif kind == "post.delete":
        sieve.read([payload], lambda post: _deletion(post, own_id))
    elif kind in _DIRECT_MESSAGES:
        _read_direct_messages(payload, own_id, sieve)
    elif kind == "chat.received":
        sieve.refuse(event, "A customer wrote in X's encrypted chat, which only the X app can read. Answer it there.")
    elif not kind.startswith(_NOT_FOR_THE_DESK):
        sieve.refuse(event, f"X sent an event of a kind that is not known: “{kind[:60]}”.")


def _read_account_activity(delivery: Mapping[str, Any], own_id: str, sieve: Sieve, answers_all: bool) -> None:
    revoked = mapped(mapped(delivery.get("user_event")).get("revoke"))
    if revoked:
        if str(mapped(revoked.get("source")).get("user_id")) == own_id:
            raise _revoked()
        return
    if str(delivery.get("for_user_id", own_id)) != own_id:
        return
    known = {"tweet_create_events", "tweet_delete_events", "direct_message_events", "favorite_events", "user_event"}
    for name in delivery.keys() - known - _OLD_NOT_FOR_THE_DESK:
        sieve.refuse({name: delivery[name]}, f"X sent an event of a kind that is not known: “{clean(name, 60)}”.")
    sieve.read(delivery.get("tweet_create_events"), lambda post: _old_post(post, own_id, answers_all))
    sieve.read(delivery.get("tweet_delete_events"), lambda event: _old_deletion(event, own_id))
    sieve.read(delivery.get("favorite_events"), lambda event: _old_like(event, own_id))
    _read_direct_messages(delivery, own_id, sieve)


def _old_like(event: Mapping[str, Any], own_id: str) -> Item | None:
    """That somebody likes a post of ours; what the account likes itself is told too. The newer API tells no likes."""
    post, user = mapped(event["favorited_status"]), mapped(event["user"])
    if _old_id(mapped(post.get("user")), "id") != own_id:
        return None
    author = _old_or_new_author(_old_id(user, "id"), user)
    if author is None:
        raise ValueError("it names nobody")
    outgoing = author.external_id == own_id
    return reaction_item(SLUG, event, author, _old_id(post, "id"), _liked_at(event), HEART, outgoing=outgoing)


def _liked_at(event: Mapping[str, Any]) -> datetime:
    """In milliseconds where X says so."""
    told = event.get("timestamp_ms")
    return moment(told if told else event.get("created_at"))


def _revoked() -> errors.AuthExpired:
    return errors.AuthExpired("The account took back its permission on X. Connect it again under Inboxes.")


def _deletion(post: Mapping[str, Any], own_id: str) -> Item:
    post_id = identifier(post["id"])
    author_id = reference(post.get("author_id"))
    return Item(
        network=SLUG,
        kind=ItemKind.POST,
        external_id=post_id,
        thread_id="",
        created_at=time_of(post_id),
        change=Change.DELETED,
        outgoing=author_id == own_id,
        raw=clean_json(dict(post)),
    )


def _read_direct_messages(payload: Mapping[str, Any], own_id: str, sieve: Sieve) -> None:
    users = {
        key: mapped(mapped(user).get("data")) or mapped(user) for key, user in mapped(payload.get("users")).items()
    }
    sieve.read(payload.get("direct_message_events"), lambda event: _direct_message(event, users, own_id))


def _direct_message(event: Mapping[str, Any], users: Mapping[str, Any], own_id: str) -> Item | None:
    if event.get("type", "message_create") != "message_create":
        return None
    event_id = identifier(event["id"])
    message = event["message_create"]
    sender, recipient = identifier(message["sender_id"]), identifier(message["target"]["recipient_id"])
    data = mapped(message.get("message_data"))
    media = mapped(mapped(data.get("attachment")).get("media"))
    links = _old_links(mapped(data.get("entities")))
    if media.get("url"):
        links[clean(media["url"])] = ""
    return Item(
        network=SLUG,
        kind=ItemKind.DIRECT_MESSAGE,
        external_id=event_id,
        thread_id=conversation_between(sender, recipient),
        created_at=moment(event["created_timestamp"]) if event.get("created_timestamp") else time_of(event_id),
        author=_old_or_new_author(sender, mapped(users.get(sender))),
        text=expanded(clean(data.get("text")), links),
        private=True,
        outgoing=sender == own_id,
        attachments=_old_attachments([media] if media else []),
        raw=clean_json(dict(event)),
    )


def _old_post(post: Mapping[str, Any], own_id: str, answers_all: bool) -> Item | None:
    """A v1.1 post. It names no conversation: `thread_id` is what it answers, or itself."""
    if post.get("retweeted_status"):
        return None
    newest = _old_id(post, "id")
    user = mapped(post.get("user"))
    author_id = _old_id(user, "id")
    long = mapped(post.get("extended_tweet"))
    source = long if long.get("full_text") else post
    entities = mapped(source.get("entities")) or mapped(post.get("entities"))
    versions = mapped(post.get("edit_history")).get("edit_tweet_ids") or [newest]
    first = identifier(versions[0])
    written_at = moment(post.get("timestamp_ms") or post["created_at"])
    parent = reference(post.get("in_reply_to_status_id_str"))
    outgoing = author_id == own_id
    answers_us = clean(post.get("in_reply_to_user_id_str")) == own_id
    mentioned = any(_old_id(mention, "id") == own_id for mention in each_object(entities.get("user_mentions")))
    quoted = mapped(mapped(post.get("quoted_status")).get("user")).get("id_str") == own_id
    plain = ItemKind.POST if outgoing else ItemKind.MENTION
    media = mapped(source.get("extended_entities")) or mapped(post.get("extended_entities"))
    return Item(
        network=SLUG,
        kind=ItemKind.REPLY if parent and (outgoing or answers_us) else plain,
        external_id=first,
        thread_id=parent or first,
        parent_id=parent,
        quotes=reference(post.get("quoted_status_id_str")),
        created_at=time_of(first, written_at) if first != newest else written_at,
        change=Change.EDITED if first != newest else Change.CREATED,
        changed_at=written_at if first != newest else None,
        revision=newest if first != newest else "",
        author=_old_or_new_author(author_id, user),
        text=expanded(clean(source.get("full_text") or source["text"]), _old_links(entities)),
        language=language_of(post.get("lang")),
        url=address_of(first, clean(user.get("screen_name"))),
        outgoing=outgoing,
        reply_allowed=outgoing or mentioned or quoted or answers_all,
        attachments=_old_attachments(each_object(media.get("media"))),
        raw=clean_json(dict(post)),
    )


def _old_deletion(event: Mapping[str, Any], own_id: str) -> Item:
    status = event["status"]
    post_id = _old_id(status, "id")
    deleted_at = moment(event["timestamp_ms"]) if event.get("timestamp_ms") else None
    return Item(
        network=SLUG,
        kind=ItemKind.POST,
        external_id=post_id,
        thread_id="",
        created_at=time_of(post_id, deleted_at),
        change=Change.DELETED,
        changed_at=deleted_at,
        outgoing=clean(status.get("user_id")) == own_id,
        raw=clean_json(dict(event)),
    )


def _old_id(thing: Mapping[str, Any], name: str) -> str:
    """An id as text: as a JSON number it may have lost its last digits on the way."""
    return identifier(thing.get(f"{name}_str") or thing[name])


def _old_or_new_author(author_id: str, user: Mapping[str, Any]) -> Author | None:
    """Users of direct messages come in the new form or in that of v1.1, depending on the API."""
    followers = user.get("followers_count")
    return author_of(
        author_id,
        {
            "username": user.get("screen_name"),
            "profile_image_url": user.get("profile_image_url_https"),
            **({"public_metrics": {"followers_count": followers}} if isinstance(followers, int) else {}),
            **user,
        },
    )


def _old_links(entities: Mapping[str, Any]) -> dict[str, str]:
    return links_in(entities) | {
        clean(media.get("url")): "" for media in each_object(entities.get("media")) if media.get("url")
    }


def _old_attachments(media: Any) -> tuple[Attachment, ...]:
    found = (
        attachment_of(
            {
                "type": entry.get("type", "photo"),
                "url": entry.get("media_url_https"),
                "preview_image_url": entry.get("media_url_https"),
                "variants": mapped(entry.get("video_info")).get("variants"),
                "alt_text": entry.get("ext_alt_text"),
                "media_key": clean(entry.get("id_str"), MAX_NAME),
            }
        )
        for entry in media
    )
    return tuple(attachment for attachment in found if attachment)
