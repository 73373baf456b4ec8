"""Private messages: events newest first, without since_id, and sending to a person or into a conversation."""

from typing import Any

from starlette.routing import Route

from connectors.sandbox.records import Account, Post
from connectors.sandbox.x.api import FIELD_PARAMS, ID, Api, Call, endpoint, page_before, page_token
from connectors.sandbox.x.compose import DM_LIMIT, conversation_of
from connectors.sandbox.x.media import attached
from connectors.sandbox.x.problems import blank, forbidden, invalid, wrong_parameter
from connectors.sandbox.x.shapes import Wanted, timestamp
from connectors.sandbox.x.text import entities, presented

HISTORY_DAYS = 30
_PARAMS = FIELD_PARAMS | {"dm_event.fields", "event_types", "max_results", "pagination_token"}
_KINDS = frozenset({"MessageCreate", "ParticipantsJoin", "ParticipantsLeave"})


def routes(api: Api) -> list[Route]:
    """The endpoints of this file."""
    return [
        endpoint(api, "GET", "/2/dm_events", everything, _PARAMS),
        endpoint(api, "GET", "/2/dm_events/:id", one, _PARAMS),
        endpoint(api, "GET", "/2/dm_conversations/with/:participant_id/dm_events", with_person, _PARAMS),
        endpoint(api, "POST", "/2/dm_conversations/with/:participant_id/messages", send_to_person),
        endpoint(api, "GET", "/2/dm_conversations/:id/dm_events", in_conversation, _PARAMS),
        endpoint(api, "POST", "/2/dm_conversations/:id/messages", send_to_conversation),
    ]


def _event(call: Call, post: Post, wanted: Wanted) -> dict[str, Any]:
    links = [
        (f"https://x.com/messages/media/{post.id}?{number}", f"3_{media['id']}")
        for number, media in enumerate(post.media, 1)
    ]
    text, urls = presented(post.text, links)
    data: dict[str, Any] = {"id": post.id, "event_type": "MessageCreate", "text": text}
    facts: dict[str, Any] = {
        "created_at": timestamp(post.created_at),
        "dm_conversation_id": post.root_id,
        "entities": entities(text, urls, lambda _: ""),
    }
    data.update({name: value for name, value in facts.items() if name in wanted.dm and value})
    if "sender_id" in wanted.dm | wanted.expansions:
        data["sender_id"] = post.author_id
    if post.media and (wanted.dm & {"attachments"} or "attachments.media_keys" in wanted.expansions):
        data["attachments"] = {"media_keys": [key for _, key in links]}
    return data


def _answer(call: Call, conversation: str = "") -> tuple[int, dict[str, Any]]:
    wanted = Wanted.of(call.params)
    limit = call.number("max_results", 1, 100, 100)
    kinds = [part for part in call.params.get("event_types", "MessageCreate").split(",") if part]
    if set(kinds) - _KINDS:
        raise wrong_parameter("event_types", ",".join(kinds), f"is not one of [{','.join(sorted(_KINDS))}]")
    posts: list[Post] = []
    if "MessageCreate" in kinds:
        only: dict[str, Any] = {"root_id": conversation} if conversation else {}
        posts = call.api.store.posts(
            "x",
            account_id=call.account.id,
            private=True,
            before=page_before(call, "pagination_token"),
            since_ms=call.api.network.now_ms() - HISTORY_DAYS * 86_400_000,
            limit=limit,
            newest_first=True,
            **only,
        )
    path = call.request.url.path
    posts = call.api.network.sandbox.faults.disturb_page("x", f"GET {path}", posts)
    if not posts:
        return 200, {"meta": {"result_count": 0}}
    # X gives a next_token with every page that holds something, so the last page is found only by its being empty.
    token = page_token(min(post.position for post in posts), path)
    answer: dict[str, Any] = {
        "data": [_event(call, post, wanted) for post in posts],
        "meta": {"result_count": len(posts), "next_token": token},
    }
    includes: dict[str, Any] = {}
    ids: list[str] = []
    if "sender_id" in wanted.expansions:
        ids += [post.author_id for post in posts]
    if "participant_ids" in wanted.expansions:
        ids += [part for post in posts for part in post.root_id.split("-")]
    if ids:
        found = call.api.store.accounts("x", ids)
        includes["users"] = [call.api.shapes.user(account, wanted.user) for account in found.values()]
    if "attachments.media_keys" in wanted.expansions:
        media = [shape for post in posts for shape in call.api.shapes.media(post, wanted.media)]
        includes.update({"media": media} if media else {})
    if includes:
        answer["includes"] = includes
    return 200, answer


async def everything(call: Call) -> tuple[int, dict[str, Any]]:
    """All private messages of the last 30 days, sent and received."""
    return _answer(call)


async def with_person(call: Call) -> tuple[int, dict[str, Any]]:
    """The messages with one person."""
    return _answer(call, conversation_of(call.account.id, call.path_id("participant_id")))


def _conversation(call: Call) -> str:
    value = str(call.request.path_params["id"])
    parts = value.split("-")
    if len(parts) > 2 or not all(ID.fullmatch(part) for part in parts):
        raise wrong_parameter("id", value, "does not match ^([0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19})$")
    if call.account.id not in parts:
        raise forbidden("You are not a participant of this conversation.")
    return conversation_of(parts[0], parts[-1])


async def in_conversation(call: Call) -> tuple[int, dict[str, Any]]:
    """The messages of one conversation."""
    return _answer(call, _conversation(call))


async def one(call: Call) -> tuple[int, dict[str, Any]]:
    """One message."""
    wanted, post_id = Wanted.of(call.params), call.path_id("id")
    post = call.api.store.post("x", post_id)
    if post is None or not post.private or post.account_id != call.account.id:
        raise blank(404, "Not Found", f"Could not find dm_event with id: [{post_id}].")
    return 200, {"data": _event(call, post, wanted)}


async def _send(call: Call, recipient: Account | None) -> tuple[int, dict[str, Any]]:
    body = await call.json({"text", "attachments"})
    text, attachments = body.get("text", ""), body.get("attachments", [])
    if not isinstance(text, str) or not isinstance(attachments, list):
        raise invalid("$.text: must be a string")
    if not text.strip() and not attachments:
        raise invalid("$: at least one of [text, attachments] is required")
    if len(text) > DM_LIMIT:
        raise invalid(f"$.text: must be at most {DM_LIMIT} characters long")
    media = attached(call, [part.get("media_id") for part in attachments if isinstance(part, dict)])
    if recipient is None:
        raise blank(404, "Not Found", "One or more of the participants could not be found.")
    if recipient.settings.get("dm") == "closed" or recipient.id == call.account.id:
        raise forbidden("You do not have permission to DM one or more participants.")
    api = call.api
    clean = text.encode("utf-8", "replace").decode()
    post = api.composer.message(call.account, recipient, clean, api.network.now_ms(), "api", "", media)
    api.network.publish([(post, [call.account.id])])
    return 201, {"data": {"dm_conversation_id": post.root_id, "dm_event_id": post.id}}


async def send_to_person(call: Call) -> tuple[int, dict[str, Any]]:
    """Write to somebody."""
    return await _send(call, call.api.store.account("x", call.path_id("participant_id")))


async def send_to_conversation(call: Call) -> tuple[int, dict[str, Any]]:
    """Write into a conversation."""
    others = [part for part in _conversation(call).split("-") if part != call.account.id]
    return await _send(call, call.api.store.account("x", others[0]) if others else None)
