"""A team of two, and a customer who waits for one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # pytest reads this file before Django has its settings
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
def waiting(team: Team, suze: User) -> Ticket:
    """Marit wrote at noon and Suze has it: due at one o'clock."""
    from desk.actions import tickets
    from tests.actions.builders import a_mention, an_inbox, minutes, take_in, the_ticket

    take_in(an_inbox(team=team), [a_mention("1")], now=minutes(0))
    return tickets.assign(suze, the_ticket().pk, assignee_id=suze.pk)
