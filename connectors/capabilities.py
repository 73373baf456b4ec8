"""What a network can do, and how it is read: what screens ask before they show anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a desk can do to a message on a network, beside answering it."""

    LIKE = "like"
    UNLIKE = "unlike"
    HIDE = "hide"
    UNHIDE = "unhide"
    DELETE = "delete"


class Control(StrEnum):
    """Who answers in a private conversation, where several apps of the company may: one of them has it at a time."""

    OURS = "ours"
    THEIRS = "theirs"
    ASKED = "asked"  # another app asks us for it


class Handover(StrEnum):
    """What a desk can do about that."""

    TAKE = "take"
    ASK = "ask"
    GIVE = "give"


@dataclass(frozen=True, slots=True)
class Stream:
    """One feed of an account with a cursor of its own. `min_seconds` is the shortest interval the network allows.

    `history_days` and `history_items` are how far back it can be read: what is older, or has so many newer ones above
    it, is not told any more. None: no stated end.
    """

    name: str
    private: bool
    min_seconds: float
    history_days: int | None = None
    history_items: int | None = None
    oldest_first: bool = False  # pages of a chain do not go back in time; usually they do
    item_cost: float = 0.0  # US dollars for reading one entry with its author, where the network charges
    hinted: bool = False  # the network can say at once that there is something new on it: `Hints`


@dataclass(frozen=True, slots=True)
class CredentialField:
    """A field that an administrator fills in. `label` and `help` are English; screens translate them.

    `schemes` are those of a server's address; the desk judges it as it judges every address before it is called.
    """

    name: str
    label: str
    help: str = ""
    secret: bool = True
    required: bool = True
    schemes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LengthRule:
    """How the network counts. `unit` is weighted, characters, bytes, graphemes or mastodon.

    `mention_counts`: the network puts the customer's handle into the text of a reply, and it takes part of the room.
    """

    limit: int
    unit: str = "characters"
    max_bytes: int | None = None
    mention_counts: bool = False


@dataclass(frozen=True, slots=True)
class MediaRule:
    """Files that the network takes along with one message.

    `most` of them, each of a content type of `max_bytes` and no larger than that says. `longest_alt` is how many
    characters of description it keeps with a picture; 0: it keeps none. `first_too`: also with the private message
    that answers somebody who wrote in public. `alone` are content types of which one goes along and nothing beside it.
    `captions` is how many bytes of WebVTT it keeps with a film; 0: it keeps none.
    """

    most: int
    max_bytes: Mapping[str, int]
    longest_alt: int = 0
    first_too: bool = True
    alone: frozenset[str] = frozenset()
    captions: int = 0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a network can do; screens show nothing else."""

    reply_public: bool = True
    reply_private: bool = True
    private_from_public: bool = True  # a private message may be opened from a public post or comment
    private_once: bool = False  # … with one message; the next only once the customer has answered it
    actions: frozenset[Action] = frozenset()
    deletes_theirs: bool = False  # also what others wrote below our posts can be deleted; False: our own words alone
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
    # Where a customer begins to write to the account in private; {own_id} and {handle} stand for it. "": nowhere.
    private_link: str = ""
    post_length: LengthRule | None = None  # of a post of our own, in answer to nobody; None: the desk can't post there
    separate_limits: bool = False  # each kind of call has a limit of its own; False: one for all calls of an account
    one_answer: bool = False  # each message takes one public answer of ours: a second one takes the place of the first
    charges: bool = False  # the network charges for what is read and written
    tells_own: bool = True  # what we sent is told with all the rest
    answers_original: bool = False  # an answer is made from what was answered: see `Outgoing.original`
    blocks: bool = False  # the account can shut somebody out: `Blocks`
    tells_read: bool = False  # it tells that a customer has read what we wrote in private
    marks_read: bool = False  # customers can be shown that we have read what they wrote: `ReadMarks`
    hands_over: bool = False  # other apps of the company may have a private conversation: `HandsOver`
