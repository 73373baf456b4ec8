"""When somebody is reminded of a promised update."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.next_update import Nag, first_look, look

MADE = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return MADE + timedelta(minutes=minutes)


@pytest.mark.parametrize(("promised", "first"), [(60, 50), (20, 10), (10, 5), (1, 0.5)])
def test_the_first_reminder_comes_ten_minutes_before_or_halfway(promised: float, first: float) -> None:
    assert first_look(MADE, at(promised)) == at(first)


@pytest.mark.parametrize(
    ("now", "nag", "again"),
    [
        (10, None, 50),
        (50, Nag.SOON, 60),
        (59.9, Nag.SOON, 60),
        (60, Nag.DUE, 65),
        (64.9, Nag.DUE, 65),
        (65, Nag.LATE, 70),
        (133, Nag.LATE, 135),
    ],
)
def test_what_is_said_at_a_moment_and_when_it_is_said_again(now: float, nag: Nag | None, again: float) -> None:
    verdict = look(MADE, at(60), at(now))
    assert (verdict.nag, verdict.again_at) == (nag, at(again))
