"""How far above what was expected the highest of past values lay, in a few hundred numbers.

A histogram of surprises (differences of logarithms, so ratios) in bins of equal width, in which what is older counts
less. Bins of equal width on a logarithmic scale give quantiles with a bounded relative error and take constant time and
space (Masson, Rim and Lee 2019, “DDSketch”, PVLDB 12(12)).
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from math import exp, floor
from typing import Any

BIN = 0.05  # of a natural logarithm: a step of 5 % in the count
LOWEST, HIGHEST = -1.0, 10.0  # what lies beyond counts as that: only the upper end is asked for
BINS = round((HIGHEST - LOWEST) / BIN)
MOST_HALVINGS = 40  # over a gap of years; nothing is left of what was before
_TOO_HEAVY = 1e12  # weights grow instead of all others shrinking; past this all are scaled down


class Tail:
    """Surprises that were seen, each with the time (in days) that it stands for, halved every `half_life` days.

    At its beginning it holds `prior_days` of surprises that nobody saw, with Laplace's distribution of that scale: what
    is normal anywhere, until it is known what is normal here.
    """

    __slots__ = ("_bins", "_half_life", "_heaviness", "_sum")

    def __init__(self, half_life: float, prior_days: float, prior_scale: float) -> None:
        self._half_life = half_life
        above = [0.0, *(_laplace(number * BIN - HIGHEST, prior_scale) for number in range(1, BINS)), 1.0]
        self._bins = [prior_days * (above[number + 1] - above[number]) for number in range(BINS)]  # the highest first
        self._sum = sum(self._bins)
        self._heaviness = 1.0  # what one day weighs that is seen now

    def add(self, surprise: float, days: float) -> None:
        """One that was seen, and the time for which it stands."""
        number = min(max(floor((HIGHEST - surprise) / BIN), 0), BINS - 1)
        self._bins[number] += days * self._heaviness
        self._sum += days * self._heaviness

    def age(self, days: float) -> None:
        """Let time pass."""
        self._heaviness *= 2 ** min(days / self._half_life, MOST_HALVINGS)
        if self._heaviness > _TOO_HEAVY:
            self._bins = [weight / self._heaviness for weight in self._bins]
            self._sum, self._heaviness = self._sum / self._heaviness, 1.0

    def exceeded(self, *shares: float) -> list[float]:
        """The surprises that these shares of all time exceeded."""
        above = list(accumulate(self._bins))
        found = []
        for share in shares:
            wanted = share * self._sum
            number = min(bisect_left(above, wanted), BINS - 1)
            weight = self._bins[number]
            within = (above[number] - wanted) / weight if weight else 0.0
            found.append(HIGHEST - (number + 1 - within) * BIN)
        return found

    def as_json(self) -> list[Any]:
        """Everything that `restore` needs."""
        return [self._heaviness, self._sum, *self._bins]

    def restore(self, kept: Sequence[Any]) -> None:
        self._heaviness, self._sum, *self._bins = kept


def _laplace(at: float, scale: float) -> float:
    """The share of values below `at`."""
    return exp(at / scale) / 2 if at < 0 else 1 - exp(-at / scale) / 2
