"""The report page over a year, at 1,000,000 tickets, over HTTP and signed in."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg

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
    "a year, weekdays and hours, after the page": ("/reports/hours/?period=year", ""),
    "a year, wall clock, JSON": ("/api/v1/reports/?period=year&time=wall", ""),
    "30 days, HTML": ("/reports/?period=month", ""),
    "a year, one priority, HTML": ("/reports/?period=year&priority=2", ""),
    "tickets of a year that were late": ("/reports/tickets/?period=year&kind=late", ""),
    "the slowest tickets of a year": ("/reports/tickets/?period=year&time=wall&above=3600&kind=answered", ""),
    "the backlog half a year ago": ("/reports/tickets/?kind=backlog&at={half_a_year_ago}", ""),
}

# Answers and solutions as people give them (log-normal: half within 18 minutes and within two hours), a promise of one
# hour, and messages that reached us within seconds.
_LIVED = """
SELECT setseed(0.5);
UPDATE sla_clock SET
    received_at = started_at + interval '1 second' * (1 + 60 * random()),
    due_at = started_at + interval '1 hour', warn_at = started_at + interval '48 minutes',
    met_at = CASE WHEN state = 'met' THEN started_at + interval '1 second' * exp(random_normal(7, 1.5)) END,
    breached_at = NULL
WHERE metric = 'first_response';
UPDATE sla_clock SET breached_at = due_at WHERE metric = 'first_response' AND coalesce(met_at, now()) > due_at;
INSERT INTO sla_clock
    (ticket_id, metric, cycle, state, policy_version_id, calendar_version_id, started_at, received_at, met_at)
SELECT ticket_id, 'resolution', 0, state, policy_version_id, calendar_version_id, started_at, received_at,
    met_at + interval '1 second' * exp(random_normal(9, 1.5))
FROM sla_clock WHERE metric = 'first_response';
"""


def test_reports(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    inbox = connect("x", webhook=False, poll_seconds=3_600).inbox
    history.make(desk, inbox, 1, TICKETS)
    live_through(desk)
    started = time.perf_counter()
    desk.manage("rebuild_reports", timeout=1_800)
    rows = [("everything counted anew", "", f"{time.perf_counter() - started:,.0f} s")]
    headers = {"Cookie": inside(desk, "reader", "supervisor")["cookie"]}
    then = (datetime.now(UTC) - timedelta(days=182)).strftime("%Y-%m-%dT%H:00:00Z")
    for what, (address, goal) in PAGES.items():
        message = request(f"{desk.url}{address.format(half_a_year_ago=then)}", headers=headers)
        send_all(desk.url, [message] * 3, 1)
        spent, _seconds = send_all(desk.url, [message] * TIMES, 1)
        rows.append((what, goal, milliseconds(spent, 0.5, 0.95)))
    show(f"Reports at {TICKETS:,} tickets", rows)


def live_through(desk: RunningDesk) -> None:
    """Give each ticket an answer and a solution of its own."""
    with psycopg.connect(desk.services["database_url"], autocommit=True) as connection:
        connection.execute(_LIVED)
        connection.execute("VACUUM ANALYZE sla_clock")
