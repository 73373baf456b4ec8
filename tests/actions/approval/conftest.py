"""Who writes and who agrees, before one question of a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # pytest reads this file before Django has its settings
    from desk.people.models import User
    from tests.actions.waiting import Network


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    from desk.actions.replies import send
    from tests.actions.waiting import Network

    network = Network()
    monkeypatch.setattr(send, "_call", network.call)  # the one call, which a test's transaction would forbid
    return network


@pytest.fixture
def tess() -> User:
    return _one("tess", first_name="Tess", role="trainee", signature="TT")


@pytest.fixture
def suze() -> User:
    return _one("suze", role="agent", signature="SV")


@pytest.fixture
def mila() -> User:
    return _one("mila", first_name="Mila", role="supervisor", signature="MS")


@pytest.fixture
def cato() -> User:
    return _one("cato", role="comms", signature="CD")


@pytest.fixture(autouse=True)
def question(db: None) -> None:
    from tests.actions.waiting import a_question

    a_question()


def _one(username: str, **values: str) -> User:
    from desk.people.models import User

    return User.objects.create_user(username, **values)
