"""Due times, colours and the response clock."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.clocks import Clock, ClockStatus, Happening, Phase, cycles, due_at, phase, response_clock, warn_at

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WROTE, REPLIED, MACHINE, CANCELLED = (
    Happening.CUSTOMER_WROTE,
    Happening.HUMAN_REPLIED,
    Happening.MACHINE_REPLIED,
    Happening.CANCELLED,
)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


@pytest.mark.parametrize(("target", "minutes"), [(0, 0), (60, 1), (3600, 60), (86400, 1440), (30.5, 30.5 / 60)])
def test_due_around_the_clock(target: float, minutes: float) -> None:
    assert due_at(NINE, target) == at(minutes)


def test_due_is_in_utc_whatever_the_zone_of_the_start() -> None:
    amsterdam = NINE.astimezone(timezone(timedelta(hours=1)))
    assert due_at(amsterdam, 3600).isoformat() == "2026-03-02T10:00:00+00:00"


@pytest.mark.parametrize(("start", "target"), [(NINE, -1), (NINE.replace(tzinfo=None), 60), (NINE, 1e12)])
def test_a_senseless_target_is_refused(start: datetime, target: float) -> None:
    with pytest.raises(ValueError, match="Give"):
        due_at(start, target)


@pytest.mark.parametrize(
    ("minutes", "paused_minutes", "expected"),
    [
        (-5, 0, Phase.OK),
        (0, 0, Phase.OK),
        (79.9, 0, Phase.OK),
        (80, 0, Phase.WARN),
        (100, 0, Phase.WARN),
        (100.1, 0, Phase.LATE),
        (100.1, 30, Phase.OK),
        (120, 30, Phase.WARN),
        (131, 30, Phase.LATE),
    ],
)
def test_colours(minutes: float, paused_minutes: float, expected: Phase) -> None:
    assert phase(at(minutes), NINE, at(100), timedelta(minutes=paused_minutes)) is expected


def test_amber_begins_where_the_browser_waits_for_it() -> None:
    assert warn_at(NINE, at(100)) == at(80)
    assert phase(warn_at(NINE, at(100)), NINE, at(100)) is Phase.WARN


@pytest.mark.parametrize(
    ("story", "status", "started", "ended"),
    [
        ([], ClockStatus.IDLE, None, None),
        ([(WROTE, 1)], ClockStatus.RUNNING, 1, None),
        ([(WROTE, 1), (WROTE, 5)], ClockStatus.RUNNING, 1, None),
        ([(WROTE, 5), (WROTE, 1)], ClockStatus.RUNNING, 1, None),
        ([(WROTE, 1), (REPLIED, 4)], ClockStatus.MET, 1, 4),
        ([(WROTE, 1), (MACHINE, 2)], ClockStatus.RUNNING, 1, None),
        ([(WROTE, 1), (MACHINE, 2), (REPLIED, 4)], ClockStatus.MET, 1, 4),
        ([(WROTE, 1), (REPLIED, 4), (WROTE, 9)], ClockStatus.RUNNING, 9, None),
        ([(WROTE, 1), (REPLIED, 4), (WROTE, 4)], ClockStatus.RUNNING, 4, None),
        ([(WROTE, 1), (REPLIED, 4), (WROTE, 3)], ClockStatus.MET, 1, 4),
        ([(REPLIED, 4), (WROTE, 3)], ClockStatus.MET, 3, 4),
        ([(REPLIED, 4), (WROTE, 5)], ClockStatus.RUNNING, 5, None),
        ([(WROTE, 5), (REPLIED, 4)], ClockStatus.RUNNING, 5, None),
        ([(WROTE, 1), (REPLIED, 7), (REPLIED, 6)], ClockStatus.MET, 1, 6),
        ([(WROTE, 1), (REPLIED, 6), (REPLIED, 7)], ClockStatus.MET, 1, 6),
        ([(WROTE, 1), (CANCELLED, 3)], ClockStatus.CANCELLED, 1, 3),
        ([(WROTE, 1), (CANCELLED, 3), (REPLIED, 4)], ClockStatus.CANCELLED, 1, 3),
        ([(WROTE, 1), (CANCELLED, 3), (WROTE, 8)], ClockStatus.RUNNING, 8, None),
        ([(WROTE, 1), (REPLIED, 2), (CANCELLED, 3)], ClockStatus.MET, 1, 2),
    ],
)
def test_the_response_clock(
    story: list[tuple[Happening, int]], status: ClockStatus, started: int | None, ended: int | None
) -> None:
    clock = Clock()
    for happening, minute in story:
        clock = response_clock(clock, happening, at(minute))
    assert clock.status is status
    assert clock.started_at == (None if started is None else at(started))
    assert clock.ended_at == (None if ended is None else at(ended))


def test_a_deleted_original_leaves_the_wait_of_the_next_message() -> None:
    running = response_clock(Clock(), WROTE, at(1))
    assert response_clock(running, CANCELLED, at(9), still_unanswered_since=at(4)).started_at == at(4)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        response_clock(Clock(), WROTE, datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake that is refused


def test_each_turn_is_a_cycle() -> None:
    story = [(WROTE, 1), (WROTE, 2), (REPLIED, 3), (WROTE, 5), (CANCELLED, 6), (WROTE, 7), (REPLIED, 9), (WROTE, 11)]
    found = [(cycle.status, cycle.started_at, cycle.ended_at) for cycle in cycles((what, at(m)) for what, m in story)]
    assert found == [
        (ClockStatus.MET, at(1), at(3)),
        (ClockStatus.CANCELLED, at(5), at(6)),
        (ClockStatus.MET, at(7), at(9)),
        (ClockStatus.RUNNING, at(11), None),
    ]


stories = st.dictionaries(st.integers(0, 500), st.sampled_from(list(Happening)), max_size=30)


@given(stories, st.randoms())
def test_cycles_do_not_depend_on_the_order_of_arrival(story: dict[int, Happening], random: Random) -> None:
    entries = [(what, at(minute)) for minute, what in story.items()]
    shuffled = entries.copy()
    random.shuffle(shuffled)
    assert cycles(shuffled) == cycles(entries)


@given(stories)
def test_cycles_agree_with_a_count_by_hand(story: dict[int, Happening]) -> None:
    waiting: int | None = None
    expected: list[tuple[int, int | None]] = []
    for minute, what in sorted(story.items()):
        if what is WROTE and waiting is None:
            waiting = minute
        elif what in {REPLIED, CANCELLED} and waiting is not None:
            expected.append((waiting, minute))
            waiting = None
    if waiting is not None:
        expected.append((waiting, None))
    found = cycles((what, at(minute)) for minute, what in story.items())
    assert [(c.started_at, c.ended_at) for c in found] == [
        (at(start), None if end is None else at(end)) for start, end in expected
    ]


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**6))
def test_a_clock_only_ever_gets_redder(target: int, first: int, later: int) -> None:
    due = due_at(NINE, target)
    order = list(Phase)
    before = phase(NINE + timedelta(seconds=first), NINE, due)
    after = phase(NINE + timedelta(seconds=first + later), NINE, due)
    assert order.index(before) <= order.index(after)
