"""What many ask about and nothing is written of: words of many messages, questions and searches that no article has."""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field

FEWEST = 3  # people who ask
MOST = 12  # gaps that are told
SHORTEST = 4  # letters of a word that says what it is about
EDGES = ".,;:!?\"'()[]“”‘’…-"  # that are no part of a word
TOGETHER = 0.5  # of the tickets of two words that are the same: then it is one gap
ANSWERED = 0.5  # of what a ticket asks that stands in an article: then it is no gap


@dataclass(frozen=True, slots=True)
class Asked:
    """A word by its stem: how much it weighs, and where it was said: tickets, questions, searches."""

    word: str
    weight: float
    said_in: frozenset[Hashable]


@dataclass(slots=True)
class Gap:
    """Words that were said in the same places, the first the one that says most."""

    words: list[str]
    said_in: set[Hashable] = field(default_factory=set)


def gaps(asked: Iterable[Asked], written: Collection[str]) -> list[Gap]:
    """What was asked about most comes first, rare words before common ones. `written` are stems of articles."""
    said = (
        one
        for one in asked
        if one.word.isalpha() and len(one.word) >= SHORTEST and one.word not in written and len(one.said_in) >= FEWEST
    )
    found: list[Gap] = []
    for one in sorted(said, key=lambda one: (-len(one.said_in) * one.weight, one.word)):
        same = next((gap for gap in found if _share(gap.said_in, one.said_in) >= TOGETHER), None)
        if same is not None:
            same.words.append(one.word)
        elif len(found) < 2 * MOST:
            found.append(Gap([one.word], set(one.said_in)))
    return found


def topic_words(text: str) -> list[str]:
    """The words of a text that can say what it is about, in small letters, each once; no numbers and no addresses."""
    words = (part.strip(EDGES).lower() for part in text.split())
    return list(dict.fromkeys(one for one in words if len(one) >= SHORTEST and one.replace("-", "").isalpha()))


def as_written(word: str, texts: Iterable[str]) -> str:
    """How customers write what this is the stem of: the shortest word that begins with it, else the stem."""
    start = word[: max(SHORTEST, len(word) - 2)]
    forms = {"".join(filter(str.isalpha, part)).lower() for text in texts for part in text.split()}
    return min((form for form in forms if form.startswith(start)), key=lambda form: (len(form), form), default=word)


def _share(one: set[Hashable], other: frozenset[Hashable]) -> float:
    return len(one & other) / len(one | other)
