"""One Chromium for the browser tests, one account with customers, and for each test screens of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.screens import PATIENCE_MS, Screens, launch_arguments
from tests.chromium import executable
from tests.running.customers import Account
from tests.running.desk import PASSWORD, RunningDesk


# Playwright keeps an event loop in this thread while it runs, which other tests must not meet: hence the package.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=launch_arguments())
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def account(running_desk: RunningDesk, connect_to: Callable[..., Account]) -> Account:
    """An account on X to which the customers of these tests write."""
    return connect_to(running_desk)


@pytest.fixture
def screens(chromium: Browser, desk: RunningDesk) -> Iterator[Screens]:
    """Closed after the test, which fails when a page complained: an error, a dialog, a breach of the CSP."""
    screens = Screens(chromium, desk)
    yield screens
    screens.close()
    assert "\n".join(screens.unexpected) == ""


@pytest.fixture
def newcomer(desk: RunningDesk) -> Callable[..., str]:
    """A person of the test's own, for what changes a person."""

    def add(username: str, role: str = "agent", **more: Any) -> str:
        facts = {"username": username, "first_name": username.title(), "password": PASSWORD, "role": role}
        made: dict[str, Any] = desk.api("POST", "users/", {**facts, **more}, as_="admin")
        return str(made["username"])

    return add
