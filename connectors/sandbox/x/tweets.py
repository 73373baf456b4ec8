"""Single posts: look up, write, delete, hide, like, with the rules that X has for each."""

from typing import Any

from starlette.routing import Route

from connectors.sandbox.records import Post
from connectors.sandbox.x.api import FIELD_PARAMS, ID, Api, Call, check_keys, endpoint
from connectors.sandbox.x.media import attached
from connectors.sandbox.x.problems import blank, forbidden, invalid, not_enrolled, not_found_entry, wrong_parameter
from connectors.sandbox.x.shapes import Wanted, history, subscribes
from connectors.sandbox.x.text import CASHTAG, LONG, SHORT, fits

DUPLICATE_HOURS = 24
_DUPLICATES_LOOKED_AT = 200
_CREATE_FIELDS = frozenset(
    "card_uri community_id direct_message_deep_link edit_options for_super_followers_only geo made_with_ai media "
    "nullcast paid_partnership poll quote_tweet_id reply reply_settings share_with_followers text".split()
)
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)


def routes(api: Api) -> list[Route]:
    """The endpoints of this file."""
    return [
        endpoint(api, "GET", "/2/tweets", several, FIELD_PARAMS | {"ids"}),
        endpoint(api, "GET", "/2/tweets/:id", one, FIELD_PARAMS),
        endpoint(api, "POST", "/2/tweets", create),
        endpoint(api, "DELETE", "/2/tweets/:id", delete),
        endpoint(api, "PUT", "/2/tweets/:tweet_id/hidden", hide),
        endpoint(api, "POST", "/2/users/:id/likes", like),
        endpoint(api, "DELETE", "/2/users/:id/likes/:tweet_id", unlike),
    ]


def _public(api: Api, post_id: str) -> Post | None:
    post = api.store.post("x", post_id)
    return post if post and not post.private and post.deleted_at is None else None


async def one(call: Call) -> tuple[int, dict[str, Any]]:
    """One post; an older version by its own id, as it was."""
    wanted, post_id = Wanted.of(call.params), call.path_id("id")
    post = _public(call.api, post_id)
    if post is None:
        return 200, {"errors": [not_found_entry("tweet", "id", post_id)]}
    answer = call.api.shapes.tweets([post], wanted)
    return 200, {**answer, "data": answer["data"][0]}


async def several(call: Call) -> tuple[int, dict[str, Any]]:
    """Up to 100 posts; those that are gone are told in `errors`."""
    wanted = Wanted.of(call.params)
    ids = [part for part in call.params.get("ids", "").split(",") if part]
    if not 1 <= len(ids) <= 100 or not all(ID.fullmatch(part) for part in ids):
        raise wrong_parameter("ids", ",".join(ids)[:100], "must be 1 to 100 ids")
    found = {post.id: post for post in (_public(call.api, post_id) for post_id in ids) if post}
    answer = call.api.shapes.tweets([found[post_id] for post_id in ids if post_id in found], wanted)
    if not found:
        answer.pop("data")
    missing = [not_found_entry("tweet", "ids", post_id) for post_id in ids if post_id not in found]
    if missing or answer.get("errors"):
        answer["errors"] = missing + answer.get("errors", [])
    return 200, answer


def _reference(body: dict[str, Any], name: str) -> str:
    value = body[name]
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise invalid(f"$.{name}: does not match the regex pattern ^[0-9]{{1,19}}$")
    return value


def _parent(call: Call, body: dict[str, Any]) -> Post | None:
    """The post that is answered, if X lets this account answer it."""
    reply = body.get("reply")
    if reply is None:
        return None
    if not isinstance(reply, dict) or "in_reply_to_tweet_id" not in reply:
        raise invalid("$.reply.in_reply_to_tweet_id: is missing but it is required")
    allowed = {"in_reply_to_tweet_id", "exclude_reply_user_ids", "auto_populate_reply_metadata"}
    check_keys(reply, allowed, "$.reply")
    parent = _public(call.api, _reference(reply, "in_reply_to_tweet_id"))
    if parent is None:
        raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
    account = call.account
    summoned = parent.author_id == account.id or account.id in call.api.store.reached(parent)
    if not summoned and account.settings.get("tier") != "enterprise":
        raise forbidden(NOT_SUMMONED)
    return parent


def _text(call: Call, body: dict[str, Any], media: list[dict[str, str]]) -> str:
    text = body.get("text", "")
    if not isinstance(text, str):
        raise invalid("$.text: must be a string")
    text = text.encode("utf-8", "replace").decode()
    if not text.strip():
        if not media:
            raise invalid("$.text: must be at least 1 characters long")
        return ""
    if not fits(text, LONG if subscribes(call.account) else SHORT):
        raise blank(
            400,
            "Bad Request",
            "Your Tweet text is too long. For more information on how Twitter determines text length see "
            "https://github.com/twitter/twitter-text.",
        )
    if len(CASHTAG.findall(text)) > 1 and call.account.settings.get("tier") != "enterprise":
        raise forbidden("Your Tweet contains more than one cashtag.")
    return text


def _quoted(call: Call, body: dict[str, Any]) -> Post | None:
    if "quote_tweet_id" not in body:
        return None
    if call.account.settings.get("tier") != "enterprise":
        raise not_enrolled(call.account.id)
    quoted = _public(call.api, _reference(body, "quote_tweet_id"))
    if quoted is None:
        raise forbidden("The Tweet you are trying to quote is deleted or not visible to you.")
    return quoted


def _refuse_duplicate(call: Call, post: Post) -> None:
    since = post.created_at - DUPLICATE_HOURS * 3_600_000
    recent = call.api.store.posts(
        "x",
        author_id=call.account.id,
        private=False,
        since_ms=since,
        limit=_DUPLICATES_LOOKED_AT,
        newest_first=True,
    )
    if any(other.text == post.text and not other.media and not post.media for other in recent):
        raise forbidden("You are not allowed to create a Tweet with duplicate content.")


async def create(call: Call) -> tuple[int, dict[str, Any]]:
    """Write a post or a reply. A reply begins with the mentions that it inherits; they are not counted."""
    body = await call.json(_CREATE_FIELDS)
    media_body = body.get("media")
    media: list[dict[str, str]] = []
    if media_body is not None:
        if not isinstance(media_body, dict):
            raise invalid("$.media: must be an object")
        media = attached(call, media_body.get("media_ids"))
    text, parent, quoted = _text(call, body, media), _parent(call, body), _quoted(call, body)
    more: dict[str, Any] = {"parent": parent, "quoted": quoted, "media": media}
    post, reached = call.api.composer.tweet(call.account, text, call.api.network.now_ms(), "api", **more)
    _refuse_duplicate(call, post)
    call.api.network.publish([(post, reached)])
    shown = call.api.shapes.tweet(post, Wanted.of({}), call.api.shapes.people_of([post]))
    return 201, {"data": shown}


async def delete(call: Call) -> tuple[int, dict[str, Any]]:
    """Delete a post of one's own. One that is gone already is answered with deleted: false."""
    post = _public(call.api, call.path_id("id"))
    if post is None:
        return 200, {"data": {"deleted": False}}
    if post.author_id != call.account.id:
        raise forbidden("You are not permitted to perform this action.")
    with call.api.store.transaction():
        gone = call.api.network.remove(post)
        call.api.network.announce("deleted", [(gone, call.api.store.reached(post))])
    return 200, {"data": {"deleted": True}}


async def hide(call: Call) -> tuple[int, dict[str, Any]]:
    """Hide or show a reply in a conversation that the account itself began."""
    body = await call.json({"hidden"})
    if not isinstance(body.get("hidden"), bool):
        raise invalid("$.hidden: is missing but it is required")
    post_id = call.path_id("tweet_id")
    post = _public(call.api, post_id)
    if post is None:
        raise blank(404, "Not Found", f"Could not find tweet with id: [{post_id}].")
    root = call.api.store.post("x", post.root_id)
    if root is None or root.author_id != call.account.id or post.id in history(root):
        raise forbidden("You can only hide replies to conversations that you started.")
    changed = call.api.store.change_post(post, hidden=body["hidden"])
    return 200, {"data": {"hidden": changed.hidden}}


def _likeable(call: Call, post_id: str) -> Post:
    call.own_path_id("id")
    if call.account.settings.get("tier") != "enterprise":
        raise not_enrolled(call.account.id)
    post = _public(call.api, post_id)
    if post is None:
        raise blank(404, "Not Found", f"Could not find tweet with id: [{post_id}].")
    return post


def _set_like(call: Call, post: Post, liked: bool) -> dict[str, Any]:
    by = {*post.extra.get("liked_by", ())}
    by = by | {call.account.id} if liked else by - {call.account.id}
    call.api.store.change_post(post, likes=len(by), extra={**post.extra, "liked_by": sorted(by)})
    return {"data": {"liked": liked}}


async def like(call: Call) -> tuple[int, dict[str, Any]]:
    """Like a post: enterprise only since 20 April 2026."""
    body = await call.json({"tweet_id"})
    if "tweet_id" not in body:
        raise invalid("$.tweet_id: is missing but it is required")
    return 200, _set_like(call, _likeable(call, _reference(body, "tweet_id")), liked=True)


async def unlike(call: Call) -> tuple[int, dict[str, Any]]:
    """Take a like back."""
    return 200, _set_like(call, _likeable(call, call.path_id("tweet_id")), liked=False)
