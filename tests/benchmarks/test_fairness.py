"""500 inboxes of which some hang and fail: how long the others wait for their turn, and what a claim takes.

The calls are played on a clock of their own (`tests/actions/simulated_polls.py`); the claims are real, on the real
table, with two streams for each account.
"""

import time
from datetime import timedelta

import pytest
from django.conf import LazySettings

from desk.actions.inboxes import poll
from tests.actions.builders import NOON
from tests.actions.simulated_polls import Desk, Kind
from tests.benchmarks.tables import milliseconds, show

FETCHERS, SECONDS = 30, 300
KINDS = (
    Kind("hangs", 60, seconds=10, answers=False, streams=2),
    Kind("fails", 40, seconds=1, answers=False, streams=2),
    Kind("slow", 20, seconds=8, streams=2),
    Kind("well", 360, seconds=1, streams=2),
    Kind("calm", 20, seconds=1, streams=2, poll_seconds=300),
)


@pytest.mark.django_db
def test_waits_of_500_inboxes(settings: LazySettings) -> None:
    settings.FETCHERS = FETCHERS
    desk = Desk(*KINDS)
    began = time.monotonic()
    played = desk.run(SECONDS)
    took = time.monotonic() - began
    goals = {"well": "≤ 2", "calm": "≤ 2"}
    rows = [
        (
            f"{kind.name}, {kind.count} accounts, {kind.seconds} s a call",
            goals.get(kind.name, ""),
            f"{played.longest[kind.name]:.2f}",
            f"{played.polls[kind.name]:,}",
            str(played.most_held[kind.name]),
        )
        for kind in KINDS
    ]
    show(
        f"{SECONDS} s of 500 accounts with 1,000 streams and {FETCHERS} fetchers, played in {took:.0f} s",
        rows, ("accounts", "goal", "longest wait, in rhythms", "polls", "most fetchers held"),
    )  # fmt: skip
    assert played.polls["well"]
    assert played.polls["slow"]


@pytest.mark.django_db
def test_claim_of_1000_streams_that_are_due(settings: LazySettings) -> None:
    settings.FETCHERS = FETCHERS
    Desk(*KINDS)
    seconds = []
    for number in range(30):
        began = time.monotonic()
        claimed = poll.claim_due(NOON + timedelta(seconds=number))
        seconds.append(time.monotonic() - began)
        assert (len(claimed) == FETCHERS) is (number == 0)
    show("One claim", [("1,000 streams due, all at once", "≤ 50 ms", milliseconds(seconds, 0.5, 0.99))])
