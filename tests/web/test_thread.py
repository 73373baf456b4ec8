"""A whole thread with its branches, however long it is, and what messages quote."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.inboxes.gateway import Author
from desk.inboxes.models import Inbox
from desk.tickets.models import Attachment, Message, Profile, Ticket
from desk.web.show.branches import _in_branches
from tests.actions.builders import a_mention, an_inbox, own_words, take_in
from tests.web.browsing import Browser, asked_by, number_of_queries


def below(ticket: Ticket, key: str, *, on: str = "", by: str = "jan", text: str = "Hier ook", **more: Any) -> Message:
    now = timezone.now()
    author = Author(f"id-{by}", by, by.title())
    item = a_mention(
        key, text=text, author=author, thread_id=ticket.conversation.thread_id, parent_id=on, created_at=now, **more
    )
    take_in(ticket.inbox, [item], now=now)
    return Message.objects.get(external_id=key)


def test_a_thread_shows_who_answers_whom_and_whose_ticket_it_is(browser: Browser, ticket: Ticket) -> None:
    root = ticket.messages.get()
    other = below(ticket, "a", on=root.external_id, text="Bij mij reed hij wel")
    below(ticket, "b", by="piet", text="Los daarvan")
    below(ticket, "c", on="a", by="an", text="Welke lijn dan?")
    page = browser.page(f"/tickets/{ticket.pk}/thread/")
    assert [page.index(words) for words in ("Bij mij reed", "Welke lijn", "Los daarvan")] == sorted(
        page.index(words) for words in ("Bij mij reed", "Welke lijn", "Los daarvan")
    )
    assert "depth-2" in page
    assert f'href="/tickets/{other.ticket_id}/"' in page
    assert "this ticket" in page
    assert "Whole thread" in browser.part(f"/tickets/{ticket.pk}/")


def test_an_answer_to_an_earlier_page_says_to_whom(browser: Browser, ticket: Ticket) -> None:
    root = ticket.messages.get()
    for number in range(55):
        below(ticket, f"n{number}", by=f"klant{number}", text=f"nummer {number}")
    below(ticket, "late", on=root.external_id, by="an", text="Nog steeds niet")
    first = browser.page(f"/tickets/{ticket.pk}/thread/")
    assert "Nog steeds niet" not in first
    cursor = first.split("cursor=")[1].split('"')[0]
    second = browser.page(f"/tickets/{ticket.pk}/thread/?cursor={cursor}")
    assert "answers Marit: Waar blijft de trein?" in second


def test_what_is_gone_is_not_quoted_again(browser: Browser, ticket: Ticket) -> None:
    gone = below(ticket, "a", text="Dit had ik niet moeten zeggen")
    Message.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    below(ticket, "b", on="a", by="an", text="Wat zei je?", quotes="a")
    page = browser.page(f"/tickets/{ticket.pk}/thread/")
    assert "Dit had ik" not in page
    assert "A message that is gone" in page


def test_a_quoted_original_stands_below_its_quote(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    original = ticket.messages.get()
    other = asked_by(inbox, "piet", "Moet je dit zien", quotes=original.external_id)
    page = browser.part(f"/tickets/{other.pk}/")
    assert '<figure class="original">' in page
    assert "Waar blijft de trein?" in page
    assert "original" not in browser.part(f"/tickets/{ticket.pk}/")


@pytest.mark.parametrize("address", ["/tickets/{}/thread/", "/tickets/{}/", "/tickets/{}/messages/"])
def test_a_thread_of_five_thousand_comments_stays_quick(
    browser: Browser, inbox: Inbox, ticket: Ticket, address: str
) -> None:
    root, profile = ticket.messages.get(), Profile.objects.get()
    at = timezone.now()
    Message.objects.bulk_create(
        Message(
            conversation=ticket.conversation, ticket=ticket, inbox=inbox, external_id=f"c{number}", kind="comment",
            parent_id=root.external_id if number % 3 else f"c{number - 1}", profile=profile, text=f"nummer {number}",
            quotes=f"c{number - 1}" if number % 7 == 0 else "", created_at=at + timedelta(seconds=number),
            received_at=at,
        )
        for number in range(5_000)
    )  # fmt: skip
    assert number_of_queries(address.format(ticket.pk), browser) <= 10


def test_a_thread_is_opened_at_its_ticket_and_not_at_its_beginning(browser: Browser, ticket: Ticket) -> None:
    for number in range(60):
        below(ticket, f"n{number}", by=f"klant{number}", text=f"nummer {number}")
    late = below(ticket, "late", by="an", text="Nog steeds niet")
    page = browser.page(f"/tickets/{late.ticket_id}/thread/?here")
    shown = [f"nummer {number}<" in page for number in range(60)]
    assert (shown.count(True), shown[-5:]) == (5, [True] * 5)
    assert "Nog steeds niet" in page
    assert "Waar blijft de trein" not in page
    assert "From the beginning" in page
    assert "Waar blijft de trein" in browser.page(f"/tickets/{ticket.pk}/thread/?here")
    assert f"/tickets/{ticket.pk}/thread/?here" in browser.part(f"/tickets/{ticket.pk}/")


def test_what_stands_beside_words_stands_in_the_thread_too(browser: Browser, ticket: Ticket) -> None:
    message = below(ticket, "a", text="Wo fährt der Zug?", by="sven")
    now = timezone.now()
    Message.objects.filter(pk=message.pk).update(language="de", edited_at=now, hidden=True, reaction_counts={"😡": 3})
    picture(message, "Ein leerer Bahnsteig")
    page = browser.page(f"/tickets/{ticket.pk}/thread/")
    for words in ("German", "edited ", "hidden on the network", "😡 3", 'alt="Ein leerer Bahnsteig"', 'id="viewer"'):
        assert words in page, words


def picture(message: Message, alt_text: str) -> Attachment:
    return Attachment.objects.create(
        message=message, source_url="https://x", kind="image", content_type="image/png", state="stored",
        alt_text=alt_text, file="attachments/a.png",
    )  # fmt: skip


def test_a_picture_of_the_original_stands_below_its_quote(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    original = ticket.messages.get()
    picture(original, "Het lege bord")
    other = asked_by(inbox, "piet", "Moet je dit zien", quotes=original.external_id)
    assert 'alt="Het lege bord"' in browser.part(f"/tickets/{other.pk}/")


def test_sound_is_heard_and_film_is_seen_in_place(browser: Browser, ticket: Ticket) -> None:
    for kind, content_type in (("audio", "video/mp4"), ("video", "video/webm")):
        Attachment.objects.create(
            message=ticket.messages.get(), source_url="https://stranger.example/a", kind=kind,
            content_type=content_type, state="stored", file="attachments/a",
        )  # fmt: skip
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert page.count("<audio controls") == page.count("<video controls") == 1
    assert "Voice message, without a description" in page
    assert "stranger.example" not in page


def test_a_quote_of_what_the_network_did_not_show_says_so(browser: Browser, inbox: Inbox) -> None:
    ticket = asked_by(inbox, "piet", "Moet je dit zien", quotes="somewhere-else")
    assert "It quotes a post that the network did not show us." in browser.part(f"/tickets/{ticket.pk}/")


def test_the_company_post_that_is_answered_shows_its_pictures(browser: Browser, inbox: Inbox) -> None:
    now = timezone.now()
    take_in(inbox, [own_words("post", text="De nieuwe bus", parent_id="", thread_id="post", at=0)], now=now)
    picture(Message.objects.get(), "Een bus van lijn 14")
    ticket = asked_by(inbox, "piet", "Stopt die ook hier?", thread_id="post", parent_id="post")
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert "De nieuwe bus" in page
    assert 'alt="Een bus van lijn 14"' in page


def test_the_same_words_elsewhere_stand_above_the_conversation(browser: Browser, inbox: Inbox) -> None:
    words = "Mijn vouwfiets mocht vanmorgen niet mee in de trein van acht uur, terwijl hij opgevouwen was"
    ticket = asked_by(inbox, "saskia", f"@vlotlijn {words}")
    elsewhere = an_inbox(network="facebook_page", name="Vlotlijn", own_id="2")
    other = asked_by(elsewhere, "saskiafb", words, network="facebook_page")
    assert "Also posted" not in browser.part(f"/tickets/{ticket.pk}/")
    browser.send(f"/tickets/{ticket.pk}/same-person/", do="merge", other=other.customer_id)
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert "Also posted on Facebook" in page
    assert f'href="/tickets/{other.pk}/"' in page
    assert "nobody&#x27;s" in page or "nobody's" in page


def test_two_that_answer_each_other_are_shown_once(db: None) -> None:
    one, other = (Message(pk=pk, external_id=key, parent_id=on) for pk, key, on in ((1, "a", "b"), (2, "b", "a")))
    assert [(message.pk, depth) for message, depth, _above in _in_branches([one, other])] == [(1, 0), (2, 1)]


def test_a_private_ticket_offers_no_whole_thread(browser: Browser, inbox: Inbox) -> None:
    ticket = asked_by(inbox, "an", "Privé", private=True, thread_id="dm-an")
    assert "Whole thread" not in browser.part(f"/tickets/{ticket.pk}/")
