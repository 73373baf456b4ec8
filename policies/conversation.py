"""Where an incoming message belongs: on the ticket that is there, on the same one opened again, or on a new one.

A ticket stands for one author in one thread (root post). A message of the same author in the same thread continues it
within the conversation window after the last word that either side said; after that it is a new matter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from policies.ticket_states import Category, State, info

WINDOW_HOURS = 72.0


class Placement(StrEnum):
    APPEND = "append"
    REOPEN = "reopen"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class LastTicket:
    """The newest ticket of this author in this thread: its state, and when either side last wrote (network time)."""

    state: State
    last_message_at: datetime


def ticket_for(created_at: datetime, last: LastTicket | None, window_hours: float = WINDOW_HOURS) -> Placement:
    """Decide for a message written at `created_at`, the network's time.

    A ticket that is not resolved takes every message, however late: a customer who waits is never put at the end of
    another queue. A resolved one takes a message that was written before its last word (it only arrived late) and one
    within the window, which opens it again. Spam stays spam within the window and is not opened by its author.
    Raises ValueError for a window that is not positive.
    """
    if window_hours <= 0:
        raise ValueError(f"The conversation window must be longer than 0 hours, and this is {window_hours}.")
    if last is None:
        return Placement.NEW
    if info(last.state).category is not Category.RESOLVED:
        return Placement.APPEND
    if created_at > last.last_message_at + timedelta(hours=window_hours):
        return Placement.NEW
    late_arrival = created_at <= last.last_message_at
    return Placement.APPEND if late_arrival or State(last.state) is State.SPAM else Placement.REOPEN
