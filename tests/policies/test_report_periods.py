"""Which days a report covers, what it is compared with, and when it is due, as tables."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.report_periods import CALENDAR_PERIODS, Rhythm, Window, before, calendar_days, year_before

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(text: str) -> datetime:
    """A wall-clock time of Amsterdam; the first of two."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


def shown(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("yesterday", "2026-03-01", "2026-02-28", "2026-02-28"),
        ("last_week", "2026-03-09", "2026-03-02", "2026-03-08"),
        ("last_week", "2026-03-15", "2026-03-02", "2026-03-08"),
        ("last_month", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("last_month", "2026-01-01", "2025-12-01", "2025-12-31"),
        ("last_month", "2028-03-01", "2028-02-01", "2028-02-29"),
    ],
)
def test_periods_of_the_calendar(name: str, today: str, first: str, last: str) -> None:
    assert calendar_days(name, date.fromisoformat(today)) == (date.fromisoformat(first), date.fromisoformat(last))


def test_each_calendar_period_has_ended() -> None:
    for day in range(800):
        today = date(2027, 1, 1) + timedelta(days=day)
        for name in CALENDAR_PERIODS:
            first, last = calendar_days(name, today)
            assert first <= last < today


@pytest.mark.parametrize(
    ("first", "after", "reached", "since", "until"),
    [
        ("2026-03-09", "2026-03-16", "2026-04-01", "2026-03-02", "2026-03-09"),
        ("2026-03-10", "2026-03-17", "2026-03-16T14:05", "2026-03-03", "2026-03-09T14:05"),
        ("2026-03-10", "2026-03-11", "2026-03-10T00:00", "2026-03-09", "2026-03-09"),
        ("2024-03-01", "2024-04-01", "2026-01-01", "2024-01-30", "2024-03-01"),
    ],
)
def test_as_many_days_before_and_no_more_of_them_than_have_passed_now(
    first: str, after: str, reached: str, since: str, until: str
) -> None:
    window = before(date.fromisoformat(first), date.fromisoformat(after), shown(reached))
    assert window == Window(shown(since), shown(until))


@pytest.mark.parametrize(
    ("first", "after", "reached", "since", "until"),
    [
        ("2026-03-09", "2026-03-16", "2026-04-01", "2025-03-09", "2025-03-16"),
        ("2028-02-29", "2028-03-01", "2029-01-01", "2027-02-28", "2027-03-01"),
        ("2026-03-10", "2026-03-17", "2026-03-16T14:05", "2025-03-10", "2025-03-16T14:05"),
    ],
)
def test_the_same_dates_a_year_before(first: str, after: str, reached: str, since: str, until: str) -> None:
    window = year_before(date.fromisoformat(first), date.fromisoformat(after), shown(reached))
    assert window == Window(shown(since), shown(until))


MONDAYS = Rhythm("weekly", 8, "Europe/Amsterdam")


@pytest.mark.parametrize(
    ("rhythm", "moment", "due"),
    [
        (MONDAYS, "2026-03-08T12:00", "2026-03-09T08:00"),
        (MONDAYS, "2026-03-09T07:59:59", "2026-03-09T08:00"),
        (MONDAYS, "2026-03-09T08:00", "2026-03-16T08:00"),
        (MONDAYS, "2026-03-23T09:00", "2026-03-30T08:00"),  # over the beginning of summer time
        (MONDAYS, "2026-10-19T09:00", "2026-10-26T08:00"),  # and over its end
        (Rhythm("weekly", 0, "Europe/Amsterdam", weekday=7), "2026-03-08T00:00", "2026-03-15T00:00"),
        (Rhythm("daily", 2, "Europe/Amsterdam"), "2026-03-28T12:00", "2026-03-29T03:00"),  # 02:00 does not exist
        (Rhythm("daily", 2, "Europe/Amsterdam"), "2026-03-29T03:00", "2026-03-30T02:00"),
        (Rhythm("daily", 2, "Europe/Amsterdam"), "2026-10-24T12:00", "2026-10-25T02:00"),  # the first of two
        (Rhythm("daily", 2, "Europe/Amsterdam"), "2026-10-25T02:00", "2026-10-26T02:00"),
        (Rhythm("monthly", 8, "Europe/Amsterdam", day=28), "2026-01-28T08:00", "2026-02-28T08:00"),
        (Rhythm("monthly", 8, "Europe/Amsterdam", day=1), "2026-12-01T08:00", "2027-01-01T08:00"),
        (Rhythm("weekly", 8, "Asia/Tokyo"), "2026-03-09T00:01", "2026-03-16T00:00"),
    ],
)
def test_when_a_report_is_due(rhythm: Rhythm, moment: str, due: str) -> None:
    assert rhythm.next_after(at(moment)) == at(due)


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "UTC"])
def test_eight_o_clock_stays_eight_o_clock_for_years(zone: str) -> None:
    rhythm, moment = Rhythm("weekly", 8, zone), datetime(2026, 1, 1, tzinfo=UTC)
    for _week in range(500):
        due = rhythm.next_after(moment)
        local = due.astimezone(ZoneInfo(zone))
        assert (local.isoweekday(), local.hour, local.minute) == (1, 8, 0)
        assert due > moment
        moment = due


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        MONDAYS.next_after(datetime(2026, 3, 9))  # noqa: DTZ001 the point of it
