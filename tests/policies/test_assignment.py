"""To whom a ticket goes."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.assignment import Candidate, Choice, Method, Reason, Wanted, choose, share_out, skills_asked

TURN, LEAST = Method.ROUND_ROBIN, Method.LEAST_LOADED
ANNA, BO, CAS = Candidate(1, open_tickets=3), Candidate(2, open_tickets=1), Candidate(3, open_tickets=2)
TEAM = (ANNA, BO, CAS)


def off(one: Candidate) -> Candidate:
    return replace(one, on_duty=False)


def speaks(one: Candidate, *languages: str) -> Candidate:
    return replace(one, languages=frozenset(languages))


def can(one: Candidate, *skills: str) -> Candidate:
    return replace(one, skills=frozenset(skills))


@pytest.mark.parametrize(
    ("team", "ticket", "method", "after", "choice"),
    [
        ((), Wanted(), TURN, 0, Choice(None, Reason.NOBODY_ON_DUTY)),
        (TEAM, Wanted(), TURN, 0, Choice(1, Reason.NEXT_IN_TURN)),
        (TEAM, Wanted(), TURN, 1, Choice(2, Reason.NEXT_IN_TURN)),
        (TEAM, Wanted(), TURN, 3, Choice(1, Reason.NEXT_IN_TURN)),
        (TEAM, Wanted(), TURN, 99, Choice(1, Reason.NEXT_IN_TURN)),  # who had the turn has left
        (tuple(reversed(TEAM)), Wanted(), TURN, 1, Choice(2, Reason.NEXT_IN_TURN)),  # whatever order they come in
        (TEAM, Wanted(), LEAST, 0, Choice(2, Reason.FEWEST_OPEN)),
        ((ANNA, off(BO), CAS), Wanted(), LEAST, 0, Choice(3, Reason.FEWEST_OPEN)),
        ((replace(ANNA, open_tickets=1), BO, CAS), Wanted(), LEAST, 1, Choice(2, Reason.FEWEST_OPEN)),
        ((replace(ANNA, open_tickets=1), BO, CAS), Wanted(), LEAST, 2, Choice(1, Reason.FEWEST_OPEN)),
        ((off(ANNA), off(BO)), Wanted(last_owner=1), TURN, 0, Choice(None, Reason.NOBODY_ON_DUTY)),
        (TEAM, Wanted(last_owner=3), TURN, 0, Choice(3, Reason.LAST_OWNER)),
        ((ANNA, off(BO)), Wanted(last_owner=2), TURN, 0, Choice(1, Reason.NEXT_IN_TURN)),
        ((ANNA, replace(BO, cap=1)), Wanted(last_owner=2), TURN, 0, Choice(1, Reason.NEXT_IN_TURN)),
        ((replace(ANNA, cap=3), replace(BO, cap=0)), Wanted(), TURN, 0, Choice(None, Reason.ALL_FULL)),
        ((replace(ANNA, cap=4), replace(BO, cap=0)), Wanted(), LEAST, 0, Choice(1, Reason.FEWEST_OPEN)),
        ((speaks(ANNA, "en"), speaks(BO, "nl", "en")), Wanted("nl"), TURN, 0, Choice(2, Reason.NEXT_IN_TURN)),
        ((speaks(ANNA, "en"), speaks(BO, "nl")), Wanted("de"), TURN, 0, Choice(None, Reason.NOBODY_SPEAKS)),
        ((speaks(ANNA, "en"), BO), Wanted("de"), TURN, 0, Choice(2, Reason.NEXT_IN_TURN)),  # Bo has said none
        ((speaks(ANNA, "en"),), Wanted(""), TURN, 0, Choice(1, Reason.NEXT_IN_TURN)),  # nobody knows the language
        ((can(ANNA, "refund"), BO), Wanted(skills=frozenset({"refund"})), TURN, 1, Choice(1, Reason.NEXT_IN_TURN)),
        (
            (can(ANNA, "refund"), can(BO, "x")), Wanted(skills=frozenset({"refund", "x"})), TURN, 0,
            Choice(None, Reason.NOBODY_SKILLED),
        ),
        (TEAM, Wanted(not_for=frozenset({1})), TURN, 0, Choice(2, Reason.NEXT_IN_TURN)),
        ((ANNA,), Wanted(not_for=frozenset({1})), TURN, 0, Choice(None, Reason.NOBODY_ELSE)),
    ],
)  # fmt: skip
def test_who_gets_it(team: tuple[Candidate, ...], ticket: Wanted, method: Method, after: int, choice: Choice) -> None:
    assert choose(team, ticket, method, after) == choice


def test_a_ticket_asks_for_skills_that_somebody_has() -> None:
    known = [frozenset({"refund", "x"}), frozenset({"lost"})]
    assert skills_asked(["Refund", "angry", "x"], known) == {"refund", "x"}
    assert skills_asked(["refund"], []) == frozenset()


def test_the_last_owner_costs_nobody_a_turn() -> None:
    choices, after = share_out(TEAM, [Wanted(), Wanted(last_owner=3), Wanted()], TURN)
    assert [one.id for one in choices] == [1, 3, 2]
    assert after == 2


people = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 30),
        on_duty=st.booleans(),
        open_tickets=st.integers(0, 6),
        cap=st.none() | st.integers(0, 8),
        languages=st.frozensets(st.sampled_from(["nl", "en", "de"]), max_size=2),
        skills=st.frozensets(st.sampled_from(["refund", "x"]), max_size=2),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)
wanted = st.builds(
    Wanted,
    language=st.sampled_from(["", "nl", "en", "de", "fr"]),
    skills=st.frozensets(st.sampled_from(["refund", "x"]), max_size=1),
    last_owner=st.none() | st.integers(1, 30),
    not_for=st.frozensets(st.integers(1, 30), max_size=3),
)
methods = st.sampled_from([TURN, LEAST])


@given(people, st.lists(wanted, max_size=30), methods, st.integers(0, 40))
def test_nobody_who_is_away_is_given_anything_and_nobody_more_than_their_cap(
    team: list[Candidate], tickets: list[Wanted], method: Method, after: int
) -> None:
    choices, _after = share_out(team, tickets, method, after)
    by_id = {one.id: one for one in team}
    given_to = Counter(choice.id for choice in choices if choice.id is not None)
    for person, count in given_to.items():
        assert by_id[person].on_duty
        cap = by_id[person].cap
        assert cap is None or by_id[person].open_tickets + count <= cap
    for choice, ticket in zip(choices, tickets, strict=True):
        if choice.id is not None:
            one = by_id[choice.id]
            assert not ticket.language or not one.languages or ticket.language in one.languages
            assert ticket.skills <= one.skills
            assert one.id not in ticket.not_for


@given(people, st.lists(wanted, max_size=30), methods, st.integers(0, 40))
def test_nobody_gets_it_only_where_nobody_can(
    team: list[Candidate], tickets: list[Wanted], method: Method, after: int
) -> None:
    for ticket in tickets:
        can_take = [
            one for one in team
            if one.on_duty and one.has_room and ticket.skills <= one.skills and one.id not in ticket.not_for
            and (not ticket.language or not one.languages or ticket.language in one.languages)
        ]  # fmt: skip
        choice = choose(team, ticket, method, after)
        assert (choice.id is None) == (not can_take)
        if any(one.id == ticket.last_owner for one in can_take):
            assert choice.id == ticket.last_owner


@given(st.sets(st.integers(1, 1_000), min_size=1, max_size=9), st.integers(0, 60), st.integers(0, 1_000))
def test_turns_among_equals_differ_by_at_most_one(ids: set[int], count: int, after: int) -> None:
    choices, _after = share_out([Candidate(one) for one in ids], [Wanted()] * count, TURN, after)
    turns = Counter(dict.fromkeys(ids, 0))
    turns.update(choice.id for choice in choices if choice.id is not None)
    assert max(turns.values()) - min(turns.values()) <= 1


@given(st.sets(st.integers(1, 1_000), min_size=1, max_size=9), st.lists(st.integers(0, 20), max_size=6))
def test_turns_go_on_where_the_last_run_stopped(ids: set[int], portions: list[int]) -> None:
    team = [Candidate(one) for one in ids]
    whole, _after = share_out(team, [Wanted()] * sum(portions), TURN)
    after, parts = 0, []
    for portion in portions:
        some, after = share_out(team, [Wanted()] * portion, TURN, after)
        parts += some
    assert parts == whole


@given(people, st.integers(0, 40))
def test_least_loaded_never_passes_over_who_has_fewer(team: list[Candidate], count: int) -> None:
    loads = {one.id: one.open_tickets for one in team}
    choices, _after = share_out(team, [Wanted()] * count, LEAST)
    for choice in choices:
        if choice.id is not None:
            free = [one for one in team if one.on_duty and (one.cap is None or loads[one.id] < one.cap)]
            assert loads[choice.id] == min(loads[one.id] for one in free)
            loads[choice.id] += 1
