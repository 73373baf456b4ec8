"""Both tables row by row, and what must hold for any sequence of events."""

from collections.abc import Mapping
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import reply_states, ticket_states
from policies.reply_states import Event as ReplyEvent
from policies.reply_states import State as ReplyState
from policies.state_table import BadTable, Table, TransitionRefused
from policies.ticket_states import FACTS, Category, Event, State

TICKET_STEPS = [
    ("new", "claim", "open"),
    ("open", "claim", "open"),
    ("snoozed", "claim", "snoozed"),
    ("new", "customer_wrote", "new"),
    ("open", "customer_wrote", "open"),
    ("waiting_for_customer", "customer_wrote", "open"),
    ("waiting_for_colleague", "customer_wrote", "waiting_for_colleague"),
    ("snoozed", "customer_wrote", "open"),
    ("resolved", "customer_wrote", "open"),
    ("spam", "customer_wrote", "spam"),
    ("new", "replied", "waiting_for_customer"),
    ("open", "replied", "waiting_for_customer"),
    ("snoozed", "replied", "snoozed"),
    ("waiting_for_colleague", "replied", "waiting_for_colleague"),
    ("resolved", "replied", "resolved"),
    ("spam", "replied", "spam"),
    ("open", "ask_colleague", "waiting_for_colleague"),
    ("waiting_for_colleague", "colleague_answered", "open"),
    ("resolved", "colleague_answered", "resolved"),
    ("open", "snooze", "snoozed"),
    ("snoozed", "snooze", "snoozed"),
    ("snoozed", "wake", "open"),
    ("waiting_for_customer", "resolve", "resolved"),
    ("resolved", "reopen", "open"),
    ("resolved", "mark_spam", "spam"),
    ("spam", "not_spam", "open"),
    ("open", "original_deleted", "open"),
    ("open", "wait_for_customer", "waiting_for_customer"),
]

TICKET_REFUSALS = [
    ("spam", "resolve", "say that it is not spam"),
    ("resolved", "resolve", "reopen it"),
    ("resolved", "snooze", "reopen it"),
    ("open", "wake", "resolve it"),
    ("new", "reopen", "claim it"),
    ("open", "not_spam", "mark it as spam"),
    ("resolved", "claim", "reopen it"),
    ("nowhere", "claim", "waiting_for_colleague"),
    ("new", "explode", "ask_colleague"),
]


@pytest.mark.parametrize(("state", "event", "target"), TICKET_STEPS)
def test_a_ticket_takes_this_step(state: str, event: str, target: str) -> None:
    assert ticket_states.next_state(state, event) == target


@pytest.mark.parametrize(("state", "event", "hint"), TICKET_REFUSALS)
def test_a_ticket_refuses_and_says_what_is_possible(state: str, event: str, hint: str) -> None:
    with pytest.raises(TransitionRefused) as refusal:
        ticket_states.next_state(state, event)
    assert hint in str(refusal.value)
    assert refusal.value.possible


@pytest.mark.parametrize(
    ("state", "target", "event"),
    [
        ("new", "open", "open"),
        ("snoozed", "open", "wake"),
        ("resolved", "open", "reopen"),
        ("spam", "open", "not_spam"),
        ("open", "spam", "mark_spam"),
        ("open", "waiting_for_customer", "wait_for_customer"),
    ],
)
def test_naming_a_state_finds_the_wish(state: str, target: str, event: str) -> None:
    assert ticket_states.event_towards(state, target) == event


@pytest.mark.parametrize(
    ("state", "target"), [("spam", "resolved"), ("open", "open"), ("open", "new"), ("open", "gone")]
)
def test_naming_a_state_out_of_reach_is_refused(state: str, target: str) -> None:
    with pytest.raises(TransitionRefused):
        ticket_states.event_towards(state, target)


def test_only_waiting_for_the_customer_pauses_the_sla() -> None:
    assert [state for state in State if ticket_states.info(state).pauses_sla] == [State.WAITING_FOR_CUSTOMER]


def test_facts_are_never_on_offer_as_wishes() -> None:
    assert not any(FACTS & set(ticket_states.possible_events(state)) for state in State)


@given(st.lists(st.sampled_from(list(Event))))
def test_no_sequence_of_events_leaves_the_table_or_gets_stuck(events: list[Event]) -> None:
    state = State.NEW
    for event in events:
        try:
            state = ticket_states.next_state(state, event)
        except TransitionRefused:
            assert event not in FACTS
    assert state in State
    if state is State.SPAM:
        state = ticket_states.next_state(state, Event.NOT_SPAM)
    if state is State.RESOLVED:
        assert ticket_states.next_state(state, Event.REOPEN) is State.OPEN
    else:
        resolved = ticket_states.next_state(state, Event.RESOLVE)
        assert ticket_states.info(resolved).category is Category.RESOLVED


REPLY_STEPS = [
    ("queued", "claim", "sending"),
    ("queued", "cancel", "cancelled"),
    ("queued", "hold", "held"),
    ("queued", "found", "sent"),
    ("sending", "sent", "sent"),
    ("sending", "fail", "failed"),
    ("sending", "lose", "unknown"),
    ("sending", "retry_later", "queued"),
    ("sending", "hold", "held"),
    ("unknown", "found", "sent"),
    ("unknown", "send_again", "queued"),
    ("unknown", "cancel", "cancelled"),
    ("held", "release", "queued"),
    ("held", "cancel", "cancelled"),
    ("failed", "send_again", "queued"),
    ("failed", "cancel", "cancelled"),
    ("cancelled", "found", "sent"),
    ("sent", "found", "sent"),
]


@pytest.mark.parametrize(("state", "event", "target"), REPLY_STEPS)
def test_a_reply_takes_this_step(state: str, event: str, target: str) -> None:
    assert reply_states.next_state(state, event) == target


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("sending", "cancel"),  # it is on the wire: too late to undo
        ("sending", "claim"),
        ("unknown", "claim"),
        ("unknown", "retry_later"),
        ("held", "claim"),
        ("sent", "cancel"),
        ("sent", "send_again"),
        ("cancelled", "send_again"),
        ("cancelled", "claim"),
    ],
)
def test_a_reply_refuses(state: str, event: str) -> None:
    with pytest.raises(TransitionRefused):
        reply_states.next_state(state, event)


@given(st.lists(st.sampled_from([event for event in ReplyEvent if event not in reply_states.PERSON_ONLY])))
def test_no_machine_sends_twice_once_the_outcome_is_unknown(events: list[ReplyEvent]) -> None:
    state = ReplyState.UNKNOWN
    for event in events:
        try:
            state = reply_states.next_state(state, event)
        except TransitionRefused:
            continue
        assert state is ReplyState.SENT


@given(st.lists(st.sampled_from(list(ReplyEvent))))
def test_what_was_sent_stays_sent(events: list[ReplyEvent]) -> None:
    state, was_sent = ReplyState.QUEUED, False
    for event in events:
        try:
            state = reply_states.next_state(state, event)
        except TransitionRefused:
            continue
        assert not was_sent or state is ReplyState.SENT
        was_sent = was_sent or state is ReplyState.SENT


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


class Push(StrEnum):
    BUTTON = "button"
    LEVER = "lever"


@pytest.mark.parametrize(
    ("rows", "ends", "fault"),
    [
        ({(Light.RED, Push.BUTTON): Light.RED, (Light.RED, Push.LEVER): Light.RED}, frozenset(), "can't be reached"),
        ({(Light.RED, Push.BUTTON): Light.GREEN, (Light.RED, Push.LEVER): Light.RED}, frozenset(), "dead end"),
        (
            {(Light.RED, Push.BUTTON): Light.GREEN, (Light.GREEN, Push.LEVER): Light.RED},
            frozenset({Light.GREEN}),
            "can be left",
        ),
        ({(Light.RED, Push.BUTTON): Light.GREEN, (Light.GREEN, Push.BUTTON): Light.RED}, frozenset(), "leads nowhere"),
        ({(Light.RED, Push.BUTTON): "blue"}, frozenset(), "unknown state"),
        ({(Light.RED, "kick"): Light.GREEN}, frozenset(), "no known event"),
    ],
)
def test_a_bad_table_is_refused(rows: Mapping[tuple[Light, Push], Light], ends: frozenset[Light], fault: str) -> None:
    with pytest.raises(BadTable, match=fault):
        Table("light", Light, Push, Light.RED, rows, ends)


def test_a_fact_that_a_state_refuses_is_a_fault() -> None:
    rows = {(Light.RED, Push.BUTTON): Light.GREEN, (Light.GREEN, Push.LEVER): Light.RED}
    with pytest.raises(BadTable, match="is a fact but green refuses it"):
        Table("light", Light, Push, Light.RED, rows, facts=frozenset({Push.BUTTON}))
