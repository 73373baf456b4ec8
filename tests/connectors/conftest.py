from collections.abc import Callable, Iterator

import pytest

from connectors.base import Account
from connectors.networks.bluesky import Bluesky
from connectors.networks.facebook_page import FacebookPage
from connectors.networks.instagram import Instagram
from connectors.networks.mastodon import Mastodon
from connectors.networks.x import X
from connectors.sandbox.facebook.published import FACEBOOK, INSTAGRAM
from tests.connectors.accounts import bluesky_account, instagram_account, mastodon_account, page_account, x_account
from tests.connectors.graph_requests import Requested, unpublished
from tests.connectors.sandbox.conftest import SandboxProcess, running_sandbox
from tests.connectors.sandbox_company import Company, Desk
from tests.connectors.wire import Wire, running_wire

__all__ = ["running_sandbox"]


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


@pytest.fixture
def x(wire: Wire) -> X:
    return X(x_account(wire.address))


@pytest.fixture
def page(wire: Wire) -> Iterator[FacebookPage]:
    """A page of which only what Meta publishes was asked."""
    yield FacebookPage(page_account(wire.address))
    assert [fault for asked in wire.asked for fault in unpublished(Requested.of(asked), FACEBOOK)] == []


@pytest.fixture
def instagram(wire: Wire) -> Iterator[Instagram]:
    """An account of which only what Meta publishes was asked."""
    yield Instagram(instagram_account(wire.address))
    assert [fault for asked in wire.asked for fault in unpublished(Requested.of(asked), INSTAGRAM)] == []


@pytest.fixture
def mastodon(wire: Wire) -> Mastodon:
    return Mastodon(mastodon_account(wire.address))


@pytest.fixture
def bluesky(wire: Wire) -> Bluesky:
    return Bluesky(bluesky_account(wire.address))


@pytest.fixture
def nowhere() -> Account:
    """An account whose server does not listen."""
    return x_account("http://127.0.0.1:1")


@pytest.fixture
def sandbox(running_sandbox: SandboxProcess) -> Iterator[SandboxProcess]:
    """The sandbox of this run, without faults."""
    yield running_sandbox
    running_sandbox.call("DELETE", "/faults")


@pytest.fixture
def listening() -> Iterator[Callable[[Company], Desk]]:
    """Make a company's webhooks reach a desk of this test's own."""
    desks: list[Desk] = []

    def listen(company: Company) -> Desk:
        desks.append(Desk(company))
        return desks[-1]

    yield listen
    for desk in desks:
        desk.close()
