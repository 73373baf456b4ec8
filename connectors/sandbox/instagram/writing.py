"""Comments: what an account may write, hide and delete; and whom it shuts out.

Source: Meta's reference of IG Media Comments, IG Comment, IG Comment Replies and IG User Mentions (v24 to v26), and its
guide “Moderate Conversations API for Instagram” (2026).
"""

import json
import re
from typing import Any

from connectors.sandbox.facebook import ids
from connectors.sandbox.facebook.call import Call
from connectors.sandbox.facebook.errors import GraphError, gone, not_yours, wrong
from connectors.sandbox.facebook.nodes import COMMENT, Node, last_message
from connectors.sandbox.facebook.shapes import the_post
from connectors.sandbox.instagram.compose import API_COMMENT_LIMIT
from connectors.sandbox.records import Post

_PERMISSION = "instagram_manage_comments"
_SUCCESS = {"success": True}
MOST_MODERATED = 10  # people in one request


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


def moderate(call: Call, node: Node) -> dict[str, Any]:
    """Shut out people who have a conversation with the account, or let them in again."""
    call.needs("instagram_manage_messages")
    actions, people = _list(call, "actions"), _list(call, "user_ids")
    if len(people) > MOST_MODERATED or not set(actions) <= {"block_user", "unblock_user", "move_to_spam"}:
        raise wrong("actions", "must be of {block_user, unblock_user, move_to_spam}, for 10 people at most")
    for one in people:
        person = ids.person_of(call.page.id, str(one.get("id", "")) if isinstance(one, dict) else "")
        if last_message(call.store, call.network.slug, ids.conversation(call.page.id, person or "0")) is None:
            raise wrong("user_ids", "must be people who have a conversation with the account")
        if "move_to_spam" not in actions:
            call.network.shut_out(call.page, person, "blocked" if "block_user" in actions else "")
    return dict(_SUCCESS)


def _list(call: Call, name: str) -> list[Any]:
    try:
        found = json.loads(call.params.get(name, "[]"))
    except ValueError:
        found = None
    if not isinstance(found, list) or not found:
        raise wrong(name, "must be a non-empty list")
    return found


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
