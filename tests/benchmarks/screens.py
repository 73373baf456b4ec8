"""A screen without a browser: what its live line is told, and when."""

import json
import threading
import time
from types import TracebackType
from typing import Any, Self

import httpx

from tests.running.desk import eventually

Heard = tuple[float, str, dict[str, Any]]  # time.time(), kind, data


class Screen:
    """A signed-in colleague's live line, read by a thread for as long as the block lasts."""

    def __init__(self, url: str, cookie: str) -> None:
        self.heard: list[Heard] = []
        self._client = httpx.Client(base_url=url, headers={"cookie": cookie}, timeout=60)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._done = threading.Event()

    def __enter__(self) -> Self:
        self._reader.start()
        eventually(lambda: any(kind == "ready" for _at, kind, _data in self.heard), "the line to be ready")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._done.set()
        self._client.close()

    def tickets(self, why: str = "new") -> dict[int, float]:
        """When each ticket was first told of, by its number."""
        first: dict[int, float] = {}
        for at, kind, data in self.heard.copy():
            if kind == "tickets":
                for ticket in data["tickets"]:
                    if ticket["why"] == why:
                        first.setdefault(ticket["id"], at)
        return first

    def _read(self) -> None:
        kind = ""
        try:
            with self._client.stream("GET", "/live/") as line:
                for text in line.iter_lines():
                    if text.startswith("event: "):
                        kind = text.removeprefix("event: ")
                    elif text.startswith("data: "):
                        self.heard.append((time.time(), kind, json.loads(text.removeprefix("data: "))))
        except httpx.HTTPError:
            if not self._done.is_set():
                raise
