"""Every address of the desk, tried by whoever holds the link of another ticket or of a proposal, and without a seat.

A link opens its own page, alive; expired or revoked it opens nothing. No address is named here but those that are for
everybody: a new one is tried without being told.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from desk.actions.changes import change_links, changes
from desk.actions.questions import question_links, questions
from desk.common.files import Handed
from desk.people.links import PersonalLink
from desk.people.models import User
from desk.people.permissions import Role
from desk.questions.models import Question
from desk.tickets.models import Ticket
from tests.files import PNG
from tests.web.addresses import got_in, patterns, tried
from tests.web.browsing import asked_by

pytestmark = pytest.mark.django_db
_PLACE = re.compile(r"<(\w+):\w+>|\(\?P<\w+>((?:\[[^\]]*\]|\\.|[^()])*)\)")
METHODS = ("get", "post", "put", "patch", "delete")
# For people who have not signed in, by what they are.
FOR_EVERYBODY = {
    "help-list", "help-home", "help", "language", "unsubscribe", "customer-form", "customer-form-page",
}  # fmt: skip


def address_of(route: str) -> str:
    """The route with something in each of its places."""

    def filled(place: re.Match[str]) -> str:
        if place[1]:
            return {"int": "1", "number": "1"}.get(place[1], "x")
        return "1" if "0-9" in place[2] else place[2].split("|")[0] if place[2][0] != "[" else "x"

    return "/" + re.sub(r"\\(?=[./-])|[\^$]", "", _PLACE.sub(filled, route))


def screens() -> Iterator[tuple[str, URLPattern]]:
    for route, one in patterns():
        if one.callback.__module__.startswith("desk.web.views"):
            yield address_of(route), one


def resources() -> Iterator[str]:
    for route, one in patterns():
        if one.callback.__module__.startswith("desk.api.resources"):
            yield address_of(route)


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("suze", role=Role.SUPERVISOR)


@pytest.fixture
def kim() -> User:
    return User.objects.create_user("kim", role=Role.COLLEAGUE, email="kim@vlotlijn.nl")


@pytest.fixture
def elsewhere(ticket: Ticket, agent: User, kim: User) -> Question:
    """A question to Kim, about a ticket of somebody else."""
    other = asked_by(ticket.inbox, "tom", "Heel iets anders")
    return questions.ask(agent, other.pk, text="Weet jij dit?", user_id=kim.pk)


def alive(link: PersonalLink) -> None:
    """Nothing ended it."""


def expired(link: PersonalLink) -> None:
    type(link)._default_manager.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def revoked(link: PersonalLink) -> None:
    type(link)._default_manager.filter(pk=link.pk).update(revoked_at=timezone.now())


ENDS = pytest.mark.parametrize("end", [alive, expired, revoked])


@ENDS
def test_whoever_holds_a_link_gets_in_nowhere_else(
    elsewhere: Question, kim: User, client: Client, end: Callable[[PersonalLink], None]
) -> None:
    proposal = changes.draft(kim, "canned", 0, what="Een antwoord over liften").links.get()
    link = elsewhere.links.get()
    end(link)
    end(proposal)
    wanted = 200 if end is alive else 404
    assert client.get(reverse("asked", args=[question_links.token_of(link.pk)])).status_code == wanted
    assert client.get(reverse("proposed", args=[change_links.token_of(proposal.pk)])).status_code == wanted
    opened = set()
    for address, one in screens():
        for posted in (None, {}):
            if got_in(tried(client, address, posted)):
                opened.add(one.name)
    assert opened == FOR_EVERYBODY
    called = {
        (method, address)
        for address in resources()
        for method in METHODS
        if getattr(client, method)(address).status_code not in (401, 405)
    }
    assert called == set()


def test_who_has_no_seat_gets_in_nowhere_even_with_a_session(elsewhere: Question, kim: User, client: Client) -> None:
    """As somebody whose role was taken away while they were signed in."""
    client.force_login(kim)
    opened = set()
    for address, one in screens():
        for posted in (None, {}):
            if got_in(tried(client, address, posted)):
                opened.add(one.name)
    assert opened == FOR_EVERYBODY


@ENDS
def test_a_file_opens_by_the_link_of_its_own_question_alone(
    elsewhere: Question, ticket: Ticket, agent: User, kim: User, client: Client, end: Callable[[PersonalLink], None]
) -> None:
    piet = User.objects.create_user("piet", role=Role.COLLEAGUE, email="piet@vlotlijn.nl")
    mine = questions.ask(agent, ticket.pk, text="Heb je een foto?", user_id=piet.pk)
    row = questions.answer(piet, mine.pk, "", handed=[Handed("kaart.png", PNG)]).files.get()

    def opened(question: Question) -> int:
        token = question_links.token_of(question.links.get().pk)
        return client.get(reverse("asked-file", args=[token, row.pk])).status_code

    assert (opened(mine), opened(elsewhere)) == (200, 404)
    end(mine.links.get())
    assert (opened(mine), opened(elsewhere)) == (200 if end is alive else 404, 404)
    cache.clear()
