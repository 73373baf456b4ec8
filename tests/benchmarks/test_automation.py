"""How many lines of timelines automation reads in a second, under one rule and under twenty, and what a firing adds."""

from collections.abc import Callable

from tests.benchmarks import history
from tests.benchmarks.measured import inside
from tests.benchmarks.tables import show
from tests.running.customers import Account
from tests.running.desk import RunningDesk

LINES = 10_000  # a ticket each
EVERY = 20  # tickets: on one of them a rule fires


def test_automation(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    if not desk.rows("SELECT 1 FROM tickets_ticket WHERE id > %s LIMIT 1", history.BASE):
        history.make(desk, connect("x", webhook=False, poll_seconds=3_600).inbox, 1, LINES)
    one, twenty, firing = (
        inside(desk, "read_timelines", history.BASE + 1, LINES, rules, every)
        for rules, every in ((1, 0), (20, 0), (20, EVERY))
    )
    assert [run["fired"] for run in (one, twenty, firing)] == [0, 0, LINES // EVERY]
    added = max(firing["seconds"] - twenty["seconds"], 0) / firing["fired"] * 1_000
    rows = [
        ("1 rule, which never holds", "", _rate(one["seconds"])),
        ("20 rules, none of which holds", "≥ 1,000 lines/s", _rate(twenty["seconds"])),
        ("20 rules beside 1", "≤ 3 times as long", f"{twenty['seconds'] / one['seconds']:.2f} times"),
        (f"20 rules, one fires on 1 ticket in {EVERY}", "", _rate(firing["seconds"])),
        ("each firing adds", "", f"{added:.1f} ms"),
    ]
    show(f"Automation reads {LINES:,} lines of timelines", rows)


def _rate(seconds: float) -> str:
    return f"{LINES / seconds:,.0f} lines/s"
