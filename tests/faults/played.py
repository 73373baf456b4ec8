"""One company's account on a sandbox network and the inbox that reads it, driven verb by verb without workers."""

import itertools
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from django.db import connections
from django.utils import timezone

from connectors.sandbox.faults import DELIVERIES
from desk.actions.inboxes import inboxes, poll, webhooks
from desk.actions.intake import ingest
from desk.common.errors import DeskError
from desk.inboxes import budgets
from desk.inboxes.gateway import connector_of
from desk.inboxes.models import Inbox
from desk.inboxes.sandbox import KINDS, NAMES, OTHERWISE
from desk.inboxes.words import told
from desk.people.models import User
from desk.tickets.models import Message, Ticket
from tests.sandbox import SandboxProcess

_numbers = itertools.count()


class Played:
    """The account and both its sides. `network` is the connector's name."""

    def __init__(self, sandbox: SandboxProcess, network: str, **options: str) -> None:
        self.sandbox, self.place = sandbox, NAMES.get(network, network)
        self.handle = f"vlotfout{next(_numbers)}"
        wish = {"network": self.place, "handle": self.handle, "settings": {"rate_limits": "off"}}
        self.made = sandbox.call("POST", "/accounts", wish)
        self.inbox = inboxes.create_inbox(
            None,
            network=network,
            name=self.handle,
            credentials=self.made["credentials"],
            base_url=self.made["base_url"],
            options=options,
        )
        self._armed: list[int] = []

    # the customers

    def says(self, text: str, by: str, **more: Any) -> str:
        """A first word in public; the id on the network."""
        first, _below = KINDS.get(self.place, OTHERWISE)
        row = {"network": self.place, "account": self.handle, "kind": first, "author": by, "text": text, **more}
        return str(self.sandbox.call("POST", "/posts", row)["id"])

    def says_below(self, text: str, by: str) -> None:
        """A word below a post of the company's own, where it has a say about what others write."""
        _first, below = KINDS.get(self.place, OTHERWISE)
        own = self.company_posts("Nieuws")
        row = {"network": self.place, "account": self.handle, "kind": below, "author": by, "text": text}
        self.sandbox.call("POST", "/posts", {**row, "in_reply_to": own})

    def takes_back(self, post: str) -> None:
        """A customer deletes their post."""
        self.sandbox.call("DELETE", f"/posts/{post}")

    def company_posts(self, text: str, **more: str) -> str:
        """A colleague writes in the network's own app, in answer to nobody; its id on the network."""
        row = {"network": self.place, "account": self.handle, "kind": "post", "origin": "native", "text": text, **more}
        return str(self.sandbox.call("POST", "/posts", row)["id"])

    def does(self, deed: str, by: str) -> None:
        """What is done in a private conversation without words: see `_sandbox/conversations`."""
        row = {"network": self.place, "account": self.handle, "author": by, "does": deed}
        self.sandbox.call("POST", "/conversations", row)

    def company_types(self, text: str, below: str) -> None:
        """A colleague answers in the network's own app."""
        row = {"network": self.place, "account": self.handle, "kind": "reply", "origin": "native", "text": text}
        self.sandbox.call("POST", "/posts", {**row, "in_reply_to": below})

    def company_said(self) -> list[str]:
        """What stands on the network in the company's name."""
        path = f"/posts?network={self.place}&account={self.handle}&limit=1000"
        posts = self.sandbox.call("GET", path)["posts"]
        return [post["text"] for post in posts if post["author"]["company"] and not post["deleted_at"]]

    # the network

    def arm(self, kind: str, match: str, **params: Any) -> None:
        """Let one request or delivery of this account go wrong; a page that is read has no account."""
        aimed = {} if kind in DELIVERIES and match.startswith(("GET", "DELIVER mail")) else {"account": self.made["id"]}
        armed = self.sandbox.arm(kind, match, 1, self.place, **aimed, **params)
        self._armed.append(armed["id"])

    def struck(self) -> bool:
        """Whether what was armed has happened: a test of a fault that never came proves nothing."""
        armed = self.sandbox.call("GET", "/faults")["faults"]
        return all(fault["hits"] for fault in armed if fault["id"] in self._armed)

    def mend(self) -> None:
        """The network is well again, its window over, and the account signed in again where that was needed."""
        for fault in self._armed:
            self.sandbox.call("DELETE", f"/faults/{fault}")
        budgets.forget(self.inbox.pk)
        self.inbox.refresh_from_db()
        if self.inbox.state == Inbox.State.NEEDS_REAUTHORISATION:
            administrator = User.objects.get(username="ada")
            inboxes.reauthorise(administrator, self.inbox.pk, credentials=self.made["credentials"])

    # the desk

    def poll(self) -> None:
        """Each public feed once, or all where nothing is public, and what came of it."""
        streams = connector_of(self.inbox).streams
        private = {stream.name for stream in streams if stream.private and not all(one.private for one in streams)}
        self.poll_of(*(stream.name for stream in streams if stream.name not in private))

    def poll_of(self, *names: str) -> None:
        """These feeds once, and what came of it."""
        for stream in self.inbox.streams.filter(name__in=names).order_by("pk"):
            poll.poll(stream.pk, timezone.now())
        self.process()

    def process(self) -> None:
        ingest.process(self.inbox.pk, timezone.now())

    def texts(self) -> list[str]:
        """What customers said, as the desk has it, one for each message."""
        rows = Message.objects.filter(inbox=self.inbox, outgoing=False, ticket__isnull=False)
        return sorted(rows.values_list("text", flat=True))

    def ticket(self) -> Ticket:
        return Ticket.objects.get(inbox=self.inbox)

    def administrators_see(self) -> str:
        """The words on the inbox's page; empty where all is well."""
        self.inbox.refresh_from_db()
        return told(self.inbox.last_error)


class Listening:
    """The address of one inbox's webhooks: what arrives goes where the desk's own view takes it."""

    def __init__(self, played: Played) -> None:
        self.played, self.refused = played, list[str]()
        listening = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = dict(parse_qsl(urlsplit(self.path).query))
                body, _content_type = webhooks.handshake(listening.played.inbox.pk, query)
                connections.close_all()
                self._answer(200, body.encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                try:
                    webhooks.receive(listening.played.inbox.pk, headers, body)
                except DeskError as problem:
                    listening.refused.append(problem.code)
                    self._answer(problem.status, b"")
                else:
                    self._answer(200, b"")
                finally:
                    connections.close_all()

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        url = f"http://127.0.0.1:{self._server.server_port}/"
        played = self.played
        wish = {"network": played.place, "account": played.handle, "url": url, "retry_seconds": 0.2}
        self._hook = played.sandbox.call("POST", "/webhooks", wish)["id"]
        return self

    def __exit__(self, *_: object) -> None:
        self.played.sandbox.call("DELETE", f"/webhooks/{self._hook}")
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
