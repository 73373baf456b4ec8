"""Opening hours: every rule of the form's arithmetic as a row, on hours of clocks that people know."""

import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from policies.business_time import HORIZON, OpeningHours, OutOfHours
from policies.calendars import parse
from policies.clocks import Calendar, Phase, phase
from policies.sla import Deadline, deadline

AMSTERDAM = "Europe/Amsterdam"
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
LUNCH = {"mon": [["09:00", "12:30"], ["13:00", "17:30"]]}
NIGHT = {"fri": [["22:00", "06:00"]]}
ALL_WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
SUNDAY_NIGHT = {"sat": [["22:00", "06:00"]]}  # over both changes of the clocks in Europe
NL = {"country": "NL"}


def hours(week: dict[str, Any], zone: str = AMSTERDAM, **more: Any) -> OpeningHours:
    return parse({"timezone": zone, "week": week, **more})


def at(text: str, zone: str = AMSTERDAM, *, fold: int = 0) -> datetime:
    """A moment by the wall clock of a zone; with a Z, in UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone), fold=fold)


def wall(moment: datetime, zone: str = AMSTERDAM) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")


# 2026: 2 March is a Monday
@pytest.mark.parametrize(
    ("week", "start", "minutes", "due"),
    [
        # inside, outside and on the edges
        (OFFICE, "2026-03-02T10:00", 60, "2026-03-02T11:00"),
        (OFFICE, "2026-03-02T07:00", 60, "2026-03-02T10:00"),
        (OFFICE, "2026-03-02T09:00", 60, "2026-03-02T10:00"),
        (OFFICE, "2026-03-02T17:00", 60, "2026-03-03T10:00"),
        (OFFICE, "2026-03-02T23:59", 60, "2026-03-03T10:00"),
        (OFFICE, "2026-03-02T16:30", 60, "2026-03-03T09:30"),
        # due at closing time itself, never at the next opening
        (OFFICE, "2026-03-02T16:00", 60, "2026-03-02T17:00"),
        (OFFICE, "2026-03-02T17:00", 480, "2026-03-03T17:00"),
        # over closed days
        (OFFICE, "2026-03-06T16:30", 60, "2026-03-09T09:30"),
        (OFFICE, "2026-03-07T12:00", 1, "2026-03-09T09:01"),
        (OFFICE, "2026-03-02T09:00", 5 * 480, "2026-03-06T17:00"),
        (OFFICE, "2026-03-02T09:00", 5 * 480 + 1, "2026-03-09T09:01"),
        # a target of nothing is due at the start, open or closed
        (OFFICE, "2026-03-02T10:00", 0, "2026-03-02T10:00"),
        (OFFICE, "2026-03-07T03:00", 0, "2026-03-07T03:00"),
        # several intervals a day
        (LUNCH, "2026-03-02T12:00", 30, "2026-03-02T12:30"),
        (LUNCH, "2026-03-02T12:00", 31, "2026-03-02T13:01"),
        (LUNCH, "2026-03-02T12:45", 1, "2026-03-02T13:01"),
        (LUNCH, "2026-03-02T09:00", 480, "2026-03-02T17:30"),
        (LUNCH, "2026-03-02T09:00", 481, "2026-03-09T09:01"),
        # over midnight
        (NIGHT, "2026-03-06T23:30", 60, "2026-03-07T00:30"),
        (NIGHT, "2026-03-07T02:00", 240, "2026-03-07T06:00"),
        (NIGHT, "2026-03-07T02:00", 241, "2026-03-13T22:01"),
        ({"sun": [["22:00", "06:00"]]}, "2026-03-09T05:00", 61, "2026-03-15T22:01"),
        ({"thu": [["22:00", "06:00"]]}, "2027-01-01T05:00", 60, "2027-01-01T06:00"),
        ({"mon": [["09:00", "09:00"]]}, "2026-03-02T09:00", 24 * 60, "2026-03-03T09:00"),
        # round the clock
        (ALL_WEEK, "2026-03-02T10:00", 3 * 24 * 60, "2026-03-05T10:00"),
        ({"mon": [["00:00", "24:00"]]}, "2026-03-02T23:00", 60, "2026-03-03T00:00"),
        ({"mon": [["00:00", "00:00"]]}, "2026-03-02T23:00", 61, "2026-03-09T00:01"),
        # leap day and New Year
        (OFFICE, "2028-02-28T16:00", 120, "2028-02-29T10:00"),
        ({"tue": [["09:00", "17:00"]]}, "2028-02-29T16:00", 61, "2028-03-07T09:01"),
        (OFFICE, "2026-12-31T16:00", 120, "2027-01-01T10:00"),
        # longer than a year
        (OFFICE, "2026-03-02T09:00", 480 * 5 * 104 + 30, "2028-02-28T09:30"),
    ],
)
def test_due(week: dict[str, Any], start: str, minutes: int, due: str) -> None:
    calendar = hours(week)
    assert calendar.add(at(start), timedelta(minutes=minutes)) == at(due)
    assert calendar.between(at(start), at(due)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-02T08:00", "2026-03-02T09:00", 0),
        ("2026-03-02T08:00", "2026-03-02T09:01", 1),
        ("2026-03-02T16:59", "2026-03-02T20:00", 1),
        ("2026-03-02T10:00", "2026-03-02T10:00", 0),
        ("2026-03-02T12:00", "2026-03-02T10:00", 0),
        ("2026-03-06T16:00", "2026-03-09T10:00", 120),
        ("2026-01-01T00:00", "2027-01-01T00:00", 261 * 480),
    ],
)
def test_between(start: str, end: str, minutes: int) -> None:
    assert hours(OFFICE).between(at(start), at(end)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("week", "zone", "start", "end", "minutes"),
    [
        # 29 March 2026: 02:00 to 03:00 does not exist; 25 October 2026: it exists twice
        (SUNDAY_NIGHT, AMSTERDAM, "2026-03-28T12:00", "2026-03-29T12:00", 7 * 60),
        (SUNDAY_NIGHT, AMSTERDAM, "2026-10-24T12:00", "2026-10-25T12:00", 9 * 60),
        (SUNDAY_NIGHT, AMSTERDAM, "2026-10-17T12:00", "2026-10-18T12:00", 8 * 60),
        (ALL_WEEK, AMSTERDAM, "2026-03-29T00:00", "2026-03-30T00:00", 23 * 60),
        (ALL_WEEK, AMSTERDAM, "2026-10-25T00:00", "2026-10-26T00:00", 25 * 60),
        # half an hour there
        (SUNDAY_NIGHT, "Australia/Lord_Howe", "2026-04-04T12:00", "2026-04-05T12:00", 8 * 60 + 30),
        (SUNDAY_NIGHT, "Australia/Lord_Howe", "2026-10-03T12:00", "2026-10-04T12:00", 7 * 60 + 30),
        # never there, at 5:45 from UTC
        (OFFICE, "Asia/Kathmandu", "2026-03-02T03:15Z", "2026-03-02T03:45Z", 30),
        (OFFICE, "Asia/Kathmandu", "2026-03-02T02:45Z", "2026-03-02T03:15Z", 0),
        # a whole Friday that Samoa left out; what starts on it begins or ends with the gap
        (OFFICE, "Pacific/Apia", "2011-12-29T09:00", "2011-12-31T12:00", 8 * 60),
        ({"thu": [["22:00", "06:00"]]}, "Pacific/Apia", "2011-12-29T09:00", "2012-01-01T12:00", 2 * 60),
        ({"fri": [["22:00", "06:00"]]}, "Pacific/Apia", "2011-12-29T09:00", "2012-01-01T12:00", 6 * 60),
        # a gap at midnight: Beirut goes from 00:00 to 01:00
        ({"sun": [["00:00", "02:00"]]}, "Asia/Beirut", "2026-03-28T12:00", "2026-03-29T12:00", 60),
        ({"sat": [["22:00", "24:00"]]}, "Asia/Beirut", "2026-03-28T12:00", "2026-03-29T12:00", 120),
        # a midnight that exists twice: Havana goes from 01:00 back to 00:00, and an end means the second
        ({"sat": [["22:00", "24:00"]]}, "America/Havana", "2026-10-31T12:00", "2026-11-01T12:00", 180),
        # each day alike counts what it really lasts
        (OFFICE, "America/New_York", "2026-03-06T09:00", "2026-03-09T17:00", 960),
    ],
)
def test_time_is_counted_as_it_really_passes(
    week: dict[str, Any], zone: str, start: str, end: str, minutes: int
) -> None:
    calendar, begin, finish = hours(week, zone), at(start, zone), at(end, zone)
    assert calendar.between(begin, finish) == timedelta(minutes=minutes)
    assert sum((one.length for one in calendar.explain(begin, finish)), timedelta()) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("interval", "day", "first", "last"),
    [
        (["02:30", "06:00"], "2026-03-29", "01:00", "04:00"),  # does not exist: the first instant after the gap
        (["00:00", "02:30"], "2026-03-29", "23:00", "01:00"),
        (["02:00", "06:00"], "2026-03-29", "01:00", "04:00"),
        (["00:00", "03:00"], "2026-03-29", "23:00", "01:00"),
        (["02:30", "06:00"], "2026-10-25", "00:30", "05:00"),  # exists twice: the first for a start
        (["00:00", "02:30"], "2026-10-25", "22:00", "01:30"),  # and the second for an end
        (["00:00", "02:00"], "2026-10-25", "22:00", "01:00"),
        (["00:00", "03:00"], "2026-10-25", "22:00", "02:00"),
        (["02:15", "02:45"], "2026-10-25", "00:15", "01:45"),
        (["03:00", "06:00"], "2026-10-25", "02:00", "05:00"),
    ],
)
def test_wall_clock_times_that_do_not_exist_or_exist_twice(
    interval: list[str], day: str, first: str, last: str
) -> None:
    (counted,) = hours({"sun": [interval]}).explain(at(f"{day}T00:00"), at(f"{day}T23:00"))
    assert (f"{counted.start:%H:%M}", f"{counted.end:%H:%M}") == (first, last)


def test_an_interval_that_the_gap_swallows_does_not_count() -> None:
    assert hours({"sun": [["02:00", "03:00"]]}).explain(at("2026-03-28T00:00"), at("2026-04-01T00:00")) == ()


def test_an_hour_that_two_intervals_share_at_the_end_of_summer_time_counts_once() -> None:
    calendar = hours({"sun": [["00:00", "02:30"], ["02:30", "06:00"]]})
    first, second = calendar.explain(at("2026-10-25T00:00"), at("2026-10-25T12:00"))
    assert (wall(first.end), wall(second.start)) == ("2026-10-25T02:30+01:00", "2026-10-25T02:30+01:00")
    assert first.length + second.length == timedelta(hours=7)


@pytest.mark.parametrize(("fold", "due"), [(0, "2026-10-25T02:30+01:00"), (1, "2026-10-25T03:30+01:00")])
def test_a_start_that_exists_twice_is_the_one_that_it_says(fold: int, due: str) -> None:
    assert wall(hours(ALL_WEEK).add(at("2026-10-25T02:30", fold=fold), timedelta(hours=1))) == due


@pytest.mark.parametrize(
    ("week", "more", "start", "minutes", "due"),
    [
        # King's Day 2026 is a Monday, Christmas a Friday
        (OFFICE, NL, "2026-04-24T16:00", 61, "2026-04-28T09:01"),
        (OFFICE, None, "2026-04-24T16:00", 61, "2026-04-27T09:01"),
        # of the same day elsewhere only a part keeps it
        (OFFICE, {"country": "DE", "subdivision": "BY"}, "2026-01-05T16:00", 61, "2026-01-07T09:01"),
        (OFFICE, {"country": "DE", "subdivision": "BE"}, "2026-01-05T16:00", 61, "2026-01-06T09:01"),
        # an interval belongs to the day on which it starts
        ({"thu": [["22:00", "06:00"]]}, NL, "2026-12-24T22:00", 480, "2026-12-25T06:00"),
        (NIGHT, NL, "2026-12-25T12:00", 1, "2027-01-08T22:01"),  # New Year's Day is a Friday too
    ],
)  # fmt: skip
def test_holidays(week: dict[str, Any], more: Any, start: str, minutes: int, due: str) -> None:
    assert hours(week, holidays=more).add(at(start), timedelta(minutes=minutes)) == at(due)


@pytest.mark.parametrize(
    ("exceptions", "start", "minutes", "due"),
    [
        ({"2026-03-03": [["09:00", "12:00"]]}, "2026-03-02T17:00", 181, "2026-03-04T09:01"),  # a half day
        ({"2026-03-03": []}, "2026-03-02T17:00", 1, "2026-03-04T09:01"),  # closed
        ({"2026-03-07": [["10:00", "14:00"]]}, "2026-03-06T17:00", 1, "2026-03-07T10:01"),  # a special Saturday
        ({"2026-04-27": [["12:00", "18:00"]]}, "2026-04-27T09:00", 1, "2026-04-27T12:01"),  # open on a holiday
        ({"2026-03-02": [["20:00", "02:00"]]}, "2026-03-02T20:00", 361, "2026-03-03T09:01"),  # into the next day
        ({"2026-12-31": [["20:00", "02:00"]]}, "2027-01-01T01:00", 60, "2027-01-01T02:00"),  # into the next year
    ],
)
def test_exceptions_replace_the_day(exceptions: dict[str, Any], start: str, minutes: int, due: str) -> None:
    calendar = hours(OFFICE, holidays=NL, exceptions=exceptions)
    assert calendar.add(at(start), timedelta(minutes=minutes)) == at(due)


def test_explain_says_what_counted_and_clips_it_to_the_question() -> None:
    counted = hours(LUNCH).explain(at("2026-03-02T12:00"), at("2026-03-09T09:30"))
    assert [(wall(one.start)[:16], wall(one.end)[:16]) for one in counted] == [
        ("2026-03-02T12:00", "2026-03-02T12:30"),
        ("2026-03-02T13:00", "2026-03-02T17:30"),
        ("2026-03-09T09:00", "2026-03-09T09:30"),
    ]
    assert hours(LUNCH).explain(at("2026-03-02T12:00"), at("2026-03-09T09:30"), limit=2) == counted[:2]
    assert {one.start.tzinfo for one in counted} == {UTC}
    assert hours(LUNCH).explain(at("2026-03-09T00:00"), at("2026-03-02T00:00")) == ()
    assert hours(LUNCH).explain(at("2026-03-02T10:00"), at("2026-03-02T10:00")) == ()


def test_explain_crosses_the_year() -> None:
    counted = hours({"thu": [["22:00", "06:00"]]}).explain(at("2027-01-01T03:00"), at("2027-01-08T00:00"))
    assert [wall(one.end) for one in counted] == ["2027-01-01T06:00+01:00", "2027-01-08T00:00+01:00"]


def test_the_last_evening_of_a_zone_far_from_utc_belongs_to_its_own_year() -> None:
    kiritimati = hours(ALL_WEEK, "Pacific/Kiritimati")  # the new year begins at 10:00 UTC
    assert kiritimati.between(at("2026-12-31T12:00Z"), at("2026-12-31T13:00Z")) == timedelta(hours=1)
    pago = hours(ALL_WEEK, "Pacific/Pago_Pago")  # the old one lasts until 11:00 UTC
    assert pago.between(at("2027-01-01T09:00Z"), at("2027-01-01T12:00Z")) == timedelta(hours=3)


def test_microseconds_are_kept() -> None:
    start = at("2026-03-02T10:00:00.000001Z")
    assert hours(OFFICE).add(start, timedelta(microseconds=1)).microsecond == 2


def test_a_calendar_that_is_open_on_exceptions_only_runs_out() -> None:
    calendar = hours({}, exceptions={"2026-03-02": [["09:00", "10:00"]], "2027-03-02": [["09:00", "10:00"]]})
    start = at("2026-03-02T09:30")
    assert calendar.add(start, timedelta(minutes=90)) == at("2027-03-02T10:00")
    with pytest.raises(OutOfHours, match=r"are 5 min too few.*Add opening hours") as refused:
        calendar.add(start, timedelta(minutes=95))
    assert "5 min te kort" in refused.value.said("nl")
    assert calendar.between(start, at("2050-01-01T00:00")) == timedelta(minutes=90)


def test_a_target_of_many_lifetimes_is_refused_and_not_searched_for() -> None:
    with pytest.raises(OutOfHours, match=f"{HORIZON} years"):
        hours(OFFICE).add(at("2026-03-02T09:00"), timedelta(days=365 * 900))


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_time_break_nothing(moment: datetime) -> None:
    calendar = hours(OFFICE)
    assert calendar.between(moment, moment) == timedelta(0)
    assert calendar.explain(moment, moment) == ()
    assert calendar.add(moment, timedelta(0)) == moment
    with pytest.raises(OutOfHours):
        calendar.add(datetime.max.replace(tzinfo=UTC), timedelta(minutes=1))


def test_senseless_questions_are_refused() -> None:
    calendar, start = hours(OFFICE), at("2026-03-02T10:00")
    with pytest.raises(ValueError, match="Give 0 or more"):
        calendar.add(start, timedelta(minutes=-1))
    for ask in (calendar.between, calendar.explain):
        with pytest.raises(ValueError, match="no time zone"):
            ask(start, datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake that is refused
    with pytest.raises(ValueError, match="no time zone"):
        calendar.add(datetime(2026, 3, 2), timedelta(0))  # noqa: DTZ001 - the same


def test_opening_hours_are_a_value() -> None:
    calendar, alike = hours(OFFICE), OpeningHours(AMSTERDAM, hours(OFFICE).week)
    assert calendar is hours(dict(reversed(OFFICE.items())))
    calendar.add(at("2026-03-02T10:00"), timedelta(hours=1))
    assert calendar == alike
    assert hash(calendar) == hash(alike)
    assert calendar != hours(OFFICE, holidays=NL)
    assert pickle.loads(pickle.dumps(calendar)) == calendar  # noqa: S301 - our own


def test_clocks_run_on_opening_hours() -> None:
    calendar: Calendar = hours(OFFICE)
    start = at("2026-03-06T16:00")
    times = deadline(start, 7200, [], calendar)
    assert times == Deadline(at("2026-03-09T09:36"), at("2026-03-09T10:00"))
    assert phase(at("2026-03-08T12:00"), times.warn_at, times.due_at) is Phase.OK
    assert phase(at("2026-03-09T09:36"), times.warn_at, times.due_at) is Phase.WARN
    assert phase(at("2026-03-09T10:01"), times.warn_at, times.due_at) is Phase.LATE


def test_the_holidays_of_the_coming_year_by_name() -> None:
    kept = hours(OFFICE, holidays=NL)
    found = dict(kept.next_holidays(at("2026-12-25T23:30Z"), "nl"))
    assert next(iter(found)) == date(2026, 12, 26)  # it is Boxing Day already in Amsterdam
    assert found[date(2027, 4, 27)] == "Koningsdag"
    assert dict(kept.next_holidays(at("2027-01-01T12:00"), "en"))[date(2027, 4, 27)] == "King's Day"
    assert max(found) == date(2027, 12, 25)
    assert list(hours(OFFICE).next_holidays(at("2026-12-25T12:00"))) == []
