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
    Sensitivity.SENSITIVE: Rarity(surge=1.5, busy_hour=14, silence=10),
    Sensitivity.BALANCED: Rarity(surge=3, busy_hour=28, silence=20),
    Sensitivity.STRICT: Rarity(surge=10, busy_hour=56, silence=40),
}


@dataclass(frozen=True, slots=True)
class Settings:
    sensitivity: Sensitivity = Sensitivity.BALANCED
    floor: float = 10  # posts in 20 minutes
    cooldown: timedelta = timedelta(hours=24)  # after an alert only what is far rarer still is one

    @property
    def rarity(self) -> Rarity:
        return RARITY[self.sensitivity]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one row of a stream said, and why."""

    at: datetime
    score: float  # 0..1; from 0.5 it is an alert
    alert: bool
    kind: Kind  # of the alert, or what comes nearest to one
    held: Held | None  # why what is rare enough is no alert all the same
    silence: bool  # nothing comes any more, and it is time to say so: once in a silence
    counted: float  # posts in the last 20 minutes
    expected: float  # in such 20 minutes
    usual_high: float  # no more were counted in 99 % of such 20 minutes
    rare_days: float  # as great a surge comes once in so many days
    unrivalled_days: float  # no hour was as busy for so many days
    missed: float  # posts that were expected since the last one came
