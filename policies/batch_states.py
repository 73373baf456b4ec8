"""The life of a batch of answers: looked at ticket by ticket, then read by a person, then sent at its pace."""

from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["ENDED", "Event", "State", "TransitionRefused", "next_state", "possible_events"]


class State(StrEnum):
    PREPARING = "preparing"  # what each ticket would get is being worked out
    READY = "ready"  # nothing of it leaves before somebody starts it
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"


class Event(StrEnum):
    LOOKED = "looked"  # every ticket has been looked at
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    FINISH = "finish"  # nothing is left to be answered


ENDED = frozenset({State.DONE, State.STOPPED})
BY_PEOPLE = (Event.START, Event.PAUSE, Event.RESUME, Event.STOP)

TABLE: Table[State, Event] = Table(
    noun="batch of answers",
    states=State,
    events=Event,
    start=State.PREPARING,
    ends=ENDED,
    rows=MappingProxyType(
        {
            (State.PREPARING, Event.LOOKED): State.READY,
            (State.READY, Event.START): State.RUNNING,
            (State.RUNNING, Event.PAUSE): State.PAUSED,
            (State.RUNNING, Event.FINISH): State.DONE,
            (State.PAUSED, Event.RESUME): State.RUNNING,
            **{(state, Event.STOP): State.STOPPED for state in State if state not in ENDED},
        }
    ),
    words=MappingProxyType({Event.START: "start it", Event.STOP: "stop it"}),
)


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`. Raises TransitionRefused with a sentence that says what is possible."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    """What a person may do with it now."""
    return tuple(event for event in TABLE.possible(state) if event in BY_PEOPLE)
