"""What a case of a rule is: texts that it must find and texts that it must leave alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from policies.facts import Attachment, Visibility

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PRIVATE = {"visibility": Visibility.PRIVATE}
OUR_PAGES = {"own_links": ("https://balie.nl/f/",)}
NL, EN = {"customer_language": "nl"}, {"customer_language": "en"}
NOTHING: Mapping[str, Any] = {}

Said = tuple[str, Mapping[str, Any]]  # a text, and what else the reply is


@dataclass(frozen=True)
class Cases:
    """One rule's texts; `facts` hold for all of them, `options` are the rulebook's."""

    found_nl: tuple[str | Said, ...]
    found_en: tuple[str | Said, ...]
    left_nl: tuple[str | Said, ...]
    left_en: tuple[str | Said, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Media:
    """A network that takes two small PNGs along."""

    most: int = 2
    max_bytes: Mapping[str, int] = field(default_factory=lambda: {"image/png": 1024})
    longest_alt: int = 20
    alone: frozenset[str] = frozenset()
    captions: int = 0


MAP = Attachment("image", "A map", "image/png", 100)
FILM = Attachment("video", "A train", "video/mp4", 1_000)
