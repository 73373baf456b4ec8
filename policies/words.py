"""Words of a text as phrases are looked for in it: without case and accents, with their places in the text."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*+(?:['’][\p{L}\p{N}\p{M}]++)*+")
_MARKS = regex.compile(r"\p{M}+")
_ENDS_A_THOUGHT = regex.compile(r"[.!?;:…\n\r]")


class Word(NamedTuple):
    """A word without case and accents; where it stands, in code points."""

    start: int
    end: int
    folded: str


def words_of(text: str) -> Iterator[Word]:
    """The words of a text, in order. Linear in its length."""
    plain = folded(text)
    if plain.isascii():
        return (Word(*match.span(), match[0]) for match in _WORD.finditer(plain))
    return (Word(*match.span(), _bare(match[0])) for match in _WORD.finditer(plain))


def _bare(word: str) -> str:
    return word if word.isascii() else _MARKS.sub("", word).replace("’", "'")


def is_one_thought(between: str) -> bool:
    """Whether the words on both sides of this belong together: no sentence ends between them."""
    return not _ENDS_A_THOUGHT.search(between)


def folded(text: str) -> str:
    """The text in lower case and without accents, code point for code point, so that every place stays the same."""
    if text.isascii():
        return text.lower()
    return "".join(map(_folded, text))


@lru_cache(maxsize=4_096)
def _folded(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[:1].casefold()
    return base if len(base) == 1 else character
