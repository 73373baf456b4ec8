"""Who may still call, and how a budget is spread: pure arithmetic, a row for each case."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from policies.call_budget import (
    Left,
    Purpose,
    ahead_of_month,
    is_low,
    kept_back,
    lasts_until,
    pause_to_spread,
    share_of_month,
)

NOW = datetime(2026, 11, 16, tzinfo=UTC)  # half of November is over


def in_minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


@pytest.mark.parametrize(("purpose", "kept"), [(Purpose.ANSWER, 0), (Purpose.POLL, 60), (Purpose.ENRICHMENT, 150)])
def test_answers_leave_nothing_polls_leave_a_fifth_and_enrichment_half(purpose: Purpose, kept: int) -> None:
    assert kept_back(300, purpose) == kept


@pytest.mark.parametrize(
    ("left", "sharing", "seconds"),
    [
        (Left(300, 300, in_minutes(15)), 1, 900 / 240),
        (Left(300, 160, in_minutes(10)), 1, 6),
        (Left(300, 160, in_minutes(10)), 4, 24),  # four streams on one budget
        (Left(300, 60, in_minutes(10)), 1, 600),  # only what is kept back is left
        (Left(300, 0, in_minutes(10)), 1, 600),
        (Left(300, 0, in_minutes(-1)), 1, 0),  # the window is over
        (Left(100, 5), 1, 0),  # not told until when
    ],
)
def test_what_is_left_for_polls_lasts_until_the_window_ends(left: Left, sharing: int, seconds: float) -> None:
    assert pause_to_spread(left, NOW, sharing) == pytest.approx(seconds)


def test_a_budget_without_an_end_is_low_below_a_fifth() -> None:
    assert [is_low(Left(100, remaining)) for remaining in (19, 20, 100)] == [True, False, False]
    assert not is_low(Left(100, 0, in_minutes(5)))


def test_the_share_of_the_month_is_by_utc() -> None:
    assert share_of_month(NOW) == pytest.approx(0.5)
    assert share_of_month(datetime(2026, 11, 1, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    ("spent", "budget", "ahead", "until"),
    [
        ("0", 100, False, None),
        ("50", 100, False, None),  # exactly as the time goes: gone on the last instant, which is no warning
        ("54.99", 100, False, datetime(2026, 11, 28, 6, 40, tzinfo=UTC)),
        ("55.01", 100, True, datetime(2026, 11, 28, 6, 25, tzinfo=UTC)),  # a day and a half ahead
        ("90", 100, True, datetime(2026, 11, 17, 16, tzinfo=UTC)),
        ("90", None, False, None),
    ],
)
def test_money_is_spread_over_the_month(spent: str, budget: int | None, ahead: bool, until: datetime | None) -> None:
    assert ahead_of_month(Decimal(spent), budget, NOW) is ahead
    found = lasts_until(Decimal(spent), budget, NOW)
    assert (found is None) is (until is None)
    if found is not None and until is not None:
        assert abs(found - until) < timedelta(minutes=5)


def test_on_the_first_of_the_month_a_day_and_a_half_may_be_spent_before_anything_gets_slower() -> None:
    first = datetime(2026, 11, 1, tzinfo=UTC)
    assert not ahead_of_month(Decimal(4), 100, first)
    assert ahead_of_month(Decimal(6), 100, first)
