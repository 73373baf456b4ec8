"""Pages, people, posts, comments, conversations and messages as the Graph API shows them.

Source: Meta's Graph API reference (v24 to v26): Page, Page Post, Comment, Conversation, Message, User Profile.
"""

from collections.abc import Mapping
from typing import Any

from connectors.sandbox.facebook import ids
from connectors.sandbox.facebook.media import media_link, portrait_link
from connectors.sandbox.facebook.nodes import Node, Thread, comment_count, last_message, latest_change
from connectors.sandbox.facebook.view import View, timestamp
from connectors.sandbox.pictures import HEIGHT, WIDTH
from connectors.sandbox.records import Account, Post

RESPONSE_MS = 24 * 3_600_000


def the_post(node: Node) -> Post:
    """The row behind a post, comment or message."""
    if node.post is None:
        raise ValueError(f"{node.kind} has no row")
    return node.post


def the_account(node: Node) -> Account:
    """The account behind a page or person."""
    if node.account is None:
        raise ValueError(f"{node.kind} is nobody")
    return node.account


def the_thread(node: Node) -> Thread:
    """The conversation behind its id."""
    if node.thread is None:
        raise ValueError(f"{node.kind} is no conversation")
    return node.thread


def permalink(view: View, post: Post) -> str:
    """Where a person finds it: on the town square."""
    return f"{view.sandbox.address}/square/?network={view.network}&post={post.id}"


def last_inbound(view: View, thread_id: str) -> Post | None:
    """The customer's latest message in a conversation, from which the windows are counted."""
    person = ids.person_in(view.page.id, thread_id)
    return last_message(view.store, view.network, thread_id, person)


def photo(view: View, media: Mapping[str, str], post_id: str) -> dict[str, Any]:
    """One picture as it hangs on a post or comment."""
    kind = "photo" if media["kind"] == "image" else media["kind"]
    link = media_link(view.sandbox, view.network, media)
    shape: dict[str, Any] = {"media": {"image": {"height": HEIGHT, "src": link, "width": WIDTH}}}
    if kind == "video":
        shape["media"]["source"] = link
    target = {"id": media["id"], "url": f"{view.sandbox.address}/square/?network={view.network}&post={post_id}"}
    described = {"description": media["alt_text"]} if media["alt_text"] else {}
    return {**shape, **described, "target": target, "type": kind, "media_type": kind, "url": target["url"]}


def _attachments(view: View, node: Node) -> dict[str, Any] | None:
    post = the_post(node)
    photos = [photo(view, media, post.id) for media in post.media]
    if len(photos) < 2:
        return {"data": photos} if photos else None
    album = {**photos[0], "type": "album", "media_type": "album", "subattachments": {"data": photos}}
    return {"data": [album]}


def _attachment(view: View, node: Node) -> dict[str, Any] | None:
    post = the_post(node)
    return photo(view, post.media[0], post.id) if post.media else None


def _parent(view: View, node: Node) -> dict[str, Any] | None:
    """The comment that a comment answers; nothing for one directly below the post."""
    post = the_post(node)
    parent = view.store.post(view.network, post.parent_id) if post.parent_id != post.root_id else None
    if parent is None:
        return None
    shape = {"created_time": timestamp(parent.created_at), "message": parent.text, "id": parent.id}
    author = view.person(parent.author_id)
    return {**shape, "from": author} if author else shape


def _private_reply_allowed(view: View, node: Node) -> bool:
    post = the_post(node)
    young = view.sandbox.networks[view.network].now_ms() - post.created_at < 7 * RESPONSE_MS
    return young and post.author_id != view.page.id and "private_reply" not in post.extra


def _own(view: View, node: Node) -> bool:
    return the_post(node).author_id == view.page.id


POST = {
    "message": lambda view, node: the_post(node).text or None,
    "created_time": lambda view, node: timestamp(the_post(node).created_at),
    "updated_time": lambda view, node: timestamp(latest_change(view.store, the_post(node))),
    "from": lambda view, node: view.person(the_post(node).author_id),
    "permalink_url": lambda view, node: permalink(view, the_post(node)),
    "attachments": _attachments,
    "full_picture": lambda view, node: next(
        (media_link(view.sandbox, view.network, m) for m in the_post(node).media), None
    ),
    "status_type": lambda view, node: "added_photos" if the_post(node).media else "mobile_status_update",
    "is_hidden": lambda view, node: the_post(node).hidden,
    "is_published": lambda view, node: True,
    "can_reply_privately": _private_reply_allowed,
    "to": lambda view, node: (
        {"data": [view.person(view.page.id)]} if the_post(node).author_id != view.page.id else None
    ),
}
COMMENT = {
    "message": lambda view, node: the_post(node).text,
    "created_time": lambda view, node: timestamp(the_post(node).created_at),
    "from": lambda view, node: view.person(the_post(node).author_id),
    "parent": _parent,
    "object": lambda view, node: {"id": the_post(node).root_id},
    "permalink_url": lambda view, node: permalink(view, the_post(node)),
    "attachment": _attachment,
    "comment_count": lambda view, node: comment_count(view.store, the_post(node), everything=False),
    "like_count": lambda view, node: the_post(node).likes,
    "user_likes": lambda view, node: bool(the_post(node).extra.get("page_likes")),
    "is_hidden": lambda view, node: the_post(node).hidden,
    "is_private": lambda view, node: False,
    "can_comment": lambda view, node: True,
    "can_like": lambda view, node: True,
    "can_hide": lambda view, node: not _own(view, node),
    "can_remove": lambda view, node: True,
    "can_reply_privately": _private_reply_allowed,
}
PAGE = {
    "name": lambda view, node: the_account(node).name,
    "username": lambda view, node: the_account(node).handle,
    "link": lambda view, node: f"{view.sandbox.address}/square/?network={view.network}",
    "category": lambda view, node: "Transportation Service",
    "fan_count": lambda view, node: the_account(node).followers,
    "followers_count": lambda view, node: the_account(node).followers,
    "verification_status": lambda view, node: "blue_verified" if the_account(node).verified else "not_verified",
    "access_token": lambda view, node: the_account(node).credentials.get("page_access_token"),
    "picture": lambda view, node: {
        "data": {
            "height": HEIGHT,
            "is_silhouette": False,
            "url": portrait_link(view.sandbox, view.network, the_account(node).id),
            "width": WIDTH,
        }
    },
}
USER = {
    "name": lambda view, node: the_account(node).name,
    "first_name": lambda view, node: the_account(node).name.partition(" ")[0],
    "last_name": lambda view, node: the_account(node).name.partition(" ")[2],
    "profile_pic": lambda view, node: portrait_link(view.sandbox, view.network, the_account(node).id),
}


def _participants(view: View, node: Node) -> dict[str, Any]:
    person = ids.person_in(view.page.id, node.id)
    return {"data": [view.person(person, mail=True), view.person(view.page.id, mail=True)]}


def _can_reply(view: View, node: Node) -> bool:
    last = last_inbound(view, node.id)
    return last is not None and view.sandbox.networks[view.network].now_ms() - last.created_at <= RESPONSE_MS


def _unread(view: View, node: Node) -> int:
    """The customer's messages since the page wrote last."""
    ours = last_message(view.store, view.network, node.id, view.page.id)
    person = ids.person_in(view.page.id, node.id)
    after = ours.position if ours else 0
    return len(view.store.posts(view.network, after=after, private=True, root_id=node.id, author_id=person))


def _snippet(view: View, node: Node) -> str | None:
    last = last_message(view.store, view.network, node.id)
    return last.text[:100] if last else None


CONVERSATION = {
    "link": lambda view, node: f"/square/?network=messenger&conversation={node.id}",
    "updated_time": lambda view, node: timestamp(the_thread(node).changed_at),
    "message_count": lambda view, node: the_thread(node).messages,
    "unread_count": _unread,
    "participants": _participants,
    "senders": _participants,
    "can_reply": _can_reply,
    "snippet": _snippet,
    "is_subscribed": lambda view, node: True,
}


def _recipients(view: View, node: Node) -> dict[str, Any]:
    return {"data": [view.person(the_post(node).extra["recipient_id"], mail=True)]}


def files(view: View, node: Node) -> dict[str, Any] | None:
    """The files of a message, as a poll is told of them."""
    found = []
    for media in the_post(node).media:
        link = media_link(view.sandbox, view.network, media)
        file: dict[str, Any] = {"id": media["id"], "mime_type": media["content_type"], "name": f"{media['id']}.png"}
        size = {"width": WIDTH, "height": HEIGHT, "url": link, "preview_url": link}
        if media["kind"] == "image":
            file["image_data"] = {**size, "image_type": 1, "render_as_sticker": False}
        elif media["kind"] == "video":
            file["video_data"] = {**size, "length": 5, "video_type": 1}
        else:
            file["file_url"] = link
        found.append(file)
    return {"data": found} if found else None


MESSAGE = {
    "created_time": lambda view, node: timestamp(the_post(node).created_at),
    "from": lambda view, node: view.person(the_post(node).author_id, mail=True),
    "to": _recipients,
    "message": lambda view, node: the_post(node).text,
    "attachments": files,
    "sticker": lambda view, node: None,
    "shares": lambda view, node: None,
    "reactions": lambda view, node: None,
    "is_unsupported": lambda view, node: False,
    "thread_id": lambda view, node: the_post(node).root_id,
    "tags": lambda view, node: {
        "data": [{"name": "inbox"}, {"name": "sent" if the_post(node).author_id == view.page.id else "read"}]
    },
}
