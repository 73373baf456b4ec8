"""The life of a question to a colleague: it waits for a word until there is one, nobody takes it, or nobody needs it.

A later word adds to an answer. Whoever it was for may go on to somebody else, as long as it waits.
"""

from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["Event", "State", "TransitionRefused", "next_state", "possible_events"]


class State(StrEnum):
    WAITING = "waiting"
    ANSWERED = "answered"
    RETURNED = "returned"  # whoever was asked said that it is not theirs, and there is nobody else
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    ANSWER = "answer"
    PASS_ON = "pass_on"  # to another colleague  # noqa: S105 no password
    GIVE_BACK = "give_back"  # nobody is left whom it is for
    WITHDRAW = "withdraw"


TABLE: Table[State, Event] = Table(
    noun="question",
    states=State,
    events=Event,
    start=State.WAITING,
    ends=frozenset({State.ANSWERED, State.WITHDRAWN}),
    rows=MappingProxyType(
        {
            **{(state, Event.ANSWER): State.ANSWERED for state in (State.WAITING, State.ANSWERED, State.RETURNED)},
            **{(state, Event.PASS_ON): State.WAITING for state in (State.WAITING, State.RETURNED)},
            (State.WAITING, Event.GIVE_BACK): State.RETURNED,
            **{(state, Event.WITHDRAW): State.WITHDRAWN for state in (State.WAITING, State.RETURNED)},
        }
    ),
    words=MappingProxyType(
        {
            Event.ANSWER: "answer it",
            Event.PASS_ON: "pass it on",
            Event.GIVE_BACK: "give it back",
            Event.WITHDRAW: "withdraw it",
        }
    ),
)


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`. Raises TransitionRefused with a sentence that says what is possible."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    """What can still happen to it."""
    return TABLE.possible(state)
