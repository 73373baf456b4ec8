"""Which clock cycles a history makes: each rule of what starts, stops and restarts a clock as a row."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.clocks import Clock as OneClock
from policies.clocks import ClockStatus, Happening, response_clock
from policies.story import Cycle, Entry, Happened, decided, story

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WROTE, REPLIED, JOINED, HEARD = Happened.WROTE, Happened.REPLIED, Happened.JOINED, Happened.HEARD
RESOLVED, REOPENED, SPAM, NOT_SPAM = Happened.RESOLVED, Happened.REOPENED, Happened.SPAM, Happened.NOT_SPAM
MERGED_AWAY, ELSEWHERE, LEFT, SPLIT_OFF = (
    Happened.MERGED_AWAY, Happened.ELSEWHERE, Happened.LEFT, Happened.SPLIT_OFF,
)  # fmt: skip
Told = tuple[Happened, float] | tuple[Happened, float, float]
Row = tuple[str, float | None, float | None]


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def entries(told: list[Told]) -> list[Entry]:
    return [Entry(one[0], at(one[1]), at(one[2]) if len(one) > 2 else None) for one in told]


def rows(cycles: tuple[Cycle, ...]) -> list[Row]:
    return [(str(one.status), past(one.started_at), past(one.ended_at)) for one in cycles]


def past(moment: datetime | None) -> float | None:
    return (moment - NOON).total_seconds() / 60 if moment is not None else None


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], []),
        ([(REPLIED, 4)], []),
        ([(WROTE, 1)], [("running", 1, None)]),
        ([(WROTE, 1), (WROTE, 5)], [("running", 1, None)]),  # a second message never moves the start
        ([(WROTE, 5), (WROTE, 1)], [("running", 1, None)]),  # an earlier one that came late does
        ([(WROTE, 1), (WROTE, 2), (REPLIED, 4)], [("met", 1, 4)]),
        ([(WROTE, 1), (REPLIED, 4), (WROTE, 9)], [("met", 1, 4), ("running", 9, None)]),
        ([(REPLIED, 4), (WROTE, 3)], [("met", 3, 4)]),
        ([(WROTE, 1), (REPLIED, 4), (WROTE, 4)], [("met", 1, 4), ("running", 4, None)]),
        ([(WROTE, 1), (REPLIED, 7), (REPLIED, 6)], [("met", 1, 6)]),
        ([(WROTE, 1), (WROTE, 9), (REPLIED, 4)], [("met", 1, 4), ("running", 9, None)]),
        ([(WROTE, 1), (RESOLVED, 3)], [("cancelled", 1, 3)]),
        ([(WROTE, 1), (RESOLVED, 3), (REPLIED, 4)], [("cancelled", 1, 3)]),
        ([(WROTE, 1), (RESOLVED, 3), (REPLIED, 2)], [("met", 1, 2)]),  # it had been answered after all
        ([(WROTE, 1), (RESOLVED, 3), (WROTE, 8)], [("cancelled", 1, 3), ("running", 8, None)]),
        ([(WROTE, 1), (RESOLVED, 3), (WROTE, 2)], [("cancelled", 1, 3), ("running", 2, None)]),  # nobody had seen it
        ([(WROTE, 2), (RESOLVED, 3), (WROTE, 1)], [("cancelled", 2, 3)]),  # late, and older than the last word
        ([(WROTE, 1), (RESOLVED, 3), (REOPENED, 5)], [("cancelled", 1, 3)]),  # nothing new was asked
        ([(WROTE, 1), (SPAM, 3), (WROTE, 4)], [("cancelled", 1, 3)]),
        ([(WROTE, 1), (SPAM, 3), (WROTE, 4), (NOT_SPAM, 9)], [("cancelled", 1, 3), ("running", 1, None)]),
        ([(WROTE, 1), (REPLIED, 2), (SPAM, 3), (WROTE, 4), (NOT_SPAM, 9)], [("met", 1, 2), ("running", 4, None)]),
        ([(WROTE, 1), (SPAM, 3), (NOT_SPAM, 4), (REPLIED, 9)], [("cancelled", 1, 3), ("met", 1, 9)]),
        ([(WROTE, 1), (SPAM, 3), (NOT_SPAM, 4), (REPLIED, 2)], [("met", 1, 2)]),
        ([(WROTE, 1, 6)], [("cancelled", 1, 6)]),
        ([(WROTE, 1, 6), (WROTE, 4)], [("running", 4, None)]),  # the wait of the next message
        ([(WROTE, 1, 6), (WROTE, 4, 9)], [("cancelled", 4, 9)]),
        ([(WROTE, 1, 3), (WROTE, 2, 9), (WROTE, 8)], [("running", 8, None)]),
        ([(WROTE, 1, 3), (WROTE, 8)], [("cancelled", 1, 3), ("running", 8, None)]),
        ([(WROTE, 1, 6), (REPLIED, 4)], [("met", 1, 4)]),  # deleted after it was answered
        ([(WROTE, 5), (JOINED, 1), (HEARD, 4)], [("running", 1, None)]),  # a merge: whoever waited longest
        ([(WROTE, 5), (RESOLVED, 6), (JOINED, 1)], [("cancelled", 5, 6)]),
        ([(WROTE, 5), (MERGED_AWAY, 6)], [("cancelled", 5, 6)]),
    ],
)
def test_response_cycles(told: list[Told], expected: list[Row]) -> None:
    assert rows(story(entries(told)).responses) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([(REPLIED, 1)], []),
        ([(WROTE, 1), (REPLIED, 2), (WROTE, 3)], [("running", 1, None)]),
        ([(WROTE, 3), (WROTE, 1)], [("running", 1, None)]),
        ([(WROTE, 1), (RESOLVED, 5)], [("met", 1, 5)]),
        ([(WROTE, 1), (RESOLVED, 5), (REOPENED, 7)], [("met", 1, 5), ("running", 7, None)]),
        ([(WROTE, 1), (RESOLVED, 5), (WROTE, 7)], [("met", 1, 5), ("running", 7, None)]),
        ([(WROTE, 2), (RESOLVED, 5), (WROTE, 1)], [("met", 2, 5)]),
        ([(WROTE, 1), (SPAM, 5)], [("cancelled", 1, 5)]),
        ([(WROTE, 1), (SPAM, 5), (NOT_SPAM, 8)], [("cancelled", 1, 5), ("running", 1, None)]),
        ([(WROTE, 1), (RESOLVED, 5), (SPAM, 6), (NOT_SPAM, 8)], [("met", 1, 5), ("running", 8, None)]),
        ([(WROTE, 1), (RESOLVED, 5), (SPAM, 6), (WROTE, 7), (NOT_SPAM, 8)], [("met", 1, 5), ("running", 7, None)]),
        ([(WROTE, 1, 6)], [("cancelled", 1, 6)]),
        ([(WROTE, 1, 6), (WROTE, 4)], [("running", 4, None)]),
        ([(WROTE, 1, 6), (WROTE, 9)], [("cancelled", 1, 6), ("running", 9, None)]),
        ([(WROTE, 1, 6), (RESOLVED, 5)], [("met", 1, 5)]),  # deleted after it was resolved
        ([(WROTE, 5), (JOINED, 1)], [("running", 1, None)]),
        ([(WROTE, 5), (MERGED_AWAY, 6)], [("cancelled", 5, 6)]),
        ([(ELSEWHERE, 1), (WROTE, 3), (SPLIT_OFF, 3)], [("running", 3, None)]),
        ([(ELSEWHERE, 1), (RESOLVED, 2), (WROTE, 3), (SPLIT_OFF, 3)], [("running", 3, None)]),
        ([(WROTE, 1), (RESOLVED, 2), (ELSEWHERE, 3), (LEFT, 1)], [("met", 1, 2)]),
        ([(WROTE, 1), (RESOLVED, 2), (REOPENED, 4), (ELSEWHERE, 5), (LEFT, 1)], [("met", 1, 2), ("running", 4, None)]),
        # what a colleague reopened was the old ticket
        ([(ELSEWHERE, 1), (RESOLVED, 2), (REOPENED, 4), (WROTE, 5), (SPLIT_OFF, 5)], [("running", 5, None)]),
        ([(WROTE, 1), (RESOLVED, 2), (REOPENED, 4), (ELSEWHERE, 5), (SPLIT_OFF, 1)], [("met", 1, 2)]),
        ([(ELSEWHERE, 1), (SPAM, 2), (NOT_SPAM, 4), (WROTE, 5), (SPLIT_OFF, 5)], [("running", 5, None)]),
    ],
)
def test_resolution_cycles(told: list[Told], expected: list[Row]) -> None:
    assert rows(story(entries(told)).resolutions) == expected


def test_the_first_response_is_to_be_given_until_one_was() -> None:
    told: list[Told] = [(WROTE, 1), (RESOLVED, 2), (WROTE, 3), (REPLIED, 4), (WROTE, 5)]
    assert [cycle.answered_before for cycle in story(entries(told)).responses] == [False, False, True]


@pytest.mark.parametrize(
    ("told", "responses", "resolutions"),
    [
        ([(WROTE, 1)], [None], [None]),
        ([(WROTE, 1), (REPLIED, 2), (RESOLVED, 3)], [None], [None]),
        ([(WROTE, 1), (RESOLVED, 3)], [RESOLVED], [None]),  # the resolution was met by it
        ([(WROTE, 1), (RESOLVED, 3), (REPLIED, 2)], [None], [None]),  # it had been answered after all
        ([(WROTE, 1), (SPAM, 3)], [SPAM], [SPAM]),
        ([(WROTE, 1), (SPAM, 3), (NOT_SPAM, 4)], [SPAM, None], [SPAM, None]),
        ([(WROTE, 1), (RESOLVED, 3), (SPAM, 4)], [RESOLVED], [None]),
        ([(WROTE, 1), (MERGED_AWAY, 3)], [MERGED_AWAY], [MERGED_AWAY]),
        ([(WROTE, 1, 6)], [None], [None]),  # taken back by the customer
    ],
)
def test_a_cycle_that_was_cancelled_says_by_which_decision(
    told: list[Told], responses: list[Happened | None], resolutions: list[Happened | None]
) -> None:
    made = story(entries(told))
    assert [cycle.dropped_as for cycle in made.responses] == responses
    assert [cycle.dropped_as for cycle in made.resolutions] == resolutions


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("new", "open", None),
        ("open", "resolved", RESOLVED),
        ("snoozed", "resolved", RESOLVED),
        ("resolved", "open", REOPENED),
        ("resolved", "spam", SPAM),
        ("open", "spam", SPAM),
        ("spam", "open", NOT_SPAM),
        ("open", "waiting_for_customer", None),
        ("open", "open", None),
    ],
)
def test_what_a_step_means_for_the_cycles(before: str, after: str, expected: Happened | None) -> None:
    assert decided(before, after) is expected


happenings = st.lists(
    st.tuples(
        st.sampled_from([WROTE, WROTE, WROTE, REPLIED, RESOLVED, REOPENED, SPAM, NOT_SPAM]),
        st.integers(0, 90),  # minutes later than the last
        st.booleans(),  # whether it goes to the new ticket
    ),
    max_size=25,
)


@given(happenings)
def test_a_split_neither_shortens_nor_lengthens_a_wait(life: list[tuple[Happened, int, bool]]) -> None:
    """Every wait of the whole ticket is there on one of the two, and none that was not."""
    whole, stays, goes, now = [], [], [], 0
    for what, later, leaves in life:
        now += later
        whole.append(Entry(what, at(now)))
        other = Entry(ELSEWHERE if what is WROTE else what, at(now))
        stays.append(other if leaves else whole[-1])
        goes.append(whole[-1] if leaves else other)
    both = [*story(stays).responses, *story(goes).responses]
    ends = {(cycle.status, cycle.ended_at): cycle.started_at for cycle in story(whole).responses}
    assert {(cycle.status, cycle.ended_at) for cycle in both} == set(ends)
    for end, start in ends.items():
        assert min(cycle.started_at for cycle in both if (cycle.status, cycle.ended_at) == end) == start


words = st.dictionaries(st.integers(0, 500), st.sampled_from([WROTE, REPLIED]), max_size=30)


@given(words, st.randoms())
def test_words_make_the_same_cycles_in_whatever_order_they_arrive(told: dict[int, Happened], random: Random) -> None:
    arrived = [Entry(what, at(minute)) for minute, what in told.items()]
    shuffled = arrived.copy()
    random.shuffle(shuffled)
    assert story(shuffled).responses == story(arrived).responses


@given(words)
def test_what_happens_in_the_order_of_time_moves_one_clock_to_the_same_end(told: dict[int, Happened]) -> None:
    happenings = {WROTE: Happening.CUSTOMER_WROTE, REPLIED: Happening.HUMAN_REPLIED}
    clock = OneClock()
    for minute, what in sorted(told.items()):
        clock = response_clock(clock, happenings[what], at(minute))
    cycles = story(Entry(what, at(minute)) for minute, what in sorted(told.items())).responses
    last = cycles[-1] if cycles else Cycle(ClockStatus.IDLE, NOON)
    assert (clock.status, clock.ended_at) == (last.status, last.ended_at)
    if cycles:
        assert clock.started_at == last.started_at


everything = st.lists(
    st.tuples(st.sampled_from(list(Happened)), st.integers(0, 60), st.none() | st.integers(0, 60)), max_size=25
)


@given(everything)
def test_whatever_happens_at_most_one_cycle_runs_and_none_ends_before_it_began(
    told: list[tuple[Happened, int, int | None]],
) -> None:
    found = story(Entry(what, at(one), at(two) if two is not None else None) for what, one, two in told)
    for cycles in (found.responses, found.resolutions):
        assert sum(cycle.status is ClockStatus.RUNNING for cycle in cycles) <= 1
        assert all(cycle.ended_at is None or cycle.started_at <= cycle.ended_at for cycle in cycles)
