"""The only door to the networks: everything above speaks to `connectors` through here.

It builds a connector from an inbox, turns items into JSON and back, and translates nothing else.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.conf import settings

from connectors import registry
from connectors.base import (
    Account,
    AccountInfo,
    Action,
    Attachment,
    Author,
    Capabilities,
    Change,
    Connector,
    CredentialField,
    Item,
    ItemKind,
    LengthRule,
    MediaRule,
    Outgoing,
    OutgoingFile,
    OwnPost,
    Page,
    RateState,
    SendResult,
    Stream,
)
from connectors.errors import (
    AddressRefused,
    AuthExpired,
    Duplicate,
    InvalidContent,
    NetworkError,
    NotAllowedByPolicy,
    NotFound,
    OutcomeUnknown,
    PermissionMissing,
    QuotaExhausted,
    RateLimited,
    Transient,
    WindowClosed,
)
from connectors.outgoing_address import Downloaded, assert_public, deliver, download
from connectors.registry import UnknownNetwork
from connectors.text_messages import HttpTextGateway, TextProvider
from desk.common.storable import storable_json
from desk.inboxes.models import Inbox

__all__ = [
    "Account",
    "AccountInfo",
    "Action",
    "AddressRefused",
    "Attachment",
    "AuthExpired",
    "Author",
    "Capabilities",
    "Change",
    "Connector",
    "CredentialField",
    "Downloaded",
    "Duplicate",
    "InvalidContent",
    "Item",
    "ItemKind",
    "LengthRule",
    "MediaRule",
    "NetworkError",
    "NotAllowedByPolicy",
    "NotFound",
    "OutcomeUnknown",
    "Outgoing",
    "OutgoingFile",
    "OwnPost",
    "Page",
    "PermissionMissing",
    "QuotaExhausted",
    "RateLimited",
    "RateState",
    "SendResult",
    "Stream",
    "Transient",
    "UnknownNetwork",
    "WindowClosed",
    "actions_of",
    "all_networks",
    "assert_callable",
    "check_account",
    "connect",
    "connector_of",
    "deliver_to",
    "fetch_file",
    "item_from_json",
    "item_to_json",
    "network",
    "open_account",
    "text_messages",
]


def all_networks() -> tuple[type[Connector], ...]:
    """Every network that the desk can speak to."""
    return tuple(registry.all_networks())


def network(slug: str) -> type[Connector]:
    """The class of one network. Raises UnknownNetwork."""
    return registry.get(slug)


def connector_of(inbox: Inbox) -> type[Connector]:
    """The network of an inbox, to ask what it can do. Raises UnknownNetwork."""
    return registry.get(inbox.network)


def actions_of(inbox: Inbox) -> frozenset[Action]:
    """What can be done to a message there; nothing where the connector is gone."""
    try:
        return connector_of(inbox).capabilities.actions
    except UnknownNetwork:
        return frozenset()


def connect(inbox: Inbox) -> Connector:
    """A connector for this account. Raises Unsealable where its key is gone, AddressRefused, UnknownNetwork."""
    return open_account(inbox.network, inbox.base_url, inbox.credentials, own_id=inbox.own_id)


def open_account(slug: str, base_url: str, credentials: Mapping[str, str], *, own_id: str = "") -> Connector:
    """A connector for credentials that need not be stored (yet)."""
    if base_url:
        assert_public(base_url, allow_private=settings.ALLOW_PRIVATE_NETWORKS)
    return registry.get(slug)(Account(credentials=credentials, base_url=base_url, own_id=own_id))


def check_account(slug: str, base_url: str, credentials: Mapping[str, str]) -> AccountInfo:
    """Ask the network whether these credentials work. Raises NetworkError, AddressRefused."""
    return open_account(slug, base_url, credentials).check()


def fetch_file(url: str, *, max_bytes: int) -> Downloaded:
    """Download a customer's attachment, from public addresses only unless the operator allows private ones."""
    return download(url, max_bytes=max_bytes, allow_private=settings.ALLOW_PRIVATE_NETWORKS, timeout=15)


def assert_callable(url: str) -> None:
    """Raises AddressRefused for an address that `deliver_to` would not call now."""
    assert_public(url, allow_private=settings.ALLOW_PRIVATE_NETWORKS)


def deliver_to(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """POST to an address that a person gave us, under the same rules as attachments. Raises NetworkError."""
    deliver(url, body, headers, allow_private=settings.ALLOW_PRIVATE_NETWORKS)


def text_messages() -> TextProvider | None:
    """Who takes text messages; None where the operator has configured nobody."""
    if not settings.TEXT_GATEWAY_URL:
        return None
    return HttpTextGateway(settings.TEXT_GATEWAY_URL, settings.TEXT_GATEWAY_TOKEN, settings.TEXT_FROM)


def item_to_json(item: Item) -> str:
    """As kept in RawItem.item."""
    return storable_json(item, _plain)


def item_from_json(plain: Mapping[str, Any]) -> Item:
    """The inverse of `item_to_json`, from the parsed JSON. Raises KeyError, TypeError, ValueError."""
    values = dict(plain)
    values["kind"] = ItemKind(values["kind"])
    values["change"] = Change(values["change"])
    values["created_at"] = datetime.fromisoformat(values["created_at"])
    values["changed_at"] = datetime.fromisoformat(values["changed_at"]) if values.get("changed_at") else None
    values["author"] = Author(**values["author"]) if values.get("author") else None
    values["attachments"] = tuple(Attachment(**attachment) for attachment in values.get("attachments") or ())
    return Item(**values)


_FIELDS = {kind: tuple(one.name for one in fields(kind)) for kind in (Item, Author, Attachment)}


def _plain(value: Any) -> object:
    """What JSON does not know of an item."""
    match value:
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(key): part for key, part in value.items()}
    return {name: getattr(value, name) for name in _FIELDS[type(value)]}
