"""Blind intervals, against a look at every minute."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.coverage import Span, by_weekday_and_hour, length_within, together

START = datetime(2026, 3, 27, tzinfo=UTC)  # summer time begins on the 29th
MINUTE = timedelta(minutes=1)


def some_spans(chance: random.Random) -> list[Span]:
    spans = []
    for _span in range(chance.randint(0, 5)):
        since = START + MINUTE * chance.randint(0, 4_000)
        spans.append((since, since + MINUTE * chance.randint(0, 900)))
    return spans


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Asia/Kathmandu", "America/St_Johns"])
def test_what_is_blind_by_hour_is_what_every_minute_says(zone: str) -> None:
    chance = random.Random(zone)
    for _case in range(12):
        spans = some_spans(chance)
        minutes = [at for number in range(5_000) if any(a <= (at := START + MINUTE * number) < b for a, b in spans)]
        slots: dict[tuple[int, int], timedelta] = {}
        for at in minutes:
            local = at.astimezone(ZoneInfo(zone))
            slot = (local.isoweekday(), local.hour)
            slots[slot] = slots.get(slot, timedelta()) + MINUTE
        joined = together(spans)
        assert dict(by_weekday_and_hour(joined, ZoneInfo(zone))) == slots
        assert length_within(joined, START, START + timedelta(days=9)) == MINUTE * len(minutes)
        cut = START + MINUTE * 2_000
        assert length_within(joined, cut, cut + timedelta(hours=5)) == MINUTE * sum(
            cut <= at < cut + timedelta(hours=5) for at in minutes
        )


def test_intervals_that_touch_or_overlap_are_one() -> None:
    at = [START + timedelta(hours=hour) for hour in range(9)]
    assert together([(at[4], at[6]), (at[0], at[2]), (at[2], at[3]), (at[5], at[5]), (at[1], at[2])]) == [
        (at[0], at[3]), (at[4], at[6]),
    ]  # fmt: skip
