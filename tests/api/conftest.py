"""A fixed cast and a desk with one customer who asks something.

The models are imported inside: this file is read before the settings are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desk.inboxes.models import Inbox
    from desk.tickets.models import Ticket
    from tests.api.caller import Caller


def _caller(part: str) -> Caller:
    from tests.api.cast import a_caller

    return a_caller(part)


@pytest.fixture
def agent(db: None) -> Caller:
    return _caller("agent")


@pytest.fixture
def colleague(db: None) -> Caller:
    return _caller("colleague")


@pytest.fixture
def supervisor(db: None) -> Caller:
    return _caller("supervisor")


@pytest.fixture
def expert(db: None) -> Caller:
    return _caller("expert")


@pytest.fixture
def administrator(db: None) -> Caller:
    return _caller("administrator")


@pytest.fixture
def inbox(db: None) -> Inbox:
    from tests.actions.builders import an_inbox

    return an_inbox()


@pytest.fixture
def ticket(inbox: Inbox) -> Ticket:
    """Marit asked in public where her train is."""
    from django.utils import timezone

    from desk.tickets.models import Ticket
    from tests.actions.builders import a_mention, take_in

    take_in(inbox, [a_mention("1")], now=timezone.now())
    return Ticket.objects.get()
