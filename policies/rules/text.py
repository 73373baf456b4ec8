"""Whether there is something to send, whether it fits, and whether it can be sent at all."""

from collections.abc import Iterator

import regex

from policies.facts import ReplyFacts
from policies.findings import Fix, FixKind, Severity
from policies.near_duplicates import alike, digest
from policies.options import Number, Options
from policies.registry import Spot, rule

_LONGEST_WORD = 30  # characters
_VISIBLE = regex.compile(r"[^\s\p{C}\p{Default_Ignorable_Code_Point}]")
_UNSENDABLE = regex.compile(r"[\p{Cc}\p{Cs}--\n\r\t]+", regex.VERSION1)
_TURNS_TEXT = regex.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@rule("length.exceeded", Severity.BLOCK, fixed=True, params=("over", "used", "limit", "unit"))
def too_long(facts: ReplyFacts) -> Iterator[Spot]:
    """The text and its signature must fit the network's limit."""
    length = facts.measured
    if length.used > length.limit:
        figures = {"over": -length.left, "used": length.used, "limit": length.limit, "unit": length.unit}
        yield Spot(length.excess_at or 0, len(facts.text), figures, _shortened(facts))


@rule("length.bytes_exceeded", Severity.BLOCK, fixed=True, params=("used", "limit"))
def too_many_bytes(facts: ReplyFacts) -> Iterator[Spot]:
    """Some networks limit the bytes beside the characters."""
    length = facts.measured
    if length.too_many_bytes:
        figures = {"used": length.bytes_used, "limit": length.max_bytes}
        yield Spot(length.excess_at or 0, len(facts.text), figures, _shortened(facts))


@rule("text.empty", Severity.BLOCK, fixed=True)
def nothing_to_send(facts: ReplyFacts) -> Iterator[Spot]:
    """A reply shows something: a visible character or a file."""
    if not facts.attachments and not _VISIBLE.search(facts.text):
        yield Spot()


@rule("text.unsendable", Severity.BLOCK, fixed=True)
def unsendable_characters(facts: ReplyFacts) -> Iterator[Spot]:
    """NUL, other control characters and lone surrogates break databases and networks alike."""
    yield from _each_deleted(_UNSENDABLE, facts.text)


@rule("text.hidden", Severity.WARN)
def text_turning_characters(facts: ReplyFacts) -> Iterator[Spot]:
    """Characters that turn the direction of text come along when something is pasted."""
    yield from _each_deleted(_TURNS_TEXT, facts.text)


@rule(
    "text.repeated",
    Severity.WARN,
    params=("times",),
    options=(
        Number(
            "similar_percent",
            en="From how much in common two texts count as the same, in percent.",
            nl="Vanaf hoeveel overeenkomst twee teksten als dezelfde gelden, in procenten.",
            preset=90,
            least=50,
            most=100,
        ),
        Number(
            "times",
            en="How often the same text may go out before it is a warning.",
            nl="Hoe vaak dezelfde tekst weg mag voordat er een waarschuwing komt.",
            preset=3,
            least=1,
            most=100,
        ),
    ),
)
def said_too_often(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """Networks take the same text to many people for spam."""
    if not facts.recent:
        return
    times = alike(digest(facts.text), facts.recent, options["similar_percent"] / 100)
    if times >= options["times"]:
        yield Spot(params={"times": times})


def _each_deleted(pattern: "regex.Pattern[str]", text: str) -> Iterator[Spot]:
    for match in pattern.finditer(text):
        yield Spot(match.start(), match.end(), fixes=(Fix(FixKind.DELETE, match.start(), match.end()),))


def _shortened(facts: ReplyFacts) -> tuple[Fix, ...]:
    """Cut where it is too long, at the end of a word where one is near."""
    cut = facts.measured.excess_at or 0
    if cut == 0:
        return ()
    spaces = [place for place in range(max(cut - _LONGEST_WORD, 1), cut + 1) if facts.text[place : place + 1].isspace()]
    return (Fix(FixKind.SHORTEN, spaces[-1] if spaces else cut, len(facts.text)),)
