"""What an id on Facebook stands for, as one page may see it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.facebook import ids
from connectors.sandbox.records import Account, Post
from connectors.sandbox.store import Store

COMMENT, MESSAGE = "comment", "dm"
FEED_KINDS = ("post", "visitor_post")


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation on Messenger. `position` is the latest message's, `changed_at` (ms) when that was sent."""

    id: str
    position: int
    changed_at: int
    messages: int


@dataclass(frozen=True, slots=True)
class Node:
    """Something with an id. `kind` is Page, User, Post, Comment, Conversation or Message, as error messages say it."""

    kind: str
    id: str
    account: Account | None = None
    post: Post | None = None
    thread: Thread | None = None


Find = Callable[[Store, Account, str], Node | None]  # what an account sees under an id


def find(store: Store, page: Account, node_id: str) -> Node | None:
    """What `page` sees under an id; None for nothing, or nothing of its own."""
    if node_id in (page.id, "me"):
        return Node("Page", page.id, account=page)
    if node_id.startswith("t_"):
        found = threads(store, page, only=node_id, limit=1)
        return Node("Conversation", node_id, thread=found[0]) if found else None
    post = store.post(page.network, node_id)
    if post is not None:
        return post_node(store, page, post)
    person = store.account(page.network, ids.person_of(page.id, node_id))
    return Node("User", node_id, account=person) if person and not person.company else None


def post_node(store: Store, page: Account, post: Post) -> Node | None:
    root = post if post.private or post.root_id == post.id else store.post(page.network, post.root_id)
    if post.account_id != page.id or post.deleted_at is not None or root is None or root.deleted_at is not None:
        return None
    return Node("Message" if post.private else "Comment" if post.kind == COMMENT else "Post", post.id, post=post)


def threads(
    store: Store, page: Account, *, only: str = "", after: int = 0, before: int | None = None, limit: int = 25
) -> list[Thread]:
    """A page's conversations by their latest message, newest first."""
    rows = store.select(
        "SELECT root_id, max(position) AS latest, count(*) AS number FROM posts"
        " WHERE network=? AND account_id=? AND private=1 AND deleted_at IS NULL AND (?='' OR root_id=?)"
        " GROUP BY root_id HAVING latest>? AND (?=0 OR latest<?) ORDER BY latest DESC LIMIT ?",
        *(page.network, page.id, only, only, after, before or 0, before or 0, limit),
    )
    return [Thread(row["root_id"], row["latest"], _time_of(store, row["latest"]), row["number"]) for row in rows]


def _time_of(store: Store, position: int) -> int:
    return int(store.select("SELECT created_at FROM posts WHERE position=?", position)[0][0])


def last_message(store: Store, network: str, thread_id: str, author_id: str = "") -> Post | None:
    """The newest message of a conversation, or of one of its two authors."""
    by: dict[str, Any] = {"author_id": author_id} if author_id else {}
    found = store.posts(network, newest_first=True, limit=1, private=True, root_id=thread_id, **by)
    return found[0] if found else None


def comment_count(store: Store, post: Post, *, everything: bool) -> int:
    """How many comments stand directly below a post or comment, or anywhere below a post."""
    column = "root_id" if everything and post.kind != COMMENT else "parent_id"
    rows = store.select(
        f"SELECT count(*) FROM posts WHERE network=? AND {column}=? AND kind='comment' AND deleted_at IS NULL",  # noqa: S608 - one of two names of ours
        post.network,
        post.id,
    )
    return int(rows[0][0])


def latest_change(store: Store, post: Post) -> int:
    """When (ms) a post was last written, edited or commented on."""
    last = store.posts(post.network, newest_first=True, limit=1, root_id=post.id)
    return max([post.created_at, post.edited_at or 0, *(found.created_at for found in last)])
