"""A team of two, a customer who waits for one of them, who speaks for the company, and its account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # pytest reads this file before Django has its settings
    from desk.inboxes.models import Inbox
    from desk.people.models import Team, User
    from desk.tickets.models import Ticket


@pytest.fixture
def team() -> Team:
    from desk.people.models import Team

    return Team.objects.create(name="Webcare")


@pytest.fixture
def suze(team: Team) -> User:
    from tests.actions.alerted import a_person

    person = a_person("suze")
    person.teams.add(team)
    return person


@pytest.fixture
def sanne(team: Team) -> User:
    from tests.actions.alerted import a_person

    person = a_person("sanne")
    person.teams.add(team)
    return person


@pytest.fixture
def noor(db: None) -> User:
    """Leads crises and speaks for the company in them."""
    from desk.people.models import User

    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def x(db: None) -> Inbox:
    """The company's account on X."""
    from tests.actions.builders import an_inbox

    return an_inbox()


@pytest.fixture
def waiting(team: Team, suze: User) -> Ticket:
    """Marit wrote at noon and Suze has it: due at one o'clock."""
    from desk.actions.tickets import tickets
    from tests.actions.builders import a_mention, an_inbox, minutes, take_in, the_ticket

    take_in(an_inbox(team=team), [a_mention("1")], now=minutes(0))
    return tickets.assign(suze, the_ticket().pk, assignee_id=suze.pk)
