"""The crisis detector, on streams made up for one question each."""

import json
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from policies.detector import MOST_ROWS, Detector
from policies.signals import Held, Kind, Reading, Sensitivity, Settings

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
ROW = timedelta(minutes=5)
HOUR, DAY, WEEK = 12, 288, 2016  # rows


def run(counts: Iterable[float], detector: Detector | None = None, start: datetime = MONDAY) -> list[Reading]:
    detector = detector or Detector()
    return [detector.observe(start + ROW * number, count) for number, count in enumerate(counts)]


def alerts(readings: Sequence[Reading]) -> list[int]:
    """The rows that are alerts."""
    return [number for number, reading in enumerate(readings) if reading.alert]


def drawn(mean: float, chance: random.Random) -> int:
    """A count of a Poisson process, by the time between its posts."""
    count, waited = 0, chance.expovariate(1)
    while waited < mean:
        count, waited = count + 1, waited + chance.expovariate(1)
    return count


def by_day(number: int) -> float:
    """Posts in five minutes that are usual: two by night, twenty by day, half of it at the weekend."""
    hour, weekday = number % DAY / HOUR, number // DAY % 7
    return (2 + 18 * max(0.0, math.sin((hour - 7) / 15 * math.pi))) * (0.5 if weekday >= 5 else 1)


def weeks(count: float, seed: int = 1) -> list[float]:
    """So many weeks of what is usual."""
    chance = random.Random(seed)
    return [float(drawn(by_day(number), chance)) for number in range(round(count * WEEK))]


streams = some.lists(
    some.tuples(
        some.one_of(some.just(0.0), some.integers(0, 60), some.floats(0, 1e308)),  # counts
        some.one_of(some.just(300), some.integers(1, 200_000), some.just(2_000_000_000)),  # seconds to the row before
    ),
    max_size=60,
)


def read(rows: Sequence[tuple[float, int]], detector: Detector) -> list[Reading]:
    at, readings = MONDAY, []
    for count, seconds in rows:
        at += timedelta(seconds=seconds)
        readings.append(detector.observe(at, count))
    return readings


@given(streams)
def test_any_stream_of_counts_is_read_and_its_scores_say_what_is_an_alert(rows: list[tuple[float, int]]) -> None:
    for reading in read(rows, Detector()):
        assert 0 <= reading.score <= 1
        assert reading.alert is (reading.score >= 0.5)
        assert not (reading.alert and reading.held)


@given(streams, some.integers(0, 60))
def test_what_comes_later_changes_nothing(rows: list[tuple[float, int]], first: int) -> None:
    assert read(rows, Detector())[:first] == read(rows[:first], Detector())


@given(streams, some.integers(0, 60))
def test_it_goes_on_from_json_as_if_it_had_never_stopped(rows: list[tuple[float, int]], first: int) -> None:
    whole, part = Detector(), Detector()
    expected = read(rows, whole)
    read(rows[:first], part)
    restored = Detector.restore(json.loads(json.dumps(part.as_json(), allow_nan=False)))
    at = MONDAY + timedelta(seconds=sum(seconds for _count, seconds in rows[:first]))
    rest = []
    for count, seconds in rows[first:]:
        at += timedelta(seconds=seconds)
        rest.append(restored.observe(at, count))
    assert rest == expected[first:]
    assert restored.as_json() == whole.as_json()


@settings(max_examples=15, deadline=None)
@given(some.integers(0, 1_000_000), some.sampled_from([60, 300, 3_600]))
def test_a_constant_stream_is_never_an_alert(count: int, seconds: int) -> None:
    readings = read([(count, seconds)] * 1_000, Detector(Settings(Sensitivity.SENSITIVE, floor=0)))
    assert not any(reading.alert or reading.silence for reading in readings)


def test_what_it_keeps_does_not_grow() -> None:
    detector = Detector()
    run(weeks(2), detector)
    after_weeks = len(json.dumps(detector.as_json()))
    for number in range(3 * MOST_ROWS):  # a row each second is the most that it could be asked to keep
        detector.observe(MONDAY + timedelta(weeks=3, seconds=number), number % 3)
    assert max(after_weeks, len(json.dumps(detector.as_json()))) < 40_000


@pytest.mark.parametrize("seed", range(3))
def test_three_usual_weeks_are_no_crisis(seed: int) -> None:
    readings = run(weeks(3, seed))
    assert alerts(readings) == []
    assert not any(reading.silence for reading in readings)


def test_a_burst_is_an_alert_within_ten_minutes_and_says_why() -> None:
    usual = weeks(2)
    noon = WEEK + 2 * DAY + 12 * HOUR
    counts = [*usual[:noon], 160, 240, 200, *usual[noon + 3 :]]
    readings = run(counts)
    alert, *_worse = alerts(readings)
    assert noon <= alert <= noon + 1
    reading = readings[alert]
    assert reading.kind is Kind.SURGE
    assert reading.counted == sum(counts[alert - 5 : alert + 1])
    assert 40 < reading.expected < 130  # twenty in five minutes by now; the habit of a second week is still lower
    assert reading.expected < reading.usual_high < reading.counted
    assert reading.rare_days > 3


def test_the_same_count_is_nothing_by_day_and_an_alert_by_night() -> None:
    usual = weeks(3)
    for hour, is_alert in ((14, False), (3, True)):
        at = 2 * WEEK + DAY + hour * HOUR
        readings = run([*usual[:at], *[26.0] * 6, *usual[at + 6 :]])
        assert bool(alerts(readings)) is is_alert, hour


def test_a_crisis_that_grows_for_hours_does_not_hide_itself() -> None:
    usual = weeks(2)
    at = WEEK + 3 * DAY + 10 * HOUR
    grown = [usual[at + step] * (1 + step / 6) for step in range(4 * HOUR)]  # three times as much in an hour
    (alert, *_more) = alerts(run([*usual[:at], *grown, *usual[at + len(grown) :]]))
    assert at < alert <= at + 2 * HOUR


def test_a_busy_hour_without_a_burst_is_an_alert_after_three_weeks() -> None:
    chance = random.Random(5)
    usual = [float(drawn(40, chance) * (4 if number % 97 == 0 else 1)) for number in range(4 * WEEK)]
    at = 4 * WEEK - DAY
    readings = run([*usual[:at], *[58.0] * HOUR, *usual[at + HOUR :]])
    (alert,) = [number for number in alerts(readings) if number >= at]
    assert at < alert <= at + HOUR
    assert readings[alert].kind is Kind.BUSY_HOUR
    assert readings[alert].unrivalled_days >= 21


def test_a_past_crisis_does_not_make_the_next_one_normal() -> None:
    usual = weeks(4)
    for number in range(WEEK + 12 * HOUR, WEEK + 18 * HOUR):  # six hours of twenty times as much
        usual[number] *= 20
    later = 2 * WEEK + 2 * DAY + 12 * HOUR
    for number in range(later, later + HOUR):  # and eleven days later of six times as much
        usual[number] *= 6
    found = alerts(run(usual))
    assert found[0] in range(WEEK + 12 * HOUR, WEEK + 13 * HOUR)
    assert any(later <= number < later + HOUR for number in found)


def test_after_an_alert_it_is_quiet_unless_it_becomes_far_worse() -> None:
    usual = weeks(2)
    at = WEEK + DAY + 10 * HOUR
    calm = [*usual[:at], *[80.0] * HOUR, *usual[at + HOUR : at + 4 * HOUR], *[80.0] * HOUR, *usual[at + 5 * HOUR :]]
    readings = run(calm)
    assert len(alerts(readings)) == 1
    assert any(reading.held is Held.COOLDOWN and reading.score < 0.5 for reading in readings)
    worse = [*calm[: at + 4 * HOUR], *[900.0] * HOUR, *calm[at + 5 * HOUR :]]
    first, *more = alerts(run(worse))
    assert first < at + HOUR
    assert more
    assert min(more) >= at + 4 * HOUR


def test_a_cooldown_that_is_over_lets_the_next_one_through() -> None:
    usual = weeks(2)
    at = WEEK + DAY + 10 * HOUR
    for later in (0, 6 * HOUR):
        usual[at + later : at + later + 3] = [120.0] * 3
    assert len(alerts(run(usual))) == 1
    assert len(alerts(run(usual, Detector(Settings(cooldown=timedelta(hours=5)))))) == 2


def test_who_says_no_crisis_is_left_alone_for_longer() -> None:
    usual = weeks(3)
    at = WEEK + DAY + 10 * HOUR
    for day in (0, 1):
        usual[at + day * DAY : at + day * DAY + 3] = [120.0] * 3
    believed, dismissed = Detector(), Detector()
    for detector in (believed, dismissed):
        assert alerts(run(usual[: at + 6], detector)) != []
    dismissed.dismiss(MONDAY + ROW * (at + 6))
    rest = usual[at + 6 : at + 2 * DAY], MONDAY + ROW * (at + 6)
    assert alerts(run(rest[0], believed, rest[1])) != []
    assert alerts(run(rest[0], dismissed, rest[1])) == []


def test_a_new_stream_is_heard_before_it_is_told_and_soon_enough() -> None:
    calm, burst = [0.0] * (8 * HOUR), [4.0, 9.0, 15.0, 20.0, 30.0]
    alert, *_worse = alerts(run([*calm, *burst]))
    assert alert <= 8 * HOUR + 3
    young = run([*calm[:HOUR], *burst])
    assert alerts(young) == []
    assert young[-1].held is Held.WARM_UP


def test_a_first_morning_is_no_crisis() -> None:
    assert alerts(run(weeks(1)[: 2 * DAY])) == []


def test_few_posts_are_no_crisis_however_rare() -> None:
    counts = [*[0.0] * WEEK, 3.0, 3.0, 3.0]
    readings = run(counts)
    assert alerts(readings) == []
    assert readings[-1].held is Held.FLOOR
    assert alerts(run(counts, Detector(Settings(floor=3)))) != []


def test_the_more_sensitive_it_is_the_more_it_tells() -> None:
    chance = random.Random(3)
    counts = [drawn(6, chance) * chance.choice([1, 1, 1, 1, 2, 3]) for _row in range(4 * WEEK)]
    told = [
        len(alerts(run(counts, Detector(Settings(sensitivity, cooldown=timedelta(hours=1))))))
        for sensitivity in (Sensitivity.STRICT, Sensitivity.BALANCED, Sensitivity.SENSITIVE)
    ]
    assert told == sorted(told)
    assert told[0] < told[2]


def test_silence_where_much_is_expected_is_told_once_and_soon() -> None:
    usual = weeks(3)
    dead = 2 * WEEK + DAY + 12 * HOUR
    usual[dead : dead + 5 * HOUR] = [0.0] * (5 * HOUR)
    readings = run(usual)
    (told,) = [number for number, reading in enumerate(readings) if reading.silence]
    assert dead < told < dead + HOUR
    assert readings[told].missed > 20
    assert alerts(readings) == []  # neither the silence nor what comes after it is a crisis
    usual[dead : dead + 3 * DAY] = [0.0] * (3 * DAY)  # it is told once, however long it is
    assert sum(reading.silence for reading in run(usual[: dead + 3 * DAY])) == 1


def test_a_line_that_fails_again_and_again_is_told_once_a_day() -> None:
    usual = weeks(3)
    dead = 2 * WEEK + DAY + 9 * HOUR
    for number in range(dead, dead + 8 * HOUR):
        if number % (2 * HOUR) < 20:
            usual[number] = 0.0
    assert sum(reading.silence for reading in run(usual[: dead + 9 * HOUR])) == 1


def test_a_usual_night_is_no_silence() -> None:
    chance = random.Random(9)
    counts = [drawn(12, chance) if 8 <= number % DAY / HOUR < 22 else 0 for number in range(3 * WEEK)]
    assert not any(reading.silence for reading in run(counts))


@pytest.mark.parametrize("minutes", [1, 15, 60])
def test_rows_may_be_any_time_apart(minutes: int) -> None:
    detector, chance, row = Detector(), random.Random(2), timedelta(minutes=minutes)
    rows = 14 * 24 * 60 // minutes
    usual = [detector.observe(MONDAY + row * number, drawn(4 * minutes, chance)) for number in range(rows)]
    assert alerts(usual) == []
    after = [detector.observe(MONDAY + row * (rows + more), 60 * minutes) for more in range(-(-20 // minutes))]
    assert alerts(after) != []


def test_a_gap_is_no_silence_and_what_comes_after_it_no_surge() -> None:
    detector, usual = Detector(), weeks(3)
    run(usual[: 2 * WEEK + DAY], detector)
    later = 2 * WEEK + DAY + 9 * HOUR
    after = run(usual[later : later + DAY], detector, MONDAY + ROW * later)
    assert not any(reading.alert or reading.silence for reading in after)


@pytest.mark.parametrize("count", [-1, math.nan, math.inf, -math.inf])
def test_what_is_no_count_is_refused(count: float) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Detector().observe(MONDAY, count)


def test_a_row_that_is_not_later_is_refused_and_changes_nothing() -> None:
    detector = Detector()
    run([3, 4, 5], detector)
    before = detector.as_json()
    for at in (MONDAY, MONDAY + 2 * ROW):
        with pytest.raises(ValueError, match="later than the row before"):
            detector.observe(at, 1)
    assert detector.as_json() == before


def test_other_settings_hold_from_the_next_row_on() -> None:
    counts = [*[0.0] * WEEK, 3.0, 3.0, 3.0]
    detector = Detector()
    run(counts[:-1], detector)
    lower = Detector.restore(detector.as_json(), replace(detector.settings, floor=3))
    assert lower.observe(MONDAY + ROW * (len(counts) - 1), counts[-1]).alert
