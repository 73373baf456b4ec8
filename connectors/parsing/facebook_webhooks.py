"""What Facebook pushes for a page: feed, mentions, ratings and Messenger.

Sources: Meta's webhook reference and the payloads of many years that restfb records: ids are numbers or text, times
seconds or milliseconds, the author `from` or `sender_id`, and sometimes nobody.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connectors.base import Attachment, Author, Change, Item, ItemKind
from connectors.parsing import Sieve, each_object, identifier, listed, mapped, reference
from connectors.parsing.facebook_marks import HANDOVERS, control, held_elsewhere, read_mark
from connectors.parsing.facebook_page import SLUG, author_of, is_page
from connectors.parsing.reactions import reaction_item
from connectors.parsing.reviews import stars
from connectors.text import MAX_NAME, clean, clean_json, digest
from connectors.times import moment

_CHANGES = {"add": Change.CREATED, "edit": Change.EDITED, "edited": Change.EDITED, "remove": Change.DELETED}
_POST_ITEMS = frozenset({"post", "status", "photo", "video", "share", "link", "note", "reel", "story"})
_ITEMS_NOT_FOR_THE_DESK = frozenset({"like", "album", "event", "milestone", "address", "interest", "life_event"})
# As Facebook draws them; "like" is the thumb. `love` and the rest: reference of the feed webhook.
_EMOJI = {
    "like": "👍", "love": "❤️", "care": "🥰", "haha": "😆", "wow": "😮", "sad": "😢", "angry": "😡", "dislike": "👎",
    "thankful": "🌸", "pride": "🏳️‍🌈",
}  # fmt: skip
_VERBS_NOT_FOR_THE_DESK = frozenset(
    {"hide", "unhide", "block", "unblock", "mute", "unmute", "follow", "unfollow", "update"}
)
_FIELDS_FOR_THE_DESK = frozenset({"feed", "mention", "ratings"})
_MESSAGING_NOT_FOR_THE_DESK = frozenset({
    "delivery", "optin", "referral", "payment", "checkout_update", "pre_checkout",
    "account_linking", "app_roles", "policy-enforcement", "policy_enforcement", "game_play", "typing",
    "messaging_feedback", "postback",
})  # fmt: skip


def read_delivery(delivery: Mapping[str, Any], page_id: str, sieve: Sieve, app_id: str = "") -> None:
    """Sort one delivery into `sieve`. One address can serve every page of an app; other pages' entries are theirs.

    `app_id` is the desk's own app, where it is known.
    """
    if delivery.get("object") != "page":
        return
    for entry in listed(delivery.get("entry")):
        if not isinstance(entry, dict):
            sieve.refuse(entry, "This entry is not a JSON object.")
        elif str(entry.get("id", page_id)) == page_id:
            sieve.read(entry.get("changes"), _change_reader(entry, page_id))
            sieve.read(entry.get("messaging"), lambda event: message_event(event, page_id, app_id))
            sieve.read(entry.get("standby"), lambda event: standby_events(event, page_id, app_id))


def _change_reader(entry: Mapping[str, Any], page_id: str) -> Callable[[Any], Item | None]:
    told_at = _told_at(entry)

    def read(change: Mapping[str, Any]) -> Item | None:
        field, value = change["field"], change["value"]
        if field not in _FIELDS_FOR_THE_DESK:
            raise ValueError(f"the field “{clean(field, 60)}” is not known")
        return _Feed(value, field, told_at, page_id).item()

    return read


def _told_at(entry: Mapping[str, Any]) -> datetime | None:
    """When it was told, where that is a time: most of what is told has one of its own."""
    try:
        return moment(entry.get("time"))
    except ValueError:
        return None


class _Feed:
    """One change in the feed: what it is follows from item and verb, not from which ids are there."""

    def __init__(self, value: Mapping[str, Any], field: str, entry_time: datetime | None, page_id: str) -> None:
        self._value = value
        self._field = field
        self._entry_time = entry_time
        self._page_id = page_id

    def item(self) -> Item | None:
        what, verb = clean(self._value["item"]), clean(self._value["verb"])
        if what in _ITEMS_NOT_FOR_THE_DESK or verb in _VERBS_NOT_FOR_THE_DESK:
            return None
        if verb not in _CHANGES:
            raise ValueError(f"the verb “{verb[:60]}” is not known")
        change = _CHANGES[verb]
        if change is Change.EDITED and "message" not in self._value and what not in ("rating", "reaction"):
            return None  # something else about it changed than its words
        if what == "reaction":
            return self._reaction(change)
        if what == "comment":
            return self._comment(change)
        if what == "rating":
            return self._review(change)
        if what in _POST_ITEMS:
            return self._post(change)
        raise ValueError(f"the item “{what[:60]}” is not known")

    def _comment(self, change: Change) -> Item:
        post_id = reference(self._value.get("post_id"))
        kind = ItemKind.MENTION if self._field == "mention" else ItemKind.COMMENT
        parent = reference(self._value.get("parent_id")) or post_id
        return self._item(change, kind, identifier(self._value["comment_id"]), post_id, parent)

    def _post(self, change: Change) -> Item | None:
        if not self._value.get("post_id") and self._value.get("published") is None:
            raise ValueError("the post has no id")
        if not self._value.get("published", 1) or not self._value.get("post_id"):
            return None  # not to be seen by anybody yet
        post_id = identifier(self._value["post_id"])
        kind = ItemKind.MENTION if self._field == "mention" else ItemKind.POST
        return self._item(change, kind, post_id, post_id, "")

    def _review(self, change: Change) -> Item:
        review_id = identifier(self._value["open_graph_story_id"])
        return self._item(change, ItemKind.REVIEW, review_id, review_id, "")

    def _reaction(self, change: Change) -> Item | None:
        """Below a comment where one is named, else below the post. Of whom Facebook does not name nothing is kept."""
        value, author = self._value, _author(self._value)
        if author is None:
            return None
        message_id = identifier(value.get("comment_id") or value["post_id"])
        created_at = self._written_at()
        happened_at = created_at if change is Change.CREATED else max(created_at, self._entry_time or created_at)
        return reaction_item(
            SLUG, value, author, message_id, happened_at, _EMOJI.get(clean(value.get("reaction_type")), "👍"),
            thread_id=reference(value.get("post_id")), change=change, outgoing=is_page(author, self._page_id),
        )  # fmt: skip

    def _written_at(self) -> datetime:
        written = self._value.get("created_time")
        if not written and self._entry_time:
            return self._entry_time
        return moment(written)

    def _item(self, change: Change, kind: ItemKind, external_id: str, thread_id: str, parent_id: str) -> Item:
        value = self._value
        created_at = self._written_at()
        happened_at = self._entry_time or created_at
        if change is Change.DELETED:
            return Item(
                network=SLUG,
                kind=kind,
                external_id=external_id,
                thread_id=thread_id,
                created_at=created_at,
                change=change,
                changed_at=happened_at,
                raw=clean_json(dict(value)),
            )
        author = _author(value)
        reviewed = kind is ItemKind.REVIEW
        text = clean(value.get("review_text") if reviewed else value.get("message"))
        rating, recommends = (stars(value.get("rating")), _recommends(value)) if reviewed else (None, "")
        return Item(
            network=SLUG,
            kind=kind,
            external_id=external_id,
            thread_id=thread_id or external_id,
            created_at=created_at,
            change=change,
            # Of a new message: as it began, so that a late delivery does not undo an edit that a poll has seen.
            changed_at=created_at if change is Change.CREATED else happened_at,
            parent_id=parent_id,
            author=author,
            text=text,
            url=clean(value.get("permalink_url") or mapped(value.get("post")).get("permalink_url"), 2_000),
            outgoing=is_page(author, self._page_id),
            revision=digest(f"{rating} {recommends} {text}" if reviewed else text),
            rating=rating,
            about={"recommends": recommends} if recommends else {},
            attachments=_feed_attachments(value),
            raw=clean_json(dict(value)),
        )


def _recommends(value: Mapping[str, Any]) -> str:
    """Since 2018 Facebook asks for a recommendation in the place of stars."""
    return {"positive": "yes", "negative": "no"}.get(clean(value.get("recommendation_type"), 20).lower(), "")


def _author(value: Mapping[str, Any]) -> Author | None:
    for prefix in ("sender", "reviewer"):
        if value.get(f"{prefix}_id"):
            return author_of({"id": value[f"{prefix}_id"], "name": value.get(f"{prefix}_name")})
    return author_of(value.get("from"))


def _feed_attachments(value: Mapping[str, Any]) -> tuple[Attachment, ...]:
    link = clean(value.get("link"), 4_000)
    pictures = [clean(value.get("photo"), 4_000), *(clean(photo, 4_000) for photo in listed(value.get("photos")))]
    films = [clean(value.get("video"), 4_000)]
    if value.get("item") == "photo" and not any(pictures):
        pictures.append(link)
    if value.get("item") == "video" and not any(films):
        films.append(link)
    found = [*((url, "image") for url in pictures), *((url, "video") for url in films)]
    return tuple(Attachment(url, kind) for url, kind in dict.fromkeys(found) if url.startswith(("https://", "http://")))


def _message_reaction(event: Mapping[str, Any], page_id: str) -> Item:
    said, sender = event["reaction"], identifier(event["sender"]["id"])
    outgoing = sender == page_id
    change = Change.DELETED if said.get("action") == "unreact" else Change.CREATED
    emoji = clean(said.get("emoji"), 40) or _EMOJI.get(clean(said.get("reaction")), "👍")
    thread_id = identifier(event["recipient"]["id"]) if outgoing else sender
    return reaction_item(
        SLUG, event, Author(sender), identifier(said["mid"]), moment(event["timestamp"]), emoji,
        thread_id=thread_id, change=change, outgoing=outgoing, private=True,
    )  # fmt: skip


def standby_events(event: Mapping[str, Any], page_id: str, app_id: str = "") -> list[Item]:
    """One event while another app has the conversation, and that it has it. A poll can't tell them apart."""
    item = message_event(event, page_id, app_id)
    if item is None:
        return []
    spoken = item.kind is ItemKind.DIRECT_MESSAGE and not item.outgoing
    return [item, held_elsewhere(item)] if spoken else [item]


def message_event(event: Mapping[str, Any], page_id: str, app_id: str = "") -> Item | None:
    """One event of a conversation; None for deliveries, roles, payments and the like."""
    if mapped(event.get("reaction")).get("mid"):
        return _message_reaction(event, page_id)
    if "message" in event:
        message = event["message"]
        change = Change.DELETED if message.get("is_deleted") else Change.CREATED
    elif "message_edit" in event:
        message, change = event["message_edit"], Change.EDITED
        if not message.get("num_edit", 1):
            return None  # reported beside the message itself
    elif mapped(event.get("postback")).get("mid"):
        # A button that was pressed: its label is what the customer says.
        message = {**event["postback"], "text": event["postback"].get("title")}
        change = Change.CREATED
    elif "read" in event:
        return read_mark(event, page_id)
    elif handover := HANDOVERS & event.keys():
        return control(event, min(handover), page_id, app_id)
    elif (_MESSAGING_NOT_FOR_THE_DESK | {"reaction"}) & event.keys():
        return None
    else:
        raise ValueError("the event is of a kind that is not known")
    return _message_item(event, message, change, page_id)


def _message_item(event: Mapping[str, Any], message: Mapping[str, Any], change: Change, page_id: str) -> Item:
    sender, recipient = identifier(event["sender"]["id"]), identifier(event["recipient"]["id"])
    outgoing = sender == page_id or message.get("is_echo") is True
    text, attachments = clean(message.get("text")), _message_attachments(message)
    happened_at = moment(event["timestamp"])
    deleted = change is Change.DELETED
    return Item(
        network=SLUG,
        kind=ItemKind.DIRECT_MESSAGE,
        external_id=identifier(message["mid"]),
        thread_id=recipient if outgoing else sender,
        created_at=happened_at,
        change=change,
        changed_at=happened_at,
        parent_id=reference(mapped(message.get("reply_to")).get("mid")),
        author=Author(page_id if outgoing else sender),
        text="" if deleted else text,
        private=True,
        outgoing=outgoing,
        revision="" if deleted else digest(text),
        attachments=() if deleted else attachments,
        raw=clean_json(dict(event)),
    )


def _message_attachments(message: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Files only. During Meta's change of 2026 a sticker comes twice, as image and as sticker: it is one."""
    found: dict[str, Attachment] = {}
    for entry in each_object(message.get("attachments")):
        payload, kind = mapped(entry.get("payload")), clean(entry.get("type"))
        url = clean(payload.get("url"), 4_000)
        sticker = bool(payload.get("sticker_id")) or kind == "sticker"
        kind = "sticker" if sticker else "video" if kind.endswith("reel") else kind
        if url and kind in ("image", "video", "audio", "file", "sticker"):
            found[url] = Attachment(url, kind, external_id=clean(payload.get("sticker_id"), MAX_NAME))
    return tuple(found.values())
