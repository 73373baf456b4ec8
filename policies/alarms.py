"""Whether what is rare becomes an alert: how rare it has to be, and what holds it back.

Apart from the detector, which learns the same whatever is asked of it: so a past that was read once says at once what
would have been told with another sensitivity, floor or cooldown.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf, log
from typing import Any

from policies.signals import Held, Kind, Measure, Settings

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0  # seconds
WARM_UP = 3 * HOUR
FAR = 3.0  # far rarer: exp(3) = 20 times
MOST_DOUBLINGS = 3  # of the quiet time, one for each time that somebody said “no crisis”
PATIENCE = 14 * DAY  # until one of them is forgotten


@dataclass(frozen=True, slots=True)
class Seen:
    """What one row says to whoever decides."""

    measure: Measure
    now: float  # seconds since the epoch
    age: float  # of the stream, seconds
    counted: float  # in the last half hour
    rare_days: float
    unrivalled_days: float


@dataclass(frozen=True, slots=True)
class Decision:
    """`margin`: exp(margin) is how many times rarer it is than asked, so that 0 is just as rare."""

    kind: Kind
    margin: float
    held: Held | None

    @property
    def alert(self) -> bool:
        return self.margin >= 0 and self.held is None


@dataclass(slots=True)
class Alarm:
    """The last alert, and how often people said of such ones that they were none."""

    at: float | None = None
    margin: float = 0.0
    dismissals: int = 0
    dismissed_at: float = 0.0

    def decide(self, seen: Seen, settings: Settings) -> Decision:
        """And remember it, where it is an alert."""
        margins = {
            Kind.SURGE: log(seen.rare_days / settings.rarity.surge),
            Kind.BUSY_HOUR: _log(seen.unrivalled_days / settings.rarity.busy_hour),
        }
        kind = max(margins, key=margins.__getitem__)
        margin = margins[kind]
        decision = Decision(kind, margin, self._held(seen, margin, settings) if margin >= 0 else None)
        if decision.alert:
            self.at, self.margin = seen.now, margin
        return decision

    def dismiss(self, now: float) -> None:
        """For some weeks, the quiet time after an alert is twice as long."""
        self.dismissals = min(self.dismissals + 1, MOST_DOUBLINGS)
        self.dismissed_at = now

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def restore(cls, kept: Mapping[str, Any]) -> "Alarm":
        return cls(**kept)

    def _held(self, seen: Seen, margin: float, settings: Settings) -> Held | None:
        if seen.age < WARM_UP:
            return Held.WARM_UP
        if seen.counted < settings.floor_of(seen.measure):
            return Held.FLOOR
        if self._is_quiet(seen.now, margin, settings.cooldown.total_seconds()):
            return Held.COOLDOWN
        return None

    def _is_quiet(self, now: float, margin: float, cooldown: float) -> bool:
        if self.at is None or margin >= self.margin + FAR:
            return False
        forgotten = int((now - self.dismissed_at) // PATIENCE)
        doublings = max(self.dismissals - forgotten, 0)
        return now - self.at < cooldown * (1 << doublings)


def _log(value: float) -> float:
    return log(value) if value > 0 else -inf
