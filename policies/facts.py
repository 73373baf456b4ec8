"""All that a rule may know about a reply: gathered by the desk, frozen, so that a rule is a row in a table test."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from policies.length import Length, LengthRule, measure
from policies.links import Link, find_links
from policies.signature import suffix


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Limit:
    """A length rule of one's own making; the connectors' rules have the same shape."""

    limit: int
    unit: str = "characters"
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along. `kind` is image, video, audio or file."""

    kind: str = "image"
    alt_text: str = ""


@dataclass(frozen=True)
class ReplyFacts:
    """A reply that somebody wants to send, and where it would go.

    `text` is as typed, without the signature that `sign` adds. `language` is the reply's, "" where nobody knows;
    `say_in` is the reader's of the findings. `free_mentions` are the handles that X puts before a reply by itself.
    `own` lists what belongs to the company and so is nobody's personal data: e-mail addresses or whole `@domains`,
    phone numbers, account numbers, postcodes, in any spelling. `now` and `window_closes_at` are aware UTC.
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
    free_mentions: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    country: str = "NL"  # of the company: how a phone number without a country is read

    # Worked out once for all rules.

    @cached_property
    def measured(self) -> Length:
        signature = suffix(self.text, self.signature)
        return measure(self.text.rstrip(), self.length, signature=signature, free_mentions=self.free_mentions)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        return find_links(self.text)

    @property
    def public(self) -> bool:
        return self.visibility == Visibility.PUBLIC
