"""When a desk could not see: intervals of blindness put together, cut to a time, and laid over the hours of a week."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

Span = tuple[datetime, datetime]  # from, until
HOUR = timedelta(hours=1)


def together(spans: Iterable[Span]) -> list[Span]:
    """The same time as intervals that do not overlap, in order: while two see nothing, nothing is counted twice."""
    joined: list[Span] = []
    for since, until in sorted(spans):
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        elif until > since:
            joined.append((since, until))
    return joined


def length_within(spans: Iterable[Span], since: datetime, until: datetime) -> timedelta:
    """How much of intervals that do not overlap lies between two instants."""
    return sum((max(min(end, until) - max(start, since), timedelta()) for start, end in spans), timedelta())


def by_weekday_and_hour(spans: Sequence[Span], zone: tzinfo) -> Mapping[tuple[int, int], timedelta]:
    """How much of intervals that do not overlap fell into each ISO weekday and hour on a clock of `zone`."""
    found: dict[tuple[int, int], timedelta] = defaultdict(timedelta)
    for since, until in spans:
        at, end = since.astimezone(UTC), until.astimezone(UTC)  # elapsed time, also where the clocks change
        while at < end:
            local = at.astimezone(zone)
            into_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
            following = min(at + HOUR - into_hour, end)
            found[(local.isoweekday(), local.hour)] += following - at
            at = following
    return found
