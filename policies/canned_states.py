"""The life of a canned response: a draft until it is put on offer, and a draft again when it is taken off.

A rulebook that is switched on suspends those that break it, and brings back those that break it no more.
"""

from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["BY_PEOPLE", "Event", "State", "TransitionRefused", "next_state", "possible_events"]


class State(StrEnum):
    DRAFT = "draft"  # agents do not see it
    ACTIVE = "active"  # on offer where its scope and its dates say so
    SUSPENDED = "suspended"  # would be on offer, and breaks the rulebook


class Event(StrEnum):
    ACTIVATE = "activate"
    WITHDRAW = "withdraw"
    SUSPEND = "suspend"
    RESTORE = "restore"


BY_PEOPLE = (Event.ACTIVATE, Event.WITHDRAW)  # the others a rulebook does


TABLE: Table[State, Event] = Table(
    noun="canned response",
    states=State,
    events=Event,
    start=State.DRAFT,
    rows=MappingProxyType(
        {
            (State.DRAFT, Event.ACTIVATE): State.ACTIVE,
            (State.SUSPENDED, Event.ACTIVATE): State.ACTIVE,
            (State.ACTIVE, Event.WITHDRAW): State.DRAFT,
            (State.SUSPENDED, Event.WITHDRAW): State.DRAFT,
            (State.ACTIVE, Event.SUSPEND): State.SUSPENDED,
            (State.SUSPENDED, Event.RESTORE): State.ACTIVE,
        }
    ),
    words=MappingProxyType(
        {
            Event.ACTIVATE: "activate it",
            Event.WITHDRAW: "take it off offer",
            Event.SUSPEND: "suspend it",
            Event.RESTORE: "bring it back",
        }
    ),
)


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`. Raises TransitionRefused with a sentence that says what is possible."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    """What a person may do with it now."""
    return tuple(event for event in TABLE.possible(state) if event in BY_PEOPLE)
