"""The life of a request for approval: one for each time that somebody's words need a colleague's word.

What was approved still falls when the words are taken back or the customer writes something newer before they leave.
"""

from enum import StrEnum
from types import MappingProxyType

from policies.state_table import Table


class State(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"  # these words, for these reasons
    REJECTED = "rejected"  # back with the author, with a reason
    WITHDRAWN = "withdrawn"  # the reply was taken back or dropped
    SENT_BACK = "sent_back"  # the customer wrote something newer: the author looks again


class Event(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    SEND_BACK = "send_back"


TABLE: Table[State, Event] = Table(
    noun="approval",
    states=State,
    events=Event,
    start=State.WAITING,
    ends=frozenset({State.REJECTED, State.WITHDRAWN, State.SENT_BACK}),
    rows=MappingProxyType(
        {
            (State.WAITING, Event.APPROVE): State.APPROVED,
            (State.WAITING, Event.REJECT): State.REJECTED,
            **{(state, Event.WITHDRAW): State.WITHDRAWN for state in (State.WAITING, State.APPROVED)},
            **{(state, Event.SEND_BACK): State.SENT_BACK for state in (State.WAITING, State.APPROVED)},
        }
    ),
)
