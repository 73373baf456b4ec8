"""From a customer's post to an agent's screen, and from an agent's reply to the network."""

import random
import time
from collections.abc import Callable
from functools import partial

from tests.benchmarks.measured import inside
from tests.benchmarks.screens import Screen
from tests.benchmarks.tables import milliseconds, show
from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually

POSTS = {"webhook": 100, "poll": 25}
POLL_SECONDS = 3  # as short as X allows for mentions
RATE, SECONDS = 1_000, 10
REPLIES = 10


def test_post_to_screen(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    rows = []
    for way, goal in (("webhook", ""), ("poll", f"≈ half of {POLL_SECONDS} s")):
        account = connect("x", webhook=way == "webhook", poll_seconds=3_600 if way == "webhook" else POLL_SECONDS)
        account.says("de eerste, die alles warm maakt")
        account.ticket("de eerste")
        with Screen(desk.url, inside(desk, "reader")["cookie"]) as screen:
            taken = [_post_and_see(account, screen, number) for number in range(POSTS[way])]
        rows.append((f"by {way}, one post at a time ({len(taken)})", goal, milliseconds(taken, 0.5, 0.99)))
    show("Post on the sandbox → the agent's screen", rows)


def test_received_to_screen_under_load(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    """Goal 8: a thousand mentions a second are stored; each is on the screen soon after."""
    account = connect("x", webhook=False, poll_seconds=3_600)
    inside(desk, "trickle", account.inbox, 1, 100, 0)  # the worker has loaded everything
    with Screen(desk.url, inside(desk, "reader")["cookie"]) as screen:
        late = inside(desk, "trickle", account.inbox, SECONDS, RATE, 10_000)["late"]
        received = "SELECT id, extract(epoch FROM received_at)::float8 FROM tickets_ticket WHERE inbox_id = %s"
        wanted = 100 + SECONDS * RATE
        eventually(lambda: len(desk.rows(received, account.inbox)) == wanted, "every ticket", 120)
        time.sleep(1)
        seen = screen.tickets()
    taken = [seen[ticket] - float(at) for ticket, at in desk.rows(received, account.inbox) if ticket in seen]
    show(
        f"Received by the desk → on the screen, at {RATE:,}/s for {SECONDS} s",
        [
            ("told by number", "p99 ≤ 500 ms", f"{milliseconds(taken, 0.5, 0.99)} ({len(taken):,} of {wanted:,})"),
            ("the sender itself was late by", "", f"{late:.1f} s"),
        ],
    )


def test_reply_to_network(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    """From submit, without the seconds in which it can be called back, to the post on the network."""
    account = connect("x")
    undo = float(desk.environment["DESK_UNDO_SECONDS"])
    taken = []
    for number in range(REPLIES):
        account.says(f"vraag {number}", by=f"vrager{number}")
        ticket = account.ticket(f"vraag {number}")["id"]
        started = time.perf_counter()
        account.answer(ticket, f"Antwoord {number}")
        eventually(partial(_is_said, account, f"Antwoord {number}"), "the answer")
        taken.append(time.perf_counter() - started - undo)
    show(
        f"Reply submitted → on the network, after its {undo:.0f} s of undo",
        [(f"{REPLIES} replies, one at a time (looked for every 100 ms)", "", milliseconds(taken, 0.5, 0.99))],
    )


def _is_said(account: Account, words: str) -> bool:
    return any(words in said for said in account.company_said())


def _post_and_see(account: Account, screen: Screen, number: int) -> float:
    """Seconds from the request that posts to the event that shows it."""
    time.sleep(random.Random(number).random() * 0.2)
    before = len(screen.tickets())
    started = time.time()
    account.says(f"bericht {number}", by=f"klant{number}")
    eventually(lambda: len(screen.tickets()) > before, "the post on the screen")
    return max(screen.tickets().values()) - started
