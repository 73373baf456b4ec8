"""How far above what was expected the highest of past values lay, in a few hundred numbers.

A histogram of surprises (differences of logarithms, so ratios) in bins of equal width, in which what is older counts
less. Bins of equal width on a logarithmic scale give quantiles with a bounded relative error and take constant time and
space (Masson, Rim and Lee 2019, “DDSketch”, PVLDB 12(12)).
"""

from collections.abc import Sequence
from math import exp, floor
from typing import Any

BIN = 0.05  # of a natural logarithm: a step of 5 % in the count
LOWEST, HIGHEST = -1.0, 10.0  # what lies beyond counts as that: only the upper end is asked for
BINS = round((HIGHEST - LOWEST) / BIN)
_TOO_HEAVY = 1e12  # weights grow instead of all others shrinking; past this all are scaled down


class Tail:
    """Surprises that were seen, each with the time (in days) that it stands for, halved every `half_life` days.

    At its beginning it holds `prior_days` of surprises that nobody saw, with Laplace's distribution of that scale: what
    is normal anywhere, until it is known what is normal here.
    """

    __slots__ = ("_bins", "_half_life", "_heaviness", "_sum")

    def __init__(self, half_life: float, prior_days: float, prior_scale: float) -> None:
        self._half_life = half_life
        ends = [0.0, *(_laplace(LOWEST + number * BIN, prior_scale) for number in range(1, BINS)), 1.0]
        self._bins = [prior_days * (ends[number + 1] - ends[number]) for number in range(BINS)]
        self._sum = sum(self._bins)
        self._heaviness = 1.0  # what one day weighs that is seen now

    def add(self, surprise: float, days: float) -> None:
        """One that was seen, and the time for which it stands."""
        number = min(max(floor((surprise - LOWEST) / BIN), 0), BINS - 1)
        self._bins[number] += days * self._heaviness
        self._sum += days * self._heaviness

    def age(self, days: float) -> None:
        """Let time pass."""
        self._heaviness *= 2 ** (days / self._half_life)
        if self._heaviness > _TOO_HEAVY:
            self._bins = [weight / self._heaviness for weight in self._bins]
            self._sum, self._heaviness = self._sum / self._heaviness, 1.0

    def exceeded(self, *shares: float) -> list[float]:
        """The surprises that these shares of all time exceeded; the shares in ascending order."""
        found: list[float] = []
        above = 0.0
        wanted = iter(shares)
        share = next(wanted)
        for number in range(BINS - 1, -1, -1):
            weight = self._bins[number]
            while weight > 0 and above + weight >= share * self._sum:
                found.append((number + 1 - (share * self._sum - above) / weight) * BIN + LOWEST)
                if len(found) == len(shares):
                    return found
                share = next(wanted)
            above += weight
        return found + [LOWEST] * (len(shares) - len(found))

    def as_json(self) -> list[Any]:
        """Everything that `restore` needs."""
        return [self._heaviness, self._sum, *self._bins]

    def restore(self, kept: Sequence[Any]) -> None:
        self._heaviness, self._sum, *self._bins = kept


def _laplace(at: float, scale: float) -> float:
    """The share of values below `at`."""
    return exp(at / scale) / 2 if at < 0 else 1 - exp(-at / scale) / 2
