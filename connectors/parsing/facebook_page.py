"""Facebook's Graph API as JSON → items: posts, comments and Messenger messages as they are read by polling.

Sources: Meta's Graph API reference (v24 to v26) and the payloads that restfb records. Texts are taken as `message`
alone, so that the same message reads the same here and in a webhook.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.base import Attachment, Author, Item, ItemKind
from connectors.parsing import each_object, identifier, mapped, reference
from connectors.text import MAX_NAME, clean, clean_json, digest
from connectors.times import moment

SLUG = "facebook_page"

_FILM_TYPES = ("video", "animated_image", "reel", "ig_reel")
_LINK_TYPES = ("share", "fallback", "link", "profile_media", "event", "note", "unavailable", "template")


def post_item(post: Mapping[str, Any], page_id: str, kind: ItemKind = ItemKind.POST) -> Item:
    """A post on the page, or (`kind` MENTION) a post elsewhere that tags it."""
    author = author_of(post.get("from"))
    post_id = identifier(post["id"])
    text = clean(post.get("message"))
    return Item(
        network=SLUG,
        kind=kind,
        external_id=post_id,
        thread_id=post_id,
        created_at=moment(post["created_time"]),
        author=author,
        text=text,
        url=clean(post.get("permalink_url"), 2_000),
        outgoing=is_page(author, page_id),
        revision=digest(text),
        attachments=tuple(_post_attachments(post.get("attachments"))),
        raw=clean_json(dict(post)),
    )


def comment_item(comment: Mapping[str, Any], post_id: str, page_id: str) -> Item:
    """A comment below `post_id`; one at the top level has the post as its parent, as webhooks say it too."""
    author = author_of(comment.get("from"))
    text = clean(comment.get("message"))
    return Item(
        network=SLUG,
        kind=ItemKind.COMMENT,
        external_id=identifier(comment["id"]),
        thread_id=post_id,
        parent_id=reference(mapped(comment.get("parent")).get("id")) or post_id,
        created_at=moment(comment["created_time"]),
        author=author,
        text=text,
        url=clean(comment.get("permalink_url"), 2_000),
        outgoing=is_page(author, page_id),
        revision=digest(text),
        attachments=tuple(_one_post_attachment(mapped(comment.get("attachment")))),
        raw=clean_json(dict(comment)),
    )


def message_item(message: Mapping[str, Any], participants: object, page_id: str) -> Item:
    """A Messenger message. Its thread is the customer's page-scoped id, which webhooks and replies know as well."""
    author = author_of(message.get("from"))
    outgoing = is_page(author, page_id)
    others = [
        *each_object(mapped(message.get("to")).get("data")),
        *each_object(mapped(participants).get("data")),
    ]
    customer = next((reference(other.get("id")) for other in others if str(other.get("id", page_id)) != page_id), "")
    text = clean(message.get("message"))
    return Item(
        network=SLUG,
        kind=ItemKind.DIRECT_MESSAGE,
        external_id=identifier(message["id"]),
        thread_id=identifier(customer if outgoing or author is None else author.external_id),
        created_at=moment(message["created_time"]),
        author=author,
        text=text,
        private=True,
        outgoing=outgoing,
        revision=digest(text),
        attachments=tuple(message_attachments(message)),
        raw=clean_json(dict(message)),
    )


def author_of(person: object) -> Author | None:
    """Who it is; Facebook names nobody where the person keeps the app from seeing him."""
    person = mapped(person)
    if not person.get("id"):
        return None
    return Author(external_id=identifier(person["id"]), name=clean(person.get("name"), MAX_NAME))


def is_page(author: Author | None, page_id: str) -> bool:
    """Whether the page itself wrote it."""
    return author is not None and author.external_id == page_id


def _post_attachments(attachments: object) -> Iterator[Attachment]:
    for entry in each_object(mapped(attachments).get("data")):
        parts = list(each_object(mapped(entry.get("subattachments")).get("data")))
        for part in parts or [entry]:
            yield from _one_post_attachment(part)


def _one_post_attachment(entry: Mapping[str, Any]) -> Iterator[Attachment]:
    """A picture, film or sticker; a shared link has a preview only, which says nothing of the customer's."""
    kind = clean(entry.get("type") or entry.get("media_type"))
    media = mapped(entry.get("media"))
    if not kind or (kind.startswith(_LINK_TYPES) and "sticker" not in kind):
        return
    picture, film = clean(mapped(media.get("image")).get("src"), 4_000), clean(media.get("source"), 4_000)
    words = clean(entry.get("description"), 2_000)
    name = clean(mapped(entry.get("target")).get("id"), MAX_NAME)
    if film and kind.startswith(_FILM_TYPES):
        yield Attachment(film, "video", alt_text=words, external_id=name)
    elif picture:
        yield Attachment(picture, "sticker" if "sticker" in kind else "image", alt_text=words, external_id=name)


def message_attachments(message: Mapping[str, Any]) -> Iterator[Attachment]:
    """The files of a private message, as a poll tells them. The name of a picture is what a phone called it: it
    describes nothing, and a document has no other name.
    """
    for entry in each_object(mapped(message.get("attachments")).get("data")):
        content_type = clean(entry.get("mime_type"), 100).lower()
        image, film = mapped(entry.get("image_data")), mapped(entry.get("video_data"))
        url = clean(image.get("url") or film.get("url") or entry.get("file_url"), 4_000)
        if url:
            claimed = content_type.partition("/")[0]
            kind = "image" if image else "video" if film else "file"
            kind = claimed if claimed in ("image", "video", "audio") else kind
            yield Attachment(
                url=url,
                kind=kind,
                content_type=content_type,
                alt_text=clean(entry.get("name"), MAX_NAME) if kind == "file" else "",
                external_id=clean(entry.get("id"), MAX_NAME),
            )
    if message.get("sticker"):
        yield Attachment(clean(message["sticker"], 4_000), "sticker")
