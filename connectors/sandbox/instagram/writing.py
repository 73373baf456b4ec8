"""Comments: what an account may write, hide and delete.

Source: Meta's reference of IG Media Comments, IG Comment, IG Comment Replies and IG User Mentions (v24 to v26).
"""

import re
from typing import Any

from connectors.sandbox.facebook.call import Call
from connectors.sandbox.facebook.errors import GraphError, gone, not_yours, wrong
from connectors.sandbox.facebook.nodes import COMMENT, Node
from connectors.sandbox.facebook.shapes import the_post
from connectors.sandbox.instagram.compose import API_COMMENT_LIMIT
from connectors.sandbox.records import Post

_PERMISSION = "instagram_manage_comments"
_SUCCESS = {"success": True}


def comment(call: Call, node: Node) -> dict[str, Any]:
    """Comment on media of the account, or answer a comment there; a hidden one takes no answer."""
    post = the_post(node)
    if post.hidden:
        raise GraphError(100, "(#100) You cannot reply to hidden comments")
    return _said_below(call, post)


def answer_mention(call: Call, node: Node) -> dict[str, Any]:
    """Comment where somebody else named the account: below the media, or below the comment that did."""
    media = call.store.post(call.network.slug, call.params.get("media_id", ""))
    if media is None or media.deleted_at is not None or media.kind != "mention" or media.account_id != call.page.id:
        raise gone("POST", call.params.get("media_id", ""))
    below = media
    if comment_id := call.params.get("comment_id", ""):
        found = call.store.post(call.network.slug, comment_id)
        if found is None or found.deleted_at is not None or found.root_id != media.id or found.kind != COMMENT:
            raise gone("POST", comment_id)
        below = found
    return _said_below(call, below)


def hide(call: Call, node: Node) -> dict[str, Any]:
    """Hide a comment of somebody else, or show it again."""
    call.needs(_PERMISSION)
    post, hidden = the_post(node), call.truth("hide")
    if hidden is None:
        raise wrong("hide", "is required")
    if post.author_id == call.page.id:
        raise not_yours("Comments of the account itself can't be hidden")
    if hidden != post.hidden:
        call.store.change_post(post, hidden=hidden)
    return dict(_SUCCESS)


def remove(call: Call, node: Node) -> dict[str, Any]:
    """Delete a comment on the account's own media, or its own words elsewhere."""
    call.needs(_PERMISSION)
    call.network.remove(the_post(node))
    return dict(_SUCCESS)


def _said_below(call: Call, parent: Post) -> dict[str, Any]:
    call.needs(_PERMISSION)
    text = _words(call)
    now_ms = call.network.now_ms()
    made = call.network.composer.comment(call.page, call.page, parent, text, now_ms, origin="api")
    call.network.publish([(made, [call.page.id])])
    return {"id": made.id}


def _words(call: Call) -> str:
    text = call.params.get("message", "")
    if not text.strip():
        raise wrong("message", "must be a non-empty string")
    if len(text) > API_COMMENT_LIMIT:
        raise GraphError(100, f"(#100) Length of param message must be less than or equal to {API_COMMENT_LIMIT}")
    too_many = len(re.findall(r"#\w", text)) > 4 or len(re.findall(r"https?://", text)) > 1
    if too_many or text.isupper():
        raise GraphError(100, "(#100) The comment has too many hashtags or links, or is in capitals alone")
    return text
