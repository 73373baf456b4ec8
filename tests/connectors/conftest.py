from collections.abc import Iterator

import pytest

from connectors.base import Account
from connectors.networks.x import X
from tests.connectors.wire import Wire, running_wire

X_CREDENTIALS = {
    "consumer_key": "consumer-key-1",
    "consumer_secret": "consumer-secret-1",
    "access_token": "1000-access-token-1",
    "access_token_secret": "access-token-secret-1",
    "bearer_token": "bearer-token-1",
}


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


@pytest.fixture
def x(wire: Wire) -> X:
    return X(Account(X_CREDENTIALS, base_url=f"{wire.address}/x", own_id="1000", timeout=0.5))
