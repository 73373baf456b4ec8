"""The only door to the networks: everything above speaks to `connectors` through here.

It builds a connector from an inbox, turns items into JSON and back, and translates nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from connectors import registry
from connectors.base import (
    EVENTS,
    Account,
    AccountInfo,
    Action,
    Attachment,
    Author,
    Capabilities,
    Change,
    Connector,
    Control,
    CredentialField,
    Item,
    ItemKind,
    LengthRule,
    MediaRule,
    OptionField,
    Outgoing,
    OutgoingFile,
    OwnPost,
    Page,
    RateState,
    SendResult,
    Stream,
)
from connectors.beside import FilesInside
from connectors.capabilities import Handover
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
    RecipientUnavailable,
    StillWorking,
    Transient,
    Unreadable,
    WindowClosed,
)
from connectors.outgoing_address import WEB, Downloaded, assert_public, deliver, download, pinned_private
from connectors.parsing.mail_address import is_ours, sealed, tag_of, with_tag
from connectors.registry import UnknownNetwork
from connectors.text_messages import HttpTextGateway, TextProvider
from desk.common.storable import storable_json
from desk.inboxes.models import Inbox
from desk.inboxes.sandbox import NAMES

__all__ = [
    "EVENTS",
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
    "Control",
    "CredentialField",
    "Downloaded",
    "Duplicate",
    "Handover",
    "InvalidContent",
    "Item",
    "ItemKind",
    "LengthRule",
    "MediaRule",
    "NetworkError",
    "NotAllowedByPolicy",
    "NotFound",
    "OptionField",
    "OutcomeUnknown",
    "Outgoing",
    "OutgoingFile",
    "OwnPost",
    "Page",
    "PermissionMissing",
    "QuotaExhausted",
    "RateLimited",
    "RateState",
    "RecipientUnavailable",
    "SendResult",
    "StillWorking",
    "Stream",
    "Transient",
    "UnknownNetwork",
    "Unreadable",
    "WindowClosed",
    "all_networks",
    "assert_callable",
    "capabilities_of",
    "check_account",
    "check_inbox",
    "connect",
    "connector_of",
    "deliver_to",
    "fetch_file",
    "has_own_limits",
    "is_ours",
    "item_from_json",
    "item_to_json",
    "key_of",
    "network",
    "open_account",
    "options_of",
    "sandbox_origin",
    "schemes_of",
    "sealed",
    "stream_of",
    "streams_of",
    "tag_of",
    "text_messages",
    "warning_in",
    "with_credentials",
    "with_tag",
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


def stream_of(inbox: Inbox, name: str) -> Stream | None:
    """What the connector says of one stream; None where either is gone."""
    try:
        streams = streams_of(inbox)
    except UnknownNetwork:
        return None
    return next((one for one in streams if one.name == name), None)


def streams_of(inbox: Inbox) -> tuple[Stream, ...]:
    """What this very account reads: on some networks that hangs on its options. Raises UnknownNetwork."""
    speaks = connector_of(inbox)
    at: Callable[[Mapping[str, Any]], tuple[Stream, ...]] | None = getattr(speaks, "streams_at", None)
    return at(inbox.options) if at is not None else speaks.streams


def options_of(speaks: type[Connector]) -> tuple[OptionField, ...]:
    """What an account's owner can choose on a network, beside its credentials."""
    return tuple(getattr(speaks, "option_fields", ()))


def private_link(inbox: Inbox) -> str:
    """Where a customer begins to write to this account in private; empty where its network has no such address."""
    try:
        link = connector_of(inbox).capabilities.private_link
    except UnknownNetwork:
        return ""
    return link.replace("{own_id}", quote(inbox.own_id)).replace("{handle}", quote(inbox.handle)) if link else ""


def warning_in(inbox: Inbox, text: str) -> str:
    """Behind which warning an answer to these words stands on this network. Raises UnknownNetwork."""
    found: Callable[[str], str] | None = getattr(connector_of(inbox), "warning_in", None)
    return found(text) if found is not None else ""


def capabilities_of(inbox: Inbox) -> Capabilities:
    """What this very account can do: on some networks it has limits or options of its own. Raises UnknownNetwork."""
    speaks = connector_of(inbox)
    at: Callable[[Mapping[str, Any]], Capabilities] | None = getattr(speaks, "capabilities_at", None)
    return at({**inbox.limits, **inbox.options}) if at is not None else speaks.capabilities


def has_own_limits(inbox: Inbox) -> bool:
    """Whether its server has limits of its own, which may change. Raises UnknownNetwork."""
    return callable(getattr(connector_of(inbox), "capabilities_at", None))


def connect(inbox: Inbox, *, for_drill: bool | None = None) -> Connector:
    """A connector for this account, past its budgets: verbs take `calls.connect`, which asks before each call.

    `for_drill`: whether what is to be sent was written in a drill; an inbox of the other kind is refused then.
    Raises Unsealable where its key is gone, AddressRefused, UnknownNetwork.
    """
    if for_drill is not None and for_drill != inbox.drill:
        raise AddressRefused(
            gettext_noop("What belongs to a drill never leaves by a real account, nor the other way round.")
        )
    return with_credentials(inbox, inbox.credentials)


def with_credentials(inbox: Inbox, credentials: Mapping[str, str]) -> Connector:
    """A connector for this account, its credentials at hand. Raises AddressRefused, UnknownNetwork.

    The only place where the address of an account is chosen. That of a drill is the sandbox, whatever stands in the
    database: the address there is not even read.
    """
    if inbox.drill:
        account = Account(
            credentials=credentials,
            base_url=_in_the_sandbox(inbox.network),
            own_id=inbox.own_id,
            key=key_of(inbox),
            options=inbox.options,
        )
        return registry.get(inbox.network)(account)
    return open_account(
        inbox.network, inbox.base_url, credentials, own_id=inbox.own_id, key=key_of(inbox), options=inbox.options
    )


def sandbox_origin() -> str:
    """Where the sandbox is, as numbers, so that no name can lead elsewhere. AddressRefused where there is none."""
    if not settings.SANDBOX_URL:
        raise AddressRefused(
            gettext_noop("There is no sandbox for drills. Start one and set DESK_SANDBOX_URL to its address.")
        )
    return pinned_private(settings.SANDBOX_URL)


def _in_the_sandbox(slug: str) -> str:
    return f"{sandbox_origin()}/{NAMES.get(slug, slug)}"


def open_account(
    slug: str,
    base_url: str,
    credentials: Mapping[str, str],
    *,
    own_id: str = "",
    key: str = "",
    options: Mapping[str, str] | None = None,
) -> Connector:
    """A connector for credentials that need not be stored (yet)."""
    speaks = registry.get(slug)
    addresses = [(base_url, schemes_of(speaks))]
    addresses += [
        (credentials.get(field.name, ""), field.schemes) for field in speaks.credential_fields if field.schemes
    ]
    for address, schemes in addresses:
        if address:
            assert_public(address, allow_private=settings.ALLOW_PRIVATE_NETWORKS, schemes=schemes)
    account = Account(credentials=credentials, base_url=base_url, own_id=own_id, key=key, options=options or {})
    return speaks(account)


def schemes_of(speaks: type[Connector]) -> tuple[str, ...]:
    """How the address of an account's server begins."""
    return tuple(getattr(speaks, "schemes", WEB))


def key_of(inbox: Inbox) -> str:
    """What seals whatever this account gives to strangers and gets back from them."""
    return salted_hmac("desk.inboxes.key", str(inbox.pk), algorithm="sha256").hexdigest()


def check_account(slug: str, base_url: str, credentials: Mapping[str, str]) -> AccountInfo:
    """Ask the network whether these credentials work. Raises NetworkError, AddressRefused."""
    return open_account(slug, base_url, credentials).check()


def check_inbox(inbox: Inbox) -> AccountInfo:
    """The same for an account that is connected. Raises Unsealable, NetworkError, AddressRefused."""
    return connect(inbox).check()


def fetch_file(inbox: Inbox, url: str, *, max_bytes: int) -> Downloaded:
    """Download a customer's attachment, from public addresses only unless the operator allows private ones.

    Of a drill only what the sandbox itself keeps. Where files lie in the messages, the connector takes them out.
    """
    if not url.startswith(("https://", "http://")) and hasattr(connector_of(inbox), "download"):
        inside = cast(FilesInside, connect(inbox))
        return Downloaded(inside.download(url, max_bytes=max_bytes), "")
    if inbox.drill:
        origin, parts = sandbox_origin(), urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" not in (origin, settings.SANDBOX_URL):
            raise AddressRefused(gettext_noop("A drill fetches nothing from outside the sandbox."))
        return download(origin + parts.path, max_bytes=max_bytes, allow_private=True, timeout=15, redirects=0)
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
    values["author"] = _author(values["author"]) if values.get("author") else None
    values["attachments"] = tuple(Attachment(**attachment) for attachment in values.get("attachments") or ())
    return Item(**values)


_FIELDS = {kind: tuple(one.name for one in fields(kind)) for kind in (Item, Author, Attachment)}


def _author(plain: Mapping[str, Any]) -> Author:
    return Author(**{**plain, "links": tuple(plain.get("links") or ())})


def _plain(value: Any) -> object:
    """What JSON does not know of an item."""
    match value:
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(key): part for key, part in value.items()}
    return {name: getattr(value, name) for name in _FIELDS[type(value)]}
