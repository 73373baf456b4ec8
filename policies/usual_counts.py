"""What a count usually is: a level, and for one who knows the week also a profile by hour and by weekday and hour.

Everything is the logarithm of a count, so that habits are ratios: twice as many at noon as at night. What is seen moves
a level or a profile a step towards it, and no step is longer than that of a surprise of `CLIP`: a crisis in the past
moves what is normal no further than a busy hour (robust exponential smoothing: Gelper, Fried and Croux 2010, “Robust
forecasting with exponential and Holt-Winters smoothing”, Journal of Forecasting 29). A young level is the mean of all
that was seen, so that it does not matter for long with which hour a stream began.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

HOURS, WEEK = 24, 168
CLIP = 1.5  # of a natural logarithm: a factor of 4.5


class Level:
    """The recent past: half of the way to another level after `half_life` days."""

    __slots__ = ("_half_life", "_seen", "_value")

    def __init__(self, half_life: float) -> None:
        self._half_life = half_life
        self._seen = 0.0  # days
        self._value = 0.0

    def expected(self, at: datetime, seen: float) -> float:
        """What was to be expected at that time; `seen` where nothing is known."""
        return self._value if self._seen else seen

    def learn(self, at: datetime, seen: float, days: float) -> None:
        """What was seen, and the time for which it stands."""
        self.move(_clipped(seen - self.expected(at, seen)), seen, days)

    def move(self, step: float, seen: float, days: float) -> None:
        if not self._seen:
            self._value = seen
        self._value += max(_share(days, self._half_life), days / (self._seen + days)) * step
        self._seen += days

    def as_json(self) -> list[Any]:
        return [self._seen, self._value]

    def restore(self, kept: Sequence[Any]) -> None:
        self._seen, self._value = kept


class WeeklyHabit:
    """The hours of the day and of the week over a slow level.

    An hour of the day is known after some days, an hour of the week after as many weeks; until then it is like that
    hour on other days. Between the middles of two hours lies a straight line.
    """

    __slots__ = ("_by_hour", "_by_hour_of_week", "_level", "_visits")

    def __init__(self, half_life: float, visits: float) -> None:
        self._visits = visits  # of an hour, until half of the way to another habit is gone
        self._level = Level(half_life)
        self._by_hour = [0.0] * HOURS
        self._by_hour_of_week = [0.0] * WEEK

    def expected(self, at: datetime, seen: float) -> float:
        """What was to be expected at that time on that weekday; `seen` where nothing is known."""
        slot = at.weekday() * HOURS + at.hour
        past_middle = (at.minute * 60 + at.second) / 3600 - 0.5
        beside = (slot + (1 if past_middle >= 0 else -1)) % WEEK
        here, there = 1 - abs(past_middle), abs(past_middle)
        return self._level.expected(at, seen) + here * self._habit(slot) + there * self._habit(beside)

    def _habit(self, slot: int) -> float:
        return self._by_hour[slot % HOURS] + self._by_hour_of_week[slot]

    def learn(self, at: datetime, seen: float, days: float) -> None:
        """What was seen, and the time for which it stands."""
        step = _clipped(seen - self.expected(at, seen))
        slot = at.weekday() * HOURS + at.hour
        self._level.move(step, seen, days)
        self._by_hour[at.hour] += _share(days * HOURS, self._visits) * step
        self._by_hour_of_week[slot] += _share(days * HOURS, self._visits) * step

    def as_json(self) -> list[Any]:
        return [self._level.as_json(), *self._by_hour, *self._by_hour_of_week]

    def restore(self, kept: Sequence[Any]) -> None:
        self._level.restore(kept[0])
        self._by_hour = list(kept[1 : 1 + HOURS])
        self._by_hour_of_week = list(kept[1 + HOURS :])


def _share(time: float, half_life: float) -> float:
    """Of the way that is gone in that time, where half of it is gone in the half-life."""
    return float(1 - 2 ** (-time / half_life))


def _clipped(surprise: float) -> float:
    return min(max(surprise, -CLIP), CLIP)
