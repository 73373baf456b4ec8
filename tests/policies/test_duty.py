"""Who is at work, by the wall clock of a zone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.duty import (
    DAYS,
    Absent,
    Duty,
    DutyFacts,
    Hours,
    WrongHours,
    known_zone,
    read_week,
    standing,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = {"mon": [["09:00", "12:30"], ["13:00", "17:30"]], "fri": [["22:00", "06:00"]]}


def is_on_duty(facts: DutyFacts, now: datetime) -> bool:
    return standing(facts, now).on_duty


def hours(week: object, zone: str = "Europe/Amsterdam", first: date | None = None, last: date | None = None) -> Hours:
    return Hours(zone, read_week(week), first, last)


def local(text: str, zone: ZoneInfo = AMSTERDAM, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "duty"),
    [
        ("2026-03-09T08:59:59", Duty.OFF_SHIFT),  # a Monday
        ("2026-03-09T09:00", Duty.ON_SHIFT),
        ("2026-03-09T12:29:59", Duty.ON_SHIFT),
        ("2026-03-09T12:30", Duty.OFF_SHIFT),
        ("2026-03-09T13:00", Duty.ON_SHIFT),
        ("2026-03-09T17:30", Duty.OFF_SHIFT),
        ("2026-03-13T21:59", Duty.OFF_SHIFT),
        ("2026-03-13T23:00", Duty.ON_SHIFT),
        ("2026-03-14T05:59", Duty.ON_SHIFT),  # the night of Friday belongs to Friday
        ("2026-03-14T06:00", Duty.OFF_SHIFT),
    ],
)
def test_hours_by_the_wall_clock(moment: str, duty: Duty) -> None:
    assert standing(DutyFacts(hours=(hours(OFFICE),)), local(moment)).duty is duty


def test_the_same_hour_in_summer_and_winter_is_another_instant() -> None:
    facts = DutyFacts(hours=(hours({"sun": [["09:00", "10:00"]], "sat": [["09:00", "10:00"]]}),))
    assert is_on_duty(facts, datetime(2026, 3, 28, 8, 0, tzinfo=UTC))  # the day before summer time: UTC+1
    assert is_on_duty(facts, datetime(2026, 3, 29, 7, 0, tzinfo=UTC))  # the day it begins: UTC+2
    assert not is_on_duty(facts, datetime(2026, 3, 29, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("span", "begins", "ends"),
    [
        # 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC
        ((["02:30", "04:00"], date(2026, 3, 29)), "2026-03-29T01:00Z", "2026-03-29T02:00Z"),
        ((["01:00", "02:30"], date(2026, 3, 29)), "2026-03-29T00:00Z", "2026-03-29T01:00Z"),
        # 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC, so 02:30 exists twice
        ((["02:30", "04:00"], date(2026, 10, 25)), "2026-10-25T00:30Z", "2026-10-25T03:00Z"),
        ((["01:00", "02:30"], date(2026, 10, 25)), "2026-10-24T23:00Z", "2026-10-25T01:30Z"),
    ],
)
def test_both_changes_of_the_clocks(span: tuple[list[str], date], begins: str, ends: str) -> None:
    spell, day = span
    facts = DutyFacts(hours=(hours({"sun": [spell]}, first=day, last=day),))
    first, last = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
    second = timedelta(seconds=1)
    seen = [is_on_duty(facts, moment) for moment in (first - second, first, last - second, last)]
    assert seen == [False, True, True, False]
    assert standing(facts, first).until == last


def test_round_the_clock_is_said_with_24_00() -> None:
    facts = DutyFacts(hours=(hours({day: [["00:00", "24:00"]] for day in DAYS}),))
    start = datetime(2026, 10, 23, tzinfo=UTC)
    assert all(is_on_duty(facts, start + timedelta(minutes=7 * step)) for step in range(900))


def test_shifts_hold_on_their_days_only() -> None:
    facts = DutyFacts(hours=(hours(OFFICE, first=date(2026, 3, 10), last=date(2026, 3, 13)),))
    assert not is_on_duty(facts, local("2026-03-09T10:00"))
    assert is_on_duty(facts, local("2026-03-14T03:00")), "the night that began on the last day"
    assert not is_on_duty(facts, local("2026-03-16T10:00"))


def test_of_several_shifts_one_is_enough_and_the_longest_says_until_when() -> None:
    facts = DutyFacts(hours=(hours({"mon": [["09:00", "12:00"]]}), hours({"mon": [["08:00", "17:00"]]})))
    assert standing(facts, local("2026-03-09T10:00")).until == local("2026-03-09T17:00")


def test_without_any_hours_a_person_counts_as_on_duty() -> None:
    assert standing(DutyFacts(), local("2026-03-09T03:00")).duty is Duty.NO_HOURS
    assert is_on_duty(DutyFacts(), local("2026-03-09T03:00"))


def test_away_and_absent_go_before_hours() -> None:
    now = local("2026-03-09T10:00")
    week = (hours(OFFICE),)
    leave = Absent(now - timedelta(hours=1), now + timedelta(hours=1))
    assert standing(DutyFacts(away=True, hours=week), now).duty is Duty.AWAY
    assert standing(DutyFacts(hours=week, absences=(leave,)), now) == standing(DutyFacts(absences=(leave,)), now)
    assert standing(DutyFacts(hours=week, absences=(leave,)), now).until == leave.end
    longer = Absent(now, now + timedelta(days=2))
    assert standing(DutyFacts(absences=(leave, longer, leave)), now).until == longer.end, "the last of them to end"
    assert standing(DutyFacts(absences=(leave, Absent(now))), now).until is None
    assert is_on_duty(DutyFacts(hours=week, absences=(leave,)), now + timedelta(hours=1)), "back at the very instant"
    assert is_on_duty(DutyFacts(hours=week, absences=(Absent(now + timedelta(seconds=1)),)), now)
    assert not is_on_duty(DutyFacts(absences=(Absent(now),)), now + timedelta(days=5_000)), "until further notice"


@pytest.mark.parametrize(
    ("week", "code", "day"),
    [
        ([], "week", ""),
        ({}, "none", ""),
        ({"mon": []}, "none", ""),
        ({"moon": [["09:00", "10:00"]]}, "day", ""),
        ({"mon": "09:00"}, "time", "mon"),
        ({"mon": [["09:00"]]}, "time", "mon"),
        ({"mon": ["09:00"]}, "time", "mon"),
        ({"mon": [["9:00", "10:00"]]}, "time", "mon"),
        ({"mon": [["09:00", "25:00"]]}, "time", "mon"),
        ({"mon": [["24:00", "10:00"]]}, "time", "mon"),
        ({"mon": [[9, 10]]}, "time", "mon"),
        ({"tue": [["09:00", "12:00"], ["11:00", "13:00"]]}, "overlap", "tue"),
        ({"tue": [["09:00", "09:00"]], "wed": [["08:00", "10:00"]]}, "overlap", "wed"),
        ({"sun": [["22:00", "06:00"]], "mon": [["05:00", "10:00"]]}, "overlap", "mon"),
        ({"mon": [["22:00", "21:00"]]}, None, ""),
        ({"mon": [[f"{hour:02}:00", f"{hour:02}:30"] for hour in range(7)]}, "many", "mon"),
    ],
)
def test_hours_that_cant_be_kept_are_refused(week: Any, code: str | None, day: str) -> None:
    if code is None:
        assert read_week(week)[0] == ((22 * 60, 45 * 60),)
        return
    with pytest.raises(WrongHours) as refused:
        read_week(week)
    assert (refused.value.code, refused.value.day) == (code, day)


def test_zones_are_known_by_name() -> None:
    assert known_zone("Asia/Kathmandu")
    assert not known_zone("Europe/Atlantis")
    assert not known_zone("localtime")


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        is_on_duty(DutyFacts(), datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake that is refused


@given(
    start=st.integers(0, 1439),
    length=st.integers(1, 1439),
    day=st.integers(0, 6),
    zone=st.sampled_from(
        [
            "Europe/Amsterdam",
            "America/New_York",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Africa/Cairo",
        ]
    ),
    at=st.integers(0, 366 * 24 * 60),
)
def test_hours_agree_with_a_look_at_the_wall_clock(start: int, length: int, day: int, zone: str, at: int) -> None:
    """Away from the changes of the clocks the wall clock alone says it."""
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=at)
    seen = [(now + timedelta(hours=step)).astimezone(ZoneInfo(zone)).utcoffset() for step in range(-48, 49, 12)]
    form = [f"{start // 60:02}:{start % 60:02}", f"{(start + length) % 1440 // 60:02}:{(start + length) % 60:02}"]
    facts = DutyFacts(hours=(hours({DAYS[day]: [form]}, zone),))
    shown = now.astimezone(ZoneInfo(zone))
    since = (shown.weekday() * 1440 + shown.hour * 60 + shown.minute - day * 1440 - start) % (7 * 1440)
    if len(set(seen)) == 1:
        assert is_on_duty(facts, now) == (since < length)
