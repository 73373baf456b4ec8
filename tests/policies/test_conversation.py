"""Append, reopen or a new ticket."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.conversation import LastTicket, Placement, ticket_for
from policies.ticket_states import State

LAST_WORD = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "hours_later", "expected"),
    [
        (None, 0, Placement.NEW),
        (State.NEW, 1, Placement.APPEND),
        (State.OPEN, 71, Placement.APPEND),
        (State.OPEN, 500, Placement.APPEND),
        (State.WAITING_FOR_CUSTOMER, 100, Placement.APPEND),
        (State.SNOOZED, 100, Placement.APPEND),
        (State.RESOLVED, 1, Placement.REOPEN),
        (State.RESOLVED, 72, Placement.REOPEN),
        (State.RESOLVED, 72.01, Placement.NEW),
        (State.RESOLVED, -1, Placement.APPEND),
        (State.RESOLVED, 0, Placement.APPEND),
        (State.SPAM, 1, Placement.APPEND),
        (State.SPAM, 73, Placement.NEW),
    ],
)
def test_where_a_message_belongs(state: State | None, hours_later: float, expected: Placement) -> None:
    last = None if state is None else LastTicket(state, LAST_WORD)
    assert ticket_for(LAST_WORD + timedelta(hours=hours_later), last) is expected


def test_the_window_can_be_another() -> None:
    last = LastTicket(State.RESOLVED, LAST_WORD)
    assert ticket_for(LAST_WORD + timedelta(hours=25), last, window_hours=24) is Placement.NEW


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 0"):
        ticket_for(LAST_WORD, None, window_hours=0)
