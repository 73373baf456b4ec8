"""The life of a ticket: seven states, one table, and which states pause. `policies.story` has the clocks.

Events are of two kinds. *Facts* have happened out there (the customer wrote, an answer went out): no state refuses
them. *Wishes* are somebody's decision and are refused where they make no sense, with a sentence that says what does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table, TransitionRefused

__all__ = ["Category", "Event", "State", "StateInfo", "TransitionRefused"]


class State(StrEnum):
    NEW = "new"
    OPEN = "open"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    WAITING_FOR_COLLEAGUE = "waiting_for_colleague"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    SPAM = "spam"


class Category(StrEnum):
    OPEN = "open"  # somebody should act now
    WAITING = "waiting"  # alive, but nobody need act at this moment
    RESOLVED = "resolved"  # done


class Event(StrEnum):
    # facts
    CUSTOMER_WROTE = "customer_wrote"
    REPLIED = "replied"  # a person answered: in public, in private, or in the network's own app
    COLLEAGUE_ANSWERED = "colleague_answered"
    ORIGINAL_DELETED = "original_deleted"  # the customer took back what waits for an answer
    # wishes
    CLAIM = "claim"
    OPEN = "open"
    WAIT_FOR_CUSTOMER = "wait_for_customer"
    ASK_COLLEAGUE = "ask_colleague"
    SNOOZE = "snooze"
    WAKE = "wake"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    MARK_SPAM = "mark_spam"
    NOT_SPAM = "not_spam"


FACTS = frozenset({Event.CUSTOMER_WROTE, Event.REPLIED, Event.COLLEAGUE_ANSWERED, Event.ORIGINAL_DELETED})


@dataclass(frozen=True, slots=True)
class StateInfo:
    """What the desk needs to know of a state. `pauses_sla`: the time spent in it is not held against the company."""

    category: Category
    pauses_sla: bool = False


STATES: Mapping[State, StateInfo] = MappingProxyType(
    {
        State.NEW: StateInfo(Category.OPEN),
        State.OPEN: StateInfo(Category.OPEN),
        State.WAITING_FOR_CUSTOMER: StateInfo(Category.WAITING, pauses_sla=True),
        # The customer waits just as long while we ask around or look away: neither pauses the clock.
        State.WAITING_FOR_COLLEAGUE: StateInfo(Category.WAITING),
        State.SNOOZED: StateInfo(Category.WAITING),
        State.RESOLVED: StateInfo(Category.RESOLVED),
        State.SPAM: StateInfo(Category.RESOLVED),
    }
)


def _rows() -> dict[tuple[State, Event], State]:
    new, open_, customer, colleague = State.NEW, State.OPEN, State.WAITING_FOR_CUSTOMER, State.WAITING_FOR_COLLEAGUE
    snoozed, resolved, spam = State.SNOOZED, State.RESOLVED, State.SPAM
    alive = (new, open_, customer, colleague, snoozed)
    stays = {(state, fact): state for state in State for fact in FACTS}
    return {
        **stays,
        # A customer who writes is heard again, except while the question lies with a colleague, and except as spam.
        **{(state, Event.CUSTOMER_WROTE): open_ for state in (customer, snoozed, resolved)},
        # An answer leaves ten seconds after it was submitted: whoever snoozed, asked or resolved meanwhile meant it.
        **{(state, Event.REPLIED): customer for state in (new, open_)},
        (colleague, Event.COLLEAGUE_ANSWERED): open_,
        **{(state, Event.CLAIM): state for state in alive},
        (new, Event.CLAIM): open_,
        **{(state, Event.OPEN): open_ for state in (new, customer, colleague)},
        **{(state, Event.WAIT_FOR_CUSTOMER): customer for state in (new, open_, colleague, snoozed)},
        **{(state, Event.ASK_COLLEAGUE): colleague for state in alive},
        **{(state, Event.SNOOZE): snoozed for state in alive},
        (snoozed, Event.WAKE): open_,
        **{(state, Event.RESOLVE): resolved for state in alive},
        (resolved, Event.REOPEN): open_,
        **{(state, Event.MARK_SPAM): spam for state in (*alive, resolved)},
        (spam, Event.NOT_SPAM): open_,
    }


TABLE: Table[State, Event] = Table(
    noun="ticket",
    states=State,
    events=Event,
    start=State.NEW,
    rows=MappingProxyType(_rows()),
    facts=FACTS,
    words=MappingProxyType(
        {
            Event.CLAIM: "claim it",
            Event.OPEN: "open it",
            Event.WAIT_FOR_CUSTOMER: "wait for the customer",
            Event.ASK_COLLEAGUE: "ask a colleague",
            Event.SNOOZE: "snooze it",
            Event.WAKE: "wake it",
            Event.RESOLVE: "resolve it",
            Event.REOPEN: "reopen it",
            Event.MARK_SPAM: "mark it as spam",
            Event.NOT_SPAM: "say that it is not spam",
        }
    ),
)


def next_state(state: State | str, event: Event | str) -> State:
    """The state after `event`; equal to `state` where the event changes nothing. Raises TransitionRefused."""
    return TABLE.next(state, event)


def possible_events(state: State | str) -> tuple[Event, ...]:
    """The wishes that a screen may offer in this state."""
    return tuple(event for event in TABLE.possible(state) if event not in FACTS)


def event_towards(state: State | str, target: State | str) -> Event:
    """The wish that leads from `state` to `target`, for callers who name a state and not an event.

    Raises TransitionRefused where no single step does, and where the ticket is there already.
    """
    steps = tuple(event for event in TABLE.reaches(state, target) if event not in FACTS)
    if steps and State(state) is not State(target):
        # `claim` changes the owner too, so it is never what somebody meant who only named a state.
        return next(event for event in steps if event is not Event.CLAIM)
    targets = tuple(dict.fromkeys(next_state(state, event) for event in possible_events(state)))
    others = tuple(other for other in targets if other is not State(state))
    already = "is already" if State(state) is State(target) else "can't become"
    options = ", ".join(other.replace("_", " ") for other in others)
    words = State(target).replace("_", " ")
    raise TransitionRefused(f"This ticket {already} {words}. From here it can become: {options}.", others)


def info(state: State | str) -> StateInfo:
    """Category and pause of a state."""
    return STATES[State(state)]


def _check_complete() -> None:
    if missing := [state for state in State if state not in STATES]:
        raise ValueError(f"No metadata for the ticket states {', '.join(missing)}.")


_check_complete()
