"""The pages that agents live in, at 100,000 and at 1,000,000 tickets, over HTTP and signed in."""

from collections.abc import Callable

from tests.benchmarks import history
from tests.benchmarks.load import request, send_all
from tests.benchmarks.measured import inside
from tests.benchmarks.tables import milliseconds, percentile, show
from tests.running.customers import Account
from tests.running.desk import RunningDesk

SIZES = (100_000, 1_000_000)  # tickets, one in ten of them open
ALONE, TOGETHER = 80, 240  # requests by one client, and by eight
CLIENTS = 8
PAGES = {
    # what: (address, goal of the p50 with one client)
    "queue, HTML": ("/queue/", "≤ 25 ms"),
    "queue, JSON": ("/api/v1/tickets/?status=open", "≤ 15 ms"),
    "queue, mine, JSON": ("/api/v1/tickets/?status=open&assignee=me", "≤ 15 ms"),
    "all tickets, JSON": ("/api/v1/tickets/", "≤ 15 ms"),
    "ticket, HTML": (f"/tickets/{history.BASE + 1}/", ""),
    "ticket opened in the queue, HTML": (f"/tickets/{history.BASE + 2}/", "≤ 25 ms"),
    "ticket with 5,000 messages": (f"/tickets/{history.LONG}/", "≤ 25 ms"),
    "badges, JSON": ("/api/v1/counts/", ""),
}
FRAGMENTS = {"ticket opened in the queue, HTML", "ticket with 5,000 messages"}  # asked for by htmx: the ticket alone


def test_pages(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    inbox = connect("x", webhook=False, poll_seconds=3_600).inbox
    cookie = inside(desk, "reader")["cookie"]
    quickest: dict[str, list[float]] = {what: [] for what in PAGES}
    made = 0
    for size in SIZES:
        history.make(desk, inbox, made + 1, size)
        made = size
        looked = inside(desk, "look", {what: (address, what in FRAGMENTS) for what, (address, _goal) in PAGES.items()})
        rows = []
        for what, (address, goal) in PAGES.items():
            headers = {"Cookie": cookie} | ({"HX-Request": "true"} if what in FRAGMENTS else {})
            message = request(f"{desk.url}{address}", headers=headers)
            send_all(desk.url, [message] * 10, 1)
            alone, _seconds = send_all(desk.url, [message] * ALONE, 1)
            together, seconds = send_all(desk.url, [message] * TOGETHER, CLIENTS)
            quickest[what].append(min(alone))  # what else the machine did meanwhile would be in any other figure
            rows.append(
                (what, goal, milliseconds(alone, 0.5, 0.99), milliseconds(together, 0.5, 0.95),
                 f"{TOGETHER / seconds:,.0f}/s", str(looked["queries"][what]))
            )  # fmt: skip
        kept, fresh = percentile(looked["kept"], 0.5), percentile(looked["badges"], 0.5)
        rows.append(
            ("badges, in process, kept / counted", "≤ 2 ms", f"{kept * 1e3:.1f} / {fresh * 1e3:.1f} ms", "", "", "")
        )
        show(
            f"Pages at {size:,} tickets, {size // 10:,} open (8 clients: p95 ≤ 100 ms)",
            rows,
            ("page", "goal p50", "1 client", f"{CLIENTS} clients", "", "queries"),
        )
    show(
        f"Quickest answer at {SIZES[1]:,} ÷ at {SIZES[0]:,} tickets",
        [(what, "≤ 1.2", f"{later / earlier:.2f}") for what, (earlier, later) in quickest.items()],
    )
