"""The life of a canned response: a draft until it is put on offer, and a draft again when it is taken off."""

from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["Event", "State", "TransitionRefused", "next_state", "possible_events"]


class State(StrEnum):
    DRAFT = "draft"  # agents do not see it
    ACTIVE = "active"  # on offer where its scope and its dates say so


class Event(StrEnum):
    ACTIVATE = "activate"
    WITHDRAW = "withdraw"


TABLE: Table[State, Event] = Table(
    noun="canned response",
    states=State,
    events=Event,
    start=State.DRAFT,
    rows=MappingProxyType({(State.DRAFT, Event.ACTIVATE): State.ACTIVE, (State.ACTIVE, Event.WITHDRAW): State.DRAFT}),
    words=MappingProxyType({Event.ACTIVATE: "activate it", Event.WITHDRAW: "take it off offer"}),
)


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`. Raises TransitionRefused with a sentence that says what is possible."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    """What a person may do with it now."""
    return TABLE.possible(state)
