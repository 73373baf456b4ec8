"""What an answer is made from: the page that asks, and how nodes and their fields are turned into JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from connectors.sandbox.facebook import ids
from connectors.sandbox.facebook.errors import no_field
from connectors.sandbox.facebook.fields import Field
from connectors.sandbox.facebook.nodes import Find, Node
from connectors.sandbox.network import Sandbox
from connectors.sandbox.records import Account, Post
from connectors.sandbox.store import Store

Row = TypeVar("Row")
Getter = Callable[["View", Node], Any]  # None: the field is left out
# (view, node, what was asked of the list, fields of its entries) → {"data": […], "paging": {…}}
Edge = Callable[["View", Node, Mapping[str, str], tuple[Field, ...]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class NodeType:
    """What a type of node offers, and what is given of it where no fields are asked for.

    `lookups` give one thing whose id stands in a modifier, as in `mentioned_media.media_id(1){caption}`.
    """

    defaults: tuple[str, ...]
    getters: Mapping[str, Getter]
    edges: Mapping[str, Edge]
    lookups: Mapping[str, Edge] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Surface:
    """What of the Graph API one network shows: Facebook's pages, or Instagram's accounts behind them.

    `kinds` says which type of node a kind of post is, `otherwise` what all others are. `platform` is that of its
    conversations, `object` that of its webhooks with their `topics`, `subcodes` those of its refusals by name.
    """

    types: Mapping[str, NodeType]
    find: Find
    kinds: Mapping[str, str]
    otherwise: str
    platform: str
    object: str
    topics: tuple[str, ...]
    scopes: tuple[str, ...]
    message_bytes: int = 0  # of one message; 0: Messenger's 2,000 characters
    usernames: bool = False  # people are told by username, not by name
    subcodes: Mapping[str, int] = field(default_factory=dict)

    def node(self, post: Post) -> Node:
        """A row as a node."""
        return Node(self.kinds.get(post.kind, self.otherwise), post.id, post=post)


@dataclass(slots=True)
class View:
    """One request's look at the sandbox, with the eyes of one page."""

    sandbox: Sandbox
    page: Account
    surface: Surface
    address: str  # of the API, with its version
    link_args: Mapping[str, str] = field(default_factory=dict)  # what `paging.next` repeats beyond the list's own

    @property
    def store(self) -> Store:
        """The sandbox's memory."""
        return self.sandbox.store

    @property
    def network(self) -> str:
        """The network's name here."""
        return self.page.network

    def disturbed(self, place: str, rows: Sequence[Row]) -> list[Row]:
        """A page of a list as a fault on its GET line leaves it."""
        line = f"GET {urlsplit(self.address).path}/{place}"
        return self.sandbox.faults.disturb_page(self.network, line, rows)

    def person(self, account_id: str, *, mail: bool = False) -> dict[str, Any] | None:
        """{"id", "name"} of whoever wrote something; None where the person keeps the app from seeing him."""
        account = self.store.account(self.network, account_id)
        if account is None or (account.settings.get("anonymous") and not mail):
            return None
        own = account_id if account.company else ids.psid(self.page.id, account_id)
        if self.surface.usernames:
            return {"username": account.handle, "id": own}
        shown: dict[str, Any] = {"name": account.name, "id": own}
        return {"name": account.name, "email": f"{own}@facebook.com", "id": own} if mail else shown


def show(view: View, node: Node, wanted: tuple[Field, ...]) -> dict[str, Any]:
    """A node with the fields asked for; `id` is always there. Raises error 100 for a field that there is not."""
    kind = view.surface.types[node.kind]
    asked = wanted or tuple(Field(name) for name in kind.defaults)
    shown: dict[str, Any] = {}
    for one in asked:
        if one.name == "id":
            continue
        if one.name in kind.edges:
            value = kind.edges[one.name](view, node, one.modifiers, one.inner)
            if not value.get("data") and "summary" not in value:
                continue
        elif one.name in kind.lookups:
            value = kind.lookups[one.name](view, node, one.modifiers, one.inner)
        elif one.name in kind.getters:
            value = _picked(kind.getters[one.name](view, node), one.inner)
        else:
            raise no_field(one.name, node.kind)
        if value is not None:
            shown[one.modifiers.get("as", one.name)] = value
    return {**shown, "id": node.id}


def _picked(value: Any, inner: tuple[Field, ...]) -> Any:
    """Only the inner fields asked for, in an object or in each entry of its `data`."""
    if not inner or not isinstance(value, dict):
        return value
    if isinstance(value.get("data"), list):
        return {**value, "data": [_picked(entry, inner) for entry in value["data"]]}
    names = {one.name: one for one in inner}
    kept = {name: _picked(part, names[name].inner) for name, part in value.items() if name in names}
    return {**kept, "id": value["id"]} if "id" in value else kept


def timestamp(milliseconds: int) -> str:
    """A time as the Graph API writes it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
