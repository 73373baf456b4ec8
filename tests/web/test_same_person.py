"""Accounts of one person, beside their ticket."""

import pytest

from desk.inboxes.gateway import Author
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Customer, NotSamePerson, Profile, Ticket
from tests.actions.builders import an_inbox
from tests.web.browsing import Browser, asked_by, number_of_queries


@pytest.fixture
def elsewhere(db: None) -> Inbox:
    return an_inbox(network="facebook_page", name="Vlotlijn", own_id="2")


@pytest.fixture
def other(elsewhere: Inbox, ticket: Ticket) -> Ticket:
    return asked_by(elsewhere, "marit", "Op Facebook dan maar", network="facebook_page")


def test_a_suggestion_says_why_and_is_followed(browser: Browser, ticket: Ticket, other: Ticket) -> None:
    beside, maybe = f"/tickets/{ticket.pk}/customer/", f"/tickets/{ticket.pk}/same-person/maybe/"
    assert maybe in browser.part(beside)
    page = browser.part(maybe)
    assert "Maybe the same person" in page
    assert "the same handle: @marit" in page
    dialog = browser.part(f"/tickets/{ticket.pk}/same-person/choose/?other={other.customer_id}")
    assert "Tickets from here: 1; from there: 1" in dialog
    answer = browser.send(f"/tickets/{ticket.pk}/same-person/", do="merge", other=other.customer_id)
    assert answer.status_code == 200
    assert "Maybe the same person" not in browser.part(maybe)
    page = browser.part(beside)
    assert "1 other ticket" in page
    assert page.count("Take out") >= 2
    assert Customer.objects.count() == 1


def test_an_account_is_taken_out_after_it_was_said_what_goes(browser: Browser, ticket: Ticket, other: Ticket) -> None:
    browser.send(f"/tickets/{ticket.pk}/same-person/", do="merge", other=other.customer_id)
    dialog = browser.part(f"/tickets/{ticket.pk}/same-person/{other.profile_id}/")
    assert "a customer of its own, with 1 ticket" in dialog
    assert (
        browser.send(f"/tickets/{ticket.pk}/same-person/", do="take_out", profile=other.profile_id).status_code == 200
    )
    assert Profile.objects.values("customer").distinct().count() == 2
    assert "Maybe the same person" not in browser.part(f"/tickets/{ticket.pk}/same-person/maybe/")


def test_a_suggestion_is_dismissed(browser: Browser, ticket: Ticket, other: Ticket) -> None:
    browser.send(f"/tickets/{ticket.pk}/same-person/", do="different", other=other.customer_id)
    assert "Maybe the same person" not in browser.part(f"/tickets/{ticket.pk}/same-person/maybe/")
    assert NotSamePerson.objects.count() == 1


def test_somebody_is_looked_for_by_name(browser: Browser, ticket: Ticket, elsewhere: Inbox) -> None:
    found = asked_by(elsewhere, "treinmarit", "Hallo", network="facebook_page")
    address = f"/tickets/{ticket.pk}/same-person/choose/"
    assert f"other={found.customer_id}" in browser.part(f"{address}?q=treinm")
    assert "Nobody else is called that" in browser.part(f"{address}?q=marit")  # which is who one looks from
    assert "Nobody else" not in browser.part(address)


def test_what_is_missing_is_said(browser: Browser, ticket: Ticket, expert: User) -> None:
    assert browser.send(f"/tickets/{ticket.pk}/same-person/", do="merge", other="999").status_code == 404
    assert browser.send(f"/tickets/{ticket.pk}/same-person/", do="merge").status_code == 404
    assert browser.client.get(f"/tickets/{ticket.pk}/same-person/999/").status_code == 404
    assert Browser(expert).client.get(f"/tickets/{ticket.pk}/same-person/choose/").status_code == 403


def test_suggestions_take_few_queries_however_many_there_are(browser: Browser, ticket: Ticket, other: Ticket) -> None:
    address = f"/tickets/{ticket.pk}/same-person/maybe/"
    few = number_of_queries(address, browser)
    for number in range(12):
        elsewhere = an_inbox(network="facebook_page", name=f"Pagina {number}", own_id=str(number + 10))
        author = Author(f"marit-{number}", "marit", "Marit")
        asked_by(elsewhere, "marit", "Hallo", network="facebook_page", author=author)
        asked_by(ticket.inbox, "marit", f"mail marit{number}@example.org")
    assert max(few, number_of_queries(address, browser)) <= 20
