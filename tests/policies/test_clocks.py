"""Due times, colours and the response clock."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.clocks import Clock, ClockStatus, Happening, Phase, due_at, phase, response_clock, share, used

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WROTE, REPLIED, MACHINE = Happening.CUSTOMER_WROTE, Happening.HUMAN_REPLIED, Happening.MACHINE_REPLIED


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
    ("minutes", "expected", "full"),
    [
        (-5, Phase.OK, 0.0),
        (0, Phase.OK, 0.0),
        (15, Phase.OK, 0.4),
        (29.9, Phase.OK, 0.797),
        (30, Phase.WARN, 0.8),
        (65, Phase.WARN, 0.9),
        (100, Phase.WARN, 1.0),
        (100.1, Phase.LATE, 1.0),
    ],
)
def test_colours_and_bars_go_by_the_instants_that_the_calendar_gave(
    minutes: float, expected: Phase, full: float
) -> None:
    assert phase(at(minutes), at(30), at(100)) is expected
    assert share(at(minutes), NINE, at(30), at(100)) == pytest.approx(full, abs=0.001)


def test_a_target_of_nothing_is_amber_at_once_and_full() -> None:
    assert phase(NINE, NINE, NINE) is Phase.WARN
    assert share(NINE, NINE, NINE, NINE) == 1.0


def test_what_is_used_leaves_pauses_out() -> None:
    assert used(at(50), NINE, timedelta(minutes=20)) == timedelta(minutes=30)
    assert used(at(10), NINE, timedelta(minutes=20)) == timedelta(0)


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


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        response_clock(Clock(), WROTE, datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake that is refused


@given(st.integers(1, 10**7), st.integers(0, 10**7), st.integers(0, 10**6))
def test_a_clock_only_ever_gets_redder(target: int, first: int, later: int) -> None:
    warn, due = due_at(NINE, target * 0.8), due_at(NINE, target)
    now, then = (NINE + timedelta(seconds=seconds) for seconds in (first, first + later))
    order = list(Phase)
    assert order.index(phase(now, warn, due)) <= order.index(phase(then, warn, due))
    assert share(now, NINE, warn, due) <= share(then, NINE, warn, due)
