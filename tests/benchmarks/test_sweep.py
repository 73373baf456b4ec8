"""What sweeps find, mark and alert among 1,000,000 open clocks: with lines in the timeline, and told to screens.

Time is injected: the clocks are due in days to come, so that the desk's own sweep leaves them to the measured one.
Clocks that are due together mostly began together and stand side by side; worst is one in each hundred, because each
then lies in a page of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest

from tests.benchmarks import history
from tests.benchmarks.measured import inside, side_by_side
from tests.benchmarks.tables import show
from tests.running.customers import Account
from tests.running.desk import RunningDesk

OPEN, DUE = 1_000_000, 10_000
SOON, LATER = 1, 30  # days from now: when the first 10,000 are due, and when all others
PASSED = 0.01  # days since then: some minutes
CHAIN = [{"percent": 100, "to": ["supervisors"]}, {"after_minutes": 30, "to": ["administrators"]}]

_ALL_RUN = """
UPDATE sla_clock SET state = 'running', met_at = NULL, breached_at = NULL, target_seconds = 3600,
    started_at = due.at - interval '1 hour', due_at = due.at, look_at = due.at,
    alert_chain_version_id = (SELECT current_id FROM alerts_alertchain WHERE id = %(chain)s)
FROM (
    SELECT id, now() + CASE WHEN CASE WHEN %(spread)s THEN ticket_id %% %(share)s = 0
        ELSE ticket_id <= %(base)s + %(due)s END THEN %(soon)s ELSE %(later)s END * interval '1 day' AS at
    FROM sla_clock WHERE ticket_id > %(base)s
) AS due WHERE due.id = sla_clock.id
"""
_TOLD = """
SELECT sum(CASE kind WHEN 'alerts' THEN (params->>'count')::int ELSE 1 END)
FROM alerts_notification WHERE kind IN ('alert', 'alerts')
"""


@dataclass(frozen=True, slots=True)
class Took:
    """One sweep by some workers side by side, in seconds: by the clock until the last was done, and of processors."""

    late: int
    alerts: int
    seconds: float
    cpu: float


@pytest.fixture(scope="module")
def chain(running_desk: RunningDesk) -> int:
    return int(running_desk.api("POST", "alert-chains/", {"name": "Late", "steps": CHAIN}, as_="supervisor")["id"])


@pytest.mark.parametrize("spread", [False, True], ids=["side_by_side", "one_in_each_hundred"])
@pytest.mark.parametrize("workers", [1, 2])
def test_sweep(desk: RunningDesk, connect: Callable[..., Account], chain: int, workers: int, spread: bool) -> None:
    _all_run(desk, connect, chain, spread)
    found = inside(desk, "find_due", SOON + 1, 5_000)
    first = _sweep(desk, workers, SOON)
    assert (first.late, first.alerts) == (DUE, DUE)
    rows: list[tuple[str, ...]] = [("find 5,000 that are due", "≤ 1 s", f"{found['seconds'] * 1000:,.0f} ms", "")]
    rows.append(_line(f"{DUE:,} that are newly due", "≤ 1 s", first))
    if not spread:
        rest = _sweep(desk, workers, LATER)
        assert (rest.late, rest.alerts) == (OPEN - DUE, OPEN), "by then the first are in their second step"
        rows.append(_line(f"the other {OPEN - DUE:,}", "≤ 60 s", rest))
        assert desk.rows(_TOLD) == [(DUE + OPEN,)]
    where = "one in each hundred" if spread else "side by side"
    show(
        f"Sweep over {OPEN:,} open clocks by {workers} at a time, those due {where}",
        rows, ("what", "goal", "by the clock", "processors, of both sides"),
    )  # fmt: skip


def _all_run(desk: RunningDesk, connect: Callable[..., Account], chain: int, spread: bool) -> None:
    """A million clocks that run and of which nobody has been told, as a desk that was vacuumed and written to disk."""
    if not desk.rows("SELECT 1 FROM tickets_ticket WHERE id > %s LIMIT 1", history.BASE):
        history.make(desk, connect("x", webhook=False, poll_seconds=3_600).inbox, 1, OPEN)
    values = {"share": OPEN // DUE, "due": DUE, "soon": SOON, "later": LATER, "base": history.BASE}
    with psycopg.connect(desk.services["database_url"], autocommit=True) as connection:
        connection.execute("TRUNCATE alerts_alert, alerts_notification CASCADE")
        connection.execute("DELETE FROM tickets_ticketevent WHERE kind IN ('breached', 'alerted')")
        connection.execute(_ALL_RUN, {**values, "spread": spread, "chain": chain})
        for table in ("sla_clock", "tickets_ticketevent"):
            connection.execute(f"VACUUM FULL ANALYZE {table}")
        connection.execute("CHECKPOINT")


def _sweep(desk: RunningDesk, workers: int, day: int) -> Took:
    answers = side_by_side(desk, workers, "sweep", day + PASSED)
    late, alerts, cpu = (sum(one[what] for one in answers) for what in ("late", "alerts", "cpu"))
    return Took(late, alerts, max(one["seconds"] for one in answers), cpu)


def _line(what: str, goal: str, took: Took) -> tuple[str, ...]:
    """One look at each clock: marked, with a line; alerted, with a step, a notice and a line."""
    return f"mark and alert {what}", goal, f"{took.seconds:.2f} s", f"{took.cpu:.2f} s"
