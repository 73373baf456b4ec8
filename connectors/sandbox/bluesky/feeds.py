"""What the AppView shows: notifications, posts, an author's feed, threads, people (app.bsky.*)."""

from typing import Any

from starlette.routing import Route

from connectors.sandbox.bluesky.api import Api, Call, method, page_of
from connectors.sandbox.bluesky.compose import SLUG, time_of
from connectors.sandbox.bluesky.problems import XrpcError
from connectors.sandbox.bluesky.shapes import REASONS
from connectors.sandbox.records import Post, Reaction

MOST_AT_ONCE = 25


def routes(api: Api) -> list[Route]:
    """The methods of this file."""
    return [
        method(api, "GET", "app.bsky.notification.listNotifications", notifications),
        method(api, "GET", "app.bsky.feed.getPosts", posts),
        method(api, "GET", "app.bsky.feed.getAuthorFeed", author_feed),
        method(api, "GET", "app.bsky.feed.getPostThread", thread),
        method(api, "GET", "app.bsky.actor.getProfile", profile),
        method(api, "GET", "app.bsky.actor.getProfiles", profiles),
    ]


async def notifications(call: Call) -> dict[str, Any]:
    """What was said to or about the account, and who liked and reposted what it wrote; newest first."""
    limit, wanted = call.number("limit", 50, 100), call.request.query_params.getlist("reasons")
    store, shapes, before = call.api.store, call.api.shapes, call.before()
    found: list[Post | Reaction] = []
    if not wanted or set(wanted) - set(REASONS.values()):
        found += store.reaching(SLUG, call.account.id, before=before, limit=limit + 1, private=False)
    if not wanted or set(wanted) & set(REASONS.values()):
        found += store.reactions(SLUG, call.account.id, before=before, limit=limit + 1)
    page, cursor = page_of(call, sorted(found, key=lambda one: -one.position)[: limit + 1], limit)
    told = [
        shapes.reaction(one) if isinstance(one, Reaction) else shapes.notification(one, call.account) for one in page
    ]
    told = [one for one in told if not wanted or one["reason"] in wanted]
    return {"notifications": told, **cursor, "seenAt": time_of(call.api.network.now_ms())}


async def posts(call: Call) -> dict[str, Any]:
    """Up to 25 posts; those that are gone are left out."""
    found = (call.public(address) for address in call.several("uris", MOST_AT_ONCE))
    return {"posts": [call.api.shapes.post(post, call.account) for post in found if post]}


async def author_feed(call: Call) -> dict[str, Any]:
    """What an account posted, newest first."""
    author, limit = call.actor(call.text("actor")), call.number("limit", 50, 100)
    call.flag("includePins")  # nobody pins anything here
    equal: dict[str, Any] = {"author_id": author.id, "private": False}
    if call.request.query_params.get("filter") == "posts_no_replies":
        equal["parent_id"] = ""
    found = call.api.store.posts(SLUG, before=call.before(), limit=limit + 1, newest_first=True, **equal)
    page, cursor = page_of(call, found, limit)
    return {"feed": [_entry(call, post) for post in page], **cursor}


def _entry(call: Call, post: Post) -> dict[str, Any]:
    shown: dict[str, Any] = {"post": call.api.shapes.post(post, call.account)}
    if post.parent_id:
        ends = {"root": post.root_id, "parent": post.parent_id}
        shown["reply"] = {end: _end(call, address) for end, address in ends.items()}
    return shown


def _end(call: Call, address: str) -> dict[str, Any]:
    post = call.public(address)
    if post is None:
        return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": address, "notFound": True}
    return {"$type": "app.bsky.feed.defs#postView", **call.api.shapes.post(post, call.account)}


async def thread(call: Call) -> dict[str, Any]:
    """A post with what is above and below it."""
    post = call.public(call.text("uri"))
    if post is None:
        raise XrpcError(400, "NotFound", f"Post not found: {call.text('uri')}")
    depth, height = call.number("depth", 6, 1_000), call.number("parentHeight", 80, 1_000)
    return {"thread": call.api.shapes.thread(post, call.account, min(depth, 20), min(height, 80))}


async def profile(call: Call) -> dict[str, Any]:
    """One person."""
    return call.api.shapes.detailed(call.actor(call.text("actor")), call.account)


async def profiles(call: Call) -> dict[str, Any]:
    """Up to 25 people; unknown ones are left out."""
    wanted = call.several("actors", MOST_AT_ONCE)
    found = call.api.store.accounts(SLUG, wanted)
    return {"profiles": [call.api.shapes.detailed(found[did], call.account) for did in wanted if did in found]}
