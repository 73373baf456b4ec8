"""A crisis step by step: its states, its levels, and the two people that level 3 wants."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.crisis_states import (
    ALONE,
    TABLE,
    Event,
    Level,
    MoveRefused,
    Standing,
    State,
    TransitionRefused,
    Why,
    next_state,
    possible_events,
)

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
NOOR, DAAN, HANNA = 1, 2, 3
STEPS = [
    ("suspected", "activate", "active"),
    ("suspected", "change_scope", "suspected"),
    ("suspected", "hand_over", "suspected"),
    ("suspected", "dismiss", "dismissed"),
    ("active", "set_level", "active"),
    ("active", "confirm", "active"),
    ("active", "lapse", "active"),
    ("active", "change_scope", "active"),
    ("active", "hand_over", "active"),
    ("active", "stand_down", "stood_down"),
    ("active", "dismiss", "dismissed"),
    ("stood_down", "hand_over", "stood_down"),
    ("stood_down", "review", "reviewed"),
]


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(("state", "event", "target"), STEPS)
def test_a_crisis_takes_this_step(state: str, event: str, target: str) -> None:
    assert next_state(state, event) == target


def test_there_is_no_other_step() -> None:
    assert {(str(state), str(event)) for state, event in TABLE.rows} == {(state, event) for state, event, _ in STEPS}


@pytest.mark.parametrize(
    ("state", "event", "hint"),
    [
        ("suspected", "stand_down", "dismiss it"),
        ("suspected", "confirm", "start it"),
        ("active", "activate", "stand down"),
        ("active", "review", "stand down"),
        ("stood_down", "set_level", "close its review"),
        ("stood_down", "dismiss", "close its review"),
        ("reviewed", "stand_down", "Nothing can change it any more"),
        ("dismissed", "activate", "Nothing can change it any more"),
    ],
)
def test_a_crisis_refuses_and_says_what_is_possible(state: str, event: str, hint: str) -> None:
    with pytest.raises(TransitionRefused, match=hint):
        next_state(state, event)


def test_what_time_alone_does_is_never_on_offer() -> None:
    assert not any(Event.LAPSE in possible_events(state) for state in State)


def test_a_suspicion_has_no_level_and_one_that_is_over_has_none_either() -> None:
    assert Standing().level_at(NOON) == 0
    active = Standing().at_level(2, NOOR, NOON)
    assert active.level_at(NOON) == 2
    assert active.after(Event.STAND_DOWN).level_at(NOON) == 0
    assert active.after(Event.DISMISS).level_at(NOON) == 0


@pytest.mark.parametrize("level", [1, 2])
def test_levels_one_and_two_want_one_person_and_never_lapse(level: int) -> None:
    standing = Standing().at_level(level, NOOR, NOON)
    assert standing == Standing(State.ACTIVE, level)
    assert standing.level_at(at(100_000)) == level


def test_one_person_alone_has_level_three_for_half_an_hour() -> None:
    standing = Standing().at_level(3, NOOR, NOON)
    assert standing == Standing(State.ACTIVE, 3, asked_by=NOOR, lapses_at=NOON + ALONE)
    assert [standing.level_at(at(minutes)) for minutes in (0, 29.99, 30, 500)] == [3, 3, 2, 2]
    assert standing.lapsed(at(29.99)) == standing
    assert standing.lapsed(at(30)).level == 2


def test_a_second_person_makes_it_last() -> None:
    standing = Standing().at_level(3, NOOR, NOON).confirmed(DAAN, at(29))
    assert (standing.confirmed_by, standing.lapses_at, standing.level_at(at(500))) == (DAAN, None, 3)


@pytest.mark.parametrize(
    ("who", "minute", "why"),
    [(NOOR, 5, Why.OWN_WORD), (DAAN, 30, Why.NOTHING_TO_CONFIRM), (DAAN, 31, Why.NOTHING_TO_CONFIRM)],
)
def test_who_asked_is_not_the_second_and_what_lapsed_can_not_be_confirmed(who: int, minute: float, why: Why) -> None:
    with pytest.raises(MoveRefused) as refused:
        Standing().at_level(3, NOOR, NOON).confirmed(who, at(minute))
    assert refused.value.why is why


def test_a_second_person_who_asks_for_the_same_is_told_to_confirm() -> None:
    standing = Standing().at_level(3, NOOR, NOON)
    for who in (NOOR, DAAN):
        with pytest.raises(MoveRefused) as refused:
            standing.at_level(3, who, at(1))
        assert refused.value.why is Why.WAITS_FOR_SECOND
    with pytest.raises(MoveRefused) as refused:
        standing.confirmed(DAAN, at(1)).at_level(3, HANNA, at(2))
    assert refused.value.why is Why.SAME_LEVEL
    with pytest.raises(MoveRefused) as refused:
        standing.confirmed(DAAN, at(1)).confirmed(HANNA, at(2))
    assert refused.value.why is Why.NOTHING_TO_CONFIRM


def test_lowering_and_raising_again_buys_nobody_more_time() -> None:
    again = Standing().at_level(3, NOOR, NOON).at_level(2, NOOR, at(20)).at_level(3, NOOR, at(25))
    assert again.lapses_at == NOON + ALONE
    lowered = again.at_level(1, NOOR, at(28))
    with pytest.raises(MoveRefused) as refused:
        lowered.at_level(3, NOOR, at(30))
    assert refused.value.why is Why.HAD_THEIR_TIME
    assert lowered.at_level(3, DAAN, at(30)).lapses_at == at(60)


def test_after_a_lapse_another_person_may_ask_and_the_first_may_then_confirm() -> None:
    lapsed = Standing().at_level(3, NOOR, NOON).lapsed(at(31))
    with pytest.raises(MoveRefused) as refused:
        lapsed.at_level(3, NOOR, at(40))
    assert refused.value.why is Why.HAD_THEIR_TIME
    both = lapsed.at_level(3, DAAN, at(40)).confirmed(NOOR, at(41))
    assert both.level_at(at(5_000)) == 3


def test_what_two_stood_behind_can_be_asked_for_anew_once_it_was_lowered() -> None:
    lowered = Standing().at_level(3, NOOR, NOON).confirmed(DAAN, at(5)).at_level(1, DAAN, at(90))
    again = lowered.at_level(3, NOOR, at(100))
    assert (again.confirmed_by, again.lapses_at) == (None, at(130))


@pytest.mark.parametrize("level", [-1, 0, 4])
def test_there_are_three_levels(level: int) -> None:
    with pytest.raises(ValueError, match="no level"):
        Standing().at_level(level, NOOR, NOON)


def test_the_levels_are_in_order() -> None:
    assert sorted(Level) == [Level.SUSPICION, Level.WATCH, Level.ELEVATED, Level.CRISIS]
