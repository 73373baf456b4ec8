"""The report page over a year, at 1,000,000 tickets, over HTTP and signed in."""

import time
from collections.abc import Callable

from tests.benchmarks import history
from tests.benchmarks.load import request, send_all
from tests.benchmarks.measured import inside
from tests.benchmarks.tables import milliseconds, show
from tests.running.customers import Account
from tests.running.desk import RunningDesk

TICKETS = 1_000_000
TIMES = 40  # requests of each kind
PAGES = {
    # what: (address, goal of the p95)
    "a year, HTML": ("/reports/?period=year", "≤ 300 ms"),
    "a year, wall clock, JSON": ("/api/v1/reports/?period=year&time=wall", ""),
    "30 days, HTML": ("/reports/?period=month", ""),
    "a year, one priority, HTML": ("/reports/?period=year&priority=2", ""),
    "tickets of a year that were late": ("/reports/tickets/?period=year&kind=late", ""),
}


def test_reports(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    inbox = connect("x", webhook=False, poll_seconds=3_600).inbox
    history.make(desk, inbox, 1, TICKETS)
    started = time.perf_counter()
    desk.manage("rebuild_reports", timeout=1_800)
    rows = [("everything counted anew", "", f"{time.perf_counter() - started:,.0f} s")]
    headers = {"Cookie": inside(desk, "reader", "supervisor")["cookie"]}
    for what, (address, goal) in PAGES.items():
        message = request(f"{desk.url}{address}", headers=headers)
        send_all(desk.url, [message] * 3, 1)
        spent, _seconds = send_all(desk.url, [message] * TIMES, 1)
        rows.append((what, goal, milliseconds(spent, 0.5, 0.95)))
    show(f"Reports at {TICKETS:,} tickets", rows)
