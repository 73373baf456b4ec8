"""Invented texts in which words are as rare as in real ones: the second half as common as the first (Zipf)."""

from functools import cache
from random import Random

_SOUNDS = {
    "nl": (
        "tr",
        "ein",
        "spoor",
        "kaart",
        "reis",
        "bal",
        "ver",
        "tra",
        "ging",
        "lo",
        "ket",
        "fiets",
        "boe",
        "te",
        "nacht",
    ),
    "en": ("tra", "in", "track", "card", "jour", "ney", "de", "lay", "desk", "bike", "fi", "ne", "night", "re", "fund"),
}
VOCABULARY = 40_000


def invented(number: int, language: str, words: int = 60) -> str:
    """The same text for the same number."""
    random = Random(f"{language} {number}")
    return " ".join(_word(int(VOCABULARY ** random.random()), language) for _at in range(words))


@cache
def _word(rank: int, language: str) -> str:
    random = Random(f"{language} word {rank}")
    return "".join(random.choice(_SOUNDS[language]) for _at in range(2 + rank % 3))
