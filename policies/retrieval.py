"""What a question is looked for by: its words with what each weighs, and the few through which candidates are found.

The ranking by words is BM25 (Robertson and Zaragoza, 2009) with a field weight for titles, over the stems that
PostgreSQL makes. The best are ranked once more with the pieces of words that they share with the question, which
forgives typing errors, compounds and inflection that no stemmer knows. The parameters were chosen on every other
question of the sets in `tests/benchmarks/test_knowledge.py`, which measures on those between.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

import regex

SATURATION = 1.2  # k1: how soon saying a word again adds nothing
LENGTH = 0.5  # b: how much a long text is held to its length
TITLE = 3.0  # a word of a title counts as so many words of the text
MOST_TERMS = 40  # of a question: those that are rarest
MOST_CANDIDATES = 1_500  # texts that are ranked
MOST_LETTERS = 2_000  # of a question that are read
SHORTEST_PART = 4  # letters of a part of a compound
PART = 0.5  # what a part of a compound weighs against a word that was written
COMMON = 0.5  # what any word weighs in the ranking before its rarity, of the rarest: who shares many speaks of the same
PIECES = 1.0  # what pieces of words weigh against the words themselves
PIECE = 4  # letters
READ_OF_EACH = 400  # characters of a text of which pieces are looked at

_NAMES = regex.compile(r"https?://\S++|(?<!\S)@\S++|\S++@\S++\.\S++")
_BETWEEN = regex.compile(r"[^\p{L}\p{N}\s'’-]++")


@dataclass(frozen=True, slots=True)
class Counted:
    """A stem of a question: how often it stands there, and in how many of all texts."""

    word: str
    times: int
    texts: int


@dataclass(frozen=True, slots=True)
class Term:
    """A stem with what it weighs in the ranking, and how much of the question it says: a common one next to nothing.

    `seeks` where texts are found through it, and not only ranked by it.
    """

    word: str
    weight: float
    says: float
    seeks: bool = False
    part: bool = False  # of a compound that was written


def plain(text: str) -> str:
    """The words of a question, without addresses, links and names of accounts, which say nothing of its topic."""
    return " ".join(_BETWEEN.sub(" ", _NAMES.sub(" ", text[:MOST_LETTERS])).split())


def rarity(texts: int, of: int) -> float:
    """What a word weighs that stands in so many texts of all; a word of all texts weighs a little still."""
    return log(1 + (max(of - texts, 0) + 0.5) / (texts + 0.5))


def weighed(words: Iterable[Counted], of: int, *, parts: bool = False) -> list[Term]:
    """The rarest first. Texts are found through as many of them as lead to about MOST_CANDIDATES, one at least."""
    known = sorted(words, key=lambda one: (one.texts, one.word))[:MOST_TERMS]
    terms: list[Term] = []
    reached, at_least = 0, COMMON * rarity(1, of)
    for one in known:
        seeks = not terms or reached + one.texts <= MOST_CANDIDATES
        reached += one.texts
        rare, often = rarity(one.texts, of), (1 + log(one.times)) * (PART if parts else 1)
        terms.append(Term(one.word, (at_least + rare) * often, rare * often, seeks, parts))
    return terms


def parts_of(word: str) -> Iterator[tuple[str, str]]:
    """In which two a compound may be taken apart; Dutch puts an s, e or en between some. The words decide which are."""
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        front, back = word[:at], word[at:]
        yield front, back
        for link in ("s", "en", "e"):
            if front.endswith(link) and len(front) - len(link) >= SHORTEST_PART:
                yield front.removesuffix(link), back


def apart(words: Sequence[str], known: "frozenset[str] | set[str]") -> dict[str, str]:
    """Parts of the compounds among these words that are words themselves, with the word each is part of."""
    found: dict[str, str] = {}
    for word in words:
        for front, back in parts_of(word):
            if front in known and back in known:
                found.setdefault(front, word)
                found.setdefault(back, word)
    return found


def blended(asked: str, scores: Sequence[float], texts: Sequence[str]) -> list[float]:
    """The scores by words, each raised by how many pieces of words the question shares with that text.

    The more of the texts have a piece, the less it says.
    """
    if not scores:
        return []
    pieces = [_pieces(text[:READ_OF_EACH]) for text in texts]
    common = Counter(piece for one in pieces for piece in one)
    question = _direction(_pieces(plain(asked)), common, len(texts))
    best = max(scores)
    return [
        score + PIECES * best * _shared(question, _direction(one, common, len(texts)))
        for score, one in zip(scores, pieces, strict=True)
    ]


def _pieces(text: str) -> Counter[str]:
    framed = f" {' '.join(text.lower().split())} "
    return Counter(framed[at : at + PIECE] for at in range(len(framed) - PIECE + 1))


def _direction(pieces: Mapping[str, int], common: Mapping[str, int], of: int) -> dict[str, float]:
    """Weighted pieces as a vector of length 1. The root lets common ones say something of the topic, too."""
    weights = {piece: (1 + log(times)) * sqrt(log(1 + of / common.get(piece, 1))) for piece, times in pieces.items()}
    whole = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {piece: weight / whole for piece, weight in weights.items()}


def _shared(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other.get(piece, 0.0) for piece, weight in one.items())
