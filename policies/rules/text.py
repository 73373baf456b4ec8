"""Whether there is something to send, whether it fits, and whether it can be sent at all."""

from collections.abc import Iterator

import regex

from policies.facts import ReplyFacts
from policies.findings import Severity
from policies.registry import Spot, rule

_VISIBLE = regex.compile(r"[^\s\p{C}\p{Default_Ignorable_Code_Point}]")
_UNSENDABLE = regex.compile(r"[\p{Cc}\p{Cs}--\n\r\t]+", regex.VERSION1)
_TURNS_TEXT = regex.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@rule("length.exceeded", Severity.BLOCK, fixed=True, params=("over", "used", "limit", "unit"))
def too_long(facts: ReplyFacts) -> Iterator[Spot]:
    """The text and its signature must fit the network's limit."""
    length = facts.measured
    if length.used > length.limit:
        figures = {"over": -length.left, "used": length.used, "limit": length.limit, "unit": length.unit}
        yield Spot(length.excess_at or 0, len(facts.text), figures)


@rule("length.bytes_exceeded", Severity.BLOCK, fixed=True, params=("used", "limit"))
def too_many_bytes(facts: ReplyFacts) -> Iterator[Spot]:
    """Some networks limit the bytes beside the characters."""
    length = facts.measured
    if length.too_many_bytes:
        yield Spot(length.excess_at or 0, len(facts.text), {"used": length.bytes_used, "limit": length.max_bytes})


@rule("text.empty", Severity.BLOCK, fixed=True)
def nothing_to_send(facts: ReplyFacts) -> Iterator[Spot]:
    """A reply shows something: a visible character or a file."""
    if not facts.attachments and not _VISIBLE.search(facts.text):
        yield Spot()


@rule("text.unsendable", Severity.BLOCK, fixed=True)
def unsendable_characters(facts: ReplyFacts) -> Iterator[Spot]:
    """NUL, other control characters and lone surrogates break databases and networks alike."""
    yield from (Spot(match.start(), match.end()) for match in _UNSENDABLE.finditer(facts.text))


@rule("text.hidden", Severity.WARN)
def text_turning_characters(facts: ReplyFacts) -> Iterator[Spot]:
    """Characters that turn the direction of text come along when something is pasted."""
    yield from (Spot(match.start(), match.end()) for match in _TURNS_TEXT.finditer(facts.text))
