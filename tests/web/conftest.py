"""A desk with a few customers, and a browser for each colleague.

The models are imported inside: this file is read before the settings are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desk.inboxes.models import Inbox
    from desk.people.models import User
    from desk.tickets.models import Ticket
    from tests.web.browsing import Browser


@pytest.fixture(autouse=True)
def _fresh_badges(db: None) -> None:
    """Badges are kept for two seconds, which is longer than a test."""
    from django.core.cache import cache

    cache.clear()


def _person(username: str, role: str, **more: str) -> User:
    from desk.people.models import User

    return User.objects.create_user(username, None, None, first_name=username.title(), role=role, **more)


@pytest.fixture
def suze(db: None) -> User:
    return _person("suze", "agent", last_name="Veenstra", signature="SV")


@pytest.fixture
def sanne(db: None) -> User:
    return _person("sanne", "agent", last_name="Bakker", signature="SB")


@pytest.fixture
def expert(db: None) -> User:
    return _person("ruben", "expert")


@pytest.fixture
def browser(suze: User) -> Browser:
    """What Suze sees."""
    from tests.web.browsing import Browser

    return Browser(suze)


@pytest.fixture
def inbox(db: None) -> Inbox:
    from tests.actions.builders import an_inbox

    return an_inbox()


@pytest.fixture
def ticket(inbox: Inbox) -> Ticket:
    """Marit asked in public where her train is, five minutes ago."""
    from tests.web.browsing import asked_by

    return asked_by(inbox, "marit", "Waar blijft de trein?", minutes_ago=5)
