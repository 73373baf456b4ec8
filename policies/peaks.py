"""Since when nothing was as high: the record of the last weeks, hour by hour."""

from bisect import bisect_right
from collections.abc import Sequence
from math import floor
from typing import Any


class Peaks:
    """The highest value of each hour that no later hour reached, for `days` days at most.

    Later and lower ones hide nothing, earlier and lower ones can never be a record again: so a few dozen numbers are
    enough, and never more than there are hours in the time.
    """

    __slots__ = ("_began", "_days", "_hours")

    def __init__(self, days: float) -> None:
        self._days = days
        self._began: float | None = None
        self._hours: list[tuple[float, float]] = []  # hour and its peak, both ascending in time, falling in height

    def since(self, day: float, value: float) -> float:
        """How many days before `day` a value as high was seen; where none was, how long anything has been seen."""
        if self._began is None:
            return 0.0
        higher = bisect_right(self._hours, -value, key=lambda hour: -hour[1])
        return day - self._hours[higher - 1][0] / 24 if higher else min(day - self._began, self._days)

    def highest(self) -> float:
        """The highest of all that is remembered; 0 where nothing is."""
        return self._hours[0][1] if self._hours else 0.0

    def add(self, day: float, value: float) -> None:
        if self._began is None:
            self._began = day
        while self._hours and self._hours[-1][1] <= value:
            self._hours.pop()
        hour = float(floor(day * 24))
        if not self._hours or self._hours[-1][0] < hour:
            self._hours.append((hour, value))
        while self._hours and day - self._hours[0][0] / 24 > self._days:
            del self._hours[0]

    def as_json(self) -> list[Any]:
        return [self._began, [list(hour) for hour in self._hours]]

    def restore(self, kept: Sequence[Any]) -> None:
        self._began = kept[0]
        self._hours = [(hour, peak) for hour, peak in kept[1]]
