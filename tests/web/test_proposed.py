"""The link by which somebody without a seat follows a proposal: what it shows, to whom, and when it ends."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from desk.actions.alerts.mails import message_of
from desk.actions.changes import change_links, changes
from desk.actions.questions import question_links, questions
from desk.alerts.models import Mail, Notification
from desk.changes.models import Change, Link
from desk.people.models import User
from desk.people.permissions import Role
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.api.caller import Caller
from tests.web.browsing import Browser

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r"/proposed/\S+?/")


@pytest.fixture(autouse=True)
def mail_is_sent(settings: Settings) -> None:
    settings.MAIL_IS_SENT = True


@pytest.fixture
def piet() -> User:
    return User.objects.create_user("piet", role=Role.COLLEAGUE, first_name="Piet", email="piet@vlotlijn.nl")


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role=Role.SUPERVISOR, first_name="Mila", email="mila@vlotlijn.nl")


@pytest.fixture
def proposal(piet: User, mila: User) -> Change:
    return changes.draft(piet, "canned", 0, what="Een antwoord over liften", why="Bel 06-12345678")


def letters(person: User) -> list[str]:
    """Every mail to somebody, the oldest first."""
    return [str(message_of(one, person).body) for one in Mail.objects.filter(user=person).order_by("id")]


def page(link: Link) -> str:
    return reverse("proposed", args=[change_links.token_of(link.pk)])


def test_who_has_no_seat_gets_a_link_with_each_mail_and_sees_the_outcome(
    proposal: Change, piet: User, mila: User, client: Client
) -> None:
    (thanks,) = letters(piet)
    (address,) = ADDRESS.findall(thanks)
    assert "you need no account" in thanks
    answer = client.get(address)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert all(words in shown for words in ("Een antwoord over liften", "It waits for whoever decides about it"))
    assert "12345678" not in shown
    assert (answer["Referrer-Policy"], "no-store" in answer["Cache-Control"]) == ("no-referrer", True)
    changes.remark(mila, proposal.pk, "Goed idee, welke liften?")
    changes.decline(mila, proposal.pk, reason="Dat is er al")
    assert [ADDRESS.findall(one) for one in letters(piet)] == [[address]] * 3, "one link, that lives on"
    shown = client.get(address).content.decode()
    assert all(words in shown for words in ("Goed idee", "Mila declined it", "Dat is er al"))
    assert "Take it back" not in shown
    assert letters(mila) == [], "whoever decides has a bell"


def test_by_it_one_speaks_for_oneself_on_that_proposal_alone(
    proposal: Change, piet: User, mila: User, client: Client
) -> None:
    other = changes.draft(piet, "canned", 0, what="Iets anders")
    link = proposal.links.get()
    assert "Iets anders" not in client.get(page(link)).content.decode()
    client.head(page(link))
    assert client.post(page(link), {"do": "say", "text": ""}).status_code == 400
    assert client.post(page(link), {"do": "adopt"}).status_code == 302
    client.post(page(link), {"do": "say", "text": "Alleen die op het station"})
    assert Notification.objects.filter(user=piet, kind="change_remark").count() == 0
    client.post(page(link), {"do": "withdraw"})
    proposal.refresh_from_db()
    other.refresh_from_db()
    assert (proposal.state, other.state) == ("withdrawn", "proposed")
    assert proposal.remarks.get().author == piet
    assert "You took it back" in client.get(page(link)).content.decode()


def expired(link: Link) -> None:
    Link.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def revoked(link: Link) -> None:
    change_links.end(User.objects.get(username="mila"), link.change_id)


def left(link: Link) -> None:
    User.objects.filter(pk=link.user_id).update(is_active=False)


@pytest.mark.parametrize("end", [expired, revoked, left])
def test_a_link_that_has_ended_shows_nothing_and_does_nothing(
    proposal: Change, client: Client, end: Callable[[Link], None]
) -> None:
    link = proposal.links.get()
    end(link)
    for answer in (
        client.get(page(link)),
        client.post(page(link), {"do": "withdraw"}),
        client.post(page(link), {"do": "say", "text": "Hoi"}),
    ):
        assert answer.status_code == 404
        assert "liften" not in answer.content.decode()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.remarks.count()) == ("proposed", 0)


def test_a_link_that_nobody_gave_or_that_is_for_something_else_leads_nowhere(
    proposal: Change, piet: User, mila: User, client: Client
) -> None:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    asked = questions.ask(mila, Ticket.objects.get().pk, text="Wie weet dit?", user_id=piet.pk).links.get()
    token = change_links.token_of(proposal.links.get().pk)
    for made in ("0", f"{token}x", f"1.{token.partition('.')[2]}x", question_links.token_of(asked.pk)):
        assert client.get(reverse("proposed", args=[made])).status_code == 404, made
    assert client.get(reverse("asked", args=[token])).status_code == 404
    own = client.get(reverse("asked", args=[question_links.token_of(asked.pk)])).content.decode()
    assert "liften" not in own, "the link of a question opens that question"


def test_whoever_decides_ends_it_and_the_next_mail_brings_another(
    proposal: Change, piet: User, mila: User, client: Client
) -> None:
    first, decides = proposal.links.get(), Browser(mila)
    address = reverse("change", args=[proposal.pk])
    assert "Piet has no seat and follows it by a link" in decides.page(address)
    agent = User.objects.create_user("joris", role=Role.AGENT)
    assert "by a link" not in Browser(agent).page(address)
    Browser(agent).send(f"{address}end-links/")
    assert client.get(page(first)).status_code == 200
    assert decides.send(f"{address}end-links/").status_code == 302
    assert client.get(page(first)).status_code == 404
    changes.remark(mila, proposal.pk, "Nog een vraag")
    (second,) = ADDRESS.findall(letters(piet)[-1])
    assert client.get(second).status_code == 200
    assert Caller(agent).delete(f"changes/{proposal.pk}/links/").problem[0] == 403
    assert Caller(mila).delete(f"changes/{proposal.pk}/links/").status == 204
    assert client.get(second).status_code == 404


def test_who_has_a_seat_gets_no_link_but_the_page_itself(mila: User) -> None:
    agent = User.objects.create_user("joris", role=Role.AGENT, email="joris@vlotlijn.nl")
    one = changes.draft(agent, "canned", 0, what="Een antwoord over liften")
    changes.decline(mila, one.pk, reason="Dat is er al")
    assert not Link.objects.exists()
    (letter,) = letters(agent)
    assert reverse("change", args=[one.pk]) in letter
