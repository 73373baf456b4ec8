"""The life of a reply in the outbox: seven states and one table.

`unknown` is the careful one: the network's answer was lost, so the reply may stand there for everybody to see. Nothing
but finding it there or a person's decision leads out of it; a reply sent twice costs more than one sent late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["Event", "State", "StateInfo", "TransitionRefused"]


class State(StrEnum):
    HELD = "held"  # waits for a decision: an approval, a gate, an account to be authorised again
    QUEUED = "queued"  # will be sent at its time; can be taken back until then
    SENDING = "sending"  # claimed by a worker, on the wire
    SENT = "sent"
    FAILED = "failed"  # the network refused it: certainly not there
    UNKNOWN = "unknown"  # may or may not be there
    CANCELLED = "cancelled"


class Event(StrEnum):
    CLAIM = "claim"  # a worker takes it to the network
    SENT = "sent"  # the network took it
    FAIL = "fail"  # the network refused it for good
    LOSE = "lose"  # the answer was lost, or the worker died while sending
    RETRY_LATER = "retry_later"  # certainly not sent; a passing fault
    HOLD = "hold"  # a gate closed, or the token died
    FOUND = "found"  # seen on the network after all
    RELEASE = "release"  # a person lets a held one go
    SEND_AGAIN = "send_again"  # a person decides
    CANCEL = "cancel"  # a person takes it back (undo) or drops it


@dataclass(frozen=True, slots=True)
class StateInfo:
    """`settled`: nothing will happen by itself. `needs_person`: shown as work. `cancellable`: can be taken back."""

    settled: bool
    needs_person: bool


STATES: Mapping[State, StateInfo] = MappingProxyType(
    {
        State.HELD: StateInfo(settled=True, needs_person=True),
        State.QUEUED: StateInfo(settled=False, needs_person=False),
        State.SENDING: StateInfo(settled=False, needs_person=False),
        State.SENT: StateInfo(settled=True, needs_person=False),
        State.FAILED: StateInfo(settled=True, needs_person=True),
        State.UNKNOWN: StateInfo(settled=False, needs_person=True),
        State.CANCELLED: StateInfo(settled=True, needs_person=False),
    }
)

PERSON_ONLY = frozenset({Event.RELEASE, Event.SEND_AGAIN, Event.CANCEL})

TABLE: Table[State, Event] = Table(
    noun="reply",
    states=State,
    events=Event,
    start=State.QUEUED,
    ends=frozenset({State.SENT}),
    rows=MappingProxyType(
        {
            (State.QUEUED, Event.CLAIM): State.SENDING,
            (State.QUEUED, Event.HOLD): State.HELD,
            (State.QUEUED, Event.CANCEL): State.CANCELLED,
            (State.SENDING, Event.SENT): State.SENT,
            (State.SENDING, Event.FAIL): State.FAILED,
            (State.SENDING, Event.LOSE): State.UNKNOWN,
            (State.SENDING, Event.RETRY_LATER): State.QUEUED,
            (State.SENDING, Event.HOLD): State.HELD,
            # Found on the network: the truth wherever the reply stands, and the last chance not to send twice.
            **{(state, Event.FOUND): State.SENT for state in State if state is not State.SENDING},
            (State.UNKNOWN, Event.SEND_AGAIN): State.QUEUED,
            (State.UNKNOWN, Event.CANCEL): State.CANCELLED,
            (State.HELD, Event.RELEASE): State.QUEUED,
            (State.HELD, Event.CANCEL): State.CANCELLED,
            (State.FAILED, Event.SEND_AGAIN): State.QUEUED,
            (State.FAILED, Event.CANCEL): State.CANCELLED,
        }
    ),
    words=MappingProxyType(
        {
            Event.CLAIM: "start sending",
            Event.RELEASE: "release it",
            Event.SEND_AGAIN: "send it again",
            Event.CANCEL: "cancel it",
            Event.HOLD: "hold it",
            Event.FOUND: "record that it was found on the network",
        }
    ),
)


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`. Raises TransitionRefused with a sentence that says what is possible."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    """What a person may do with a reply in this state; a screen offers nothing else."""
    return tuple(event for event in TABLE.possible(state) if event in PERSON_ONLY)


def info(state: State | str) -> StateInfo:
    """What the desk needs to know of a state."""
    return STATES[State(state)]
