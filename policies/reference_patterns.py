"""Patterns of a company's own references (orders, bookings), in a small language that can't be slow.

Letters and digits stand for themselves, `\\d` for a digit, `[A-Z0-9]` for one of these, `{6}` and `{2,4}` for a count,
`?` that it may be missing, `( | )` are choices; any other sign is written with a backslash, but for `-`, `/`, `_`, `#`,
`:` and space. There is no repeat without an end, and no pattern may match in more than MOST_WAYS ways: that times the
length of a reference is all the work that any place of a text can cost, so a check is linear in the text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import regex

MOST_WAYS = 1_000
SHORTEST, LONGEST = 4, 40  # characters of a reference: a shorter one is any number, a longer one is no reference

_PLAIN = regex.compile(r"[\p{L}\p{N} \-/_#:]")
_ESCAPED = regex.compile(r"\\(?:d|[^\p{L}\p{N}\s])")
_CLASS = regex.compile(r"\[(?:\\d|[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9 \-/_#:.])+\]")
_COUNT = regex.compile(r"\{(?P<least>[0-9]{1,2})(?:,(?P<most>[0-9]{1,2}))?\}")


@dataclass(frozen=True, slots=True)
class PatternProblem:
    """Why a pattern is refused: `syntax`, `unbounded`, `ways` or `size`, with the parameters of the message."""

    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Patterns:
    """The patterns of a rulebook, ready to search with. Case does not matter, and nothing is found inside a word."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        self.entries = entries
        either = "|".join(f"(?:{entry})" for entry in entries)
        self._search = regex.compile(rf"(?<!\w)(?:{either})(?!\w)", regex.IGNORECASE) if entries else None

    def __bool__(self) -> bool:
        return self._search is not None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where references stand in a text, in code points."""
        if self._search is not None:
            yield from (match.span() for match in self._search.finditer(text))


@dataclass(frozen=True, slots=True)
class _Size:
    """How short and how long what matches may be, and in how many ways."""

    shortest: int
    longest: int
    ways: int

    def then(self, other: "_Size") -> "_Size":
        return _Size(self.shortest + other.shortest, self.longest + other.longest, _few(self.ways * other.ways))

    def otherwise(self, other: "_Size") -> "_Size":
        shortest, longest = min(self.shortest, other.shortest), max(self.longest, other.longest)
        return _Size(shortest, longest, _few(self.ways + other.ways))

    def times(self, least: int, most: int) -> "_Size":
        ways = _few(sum(self.ways**count for count in range(least, most + 1)))
        return _Size(self.shortest * least, self.longest * most, ways)


_NOTHING, _ONE = _Size(0, 0, 1), _Size(1, 1, 1)


def _few(ways: int) -> int:
    return min(ways, MOST_WAYS + 1)


class _Refused(Exception):
    def __init__(self, reason: str, at: int) -> None:
        self.reason, self.at = reason, at


def pattern_problem(entry: str) -> PatternProblem | None:
    """Why a pattern can't be used; None where it can."""
    reading = _Reading(entry)
    try:
        size = reading.choices()
    except _Refused as refused:
        return PatternProblem(refused.reason, {"at": refused.at + 1})
    if reading.at < len(entry) or not _compiles(entry):
        return PatternProblem("syntax", {"at": min(reading.at + 1, len(entry))})
    if size.ways > MOST_WAYS:
        return PatternProblem("ways", {"most": MOST_WAYS})
    if size.shortest < SHORTEST or size.longest > LONGEST:
        bounds = {"shortest": size.shortest, "longest": size.longest, "least": SHORTEST, "most": LONGEST}
        return PatternProblem("size", bounds)
    return None


def _compiles(entry: str) -> bool:
    """A range that runs backwards ([Z-A]) is only found out here."""
    try:
        regex.compile(entry)
    except regex.error:
        return False
    return True


class _Reading:
    """One pattern being read from left to right."""

    def __init__(self, entry: str) -> None:
        self.entry, self.at, self.depth = entry, 0, 0

    def choices(self) -> _Size:
        size = self.sequence()
        while self.entry[self.at : self.at + 1] == "|":
            self.at += 1
            size = size.otherwise(self.sequence())
        return size

    def sequence(self) -> _Size:
        size = _NOTHING
        while self.at < len(self.entry) and self.entry[self.at] not in "|)":
            size = size.then(self.counted(self.one()))
        return size

    def one(self) -> _Size:
        if self.entry[self.at] == "(":
            return self.group()
        if self.entry[self.at] in "*+":
            raise _Refused("unbounded", self.at)
        for form in (_PLAIN, _ESCAPED, _CLASS):
            if match := form.match(self.entry, self.at):
                self.at = match.end()
                return _ONE
        raise _Refused("syntax", self.at)

    def group(self) -> _Size:
        begun = self.at
        self.at += 3 if self.entry.startswith("(?:", self.at) else 1
        self.depth += 1
        if self.depth > 10:
            raise _Refused("syntax", begun)
        size = self.choices()
        if self.entry[self.at : self.at + 1] != ")":
            raise _Refused("syntax", begun)
        self.at += 1
        self.depth -= 1
        return size

    def counted(self, size: _Size) -> _Size:
        follows = self.entry[self.at : self.at + 1]
        if follows and follows in "*+":
            raise _Refused("unbounded", self.at)
        if follows == "?":
            self.at += 1
            return size.times(0, 1)
        if match := _COUNT.match(self.entry, self.at):
            least = int(match["least"])
            most = int(match["most"] or least)
            if most < least or most == 0:
                raise _Refused("syntax", self.at)
            self.at = match.end()
            return size.times(least, most)
        return size
