"""Reviews as colleagues see them: stars, what the store tells, where our answer stands, and what gives way to it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from desk.inboxes.gateway import Author, Change, Item, ItemKind
from desk.inboxes.models import Inbox
from desk.tickets.models import Message, Ticket
from tests.actions.builders import an_inbox, take_in
from tests.web.browsing import Browser

REVIEW = "gp:AOqpTO1"


def _review(text: str, rating: int | None, revision: str = "1", minutes: int = 30) -> Item:
    at = timezone.now() - timedelta(minutes=minutes)
    return Item(
        "google_play",
        ItemKind.REVIEW,
        REVIEW,
        REVIEW,
        at,
        change=Change.EDITED,
        changed_at=at,
        author=Author(REVIEW, name="Piet B."),
        text=text,
        revision=revision,
        rating=rating,
        about={"app_version": "8.1.0", "device": "Pixel 9"},
    )


def _answer(text: str, publication: str, minutes: int = 20) -> Item:
    return Item(
        "google_play",
        ItemKind.REPLY,
        Item.answer_id(REVIEW),
        REVIEW,
        timezone.now() - timedelta(minutes=minutes),
        parent_id=REVIEW,
        text=text,
        outgoing=True,
        revision=text + publication,
        about={"publication": publication},
    )


@pytest.fixture
def store() -> Inbox:
    return an_inbox(network="google_play", name="nl.vlotlijn.app", own_id="nl.vlotlijn.app", handle="")


@pytest.fixture
def reviewed(store: Inbox) -> Ticket:
    take_in(store, [_review("De app loopt vast", 2)], now=timezone.now())
    return Ticket.objects.get(inbox=store)


def test_stars_stand_in_the_queue_and_on_the_ticket(browser: Browser, reviewed: Ticket) -> None:
    drawn = '<span class="stars" role="img" aria-label="2 stars">★★☆☆☆</span>'
    assert drawn in browser.page("/queue/")
    page = browser.page(f"/tickets/{reviewed.pk}/")
    assert drawn in page
    assert "version 8.1.0 · Pixel 9" in page


def test_the_queue_is_narrowed_to_stars(browser: Browser, reviewed: Ticket) -> None:
    assert "De app loopt vast" in browser.page("/queue/?rating=2")
    assert "De app loopt vast" not in browser.page("/queue/?rating=1")
    assert '<option value="3">3 stars</option>' in browser.part("/queue/filter/")
    assert browser.client.get("/queue/?rating=6").status_code != 200


def test_what_it_said_before_is_shown_with_its_stars(browser: Browser, reviewed: Ticket) -> None:
    take_in(reviewed.inbox, [_review("De app loopt weer", 5, "2", minutes=10)], now=timezone.now())
    page = browser.page(f"/tickets/{reviewed.pk}/")
    assert "★★★★★" in page
    assert "★★☆☆☆" in page
    assert "The customer wrote the review anew" in browser.part(f"/tickets/{reviewed.pk}/timeline/")


def test_the_composer_says_what_gives_way_and_the_thread_what_nobody_can_read(
    browser: Browser, reviewed: Ticket
) -> None:
    assert "shows one answer" not in browser.page(f"/tickets/{reviewed.pk}/")
    take_in(reviewed.inbox, [_answer("Bel ons", "refused")], now=timezone.now())
    page = browser.page(f"/tickets/{reviewed.pk}/")
    assert "Google Play shows one answer: this takes the place of yours of" in page
    assert "refused by the network: nobody can read it" in page
    take_in(reviewed.inbox, [_answer("Bel ons", "published")], now=timezone.now())
    assert "refused by the network" not in browser.page(f"/tickets/{reviewed.pk}/")
    assert Message.objects.get(external_id=Item.answer_id(REVIEW)).about == {"publication": "published"}
