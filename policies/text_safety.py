"""Showing text from strangers as it is: hidden characters get a mark, towers of accents are cut, false letters named.

Nothing here makes HTML. A screen escapes each segment's text and gives the marks their own look.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import regex

from policies.links import Link, find_links

MOST_MARKS = 4  # combining marks on one base character; Vietnamese needs 2, vocalised Hebrew 3
LONGEST_NAME = 80  # characters as a reader counts them
LONGEST_SHOWN = 100_000  # code points of a message; what follows is cut and said to be
_BYTES_OF_NAME_READ = 4_096
_MOST_NAMED = 3  # kinds of hidden characters in one mark

_HIDDEN_NAMES = {
    "\u00ad": "soft hyphen",
    "\u061c": "Arabic letter mark",
    "\u180e": "Mongolian vowel separator",
    "\u200b": "zero-width space",
    "\u200c": "zero-width non-joiner",
    "\u200d": "zero-width joiner",
    "\u200e": "left-to-right mark",
    "\u200f": "right-to-left mark",
    "\u202a": "left-to-right embedding",
    "\u202b": "right-to-left embedding",
    "\u202c": "end of direction",
    "\u202d": "left-to-right override",
    "\u202e": "right-to-left override",
    "\u2060": "word joiner",
    "\u2066": "left-to-right isolate",
    "\u2067": "right-to-left isolate",
    "\u2068": "first-strong isolate",
    "\u2069": "end of isolate",
    "\ufeff": "byte-order mark",
    "\u115f": "Hangul filler",
    "\u1160": "Hangul filler",
    "\u3164": "Hangul filler",
    "\uffa0": "Hangul filler",
}
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# A joiner within an emoji, and joiners beside letters of scripts that are written with them, are honest.
_HONEST_JOINER = regex.compile(
    r"(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200d(?=\p{Extended_Pictographic})"
    r"|(?<=[\p{Arabic}\p{Devanagari}\p{Bengali}\p{Tamil}\p{Malayalam}\p{Sinhala}\p{Kannada}\p{Telugu}])[\u200c\u200d]"
)
# Flags of regions (England) are spelt with tag characters behind a black flag; anywhere else they smuggle text.
_HONEST_TAGS = regex.compile(r"\U0001F3F4[\U000E0061-\U000E007A\U000E0030-\U000E0039]{1,6}\U000E007F")
_TROUBLE = regex.compile(
    r"(?P<honest>" + _HONEST_JOINER.pattern + "|" + _HONEST_TAGS.pattern + r")"
    r"|(?P<hidden>[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164\ufeff\uffa0\U000E0000-\U000E0FFF]+)"
    r"|(?P<control>[\p{Cc}\p{Cs}--\n\r\t]+)"
    rf"|(?P<tower>(?<=\p{{M}}{{{MOST_MARKS}}})\p{{M}}+)",
    regex.VERSION1,
)
_WORD_BEFORE = regex.compile(r"[\p{L}\p{M}\p{N}-]+$")
_WORDS = regex.compile(r"[\p{L}\p{M}\p{N}]+")


class Mark(StrEnum):
    """Why a segment needs a look of its own."""

    NONE = ""
    DIRECTION = "direction"  # turns what follows it around
    INVISIBLE = "invisible"
    CONTROL = "control"  # can't be shown at all
    CUT = "cut"  # accents beyond the fourth, or an overlong end


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text to show. Where `mark` is set, `text` is what to show in its stead and `note` says what it was."""

    text: str
    mark: Mark = Mark.NONE
    note: str = ""


def reveal(text: str) -> list[Segment]:
    """The text in segments, with everything hidden made visible. The plain ones hold nothing that tricks a reader.

    Linear in the length of the text; a text past LONGEST_SHOWN is cut with a mark.
    """
    segments = list(_segments(text[:LONGEST_SHOWN]))
    if len(text) > LONGEST_SHOWN:
        segments.append(Segment("…", Mark.CUT, f"{len(text) - LONGEST_SHOWN} more characters"))
    return segments


def _segments(text: str) -> Iterator[Segment]:
    position = 0
    for match in _TROUBLE.finditer(text):
        if match["honest"]:
            continue
        if match.start() > position:
            yield Segment(text[position : match.start()])
        yield _marked(match[0], is_tower=match["tower"] is not None)
        position = match.end()
    if position < len(text):
        yield Segment(text[position:])


def _marked(found: str, *, is_tower: bool) -> Segment:
    if is_tower:
        return Segment("…", Mark.CUT, f"{len(found)} more accents")
    kinds = tuple(dict.fromkeys(found))
    codes = ", ".join(f"U+{ord(kind):04X}" for kind in kinds[:_MOST_NAMED])
    if unicodedata.category(kinds[0]) in {"Cc", "Cs"}:
        return Segment("\N{REPLACEMENT CHARACTER}", Mark.CONTROL, codes)
    note = ", ".join(dict.fromkeys(_HIDDEN_NAMES.get(kind, "invisible character") for kind in kinds[:_MOST_NAMED]))
    count = f" ×{len(found)}" if len(found) > 1 else ""
    return Segment(f"[{codes}{count}]", Mark.INVISIBLE if _TURNS.isdisjoint(found) else Mark.DIRECTION, note)


def plain_name(name: str, longest: int = LONGEST_NAME) -> str:
    """A customer's name as one short line, safe to show anywhere: no hidden characters, no towers, no line breaks.

    Empty where nothing visible is left: show the handle then.
    """
    head = name.encode("utf-8", "surrogatepass")[:_BYTES_OF_NAME_READ].decode("utf-8", "ignore")
    kept = "".join(segment.text for segment in _segments(" ".join(head.split())) if segment.mark is Mark.NONE).strip()
    graphemes = regex.findall(r"\X", kept)
    short = (
        kept if len(graphemes) <= longest and len(head) == len(name) else "".join(graphemes[:longest]).rstrip() + "…"
    )
    return short if regex.search(r"[^\s\p{M}\p{Default_Ignorable_Code_Point}…]", short) else ""


def store_safe(text: str) -> str:
    """The text without what PostgreSQL and UTF-8 can't hold: NUL and lone surrogates become U+FFFD, one for one."""
    return regex.sub(r"[\x00\p{Cs}]", "\N{REPLACEMENT CHARACTER}", text)


def suspicious_words(text: str) -> tuple[str, ...]:
    """Words that mix scripts with letters that look alike, such as a Cyrillic а in “Vlotlijn”: somebody may pose."""
    head = text[:LONGEST_SHOWN]
    return () if head.isascii() else tuple(dict.fromkeys(w for w in _WORDS.findall(head) if _is_suspicious(w[:200])))


@lru_cache(maxsize=4_096)
def _is_suspicious(word: str) -> bool:
    return not word.isascii() and bool(_confusables().is_dangerous(word))


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link to render inert. `host` is where it really leads, readable; `host_ascii` the form a browser uses.

    `warning` is that of `host_warning`.
    """

    start: int
    end: int
    text: str
    href: str
    host: str
    host_ascii: str
    warning: str = ""


def links(text: str) -> list[ShownLink]:
    """The links in a text, in order, each with its real host."""
    head = text[:LONGEST_SHOWN]
    return [_shown(link, head) for link in find_links(head)]


def _shown(link: Link, text: str) -> ShownLink:
    readable = _readable(link.host)
    # X cuts “vlоtlijn.nl” with a Cyrillic о down to “tlijn.nl”: what the reader sees begins before the link does.
    seen = _WORD_BEFORE.search(text[max(link.start - 64, 0) : link.start])
    warning = host_warning(f"{seen[0]}{readable}" if seen else readable)
    return ShownLink(link.start, link.end, link.url, link.href, readable, link.host, warning)


def host_warning(host: str) -> str:
    """Whether the letters of a host may pretend to be others.

    “mixed_script”: letters of several scripts that look alike. “not_latin”: spelt with look-alikes of Latin letters
    throughout. “”: neither.
    """
    labels = [label for label in host.split(".") if not label.isascii()]
    if any(_is_suspicious(label) for label in labels):
        return "mixed_script"
    # A whole word in look-alikes mixes nothing: “аррӏе” is Cyrillic throughout.
    alike = any(_confusables().is_confusable(label, preferred_aliases=["latin"]) for label in labels)
    return "not_latin" if alike else ""


def _confusables() -> Any:
    """The library of letters that look alike: 8 MB of tables in each process that has met one."""
    from confusable_homoglyphs import confusables

    return confusables


def _readable(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host
