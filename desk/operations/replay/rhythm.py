"""When a row of the past is due now: its own rhythm, quicker or slower."""

from datetime import datetime, timedelta

A_BREAK = timedelta(days=30)  # a jump in the dates that is no rhythm: a row of 1970, or of the future


class Rhythm:
    """Turns the file's times into seconds after the start, `speed` times as fast; 0 means at once."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._last: datetime | None = None
        self._due = 0.0

    def due(self, posted_at: datetime) -> float:
        """Seconds after the start at which this row is due; never earlier than the row before it.

        A row that is a little older than the one before is due at once. A jump of more than a month either way is
        not waited for: the rhythm goes on from there.
        """
        if self._speed == 0:
            return 0.0
        gap = posted_at - self._last if self._last is not None else timedelta()
        if abs(gap) > A_BREAK:
            gap = timedelta()
            self._last = posted_at
        elif gap < timedelta():
            return self._due
        self._last = posted_at
        self._due += gap.total_seconds() / self._speed
        return self._due
