"""Who is on call: each instant belongs to one turn, through both changes of the clocks, with swaps and without."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.rota import Rota, Swap, Turn, on_call, turns

AN, BO, CO = 1, 2, 3
ZONES = ["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]


def rota(**columns: Any) -> Rota:
    usual = {"timezone": "Europe/Amsterdam", "first_day": date(2026, 3, 2), "handover": 9 * 60, "days": 7}
    return Rota(**{**usual, "members": (AN, BO, CO), **columns})


def local(text: str, zone: str = "Europe/Amsterdam", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "person"),
    [
        ("2026-03-02T08:59", None),  # before the first day
        ("2026-03-02T09:00", AN),
        ("2026-03-09T08:59", AN),
        ("2026-03-09T09:00", BO),
        ("2026-03-16T09:00", CO),
        ("2026-03-23T09:00", AN),  # the week in which summer time begins
        ("2026-03-30T08:59", AN),
        ("2026-03-30T09:00", BO),
    ],
)
def test_members_take_turns_by_the_wall_clock(moment: str, person: int | None) -> None:
    assert on_call(rota(), [], local(moment)).person == person


def test_a_week_with_a_change_of_the_clocks_is_an_hour_shorter_or_longer() -> None:
    spring = on_call(rota(), [], local("2026-03-25T12:00"))
    autumn = on_call(rota(), [], local("2026-10-21T12:00"))
    assert spring.start is not None
    assert spring.end is not None
    assert spring.end - spring.start == timedelta(days=7, hours=-1)
    assert autumn.start is not None
    assert autumn.end is not None
    assert autumn.end - autumn.start == timedelta(days=7, hours=1)


@pytest.mark.parametrize(
    ("day", "handover", "at"),
    [
        ("2026-03-29", 150, "2026-03-29T01:00Z"),  # 02:30 does not exist: the first instant after the gap
        ("2026-10-25", 150, "2026-10-25T00:30Z"),  # 02:30 exists twice: the first
    ],
)
def test_a_handover_at_an_hour_that_is_missing_or_twice(day: str, handover: int, at: str) -> None:
    daily = rota(first_day=date.fromisoformat(day) - timedelta(days=1), handover=handover, days=1)
    moment = datetime.fromisoformat(at)
    second = timedelta(seconds=1)
    assert [on_call(daily, [], when).person for when in (moment - second, moment)] == [AN, BO]
    assert on_call(daily, [], moment + timedelta(minutes=45)).person == BO  # once is enough


def test_who_stands_in_goes_before_whose_turn_it_is() -> None:
    swap = Swap(local("2026-03-04T20:00"), local("2026-03-05T08:00"), CO)
    found = turns(rota(), [swap], local("2026-03-02T09:00"), local("2026-03-09T09:00"))
    assert [(one.person, one.swapped) for one in found] == [(AN, False), (CO, True), (AN, False)]
    assert [one.end for one in found] == [swap.start, swap.end, local("2026-03-09T09:00")]


def test_who_is_missing_is_passed_by_and_a_swap_with_them_does_not_count() -> None:
    swap = Swap(local("2026-03-04T20:00"), local("2026-03-05T08:00"), CO)
    assert on_call(rota(), [swap], local("2026-03-04T21:00"), {CO}).person == AN
    assert on_call(rota(), [], local("2026-03-04T21:00"), {AN}).person == BO
    assert on_call(rota(), [], local("2026-03-04T21:00"), {AN, BO, CO}).person is None


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        on_call(rota(), [], datetime(2026, 3, 2))  # noqa: DTZ001 that is the point


@st.composite
def rotas(draw: st.DrawFn) -> Rota:
    return rota(
        timezone=draw(st.sampled_from(ZONES)),
        first_day=draw(st.dates(date(2009, 1, 1), date(2030, 1, 1))),
        handover=draw(st.integers(0, 24 * 60 - 1)),
        days=draw(st.integers(1, 28)),
        members=tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))),
    )


@st.composite
def swapped(draw: st.DrawFn) -> tuple[Rota, list[Swap], datetime]:
    """A rota, swaps that do not overlap, and a moment near its beginning or long after it."""
    found = draw(rotas())
    around = datetime.combine(found.first_day, datetime.min.time(), UTC) + timedelta(days=draw(st.integers(-3, 900)))
    edges = sorted(draw(st.lists(st.integers(0, 30 * 24 * 60), unique=True, max_size=8)))
    minutes = [around + timedelta(minutes=edge) for edge in edges]
    swaps = [Swap(start, end, 9) for start, end in zip(minutes[::2], minutes[1::2], strict=False)]
    return found, swaps, around


@given(swapped())
def test_turns_follow_each_other_without_a_gap_and_without_an_overlap(case: tuple[Rota, list[Swap], datetime]) -> None:
    found, swaps, since = case
    until = since + timedelta(days=30)
    plan = turns(found, swaps, since, until)
    assert plan[0].start is None or plan[0].start <= since
    for one, following in pairwise(plan):
        assert one.end == following.start
        assert one.end is not None
        assert one.start is None or one.start < one.end
    assert plan[-1].end is not None
    assert plan[-1].end >= until


@given(swapped(), st.lists(st.integers(0, 30 * 24 * 3600), min_size=1, max_size=20))
def test_each_instant_belongs_to_exactly_one_turn(case: tuple[Rota, list[Swap], datetime], seconds: list[int]) -> None:
    found, swaps, since = case
    plan = turns(found, swaps, since, since + timedelta(days=31))
    for second in seconds:
        at = since + timedelta(seconds=second)
        holding = [one for one in plan if (one.start is None or one.start <= at) and one.end and at < one.end]
        assert holding == [on_call(found, swaps, at)]
        assert isinstance(holding[0], Turn)
