"""Looking for words and phrases whatever their case, accents and simple inflection, in Dutch and English.

An entry in quotation marks is found as it stands (case and accents still do not matter); of any other, words of four
letters or more are also found inflected: “garanderen” finds “garandeert”, “promise” finds “promised”. The forms are
worked out once for each list, so that looking costs one glance for each word of the text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from policies.inflection import forms
from policies.words import Word, is_one_thought, words_of

_QUOTES = "\"'“”„‘’"
_SHORTEST_INFLECTED = 4  # letters; shorter words become other words when something is put behind them
MOST_FOUND = 50


# An entry, for each of its words all forms in which it counts, and those of its second word, which rule most out.
_Entry = tuple[str, tuple[frozenset[str], ...], frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase in a text: where, in code points, and the entry of the list that it is."""

    start: int
    end: int
    entry: str


class Phrases:
    """A list of phrases, ready to look for."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        self.entries = entries
        self._by_first: dict[str, list[_Entry]] = {}
        for entry in entries:
            words = _wanted(entry)
            second = words[1] if len(words) > 1 else None
            for first in words[0]:
                self._by_first.setdefault(first, []).append((entry, words, second))

    def __bool__(self) -> bool:
        return bool(self.entries)

    def found(self, words: tuple[Word, ...], text: str) -> Iterator[Found]:
        """Every phrase among the words of a text, at most MOST_FOUND; the longest where several begin together."""
        by_first = self._by_first
        begins = [place for place, word in enumerate(words) if word.folded in by_first]  # almost always none
        number = behind = 0
        for place in begins:
            if place < behind:
                continue
            following = words[place + 1].folded if place + 1 < len(words) else ""
            matches = [
                (len(wanted), entry)
                for entry, wanted, second in by_first[words[place].folded]
                if (second is None or following in second) and _stands_at(place, wanted, words, text)
            ]
            if matches:
                size, entry = max(matches, key=lambda match: match[0])
                behind = place + size
                yield Found(words[place].start, words[behind - 1].end, entry)
                number += 1
                if number == MOST_FOUND:
                    return


@lru_cache(maxsize=32)
def phrases_of(entries: tuple[str, ...]) -> Phrases:
    """The same list, kept: most versions of a rulebook have most lists in common, and working one out takes long."""
    return Phrases(entries)


def has_a_word(entry: str) -> bool:
    """Whether there is anything in an entry to look for."""
    return next(words_of(entry), None) is not None


def _wanted(entry: str) -> tuple[frozenset[str], ...]:
    """For each word of an entry all forms in which it counts."""
    quoted = len(entry) > 1 and entry[0] in _QUOTES and entry[-1] in _QUOTES
    return tuple(
        frozenset((word.folded,)) if quoted or len(word.folded) < _SHORTEST_INFLECTED else forms(word.folded)
        for word in words_of(entry)
    )


def _stands_at(place: int, wanted: tuple[frozenset[str], ...], words: tuple[Word, ...], text: str) -> bool:
    if place + len(wanted) > len(words):
        return False
    if not all(words[place + step].folded in choices for step, choices in enumerate(wanted)):
        return False
    return all(
        is_one_thought(text[words[step].end : words[step + 1].start]) for step in range(place, place + len(wanted) - 1)
    )
