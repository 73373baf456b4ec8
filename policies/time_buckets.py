"""Stretches of time of equal length, counted from the epoch: minutes that everybody means the same by."""

from datetime import UTC, datetime, timedelta

MINUTE, FIVE = timedelta(minutes=1), timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def beginning_of(moment: datetime, step: timedelta) -> datetime:
    """Of the stretch in which it lies."""
    return moment - (moment - _EPOCH) % step


def place(posted: datetime, closed_until: datetime, late: timedelta) -> datetime | None:
    """In which minute a post counts that was posted in the minute `posted`, while all before `closed_until` are read.

    What comes later than its minute was read counts in the first one that is open; what is `late` more than that is a
    piece of the past and alarms nobody: None.
    """
    if posted >= closed_until:
        return posted
    return closed_until if posted >= closed_until - late else None
