"""Alert chains: who is told, and when, while a customer waits. What is told is not in here.

A chain is an ordered list of steps. Each falls due at a share of the clock's target, some opening minutes before the
clock is due or some minutes after it; an acknowledgement stops the chain, and a step that nobody acknowledges goes on
to the next. Nobody is alerted while the clock's calendar is closed, but for steps that say so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from policies.clocks import TICK, ZERO, Calendar

MOST_STEPS = 10
MOST_NAMED = 50  # people and webhooks in one step
LONGEST_OFFSET = 7 * 24 * 60  # minutes
UNITS = {  # in which a step says when: the least and the most of each
    "percent": (1, 100),
    "before_minutes": (1, LONGEST_OFFSET),
    "after_minutes": (0, LONGEST_OFFSET),
}
GRACE = timedelta(minutes=5)  # a step that fell due while the calendar was open is still told this late


class Recipient(StrEnum):
    ASSIGNEE = "assignee"
    TEAM = "team"  # of the ticket, those who are not away
    SUPERVISORS = "supervisors"  # those on duty
    ADMINISTRATORS = "administrators"


class ChainProblem(ValueError):
    """A form that is no chain. `code` and `step` (from 1; 0 for the whole) say what is wrong and where."""

    def __init__(self, code: str, step: int = 0) -> None:
        super().__init__(f"{code} in step {step}" if step else code)
        self.code = code
        self.step = step


@dataclass(frozen=True, slots=True)
class Step:
    """Who is told, and when: one of `percent` of the target, `before_minutes` and `after_minutes`.

    `before_minutes` are minutes of opening time that are left until the clock is due, so that what is due at nine in
    the morning is told the day before; a target that is shorter is told of at once. `after_minutes` are minutes by the
    clock on the wall, as a customer waits them.
    """

    percent: int | None = None
    after_minutes: int | None = None
    before_minutes: int | None = None
    to: tuple[Recipient, ...] = ()
    people: tuple[int, ...] = ()
    webhooks: tuple[int, ...] = ()
    breaks_through: bool = False  # told also while the calendar is closed

    @property
    def unit(self) -> str:
        """Which of the three says when."""
        return next(unit for unit in UNITS if getattr(self, unit) is not None)

    def as_json(self) -> dict[str, Any]:
        return {
            self.unit: getattr(self, self.unit),
            "to": [str(one) for one in self.to],
            "people": list(self.people),
            "webhooks": list(self.webhooks),
            "breaks_through": self.breaks_through,
        }


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps in the order in which they fall due. One without steps alerts nobody.

    Whether a share of the target comes before some minutes ahead of its end depends on the target, so those two stand
    in any order.
    """

    steps: tuple[Step, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"steps": [step.as_json() for step in self.steps]}


DEFAULT = Chain(
    (
        Step(percent=50, to=(Recipient.ASSIGNEE,)),
        Step(percent=80, to=(Recipient.TEAM,)),
        Step(percent=100, to=(Recipient.SUPERVISORS,)),
        Step(after_minutes=30, to=(Recipient.ADMINISTRATORS,)),
    )
)


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What a chain asks of a clock. `paused` is the counted time of its pauses that are over."""

    started_at: datetime
    target_seconds: int
    due_at: datetime
    paused: timedelta = ZERO
    running: bool = True  # false while it stands still, and once it has ended


@dataclass(frozen=True, slots=True)
class Due:
    """Step `number` (from 0) is to be told now; it fell due at `at`."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which steps to take now, and when to look again: None where the chain is over."""

    now: tuple[Due, ...] = ()
    look_at: datetime | None = None


def due_of(step: Step, clock: ClockFacts, calendar: Calendar) -> datetime:
    """When a step falls due (UTC): at its own time, or at the next opening where the calendar is closed then.

    Raises ValueError where the calendar never opens again.
    """
    at = _own_time(step, clock, calendar)
    return at if step.breaks_through else opening(at, calendar)


@dataclass(frozen=True, slots=True)
class Planned:
    """When a step will be told. `waits`: at its own time the calendar is closed, so it waits for the opening."""

    step: Step
    at: datetime
    waits: bool


def plan(chain: Chain, clock: ClockFacts, calendar: Calendar) -> tuple[Planned, ...]:
    """Every step with its time, for a clock that nobody answers and whose alerts nobody acknowledges.

    Raises ValueError where the calendar never opens again.
    """
    planned = []
    for step in chain.steps:
        at = due_of(step, clock, calendar)
        planned.append(Planned(step, at, waits=at > _own_time(step, clock, calendar)))
    return tuple(planned)


def next_step(
    chain: Chain, clock: ClockFacts, done: Collection[int], acknowledged: bool, now: datetime, calendar: Calendar
) -> Verdict:
    """Which steps to take now and when to look again. `done` are the numbers of the steps that were taken.

    Steps that fell due together, as after an hour in which nothing ran, are taken together, in the order in which they
    fell due: none is left out.
    """
    if acknowledged or not clock.running:
        return Verdict()
    taken, later = [], []
    for number, step in enumerate(chain.steps):
        if number in done:
            continue
        at = due_of(step, clock, calendar)
        told_at = at if step.breaks_through or now - at <= GRACE else max(at, opening(now, calendar))
        if told_at <= now:
            taken.append(Due(number, at))
        else:
            later.append(told_at)
    return Verdict(tuple(sorted(taken, key=lambda due: due.at)), min(later, default=None))


def first_look(chain: Chain, clock: ClockFacts, calendar: Calendar) -> datetime | None:
    """The earliest moment at which a step can fall due, for a clock that has only now begun, paused or moved."""
    if not chain.steps or not clock.running:
        return None
    earliest = {step.unit: step for step in reversed(chain.steps)}  # each unit's steps are in order
    return min(_own_time(step, clock, calendar) for step in earliest.values())


def opening(at: datetime, calendar: Calendar) -> datetime:
    """`at` where the calendar is open then (both ends of an interval are), else when it opens next."""
    if calendar.between(at - TICK, at) > ZERO:
        return at
    return calendar.add(at, TICK).astimezone(UTC) - TICK


def _own_time(step: Step, clock: ClockFacts, calendar: Calendar) -> datetime:
    target = timedelta(seconds=clock.target_seconds)
    if step.percent is not None:
        counted = target * step.percent / 100
    elif step.before_minutes is not None:
        counted = max(target - timedelta(minutes=step.before_minutes), ZERO)
    else:
        return clock.due_at + timedelta(minutes=step.after_minutes or 0)
    return calendar.add(clock.started_at, counted + clock.paused).astimezone(UTC)


def parse(form: Any) -> Chain:
    """A chain from its JSON form. Raises ChainProblem."""
    steps = form.get("steps") if isinstance(form, Mapping) else None
    if not isinstance(steps, Sequence) or isinstance(steps, str) or set(form) != {"steps"}:
        raise ChainProblem("form")
    if len(steps) > MOST_STEPS:
        raise ChainProblem("too_many_steps")
    chain = Chain(tuple(_step(step, number) for number, step in enumerate(steps, 1)))
    for number in range(2, len(chain.steps) + 1):
        if any(_falls_due_later(before, chain.steps[number - 1]) for before in chain.steps[: number - 1]):
            raise ChainProblem("order", number)
    return chain


def _falls_due_later(one: Step, other: Step) -> bool:
    """Whether that is so whatever the target is."""
    if one.unit != other.unit:
        return one.unit == "after_minutes"
    sooner, later = (getattr(step, step.unit) for step in (one, other))
    return bool(sooner < later if one.unit == "before_minutes" else sooner > later)


def _step(form: Any, number: int) -> Step:
    if not isinstance(form, Mapping) or set(form) - {
        *UNITS, "to", "people", "webhooks", "breaks_through",
    }:  # fmt: skip
        raise ChainProblem("form", number)
    given = {unit: form[unit] for unit in UNITS if form.get(unit) is not None}
    if len(given) != 1:
        raise ChainProblem("when", number)
    for unit, amount in given.items():
        least, most = UNITS[unit]
        if not (_is_number(amount) and least <= amount <= most):
            raise ChainProblem(unit, number)
    names = form.get("to", [])
    if not isinstance(names, list) or not all(name in tuple(Recipient) for name in names):
        raise ChainProblem("to", number)
    people, webhooks = _ids(form.get("people", []), number), _ids(form.get("webhooks", []), number)
    if not (names or people or webhooks):
        raise ChainProblem("nobody", number)
    through = form.get("breaks_through", False)
    if not isinstance(through, bool):
        raise ChainProblem("form", number)
    to = tuple(dict.fromkeys(Recipient(name) for name in names))
    return Step(to=to, people=people, webhooks=webhooks, breaks_through=through, **given)


def _ids(given: Any, number: int) -> tuple[int, ...]:
    if not isinstance(given, list) or len(given) > MOST_NAMED or not all(_is_number(one) and one > 0 for one in given):
        raise ChainProblem("named", number)
    return tuple(dict.fromkeys(given))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
