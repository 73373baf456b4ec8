"""What the figures of a report mean: percentiles, compliance, the shade of a heat map's cell. Exact, and said in words.

Times are counted in buckets so that hours, days and months can be added up. A bucket is one second wide up to 100
seconds and at most 1 % wide beyond. A percentile is the upper bound of the bucket in which it falls: it is never
below the exact value and never more than 1 % above it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST = 20 * 366 * 86_400  # seconds; what took longer is counted as this
SHADES = 7  # h0 … h6


def _bounds() -> tuple[int, ...]:
    bounds = list(range(101))
    while bounds[-1] < LONGEST:
        bounds.append(bounds[-1] * 101 // 100)
    return tuple(bounds)


BOUNDS = _bounds()


def bucket_of(seconds: float) -> int:
    """The bucket of a length of time; a negative one (clocks of two machines) counts as none."""
    return bisect_left(BOUNDS, min(max(seconds, 0), LONGEST))


def upper_bound(bucket: int) -> int:
    """The longest time (seconds) that a bucket holds."""
    return BOUNDS[bucket]


def buckets_between(above: int, to: int | None) -> range:
    """The buckets that hold more than `above` and at most `to` seconds (None: no end), by their upper bounds."""
    return range(bisect_right(BOUNDS, above), len(BOUNDS) if to is None else bisect_right(BOUNDS, to))


@dataclass(frozen=True, slots=True)
class Percentile:
    """`seconds` within which that share was done; `beyond`: how many took as long, or longer."""

    seconds: int
    beyond: int


def percentiles(counted: Iterable[tuple[int, int]], percents: Sequence[int]) -> list[Percentile | None]:
    """For each of `percents`, ascending, the nearest rank of what is counted as (bucket, count); None for nothing."""
    ordered = sorted(counted)
    total = sum(count for _bucket, count in ordered)
    if not total:
        return [None] * len(percents)
    found: list[Percentile | None] = []
    wanted = iter(percents)
    rank = -(-total * next(wanted) // 100)
    seen = 0
    for bucket, count in ordered:
        while seen + count >= rank:
            found.append(Percentile(upper_bound(bucket), total - seen))
            if len(found) == len(percents):
                return found
            rank = -(-total * next(wanted) // 100)
        seen += count
    raise ValueError("percents are ascending, from 1 to 100")


def percentile(counted: Iterable[tuple[int, int]], percent: int) -> int | None:
    """Seconds within which at least `percent` % were done (nearest rank), from (bucket, count); None for nothing."""
    (found,) = percentiles(counted, (percent,))
    return found.seconds if found else None


class Verdict(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    NEITHER = "neither"
    NOWHERE = "nowhere"  # it was spam, and asked for nothing


def verdict(*, promised: bool, breached: bool, answered: bool, cancelled: bool = False, spam: bool = False) -> Verdict:
    """What became of a promise.

    A breach counts however it ended: whoever waited too long is not hidden by resolving, merging or deleting. What is
    open and not yet due counts as neither, and so does what was cancelled in time; cancelled as spam counts nowhere.
    """
    if cancelled and spam:
        return Verdict.NOWHERE
    if promised and breached:
        return Verdict.LATE
    return Verdict.ON_TIME if promised and answered else Verdict.NEITHER


def compliance(on_time: int, late: int) -> float | None:
    """Kept promises as a share of 1 of all that were kept or broken; None where there was none to keep.

    `verdict` says what is which.
    """
    return on_time / (on_time + late) if on_time + late else None


def shade(value: float | None, highest: float) -> int:
    """How dark a cell of the heat map is, from 0 to 6, in even steps up to the highest cell."""
    if value is None or highest <= 0:
        return 0
    return min(int(value / highest * SHADES), SHADES - 1)


@dataclass(frozen=True, slots=True)
class Band:
    """One bar of the distribution: more than `above` and at most `to` seconds (None: no end)."""

    above: int
    to: int | None
    count: int


BANDS = (300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400)  # seconds


def distribution(counted: Iterable[tuple[int, int]]) -> tuple[Band, ...]:
    """How many took how long. A bucket that crosses the end of a bar belongs to the bar in which it ends."""
    counts = [0] * (len(BANDS) + 1)
    for bucket, count in counted:
        counts[bisect_left(BANDS, upper_bound(bucket))] += count
    return tuple(Band(above, to, n) for above, to, n in zip((-1, *BANDS), (*BANDS, None), counts, strict=True))


Stretch = tuple[datetime, datetime | None]  # from, until; None: it goes on


def counted_once(stretches: Sequence[Stretch]) -> list[Stretch | None]:
    """The same stretches, cut so that none overlaps an earlier one; None where nothing is left of it.

    Two cycles of one ticket can share a time: whoever was taken for spam has been waiting all the while. The ticket
    still waits once.
    """
    kept: list[Stretch | None] = [None] * len(stretches)
    reached: datetime | None = None
    for number in sorted(range(len(stretches)), key=lambda number: stretches[number][0]):
        since, until = stretches[number]
        since = since if reached is None else max(since, reached)
        if until is not None and until <= since:
            continue
        kept[number], reached = (since, until), until
        if until is None:
            break
    return kept
