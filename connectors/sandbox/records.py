"""The rows of the sandbox's store as frozen dataclasses. All instants are milliseconds since 1970 UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody on a network: a company with credentials of its own, or a customer (credentials {})."""

    network: str
    id: str
    handle: str
    name: str
    company: bool = False
    followers: int = 0
    verified: bool = False
    credentials: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    created_at: int = 0


@dataclass(frozen=True, slots=True)
class Post:
    """A post, comment or private message. `position` is the order of arrival over all networks and never changes.

    `account_id` is the company whose page or conversation it stands in ("" for none); `root_id` the conversation.
    `origin` says who typed it: "customer", "api" (the desk) or "native" (the company in the network's own app).
    `media` is a list of {"id", "url", "kind", "content_type", "alt_text"}; `extra` belongs to the network;
    `ref` is the caller's own name for the row, unique in a network, and makes writing it twice harmless.
    """

    position: int
    network: str
    id: str
    account_id: str
    kind: str
    author_id: str
    parent_id: str
    root_id: str
    private: bool
    text: str
    created_at: int
    origin: str = "customer"
    edited_at: int | None = None
    deleted_at: int | None = None
    superseded_by: str = ""
    hidden: bool = False
    likes: int = 0
    media: Sequence[Mapping[str, str]] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Reaction:
    """Somebody likes or shares a post, without words. `account_id` is the company that hears of it."""

    position: int
    network: str
    account_id: str
    post_id: str
    person_id: str
    kind: str  # "like" or "share"
    created_at: int


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a network tells of an account's events. `valid` is false after a failed handshake: nothing is sent."""

    id: int
    network: str
    account_id: str
    url: str
    valid: bool
    settings: Mapping[str, Any]
    created_at: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way. `state` is pending, delivered, failed or lost; `answer` what the address said last."""

    id: int
    webhook_id: int
    event: str
    body: bytes
    state: str
    attempts: int
    due_at: int
    answer: str
    created_at: int
