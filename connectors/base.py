"""What the desk and a network say to each other: frozen dataclasses, one Protocol, no network in sight.

A network is one file in `connectors/networks/` with one class that follows `Connector`. It is built from an
`Account` and never sees a ticket, a database or a clock that was not handed to it. All times are aware UTC and,
where the network states one, the network's own. Errors are those of `connectors.errors` and no others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

Cursor = Mapping[str, Any]  # opaque JSON, owned by the connector, one for each stream; {} at the very start


class ItemKind(StrEnum):
    """What a piece of text is on its network."""

    POST = "post"  # the company's own post, or a post by a visitor on the company's page
    MENTION = "mention"  # a post by somebody else that names the company
    REPLY = "reply"  # an answer below a post of the company, or below a mention
    COMMENT = "comment"
    REVIEW = "review"
    DIRECT_MESSAGE = "direct_message"


class Change(StrEnum):
    """What happened to it."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"


class Action(StrEnum):
    """What a desk can do to a message on a network, beside answering it."""

    LIKE = "like"
    UNLIKE = "unlike"
    HIDE = "hide"
    UNHIDE = "unhide"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it. `external_id` is unique on the network; followers is None where the network does not say."""

    external_id: str
    handle: str = ""
    name: str = ""
    avatar_url: str = ""
    followers: int | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `kind` is image, video, audio, file or sticker; the address may expire."""

    url: str
    kind: str = "file"
    content_type: str = ""
    alt_text: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened on a network, as every network says it alike.

    `thread_id` groups messages into a conversation: the root post's id in public, the network's conversation id in
    private (Messenger has one conversation for each person and page, so there it is the person's id). `outgoing` is
    true for what our own account wrote, wherever it was typed. A deletion carries only ids and time.

    What a receiver may rely on:

    - The same state of a message has the same `event_key`, by webhook and by poll. `revision` tells two states of
      one message apart: on X the id of the newest version (empty for the first), on Facebook a digest of the text.
    - A poll sees states, not events: it may meet an edited message for the first time, or an edit that it can't
      recognise as one. So: an item whose message is known with **another text is an edit**, whatever `change` says,
      and EDITED for an unknown message is its creation. The one exception: CREATED with `changed_at` set reports how
      the message *began* (a webhook that comes late), and never replaces the text of a message that is known.
    - A context item (`addressed` False) has an `event_key` of its own: it never takes the place of the same message
      when that arrives in its own right. A message that is known as context becomes addressed then.
    - Pages of one chain may go back in time: order by `happened_at`, not by arrival.
    """

    network: str
    kind: ItemKind
    external_id: str
    thread_id: str
    created_at: datetime  # when the message was first written, the network's own time
    change: Change = Change.CREATED
    changed_at: datetime | None = None  # when it was edited or deleted, where the network says so
    parent_id: str = ""
    author: Author | None = None  # None where the network names nobody; the desk then shows "unknown"
    text: str = ""
    language: str = ""  # ISO 639-1 as the network tells it, "" where it does not
    url: str = ""
    private: bool = False
    outgoing: bool = False
    addressed: bool = True  # False: context only (a root post that was fetched to be shown), never a ticket
    reply_allowed: bool = True  # X: may reply only where the author mentioned or quoted us
    revision: str = ""
    attachments: tuple[Attachment, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def happened_at(self) -> datetime:
        """When this event took place: the writing, the edit or the deletion, as far as the network tells."""
        return self.changed_at or self.created_at

    @property
    def event_key(self) -> str:
        """The name of this event within its inbox: equal however often and whichever way the event comes."""
        key = f"{self.change}:{self.external_id}:{self.revision}"
        return key if self.addressed else f"{key}:context"


@dataclass(frozen=True, slots=True)
class RateState:
    """The network's own account of what is left: `remaining` of `limit` calls until `reset_at`."""

    limit: int | None = None
    remaining: int | None = None
    reset_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a stream, oldest item first. Store `items` and `cursor` together; call again while `more`.

    Networks list newest first, so the next page of an unfinished chain is *older*. The cursor remembers both where
    the chain stands and the mark that moves only when it is finished: stopping in between loses nothing.
    An entry of `unreadable` is `{"reason": sentence, "entry": the raw thing}`.
    """

    items: tuple[Item, ...]
    cursor: Cursor
    more: bool = False
    rate: RateState | None = None
    cost: float = 0.0  # US dollars that reading this page cost, where the network charges
    unreadable: tuple[Mapping[str, Any], ...] = ()  # raw entries that could not be understood: kept, shown, never fatal


@dataclass(frozen=True, slots=True)
class Stream:
    """One feed of an account with a cursor of its own. `min_seconds` is the shortest interval the network allows."""

    name: str
    private: bool
    min_seconds: float


@dataclass(frozen=True, slots=True)
class CredentialField:
    """A field that an administrator fills in. `label` and `help` are English; screens translate them."""

    name: str
    label: str
    help: str = ""
    secret: bool = True
    required: bool = True


@dataclass(frozen=True, slots=True)
class LengthRule:
    """How the network counts. `unit` is weighted, characters, bytes or graphemes."""

    limit: int
    unit: str = "characters"
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class MediaRule:
    """Files that the network takes along with one message.

    `most` of them, each of a content type of `max_bytes` and no larger than that says. `longest_alt` is how many
    characters of description it keeps with a picture; 0: it keeps none. `first_too`: also with the private message
    that answers somebody who wrote in public.
    """

    most: int
    max_bytes: Mapping[str, int]
    longest_alt: int = 0
    first_too: bool = True


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a network can do; screens show nothing else."""

    reply_public: bool = True
    reply_private: bool = True
    private_from_public: bool = True  # a private message may be opened from a public post or comment
    actions: frozenset[Action] = frozenset()
    edits_seen: bool = False
    deletions_seen: bool = False
    webhook: bool = False
    history_days: int | None = None  # how far back a poll can reach; None: no stated end
    private_window_hours: int | None = None  # a private answer is open this long after the customer's last message
    private_extended_hours: int | None = None  # … and this long with the network's human-agent tag
    public_length: LengthRule = LengthRule(280)
    private_length: LengthRule = LengthRule(2000)
    public_per_hour: int | None = None  # replies that the network takes from one account; None: no stated end
    private_per_hour: int | None = None
    public_media: MediaRule | None = None  # None: nothing goes along, and screens offer nothing
    private_media: MediaRule | None = None
    post_length: LengthRule | None = None  # of a post of our own, in answer to nobody; None: the desk can't post there


@dataclass(frozen=True, slots=True)
class Account:
    """What a connector needs to speak for one account. `base_url` replaces the network's own host."""

    credentials: Mapping[str, str] = field(repr=False)
    base_url: str = ""
    own_id: str = ""  # the account's id on the network, known after `check`
    timeout: float = 10.0  # seconds for each call


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """The answer of "test connection".

    `problems` are full sentences in English that say what to mend, through `gettext_noop`; empty when all is well.
    """

    own_id: str
    handle: str
    name: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes along with a reply. `name` says nothing of whoever made it."""

    content: bytes = field(repr=False)
    content_type: str
    name: str
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply on its way. `reply_to` is the external id of the message that is answered, `recipient` the customer's.

    `private` with `reply_to_public` set asks for the first private message to somebody who wrote in public (X: a
    direct message to the author; Facebook: a private reply to the comment). `last_inbound_at` is when the customer last
    wrote in private, for networks with a reply window. `media` are the handles that `upload` gave, in their order.
    `again`: an earlier try may have left something on the network.
    """

    text: str
    private: bool
    thread_id: str
    reply_to: str = ""
    recipient: str = ""
    reply_to_public: bool = False
    last_inbound_at: datetime | None = None
    now: datetime | None = None
    idempotency_key: str = ""
    submitted_at: datetime | None = None
    media: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class OwnPost:
    """Words of the company on their way to its own followers, in answer to nobody."""

    text: str
    now: datetime | None = None
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendResult:
    """Where our words ended up. `thread_id` differs from the asked one where a private reply opened a new thread.

    `parts` are the messages before this one that show a file each, where the network takes no file beside words.
    """

    external_id: str
    created_at: datetime | None = None
    thread_id: str = ""
    url: str = ""
    rate: RateState | None = None
    cost: float = 0.0
    parts: tuple[str, ...] = ()


class Connector(Protocol):
    """One network. Class attributes describe it; an instance speaks for one account.

    An instance is cheap to build (connections are shared below it) and belongs to one thread.
    """

    slug: ClassVar[str]  # "x", "facebook_page": the name in the database, in the API and on the command line
    label: ClassVar[str]  # "X", "Facebook"
    code: ClassVar[str]  # two letters on a tile: "X", "Fb"
    private_code: ClassVar[str]  # the tile of a private message: "X", "Ms"
    default_base_url: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    credential_fields: ClassVar[tuple[CredentialField, ...]]
    streams: ClassVar[tuple[Stream, ...]]

    def __init__(self, account: Account) -> None: ...

    def check(self) -> AccountInfo:
        """Ask the network who we are and what we may do. Raises AuthExpired and its kin."""

    def fetch(self, stream: str, cursor: Cursor) -> Page:
        """One page of what came since `cursor`, oldest first. No sleeping, no retrying: the desk owns both."""

    def send(self, message: Outgoing) -> SendResult:
        """Send once. OutcomeUnknown where the answer was lost after the request may have taken effect."""

    def find_sent(self, message: Outgoing) -> SendResult | None:
        """Look on the network whether `message` is there after all; None when it is not seen."""

    def upload(self, file: OutgoingFile, *, private: bool) -> str:
        """Bring a file to the network and get a handle for `Outgoing.media`, good for this account and a few hours.

        Nobody sees it yet, so to do it twice is harmless and a lost answer is Transient. InvalidContent where the
        network does not take this file. Never called where the capabilities name no media.
        """

    def publish(self, post: OwnPost) -> SendResult:
        """Post once, with the address at which everybody reads it. OutcomeUnknown as `send` says; NotAllowedByPolicy
        where `capabilities.post_length` is None.
        """

    def find_published(self, post: OwnPost) -> SendResult | None:
        """Look on the network whether `post` is there after all; None when it is not seen."""

    def act(self, action: Action, external_id: str) -> None:
        """Like, hide or delete a message. Doing it twice is harmless."""

    @staticmethod
    def handshake(credentials: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str] | None:
        """Body and content type of the answer to the network's own check of a webhook address; None refuses it."""

    @staticmethod
    def verify_webhook(credentials: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the signature over the raw bytes is the network's, in constant time. Header names in lower case."""

    def parse_webhook(self, body: bytes) -> Page:
        """The items in a verified delivery (cursor {}).

        What is not for the desk is left out, what is broken or unknown is `unreadable`. Makes no call and never
        fails on content. Raises AuthExpired where the delivery says that our access is revoked.
        """

    def complete(self, item: Item) -> Item:
        """Ask the network for what a webhook left out (an author); the same item where nothing is lacking."""
