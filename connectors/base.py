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

from connectors.capabilities import Action as Action
from connectors.capabilities import Capabilities as Capabilities
from connectors.capabilities import Control as Control
from connectors.capabilities import CredentialField as CredentialField
from connectors.capabilities import LengthRule as LengthRule
from connectors.capabilities import MediaRule as MediaRule
from connectors.capabilities import OptionField as OptionField
from connectors.capabilities import Stream as Stream

Cursor = Mapping[str, Any]  # opaque JSON, owned by the connector, one for each stream; {} at the very start


class ItemKind(StrEnum):
    """What a piece of text is on its network."""

    POST = "post"  # the company's own post, or a post by a visitor on the company's page
    MENTION = "mention"  # a post by somebody else that names the company
    FOUND = "found"  # a post that a saved search found and the account may not answer: looked at, never a ticket
    REPLY = "reply"  # an answer below a post of the company, or below a mention
    COMMENT = "comment"
    REVIEW = "review"
    DIRECT_MESSAGE = "direct_message"
    REACTION = "reaction"  # an emoji that somebody put below a message: see `Item`
    READ = "read"  # that a customer has read what we wrote in private: see `Item`
    CONTROL = "control"  # which app of the company's has a private conversation: see `Item`


EVENTS = frozenset({ItemKind.REACTION, ItemKind.READ, ItemKind.CONTROL})  # which are no messages


class Change(StrEnum):
    """What happened to it."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it. `external_id` is unique on the network; followers is None where the network does not say.

    `links` are the addresses that they put into their profile, written out in full.
    """

    external_id: str
    handle: str = ""
    name: str = ""
    avatar_url: str = ""
    followers: int | None = None
    verified: bool = False
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `kind` is image, video, audio, file, sticker or story; the address may expire.

    A story must not be kept (Meta's rule): it is shown that there was one. What a mail program adds by itself, such as
    the logo of a signature, is `decoration`.
    """

    url: str
    kind: str = "file"
    content_type: str = ""
    alt_text: str = ""
    external_id: str = ""
    name: str = ""  # as its sender called it, where the network tells
    decoration: bool = False


# What `Item.about` may hold, in short words of the network: of a review the version of the app, the device, its system,
# the country, the place that was visited, and “yes” or “no” for whether it is recommended; of an answer of ours where
# it stands with the network: one of `PUBLICATION`; of a mail why its words are not told: “too_large”;
# of a post what the network's moderators or its author marked it as.
ABOUT = ("app_version", "device", "system", "country", "place", "recommends", "publication", "withheld", "labels")
PUBLICATION = ("pending", "published", "refused")


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

    A **review** (`ItemKind.REVIEW`) has its stars in `rating`, and may have no text. Where the network takes one answer
    to it (`Capabilities.one_answer`), that answer has the id that `answer_id` gives, however often it is written anew.
    Review and answer may be deleted and come back under the same id.

    A **reaction** (`ItemKind.REACTION`) is an event and no message: it opens no ticket and starts no clock. It needs
    `parent_id` (the message), `author`, `text` (the emoji), an `external_id` that names message and person
    (`reaction_id`), and `happened_at`. CREATED and EDITED say what this person's reaction is from then on, DELETED
    takes it away; each person has one on each message. `revision` tells two moments apart.

    A **read mark** (`READ`) and a **handover** (`CONTROL`) are events of the private conversation `thread_id`. The
    customer has read what we wrote up to the message `parent_id`, where that is empty up to `created_at`; or from
    `created_at` on `text` holds, a `Control`, and `parent_id` is the id of the other app.
    """

    network: str
    kind: ItemKind
    external_id: str
    thread_id: str
    created_at: datetime  # when the message was first written, the network's own time
    change: Change = Change.CREATED
    changed_at: datetime | None = None  # when it was edited or deleted, where the network says so
    parent_id: str = ""
    quotes: str = ""  # the external id of the post that it quotes or shares, which comes along as context where it can
    author: Author | None = None  # None where the network names nobody; the desk then shows "unknown"
    text: str = ""
    language: str = ""  # ISO 639-1 as the network tells it, "" where it does not
    url: str = ""
    private: bool = False
    outgoing: bool = False
    addressed: bool = True  # False: context only (a root post that was fetched to be shown), never a ticket
    reply_allowed: bool = True  # X: may reply only where the author mentioned or quoted us
    revision: str = ""
    tag: str = ""  # of ours in the address that it was sent to (mail): it answers something else than a case
    doubt: str = ""  # why its author may be somebody else, or nobody: `desk.tickets.doubts`
    rating: int | None = None  # 1 to 5 stars of a review; None where there are none
    about: Mapping[str, str] = field(default_factory=dict)  # what else a network tells: see `ABOUT`
    attachments: tuple[Attachment, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @staticmethod
    def reaction_id(message_id: str, author_id: str) -> str:
        """The name of what one person feels about one message."""
        return f"{message_id}:reaction:{author_id}"

    @staticmethod
    def answer_id(review_id: str) -> str:
        """The name of the one answer to a review."""
        return f"{review_id}:answer"

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
    reads: int = 0  # entries of it that count where a plan has so many a month
    unreadable: tuple[Mapping[str, Any], ...] = ()  # raw entries that could not be understood: kept, shown, never fatal
    lost: tuple[datetime, datetime] | None = None  # between these the network no longer tells everything that was said


@dataclass(frozen=True, slots=True)
class Account:
    """What a connector needs to speak for one account. `base_url` replaces the network's own host."""

    credentials: Mapping[str, str] = field(repr=False)
    base_url: str = ""
    own_id: str = ""  # the account's id on the network, known after `check`
    key: str = field(default="", repr=False)  # of the desk for this account: seals what comes back from strangers
    timeout: float = 10.0  # seconds for each call
    options: Mapping[str, str] = field(default_factory=dict)  # by the names of `option_fields`


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """The answer of "test connection".

    `problems` are full sentences in English that say what to mend, through `gettext_noop`; empty when all is well.
    `limits` is what this account's server said of itself, JSON for the connector's `capabilities_at`.
    """

    own_id: str
    handle: str
    name: str = ""
    problems: tuple[str, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes along with a reply. `name` says nothing of whoever made it.

    `captions` are WebVTT, of a film where the network's rule keeps them, in the language `captions_language`. `handle`
    is what an earlier try gave that ended in StillWorking: such a file is not brought again.
    """

    content: bytes = field(repr=False)
    content_type: str
    name: str
    alt_text: str = ""
    captions: str = field(default="", repr=False)
    captions_language: str = ""
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply on its way. `reply_to` is the external id of the message that is answered, `recipient` the customer's.

    `private` with `reply_to_public` set asks for the first private message to somebody who wrote in public (X: a
    direct message to the author; Facebook: a private reply to the comment). `last_inbound_at` is when the customer last
    wrote in private, for networks with a reply window. `media` are the handles that `upload` gave, in their order.
    `again`: an earlier try may have left something on the network. `original` is the `raw` of the item that is
    answered, where the capabilities ask for it and it is still kept.
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
    original: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class OwnPost:
    """Words of the company on their way to its own followers, in answer to nobody."""

    text: str
    now: datetime | None = None
    submitted_at: datetime | None = None

    def as_message(self) -> Outgoing:
        """A post is a reply to nothing: below no post, and with no parent where it is looked for."""
        return Outgoing(self.text, private=False, thread_id="", now=self.now, submitted_at=self.submitted_at)


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
    default_base_url: ClassVar[str]  # "" where every account has a server of its own, which then must be given
    capabilities: ClassVar[Capabilities]
    credential_fields: ClassVar[tuple[CredentialField, ...]]
    streams: ClassVar[tuple[Stream, ...]]

    # Where an account has limits or options of its own, there is one static method more, which makes of both
    # (`AccountInfo.limits`, `Account.options`) what it can do: `capabilities_at(Mapping[str, Any]) -> Capabilities`.
    # `option_fields: ClassVar[tuple[OptionField, ...]]` names the options; `streams_at(options) -> tuple[Stream, ...]`
    # says which of `streams` an account with them has, and how often each may be asked.
    # Where an account's server is not called by http(s), `schemes: ClassVar[tuple[str, ...]]` says how.

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
        network does not take this file, StillWorking where it is not done with it. Never called where the capabilities
        name no media.
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
