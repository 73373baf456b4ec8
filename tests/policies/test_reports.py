"""What a figure means, as tables."""

import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.reports import (
    BOUNDS,
    LONGEST,
    Verdict,
    bucket_of,
    buckets_between,
    compliance,
    counted_once,
    distribution,
    percentile,
    shade,
    upper_bound,
    verdict,
)


@pytest.mark.parametrize("seconds", [*range(0, 400), 3_600, 3_601, 86_400, 31_536_000, LONGEST])
def test_a_bucket_is_never_below_and_never_more_than_one_percent_above(seconds: int) -> None:
    assert seconds <= upper_bound(bucket_of(seconds)) <= max(seconds, seconds * 1.01)


def test_buckets_grow_and_fit_the_column() -> None:
    assert list(BOUNDS) == sorted(set(BOUNDS))
    assert len(BOUNDS) < 32_768


@pytest.mark.parametrize(("seconds", "bound"), [(-5, 0), (0.2, 1), (100, 100), (LONGEST * 9, LONGEST)])
def test_what_lies_outside_counts_at_the_edge(seconds: float, bound: int) -> None:
    assert bound <= upper_bound(bucket_of(seconds)) <= bound * 1.01


@pytest.mark.parametrize(
    ("times", "percent", "expected"),
    [
        ([], 50, None),
        ([10], 50, 10),
        ([10], 95, 10),
        ([10, 20], 50, 10),
        ([10, 20, 30], 50, 20),
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 60], 90, 1),
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 60], 95, 60),
        ([0, 0, 100], 100, 100),
    ],
)
def test_percentiles_are_by_nearest_rank(times: list[int], percent: int, expected: int | None) -> None:
    assert percentile([(bucket_of(seconds), 1) for seconds in times], percent) == expected


def test_a_percentile_of_random_times_is_the_exact_one_or_at_most_a_percent_above() -> None:
    chance = random.Random(5)
    for _case in range(200):
        times = sorted(int(chance.lognormvariate(7, 2)) for _ in range(chance.randint(1, 300)))
        for percent in (50, 90, 95):
            exact = times[math.ceil(len(times) * percent / 100) - 1]
            found = percentile([(bucket_of(seconds), 1) for seconds in times], percent)
            assert found is not None
            assert exact <= found <= max(exact, exact * 1.01)


@pytest.mark.parametrize(("on_time", "late", "share"), [(0, 0, None), (3, 1, 0.75), (0, 2, 0), (5, 0, 1)])
def test_compliance(on_time: int, late: int, share: float | None) -> None:
    assert compliance(on_time, late) == share


@pytest.mark.parametrize(
    ("value", "highest", "level"), [(None, 10, 0), (0, 0, 0), (0, 10, 0), (10, 10, 6), (5, 10, 3), (9.9, 10, 6)]
)
def test_the_shade_of_a_cell(value: float | None, highest: float, level: int) -> None:
    assert shade(value, highest) == level


def test_the_distribution_holds_each_time_once() -> None:
    bands = distribution([(bucket_of(seconds), 2) for seconds in (0, 299, 300, 303, 90_000)])
    assert [band.count for band in bands][:2] == [6, 2]
    assert sum(band.count for band in bands) == 10
    assert bands[-1].to is None
    assert bands[-1].count == 2


@pytest.mark.parametrize(
    ("stretches", "kept"),
    [
        ([], []),
        ([(1, 3), (4, 6)], [(1, 3), (4, 6)]),
        ([(1, 3), (1, None)], [(1, 3), (3, None)]),
        ([(1, None), (1, 3)], [(1, None), None]),
        ([(1, 9), (2, 5)], [(1, 9), None]),
        ([(4, 8), (1, 5)], [(5, 8), (1, 5)]),
        ([(2, 2)], [None]),
        ([(1, None), (5, None)], [(1, None), None]),
        ([(1, 3), (3, 5)], [(1, 3), (3, 5)]),
    ],
)
def test_a_ticket_waits_once_however_many_cycles_say_so(
    stretches: list[tuple[int, int | None]], kept: list[tuple[int, int | None] | None]
) -> None:
    def at(hour: int | None) -> Any:
        return None if hour is None else datetime(2026, 3, 1, hour, tzinfo=UTC)

    found = counted_once([(at(since), at(until)) for since, until in stretches])
    assert found == [None if one is None else (at(one[0]), at(one[1])) for one in kept]


def test_the_stretches_of_random_cycles_never_overlap_and_cover_the_same_time() -> None:
    chance = random.Random(3)
    for _case in range(300):
        stretches = []
        for _stretch in range(chance.randint(0, 6)):
            since = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=chance.randint(0, 20))
            length = chance.choice([None, 0, 1, 5, 12])
            stretches.append((since, None if length is None else since + timedelta(hours=length)))
        kept = [one for one in counted_once(stretches) if one is not None]
        for hour in range(40):
            at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour, minutes=30)
            covering = [sum(since <= at and (until is None or until > at) for since, until in some)
                        for some in (stretches, kept)]  # fmt: skip
            assert covering[1] == min(covering[0], 1)


def test_the_buckets_of_a_band_are_those_that_its_bar_counts() -> None:
    for band in distribution([(bucket, 1) for bucket in range(len(BOUNDS))]):
        assert len(buckets_between(band.above, band.to)) == band.count


def test_the_buckets_at_and_beyond_a_percentile() -> None:
    times = [(bucket_of(seconds), 1) for seconds in (5, 60, 600, 6_000)]
    median = percentile(times, 50)
    assert median is not None
    assert sum(count for bucket, count in times if bucket in buckets_between(median - 1, None)) == 3


@pytest.mark.parametrize(
    ("became", "facts"),
    [
        (Verdict.ON_TIME, {"answered": True}),
        (Verdict.LATE, {"answered": True, "breached": True}),
        (Verdict.LATE, {"breached": True}),  # it is open and overdue
        (Verdict.NEITHER, {}),  # it is open and not yet due
        (Verdict.NEITHER, {"cancelled": True}),
        (Verdict.LATE, {"cancelled": True, "breached": True}),  # resolving it late hides nothing
        (Verdict.NOWHERE, {"cancelled": True, "breached": True, "spam": True}),
        (Verdict.NOWHERE, {"cancelled": True, "spam": True}),
        (Verdict.ON_TIME, {"answered": True, "spam": True}),  # we answered before we knew
        (Verdict.NEITHER, {"promised": False, "answered": True}),
    ],
)
def test_what_became_of_a_promise(became: Verdict, facts: dict[str, bool]) -> None:
    said = {"promised": True, "breached": False, "answered": False, **facts}
    assert verdict(**said) is became
