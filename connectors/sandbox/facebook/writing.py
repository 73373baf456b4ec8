"""Posts, comments and likes: what a page may write, change and delete."""

import json
from typing import Any

from connectors.sandbox.facebook import ids
from connectors.sandbox.facebook.call import Call
from connectors.sandbox.facebook.compose import COMMENT_LIMIT, POST_LIMIT
from connectors.sandbox.facebook.errors import GraphError, gone, not_yours, wrong
from connectors.sandbox.facebook.nodes import Node
from connectors.sandbox.facebook.shapes import the_post
from connectors.sandbox.facebook.uploads import uploaded
from connectors.sandbox.records import Post

_SUCCESS = {"success": True}


def _message(call: Call, limit: int, *, needed: bool = True) -> str:
    text = call.params.get("message", "")
    if needed and not text.strip():
        raise wrong("message", "must be a non-empty string")
    if len(text) > limit:
        raise GraphError(100, f"(#100) Length of param message must be less than or equal to {limit}")
    return text


def publish(call: Call, node: Node) -> dict[str, Any]:
    """Post on the page's own feed."""
    call.needs("pages_manage_posts")
    text = _message(call, POST_LIMIT)
    latest = call.store.posts(call.network.slug, newest_first=True, limit=1, account_id=call.page.id, kind="post")
    if latest and latest[0].text == text:
        raise GraphError(506, "(#506) Duplicate status message")
    post = call.network.composer.post(call.page, call.page, "post", text, call.network.now_ms(), origin="api")
    call.network.publish([(post, [call.page.id])])
    return {"id": post.id}


def comment(call: Call, node: Node) -> dict[str, Any]:
    """Comment on a post, or answer a comment."""
    call.needs("pages_manage_engagement")
    media = [uploaded(call, call.params["attachment_id"])] if call.params.get("attachment_id") else []
    text = _message(call, COMMENT_LIMIT, needed=not media)
    parent, now_ms = the_post(node), call.network.now_ms()
    made = call.network.composer.comment(call.page, call.page, parent, text, now_ms, origin="api", media=media)
    call.network.publish([(made, [call.page.id])])
    return {"id": made.id}


def change(call: Call, node: Node) -> dict[str, Any]:
    """Edit the page's own words, or hide and show those of others."""
    call.needs("pages_manage_engagement")
    post = the_post(node)
    hidden = call.truth("is_hidden")
    if hidden is None and "message" not in call.params:
        raise GraphError(100, "(#100) At least one of the parameters message, is_hidden must be given")
    if "message" in call.params:
        if post.author_id != call.page.id:
            raise not_yours("You can only edit your own posts and comments")
        text = _message(call, COMMENT_LIMIT if node.kind == "Comment" else POST_LIMIT)
        _changed(call, call.network.edit(post, text), "edited")
    if hidden is not None and hidden != post.hidden:
        if post.author_id == call.page.id and node.kind == "Comment":
            raise not_yours("The comment can't be hidden by its own author")
        _changed(call, call.store.change_post(post, hidden=hidden), "hidden" if hidden else "shown")
    return dict(_SUCCESS)


def remove(call: Call, node: Node) -> dict[str, Any]:
    """Delete the page's own words, or what others wrote on the page."""
    call.needs("pages_manage_engagement")
    post = the_post(node)
    root = call.store.post(call.network.slug, post.root_id)
    elsewhere = root is not None and root.kind == "mention"
    if elsewhere and post.author_id != call.page.id:
        raise not_yours("You can't delete what others wrote on their own timeline")
    _changed(call, call.network.remove(post), "deleted")
    return dict(_SUCCESS)


def block(call: Call, node: Node) -> dict[str, Any]:
    """Shut people out of the page."""
    call.needs("pages_manage_engagement")
    people = _people(call)
    for person in people:
        call.network.shut_out(call.page, ids.person_of(call.page.id, person), "blocked")
    return dict.fromkeys(people, True)


def unblock(call: Call, node: Node) -> dict[str, Any]:
    """Let somebody in again."""
    call.needs("pages_manage_engagement")
    for person in _people(call):
        call.network.shut_out(call.page, ids.person_of(call.page.id, person))
    return dict(_SUCCESS)


def _people(call: Call) -> list[str]:
    given = call.params.get("psid", "")
    found = json.loads(given) if given.startswith("[") else [given]
    if not given or not all(isinstance(one, str) for one in found):
        raise wrong("psid", "must be a list of people")
    return found


def like(call: Call, node: Node) -> dict[str, Any]:
    """Like as the page; twice is once."""
    return _like(call, the_post(node), liked=True)


def unlike(call: Call, node: Node) -> dict[str, Any]:
    """Take the page's like back."""
    return _like(call, the_post(node), liked=False)


def _like(call: Call, post: Post, *, liked: bool) -> dict[str, Any]:
    call.needs("pages_manage_engagement")
    if bool(post.extra.get("page_likes")) != liked:
        extra = {**post.extra, "page_likes": liked}
        changed = call.store.change_post(post, likes=max(0, post.likes + (1 if liked else -1)), extra=extra)
        _changed(call, changed, "liked" if liked else "unliked")
    return dict(_SUCCESS)


def _changed(call: Call, post: Post, how: str) -> None:
    call.network.announce(how, [(post, [call.page.id])])


def refused(call: Call, node: Node) -> dict[str, Any]:
    """What this object does not do."""
    raise gone(call.request.method, node.id)
