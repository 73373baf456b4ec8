"""The life of a version of the rulebook or of the crisis plan: draft → in review → active → retired, or back to draft.

What was once active is never active again: a roll-back is a new version with the words of the old one, so that the
history reads in one direction.
"""

from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["Event", "State", "TransitionRefused", "next_state", "possible_events"]


class State(StrEnum):
    DRAFT = "draft"  # being written; the only state in which its words change
    IN_REVIEW = "in_review"  # waits for somebody else to read it
    ACTIVE = "active"  # what holds; there is one
    RETIRED = "retired"  # was active, or was never wanted


class Event(StrEnum):
    SUBMIT = "submit"
    RETURN = "return"  # the reviewer gives it back, with a reason
    ACTIVATE = "activate"  # the reviewer agrees
    REPLACE = "replace"  # another one was switched on
    DISCARD = "discard"


TABLE: Table[State, Event] = Table(
    noun="version",
    states=State,
    events=Event,
    start=State.DRAFT,
    ends=frozenset({State.RETIRED}),
    rows=MappingProxyType(
        {
            (State.DRAFT, Event.SUBMIT): State.IN_REVIEW,
            (State.DRAFT, Event.DISCARD): State.RETIRED,
            (State.IN_REVIEW, Event.RETURN): State.DRAFT,
            (State.IN_REVIEW, Event.ACTIVATE): State.ACTIVE,
            (State.IN_REVIEW, Event.DISCARD): State.RETIRED,
            (State.ACTIVE, Event.REPLACE): State.RETIRED,
        }
    ),
    words=MappingProxyType(
        {
            Event.SUBMIT: "hand it in for review",
            Event.RETURN: "give it back",
            Event.ACTIVATE: "switch it on",
            Event.DISCARD: "discard it",
        }
    ),
)


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`. Raises TransitionRefused with a sentence that says what is possible."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    """What a person may do with a version in this state; a screen offers nothing else."""
    return tuple(event for event in TABLE.possible(state) if event is not Event.REPLACE)
