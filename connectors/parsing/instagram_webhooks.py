"""What Instagram pushes for an account: comments, mentions and direct messages.

Sources: Meta's webhook reference for Instagram and its examples, and the payloads that restfb records. Ids are numbers
or text, times seconds or milliseconds; a comment can lack its author and its media, and a mention is ids alone. That a
comment was changed or deleted is told to nobody.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from connectors.base import Attachment, Change, Item, ItemKind
from connectors.parsing import Sieve, each_object, identifier, listed, mapped, reference
from connectors.parsing.facebook_page import is_page
from connectors.parsing.facebook_webhooks import message_event, standby_events
from connectors.parsing.instagram import ELSEWHERE, SLUG, STORY, author_of
from connectors.text import MAX_NAME, clean, clean_json, digest
from connectors.times import moment

_COMMENTS, _LIVE_COMMENTS, _MENTIONS = "comments", "live_comments", "mentions"
_NOT_FOR_THE_DESK = frozenset({"story_insights"})
# In tests of the app dashboard what is otherwise under `messaging` comes as a change of one of these fields.
_MESSAGING = frozenset({
    "messages", "message_echoes", "message_edit", "message_reactions", "messaging_handover", "messaging_optins",
    "messaging_postbacks", "messaging_referral", "messaging_seen", "standby", "response_feedback",
})  # fmt: skip
_SHARED = frozenset({"share", "ig_post"})
_Read = Item | list[Item] | None


def read_delivery(delivery: Mapping[str, Any], own_id: str, sieve: Sieve, app_id: str = "") -> None:
    """Sort one delivery into `sieve`. One address can serve every account of an app; other entries are theirs.

    `app_id` is the desk's own app, where it is known.
    """
    if delivery.get("object") != "instagram":
        return
    for entry in listed(delivery.get("entry")):
        if not isinstance(entry, dict):
            sieve.refuse(entry, "This entry is not a JSON object.")
        elif str(entry.get("id", own_id)) == own_id:
            sieve.read(entry.get("changes"), _change_reader(entry, own_id, app_id))
            # Some examples of Meta's have the change without its list around it.
            if "field" in entry:
                sieve.read(entry, _change_reader(entry, own_id, app_id))
            for name in ("messaging", "standby"):
                sieve.read(entry.get(name), _conversation_reader(name, own_id, app_id))


def _change_reader(entry: Mapping[str, Any], own_id: str, app_id: str) -> Callable[[Any], _Read]:
    def read(change: Mapping[str, Any]) -> _Read:
        field, value = change["field"], change["value"]
        if field in (_COMMENTS, _LIVE_COMMENTS):
            return _comment(value, entry.get("time"), own_id, live=field == _LIVE_COMMENTS)
        if field == _MENTIONS:
            return _mention(value, entry.get("time"))
        if field in _MESSAGING:
            return _conversation_reader(field, own_id, app_id)(value)
        if field in _NOT_FOR_THE_DESK:
            return None
        raise ValueError(f"the field “{clean(field, 60)}” is not known")

    return read


def _comment(value: Mapping[str, Any], told_at: object, own_id: str, *, live: bool) -> Item:
    """A comment on our media. On a live broadcast it can be answered in private only."""
    comment_id, author, text = identifier(value["id"]), author_of(value), clean(value.get("text"))
    media_id = reference(mapped(value.get("media")).get("id"))
    at = moment(value.get("timestamp") or told_at)
    return Item(
        network=SLUG,
        kind=ItemKind.COMMENT,
        external_id=comment_id,
        thread_id=media_id or comment_id,
        parent_id=reference(value.get("parent_id")) or media_id,
        created_at=at,
        changed_at=at,  # as it began, so that a late delivery undoes nothing that a poll has seen
        author=author,
        text=text,
        outgoing=is_page(author, own_id),
        reply_allowed=not live,
        revision=digest(text),
        raw=clean_json(dict(value)),
    )


def _mention(value: Mapping[str, Any], told_at: object) -> Item:
    """Somebody named the account in a comment or a caption; words and author are fetched later."""
    media_id, comment_id = identifier(value["media_id"]), reference(value.get("comment_id"))
    at = moment(told_at)
    return Item(
        network=SLUG,
        kind=ItemKind.MENTION,
        external_id=comment_id or media_id,
        thread_id=ELSEWHERE + media_id,
        parent_id=media_id if comment_id else "",
        created_at=at,
        changed_at=at,
        revision=digest(""),
        raw=clean_json(dict(value)),
    )


def _conversation_reader(field: str, own_id: str, app_id: str) -> Callable[[Any], list[Item]]:
    def read(event: Mapping[str, Any]) -> list[Item]:
        if field == "standby":
            found = standby_events(event, own_id, app_id)
        else:
            item = message_event(event, own_id, app_id)
            found = [item] if item is not None else []
        return [_as_here(item, mapped(event.get("message"))) for item in found]

    return read


def _as_here(item: Item, message: Mapping[str, Any]) -> Item:
    if item.change is Change.DELETED or item.kind is not ItemKind.DIRECT_MESSAGE:
        return dataclasses.replace(item, network=SLUG)
    return dataclasses.replace(item, network=SLUG, attachments=(*item.attachments, *_more_files(message)))


def _more_files(message: Mapping[str, Any]) -> list[Attachment]:
    """Stories, which nobody may keep, and what was shared."""
    found = []
    for entry in each_object(message.get("attachments")):
        kind, url = clean(entry.get("type")), clean(mapped(entry.get("payload")).get("url"), 4_000)
        if url and kind == "story_mention":
            found.append(Attachment(url, STORY))
        elif url and kind in _SHARED:
            found.append(Attachment(url, "file"))
    answered = mapped(mapped(message.get("reply_to")).get("story"))
    if link := clean(answered.get("url"), 4_000):
        found.append(Attachment(link, STORY, external_id=clean(answered.get("id"), MAX_NAME)))
    return list({file.url: file for file in found}.values())  # during a change of Meta's a share comes as both kinds
