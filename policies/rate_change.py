"""Whether something happens more or less often than before, or whether that is noise.

Days are compared with days of the same weekday, because a Monday has another number of questions than a Sunday, and
whoever asks leaves out the days that say nothing (a crisis, hours in which nothing could be seen). Counts of customers
vary more than dice do: one delay makes many people write. How much more is measured on whole weeks (`dispersion`:
1 where they vary as Poisson says) and widens every interval, as in a quasi-Poisson model; since few weeks tell that
badly, what all causes have in common is mixed in (`steadier`), and the interval is Student's with as many degrees of
freedom. Of many comparisons some look striking by chance: `beyond_chance` keeps the share of such among those that it
names below a tenth (Benjamini and Hochberg 1995, “Controlling the false discovery rate”, JRSS B 57).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, lgamma, log, sqrt

FEWEST_DAYS = 7  # on each side
FEWEST_COUNTED = 10  # on both sides together: below that nothing is said
FALSE_ALARMS = 0.1  # of those that are named
CERTAINTY = 0.95  # of an interval
_WEEK = timedelta(days=7)
_HALF = 0.5  # is added to each count, so that none is nothing


@dataclass(frozen=True, slots=True)
class Spread:
    """How much more counts of weeks vary than Poisson says (1: as much), from `freedom` degrees of freedom."""

    dispersion: float = 1.0
    freedom: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """`ratio`: of what was counted after to what the same weekdays before let expect, with its interval.

    `chance`: how likely a difference like this one is without any change (two-sided).
    """

    counted: int
    expected: float
    ratio: float
    low: float
    high: float
    chance: float
    days_before: int
    days_after: int

    @property
    def per_day(self) -> tuple[float, float]:
        """Before, as the weekdays of after let expect it, and after."""
        return self.expected / self.days_after, self.counted / self.days_after


def spread(*sides: Mapping[date, int]) -> Spread:
    """Of the weeks of each side around what their weekdays let expect (Pearson's chi-square over its degrees)."""
    squares, freedom = 0.0, 0
    for days in sides:
        usual = _by_weekday(days)
        weeks: dict[date, tuple[int, float]] = {}
        first = min(days, default=date.min)
        for day, count in days.items():
            week = first + _WEEK * ((day - first).days // 7)
            counted, expected = weeks.get(week, (0, 0.0))
            weeks[week] = counted + count, expected + usual[day.weekday()][0]
        filled = [(counted, expected) for counted, expected in weeks.values() if expected > 0]
        squares += sum((counted - expected) ** 2 / expected for counted, expected in filled)
        freedom += max(len(filled) - 1, 0)
    return Spread(squares / freedom, freedom) if freedom else Spread()


def steadier(own: Spread, others: Sequence[Spread]) -> Spread:
    """Mixed with what all have in common, which weighs as much as a spread of its own does."""
    together = [one for one in others if one.freedom]
    if not together:
        return own
    common = sum(one.dispersion * one.freedom for one in together) / sum(one.freedom for one in together)
    weight = round(sum(one.freedom for one in together) / len(together))
    freedom = own.freedom + weight
    return Spread((own.dispersion * own.freedom + common * weight) / freedom, freedom)


def change(before: Mapping[date, int], after: Mapping[date, int], varies: Spread) -> Change | None:
    """What changed, or None where there is too little to say. Each side: the days that count, with their numbers."""
    usual = _by_weekday(before)
    after = {day: count for day, count in after.items() if day.weekday() in usual}
    counted, all_before = sum(after.values()), sum(before.values())
    if min(len(before), len(after)) < FEWEST_DAYS or counted + all_before < FEWEST_COUNTED or not varies.freedom:
        return None
    expected = sum(usual[day.weekday()][0] for day in after)
    many: dict[int, int] = {}
    for day in after:
        many[day.weekday()] = many.get(day.weekday(), 0) + 1
    uncertain = sum(days**2 * usual[weekday][0] / usual[weekday][1] for weekday, days in many.items())
    worth = expected**2 / uncertain if uncertain else 0.0  # the count on which the expectation rests
    ratio = log((counted + _HALF) / (expected + _HALF))
    error = sqrt(max(varies.dispersion, 1.0) * (1 / (counted + _HALF) + 1 / (worth + _HALF)))
    reach = student_quantile(CERTAINTY, varies.freedom) * error
    return Change(
        counted=counted,
        expected=expected,
        ratio=exp(ratio),
        low=exp(ratio - reach),
        high=exp(ratio + reach),
        chance=student_beyond(abs(ratio) / error, varies.freedom),
        days_before=len(before),
        days_after=len(after),
    )


def beyond_chance(chances: Mapping[int, float]) -> set[int]:
    """Which of these, by their numbers, are more than noise, all of them seen together."""
    found: set[int] = set()
    ordered = sorted(chances.items(), key=lambda one: one[1])
    for rank, (_number, chance) in enumerate(ordered, start=1):
        if chance <= min(FALSE_ALARMS * rank / len(ordered), 1 - CERTAINTY):
            found = {number for number, _chance in ordered[:rank]}
    return found


def _by_weekday(days: Mapping[date, int]) -> dict[int, tuple[float, int]]:
    """The mean of each weekday, and of how many days."""
    sums: dict[int, tuple[int, int]] = {}
    for day, count in days.items():
        total, many = sums.get(day.weekday(), (0, 0))
        sums[day.weekday()] = total + count, many + 1
    return {weekday: (total / many, many) for weekday, (total, many) in sums.items()}


# ── Student's t ──────────────────────────────────────────────────────────────
def student_beyond(t: float, freedom: int) -> float:
    """How likely a value is that lies further from 0 than `t` (two-sided): I_x(ν/2, 1/2) with x = ν/(ν + t²)."""
    return _beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def student_quantile(certainty: float, freedom: int) -> float:
    """Within which distance of 0 this share of all values lies; by halving."""
    low, high = 0.0, 1.0
    while student_beyond(high, freedom) > 1 - certainty:
        low, high = high, high * 2
    for _step in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if student_beyond(middle, freedom) > 1 - certainty else (low, middle)
    return high


def _beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22), evaluated after Lentz."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)) / a
    return front / _fraction(_terms(a, b, x))


def _terms(a: float, b: float, x: float) -> Iterable[float]:
    for m in range(200):
        if m:
            yield m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        yield -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))


def _fraction(terms: Iterable[float]) -> float:
    """1 + d₁/(1 + d₂/(1 + …)) until it stands still."""
    tiny = 1e-300
    value = c = 1.0
    d = 0.0
    for term in terms:
        d = 1 / ((1 + term * d) or tiny)
        c = (1 + term / c) or tiny
        value *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return value
