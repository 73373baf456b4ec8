"""What agents' corrections teach about words: an online logistic model on top of the word lists.

The mood of a text is the balance b of its words, good minus bad, plus what was learned of each. Its chances follow from
b as in ordered logistic regression with cut points at −1 and 1: negative 1 / (1 + exp(b + 1)), positive
1 / (1 + exp(1 − b)), neutral the rest. A correction moves the words of its text by the gradient: most where the text
was judged wrong with certainty, hardly where it was right. All of it is slowly forgotten, so that a word of one single
text means little.

A word is kept as a number from which nobody can read it: what customers wrote stays in their messages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import exp, sqrt
from zlib import crc32

RATE = 1.0
MOST = 2.0  # of a word, either way: as much as a strong word of the lists
FORGOTTEN = 0.002  # of everything, by each correction
LEAST = 0.02  # what is less is not worth keeping
SHORTEST = 3  # letters
MOST_WORDS = 5_000  # of a language

_GOAL = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}


@dataclass(frozen=True, slots=True)
class Learned:
    """Of one language, by `number_of` a word: how much better (or worse) it is than the lists say."""

    weights: Mapping[int, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.weights)

    def of(self, word: str) -> float:
        return self.weights.get(number_of(word), 0.0)


NOTHING_LEARNED = Learned()


def number_of(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def chances(balance: float) -> tuple[float, float, float]:
    """Negative, neutral, positive; together 1."""
    bad, good = _logistic(-1 - balance), _logistic(balance - 1)
    return bad, max(1 - bad - good, 0.0), good


def learn(known: Learned, words: Iterable[str], balance: float, sentiment: str) -> Learned:
    """After somebody said what a text of that balance is. `words`: those of the text that may carry a feeling."""
    told = {number_of(word) for word in words if len(word) >= SHORTEST}
    weights = {number: weight * (1 - FORGOTTEN) for number, weight in known.weights.items()}
    if told:
        step = RATE * _gradient(balance, sentiment) / sqrt(len(told))
        for number in told:
            weights[number] = min(max(weights.get(number, 0.0) + step, -MOST), MOST)
    kept = sorted(((abs(weight), number) for number, weight in weights.items() if abs(weight) >= LEAST), reverse=True)
    return Learned({number: weights[number] for _size, number in kept[:MOST_WORDS]})


def _gradient(balance: float, sentiment: str) -> float:
    """How far and which way the balance should move: −1..1."""
    bad, neutral, good = chances(balance)
    goal = _GOAL[sentiment]
    if goal < 0:
        return bad - 1
    if goal > 0:
        return 1 - good
    return bad - good if neutral < 1 else 0.0


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value)) if value > -700 else 0.0
