"""What a sweep finds and marks among 1,000,000 open clocks: breached, with a line in the timeline, and told to screens.

Time is injected: the clocks are due in days to come, so that the desk's own sweep leaves them to the measured one.
"""

from collections.abc import Callable

import psycopg

from tests.benchmarks import history
from tests.benchmarks.measured import inside
from tests.benchmarks.tables import show
from tests.running.customers import Account
from tests.running.desk import RunningDesk

OPEN, DUE = 1_000_000, 10_000
SOON, LATER = 1, 30  # days from now: when the first 10,000 are due, and when all others

_ALL_RUN = """
UPDATE sla_clock SET state = 'running', met_at = NULL, breached_at = NULL,
    due_at = now() + CASE WHEN ticket_id %% %(share)s = 0 THEN %(soon)s ELSE %(later)s END * interval '1 day'
WHERE ticket_id > %(base)s
"""


def test_sweep(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    inbox = connect("x", webhook=False, poll_seconds=3_600).inbox
    history.make(desk, inbox, 1, OPEN)
    with psycopg.connect(desk.services["database_url"], autocommit=True) as connection:
        values = {"share": OPEN // DUE, "soon": SOON, "later": LATER, "base": history.BASE}
        connection.execute(_ALL_RUN, values)
        connection.execute("VACUUM ANALYZE sla_clock")
    found = inside(desk, "find_due", SOON + 1, 5_000)
    first = inside(desk, "sweep", SOON + 1)
    rest = inside(desk, "sweep", LATER + 1)
    assert (first["marked"], rest["marked"]) == (DUE, OPEN - DUE)
    show(
        f"Sweep over {OPEN:,} open clocks",
        [
            ("find 5,000 that are due", "≤ 1 s", f"{found['seconds'] * 1000:,.0f} ms"),
            (f"mark {DUE:,} that are newly due", "≤ 1 s", f"{first['seconds']:.2f} s"),
            (f"mark the other {OPEN - DUE:,}", "≤ 60 s", f"{rest['seconds']:.1f} s"),
        ],
    )
