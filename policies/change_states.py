"""The life of a change: drafted or proposed, perhaps planned for a moment, then in force, declined or taken back."""

from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["OPEN", "Event", "State", "TransitionRefused", "next_state", "possible_events"]


class State(StrEnum):
    DRAFT = "draft"  # its author still works on it
    PROPOSED = "proposed"  # it asks for the word of whoever owns the thing
    PLANNED = "planned"  # it is switched on by itself when its moment has come
    ADOPTED = "adopted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    PROPOSE = "propose"
    PLAN = "plan"
    ADOPT = "adopt"
    UNPLAN = "unplan"
    FAIL = "fail"  # its moment came, and the desk refused it
    DECLINE = "decline"
    WITHDRAW = "withdraw"


OPEN = (State.DRAFT, State.PROPOSED, State.PLANNED)

TABLE: Table[State, Event] = Table(
    noun="change",
    states=State,
    events=Event,
    start=State.DRAFT,
    rows=MappingProxyType(
        {
            (State.DRAFT, Event.PROPOSE): State.PROPOSED,
            (State.DRAFT, Event.PLAN): State.PLANNED,
            (State.PROPOSED, Event.PLAN): State.PLANNED,
            (State.PLANNED, Event.UNPLAN): State.PROPOSED,
            (State.PLANNED, Event.FAIL): State.PROPOSED,
            **{(state, Event.ADOPT): State.ADOPTED for state in OPEN},
            (State.PROPOSED, Event.DECLINE): State.DECLINED,
            (State.DRAFT, Event.WITHDRAW): State.WITHDRAWN,
            (State.PROPOSED, Event.WITHDRAW): State.WITHDRAWN,
        }
    ),
    ends=frozenset({State.ADOPTED, State.DECLINED, State.WITHDRAWN}),
)


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`. Raises TransitionRefused."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    return TABLE.possible(state)
