"""What the desk takes to say what it thinks of a reply while somebody types it: through the view, and over HTTP."""

from collections.abc import Callable
from urllib.parse import urlencode

from tests.benchmarks.load import request, send_all
from tests.benchmarks.measured import inside
from tests.benchmarks.tables import milliseconds, show
from tests.benchmarks.test_rules import LAST_PIECE, LONGEST
from tests.running.customers import Account
from tests.running.desk import RunningDesk

KEYS, WRITERS = 300, 8
TOKEN = "a" * 64  # the same in cookie and header: what a browser shows to prove that the form is ours


def test_composer_check(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    """Goal 10, through the view: the draft is kept, all rules look, and the answer is a page's part."""
    account = connect("x")
    account.says("Waar blijft de trein?")
    ticket = account.ticket("Waar blijft")["id"]
    texts = [_text(number) for number in range(KEYS)]
    found = inside(desk, "compose", ticket, texts)
    rows = [
        ("in process, view and template included", "p95 20 ms", milliseconds(found["seconds"], 0.5, 0.95)),
        ("of that the process itself, without the database", "", milliseconds(found["own"], 0.5, 0.95)),
        ("queries", "", str(found["queries"])),
    ]
    cookie = f"{inside(desk, 'reader')['cookie']}; csrftoken={TOKEN}"
    asked = [_request(desk.url, ticket, text, cookie) for text in texts]
    send_all(desk.url, asked[:10], 1)
    for writers in (1, WRITERS):
        taken, _seconds = send_all(desk.url, asked, writers)
        rows.append((f"over HTTP, {writers} at a time on one ticket", "", milliseconds(taken, 0.5, 0.95)))
    show("What the rules say while typing, 280 characters with findings of every kind", rows)


def _text(number: int) -> str:
    return f"{(LONGEST + LAST_PIECE * 3)[:275]} {number:04}"


def _request(url: str, ticket: int, text: str, cookie: str) -> bytes:
    headers = {
        "Cookie": cookie,
        "X-CSRFToken": TOKEN,
        "HX-Request": "true",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode({"text": text, "visibility": "public"}).encode()
    return request(f"{url}/tickets/{ticket}/draft/", "POST", headers, body)
