"""What sweeps find, mark and alert among 1,000,000 open clocks: with lines in the timeline, and told to screens.

Time is injected: the clocks are due in days to come, so that the desk's own sweep leaves them to the measured one.
"""

from collections.abc import Callable, Mapping

import psycopg

from tests.benchmarks import history
from tests.benchmarks.measured import inside
from tests.benchmarks.tables import show
from tests.running.customers import Account
from tests.running.desk import RunningDesk

OPEN, DUE = 1_000_000, 10_000
SOON, LATER = 1, 30  # days from now: when the first 10,000 are due, and when all others
PASSED = 0.01  # days since then: some minutes
CHAIN = [{"percent": 100, "to": ["supervisors"]}, {"after_minutes": 30, "to": ["administrators"]}]

_ALL_RUN = """
UPDATE sla_clock SET state = 'running', met_at = NULL, breached_at = NULL, target_seconds = 3600,
    started_at = due.at - interval '1 hour', due_at = due.at, next_alert_at = due.at,
    alert_chain_version_id = (SELECT current_id FROM alerts_alertchain WHERE id = %(chain)s)
FROM (
    SELECT id, now() + CASE WHEN ticket_id %% %(share)s = 0 THEN %(soon)s ELSE %(later)s END * interval '1 day' AS at
    FROM sla_clock WHERE ticket_id > %(base)s
) AS due WHERE due.id = sla_clock.id
"""


def test_sweep(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    inbox = connect("x", webhook=False, poll_seconds=3_600).inbox
    chain = desk.api("POST", "alert-chains/", {"name": "Late", "steps": CHAIN}, as_="supervisor")["id"]
    history.make(desk, inbox, 1, OPEN)
    with psycopg.connect(desk.services["database_url"], autocommit=True) as connection:
        values = {"share": OPEN // DUE, "soon": SOON, "later": LATER, "base": history.BASE, "chain": chain}
        connection.execute(_ALL_RUN, values)
        connection.execute("VACUUM ANALYZE sla_clock")
    found = inside(desk, "find_due", SOON + 1, 5_000)
    first, alerted = inside(desk, "sweep", SOON + PASSED), inside(desk, "alert", SOON + PASSED)
    rest, all_alerted = inside(desk, "sweep", LATER + PASSED), inside(desk, "alert", LATER + PASSED)
    assert (first["marked"], rest["marked"]) == (DUE, OPEN - DUE)
    assert (alerted["alerts"], all_alerted["alerts"]) == (DUE, OPEN), "by then the first are in their second step"
    assert desk.rows("SELECT count(*) FROM alerts_notification WHERE kind = 'alert'") == [(DUE + OPEN,)]
    rows = [("find 5,000 that are due", "≤ 1 s", f"{found['seconds'] * 1000:,.0f} ms", "")]
    for what, goal, marked, told in (
        (f"{DUE:,} that are newly due", "≤ 1 s", first, alerted),
        (f"the other {OPEN - DUE:,}", "≤ 60 s", rest, all_alerted),
    ):
        rows += [
            (f"mark {what}, with an event", "", *_took(marked)),
            (f"alert {what}: a step, a notice, an event", "", *_took(told)),
            ("  together", goal, *_took({key: marked[key] + told[key] for key in ("seconds", "cpu")})),
        ]
    show(f"Sweep over {OPEN:,} open clocks", rows, ("what", "goal", "by the clock", "processor, of both sides"))


def _took(answer: Mapping[str, float]) -> tuple[str, str]:
    return f"{answer['seconds']:.2f} s", f"{answer['cpu']:.2f} s"
