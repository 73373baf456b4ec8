"""One stream of what customers say, heard three times: all of it, what of it is negative, and its reach."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from policies.crisis_scope import LISTS, Scope
from policies.detector import Detector
from policies.signals import Measure, Reading, Settings


class Heard(StrEnum):
    """What a finding is. The first two may be the beginning of a crisis; a silence is a line that is perhaps dead."""

    SURGE = "surge"
    BUSY_HOUR = "busy_hour"
    SILENCE = "silence"


Readings = Mapping[Measure, Reading]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell, with the readings behind it: all were taken at the same moment."""

    heard: Heard
    measure: Measure
    readings: Readings

    @property
    def reading(self) -> Reading:
        """The one that is told."""
        return self.readings[self.measure]


class Listener:
    """Its detectors, one a measure."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._detectors = {measure: Detector(settings, measure) for measure in Measure}

    def hear(self, at: datetime, messages: int, negative: int, reach: int, *, teaches: bool = True) -> list[Finding]:
        """One row more, which begins at `at`. ValueError where that is not after the row before."""
        readings = self.read(at, messages, negative, reach, teaches=teaches)
        return [finding for measure in Measure for finding in _told(measure, readings)]

    def read(self, at: datetime, messages: int, negative: int, reach: int, *, teaches: bool = True) -> Readings:
        """What each detector makes of that row. A dead line teaches none of them."""
        counts = {Measure.NEGATIVE: negative, Measure.REACH: reach}
        everything = self._detectors[Measure.MESSAGES]
        readings = {Measure.MESSAGES: everything.observe(at, messages, teaches=teaches)}
        teaches = teaches and not everything.is_silent
        for measure, count in counts.items():
            readings[measure] = self._detectors[measure].observe(at, count, teaches=teaches)
        return readings

    def dismiss(self, measure: Measure, now: datetime) -> None:
        """Somebody said that what was told last was nothing."""
        self._detectors[measure].dismiss(now)

    def as_json(self) -> dict[str, Any]:
        return {str(measure): detector.as_json() for measure, detector in self._detectors.items()}

    @classmethod
    def restore(cls, kept: Mapping[str, Any], settings: Settings | None = None) -> "Listener":
        one = cls(settings)
        one._detectors = {measure: Detector.restore(kept[measure], settings, measure) for measure in Measure}
        return one


def facts_of(finding: Finding) -> dict[str, Any]:
    """The figures that explain a signal, as they are kept with it; `beside` has what the other detectors counted."""
    reading = finding.reading
    return {
        "beside": {
            str(measure): [round(one.counted), round(one.expected, 1)] for measure, one in finding.readings.items()
        },
        "counted": round(reading.counted),
        "expected": round(reading.expected, 1),
        "usual_high": round(reading.usual_high, 1),
        "rare_days": round(min(reading.rare_days, 3_650), 2),
        "unrivalled_days": round(reading.unrivalled_days, 1),
        "missed": round(reading.missed, 1),
        "score": round(reading.score, 3),
    }


def _told(measure: Measure, readings: Readings) -> Iterator[Finding]:
    reading = readings[measure]
    if reading.alert:
        yield Finding(Heard(reading.kind), measure, readings)
    if reading.silence:
        yield Finding(Heard.SILENCE, measure, readings)


def overlap(one: Scope, other: Scope) -> bool:
    """Whether something could belong to both."""
    for name in LISTS:
        asked, also = getattr(one, name), getattr(other, name)
        if asked and also and not asked & also:
            return False
    return True
