"""What an id on Instagram stands for, as one account may see it: its page, itself, its own media and what is below."""

import hashlib
import random

from connectors.sandbox.facebook import ids
from connectors.sandbox.facebook.nodes import COMMENT, Node, threads
from connectors.sandbox.records import Account
from connectors.sandbox.store import Store


def instagram_id(handle: str) -> str:
    """An account's id: as long as real ones, the same for the same handle."""
    return f"17841{random.Random(f'instagram:{handle.lower()}').randrange(10**11, 10**12)}"  # noqa: S311 - a name


def page_of(account: Account) -> str:
    """The id of the Facebook page that an account is linked to."""
    return str(10**14 + int.from_bytes(hashlib.sha256(account.id.encode()).digest()[:6]) % (9 * 10**14))


def find(store: Store, account: Account, node_id: str) -> Node | None:
    """What the account sees under an id. What others published is not readable by its id, our words there are."""
    if node_id in (page_of(account), "me"):
        return Node("Page", page_of(account), account=account)
    if node_id == account.id:
        return Node("IGUser", account.id, account=account)
    if node_id.startswith("t_"):
        found = threads(store, account, only=node_id, limit=1)
        return Node("Conversation", node_id, thread=found[0]) if found else None
    post = store.post(account.network, node_id)
    if post is None:
        person = store.account(account.network, ids.person_of(account.id, node_id))
        return Node("User", node_id, account=person) if person and not person.company else None
    if post.account_id != account.id or post.deleted_at is not None:
        return None
    if post.private:
        return Node("Message", post.id, post=post)
    root = post if post.root_id == post.id else store.post(account.network, post.root_id)
    if root is None or root.deleted_at is not None or (root.kind != "post" and post.author_id != account.id):
        return None
    return Node("IGComment" if post.kind == COMMENT else "IGMedia", post.id, post=post)
