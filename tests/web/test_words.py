"""Lengths of time, deadlines and numbers as people read them, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from desk.web.show import clocks, numbers, times

NOW = datetime(2026, 3, 10, 8, 12, tzinfo=UTC)  # 09:12 in Amsterdam


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 min"),
        (59, "0 min"),
        (60, "1 min"),
        (3_540, "59 min"),
        (11_400, "3 h 10"),
        (3_660, "1 h 01"),
        (187_200, "2 d 4 h"),
    ],
)
def test_a_length_is_never_told_longer_than_it_is(seconds: int, words: str) -> None:
    assert times.length(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (390, "due in 6 min"),
        (120, "due in 2 min"),
        (119, "due in 119 s"),
        (0, "due in 0 s"),
        (-30, "30 s late"),
        (-840, "14 min late"),
    ],
)
def test_a_deadline_in_words(seconds: int, words: str) -> None:
    assert clocks.words(NOW + timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(("share", "phase"), [(0.0, ""), (0.79, ""), (0.8, "warn"), (1.0, "warn"), (1.01, "late")])
def test_green_to_eighty_per_cent_then_amber_then_red(share: float, phase: str) -> None:
    start = NOW - timedelta(minutes=100 * share)
    face = clocks.running(start, start + timedelta(minutes=80), start + timedelta(minutes=100), NOW)
    assert face.phase == phase
    assert face.share == min(round(share * 100), 100)


@pytest.mark.parametrize(
    ("followers", "english", "dutch"),
    [
        (None, "", ""),
        (0, "", ""),
        (890, "890", "890"),
        (2_310, "2.3k", "2,3k"),
        (48_100, "48.1k", "48,1k"),
        (912_000, "912k", "912k"),
        (1_240_000, "1.2M", "1,2M"),
    ],
)
def test_reach(followers: int | None, english: str, dutch: str) -> None:
    with translation.override("en"):
        assert numbers.reach(followers) == english
    with translation.override("nl"):
        assert numbers.reach(followers) == dutch


def test_days_are_named_as_near_as_they_are(settings: object) -> None:
    with translation.override("en"):
        assert times.day(NOW, NOW) == "Today"
        assert times.day(NOW - timedelta(days=1), NOW) == "Yesterday"
        assert times.day(NOW - timedelta(days=7), NOW) == "Tuesday 3 March"
        assert times.day(NOW - timedelta(days=365), NOW) == "Monday 10 March 2025"
        assert times.short_date(NOW - timedelta(days=26), NOW) == "12 Feb"


def test_a_due_time_just_past_midnight_needs_no_date() -> None:
    late = datetime(2026, 3, 10, 22, 50, tzinfo=UTC)
    with translation.override("en"):
        assert len(times.exact(late + timedelta(minutes=30), late)) == len("00:20")
        assert len(times.exact(late + timedelta(hours=13), late)) > len("00:20")
