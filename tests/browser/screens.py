"""Screens of people who work at the running desk, and a record of everything that went wrong in them."""

import contextlib
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Error, Page, StorageState

from tests.running.desk import PASSWORD, RunningDesk
from tests.running.processes import WORKERS
from tests.servers import NO_TLS

PATIENCE_MS = 15_000  # for something that should take a fraction of a second
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}

# Chromium tells of most violations on the console; this tells of all of them.
_TELL_OF_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Screens:
    """Opens pages for one test; `problems` fills while they are open."""

    def __init__(self, browser: Browser, desk: RunningDesk) -> None:
        self.desk = desk
        self.problems: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []

    def stranger(self, **options: Any) -> Page:
        """A page of somebody who has not signed in. `options` are those of a Playwright context."""
        wide = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "base_url": self.desk.url}
        context = self._browser.new_context(**{**wide, **options})
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(_TELL_OF_VIOLATIONS)
        context.on("console", self._hear)
        context.on("dialog", self._dismiss)
        context.on("weberror", lambda error: self.problems.append(f"error: {error.error}"))
        return context.new_page()

    def open(self, person: str, address: str, **options: Any) -> Page:
        """A page of somebody who has signed in."""
        page = self.stranger(storage_state=signed_in(self.desk, person), **options)
        page.goto(address)
        return page

    def expect(self, words: str) -> None:
        """A problem with these words belongs to the test: an answer that refuses, a line that is cut."""
        self._expected.append(words)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    @property
    def unexpected(self) -> list[str]:
        return [problem for problem in self.problems if not any(words in problem for words in self._expected)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _dismiss(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        with contextlib.suppress(Error):  # the page may have gone with it
            dialog.dismiss()


@contextlib.contextmanager
def nothing_leaves(desk: RunningDesk, page: Page) -> Iterator[None]:
    """A reply can be called back until the end of the block, on the desk and on the page, however slow the keys are."""
    page.clock.set_fixed_time(datetime.now(UTC))
    with desk.asleep(*WORKERS):
        yield


_sessions: dict[tuple[str, str], StorageState] = {}


def signed_in(desk: RunningDesk, person: str) -> StorageState:
    """The cookies of a person's session; made once, by the form that people use."""
    key = (desk.url, person)
    if key not in _sessions:
        with httpx.Client(base_url=desk.url, follow_redirects=True, timeout=30, verify=NO_TLS) as client:
            found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/accounts/login/").text)
            assert found
            form = {"login": person, "password": PASSWORD, "csrfmiddlewaretoken": found[1]}
            answer = client.post("/accounts/login/", data=form, headers={"Referer": f"{desk.url}/accounts/login/"})
            assert "data-user-id" in answer.text, f"{person} could not sign in: {answer.status_code}"
            _sessions[key] = {
                "cookies": [
                    {
                        "name": cookie.name, "value": cookie.value or "", "domain": "127.0.0.1", "path": "/",
                        "expires": -1, "httpOnly": False, "secure": False, "sameSite": "Lax",
                    }
                    for cookie in client.cookies.jar
                ],
                "origins": [],
            }  # fmt: skip
    return _sessions[key]


def launch_arguments() -> list[str]:
    """Chromium refuses its sandbox to root, as whom tests may run in a container."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []
