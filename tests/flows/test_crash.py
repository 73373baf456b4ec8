"""kill -9 in the middle of ingest and of sending, at seeded moments: nothing lost, no reply sent twice."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest

from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually
from tests.running.processes import WORKERS

VICTIMS = {"worker": WORKERS, "web": ("web",), "beat": ("beat",), "sandbox": ("sandbox",)}
POSTS, REPLIES = 120, 6
RECOVERY = 150.0  # seconds: a reply that was on the wire is looked for after 30


@pytest.fixture(scope="module")
def crash_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk of its own, because its processes are about to die."""
    desk = RunningDesk(tmp_path_factory.mktemp("crash"))
    desk.start()
    yield desk
    desk.stop()


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.long] if seed > 1 else []) for seed in range(1, 21)]
)
def test_a_killed_process_loses_nothing_and_sends_nothing_twice(
    crash_desk: RunningDesk, connect_to: Callable[[RunningDesk], Account], victim: str, seed: int
) -> None:
    chance = random.Random(f"{victim}-{seed}")
    x: Account = _insist(partial(connect_to, crash_desk))  # the last victim may still be on its way back
    for number in range(REPLIES):
        x.says(f"@{x.handle} vraag {number}", by=f"vrager{number}")
    eventually(lambda: len(x.tickets()) == REPLIES, "the tickets to answer")
    answered = {ticket["id"]: f"Antwoord op ticket {ticket['id']}." for ticket in x.tickets()}
    with ThreadPoolExecutor(3) as pool:
        writing = pool.submit(_write, x, chance.random() * 0.2)
        answering = pool.submit(_answer, x, answered)
        time.sleep(chance.random() * 2.5)
        assert crash_desk.kill(*VICTIMS[victim]), f"no {victim} to kill"
        written, replies = writing.result(), answering.result()
    eventually(lambda: len(_messages(x, written)) >= len(written), "every post to arrive", RECOVERY)
    found = _messages(x, written)
    assert len({row[0] for row in found}) == len(found) == len(written)
    for reply in replies:
        _settle(x, reply)
    said = _insist(x.company_said)
    assert sorted(text[text.index("Antwoord") :].removesuffix(" ^AG") for text in said) == sorted(answered.values())


def _settle(x: Account, reply: int) -> None:
    """A reply that died on its way to the network is *unknown*; when it is not there, a person sends it again."""

    def looked_for() -> dict[str, Any] | None:
        found: dict[str, Any] = x.desk.api("GET", f"replies/{reply}/")
        looks = x.desk.rows("SELECT lookups FROM replies_reply WHERE id = %s", reply)[0][0]
        return found if found["state"] == "sent" or (found["state"] == "unknown" and looks > 1) else None

    found = eventually(looked_for, f"reply {reply} to be settled or looked for", RECOVERY)
    if found["state"] == "unknown":
        assert not any(f"ticket {found['ticket']}." in text for text in _insist(x.company_said))
        x.desk.api("POST", f"replies/{reply}/send_again/")
        x.reply_becomes(reply, "sent")


def _write(x: Account, pause: float) -> list[str]:
    """Customers write all the while; a sandbox that is down is tried again, as people do."""
    ids: list[str] = []
    for first in range(0, POSTS, 20):
        rows = [
            {"author": f"klant{n}", "text": f"@{x.handle} bericht {n}", "kind": "mention", "ref": f"{x.handle}-{n}"}
            for n in range(first, first + 20)
        ]
        body = {"network": x.place, "account": x.handle, "posts": rows}
        ids += [row["id"] for row in _insist(partial(x.sandbox, x.desk, "POST", "/posts/bulk", body))["results"]]
        time.sleep(pause)
    return ids


def _answer(x: Account, texts: dict[int, str]) -> list[int]:
    return [_insist(partial(x.answer, ticket, text))["id"] for ticket, text in texts.items()]


def _insist(call: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 30
    while True:
        try:
            return call()
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def _messages(x: Account, external_ids: list[str]) -> list[tuple[Any, ...]]:
    return x.desk.rows(
        "SELECT external_id FROM tickets_message WHERE inbox_id = %s AND ticket_id IS NOT NULL"
        " AND external_id = ANY(%s)",
        x.inbox,
        external_ids,
    )
