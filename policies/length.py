"""How long a text is by its network's own rules.

*weighted* is X's count: CJK and emoji 2, a link 23, after Unicode normalisation (NFC), source
https://docs.x.com/fundamentals/counting-characters; *characters* are code points; *graphemes* are what a reader sees as
one character (Unicode TR 29); *bytes* are those of UTF-8; *mastodon* are graphemes of which a link takes 23, and of
@somebody@elsewhere.example the server nothing, source https://docs.joinmastodon.org/user/posting/#text.
"""

import unicodedata
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Protocol

import regex

from policies.links import find_links, hopeless_dots

UNITS = ("weighted", "characters", "graphemes", "bytes", "mastodon")

_COUNTED_IN_FULL = 50_000  # code points; past them every limit is long gone, and code points stand in
_LINK_WEIGHT = 23
_GRAPHEME = regex.compile(r"\X")
_EMOJI_RUN = regex.compile(r"[\p{Emoji}\p{Emoji_Component}]+")
_SERVER_OF_MENTION = regex.compile(
    r"(?<![=/\w])@[a-zA-Z0-9_]{1,64}+(?:[.-]{1,2}[a-zA-Z0-9_]{1,64}+){0,4}+\K@\w{1,63}+(?:[.-]{1,2}\w{1,63}+){0,8}+"
)
_LEADING_MENTION = regex.compile(r"\s*@(\w{1,50})(?=\s)")
_WIDE = regex.compile(r"[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")  # two on X, all else one


class LengthRule(Protocol):
    """What a network says of its limit. `unit` is one of UNITS; `max_bytes` of UTF-8 holds beside it."""

    @property
    def limit(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def max_bytes(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Length:
    """A measured text. `excess_at`: the code point of the typed text from which it is too long, None where it fits."""

    used: int
    limit: int
    unit: str
    max_bytes: int | None = None
    bytes_used: int | None = None  # where max_bytes is set
    excess_at: int | None = None

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit or self.too_many_bytes

    @property
    def too_many_bytes(self) -> bool:
        return self.max_bytes is not None and self.bytes_used is not None and self.bytes_used > self.max_bytes

    @property
    def left(self) -> int:
        """What may still be typed, negative where it is too long."""
        return self.limit - self.used

    def as_json(self) -> dict[str, Any]:
        return {"used": self.used, "limit": self.limit, "unit": self.unit}


def measure(text: str, rule: LengthRule, *, signature: str = "", free_mentions: Collection[str] = ()) -> Length:
    """Measure `text` by the rule, with room kept for what is added behind it (`signature`, with its space).

    `free_mentions` are the handles that X puts before a reply by itself: where the text begins with them they cost
    nothing. Raises ValueError for an unknown unit.
    """
    if rule.unit not in UNITS:
        raise ValueError(f"There is no unit of length “{rule.unit}”. Known: {', '.join(UNITS)}.")
    free = _free_prefix(text, free_mentions) if rule.unit == "weighted" else 0
    counted = text[free:]
    used = _count(counted, rule.unit) + _count(signature, rule.unit)
    bytes_used = _bytes(counted) + _bytes(signature) if rule.max_bytes is not None else None
    length = Length(used, rule.limit, rule.unit, rule.max_bytes, bytes_used)
    if not length.exceeded:
        return length
    edge = _excess(counted, rule, signature)
    return Length(used, rule.limit, rule.unit, rule.max_bytes, bytes_used, excess_at=free + edge)


@lru_cache(maxsize=32)  # one text under several signatures, one signature behind many texts
def _count(text: str, unit: str) -> int:
    match unit:
        case "bytes":
            return _bytes(text)
        case "characters":
            return len(text)
        case _ if len(text) > _COUNTED_IN_FULL:
            return len(text)
        case "graphemes":
            return sum(1 for _ in _GRAPHEME.finditer(text))
        case "mastodon":
            return sum(weight for _start, weight in _mastodon_units(text))
        case _:
            composed = _composed(text)
            # A piece that can't be searched is counted as if every dot in it made a link: too long, never too short.
            return _weight(composed) + _LINK_WEIGHT * hopeless_dots(composed)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _excess(text: str, rule: LengthRule, signature: str) -> int:
    """The first code point of `text` at which it does not fit before the signature any more."""
    edges = [_edge(text, rule.unit, rule.limit - _count(signature, rule.unit))]
    if rule.max_bytes is not None:
        edges.append(_edge(text, "bytes", rule.max_bytes - _bytes(signature)))
    return min(edges)


def _edge(text: str, unit: str, room: int) -> int:
    """The longest beginning of `text` that fits into `room`, in code points; never inside a link, emoji or grapheme."""
    if unit == "characters":
        return min(max(room, 0), len(text))
    if unit == "weighted":
        composed = _composed(text[:_COUNTED_IN_FULL])
        return _uncomposed(text, _fitting(_weighted_units(composed), room, len(composed)))
    size = _bytes if unit == "bytes" else _one
    head = text[:_COUNTED_IN_FULL]
    if unit == "mastodon":
        return _fitting(_mastodon_units(head), room, len(head))
    return _fitting(((match.start(), size(match[0])) for match in _GRAPHEME.finditer(head)), room, len(head))


def _one(_: str) -> int:
    return 1


def _fitting(units: Iterator[tuple[int, int]], room: int, end: int) -> int:
    for start, weight in units:
        room -= weight
        if room < 0:
            return start
    return end


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n")


def _uncomposed(text: str, edge: int) -> int:
    """The place in `text` that stands at `edge` in its composed form."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if len(_composed(text[:middle])) <= edge:
            low = middle
        else:
            high = middle - 1
    return low


def _weight(text: str) -> int:
    """The sum of all weighted units, without looking at each plain character by itself."""
    weight = position = 0
    for start, end, one in _special_units(text):
        if start >= position:  # an emoji inside a link is part of the link
            weight += one + start - position + len(_WIDE.findall(text, position, start))
            position = end
    return weight + len(text) - position + len(_WIDE.findall(text, position))


def _weighted_units(text: str) -> Iterator[tuple[int, int]]:
    """Start and weight of everything that X counts as one: a link, an emoji, a character."""
    position = 0
    for start, end, weight in _special_units(text):
        if start < position:
            continue  # an emoji inside a link is part of the link
        yield from _plain_units(text, position, start)
        yield start, weight
        position = end
    yield from _plain_units(text, position, len(text))


def _plain_units(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for index in range(start, end):
        yield index, 2 if _WIDE.match(text[index]) else 1


def _mastodon_units(text: str) -> Iterator[tuple[int, int]]:
    """Start and weight of everything that Mastodon counts as one. A bare `abn.nl` is no link there."""
    links = [(one.start, one.end, _LINK_WEIGHT) for one in find_links(text) if one.url.lower().startswith("http")]
    servers = [(*match.span(), 0) for match in _SERVER_OF_MENTION.finditer(text)] if "@" in text else []
    position = 0
    for start, end, weight in sorted(links + servers):
        if start < position:
            continue  # a mention inside a link is part of the link
        yield from ((match.start(), 1) for match in _GRAPHEME.finditer(text, position, start))
        yield start, weight
        position = end
    yield from ((match.start(), 1) for match in _GRAPHEME.finditer(text, position))


def _special_units(text: str) -> list[tuple[int, int, int]]:
    links = [(link.start, link.end, _LINK_WEIGHT) for link in find_links(text)]
    emoji = [] if text.isascii() else [(start, end, 2) for start, end in _emoji(text)]
    return sorted(links + emoji)


def _emoji(text: str) -> Iterator[tuple[int, int]]:
    # The pattern of all emoji sequences is slow where there are none, so it only sees what could be some.
    for run in _EMOJI_RUN.finditer(text):
        for match in _emoji_pattern()(text, run.start(), run.end()):
            yield match.start(), match.end()


@cache
def _emoji_pattern() -> Callable[[str, int, int], Iterator[Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it reads its table through pkg_resources, which warns
        from twitter_text.regexp.emoji import emoji
    finditer: Callable[[str, int, int], Iterator[Any]] = emoji.finditer
    return finditer


def _free_prefix(text: str, handles: Collection[str]) -> int:
    """Where the text begins once the mentions are gone that the network adds by itself."""
    wanted = {handle.lstrip("@").casefold() for handle in handles}
    position = 0
    while wanted and (match := _LEADING_MENTION.match(text, position)) and match[1].casefold() in wanted:
        position = match.end()
    return position + len(text[position:]) - len(text[position:].lstrip()) if position else 0
