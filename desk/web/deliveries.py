"""Where networks deliver, before Django's middleware: no session, no language, no cookie is asked for.

A delivery is answered when it is committed. Those that arrive while a commit runs share the next one: a thread takes
whatever waits, and no delivery waits for a clock. (Measured at a load of 8: through the middleware 58 a second for
12 ms of the web's CPU each.)
"""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from django.db import close_old_connections

from desk.actions.inboxes.webhooks import LARGEST, Delivery, receive_all
from desk.common.errors import DeskError
from desk.common.logs import logger

Message = MutableMapping[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]  # ASGI: scope, receive, send

ADDRESS = re.compile(r"/webhooks/([0-9]{1,18})/")
TOGETHER = 200  # deliveries of one commit
MOST_WAITING = 2_000  # deliveries
MOST_BYTES = 64 * 1024 * 1024  # of deliveries that wait
FULL = (503, "Too much at once. Deliver it again in a moment.\n")
NOT_KEPT = (503, "This could not be kept. Deliver it again in a moment.\n")
TOO_LARGE = (413, "A delivery may have 5 MB at most.\n")

Answer = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery whose network has no answer yet."""

    delivery: Delivery
    answer: "asyncio.Future[Answer]"


class Deliveries:
    """POST to a webhook address is taken here, all else goes on to `others`."""

    def __init__(self, others: Application) -> None:
        self._others = others
        self._waiting: SimpleQueue[Waiting] = SimpleQueue()
        self._bytes = 0
        self._keeper: threading.Thread | None = None

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        address = ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if address is None:
            await self._others(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            return
        status, words = await self._take(int(address[1]), scope, body)
        text = words.encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text})

    async def _take(self, inbox_id: int, scope: Message, body: bytes) -> Answer:
        if len(body) > LARGEST:
            return TOO_LARGE
        if self._waiting.qsize() >= MOST_WAITING or self._bytes + len(body) > MOST_BYTES:
            return FULL
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        waiting = Waiting(Delivery(inbox_id, headers, body), asyncio.get_running_loop().create_future())
        self._bytes += len(body)
        try:
            self._waiting.put(waiting)
            self._start()
            return await waiting.answer
        finally:
            self._bytes -= len(body)

    def _start(self) -> None:
        if self._keeper is None or not self._keeper.is_alive():
            self._keeper = threading.Thread(target=self._keep, name="deliveries", daemon=True)
            self._keeper.start()

    def _keep(self) -> None:
        """For ever: keep what waits, then answer it."""
        while True:
            group = [self._waiting.get()]
            while len(group) < TOGETHER:
                try:
                    group.append(self._waiting.get_nowait())
                except Empty:
                    break
            outcomes = _outcomes([waiting.delivery for waiting in group])
            loop = group[0].answer.get_loop()
            try:
                loop.call_soon_threadsafe(_give, group, outcomes)
            except RuntimeError:  # the loop is closed: the process ends, and the networks deliver again
                return


def _outcomes(deliveries: Sequence[Delivery]) -> list[Exception | None]:
    close_old_connections()
    try:
        return receive_all(deliveries)
    except Exception as problem:  # whatever it is, the networks must hear that nothing was kept
        logger.exception("deliveries could not be kept", count=len(deliveries))
        return [problem] * len(deliveries)
    finally:
        close_old_connections()


def _give(group: Sequence[Waiting], outcomes: Sequence[Exception | None]) -> None:
    for waiting, outcome in zip(group, outcomes, strict=True):
        if not waiting.answer.done():  # its network has hung up
            waiting.answer.set_result(_answer(outcome))


def _answer(outcome: Exception | None) -> Answer:
    match outcome:
        case None:
            return 200, ""
        case DeskError():
            return outcome.status, f"{outcome.message}\n"
    return NOT_KEPT


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes | None:
    """The body, a little more than `LARGEST` at most; None where the network hung up meanwhile."""
    parts, size, more = [], 0, True
    while more and size <= LARGEST:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
    return b"".join(parts)
