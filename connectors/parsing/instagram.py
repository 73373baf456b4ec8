"""Instagram through the Graph API as JSON → items: media, comments, mentions and direct messages.

Sources: Meta's reference (v24 to v26) of IG User, IG Media, IG Comment, what mentions an IG User, and Message.
Somebody who comments has an id for this account (IGSID) and a username; of whoever published something that names us
only the username is told, so it stands in for the id.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from connectors.base import Attachment, Author, Item, ItemKind
from connectors.parsing import each_object, identifier, mapped, reference
from connectors.parsing import facebook_page as page
from connectors.text import MAX_NAME, clean, clean_json, digest
from connectors.times import moment

SLUG = "instagram"
ELSEWHERE = "mention:"  # before the media id in the thread of what somebody else published
STORY = "story"  # the kind of an attachment that Meta forbids to keep


def media_item(media: Mapping[str, Any], own_id: str) -> Item:
    """Something that the company published itself."""
    media_id, text = identifier(media["id"]), clean(media.get("caption"))
    username = clean(media.get("username"), MAX_NAME)
    return Item(
        network=SLUG,
        kind=ItemKind.POST,
        external_id=media_id,
        thread_id=media_id,
        created_at=moment(media["timestamp"]),
        author=Author(own_id, handle=username, name=username),
        text=text,
        url=clean(media.get("permalink"), 2_000),
        outgoing=True,
        revision=digest(text),
        attachments=tuple(_media_files(media)),
        raw=clean_json(dict(media)),
    )


def tag_item(media: Mapping[str, Any]) -> Item:
    """Media of somebody else in which the account is tagged. Meta takes no comment of ours on it."""
    media_id, text = identifier(media["id"]), clean(media.get("caption"))
    return Item(
        network=SLUG,
        kind=ItemKind.MENTION,
        external_id=media_id,
        thread_id=ELSEWHERE + media_id,
        created_at=moment(media["timestamp"]),
        author=author_of(media),
        text=text,
        url=clean(media.get("permalink"), 2_000),
        reply_allowed=False,
        revision=digest(text),
        attachments=tuple(_media_files(media)),
        raw=clean_json(dict(media)),
    )


def comment_items(comment: Mapping[str, Any], media_id: str, own_id: str) -> Iterator[Item]:
    """A comment on our media and, where they came with it, the answers to it."""
    yield comment_item(comment, media_id, own_id)
    for reply in each_object(mapped(comment.get("replies")).get("data")):
        yield comment_item({"parent_id": comment["id"], **reply}, media_id, own_id)


def comment_item(comment: Mapping[str, Any], media_id: str, own_id: str) -> Item:
    """One comment; one at the top level has the media as its parent."""
    author, text = author_of(comment), clean(comment.get("text"))
    return Item(
        network=SLUG,
        kind=ItemKind.COMMENT,
        external_id=identifier(comment["id"]),
        thread_id=media_id,
        parent_id=reference(comment.get("parent_id")) or media_id,
        created_at=moment(comment["timestamp"]),
        author=author,
        text=text,
        outgoing=page.is_page(author, own_id),
        revision=digest(text),
        raw=clean_json(dict(comment)),
    )


def message_item(message: Mapping[str, Any], participants: object, own_ids: Collection[str]) -> Item:
    """A direct message. The account goes by its own id, or in old conversations by that of its page."""
    sender = clean(mapped(message.get("from")).get("id"))
    own_id = sender if sender in own_ids else next(iter(own_ids))
    people = [one for one in each_object(mapped(participants).get("data")) if clean(one.get("id")) not in own_ids]
    item = page.message_item(message, {"data": people}, own_id)
    files = (*item.attachments, *_shares(message), *_story(mapped(message.get("story"))))
    return dataclasses.replace(item, network=SLUG, author=author_of(message), attachments=files)


def author_of(thing: Mapping[str, Any]) -> Author | None:
    """Who wrote it: `from` with id and username, or a username alone; None where Meta names nobody."""
    person = mapped(thing.get("from"))
    username = clean(person.get("username") or thing.get("username"), MAX_NAME)
    if person.get("id"):
        name = clean(person.get("name"), MAX_NAME) or username
        return Author(identifier(person["id"]), handle=username, name=name)
    return Author(f"@{username}", handle=username, name=username) if username else None


def with_what_was_mentioned(item: Item, found: Mapping[str, Any], own_id: str) -> Item:
    """A mention of which a webhook told only the ids, with its words: a comment, or media with its caption."""
    author, text = author_of(found), clean(found.get("text") or found.get("caption"))
    created_at = moment(found["timestamp"]) if found.get("timestamp") else item.created_at
    return dataclasses.replace(
        item,
        author=author,
        text=text,
        created_at=created_at,
        changed_at=created_at,
        url=item.url or clean(found.get("permalink") or mapped(found.get("media")).get("permalink"), 2_000),
        outgoing=page.is_page(author, own_id),
        revision=digest(text),
        attachments=item.attachments or tuple(_media_files(found)),
    )


def with_its_place(item: Item, found: Mapping[str, Any], own_id: str) -> Item:
    """A comment of which a webhook told little, as it stands on Instagram."""
    media_id = reference(mapped(found.get("media")).get("id")) or item.thread_id
    whole = comment_item({"timestamp": item.created_at.isoformat(), "text": item.text, **found}, media_id, own_id)
    return dataclasses.replace(whole, changed_at=whole.created_at, reply_allowed=item.reply_allowed, raw=item.raw)


def _media_files(media: Mapping[str, Any]) -> Iterator[Attachment]:
    """Pictures and films; an album has them as children. The address can be missing, for the sake of copyright."""
    children = each_object(mapped(media.get("children")).get("data"))
    for one in list(children) or [dict(media)]:
        url = clean(one.get("media_url"), 4_000)
        if url:
            kind = "video" if one.get("media_type") == "VIDEO" else "image"
            alt_text = clean(one.get("alt_text"), 2_000)
            yield Attachment(url, kind, alt_text=alt_text, external_id=clean(one.get("id"), MAX_NAME))


def _shares(message: Mapping[str, Any]) -> Iterator[Attachment]:
    for share in each_object(mapped(message.get("shares")).get("data")):
        if link := clean(share.get("link"), 4_000):
            yield Attachment(link, "file")


def _story(story: Mapping[str, Any]) -> Iterator[Attachment]:
    """The story that mentions us, or that of ours which is answered."""
    for name in ("mention", "reply_to"):
        part = mapped(story.get(name))
        if link := clean(part.get("link"), 4_000):
            yield Attachment(link, STORY, external_id=clean(part.get("id"), MAX_NAME))
