from collections.abc import Iterator

import pytest

from connectors.base import Account
from connectors.networks.facebook_page import FacebookPage
from connectors.networks.x import X
from tests.connectors.accounts import page_account, x_account
from tests.connectors.wire import Wire, running_wire


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


@pytest.fixture
def x(wire: Wire) -> X:
    return X(x_account(wire.address))


@pytest.fixture
def page(wire: Wire) -> FacebookPage:
    return FacebookPage(page_account(wire.address))


@pytest.fixture
def nowhere() -> Account:
    """An account whose server does not listen."""
    return x_account("http://127.0.0.1:1")
