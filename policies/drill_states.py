"""The life of a drill. It can become the real thing, which ends it; nothing real ever becomes a drill."""

from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["Event", "State", "TransitionRefused"]


class State(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"  # and scored
    REAL = "real"  # it ended because something real began
    CANCELLED = "cancelled"  # it never ran


class Event(StrEnum):
    CHANGE = "change"
    START = "start"
    FINISH = "finish"
    TURN_REAL = "turn_real"
    CANCEL = "cancel"


TABLE: Table[State, Event] = Table(
    noun="drill",
    states=State,
    events=Event,
    start=State.PLANNED,
    ends=frozenset({State.FINISHED, State.REAL, State.CANCELLED}),
    rows=MappingProxyType(
        {
            (State.PLANNED, Event.CHANGE): State.PLANNED,
            (State.PLANNED, Event.START): State.RUNNING,
            (State.PLANNED, Event.CANCEL): State.CANCELLED,
            (State.RUNNING, Event.FINISH): State.FINISHED,
            (State.RUNNING, Event.TURN_REAL): State.REAL,
        }
    ),
    words=MappingProxyType(
        {
            Event.CHANGE: "change it",
            Event.START: "start it",
            Event.FINISH: "end it",
            Event.TURN_REAL: "turn it into the real thing",
            Event.CANCEL: "cancel it",
        }
    ),
)


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`. Raises TransitionRefused."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    """What a screen may offer in this state."""
    return TABLE.possible(state)
