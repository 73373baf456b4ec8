"""Hiding what should not be read, so that everything else stays where it was.

Every letter and digit of a span becomes one asterisk; spaces and signs stay. The text keeps its number of code points,
so that offsets of other findings hold, and by no count but that of X's links does it get longer.
"""

from collections.abc import Iterable

import regex

_HIDDEN = regex.compile(r"[\p{L}\p{N}\p{M}]")
STAR = "*"


def masked(text: str) -> str:
    """The same with its letters and digits hidden."""
    return _HIDDEN.sub(STAR, text)


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with the spans (code points) hidden; they may overlap and come in any order."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = masked(text[start:end])
    return "".join(characters)
