"""Customers run late while beat and workers are killed again and again, and a second beat runs beside the first.

Whatever the moment: each breach has the instant at which it was due, each alert was raised once, each ticket was given
to one person, each clock got its new promise once, and the reports count everything once.
"""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.running.customers import Account
from tests.running.desk import ROOT, RunningDesk, eventually
from tests.running.processes import WORKERS

POSTS = 250
TARGET = 60  # seconds: the shortest promise that there is
KILLS = 4  # of each; the supervisor gives up a program that dies more often in a row
RECOVERY = 120.0


@pytest.fixture(scope="module")
def sweeping_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk of its own, because its processes are about to die."""
    desk = RunningDesk(tmp_path_factory.mktemp("sweeping"))
    desk.start()
    yield desk
    desk.stop()


@contextmanager
def second_beat(desk: RunningDesk) -> Iterator[None]:
    """The same schedule once more, on the same broker, as when a deployment starts one too many."""
    command = [sys.executable, "-m", "desk.beat"]
    schedule = ["--schedule", str(desk.folder / "second-schedule"), "--loglevel", "ERROR"]
    services = {"DATABASE_URL": desk.services["database_url"], "REDIS_URL": desk.services["redis_url"]}
    beat = subprocess.Popen([*command, *schedule], cwd=ROOT, env=desk.environment | services)
    try:
        yield
        assert beat.poll() is None, "the second beat did not run all the while"
    finally:
        beat.kill()
        beat.wait(10)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 7))])
def test_killed_beats_and_workers_lose_nothing_and_do_nothing_twice(
    sweeping_desk: RunningDesk, connect_to: Callable[..., Account], seed: int
) -> None:
    dice, desk = random.Random(seed), sweeping_desk
    account = connect_to(desk, webhook=False)
    policy = _promised(desk, account)
    with second_beat(desk):
        _write(account, dice)
        for number in range(KILLS):
            time.sleep(1.5 + 3 * dice.random())
            desk.kill(*(dice.choice((WORKERS, WORKERS, ("beat",))) if number else WORKERS))
            if number == 1:
                wish = {"resolution_minutes": 700, "apply_to_open": True}
                desk.api("PATCH", f"sla-policies/{policy}/", wish, as_="supervisor")
        eventually(lambda: _count(desk, account, "breached_at IS NOT NULL") == POSTS, "all breaches", RECOVERY)
        eventually(lambda: _alerts(desk, account) == Counter({0: POSTS, 1: POSTS}), "all alerts", RECOVERY)
        eventually(lambda: _count(desk, account, "target_seconds = 42000") == POSTS, "all renewals", RECOVERY)
        eventually(lambda: _owners(desk, account) == POSTS, "all tickets to have an owner", RECOVERY)
        eventually(lambda: _figures(desk, account) == (POSTS, POSTS), "the reports to have counted it all", RECOVERY)
        time.sleep(5)  # whoever would do it twice has had the time

    told = _lines(desk, account)
    assert [told[kind] for kind in ("ticket_opened", "breached", "given")] == [{1: POSTS}] * 3
    assert told["alerted"] == {2: POSTS}
    assert told["clock_renewed"].keys() <= {1, 2}  # the first response too, where it had not been answered by then
    assert _count(desk, account, "c.breached_at IS DISTINCT FROM c.due_at AND metric = 'first_response'") == 0
    wrong = "e.kind = 'breached' AND e.at <> c.due_at"
    assert desk.rows(_EVENTS.format("count(*)", wrong), account.inbox) == [(0,)]
    twice = "e.kind <> 'alerted' GROUP BY c.id, e.kind HAVING count(*) > 1"
    assert desk.rows(_EVENTS.format("c.id, e.kind", twice), account.inbox) == []
    notices = """SELECT count(*) FROM alerts_notification n JOIN tickets_ticket t ON t.id = n.ticket_id
        WHERE t.inbox_id = %s AND n.alert_id IS NOT NULL GROUP BY n.user_id, n.alert_id HAVING count(*) > 1"""
    assert desk.rows(notices, account.inbox) == []
    desk.manage("rebuild_reports")
    assert _figures(desk, account) == (POSTS, POSTS)
    assert desk.manage("sla_audit") == ""


_EVENTS = """SELECT {} FROM tickets_ticketevent e JOIN sla_clock c ON c.id = (e.data->>'clock')::bigint
    JOIN tickets_ticket t ON t.id = c.ticket_id WHERE t.inbox_id = %s AND {}"""


def _promised(desk: RunningDesk, account: Account) -> int:
    """A team that shares out, a minute to answer, an alert at half of it and one at the end."""
    members = [desk.api("GET", "me/", as_=name)["id"] for name in ("agent", "agent2")]
    wish = {"members": members, "assignment": "round_robin"}
    team = desk.api("POST", "teams/", {"name": account.handle}, as_="admin")["id"]
    desk.api("PATCH", f"teams/{team}/", wish, as_="admin")
    steps = [{"percent": 50, "to": ["team"]}, {"percent": 100, "to": ["supervisors"]}]
    chain = desk.api("POST", "alert-chains/", {"name": account.handle, "steps": steps}, as_="supervisor")["id"]
    calendar = desk.api("GET", "calendars/", as_="supervisor")["results"][0]["id"]
    policy = {
        "name": account.handle, "conditions": {"inboxes": [account.inbox]}, "calendar": calendar,
        "first_response_minutes": 1, "resolution_minutes": 600, "alert_chain": chain,
    }  # fmt: skip
    desk.api("PATCH", f"inboxes/{account.inbox}/", {"team": team}, as_="admin")
    return int(desk.api("POST", "sla-policies/", policy, as_="supervisor")["id"])


def _write(account: Account, dice: random.Random) -> None:
    """So many customers whose minute is over within the next quarter of one."""
    begun = datetime.now(UTC) - timedelta(seconds=TARGET - 5)
    rows = [
        {
            "author": f"{account.handle}klant{number}", "text": f"@{account.handle} vraag {number}",
            "created_at": (begun + timedelta(seconds=15 * dice.random())).isoformat(), "kind": "mention",
        }
        for number in range(POSTS)
    ]  # fmt: skip
    body = {"network": account.place, "account": account.handle, "posts": rows}
    assert account.sandbox(account.desk, "POST", "/posts/bulk", body)["refused"] == 0


def _count(desk: RunningDesk, account: Account, condition: str) -> int:
    sql = "SELECT count(*) FROM sla_clock c JOIN tickets_ticket t ON t.id = c.ticket_id WHERE t.inbox_id = %s AND "
    return int(desk.rows(sql + condition, account.inbox)[0][0])


def _alerts(desk: RunningDesk, account: Account) -> Counter[int]:
    sql = """SELECT step, count(*) FROM alerts_alert a JOIN tickets_ticket t ON t.id = a.ticket_id
        JOIN sla_clock c ON c.id = a.clock_id
        WHERE t.inbox_id = %s AND c.metric = 'first_response' GROUP BY step"""
    return Counter(dict(desk.rows(sql, account.inbox)))


def _owners(desk: RunningDesk, account: Account) -> int:
    sql = "SELECT count(*) FROM tickets_ticket WHERE inbox_id = %s AND assignee_id IS NOT NULL"
    return int(desk.rows(sql, account.inbox)[0][0])


def _figures(desk: RunningDesk, account: Account) -> tuple[int, int]:
    """Arrived and late, as the report has it."""
    query = f"reports/?period=week&metric=first_response&inbox={account.inbox}"
    try:
        found: dict[str, Any] = desk.api("GET", query, as_="supervisor")
    except httpx.TransportError:
        return 0, 0
    return found["figures"]["arrived"], found["figures"]["late"]


def _lines(desk: RunningDesk, account: Account) -> dict[str, dict[int, int]]:
    """For each kind of line: how many tickets have how many of it."""
    sql = """SELECT kind, number, count(*) FROM (
            SELECT e.kind, e.ticket_id, count(*) AS number FROM tickets_ticketevent e
            JOIN tickets_ticket t ON t.id = e.ticket_id WHERE t.inbox_id = %s GROUP BY e.kind, e.ticket_id
        ) AS lines GROUP BY kind, number"""
    found: dict[str, dict[int, int]] = {}
    for kind, number, tickets in desk.rows(sql, account.inbox):
        found.setdefault(kind, {})[number] = tickets
    return found
