"""The outbox towards webhooks: in order for each address, retried with growing pauses, spoilt where a fault says so."""

import asyncio
import http.client
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

from connectors.sandbox.deliveries import now_ms
from connectors.sandbox.faults import DELIVERIES
from connectors.sandbox.network import Sandbox
from connectors.sandbox.records import Delivery, Webhook

TIMEOUT_SECONDS = 10.0  # X and Meta both give an address that long
MAX_ATTEMPTS = 10
LONGEST_PAUSE_SECONDS = 300.0
IDLE_SECONDS = 0.5  # how often an outbox without news looks for retries that have come due
HELD, COPY = "held back by a fault", "sent again by a fault"  # such deliveries meet no second fault
_BATCH = 200
_STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)
_connections = threading.local()


def http_call(method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """One HTTP call over a connection that this thread keeps; raises OSError or http.client.HTTPException.

    A kept connection that the other side has closed meanwhile is opened once more: to it, that is the first attempt.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is no http address")
    kept: dict[tuple[str, str], http.client.HTTPConnection] = _connections.__dict__.setdefault("kept", {})
    key = (parts.scheme, parts.netloc)
    connection = kept.get(key)
    fresh = connection is None
    if connection is None:
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kept[key] = kind(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body or None, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        kept.pop(key, None)
        if fresh or not isinstance(error, _STALE):
            raise
    return http_call(method, url, body, headers)


class Deliverer:
    """Sends what is in the outbox, a few threads at most, until it is stopped."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._store = sandbox.store
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="deliver")
        self._news = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._stopping = False
        sandbox.wake = self._news.set
        sandbox.handshake = self.handshake

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                self._news.clear()
                for hook in self._store.webhooks():
                    if hook.valid and hook.id not in self._busy and self._store.due_deliveries(hook.id, now_ms(), 1):
                        task = asyncio.create_task(self._drain(hook))
                        self._busy[hook.id] = task
                        task.add_done_callback(partial(self._free, hook.id))
                try:
                    await asyncio.wait_for(self._news.wait(), IDLE_SECONDS)
                except TimeoutError:
                    continue
        finally:
            for task in self._busy.values():
                task.cancel()
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _free(self, hook_id: int, _: asyncio.Task[None]) -> None:
        self._busy.pop(hook_id, None)
        self._news.set()

    async def _drain(self, hook: Webhook) -> None:
        """Send all that is due for one address: one after the other, or `concurrency` at once where it asked so."""
        width = max(1, int(hook.settings.get("concurrency", 1)))
        while due := self._store.due_deliveries(hook.id, now_ms(), _BATCH):
            for start in range(0, len(due), width):
                await asyncio.gather(*(self._deliver(hook, delivery) for delivery in due[start : start + width]))

    async def _deliver(self, hook: Webhook, delivery: Delivery) -> None:
        network = self._sandbox.networks[hook.network]
        account = self._store.account(hook.network, hook.account_id)
        if account is None:
            self._store.settle(delivery, "failed", "the account is gone", delivery.due_at)
            return
        kinds = {} if delivery.answer in (HELD, COPY) else DELIVERIES
        fault = self._sandbox.faults.take(hook.network, f"DELIVER {delivery.event} {hook.url}", kinds, hook.account_id)
        kind = fault.kind if fault else ""
        later = now_ms() + int((fault.seconds if fault else 0) * 1000)
        if kind == "webhook_lost":
            self._store.settle(delivery, "lost", "lost by a fault", delivery.due_at)
            return
        if kind in ("webhook_delayed", "reordered_delivery"):
            self._postpone(hook, delivery, later, behind_next=kind == "reordered_delivery")
            return
        headers = {"Content-Type": "application/json", **network.sign(account, delivery.body)}
        if kind == "webhook_bad_signature":
            headers = {"Content-Type": "application/json", **network.sign(account, delivery.body + b" ")}
        delivered = await self._send(hook, delivery, headers)
        if delivered and kind == "duplicate_delivery":
            self._store.enqueue(hook.id, delivery.event, delivery.body, now_ms(), answer=COPY)
        if delivered and kind == "webhook_replayed":
            self._store.enqueue(hook.id, delivery.event, delivery.body, later, answer=COPY)

    def _postpone(self, hook: Webhook, delivery: Delivery, due_at: int, *, behind_next: bool) -> None:
        if behind_next:
            following = [d for d in self._store.due_deliveries(hook.id, now_ms(), 2) if d.id != delivery.id]
            due_at = following[0].due_at + 1 if following else due_at
        self._store.settle(delivery, "pending", HELD, due_at)

    async def _send(self, hook: Webhook, delivery: Delivery, headers: Mapping[str, str]) -> bool:
        loop = asyncio.get_running_loop()
        try:
            status, _ = await loop.run_in_executor(self._threads, http_call, "POST", hook.url, delivery.body, headers)
            answer = f"HTTP {status}"
        except (OSError, http.client.HTTPException) as error:
            status, answer = 0, f"{type(error).__name__}: {error}"
        if 200 <= status < 300:
            self._store.settle(delivery, "delivered", answer, delivery.due_at)
            return True
        first = float(hook.settings.get("retry_seconds", 2))
        pause = min(first * 2**delivery.attempts, LONGEST_PAUSE_SECONDS)
        state = "pending" if delivery.attempts + 1 < MAX_ATTEMPTS else "failed"
        self._store.settle(delivery, state, answer, now_ms() + int(pause * 1000))
        return False

    async def handshake(self, network: str, account_id: str, url: str) -> str:
        """Challenge an address as the network does; "" when it passed, else a sentence that says what was wrong."""
        account = self._store.account(network, account_id)
        if account is None:
            return "There is no such account."
        challenge = self._sandbox.networks[network].challenge(account, url)
        loop = asyncio.get_running_loop()
        try:
            status, body = await loop.run_in_executor(self._threads, http_call, "GET", challenge.url)
        except (OSError, ValueError, http.client.HTTPException) as error:
            return f"The address could not be reached: {error}."
        return (
            ""
            if challenge.accepts(status, body)
            else f"The address answered HTTP {status} with a wrong challenge response."
        )
