"""The life of a crisis: five states, one table, and the level while it is active.

Level 1 is watch, 2 elevated, 3 crisis; 0 is a suspicion, which has no effect yet. Level 3 wants two people. One alone
can set it, for half an hour: then it lapses to level 2 unless a second person confirms. The half hour begins when that
person first asks, so that lowering and raising again buys nobody more time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["ACTIVE_LEVELS", "Event", "Level", "MoveRefused", "Standing", "State", "TransitionRefused", "Why"]

ALONE = timedelta(minutes=30)  # how long level 3 stands on the word of one person


class State(StrEnum):
    SUSPECTED = "suspected"  # somebody or something thinks so; nothing changes yet
    ACTIVE = "active"
    STOOD_DOWN = "stood_down"  # over; to be looked back on
    REVIEWED = "reviewed"
    DISMISSED = "dismissed"  # it was none


class Event(StrEnum):
    ACTIVATE = "activate"
    SET_LEVEL = "set_level"
    CONFIRM = "confirm"  # a second person stands behind level 3
    LAPSE = "lapse"  # nobody did in time
    CHANGE_SCOPE = "change_scope"
    HAND_OVER = "hand_over"  # to another owner
    STAND_DOWN = "stand_down"
    DISMISS = "dismiss"
    REVIEW = "review"


class Level(IntEnum):
    SUSPICION = 0
    WATCH = 1
    ELEVATED = 2
    CRISIS = 3


ACTIVE_LEVELS = (Level.WATCH, Level.ELEVATED, Level.CRISIS)


class Why(StrEnum):
    """Why a level can't be set or confirmed."""

    SAME_LEVEL = "same_level"
    WAITS_FOR_SECOND = "waits_for_second"  # level 3 is asked for already: confirm it
    NOTHING_TO_CONFIRM = "nothing_to_confirm"
    OWN_WORD = "own_word"  # who asked for level 3 can't be the second person
    HAD_THEIR_TIME = "had_their_time"  # alone at level 3 for as long as one may be


class MoveRefused(ValueError):
    """This person can't set or confirm this level now."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


TABLE: Table[State, Event] = Table(
    noun="crisis",
    states=State,
    events=Event,
    start=State.SUSPECTED,
    ends=frozenset({State.REVIEWED, State.DISMISSED}),
    rows=MappingProxyType(
        {
            (State.SUSPECTED, Event.ACTIVATE): State.ACTIVE,
            (State.SUSPECTED, Event.CHANGE_SCOPE): State.SUSPECTED,
            (State.SUSPECTED, Event.HAND_OVER): State.SUSPECTED,
            (State.SUSPECTED, Event.DISMISS): State.DISMISSED,
            (State.ACTIVE, Event.SET_LEVEL): State.ACTIVE,
            (State.ACTIVE, Event.CONFIRM): State.ACTIVE,
            (State.ACTIVE, Event.LAPSE): State.ACTIVE,
            (State.ACTIVE, Event.CHANGE_SCOPE): State.ACTIVE,
            (State.ACTIVE, Event.HAND_OVER): State.ACTIVE,
            (State.ACTIVE, Event.STAND_DOWN): State.STOOD_DOWN,
            (State.ACTIVE, Event.DISMISS): State.DISMISSED,
            (State.STOOD_DOWN, Event.HAND_OVER): State.STOOD_DOWN,
            (State.STOOD_DOWN, Event.REVIEW): State.REVIEWED,
        }
    ),
    words=MappingProxyType(
        {
            Event.ACTIVATE: "start it",
            Event.SET_LEVEL: "set another level",
            Event.CONFIRM: "confirm level 3",
            Event.LAPSE: "let level 3 lapse",
            Event.CHANGE_SCOPE: "change its scope",
            Event.HAND_OVER: "hand it over",
            Event.STAND_DOWN: "stand down",
            Event.DISMISS: "dismiss it",
            Event.REVIEW: "close its review",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a crisis stands.

    `asked_by` asked for level 3 last; `lapses_at` is until when that person's word alone holds it, None once a second
    one stands behind it (`confirmed_by`). Both outlast a lower level, because the half hour goes on.
    """

    state: State = State.SUSPECTED
    level: int = Level.SUSPICION
    asked_by: int | None = None
    confirmed_by: int | None = None
    lapses_at: datetime | None = None

    @property
    def waits_for_second(self) -> bool:
        """Level 3, on the word of one."""
        return self.state is State.ACTIVE and self.level == Level.CRISIS and self.lapses_at is not None

    def level_at(self, now: datetime) -> int:
        """The level that holds at this moment, whether or not anybody has written down yet that level 3 lapsed."""
        if self.state is not State.ACTIVE:
            return Level.SUSPICION
        return Level.ELEVATED if self.has_lapsed(now) else self.level

    def has_lapsed(self, now: datetime) -> bool:
        return self.waits_for_second and self.lapses_at is not None and self.lapses_at <= now

    # ── moves ────────────────────────────────────────────────────────────────
    def at_level(self, level: int, by: int, now: datetime) -> "Standing":
        """Activated, raised or lowered by a person. Raises TransitionRefused, MoveRefused, ValueError (no level)."""
        if level not in ACTIVE_LEVELS:
            raise ValueError(f"{level} is no level of an active crisis")
        event = Event.ACTIVATE if self.state is State.SUSPECTED else Event.SET_LEVEL
        then = replace(self.lapsed(now), state=next_state(self.state, event))
        if self.state is State.ACTIVE and then.level == level:
            raise MoveRefused(Why.WAITS_FOR_SECOND if then.waits_for_second else Why.SAME_LEVEL)
        if level != Level.CRISIS:
            return replace(then, level=level)
        until = now + ALONE
        if then.asked_by == by and then.lapses_at is not None:
            if then.lapses_at <= now:
                raise MoveRefused(Why.HAD_THEIR_TIME)
            until = then.lapses_at
        return replace(then, level=level, asked_by=by, confirmed_by=None, lapses_at=until)

    def confirmed(self, by: int, now: datetime) -> "Standing":
        """A second person stands behind level 3. Raises TransitionRefused, MoveRefused."""
        next_state(self.state, Event.CONFIRM)
        if not self.waits_for_second or self.has_lapsed(now):
            raise MoveRefused(Why.NOTHING_TO_CONFIRM)
        if self.asked_by == by:
            raise MoveRefused(Why.OWN_WORD)
        return replace(self, confirmed_by=by, lapses_at=None)

    def lapsed(self, now: datetime) -> "Standing":
        """Level 2 where nobody confirmed level 3 in time; the same where there is nothing to lapse."""
        return replace(self, level=Level.ELEVATED) if self.has_lapsed(now) else self

    def after(self, event: Event) -> "Standing":
        """After a step that concerns no level. Raises TransitionRefused."""
        return replace(self, state=next_state(self.state, event))


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`. Raises TransitionRefused."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    """What a screen may offer in this state: all but what time alone does."""
    return tuple(event for event in TABLE.possible(state) if event is not Event.LAPSE)
