"""More or less than before, or noise: what is named is there, and what is not there is seldom named."""

from datetime import date, timedelta
from math import exp
from random import Random

import pytest

from policies.rate_change import (
    Spread,
    beyond_chance,
    change,
    spread,
    steadier,
    student_beyond,
    student_quantile,
)

BEGIN = date(2026, 1, 5)
WEEK = (1.2, 1.1, 1.0, 1.0, 1.1, 0.5, 0.4)  # what each weekday has of an average day


def days(counts: list[int], since: date = BEGIN) -> dict[date, int]:
    return {since + timedelta(days=number): count for number, count in enumerate(counts)}


def history(random: Random, length: int, per_day: float, dispersion: float = 1.0) -> list[int]:
    """Counts of days whose weeks vary so much more than Poisson says."""
    found, level = [], per_day
    for number in range(length):
        if number % 7 == 0 and dispersion > 1:
            level = random.gammavariate(per_day * 7 / (dispersion - 1), dispersion - 1) / 7
        found.append(_poisson(random, level * WEEK[number % 7]))
    return found


def _poisson(random: Random, mean: float) -> int:
    product, count = random.random(), 0
    while product > exp(-mean):
        product, count = product * random.random(), count + 1
    return count


@pytest.mark.parametrize(
    ("t", "freedom", "beyond"),
    [(2.228139, 10, 0.05), (12.7062, 1, 0.05), (2.0, 1_000_000, 0.0455003), (0.0, 5, 1.0), (4.587, 10, 0.001)],
)
def test_student_is_as_in_the_tables(t: float, freedom: int, beyond: float) -> None:
    assert student_beyond(t, freedom) == pytest.approx(beyond, abs=1e-5)
    if t:
        assert student_quantile(1 - beyond, freedom) == pytest.approx(t, abs=2e-3)


def test_weekdays_are_compared_with_themselves() -> None:
    """A period of Sundays alone is no fall."""
    before = days([10, 10, 10, 10, 10, 10, 2] * 12)
    sundays = {BEGIN + timedelta(days=84 + 6 + 7 * number): 2 for number in range(8)}
    found = change(before, sundays, spread(before))
    assert found is not None
    assert (found.counted, round(found.expected)) == (16, 16)
    assert found.ratio == pytest.approx(1, abs=0.05)
    assert found.per_day == pytest.approx((2, 2))


def test_twice_as_much_is_found_with_how_certain_it_is() -> None:
    random = Random(7)
    before, after = days(history(random, 84, 3.0)), days(history(random, 28, 6.0), BEGIN + timedelta(days=84))
    found = change(before, after, spread(before))
    assert found is not None
    assert found.low > 1.2
    assert found.low < 2 < found.high
    assert found.chance < 0.01


def test_too_little_says_nothing() -> None:
    assert change(days([0, 1] * 42), days([1] * 6, date(2026, 6, 1)), Spread(1, 11)) is None
    assert change(days([0] * 84), days([1] * 7, date(2026, 6, 1)), Spread(1, 11)) is None
    assert change({}, days([9] * 7), Spread(1, 11)) is None
    assert change(days([3] * 7), days([9] * 7, date(2026, 6, 1)), spread(days([3] * 7))) is None  # one week tells none


def test_something_new_is_more_than_chance() -> None:
    found = change(days([0] * 84), days([4] * 14, date(2026, 6, 1)), Spread(1.5, 20))
    assert found is not None
    assert found.chance < 0.02
    assert found.ratio > 10


@pytest.mark.parametrize("dispersion", [1.0, 2.0, 4.0])
@pytest.mark.parametrize(("per_day", "recent"), [(0.5, 28), (2.0, 7), (10.0, 28)])
def test_noise_is_seldom_named(dispersion: float, per_day: float, recent: int) -> None:
    """Of causes in which nothing changed at most about one in twenty looks changed, however much their weeks jump."""
    random = Random(f"{dispersion} {per_day}")
    looked, wrong = 0, 0
    for _round in range(25):
        counts = [days(history(random, 84 + recent, per_day, dispersion)) for _cause in range(12)]
        first = BEGIN + timedelta(days=84)
        before = [{day: count for day, count in one.items() if day < first} for one in counts]
        spreads = [spread(one) for one in before]
        for one, known, own in zip(counts, before, spreads, strict=True):
            found = change(known, {day: n for day, n in one.items() if day >= first}, steadier(own, spreads))
            looked, wrong = looked + (found is not None), wrong + (found is not None and found.chance < 0.05)
    assert looked > 250
    assert wrong / looked < 0.08


def test_of_many_that_look_striking_only_those_beyond_chance_are_named() -> None:
    assert beyond_chance(dict.fromkeys(range(1, 3), 0.04) | {9: 0.9, 10: 0.8, 11: 0.7, 12: 0.6}) == set()
    assert beyond_chance({1: 0.0001, 2: 0.004, 3: 0.5, 4: 0.6, 5: 0.9}) == {1, 2}
    assert beyond_chance({1: 0.06}) == set()
    assert beyond_chance({}) == set()


def test_weeks_that_jump_are_seen_and_shared() -> None:
    calm, wild = spread(days([5] * 84)), spread(days(([2] * 7 + [9] * 7) * 6))
    assert (calm.dispersion, calm.freedom) == (0.0, 11)
    assert wild.dispersion > 10
    mixed = steadier(calm, [calm, wild])
    assert calm.dispersion < mixed.dispersion < wild.dispersion
    assert mixed.freedom == 22
    assert steadier(calm, []) == calm
