"""Wall-clock times of a zone as instants, through both changes of the clocks.

An instant is a whole number of microseconds since 1970 in UTC: whole numbers add up exactly and search fast.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 24 * 60  # minutes
_NAIVE_EPOCH = EPOCH.replace(tzinfo=None)


def instant(moment: datetime) -> int:
    """An aware time as an instant. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone. Give an aware time, best in UTC.")
    return (moment - EPOCH) // MICROSECOND


def moment_of(at: int) -> datetime:
    """An instant as a time in UTC."""
    return EPOCH + timedelta(microseconds=at)


def opening(day: date, minute: int, zone: ZoneInfo) -> int:
    """When an interval begins, `minute` by the wall clock after the midnight on which `day` begins.

    A time that exists twice means the first; one that does not exist means the first instant after the gap.
    """
    return _resolved(day, minute, zone, last=False)


def closing(day: date, minute: int, zone: ZoneInfo) -> int:
    """When an interval ends. A time that exists twice means the second; 1440 and more lie on the next day."""
    return _resolved(day, minute, zone, last=True)


def _resolved(day: date, minute: int, zone: ZoneInfo, *, last: bool) -> int:
    shown = datetime.combine(day, time.min) + timedelta(minutes=minute)
    seconds = (shown - _NAIVE_EPOCH) // timedelta(seconds=1)
    before, after = _offset(shown, zone, fold=0), _offset(shown, zone, fold=1)
    if before < after:
        return _change(seconds - after, seconds - before, zone) * SECOND
    return (seconds - (after if last else before)) * SECOND


def _offset(shown: datetime, zone: ZoneInfo, *, fold: int) -> int:
    """Seconds ahead of UTC. In a gap fold 0 gives the offset before it and fold 1 the one after; in an overlap too."""
    offset = shown.replace(tzinfo=zone, fold=fold).utcoffset()
    return 0 if offset is None else offset.days * 86_400 + offset.seconds


def _change(early: int, late: int, zone: ZoneInfo) -> int:
    """The second at which the zone leaves the offset that it has at `early` and no longer has at `late`."""
    old = _offset_at(early, zone)
    while late - early > 1:
        middle = (early + late) // 2
        if _offset_at(middle, zone) == old:
            early = middle
        else:
            late = middle
    return late


def _offset_at(seconds: int, zone: ZoneInfo) -> timedelta | None:
    return (EPOCH + timedelta(seconds=seconds)).astimezone(zone).utcoffset()
