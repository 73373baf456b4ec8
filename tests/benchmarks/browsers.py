"""Many open screens at once: the live lines of browsers, read as their scripts read them, and one real Chromium."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.load import request
from tests.browser.screens import launch_arguments, signed_in
from tests.chromium import executable
from tests.running.desk import RunningDesk, eventually

Seen = tuple[float, int, int]  # time.time(), a crisis, its version
_LOOK = """() => {
  window.shown = [];
  const bar = document.getElementById("crises");
  new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(() => {
    for (const one of bar.querySelectorAll("[data-crisis]"))
      window.shown.push([Date.now() / 1000, Number(one.dataset.crisis), Number(one.dataset.version)]);
  }))).observe(bar, { childList: true, subtree: true, attributes: true });
}"""


class Browsers:
    """The live lines of signed-in colleagues, each a connection of its own, in one thread."""

    def __init__(self, url: str, cookies: Sequence[str]) -> None:
        self.url = url
        self.told: list[list[Seen]] = [[] for _cookie in cookies]  # what each heard of crises
        self.lost = 0  # lines that ended while they should not
        self._ready = 0
        self._cookies = cookies
        self._done = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        eventually(lambda: self._ready == len(self._cookies), "every line to be ready", 120)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._done = True
        self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(self._loop)])
        self._thread.join(10)

    def latest(self, crisis: int, version: int) -> list[float]:
        """When each browser was first told of this version or a newer one; those that were not are missing."""
        return [
            min(at for at, one, newer in heard if one == crisis and newer >= version)
            for heard in self.told
            if any(one == crisis and newer >= version for _at, one, newer in heard)
        ]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        with closing(self._loop), suppress(asyncio.CancelledError):  # the block is over
            self._loop.run_until_complete(self._all())

    async def _all(self) -> None:
        await asyncio.gather(*(self._line(*one) for one in enumerate(self._cookies)), return_exceptions=True)

    async def _line(self, number: int, cookie: str) -> None:
        await asyncio.sleep(number * 0.01)  # people do not come all at once
        parts = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        headers = {"Cookie": cookie, "Accept": "text/event-stream", "Cache-Control": "no-cache"}
        writer.write(request(f"{self.url}/live/", headers=headers))
        kind = b""
        try:
            while text := await reader.readline():
                if text.startswith(b"event: "):
                    kind = text[7:].strip()
                    self._ready += kind == b"ready"
                elif kind == b"crisis" and text.startswith(b"data: "):
                    at, told = time.time(), json.loads(text[6:])
                    self.told[number].append((at, told["id"], told["version"]))
        finally:
            self.lost += not self._done
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


@contextmanager
def on_the_glass(desk: RunningDesk, person: str) -> Iterator[Page]:
    """A real browser on the queue, which writes down when the frame with a crisis's banner was painted."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=launch_arguments())
        page = browser.new_context(base_url=desk.url, storage_state=signed_in(desk, person)).new_page()
        page.goto("/queue/")
        page.evaluate(_LOOK)
        yield page
        browser.close()


def painted(page: Page, crisis: int, version: int) -> float | None:
    """When this version, or a newer one, first stood on the screen."""
    shown: list[list[Any]] = page.evaluate("window.shown")
    return min((at for at, one, newer in shown if one == crisis and newer >= version), default=None)
