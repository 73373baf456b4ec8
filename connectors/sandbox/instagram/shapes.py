"""Accounts, media, comments, people and messages as the Graph API shows them for Instagram.

Source: Meta's reference (v24 to v26): IG User, IG Media, IG Comment, Mentioned Comment, Mentioned Media, User Profile.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sandbox.facebook import shapes as facebook
from connectors.sandbox.facebook.edges import answer_with, conversations, messages, posts_edge
from connectors.sandbox.facebook.errors import GraphError, gone, wrong
from connectors.sandbox.facebook.fields import Field
from connectors.sandbox.facebook.media import media_link, portrait_link
from connectors.sandbox.facebook.nodes import COMMENT, Node, comment_count
from connectors.sandbox.facebook.paging import listing
from connectors.sandbox.facebook.shapes import the_account, the_post
from connectors.sandbox.facebook.view import NodeType, View, show, timestamp
from connectors.sandbox.records import Account, Post


def _account(view: View, node: Node) -> dict[str, Any]:
    account = the_account(node)
    return {"id": account.id, "username": account.handle, "name": account.name}


PAGE = {
    "name": lambda view, node: the_account(node).name,
    "instagram_business_account": _account,
    "connected_instagram_account": _account,
}
IG_USER = {
    "username": lambda view, node: the_account(node).handle,
    "name": lambda view, node: the_account(node).name,
    "profile_picture_url": lambda view, node: portrait_link(view.sandbox, view.network, the_account(node).id),
    "followers_count": lambda view, node: the_account(node).followers,
}


def _consented(view: View, node: Node) -> Account:
    """Somebody who never wrote in private has agreed to nothing."""
    person = the_account(node)
    if not view.store.posts(view.network, limit=1, private=True, author_id=person.id, account_id=view.page.id):
        raise GraphError(230, "(#230) User consent is required to access user profile", status=403)
    return person


USER = {
    "name": lambda view, node: _consented(view, node).name,
    "username": lambda view, node: _consented(view, node).handle,
    "profile_pic": lambda view, node: portrait_link(view.sandbox, view.network, _consented(view, node).id),
    "follower_count": lambda view, node: _consented(view, node).followers,
    "is_verified_user": lambda view, node: _consented(view, node).verified,
    "is_user_follow_business": lambda view, node: False,
    "is_business_follow_user": lambda view, node: False,
}


def _author(view: View, node: Node) -> Account | None:
    return view.store.account(view.network, the_post(node).author_id)


def _username(view: View, node: Node) -> str | None:
    author = _author(view, node)
    return author.handle if author else None


def _file(view: View, media: Mapping[str, str]) -> dict[str, str]:
    kind = "VIDEO" if media["kind"] == "video" else "IMAGE"
    return {"id": media["id"], "media_type": kind, "media_url": media_link(view.sandbox, view.network, media)}


def _media_type(view: View, node: Node) -> str:
    media = the_post(node).media
    return "CAROUSEL_ALBUM" if len(media) > 1 else _file(view, media[0])["media_type"] if media else "IMAGE"


def _media_url(view: View, node: Node) -> str | None:
    """Everything on Instagram has a picture; what was written without one here gets one."""
    media = the_post(node).media
    if not media:
        return portrait_link(view.sandbox, view.network, the_post(node).id)
    return _file(view, media[0])["media_url"] if len(media) == 1 else None


def _children(view: View, node: Node) -> dict[str, Any] | None:
    media = the_post(node).media
    return {"data": [_file(view, one) for one in media]} if len(media) > 1 else None


IG_MEDIA = {
    "caption": lambda view, node: the_post(node).text or None,
    "timestamp": lambda view, node: timestamp(the_post(node).created_at),
    "username": _username,
    "owner": lambda view, node: {"id": view.page.id} if the_post(node).author_id == view.page.id else None,
    "permalink": lambda view, node: facebook.permalink(view, the_post(node)),
    "media_type": _media_type,
    "media_product_type": lambda view, node: "FEED",
    "media_url": _media_url,
    "children": _children,
    "comments_count": lambda view, node: comment_count(view.store, the_post(node), everything=True),
    "like_count": lambda view, node: the_post(node).likes,
    "is_comment_enabled": lambda view, node: True,
}


def _parent(view: View, node: Node) -> str | None:
    post = the_post(node)
    return post.parent_id if post.parent_id != post.root_id else None


IG_COMMENT = {
    "text": lambda view, node: the_post(node).text,
    "timestamp": lambda view, node: timestamp(the_post(node).created_at),
    "from": lambda view, node: view.person(the_post(node).author_id),
    "username": _username,
    "hidden": lambda view, node: the_post(node).hidden,
    "like_count": lambda view, node: the_post(node).likes,
    "media": lambda view, node: {"id": the_post(node).root_id},
    "parent_id": _parent,
}


def _story(view: View, node: Node) -> dict[str, Any] | None:
    post = the_post(node)
    if post.extra.get("story") != "mention":
        return None
    return {"mention": {"link": story_link(view, post), "id": post.id}}


def story_link(view: View, post: Post) -> str:
    """Where the story is to be seen while it lasts."""
    if post.media:
        return media_link(view.sandbox, view.network, post.media[0])
    return portrait_link(view.sandbox, view.network, post.id)


def _attachments(view: View, node: Node) -> dict[str, Any] | None:
    return None if the_post(node).extra.get("story") else facebook.files(view, node)


_NOT_HERE = ("sticker", "tags", "thread_id")
MESSAGE = {name: getter for name, getter in facebook.MESSAGE.items() if name not in _NOT_HERE}
MESSAGE |= {"story": _story, "attachments": _attachments}


def _below(edge: str) -> Any:
    def read(view: View, node: Node, args: Mapping[str, str], wanted: tuple[Field, ...]) -> dict[str, Any]:
        """Comments directly below, newest first: there is no order to choose at Meta's, and no `since`."""

        def query(after: int, before: int | None, limit: int, newest_first: bool) -> Sequence[Post]:
            return view.store.posts(
                view.network, after=after, before=before, limit=limit, newest_first=newest_first,
                kind=COMMENT, parent_id=node.id,
            )  # fmt: skip

        found = listing(args, query, default=25, newest_first=True)
        return answer_with(view, found, f"{node.id}/{edge}", args, wanted)

    return read


def _mentioned_media(view: View, node: Node, by: Mapping[str, str], wanted: tuple[Field, ...]) -> dict[str, Any]:
    """Media of somebody else whose caption names the account."""
    if not by.get("media_id"):
        raise wrong("media_id", "is required")
    post = view.store.post(view.network, by["media_id"])
    if post is None or post.deleted_at is not None or post.account_id != view.page.id or post.kind != "mention":
        raise gone("GET", by["media_id"])
    return show(view, Node("IGMedia", post.id, post=post), wanted)


def _mentioned_comment(view: View, node: Node, by: Mapping[str, str], wanted: tuple[Field, ...]) -> dict[str, Any]:
    """A comment of somebody else that names the account."""
    if not by.get("comment_id"):
        raise wrong("comment_id", "is required")
    post = view.store.post(view.network, by["comment_id"])
    if post is None or post.deleted_at is not None or post.account_id != view.page.id or post.kind != COMMENT:
        raise gone("GET", by["comment_id"])
    return show(view, Node("IGComment", post.id, post=post), wanted)


TYPES: dict[str, NodeType] = {
    "Page": NodeType(("name",), PAGE, {"conversations": conversations}),
    "User": NodeType(("name", "profile_pic"), USER, {}),
    "IGUser": NodeType(
        (),
        IG_USER,
        {"media": posts_edge("media", kind="post"), "tags": posts_edge("tags", kind="tag")},
        {"mentioned_media": _mentioned_media, "mentioned_comment": _mentioned_comment},
    ),
    "IGMedia": NodeType((), IG_MEDIA, {"comments": _below("comments")}),
    "IGComment": NodeType(("text", "timestamp"), IG_COMMENT, {"replies": _below("replies")}),
    "Conversation": NodeType(("link", "updated_time"), facebook.CONVERSATION, {"messages": messages}),
    "Message": NodeType(("created_time",), MESSAGE, {}),
}
