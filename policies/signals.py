"""What is asked of the crisis detector, and what it answers (`policies.detector`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Sensitivity(StrEnum):
    SENSITIVE = "sensitive"
    BALANCED = "balanced"
    STRICT = "strict"


class Kind(StrEnum):
    SURGE = "surge"  # much more in minutes than is normal
    BUSY_HOUR = "busy_hour"  # a whole hour busier than any for weeks


class Held(StrEnum):
    """Why a signal is no alert."""

    WARM_UP = "warm_up"  # the stream is too young
    FLOOR = "floor"  # too few posts, however rare
    COOLDOWN = "cooldown"  # an alert was given a short while ago


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare a signal has to be."""

    surge: float  # days in which it comes once
    busy_hour: float  # days in which no hour was as busy
    silence: float  # posts that were expected meanwhile


RARITY: Mapping[Sensitivity, Rarity] = {
    Sensitivity.SENSITIVE: Rarity(surge=1, busy_hour=10, silence=10),
    Sensitivity.BALANCED: Rarity(surge=3, busy_hour=21, silence=20),
    Sensitivity.STRICT: Rarity(surge=10, busy_hour=42, silence=40),
}


class Measure(StrEnum):
    """What of a stream is counted; there is a detector for each."""

    MESSAGES = "messages"
    NEGATIVE = "negative"  # messages that sound so
    REACH = "reach"  # followers of those who wrote, as far as networks tell


@dataclass(frozen=True, slots=True)
class Settings:
    sensitivity: Sensitivity = Sensitivity.BALANCED
    floor: float = 10  # posts in half an hour
    reach_floor: float = 50_000  # followers in half an hour
    cooldown: timedelta = timedelta(hours=20)  # then only what is far rarer; tomorrow, at this hour, all again

    @property
    def rarity(self) -> Rarity:
        return RARITY[self.sensitivity]

    def floor_of(self, measure: Measure) -> float:
        """Below so much in half an hour nothing is told, however rare it is."""
        return self.reach_floor if measure is Measure.REACH else self.floor


@dataclass(frozen=True, slots=True)
class Reading:
    """What one row of a stream said, and why."""

    at: datetime
    score: float  # 0..1; from 0.5 it is an alert
    alert: bool
    kind: Kind  # of the alert, or what comes nearest to one
    held: Held | None  # why what is rare enough is no alert all the same
    silence: bool  # nothing comes any more, and it is time to say so: once in a silence
    counted: float  # posts, or whatever is counted, in the last half hour
    expected: float  # in such a half hour, by the hour and the weekday
    usual_high: float  # 99 % of such half hours had no more
    rare_days: float  # as great a surge comes once in so many days
    unrivalled_days: float  # no hour was as busy for so many days
    missed: float  # posts that were expected since the last one came
