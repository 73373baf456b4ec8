"""The life of a question to a colleague, step by step."""

import pytest

from policies.question_states import Event, State, TransitionRefused, next_state, possible_events


@pytest.mark.parametrize(
    ("state", "event", "target"),
    [
        ("waiting", "answer", "answered"),
        ("answered", "answer", "answered"),
        ("returned", "answer", "answered"),
        ("waiting", "pass_on", "waiting"),
        ("returned", "pass_on", "waiting"),
        ("waiting", "give_back", "returned"),
        ("waiting", "withdraw", "withdrawn"),
        ("returned", "withdraw", "withdrawn"),
    ],
)
def test_where_each_step_leads(state: str, event: str, target: str) -> None:
    assert next_state(state, event) == target


@pytest.mark.parametrize(
    ("state", "event"),
    [("answered", "withdraw"), ("answered", "pass_on"), ("answered", "give_back"), ("returned", "give_back")],
)
def test_what_was_answered_stays_so(state: str, event: str) -> None:
    with pytest.raises(TransitionRefused):
        next_state(state, event)


def test_nothing_happens_to_a_question_that_was_withdrawn() -> None:
    assert possible_events(State.WITHDRAWN) == ()
    assert set(possible_events(State.WAITING)) == set(Event)
