"""Escalation chains of a crisis: who is called in which order until somebody answers. How they are called is not here.

A chain is an ordered list of steps. A step is told and then waits; where nobody acknowledges meanwhile it is told again
as often as it says, then the next step is. Its condition is looked at when its time has come: a step that does not
apply then, or reaches nobody, is passed over and costs no waiting. None is ever left out: after a stop of an hour the
chain goes on where it was. An acknowledgement stops it until it comes back, because the crisis is not over by that.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

MOST_STEPS = 20
MOST_NAMED = 50  # people, teams, rotas, webhooks of one step
MOST_REPEATS = 5
LONGEST_WAIT = 24 * 60  # minutes


class Group(StrEnum):
    OWNER = "owner"  # of the crisis
    MANAGERS = "managers"  # whoever may manage crises and is on duty; all of them where nobody is


class Means(StrEnum):
    """How people are told, besides the bell, which always rings."""

    MAIL = "mail"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day by the wall clock of a zone, in minutes after midnight; the end may lie on the next day."""

    timezone: str
    start: int
    end: int

    def hold_at(self, now: datetime) -> bool:
        local = now.astimezone(ZoneInfo(self.timezone))
        minute = local.hour * 60 + local.minute
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@dataclass(frozen=True, slots=True)
class OnlyIf:
    """When a step is told: from a `level` of the crisis on, within `hours`, while nobody has acknowledged.

    That the crisis is not over goes without saying: its end stops the chain.
    """

    level: int = 0
    hours: Hours | None = None
    unacknowledged: bool = True


ALWAYS = OnlyIf()


@dataclass(frozen=True, slots=True)
class Step:
    """Who is told, by which means, how long to wait for their word, and how often to tell them again."""

    to: tuple[Group, ...] = ()
    roles: tuple[str, ...] = ()  # keys of the plan's roles
    people: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()  # those of them who are on duty
    rotas: tuple[int, ...] = ()  # whoever is on call
    webhooks: tuple[int, ...] = ()
    by: tuple[Means, ...] = (Means.MAIL,)
    wait_minutes: int = 5
    repeat: int = 0
    only_if: OnlyIf = ALWAYS

    @property
    def wait(self) -> timedelta:
        return timedelta(minutes=self.wait_minutes)


@dataclass(frozen=True, slots=True)
class Chain:
    """`repeat`: how often it begins again where nobody answered at all. `return_minutes` after an acknowledgement it
    comes back while the crisis lasts; 0 is never.
    """

    steps: tuple[Step, ...] = ()
    repeat: int = 0
    return_minutes: int = 60

    @property
    def rungs(self) -> tuple[int, ...]:
        """The steps in the order in which they are told, by their number from 0, each as often as it may be."""
        once = tuple(number for number, step in enumerate(self.steps) for _time in range(step.repeat + 1))
        return once * (self.repeat + 1)


NO_CHAIN = Chain()


@dataclass(frozen=True, slots=True)
class Run:
    """Where a running chain is: how many rungs are done, when it goes on (None: it has come to its end)."""

    done: int
    due_at: datetime | None
    lap: int = 1  # it begins again with each return
    acknowledged_at: datetime | None = None

    def look_at(self, chain: Chain) -> datetime | None:
        """When there is something to do next; None where nothing is left."""
        moments = [self.due_at, _returns_at(chain, self)]
        return min((moment for moment in moments if moment is not None), default=None)


class Do(StrEnum):
    WAIT = "wait"
    TELL = "tell"
    OVER = "over"  # the step does not apply now
    RETURN = "return"  # it was acknowledged, and the crisis goes on
    END = "end"  # every rung was told


class Why(StrEnum):
    """Why a step was passed over."""

    LEVEL = "level"
    HOURS = "hours"
    ACKNOWLEDGED = "acknowledged"
    NOBODY = "nobody"  # it reaches nobody: no one on call, no one in the role


@dataclass(frozen=True, slots=True)
class Move:
    """What to do now. `step` is the number of the step, from 0, where it is about one."""

    do: Do
    step: int = -1
    why: Why | None = None


def begun(now: datetime) -> Run:
    return Run(0, now)


def next_move(chain: Chain, run: Run, level: int, now: datetime) -> Move:
    """What a running chain does at this moment; `level` is that of its crisis."""
    returns_at = _returns_at(chain, run)
    if returns_at is not None and returns_at <= now:
        return Move(Do.RETURN)
    if run.due_at is None or run.due_at > now:
        return Move(Do.WAIT)
    rungs = chain.rungs
    if run.done >= len(rungs):
        return Move(Do.END)
    number = rungs[run.done]
    why = _passed_over(chain.steps[number], run, level, now)
    return Move(Do.TELL if why is None else Do.OVER, number, why)


def after(chain: Chain, run: Run, move: Move, now: datetime, *, reached: bool = True) -> Run:
    """Where it is once the move is made. `reached`: the step told anybody; otherwise there is nothing to wait for."""
    match move.do:
        case Do.WAIT:
            return run
        case Do.RETURN:
            return Run(0, now, run.lap + 1)
        case Do.END:
            return replace(run, due_at=None)
        case Do.OVER if move.why is Why.ACKNOWLEDGED:  # it keeps the rhythm for those behind it that are told anyway
            due_at = (run.due_at or now) + chain.steps[move.step].wait
        case Do.TELL if reached:
            due_at = now + chain.steps[move.step].wait
        case _:
            due_at = now
    return replace(run, done=run.done + 1, due_at=due_at)


def acknowledged(run: Run, now: datetime) -> Run:
    """Somebody sees to it; the first word counts."""
    return run if run.acknowledged_at is not None else replace(run, acknowledged_at=now)


def _returns_at(chain: Chain, run: Run) -> datetime | None:
    if run.acknowledged_at is None or not chain.return_minutes or not chain.steps:
        return None
    return run.acknowledged_at + timedelta(minutes=chain.return_minutes)


def _passed_over(step: Step, run: Run, level: int, now: datetime) -> Why | None:
    if run.acknowledged_at is not None and step.only_if.unacknowledged:
        return Why.ACKNOWLEDGED
    if level < step.only_if.level:
        return Why.LEVEL
    if step.only_if.hours is not None and not step.only_if.hours.hold_at(now):
        return Why.HOURS
    return None


# ── the form in which a plan keeps it ────────────────────────────────────────
def as_json(chain: Chain) -> dict[str, Any]:
    """All of it, defaults written out."""
    return {
        "steps": [_step_form(step) for step in chain.steps],
        "repeat": chain.repeat,
        "return_minutes": chain.return_minutes,
    }


def clock(minute: int) -> str:
    """Minutes after midnight as “22:30”."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _step_form(step: Step) -> dict[str, Any]:
    named = {name: list(getattr(step, name)) for name in ("roles", "people", "teams", "rotas", "webhooks")}
    return {
        "to": [str(group) for group in step.to],
        **named,
        "by": [str(means) for means in step.by],
        "wait_minutes": step.wait_minutes,
        "repeat": step.repeat,
        "only_if": _only_if_form(step.only_if),
    }


def _only_if_form(only_if: OnlyIf) -> dict[str, Any]:
    hours = only_if.hours
    return {
        "level": only_if.level,
        "hours": hours and {"from": clock(hours.start), "until": clock(hours.end), "timezone": hours.timezone},
        "unacknowledged": only_if.unacknowledged,
    }
