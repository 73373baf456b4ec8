"""A what-if over more replies than one task answers, while its worker is killed: all of them, once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually
from tests.running.past_replies import ANSWERS, make_past_replies

REPLIES = 14_000  # of which a task answers 10,000
RECOVERY = 180.0  # the sweep waits half a minute before it takes a worker for dead
STRICT: dict[str, Any] = {"rules": {"links.shortener": {"severity": "block"}}}


@pytest.fixture(scope="module")
def killed_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk of its own, because its workers are about to die."""
    desk = RunningDesk(tmp_path_factory.mktemp("what-if"))
    desk.start()
    yield desk
    desk.stop()


def test_a_killed_worker_loses_nothing_and_counts_nothing_twice(
    killed_desk: RunningDesk, connect_to: Callable[..., Account]
) -> None:
    desk = killed_desk
    account = connect_to(desk, webhook=False)
    account.says(f"@{account.handle} waar blijft de trein?")
    eventually(lambda: desk.tickets(account.inbox), "the ticket")
    make_past_replies(desk, account.inbox, REPLIES)
    draft = desk.api("POST", "rulebooks/", {"document": STRICT}, as_="supervisor")["number"]
    run = desk.api("POST", f"rulebooks/{draft}/what-if/", {"days": 30}, as_="supervisor")
    address = f"rulebooks/what-if/{run['id']}/"

    def stands() -> dict[str, Any]:
        found: dict[str, Any] = desk.api("GET", address, as_="supervisor")
        return found

    assert (run["state"], run["total"]) == ("running", REPLIES)
    eventually(lambda: stands()["checked"], "the first portion")
    assert desk.kill("network-worker")
    assert stands()["checked"] < REPLIES, "it was killed too late to mean anything"
    eventually(lambda: stands()["state"] == "done", "all of it", RECOVERY)

    done = stands()
    assert (done["checked"], done["replies"]["checked"]) == (REPLIES, REPLIES)
    shortened = REPLIES // len(ANSWERS)
    (rule,) = [
        one
        for one in desk.api("GET", f"{address}counts/?by=rule", as_="supervisor")["results"]
        if one["name"] == "links.shortener"
    ]
    assert (rule["block"], rule["warn_before"], rule["added"]) == (shortened, shortened, shortened)
    texts = "SELECT count(*), count(DISTINCT reply_id) FROM rulebooks_whatiftext WHERE run_id = %s"
    ((rows, replies),) = desk.rows(texts, run["id"])
    assert rows == replies == done["replies"]["found"]
    agents = desk.api("GET", f"{address}counts/?by=agent", as_="supervisor")["results"]
    assert sum(one["checked"] for one in agents) == REPLIES
