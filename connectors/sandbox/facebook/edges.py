"""What hangs on pages, posts, comments and conversations, as lists; the same by themselves and as nested fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sandbox.facebook import ids, shapes
from connectors.sandbox.facebook.errors import no_field, wrong
from connectors.sandbox.facebook.fields import Field
from connectors.sandbox.facebook.nodes import (
    COMMENT,
    FEED_KINDS,
    Node,
    Thread,
    comment_count,
    threads,
)
from connectors.sandbox.facebook.paging import Listing, envelope, listing
from connectors.sandbox.facebook.shapes import the_post
from connectors.sandbox.facebook.view import Edge, NodeType, View, show
from connectors.sandbox.records import Post


def answer_with(
    view: View, found: Listing[Post], place: str, args: Mapping[str, str], wanted: tuple[Field, ...]
) -> dict[str, Any]:
    """A page of posts, comments or messages."""
    data = [show(view, view.surface.node(post), wanted) for post in view.disturbed(place, found.rows)]
    return envelope(found, data, f"{view.address}/{place}", link_args(view, args, wanted))


def link_args(view: View, args: Mapping[str, str], wanted: tuple[Field, ...]) -> dict[str, str]:
    """What the address of the next page repeats."""
    fields = {"fields": ",".join(map(str, wanted))} if wanted else {}
    return {**view.link_args, **args, **fields}


def posts_edge(edge: str, **equal: Any) -> Edge:
    def read(view: View, node: Node, args: Mapping[str, str], wanted: tuple[Field, ...]) -> dict[str, Any]:
        def query(after: int, before: int | None, limit: int, newest_first: bool) -> Sequence[Post]:
            return view.store.posts(
                view.network,
                after=after,
                before=before,
                limit=limit,
                newest_first=newest_first,
                account_id=view.page.id,
                private=False,
                **equal,
            )

        found = listing(args, query, default=25, newest_first=True)
        return answer_with(view, found, f"{node.id}/{edge}", args, wanted)

    return read


def comments(view: View, node: Node, args: Mapping[str, str], wanted: tuple[Field, ...]) -> dict[str, Any]:
    """Comments below a post or comment: only those directly below it, or (`filter=stream`) all of them."""
    post = the_post(node)
    chosen, order = args.get("filter", "toplevel"), args.get("order", "chronological")
    if chosen not in ("toplevel", "stream"):
        raise wrong("filter", "must be one of {TOPLEVEL, STREAM}")
    if order not in ("chronological", "reverse_chronological", "ranked"):
        raise wrong("order", "must be one of {CHRONOLOGICAL, REVERSE_CHRONOLOGICAL, RANKED}")
    stream = chosen == "stream" and post.kind != COMMENT
    below: dict[str, Any] = {"root_id": post.id} if stream else {"parent_id": post.id}

    def query(after: int, before: int | None, limit: int, newest_first: bool) -> Sequence[Post]:
        return view.store.posts(
            view.network, after=after, before=before, limit=limit, newest_first=newest_first, kind=COMMENT, **below
        )

    found = listing(args, query, default=25, newest_first=order == "reverse_chronological")
    answer = answer_with(view, found, f"{node.id}/comments", args, wanted)
    if args.get("summary") in ("true", "1", "total_count"):
        total = comment_count(view.store, post, everything=stream)
        answer["summary"] = {"order": order, "total_count": total, "can_comment": True}
    return answer


def likes(view: View, node: Node, args: Mapping[str, str], wanted: tuple[Field, ...]) -> dict[str, Any]:
    """Who likes it: of people Facebook tells the number only."""
    post = the_post(node)
    liked = bool(post.extra.get("page_likes"))
    answer: dict[str, Any] = {"data": [{"id": view.page.id, "name": view.page.name}] if liked else []}
    if args.get("summary") in ("true", "1", "total_count"):
        answer["summary"] = {"total_count": post.likes, "can_like": True, "has_liked": liked}
    return answer


def conversations(view: View, node: Node, args: Mapping[str, str], wanted: tuple[Field, ...]) -> dict[str, Any]:
    """A page's conversations on Messenger by their latest message, newest first."""
    platform = args.get("platform", "messenger").lower()
    if platform not in ("messenger", "instagram"):
        raise wrong("platform", "must be one of {INSTAGRAM, MESSENGER}")
    if platform != view.surface.platform:
        return {"data": []}
    only = ""
    if person := args.get("user_id", ""):
        only = ids.conversation(view.page.id, ids.person_of(view.page.id, person) or "0")

    def query(after: int, before: int | None, limit: int, newest_first: bool) -> Sequence[Thread]:
        found = threads(view.store, view.page, only=only, after=after, before=before, limit=limit)
        return found if newest_first else found[::-1]

    found = listing(args, query, default=25, newest_first=True)
    place = f"{node.id}/conversations"
    rows = view.disturbed(place, found.rows)
    data = [show(view, Node("Conversation", row.id, thread=row), wanted) for row in rows]
    return envelope(found, data, f"{view.address}/{place}", link_args(view, args, wanted))


def messages(view: View, node: Node, args: Mapping[str, str], wanted: tuple[Field, ...]) -> dict[str, Any]:
    """The messages of a conversation, newest first. There is no `since` here, as there is none at Meta's."""

    def query(after: int, before: int | None, limit: int, newest_first: bool) -> Sequence[Post]:
        return view.store.posts(
            view.network,
            after=after,
            before=before,
            limit=limit,
            newest_first=newest_first,
            private=True,
            root_id=node.id,
        )

    found = listing(args, query, default=25, newest_first=True)
    return answer_with(view, found, f"{node.id}/messages", args, wanted)


_ON_POSTS: dict[str, Edge] = {"comments": comments, "likes": likes, "reactions": likes}
PAGE_LISTS: dict[str, Edge] = {
    "feed": posts_edge("feed", kind=FEED_KINDS),
    "posts": posts_edge("posts", kind="post"),
    "published_posts": posts_edge("published_posts", kind="post"),
    "visitor_posts": posts_edge("visitor_posts", kind="visitor_post"),
    "tagged": posts_edge("tagged", kind="mention"),
}
TYPES: dict[str, NodeType] = {
    "Page": NodeType(("name",), shapes.PAGE, {**PAGE_LISTS, "conversations": conversations}),
    "User": NodeType(("first_name", "last_name", "profile_pic"), shapes.USER, {}),
    "Post": NodeType(("created_time", "message"), shapes.POST, _ON_POSTS),
    "Comment": NodeType(("created_time", "from", "message"), shapes.COMMENT, _ON_POSTS),
    "Conversation": NodeType(("link", "updated_time"), shapes.CONVERSATION, {"messages": messages}),
    "Message": NodeType(("created_time",), shapes.MESSAGE, {}),
}


def edge_of(view: View, node: Node, name: str) -> Edge:
    """A list that hangs on a node. Raises error 100 where there is none of that name."""
    found = view.surface.types[node.kind].edges.get(name)
    if found is None:
        raise no_field(name, node.kind)
    return found
