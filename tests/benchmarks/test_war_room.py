"""The war room of a crisis with 20,000 tickets, on a desk of 100,000, over HTTP and signed in."""

import time
from collections.abc import Callable

import psycopg

from tests.benchmarks import history
from tests.benchmarks.load import request, send_all
from tests.benchmarks.measured import inside
from tests.benchmarks.tables import milliseconds, show
from tests.running.customers import Account
from tests.running.desk import RunningDesk

DESK, CRISIS = 100_000, 20_000  # tickets
ANEW, KEPT = 10, 60  # requests for which figures are worked out, and for which they are kept

_PART = """
INSERT INTO crises_crisisticket (crisis_id, ticket_id, how, at, reach, digest)
SELECT %(crisis)s, %(base)s + g, 'scope', now(), g %% 5000, '[]' FROM generate_series(1, %(count)s) AS g;
INSERT INTO crises_crisiscount (crisis_id, at, inbox_id, messages, negative, positive, answers)
SELECT %(crisis)s, date_bin('5 minutes', now(), 'epoch') - g * interval '5 minutes', %(inbox)s, 280, 160, 10, 40
FROM generate_series(0, 71) AS g;
"""


def test_war_room(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    inbox = connect("x", webhook=False, poll_seconds=3_600).inbox
    history.make(desk, inbox, 1, DESK)
    crisis = desk.api("POST", "crises/", {"reason": "De trein staat stil", "scope": {"topics": ["x"]}}, as_="admin")[
        "id"
    ]
    with psycopg.connect(desk.services["database_url"], autocommit=True) as connection:
        cursor = psycopg.ClientCursor(connection)
        cursor.execute(_PART, {"crisis": crisis, "base": history.BASE, "count": CRISIS, "inbox": inbox})
        connection.execute("VACUUM ANALYZE crises_crisisticket")
    cookie = inside(desk, "reader", "comms")["cookie"]
    rows = []
    for what, path, headers, pause in (
        ("room, figures worked out", f"/crises/{crisis}/room/", {"HX-Request": "true"}, 3.2),
        ("room, figures kept", f"/crises/{crisis}/room/", {"HX-Request": "true"}, 0.0),
        ("its tickets in the queue, HTML", f"/queue/?crisis={crisis}", {}, 0.0),
        ("its tickets, JSON", f"/api/v1/tickets/?crisis={crisis}", {}, 0.0),
        ("its open tickets, JSON", f"/api/v1/tickets/?crisis={crisis}&status=open", {}, 0.0),
        ("its report, HTML", f"/crises/{crisis}/report/", {}, 0.0),
    ):
        message = request(f"{desk.url}{path}", headers={"Cookie": cookie} | headers)
        send_all(desk.url, [message] * 3, 1)
        taken: list[float] = []
        for _once in range(ANEW if pause else KEPT):
            time.sleep(pause)
            taken += send_all(desk.url, [message], 1)[0]
        rows.append((what, milliseconds(taken, 0.5, 0.95)))
    show(f"A crisis with {CRISIS:,} tickets on a desk of {DESK:,}", rows, ("page", "1 client"))
    counted = desk.api("GET", f"crises/{crisis}/room/", as_="admin")
    assert (counted["tickets"], len(counted["posts"])) == (CRISIS, 8)
    assert sum(point["messages"] for point in counted["curve"]["points"]) == 72 * 280
