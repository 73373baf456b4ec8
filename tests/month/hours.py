"""Opening hours of the month on the minute-by-minute oracle: what counts of a time, and when a target is used up."""

from bisect import bisect_left
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from tests.policies.minute_oracle import Oracle, clock, utc

FIRST, DAYS = utc(2024, 3, 1), 60


class Hours:
    """Seconds counted from one table of minutes."""

    def __init__(self, form: dict[str, Any]) -> None:
        self.open = Oracle(form, clock(form["timezone"], FIRST, DAYS)).open
        self.passed = [0, *accumulate(60 * minute for minute in self.open)]  # before each minute

    def counted(self, at: datetime) -> float:
        """Open seconds since the beginning of the table."""
        minute, rest = divmod((at - FIRST).total_seconds(), 60)
        return self.passed[int(minute)] + rest * self.open[int(minute)]

    def between(self, start: datetime, end: datetime) -> float:
        return max(self.counted(end) - self.counted(start), 0.0)

    def due(self, start: datetime, seconds: float) -> datetime:
        """The earliest instant at which so many open seconds have passed."""
        wanted = self.counted(start) + seconds
        after = bisect_left(self.passed, wanted)
        return FIRST + timedelta(seconds=60 * after - (self.passed[after] - wanted))
