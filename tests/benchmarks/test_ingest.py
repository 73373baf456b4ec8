"""Sustained ingest: from items in memory to committed tickets, and beside it the same rows written bare."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.measured import inside
from tests.benchmarks.tables import show
from tests.benchmarks.texts import text
from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually

COUNT = 6_000  # mentions of one run
RUNS = 3
FROM_SANDBOX = 3_000
INGEST = "ingest-worker"


def test_ingest(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    apart = connect("x", webhook=False, poll_seconds=3_600)
    together = connect("x", webhook=False, poll_seconds=3_600)
    rows = []

    workers = desk.processes(INGEST)
    for worker in workers:
        worker.suspend()  # so that storing is alone
    stored = inside(desk, "only_store", apart.inbox, COUNT)["seconds"]
    started = time.perf_counter()
    for worker in workers:
        worker.resume()
    eventually(lambda: made(desk, apart.inbox) >= COUNT, "all to be processed", 120)
    alone = time.perf_counter() - started
    rows.append(("store alone", "", f"{COUNT / stored:,.0f}/s"))
    rows.append(("process alone (the worker), after a stop", "", f"{COUNT / alone:,.0f}/s"))
    rows.append(("one after the other", "≥ 3,000/s", f"{COUNT / (stored + alone):,.0f}/s"))

    rates = sorted(
        COUNT / inside(desk, "store_and_wait", [together.inbox], COUNT, run * COUNT)["seconds"] for run in range(RUNS)
    )
    both = rates[RUNS // 2]
    rows.append((f"store and process side by side, median of {RUNS}", "≥ 3,000/s", f"{both:,.0f}/s"))

    bare = inside(desk, "bare", together.inbox)
    tickets = desk.rows("SELECT count(*) FROM tickets_ticket")[0][0]
    everything, two = tickets / bare["all_tables"], tickets / bare["two_tables"]
    rows.append(("the same rows, bare INSERT … SELECT unnest, all 7 tables", "", f"{everything:,.0f}/s"))
    rows.append(("… ticket and message only (17,704/s on a quiet machine)", "", f"{two:,.0f}/s"))
    rows.append(("ratio: bare, all tables ÷ side by side", "", f"{everything / both:.1f}"))
    rows.append(("ratio: bare, ticket and message ÷ side by side", "≤ 5.9", f"{two / both:.1f}"))
    assert desk.rows("SELECT count(*) FROM inboxes_rawitem WHERE processed_at IS NULL")[0][0] == 0
    assert desk.rows("SHOW fsync")[0][0] == "on"
    show("Ingest: items in memory → committed tickets", rows)


def test_ingest_of_two_inboxes(connect_to: Callable[..., Account], tmp_path: Path) -> None:
    """Inboxes are the unit of parallel reading: two of them, with a worker process for each."""
    desk = RunningDesk(tmp_path, DESK_WORKERS="2")
    desk.start()
    try:
        inboxes = [connect_to(desk, webhook=False, poll_seconds=3_600).inbox for _number in range(2)]
        rates = sorted(
            len(inboxes) * COUNT / inside(desk, "store_and_wait", inboxes, COUNT, run * COUNT)["seconds"]
            for run in range(RUNS)
        )
    finally:
        desk.stop()
    show(
        "Ingest of two inboxes by two workers: items in memory → committed tickets",
        [(f"store and process side by side, median of {RUNS}", "≥ 3,000/s", f"{rates[RUNS // 2]:,.0f}/s")],
    )


def test_ingest_from_the_sandbox(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    """Over HTTP, through the real connector's poll, a hundred to a page."""
    account = connect("x", webhook=False, poll_seconds=3_600)
    polled = (
        "SELECT id FROM inboxes_streamstate WHERE inbox_id = %s AND last_poll_at IS NOT NULL AND claimed_until IS NULL"
    )
    eventually(lambda: len(desk.rows(polled, account.inbox)) == 3, "the first poll of each feed to end")
    _post(account, FROM_SANDBOX)
    desk.rows("UPDATE inboxes_streamstate SET next_poll_at = now() WHERE inbox_id = %s RETURNING id", account.inbox)
    started = time.perf_counter()
    eventually(lambda: made(desk, account.inbox) >= FROM_SANDBOX, "every post to become a ticket", 180)
    took = time.perf_counter() - started
    show(
        "Ingest: sandbox over HTTP, poll by poll → committed tickets",
        [(f"{FROM_SANDBOX:,} posts, both sides on these cores", "", f"{FROM_SANDBOX / took:,.0f}/s")],
    )


def made(desk: RunningDesk, inbox: int) -> int:
    found = desk.rows("SELECT count(*) FROM tickets_message WHERE inbox_id = %s AND ticket_id IS NOT NULL", inbox)
    return int(found[0][0])


def _post(account: Account, count: int) -> None:
    for first in range(0, count, 500):
        posts = [
            {"author": f"klant{n}", "text": f"@{account.handle} {text(n)}", "kind": "mention", "ref": str(n)}
            for n in range(first, first + 500)
        ]
        answer = account.sandbox(account.desk, "POST", "/posts/bulk",
                                 {"network": account.place, "account": account.handle, "posts": posts})  # fmt: skip
        assert len([row for row in answer["results"] if "id" in row]) == 500, json.dumps(answer)[:500]
