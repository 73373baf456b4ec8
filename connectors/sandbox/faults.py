"""The fault panel's engine: faults are armed over HTTP and strike the next requests or deliveries that they match.

A request is known as "METHOD /path" (no query), a webhook delivery as "DELIVER <event> <address>", a step of a mail
server as "IMAP FETCH" or "SMTP DATA", and a mail on its way into a mailbox as "DELIVER mail <address>". A fault strikes
where its regular expression is found in that line; an empty one strikes everything of its kind, and with `account` in
its params only that company. `times` counts the strikes (None: until cleared). What is armed survives a restart.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.sandbox.store import Store

# Answers of the network's own making: `Network.failure` gives them their network's shape.
FAILURES: Mapping[str, str] = {
    "rate_limit": "429 with the reset header; params: seconds (default 60), on Facebook code",
    "rate_limit_without_reset": "429 without a reset header",
    "unauthorized": "401, the token is expired or revoked",
    "payment_required": "402, credits used up",
    "forbidden": "403, permission missing; params on Facebook: code (default 200), subcode",
    "not_allowed": "403, a rule of the network forbids it whatever the token may do",
    "not_found": "404, what is asked for is not there; a mail server: no such folder, or no such recipient",
    "server_error_json": "5xx with a JSON body; params: status (default 503)",
    "server_error_html": "5xx with an HTML body; params: status (default 503)",
}
DISTURBANCES: Mapping[str, str] = {
    "timeout_before": "nothing takes effect, no answer comes; params: seconds until the connection drops (default 30)",
    "timeout_after": "it takes effect, but no answer comes; params: seconds until the connection drops (default 30)",
    "slow": "the answer comes late; params: seconds (default 3)",
    "truncated_json": "the answer is cut in half; what was asked took effect",
    "malformed_json": "the answer is no valid JSON; what was asked took effect",
}
# On webhook deliveries. Duplicate and reordered also strike a polled page when `match` names its GET line, reordered
# also what a mailbox lists (IMAP FETCH).
DELIVERIES: Mapping[str, str] = {
    "duplicate_delivery": "the event is delivered twice",
    "reordered_delivery": "the event is delivered after the next one; params: seconds (default 2) when none follows",
    "webhook_lost": "the event is never delivered",
    "webhook_delayed": "the event is delivered late; params: seconds (default 10)",
    "webhook_replayed": "the event is delivered, and again later; params: seconds (default 5)",
    "webhook_bad_signature": "the event is first sent with a wrong signature, then as a retry with the right one",
}
# What mail servers alone do.
OF_MAIL: Mapping[str, str] = {
    "greylisted": "450 for now, as servers say to whoever they do not know yet; strikes SMTP RCPT",
    "over_quota": "reading: more was read than may be today; sending: the recipient's mailbox is full",
    "renumbered": "the mailbox has new numbers (UIDVALIDITY) from now on; strikes IMAP STATUS",
}
STANDING: Mapping[str, str] = {"clock_skew": "Date header and new times are off; params: seconds (default 300)"}
KINDS: Mapping[str, str] = {**FAILURES, **DISTURBANCES, **DELIVERIES, **OF_MAIL, **STANDING}
DEFAULT_SECONDS: Mapping[str, float] = {
    "rate_limit": 60,
    "timeout_before": 30,
    "timeout_after": 30,
    "slow": 3,
    "reordered_delivery": 2,
    "webhook_delayed": 10,
    "webhook_replayed": 5,
    "clock_skew": 300,
}
MAX_SECONDS = 86_400.0

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Fault:
    """One armed fault."""

    id: int
    network: str
    kind: str
    match: str
    remaining: int | None
    params: Mapping[str, Any] = field(default_factory=dict)
    hits: int = 0

    @property
    def seconds(self) -> float:
        """How long, where the kind has a duration."""
        return float(self.params.get("seconds", DEFAULT_SECONDS.get(self.kind, 0)))

    def strikes(self, network: str, line: str, account: str) -> bool:
        """Whether it is armed for this line of this network and this company."""
        meant = self.params.get("account") in (None, account)
        return meant and self.network in ("*", network) and re.search(self.match, line) is not None

    def as_json(self) -> dict[str, Any]:
        """As the fault panel shows it."""
        return {
            "id": self.id,
            "network": self.network,
            "kind": self.kind,
            "match": self.match,
            "times": self.remaining,
            "params": dict(self.params),
            "hits": self.hits,
            "does": KINDS[self.kind],
        }


class Faults:
    """The armed faults of a sandbox: kept in the store, mirrored here so that an unarmed request costs nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._armed = [Fault(**row) for row in store.fault_rows()]

    def arm(self, network: str, kind: str, match: str, times: int | None, params: Mapping[str, Any]) -> Fault:
        """Arm a fault. Raises ValueError with a sentence for what makes no sense."""
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}; known are {', '.join(sorted(KINDS))}")
        try:
            re.compile(match)
        except re.error as error:
            raise ValueError(f"match is no regular expression: {error}") from error
        if times is not None and times < 1:
            raise ValueError("times must be 1 or more, or null for until cleared")
        seconds = params.get("seconds", 0)
        if not isinstance(seconds, int | float) or abs(seconds) > MAX_SECONDS:
            raise ValueError(f"params.seconds must be a number of at most {MAX_SECONDS:.0f}")
        status = params.get("status", 503)
        if not isinstance(status, int) or not 500 <= status <= 599:
            raise ValueError("params.status must be from 500 to 599")
        wrong = [name for name in ("code", "subcode") if not isinstance(params.get(name, 0), int)]
        if wrong:
            raise ValueError(f"params.{wrong[0]} must be a whole number")
        fault_id = self._store.add_fault(network, kind, match, times, params)
        fault = Fault(fault_id, network, kind, match, times, dict(params))
        self._armed.append(fault)
        return fault

    def armed(self) -> list[Fault]:
        """Everything that may still strike, and what has, until it is cleared."""
        return list(self._armed)

    def clear(self, fault_id: int | None = None) -> None:
        """Disarm one fault, or all of them."""
        self._store.delete_faults(fault_id)
        self._armed = [fault for fault in self._armed if fault_id is not None and fault.id != fault_id]

    def take(self, network: str, line: str, kinds: Mapping[str, str], account: str = "") -> Fault | None:
        """The first fault of these kinds that strikes this line; counts the strike. `account`: the company's id."""
        for index, fault in enumerate(self._armed):
            if fault.kind in kinds and fault.remaining != 0 and fault.strikes(network, line, account):
                left = None if fault.remaining is None else fault.remaining - 1
                struck = replace(fault, remaining=left, hits=fault.hits + 1)
                self._armed[index] = struck
                self._store.update_fault(fault.id, struck.remaining, struck.hits)
                return struck
        return None

    def disturb_page(self, network: str, line: str, rows: Sequence[Row]) -> list[Row]:
        """A polled page with its first entry doubled, or turned round, where such a fault names this GET line."""
        page = list(rows)
        if not page or not any(fault.match and fault.kind in DELIVERIES for fault in self._armed):
            return page
        kinds = dict.fromkeys(("duplicate_delivery", "reordered_delivery"), "")
        fault = self.take(network, line, kinds) if any(f.match for f in self._armed if f.kind in kinds) else None
        if fault is None:
            return page
        return [page[0], *page] if fault.kind == "duplicate_delivery" else page[::-1]

    def skew_seconds(self, network: str) -> float:
        """How far this network's clock is off just now."""
        return sum(
            fault.seconds
            for fault in self._armed
            if fault.kind == "clock_skew" and fault.network in ("*", network) and fault.remaining != 0
        )


async def drop(receive: Receive, send: Send, seconds: float) -> None:
    """Let the caller wait, then close the connection without a single byte of an answer."""

    async def until_caller_leaves() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(until_caller_leaves(), seconds)
    except TimeoutError:
        # ASGI has no word for "hang up": uvicorn's `send` is a method of the object that holds the connection.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()
            await asyncio.sleep(0)  # lets the server notice, so that it does not answer 500 in our place


class Captured:
    """An answer that was kept back instead of being sent."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def send(self, message: Message) -> None:
        """Take the place of the server's send."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def with_body(self, body: bytes) -> Response:
        """The same answer with another body."""
        response = Response(body, status_code=self.status)
        kept = [(name, value) for name, value in self.headers if name.lower() != b"content-length"]
        response.raw_headers = [*kept, (b"content-length", str(len(body)).encode())]
        return response


def spoil(body: bytes) -> bytes:
    """A JSON body made unreadable: the first colon, or what else there is, goes missing."""
    return body.replace(b":", b" ", 1) if b":" in body else b"{" + body


async def disturbed(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send, raw: Send) -> None:
    """Answer a request as one of the DISTURBANCES says; `raw` is the server's own send, by which we can hang up."""
    if fault.kind == "timeout_before":
        await drop(receive, raw, fault.seconds)
        return
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        await app(scope, receive, send)
        return
    captured = Captured()
    request = Request(scope, receive)
    body = await request.body()
    delivered = False

    async def replay() -> Message:
        nonlocal delivered
        if delivered:
            return await receive()
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    await app(scope, replay, captured.send)
    if fault.kind == "timeout_after":
        await drop(receive, raw, fault.seconds)
        return
    cut = captured.body[: len(captured.body) // 2] if fault.kind == "truncated_json" else spoil(captured.body)
    await captured.with_body(cut)(scope, receive, send)
