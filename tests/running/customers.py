"""The other side of a flow: customers who write on a sandbox network and read what the company answers there."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from desk.inboxes.sandbox import NAMES
from tests.running.desk import RunningDesk, eventually
from tests.servers import NO_TLS


@dataclass
class Account:
    """A company's account on a sandbox network, the inbox behind it, and its customers."""

    desk: RunningDesk
    network: str
    handle: str
    inbox: int
    own_id: str
    credentials: dict[str, str]

    @staticmethod
    def sandbox(desk: RunningDesk, method: str, path: str, body: object = None) -> Any:
        address = f"{desk.sandbox_url}/_sandbox{path}"
        answer = httpx.request(method, address, json=body, timeout=30, verify=NO_TLS)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    @property
    def place(self) -> str:
        """What the sandbox calls this network."""
        return NAMES.get(self.network, self.network)

    def subscribe(self) -> None:
        url = f"{self.desk.url}/webhooks/{self.inbox}/"
        self.sandbox(self.desk, "POST", "/webhooks", {"network": self.place, "account": self.handle, "url": url})

    def says(self, text: str, *, by: str = "marit", kind: str = "mention", **more: Any) -> dict[str, Any]:
        """A customer writes."""
        body = {"network": self.place, "account": self.handle, "kind": kind, "author": by, "text": text, **more}
        made: dict[str, Any] = self.sandbox(self.desk, "POST", "/posts", body)
        return made

    def rest(self) -> None:
        """Nothing more comes of it. A desk that is stopped, or an account that is gone, needs none."""
        with suppress(httpx.TransportError):
            self.desk.client("admin").post(f"/api/v1/inboxes/{self.inbox}/pause/")

    def edits(self, post: dict[str, Any], text: str) -> None:
        self.sandbox(self.desk, "PATCH", f"/posts/{post['id']}", {"text": text})

    def deletes(self, post: dict[str, Any]) -> None:
        self.sandbox(self.desk, "DELETE", f"/posts/{post['id']}")

    def breaks(self, kind: str, match: str = "", *, times: int | None = 1, **params: Any) -> None:
        """Arm a fault of the panel on this network."""
        body = {"network": self.place, "kind": kind, "match": match, "times": times, "params": params}
        self.sandbox(self.desk, "POST", "/faults", body)

    def every_fault_struck(self) -> bool:
        """Whether each armed fault has happened: a test of a fault that never came proves nothing."""
        return all(fault["hits"] for fault in self.sandbox(self.desk, "GET", "/faults")["faults"])

    def mend(self) -> None:
        self.sandbox(self.desk, "DELETE", "/faults")

    def posts(self) -> list[dict[str, Any]]:
        """Everything on the network around this account, oldest first."""
        path = f"/posts?network={self.place}&account={self.handle}&limit=1000"
        found: list[dict[str, Any]] = self.sandbox(self.desk, "GET", path)["posts"]
        return found

    def company_said(self) -> list[str]:
        """What the company has published, in public and in private."""
        return [post["text"] for post in self.posts() if post["author"]["company"] and not post["deleted_at"]]

    def has_said(self, words: str) -> bool:
        """Whether the company has published these words; a network may have put a name before them."""
        return any(words in said for said in self.company_said())

    # ── what the desk makes of it ────────────────────────────────────────────
    def tickets(self, **filters: str) -> list[dict[str, Any]]:
        return self.desk.tickets(self.inbox, **filters)

    def ticket(self, words: str = "", *, seconds: float = 30) -> dict[str, Any]:
        """The one ticket of this account whose preview holds these words, once it is there."""

        def look() -> dict[str, Any] | None:
            found = [ticket for ticket in self.tickets() if words in ticket["preview"]]
            return found[0] if len(found) == 1 else None

        return eventually(look, f"a ticket about “{words}”", seconds)

    def answer(self, ticket: int, text: str, *, as_: str = "agent", visibility: str = "public", key: str = "") -> Any:
        body = {"text": text, "visibility": visibility, "idempotency_key": key or f"{ticket}:{text}"}
        return self.desk.api("POST", f"tickets/{ticket}/reply/", body, as_=as_)

    def reply_becomes(self, reply: int, *states: str, seconds: float = 30) -> dict[str, Any]:
        """The reply once it has one of these states."""

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.desk.api("GET", f"replies/{reply}/")
            return found if found["state"] in states else None

        return eventually(look, f"reply {reply} to become {' or '.join(states)}", seconds)

    def messages(self, ticket: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.desk.api("GET", f"tickets/{ticket}/messages/?page_size=200")["results"]
        return found
