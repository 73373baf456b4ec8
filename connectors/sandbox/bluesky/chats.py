"""Direct messages: chat.bsky.convo.*, for tokens of app passwords that may see them."""

from collections.abc import Sequence
from typing import Any

from starlette.routing import Route

from connectors.sandbox.bluesky import ids
from connectors.sandbox.bluesky.api import Api, Call, method, page_of
from connectors.sandbox.bluesky.compose import SLUG, convo_of
from connectors.sandbox.bluesky.problems import XrpcError, invalid
from connectors.sandbox.bluesky.text import CHAT_BYTES, CHAT_GRAPHEMES, length_problem
from connectors.sandbox.records import Account, Post

LOG_PAGE = 100
CLOSED = "recipient has disabled incoming messages"


def routes(api: Api) -> list[Route]:
    """The methods of this file."""
    return [
        method(api, "GET", "chat.bsky.convo.getLog", log),
        method(api, "GET", "chat.bsky.convo.listConvos", convos),
        method(api, "GET", "chat.bsky.convo.getMessages", messages),
        method(api, "GET", "chat.bsky.convo.getConvoForMembers", convo_for_members),
        method(api, "POST", "chat.bsky.convo.sendMessage", send),
    ]


async def log(call: Call) -> dict[str, Any]:
    """What happened after the cursor, oldest first; without one only where the log stands."""
    after = call.before()
    if after is None:
        return {"logs": [], "cursor": ids.tid_of(call.api.store.next_position())}
    # Somebody who deletes a message deletes it for himself: only what the company took back is told to it.
    written = call.api.store.posts(
        SLUG, account_id=call.account.id, private=True, after=after, limit=LOG_PAGE, gone_too=True
    )
    events = [(post.position, _event("logCreateMessage", post, call.api.shapes.message(post))) for post in written]
    events += [
        (at, _event("logDeleteMessage", post, call.api.shapes.gone_message(post))) for at, post in _gone(call, after)
    ]
    events.sort(key=lambda one: one[0])
    page = events[:LOG_PAGE]
    cursor = ids.tid_of(page[-1][0] if page else after)
    line = f"GET {call.request.url.path}"
    told = call.api.network.sandbox.faults.disturb_page(SLUG, line, [event for _, event in page])
    return {"logs": told, "cursor": cursor}


def _gone(call: Call, after: int) -> list[tuple[int, Post]]:
    rows = call.api.store.select(
        "SELECT id, json_extract(extra, '$.gone_at') AS gone_at FROM posts "
        "WHERE network=? AND account_id=? AND private AND author_id=account_id AND gone_at>? ORDER BY 2 LIMIT 100",
        SLUG,
        call.account.id,
        after,
    )
    found = ((int(row["gone_at"]), call.api.store.post(SLUG, row["id"])) for row in rows)
    return [(at, post) for at, post in found if post is not None]


def _event(kind: str, post: Post, message: dict[str, Any]) -> dict[str, Any]:
    facts = {"rev": message["rev"], "convoId": post.root_id}
    return {"$type": f"chat.bsky.convo.defs#{kind}", **facts, "message": message}


async def convos(call: Call) -> dict[str, Any]:
    """Conversations, that with the newest message first."""
    limit, before = call.number("limit", 50, 100), call.before()
    rows = call.api.store.select(
        "SELECT root_id, max(position) AS newest FROM posts WHERE network=? AND account_id=? AND private "
        "GROUP BY root_id HAVING newest<? ORDER BY newest DESC LIMIT ?",
        SLUG,
        call.account.id,
        before if before is not None else 2**63 - 1,
        limit + 1,
    )
    shown = [_shown(call, row["root_id"]) for row in rows[:limit]]
    return {"convos": shown, **({"cursor": ids.tid_of(rows[limit - 1]["newest"])} if len(rows) > limit else {})}


def _shown(call: Call, convo_id: str) -> dict[str, Any]:
    said = _said(call, convo_id, 1)
    return call.api.shapes.convo(convo_id, _people(call, said), said[0] if said else None)


def _said(call: Call, convo_id: str, limit: int, before: int | None = None) -> list[Post]:
    return call.api.store.posts(
        SLUG,
        root_id=convo_id,
        account_id=call.account.id,
        private=True,
        before=before,
        limit=limit,
        newest_first=True,
        gone_too=True,
    )


def _people(call: Call, said: Sequence[Post]) -> list[Account]:
    dids = [call.account.id, *(did for post in said for did in (post.author_id, str(post.extra["recipient_id"])))]
    return list(call.api.store.accounts(SLUG, dids).values())


async def messages(call: Call) -> dict[str, Any]:
    """The messages of a conversation, newest first."""
    convo_id, limit = call.text("convoId"), call.number("limit", 50, 100)
    found = _said(call, convo_id, limit + 1, call.before())
    if not found and not _said(call, convo_id, 1):
        raise XrpcError(400, "InvalidConvo", "Conversation not found")
    page, cursor = page_of(call, found, limit)
    shapes = call.api.shapes
    told = [shapes.gone_message(post) if "gone_at" in post.extra else shapes.message(post) for post in page]
    return {"messages": told, **cursor}


async def convo_for_members(call: Call) -> dict[str, Any]:
    """The conversation with somebody, begun where there is none."""
    dids = [did for did in call.several("members", 10) if did != call.account.id]
    people = call.api.store.accounts(SLUG, dids)
    if len(dids) != 1 or dids[0] not in people:
        raise invalid("could not find members")
    other = people[dids[0]]
    if other.settings.get("unavailable"):
        raise invalid(CLOSED)
    convo_id = convo_of(call.account.id, other.id)
    said = _said(call, convo_id, 1)
    return {"convo": call.api.shapes.convo(convo_id, [call.account, other], said[0] if said else None)}


async def send(call: Call) -> dict[str, Any]:
    """One message into a conversation."""
    body = await call.json()
    convo_id, message = str(body.get("convoId", "")), body.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        raise invalid('Error: Input/message must have the property "text"')
    if problem := length_problem(message["text"], CHAT_GRAPHEMES, CHAT_BYTES):
        raise invalid(f"Error: {problem} at $.message.text")
    other = _other(call, convo_id)
    if other is None:
        raise XrpcError(400, "InvalidConvo", "Conversation not found")
    if other.settings.get("unavailable"):
        raise invalid(CLOSED)
    kept = {name: message[name] for name in ("text", "facets", "embed") if name in message}
    post = call.api.composer.message(call.account, other, kept, call.api.network.now_ms(), "api")
    call.api.network.publish([(post, [call.account.id])])
    return call.api.shapes.message(post)


def _other(call: Call, convo_id: str) -> Account | None:
    """Who is at the other end: whoever wrote in it, or whose conversation with us would have this id."""
    for person in _people(call, _said(call, convo_id, 1)):
        if person.id != call.account.id:
            return person
    rows = call.api.store.select("SELECT id FROM accounts WHERE network=? AND NOT company", SLUG)
    found = next((row["id"] for row in rows if convo_of(call.account.id, row["id"]) == convo_id), "")
    return call.api.store.account(SLUG, found) if found else None
