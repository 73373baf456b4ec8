"""A web process with real lines, and browsers that hang on them."""

from __future__ import annotations

import json
import queue
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn
from django.test import Client

from desk.asgi import application
from desk.live import hub as module
from desk.operations.embedded import free_port
from desk.people.models import User

PATIENCE = 10  # seconds for something that takes milliseconds


class Web:
    """uvicorn in a thread of its own, on the tests' database and Redis."""

    def __init__(self) -> None:
        self.port = free_port()
        config = uvicorn.Config(
            application,
            host="127.0.0.1",
            port=self.port,
            lifespan="off",
            log_level="error",
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="web")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + PATIENCE
        while not self._server.started:
            assert time.monotonic() < deadline, "the web does not start"
            time.sleep(0.01)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for loop, hub in list(module._hubs.items()):  # a signal does this where the server has the main thread
            if not loop.is_closed():
                loop.call_soon_threadsafe(hub.close)
        self._server.should_exit = True
        self._thread.join(PATIENCE)


@dataclass(frozen=True, slots=True)
class Heard:
    """One event as a browser gets it."""

    kind: str
    id: str
    data: dict[str, Any]


class Browser:
    """One line, read as a browser reads it. After the line ended, `ended` is set."""

    def __init__(self, web: Web, user: User, since: str = "") -> None:
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.ended = threading.Event()
        self._client = httpx.Client(cookies=cookies_of(user), timeout=30)
        self._url = f"{web.url}/live/" + (f"?since={since}" if since else "")
        self._answer: httpx.Response | None = None
        self._thread = threading.Thread(target=self._read, name="browser", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def next(self, kind: str = "") -> Heard:
        """The next event, or the next of a kind; what comes before it is dropped."""
        deadline = time.monotonic() + PATIENCE
        while True:
            one = self.heard.get(timeout=max(deadline - time.monotonic(), 0.01))
            if kind in ("", one.kind):
                return one

    def silence(self, seconds: float = 0.3) -> list[Heard]:
        """What is heard within some time."""
        time.sleep(seconds)
        return [self.heard.get_nowait() for _one in range(self.heard.qsize())]

    def _read(self) -> None:
        try:
            with self._client.stream("GET", self._url) as answer:
                fields: dict[str, str] = {}
                for line in answer.iter_lines():
                    if line:
                        name, _, value = line.partition(": ")
                        fields[name] = value
                    elif fields:
                        self.heard.put(Heard(fields["event"], fields.get("id", ""), json.loads(fields["data"])))
                        fields = {}
        except (httpx.HTTPError, RuntimeError, OSError):
            pass  # the test closed the browser
        finally:
            self.ended.set()


def cookies_of(user: User) -> dict[str, str]:
    """The cookies of somebody who has signed in."""
    client = Client()
    client.force_login(user)
    return {name: morsel.value for name, morsel in client.cookies.items()}
