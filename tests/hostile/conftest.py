"""What the matrices of hostile content share. The models are imported inside: this is read before the settings are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.connectors.wire import Wire, running_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.web.browsing import Browser

TITLE = "hostile content of the networks"


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str, str, str, str, str], None]:
    """Put a line into the table of the run: network, family, case, what became of it, what the agent reads."""
    from tests.faults.table import Row

    def told(network: str, family: str, case: str, happened: str, words: str) -> None:
        row = Row(network, family, case, happened, words, "")
        request.node.user_properties.append(row.as_property(TITLE))

    return told


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


@pytest.fixture
def agent(db: None) -> Browser:
    """What a supervisor sees."""
    from desk.people.permissions import Role
    from tests.web.browsing import Browser
    from tests.web.colleagues import colleague

    return Browser(colleague(Role.SUPERVISOR))
