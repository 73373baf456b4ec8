"""The life of an improvement: anybody proposes, who owns the cause agrees, and what was done is shown on the curve."""

from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["OPEN", "Event", "State", "TransitionRefused", "next_state", "possible_events"]


class State(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    RUNNING = "running"
    DONE = "done"  # from then on its effect is measured
    DROPPED = "dropped"


class Event(StrEnum):
    AGREE = "agree"
    START = "start"
    FINISH = "finish"
    DROP = "drop"
    REOPEN = "reopen"


OPEN = (State.PROPOSED, State.AGREED, State.RUNNING)

TABLE: Table[State, Event] = Table(
    noun="improvement",
    states=State,
    events=Event,
    start=State.PROPOSED,
    rows=MappingProxyType(
        {
            (State.PROPOSED, Event.AGREE): State.AGREED,
            (State.AGREED, Event.START): State.RUNNING,
            (State.AGREED, Event.FINISH): State.DONE,
            (State.RUNNING, Event.FINISH): State.DONE,
            **{(state, Event.DROP): State.DROPPED for state in OPEN},
            (State.DONE, Event.REOPEN): State.RUNNING,
            (State.DROPPED, Event.REOPEN): State.PROPOSED,
        }
    ),
)


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`. Raises TransitionRefused."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    return TABLE.possible(state)
