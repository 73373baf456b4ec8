"""What a detector would have told of a past, for any sensitivity, floor and cooldown, after reading it once.

What detectors learn depends on none of the three, but for one thing: while a line is silent nothing is learned, and how
soon silence is silence is a matter of sensitivity. `Past.silences` says whether that came up.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from policies.alarms import Alarm, Decision, Seen
from policies.listening import Listener
from policies.signals import RARITY, Measure, Reading, Sensitivity, Settings

_EASIEST = RARITY[Sensitivity.SENSITIVE]


@dataclass(frozen=True, slots=True)
class Row:
    at: datetime
    messages: int
    negative: int
    reach: int
    teaches: bool = True  # what was normal; not so during a crisis


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that would be an alert if nothing held it back, at the highest sensitivity."""

    measure: Measure
    seen: Seen
    reading: Reading


@dataclass(frozen=True, slots=True)
class Would:
    """An alert that there would have been."""

    candidate: Candidate
    decision: Decision


@dataclass(slots=True)
class Past:
    expected: list[float] = field(default_factory=list)  # posts in half an hour, row by row from `since` on
    expected_reach: list[float] = field(default_factory=list)  # followers; the same
    candidates: list[Candidate] = field(default_factory=list)
    silences: list[datetime] = field(default_factory=list)

    def alerts(self, settings: Settings, since: datetime) -> list[Would]:
        """In the order of time. What came before `since` is told to nobody, but may keep quiet what came after it."""
        alarms = {measure: Alarm() for measure in Measure}
        found = [
            Would(one, decision)
            for one in self.candidates
            if (decision := alarms[one.measure].decide(one.seen, settings)).alert and one.reading.at >= since
        ]
        return sorted(found, key=lambda would: would.candidate.seen.now)


def read_past(rows: Iterable[Row], sensitivity: Sensitivity, since: datetime) -> Past:
    """Rows in the order of time; those before `since` only teach."""
    listener, past, began = Listener(Settings(sensitivity)), Past(), None
    for row in rows:
        began = row.at if began is None else began
        age = row.at.timestamp() - began.timestamp()
        readings = listener.read(row.at, row.messages, row.negative, row.reach, teaches=row.teaches)
        for measure, reading in readings.items():
            past.candidates += _candidates(measure, reading, age)
        if row.at >= since:
            past.expected.append(readings[Measure.MESSAGES].expected)
            past.expected_reach.append(readings[Measure.REACH].expected)
            past.silences += [row.at] if readings[Measure.MESSAGES].silence else []
    return past


def _candidates(measure: Measure, reading: Reading, age: float) -> Iterator[Candidate]:
    if reading.rare_days >= _EASIEST.surge or reading.unrivalled_days >= _EASIEST.busy_hour:
        now = reading.at.timestamp()
        seen = Seen(measure, now, age, reading.counted, reading.rare_days, reading.unrivalled_days)
        yield Candidate(measure, seen, reading)
