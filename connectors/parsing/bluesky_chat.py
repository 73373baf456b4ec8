"""Direct messages of Bluesky: the log that tells what happened, and the conversations that were there before it.

A cursor holds `log`, where the log stands. What was said before an account was connected comes by conversation:
`listing` leads to the next page of them ("" for the first), `queue` are those to be read, and where all since some
moment are wanted (`since`), `page` leads to older messages of the first of them. The log's place is taken first, so
that nothing falls between the two. Source: the lexicons chat.bsky.convo.*.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base import Change, Cursor, Item, ItemKind
from connectors.parsing import Sieve, each_object, identifier, listed, mapped
from connectors.parsing.bluesky import SLUG, author_of
from connectors.parsing.bluesky_text import expanded
from connectors.parsing.bluesky_uri import web_address
from connectors.text import clean, clean_json
from connectors.times import moment

_DEFS = "chat.bsky.convo.defs"
_CREATED, _DELETED = f"{_DEFS}#logCreateMessage", f"{_DEFS}#logDeleteMessage"
_GONE, _SYSTEM = f"{_DEFS}#deletedMessageView", f"{_DEFS}#systemMessageView"
MOST_QUEUED = 50


def senders_in(entries: object) -> list[str]:
    """Who wrote the messages of a log or of a page, each once."""
    found = (mapped(mapped(entry.get("message", entry)).get("sender")).get("did") for entry in each_object(entries))
    return list(dict.fromkeys(did for did in found if isinstance(did, str)))


def read_log(entries: object, own_did: str, profiles: Mapping[str, Mapping[str, Any]], sieve: Sieve) -> None:
    """Sort the log's entries: messages that were written and taken back; what else happens is not for the desk."""

    def read(entry: Mapping[str, Any]) -> Item | None:
        if entry["$type"] not in (_CREATED, _DELETED):
            return None
        gone = entry["$type"] == _DELETED
        return message_item(mapped(entry["message"]), identifier(entry["convoId"]), own_did, profiles, gone=gone)

    sieve.read(entries, read)


def message_item(
    message: Mapping[str, Any],
    convo_id: str,
    own_did: str,
    profiles: Mapping[str, Mapping[str, Any]],
    *,
    gone: bool = False,
) -> Item | None:
    """One message; None for a line that the system wrote, and on a page for one that is gone."""
    kind = message.get("$type")
    if kind == _SYSTEM or (kind == _GONE and not gone):
        return None
    sender = identifier(mapped(message["sender"]).get("did"))
    return Item(
        network=SLUG,
        kind=ItemKind.DIRECT_MESSAGE,
        external_id=identifier(message["id"]),
        thread_id=convo_id,
        created_at=moment(message["sentAt"]),
        change=Change.DELETED if gone else Change.CREATED,
        author=author_of({"did": sender}, profiles),
        text="" if gone else _text_of(message),
        private=True,
        outgoing=sender == own_did,
        raw=clean_json(dict(message)),
    )


def _text_of(message: Mapping[str, Any]) -> str:
    """The words, and the address of a post that is shown below them."""
    text = expanded(message.get("text"), message.get("facets"))
    shown = web_address(clean(mapped(mapped(message.get("embed")).get("record")).get("uri"), 300))
    return f"{text}\n{shown}".strip() if shown and shown not in text else text


def begun(log: str, cursor: Cursor) -> dict[str, Any]:
    """The first cursor with a place in it: from here on the log tells, and what was before is listed."""
    return {**_since(cursor), "log": log, "listing": "", "queue": []}


def is_listing(cursor: Cursor) -> bool:
    """Whether the next call asks for a page of conversations."""
    return "listing" in cursor and not listed(cursor.get("queue"))


def after_listing(cursor: Cursor, convos: object, following: object) -> dict[str, Any]:
    """Where to go on after a page of conversations: through each of them that anything was said in."""
    spoken = [convo for convo in each_object(convos) if convo.get("id") and convo.get("lastMessage")]
    fresh = [convo for convo in spoken if not _is_before(cursor, mapped(convo["lastMessage"]).get("sentAt"))]
    page = clean(following, 500)
    past = len(fresh) < len(spoken)  # the list runs from the conversation with the newest message down
    ended = not page or page == cursor.get("listing") or not listed(convos) or past
    queue = [identifier(convo["id"]) for convo in fresh][:MOST_QUEUED]
    kept: dict[str, Any] = {**_since(cursor), "log": clean(cursor.get("log")), "queue": queue}
    return kept if ended else {**kept, "listing": page}


def after_conversation(cursor: Cursor, items: Sequence[Item], page: str) -> dict[str, Any]:
    """Where to go on after a page of the first conversation of the queue; `page` is where its next, older one is.

    Older pages are read only where the reading goes down to some moment.
    """
    queue = [str(one) for one in listed(cursor.get("queue"))]
    rest = {name: value for name, value in cursor.items() if name != "page"}
    oldest = min((item.created_at for item in items), default=None)
    deeper = bool(_since(cursor)) and page and page != cursor.get("page")
    if deeper and oldest is not None and not _is_before(cursor, oldest.isoformat()):
        return {**rest, "queue": queue, "page": page}
    return {**rest, "queue": queue[1:]}


def _since(cursor: Cursor) -> dict[str, Any]:
    return {"since": cursor["since"]} if cursor.get("since") else {}


def _is_before(cursor: Cursor, time: object) -> bool:
    """Whether this lies before the moment down to which everything is read; never where there is none."""
    try:
        return moment(time) < moment(cursor.get("since"))
    except ValueError:
        return False


def unfinished(cursor: Cursor) -> bool:
    """Whether there is more from before."""
    return "listing" in cursor or bool(listed(cursor.get("queue")))
