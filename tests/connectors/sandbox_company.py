"""A company on a sandbox network, the customers who write to it, and the side that webhooks reach."""

import itertools
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors import registry
from connectors.base import Account, Connector, Item, Page
from connectors.outgoing_address import Downloaded, download
from connectors.sandbox.app import NETWORKS
from desk.inboxes.sandbox import NAMES
from tests.connectors.sandbox.conftest import SandboxProcess

# The sandbox's name of a network → ours, of those that it plays.
PLAYED = frozenset(network.slug for network in NETWORKS)
SLUGS = {
    name: slug
    for slug in (network.slug for network in registry.all_networks())
    if (name := NAMES.get(slug, slug)) in PLAYED
}
_numbers = itertools.count()


class Company:
    """One company on one sandbox network, and the customers who write to it."""

    def __init__(self, sandbox: SandboxProcess, slug: str, **settings: Any) -> None:
        self.sandbox, self.slug, self.handle = sandbox, slug, f"vlotspoor{next(_numbers)}"
        body = {"network": slug, "handle": self.handle, "settings": {"rate_limits": "off", **settings}}
        self.made = sandbox.call("POST", "/accounts", body)
        self.connector = self.connect()

    def connect(self, **changes: Any) -> Connector:
        given = {"credentials": self.made["credentials"], "base_url": self.made["base_url"], "own_id": self.made["id"]}
        return registry.get(SLUGS[self.slug])(Account(**{**given, "timeout": 20.0, **changes}))

    def customer(self, kind: str, text: str, author: object = "jan", **more: Any) -> str:
        body = {"network": self.slug, "account": self.handle, "kind": kind, "text": text, "author": author, **more}
        return str(self.sandbox.call("POST", "/posts", body)["id"])

    def arm(self, kind: str, match: str = "", times: int | None = 1, **params: Any) -> None:
        self.sandbox.arm(kind, match, times, self.slug, **params)

    def fetch(self, url: str) -> Downloaded:
        return download(url, max_bytes=1_000_000, allow_private=True)

    def read(self, stream: str, cursor: Any = None, *, calls: int = 50) -> tuple[list[Item], Any]:
        """Everything that is there to be read. Cursors go through JSON, as they do in the desk."""
        items: list[Item] = []
        cursor = cursor or {}
        for _ in range(calls):
            page = self.connector.fetch(stream, cursor)
            assert page.unreadable == ()
            items += page.items
            cursor = json.loads(json.dumps(page.cursor))
            if not page.more:
                break
        return items, cursor

    def on_the_network(self, post_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.sandbox.call("GET", f"/posts/{post_id}")
        return found


def addressed(items: list[Item]) -> dict[str, Item]:
    return {item.external_id: item for item in items if item.addressed}


def seen(item: Item) -> tuple[object, ...]:
    """What must not depend on the way by which an item came."""
    return item.text, item.thread_id, item.parent_id, item.outgoing, item.kind, item.private, item.reply_allowed


class Desk:
    """The side that webhooks reach: handshake, signature, and what the connector makes of them."""

    def __init__(self, company: Company) -> None:
        self.company, self.pages, self.refused = company, list[Page](), 0
        network, credentials = type(company.connector), company.made["credentials"]
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = network.handshake(credentials, dict(parse_qsl(urlsplit(self.path).query)))
                body, content_type = answer or ("", "text/plain")
                self._answer(200 if answer else 403, body.encode(), content_type)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                if network.verify_webhook(credentials, headers, body):
                    desk.pages.append(desk.company.connector.parse_webhook(body))
                    self._answer(200)
                else:
                    desk.refused += 1
                    self._answer(403)

            def _answer(self, status: int, body: bytes = b"", content_type: str = "text/plain") -> None:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/1/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        body = {"network": company.slug, "account": company.handle, "url": self.url, "retry_seconds": 0.2}
        self._hook = company.sandbox.call("POST", "/webhooks", body)["id"]

    def items(self, wanted: int) -> list[Item]:
        """What came, once there are `wanted` items that were addressed to us."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = [item for page in self.pages for item in page.items]
            if len([item for item in found if item.addressed]) >= wanted:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{wanted} items were expected, these came: {self.pages}")

    def close(self) -> None:
        self.company.sandbox.call("DELETE", f"/webhooks/{self._hook}")
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
