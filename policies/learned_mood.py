"""What agents' corrections teach about words: counted, and set against the corrections as a whole.

Of each word is kept in how many corrected texts of each mood it stood. It leans as far as it differs from all of them:
by how much greater the share of positive texts among its own is than among all, or that of negative ones. The shares
are drawn towards no difference as if `SEEN_BEFORE` texts had said so, so that one text means little and a word that
stands everywhere means nothing. All of it is slowly forgotten.

(Measured in `tests/benchmarks/test_sentiment.py`. An online logistic model that was here before did harm on three of
the four sets: it moved every word of a text that was judged wrong, the little words most.)

A word is kept as a number from which nobody can read it: what customers wrote stays in their messages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nlargest
from zlib import crc32

SCALE = 3.5
MOST = 2.0  # of a word, either way: as much as a strong word of the lists
SEEN_BEFORE = 10.0  # texts
FORGOTTEN = 0.001  # of everything, by each correction
SHORTEST = 3  # letters
MOST_WORDS = 5_000  # of a language

MOODS = ("negative", "neutral", "positive")
Texts = tuple[float, ...]  # so many of each of MOODS
NONE: Texts = (0.0, 0.0, 0.0)
_ANY: Texts = (1.0, 1.0, 1.0)  # of each mood alike: few corrections, mostly of one mood, say little of what is usual


@dataclass(frozen=True)
class Learned:
    """Of one language: how many texts were corrected to each mood, and of these how many held each word, by
    `number_of` it.
    """

    texts: Texts = NONE
    words: Mapping[int, Texts] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.words)

    def of(self, word: str) -> float:
        """How much better (or worse) a word is than the lists say."""
        return self._leanings.get(number_of(word), 0.0)

    @cached_property
    def _leanings(self) -> Mapping[int, float]:
        """Worked out once, for the thousands of texts that are read with it."""
        usual = _shares(self.texts, _ANY)
        return {number: _leaning(_shares(counted, usual), usual) for number, counted in self.words.items()}


NOTHING_LEARNED = Learned()


def number_of(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def learn(known: Learned, words: Iterable[str], sentiment: str) -> Learned:
    """After somebody said what a text is. `words`: those of the text that may carry a feeling."""
    told = {number_of(word) for word in words if len(word) >= SHORTEST}
    kept = {number: _aged(counted) for number, counted in known.words.items()}
    for number in told:
        kept[number] = _one_more(kept.get(number, NONE), sentiment)
    if len(kept) > MOST_WORDS:  # those of the fewest texts go; of these, what was heard longest ago weighs least
        kept = dict(nlargest(MOST_WORDS, kept.items(), key=lambda one: sum(one[1])))
    return Learned(_one_more(_aged(known.texts), sentiment), kept)


def _shares(counted: Texts, usual: Texts) -> Texts:
    texts = sum(counted) + SEEN_BEFORE * sum(usual)
    return tuple((many + SEEN_BEFORE * share) / texts for many, share in zip(counted, usual, strict=True))


def _leaning(shares: Texts, usual: Texts) -> float:
    better, worse = max(shares[2] - usual[2], 0.0), max(shares[0] - usual[0], 0.0)
    return min(max(SCALE * (better - worse), -MOST), MOST)


def _aged(counted: Texts) -> Texts:
    return tuple(many * (1 - FORGOTTEN) for many in counted)


def _one_more(counted: Texts, sentiment: str) -> Texts:
    return tuple(many + (mood == sentiment) for many, mood in zip(counted, MOODS, strict=True))
