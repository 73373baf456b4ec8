"""A storm: 20,000 posts in ten minutes through the network's own webhook, in the middle of a crisis, while agents work.

The posts come as storms do, faster and faster until the middle and then less. What is asserted is that nothing is
lost: each post is one message with a ticket, and each reply that was handed in is on the network once.
"""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.benchmarks.agents import Agents, Taken
from tests.benchmarks.measured import inside
from tests.benchmarks.screens import Screen
from tests.benchmarks.tables import milliseconds, show
from tests.benchmarks.texts import text
from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually

AGENTS = ("agent", "agent2", "supervisor", "agent", "agent2", "supervisor")
_TICKETS = """
SELECT t.id, extract(epoch FROM m.created_at)::float8, extract(epoch FROM m.received_at)::float8
FROM tickets_ticket t JOIN tickets_message m ON m.ticket_id = t.id
WHERE t.inbox_id = %s AND NOT m.outgoing AND m.created_at = t.created_at
"""


@pytest.mark.parametrize(("posts", "seconds"), [(600, 30), (20_000, 600)])
def test_storm(desk: RunningDesk, connect: Callable[..., Account], tmp_path: Path, posts: int, seconds: int) -> None:
    account = connect("x")
    account.says("de eerste, die alles warm maakt")
    account.ticket("de eerste")
    wish = {"reason": "De trein staat stil", "level": 1, "scope": {"inboxes": [account.inbox]}}
    crisis = desk.api("POST", "crises/", wish, as_="comms")["id"]
    cookies = inside(desk, "readers", len(AGENTS) + 1)["cookies"]
    people = list(zip(AGENTS, cookies, strict=False))
    file = _file(tmp_path / "storm.csv", posts, seconds)
    with Screen(desk.url, cookies[-1]) as screen, Agents(desk, account.inbox, people) as taken:
        said = desk.manage("replay", str(file), "--inbox", str(account.inbox), timeout=seconds * 3 + 120)
        assert said.startswith(f"{posts:,} posted, 0 refused"), said
        eventually(lambda: _messages(desk, account) == posts + 1, "every message", 120)
        seen = screen.tickets()
    _show(desk, account, posts, seconds, seen, taken)
    _nothing_is_lost(desk, account, posts, taken)
    assert desk.api("GET", f"crises/{crisis}/room/", as_="comms")["tickets"] == posts + 1
    desk.api("POST", f"crises/{crisis}/stand-down/", {"reason": "Voorbij"}, as_="comms")


def _file(path: Path, posts: int, seconds: int) -> Path:
    """Each by somebody else; twice as many a second in the middle as on average."""
    began = datetime(2026, 3, 10, 12, tzinfo=UTC)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "text", "author", "posted_at"])
        for number in range(posts):
            share = number / posts
            at = (share / 2) ** 0.5 if share < 0.5 else 1 - ((1 - share) / 2) ** 0.5
            moment = began + timedelta(seconds=at * seconds)
            rows.writerow([number, text(number), f"reiziger{number}", moment.isoformat()])
    return path


def _messages(desk: RunningDesk, account: Account) -> int:
    sql = "SELECT count(*) FROM tickets_message WHERE inbox_id = %s AND NOT outgoing AND ticket_id IS NOT NULL"
    return int(desk.rows(sql, account.inbox)[0][0])


def _show(desk: RunningDesk, account: Account, posts: int, seconds: int, seen: dict[int, float], taken: Taken) -> None:
    rows = desk.rows(_TICKETS, account.inbox)
    written = [seen[ticket] - float(at) for ticket, at, _received in rows if ticket in seen]
    received = [seen[ticket] - float(at) for ticket, _created, at in rows if ticket in seen]
    show(
        f"{posts:,} posts in {seconds} s, while {len(AGENTS)} agents work",
        [
            ("written → on the screen", "", f"{milliseconds(written, 0.5, 0.99, 1.0)} ({len(written):,} told)"),
            ("received → on the screen", "p99 ≤ 500 ms", milliseconds(received, 0.5, 0.99, 1.0)),
            ("queue, HTML", "p95 ≤ 100 ms", f"{milliseconds(taken.queue, 0.5, 0.95)} ({len(taken.queue):,})"),
            ("ticket, HTML", "", f"{milliseconds(taken.ticket, 0.5, 0.95)} ({len(taken.ticket):,})"),
            ("reply handed in", "", f"{milliseconds(taken.reply, 0.5, 0.95)} ({len(taken.reply):,})"),
        ],
    )


def _nothing_is_lost(desk: RunningDesk, account: Account, posts: int, taken: Taken) -> None:
    assert not taken.problems, taken.problems[:5]
    distinct = "SELECT count(DISTINCT external_id) FROM tickets_message WHERE inbox_id = %s AND NOT outgoing"
    assert desk.rows(distinct, account.inbox)[0][0] == posts + 1
    waiting = "SELECT count(*) FROM replies_reply WHERE id = ANY(%s) AND state <> 'sent'"
    eventually(lambda: desk.rows(waiting, taken.replies)[0][0] == 0, "every reply to be sent", 120)
    network = "SELECT count(DISTINCT external_id) FROM replies_reply WHERE id = ANY(%s)"
    assert desk.rows(network, taken.replies)[0][0] == len(taken.replies)
