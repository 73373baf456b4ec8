"""The control API of the sandbox networks, by which the demo, `replay` and drills play customers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings

MOST_ROWS = 500  # posts in one call; the sandbox takes 1,000
NAMES = {
    "facebook_page": "facebook",
    "mail": "mailbox",
}  # what the sandbox calls a network, where that differs from its connector
# What a customer writes on a network: a first word, and one below another.
KINDS = {"facebook": ("visitor_post", "comment"), "instagram": ("comment", "comment")}
KINDS |= dict.fromkeys(("google_business", "google_play", "app_store"), ("review", "review"))
KINDS["mailbox"] = ("dm", "dm")
OTHERWISE = ("mention", "reply")
_TIMEOUT = 30  # seconds


class SandboxAway(Exception):
    """The sandbox did not answer. The message is one line that says where it was looked for."""


class SandboxRefused(Exception):
    """The sandbox would not do it; the message is its own sentence."""


class Sandbox:
    """One running sandbox, by its origin such as http://127.0.0.1:8090."""

    def __init__(self, origin: str) -> None:
        self.origin = origin.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # it is on this machine, and no proxy knows it

    @classmethod
    def behind(cls, base_url: str) -> "tuple[Sandbox, str] | None":
        """The sandbox that an inbox's address leads to and the network's name there; None where it is none."""
        parts = urlsplit(base_url)
        if parts.scheme in ("imap", "imaps"):  # a mailbox has no path by which its sandbox is known
            sandbox = cls(settings.SANDBOX_URL)
            return (sandbox, NAMES["mail"]) if settings.SANDBOX_URL and sandbox._has_mail_at(base_url) else None
        network = parts.path.strip("/").partition("/")[0]
        if not parts.netloc or not network:
            return None
        sandbox = cls(f"{parts.scheme}://{parts.netloc}")
        try:
            known = network in sandbox.networks()
        except (SandboxAway, SandboxRefused):
            return None
        return (sandbox, network) if known else None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def _has_mail_at(self, base_url: str) -> bool:
        try:
            addresses: dict[str, str] = self._call("GET", "/health").get("addresses", {})
            return addresses.get(NAMES["mail"]) == base_url.rstrip("/")
        except (SandboxAway, SandboxRefused):
            return False

    def networks(self) -> list[str]:
        """The networks that it speaks."""
        return list(self._call("GET", "/health").get("networks", ()))

    def make_account(self, network: str, handle: str, **facts: Any) -> dict[str, Any]:
        """The company's account, made where it is new: id, handle, credentials, base_url, settings."""
        return self._call("POST", "/accounts", {"network": network, "handle": handle, **facts})

    def write(self, posts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Post any number of rows in order. For each {"id", …} or {"error": a sentence}."""
        results: list[dict[str, Any]] = []
        for start in range(0, len(posts), MOST_ROWS):
            rows = list(posts[start : start + MOST_ROWS])
            results += self._call("POST", "/posts/bulk", {"posts": rows})["results"]
        return results

    def edit(self, post_id: str, text: str) -> dict[str, Any]:
        """The author edits a post; the post as it is now."""
        return self._call("PATCH", f"/posts/{post_id}", {"text": text})

    def remove(self, post_id: str) -> None:
        """The author deletes a post."""
        self._call("DELETE", f"/posts/{post_id}")

    def react(self, network: str, post: str, handle: str, kind: str) -> None:
        """A customer shows what they feel below a post of the company, by its ref. Twice is once."""
        self._call("POST", "/reactions", {"network": network, "post": post, "author": handle, "kind": kind})

    def register_webhook(self, network: str, account: str, url: str) -> None:
        """Tell the network where to deliver events; it challenges the address at once. Raises SandboxRefused."""
        self._call("POST", "/webhooks", {"network": network, "account": account, "url": url})

    def move_webhooks(self, before: str, now: str) -> None:
        """Deliver at the origin `now` what goes to the origin `before`, each address once challenged."""
        for hook in self._call("GET", "/webhooks")["webhooks"]:
            if hook["url"].startswith(f"{before}/"):
                self._call("PATCH", f"/webhooks/{hook['id']}", {"url": now + hook["url"].removeprefix(before)})

    def arm(self, network: str, kind: str, match: str, *, times: int | None = 1, **params: Any) -> int:
        """Let requests go wrong, one or (None) all until it is disarmed; the fault's id."""
        fault = {"network": network, "kind": kind, "match": match, "times": times, "params": params}
        return int(self._call("POST", "/faults", fault)["id"])

    def disarm(self, fault_ids: Iterable[int]) -> None:
        """Forget faults, whether they struck or not."""
        for fault_id in fault_ids:
            self._call("DELETE", f"/faults/{fault_id}")

    def switch_crowd(self, network: str, account: str, pace: float) -> None:
        """Let invented customers write by themselves: 1 is the normal pace, 0 is off."""
        self._call("PUT", "/crowd", {"network": network, "account": account, "pace": pace})

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        try:
            answer = self._session.request(method, f"{self.origin}/_sandbox{path}", json=body, timeout=_TIMEOUT)
            told: Any = answer.json() if answer.content else {}
        except (requests.RequestException, ValueError) as problem:
            raise SandboxAway(f"The sandbox at {self.origin} does not answer. Start it with `make run`.") from problem
        if not answer.ok or not isinstance(told, dict):
            words = told.get("error") or told.get("problem") if isinstance(told, dict) else ""
            raise SandboxRefused(str(words or f"The sandbox answered HTTP {answer.status_code}."))
        return told
