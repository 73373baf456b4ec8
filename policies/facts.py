"""All that a rule may know about a reply: gathered by the desk, frozen, so that a rule is a row in a table test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from policies.length import Length, LengthRule, measure
from policies.links import Link, find_links
from policies.near_duplicates import Digest
from policies.scopes import Scope
from policies.signature import suffix
from policies.words import Word, words_of

_HANGS_ON_SIGNATURE = ("measured",)  # of what is worked out


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Limit:
    """A length rule of one's own making; the connectors' rules have the same shape."""

    limit: int
    unit: str = "characters"
    max_bytes: int | None = None


class MediaRule(Protocol):
    """What a network takes along: how many files, how many bytes of which content types, how long a description.

    The connectors' rules have this shape.
    """

    @property
    def most(self) -> int: ...
    @property
    def max_bytes(self) -> Mapping[str, int]: ...
    @property
    def longest_alt(self) -> int: ...  # 0: it keeps none
    @property
    def alone(self) -> frozenset[str]: ...  # content types that take nothing beside them
    @property
    def captions(self) -> int: ...  # bytes of captions that it keeps with a film; 0: none


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along. `kind` is image, video, audio or file; `size` is in bytes.

    `captions` is what the captions of a film say, `caption_bytes` how much they are as they go out.
    """

    kind: str = "image"
    alt_text: str = ""
    content_type: str = ""
    size: int = 0
    captions: str = ""
    caption_bytes: int = 0


@dataclass(frozen=True)
class ReplyFacts:
    """A reply that somebody wants to send, and where it would go.

    `text` is as typed, without the signature that `sign` adds. `language` is the reply's, "" where nobody knows;
    `say_in` is the reader's of the findings. `free_mentions` are the handles that X puts before a reply by itself.
    `own` lists what belongs to the company and so is nobody's personal data: e-mail addresses or whole `@domains`,
    phone numbers, account numbers, postcodes, in any spelling. `own_links`: how addresses of the desk's own pages for
    customers begin, to which replies may always lead. `now` and `window_closes_at` are aware UTC.
    `brand`, `team`, `rating` (stars of the review that is answered, 0 for none) and `crisis_level` say which of a
    rulebook's overrides hold. `roles` are the author's. `complaint`:
    the customer complains. `recent` are the digests (`near_duplicates.digest`) of what others were sent lately.
    """

    text: str
    now: datetime
    length: LengthRule
    network: str
    visibility: Visibility = Visibility.PUBLIC
    signature: str = ""
    language: str = ""
    customer_language: str = ""
    say_in: str = "en"
    reply_allowed: bool = True
    window_closes_at: datetime | None = None  # None: this network has no window
    original_deleted: bool = False
    attachments: tuple[Attachment, ...] = ()
    media: MediaRule | None = None  # None: nothing can go along
    free_mentions: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    own_links: tuple[str, ...] = ()
    country: str = "NL"  # of the company: how a phone number without a country is read
    brand: str = ""
    team: str = ""
    rating: int = 0
    crisis_level: int = 0  # 0 normal, 1 watch, 2 elevated, 3 crisis
    roles: tuple[str, ...] = ()
    complaint: bool = False
    customer_erased: bool = False
    customer_blocked: bool = False
    recent: tuple[Digest, ...] = ()

    # Worked out once for all rules.

    @cached_property
    def scope(self) -> Scope:
        """Where the reply goes. The language is the customer's, or the reply's where nobody knows that."""
        return Scope(
            brand=self.brand,
            team=self.team,
            network=self.network,
            rating=self.rating,
            language=(self.customer_language or self.language)[:2].lower(),
            visibility=str(self.visibility),
            crisis_level=self.crisis_level,
        )

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(words_of(self.text))

    @cached_property
    def measured(self) -> Length:
        signature = suffix(self.text, self.signature)
        return measure(self.text.rstrip(), self.length, signature=signature, free_mentions=self.free_mentions)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        return find_links(self.text)

    def signed(self, signature: str) -> "ReplyFacts":
        """The same reply under another signature; what does not hang on that is not worked out again."""
        if signature == self.signature:
            return self
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, signature=signature)
        for name in _HANGS_ON_SIGNATURE:
            other.__dict__.pop(name, None)
        return other

    @property
    def public(self) -> bool:
        return self.visibility == Visibility.PUBLIC
