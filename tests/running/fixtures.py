"""One desk for all flows and browser tests, and for each an account of its own, so that they run in any order."""

import itertools
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from desk.inboxes.sandbox import NAMES
from tests.running.customers import Account
from tests.running.desk import RunningDesk
from tests.sandbox import SandboxProcess

logging.getLogger("httpx").setLevel(logging.WARNING)  # every look at a list would be a line
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def running_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    desk = RunningDesk(tmp_path_factory.mktemp("desk"))
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture(scope="session")
def drill_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """A sandbox for tests of drills that need no running desk."""
    process = SandboxProcess(tmp_path_factory.mktemp("drills"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def desk(running_desk: RunningDesk) -> Iterator[RunningDesk]:
    """The one desk of the run, its sandbox without faults."""
    yield running_desk
    Account.sandbox(running_desk, "DELETE", "/faults")


def connect_account(desk: RunningDesk, network: str = "x", *, webhook: bool = True, poll_seconds: int = 1) -> Account:
    """Make an account on a sandbox network and connect it as an operator does."""
    handle = f"vlotlijn{next(_numbers)}"
    body = {"network": NAMES.get(network, network), "handle": handle, "settings": {"rate_limits": "off"}}
    made = Account.sandbox(desk, "POST", "/accounts", body)
    wish = {"network": network, "name": f"@{handle}", "base_url": made["base_url"], "credentials": made["credentials"]}
    inbox = desk.api("POST", "inboxes/", {**wish, "poll_seconds": poll_seconds}, as_="admin")
    account = Account(desk, network, handle, inbox["id"], made["id"], made["credentials"])
    if webhook:
        account.subscribe()
    return account


@pytest.fixture
def connect(desk: RunningDesk) -> Iterator[Callable[..., Account]]:
    """Connect an account to the one desk of the run; it rests afterwards, or hundreds would be polled each second."""
    made: list[Account] = []

    def connected(*network: str, **more: Any) -> Account:
        made.append(connect_account(desk, *network, **more))
        return made[-1]

    yield connected
    for account in made:
        account.rest()


@pytest.fixture(scope="session")
def connect_to() -> Callable[..., Account]:
    """Connect an account to a desk of the test's own."""
    return connect_account


@pytest.fixture
def x(connect: Callable[..., Account]) -> Account:
    return connect("x")
