"""Django is imported inside the fixtures: pytest reads this file before the services run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desk.people.models import User
    from tests.live.browsers import Web


@pytest.fixture
def web(transactional_db: None) -> Iterator[Web]:
    from tests.live.browsers import Web

    with Web() as running:
        yield running


@pytest.fixture(autouse=True)
def empty_redis() -> Iterator[None]:
    """Each test begins with an empty stream and with nobody at any ticket."""
    from desk.common.live import client

    client().flushdb()
    yield
    client().flushdb()


@pytest.fixture
def sanne(transactional_db: None) -> User:
    from desk.people.models import User

    return User.objects.create_user("sanne", first_name="Sanne", last_name="Bakker", role="agent")


@pytest.fixture
def daan(transactional_db: None) -> User:
    from desk.people.models import User

    return User.objects.create_user("daan", first_name="Daan", last_name="Vermeer", role="agent")
