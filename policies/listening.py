"""One stream of what customers say, listened to twice: to all of it, and to what of it is negative."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from policies.crisis_scope import LISTS, Scope
from policies.detector import Detector
from policies.signals import Reading, Settings


class Measure(StrEnum):
    MESSAGES = "messages"
    NEGATIVE = "negative"


class Heard(StrEnum):
    """What a finding is. The first two may be the beginning of a crisis; a silence is a line that is perhaps dead."""

    SURGE = "surge"
    BUSY_HOUR = "busy_hour"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell, with the reading behind it."""

    heard: Heard
    measure: Measure
    reading: Reading


class Listener:
    """Its detectors, one a measure. That less is negative than usual is no silence."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._detectors = {measure: Detector(settings) for measure in Measure}

    def hear(self, at: datetime, messages: int, negative: int, *, teaches: bool = True) -> list[Finding]:
        """One row more, which begins at `at`. ValueError where that is not after the row before."""
        counts = {Measure.MESSAGES: messages, Measure.NEGATIVE: negative}
        return [
            finding
            for measure, detector in self._detectors.items()
            for finding in _told(measure, detector.observe(at, counts[measure], teaches=teaches))
        ]

    def dismiss(self, measure: Measure, now: datetime) -> None:
        """Somebody said that what was told last was nothing."""
        self._detectors[measure].dismiss(now)

    def as_json(self) -> dict[str, Any]:
        return {str(measure): detector.as_json() for measure, detector in self._detectors.items()}

    @classmethod
    def restore(cls, kept: Mapping[str, Any], settings: Settings | None = None) -> "Listener":
        one = cls(settings)
        one._detectors = {measure: Detector.restore(kept[measure], settings) for measure in Measure}
        return one


def facts_of(reading: Reading) -> dict[str, float]:
    """The figures of a reading that explain a signal, as they are kept with it."""
    return {
        "counted": round(reading.counted),
        "expected": round(reading.expected, 1),
        "usual_high": round(reading.usual_high, 1),
        "rare_days": round(min(reading.rare_days, 3_650), 2),
        "unrivalled_days": round(reading.unrivalled_days, 1),
        "missed": round(reading.missed, 1),
        "score": round(reading.score, 3),
    }


def _told(measure: Measure, reading: Reading) -> Iterator[Finding]:
    if reading.alert:
        yield Finding(Heard(reading.kind), measure, reading)
    if reading.silence and measure is Measure.MESSAGES:
        yield Finding(Heard.SILENCE, measure, reading)


def overlap(one: Scope, other: Scope) -> bool:
    """Whether something could belong to both."""
    for name in LISTS:
        asked, also = getattr(one, name), getattr(other, name)
        if asked and also and not asked & also:
            return False
    return True
