"""The score card of a drill: what was measured, against what the crisis plan wants.

Times are as they really passed, however fast the customers were played: people do not work sixty times as fast.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Targets:
    """What a plan wants of a drill; `valid_days` is how long it then counts as proven."""

    detect_minutes: int = 5
    acknowledge_minutes: int = 5
    level_minutes: int = 15
    statement_minutes: int = 30
    approval_minutes: int = 15
    responses_percent: int = 80
    checklist_percent: int = 80
    valid_days: int = 180


@dataclass(frozen=True, slots=True)
class Measured:
    """What log and rows tell; None where it did not happen.

    `detected`, `level` and `statement` count from the first post, `acknowledged` from its being detected.
    """

    detected: timedelta | None = None
    acknowledged: timedelta | None = None
    level: timedelta | None = None
    statement: timedelta | None = None
    approvals: tuple[timedelta, ...] = ()  # from asked to decided
    responses_on_time: int = 0
    responses_promised: int = 0
    tasks_done: int = 0
    tasks: int = 0


class What(StrEnum):
    """The lines of a card, in their order."""

    DETECT = "detect"
    ACKNOWLEDGE = "acknowledge"
    LEVEL = "level"
    STATEMENT = "statement"
    APPROVAL = "approval"  # the median
    RESPONSES = "responses"
    CHECKLIST = "checklist"


TIMES = frozenset({What.DETECT, What.ACKNOWLEDGE, What.LEVEL, What.STATEMENT, What.APPROVAL})


class Verdict(StrEnum):
    MET = "met"
    MISSED = "missed"
    NOTHING_TO_MEASURE = "nothing_to_measure"  # no approval was asked for, nothing was promised


@dataclass(frozen=True, slots=True)
class Line:
    """`measured` and `target` in seconds for a time, in percent for a share; None where it did not happen."""

    what: What
    measured: float | None
    target: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Card:
    lines: tuple[Line, ...]

    @property
    def passed(self) -> bool:
        """Whether no target was missed."""
        return all(line.verdict is not Verdict.MISSED for line in self.lines)

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(line) for line in self.lines]

    @classmethod
    def from_json(cls, form: Iterable[Mapping[str, Any]]) -> "Card":
        return cls(
            tuple(Line(What(one["what"]), one["measured"], one["target"], Verdict(one["verdict"])) for one in form)
        )


def score(measured: Measured, targets: Targets) -> Card:
    """The card of what was measured."""
    return Card(
        (
            _time(What.DETECT, measured.detected, targets.detect_minutes),
            _time(What.ACKNOWLEDGE, measured.acknowledged, targets.acknowledge_minutes),
            _time(What.LEVEL, measured.level, targets.level_minutes),
            _time(What.STATEMENT, measured.statement, targets.statement_minutes),
            _time(
                What.APPROVAL,
                _median(measured.approvals),
                targets.approval_minutes,
                needed=False,
            ),
            _share(What.RESPONSES, measured.responses_on_time, measured.responses_promised, targets.responses_percent),
            _share(What.CHECKLIST, measured.tasks_done, measured.tasks, targets.checklist_percent),
        )
    )


def lapses_at(proven_at: datetime, targets: Targets) -> datetime:
    """Until when a plan counts as proven."""
    return proven_at + timedelta(days=targets.valid_days)


def _median(spans: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None


def _time(what: What, took: timedelta | None, minutes: int, *, needed: bool = True) -> Line:
    target = minutes * 60.0
    if took is None:
        return Line(what, None, target, Verdict.MISSED if needed else Verdict.NOTHING_TO_MEASURE)
    seconds = round(took.total_seconds(), 1)
    return Line(what, seconds, target, Verdict.MET if seconds <= target else Verdict.MISSED)


def _share(what: What, part: int, whole: int, percent: int) -> Line:
    if not whole:
        return Line(what, None, float(percent), Verdict.NOTHING_TO_MEASURE)
    share = 100 * part / whole
    return Line(what, round(share, 1), float(percent), Verdict.MET if share >= percent else Verdict.MISSED)
