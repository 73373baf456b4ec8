"""One ticket as a page: its thread, what stands beside it, and what it costs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from desk.actions.tickets import notes, tickets
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, Team, User
from desk.replies.models import CannedTerm
from desk.tickets.models import Attachment, Message, MessageVersion, Profile, Reaction, Ticket, TicketView
from tests.actions.builders import a_mention, take_in
from tests.canned import a_canned
from tests.web.browsing import PART, Browser, add_messages, asked_by, number_of_queries


def test_the_page_shows_list_thread_and_customer(browser: Browser, ticket: Ticket) -> None:
    page = browser.page(f"/tickets/{ticket.pk}/")
    for expected in ('class="views"', 'id="tickets"', 'id="thread"', 'id="customer"', 'class="composer"', 'role="log"'):
        assert expected in page


def test_how_a_post_is_marked_on_its_network_is_shown_as_it_is_now(browser: Browser, inbox: Inbox) -> None:
    item = a_mention("gemerkt", created_at=timezone.now() - timedelta(minutes=5))
    for labels in ("", "spam, rude", ""):
        take_in(inbox, [replace(item, about={"labels": labels}, revision=f"{labels} {timezone.now()}")])
        ticket = Ticket.objects.get(inbox=inbox)
        page = browser.page(f"/tickets/{ticket.pk}/")
        assert ("marked on the network: spam, rude" in page) == bool(labels)
        assert ("marked on the network" in page) == bool(labels)
    assert not MessageVersion.objects.exists()


def test_a_list_on_the_screen_gets_the_ticket_alone(browser: Browser, ticket: Ticket) -> None:
    part = browser.part(f"/tickets/{ticket.pk}/")
    assert "<html" not in part
    assert 'id="tickets"' not in part
    assert 'hx-swap-oob="keyed:#customer"' in part


def test_opening_marks_as_seen_and_refreshing_does_not(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    browser.part(f"/tickets/{ticket.pk}/fresh/")
    assert Ticket.objects.get(pk=ticket.pk).unread == 1
    assert not TicketView.objects.exists()
    browser.part(f"/tickets/{ticket.pk}/")
    assert Ticket.objects.get(pk=ticket.pk).unread == 0
    assert TicketView.objects.get().seen_event_id == ticket.events.latest("id").pk


def test_a_missing_ticket_is_said_in_place_and_on_a_page(browser: Browser, db: None) -> None:
    page = browser.client.get("/tickets/999999/")
    assert page.status_code == 404
    assert "There is no ticket 999999." in page.content.decode()
    part = browser.client.get("/tickets/999999/", headers=PART)
    assert part.status_code == 404
    assert part["HX-Retarget"]


def test_what_customers_deleted_is_not_shown_any_more(browser: Browser, ticket: Ticket) -> None:
    ticket.messages.update(deleted_at=timezone.now())
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert "Waar blijft de trein?" not in page.split('id="thread"')[1]
    assert "Deleted by Marit" in page


def test_what_was_deleted_is_shown_to_who_asks_and_logged(browser: Browser, expert: User, ticket: Ticket) -> None:
    message = ticket.messages.get()
    MessageVersion.objects.create(message=message, text="Waar blijft de <bus>?", replaced_at=timezone.now())
    ticket.messages.update(deleted_at=timezone.now(), edited_at=timezone.now())
    address = f"/messages/{message.pk}/deleted/"
    assert f'hx-post="{address}"' in browser.part(f"/tickets/{ticket.pk}/")
    shown = browser.send(address)
    text = shown.content.decode()
    assert text.index("Waar blijft de trein?") < text.index("Waar blijft de &lt;bus&gt;?")
    assert shown["Cache-Control"] == "no-store"
    assert AuditEntry.objects.get().verb == "deleted_shown"
    assert "Looked at a message that was deleted" in browser.part(f"/tickets/{ticket.pk}/timeline/")
    other = Browser(expert)
    assert address not in other.part(f"/tickets/{ticket.pk}/")
    assert other.send(address).status_code == 403
    assert browser.client.get(address).status_code == 405


def test_a_file_of_a_deleted_message_leaves_nothing_in_the_browser(
    browser: Browser, expert: User, ticket: Ticket
) -> None:
    picture = attached(ticket, "image/png", b"\x89PNG")
    ticket.messages.update(deleted_at=timezone.now())
    assert f"/attachments/{picture.pk}/" in browser.send(f"/messages/{picture.message_id}/deleted/").content.decode()
    shown = browser.client.get(f"/attachments/{picture.pk}/")
    assert (shown.status_code, shown["Cache-Control"]) == (200, "no-store")
    assert shown.getvalue() == b"\x89PNG"
    assert Browser(expert).client.get(f"/attachments/{picture.pk}/").status_code == 403


def test_an_edit_shows_what_changed(browser: Browser, ticket: Ticket) -> None:
    message = ticket.messages.get()
    MessageVersion.objects.create(message=message, text="Waar blijft de bus?", replaced_at=timezone.now())
    ticket.messages.update(edited_at=timezone.now())
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert "<del>bus?</del><ins>trein?</ins>" in page
    assert "2 versions" in page


def test_the_original_post_stands_above_the_question(browser: Browser, inbox: Inbox) -> None:
    ticket = asked_by(inbox, "marit", "Hoe laat dan?", thread_id="root")
    Message.objects.create(
        conversation=ticket.conversation,
        inbox=inbox,
        external_id="root",
        kind="post",
        outgoing=True,
        text="Er rijden geen treinen.",
        created_at=timezone.now() - timedelta(hours=1),
        received_at=timezone.now(),
    )
    thread = browser.part(f"/tickets/{ticket.pk}/").split('id="thread"')[1]
    assert thread.index("Er rijden geen treinen.") < thread.index("Hoe laat dan?")
    assert 'class="entry before"' in thread


def test_a_long_thread_comes_in_pages_newest_first(browser: Browser, ticket: Ticket) -> None:
    add_messages(ticket, 120)
    part = browser.part(f"/tickets/{ticket.pk}/")
    assert part.count('class="entry') == 50
    assert "bericht 119" in part
    assert "bericht 60" not in part
    address = next(
        piece.split('"')[0] for piece in part.split('hx-get="') if "/messages/?cursor=" in piece.split('"')[0]
    )
    earlier = browser.part(address)
    assert "bericht 60" in earlier
    assert "bericht 119" not in earlier


def test_a_ticket_takes_few_queries_however_long_its_thread(browser: Browser, ticket: Ticket) -> None:
    few = number_of_queries(f"/tickets/{ticket.pk}/", browser)
    add_messages(ticket, 200)
    for number in range(20):
        notes.add_note(browser.person, ticket.pk, f"aantekening {number}")
    assert few <= 10
    assert number_of_queries(f"/tickets/{ticket.pk}/", browser) <= 10


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/tickets/{}/fresh/", 10),
        ("/tickets/{}/messages/", 6),
        ("/tickets/{}/timeline/", 3),
        ("/tickets/{}/customer/", 9),
        ("/tickets/{}/canned/?q=", 12),  # where texts ask for reference and hours, teams are staged and it suggests
        ("/dialogs/merge/?ids={}", 4),
        ("/dialogs/split/?ids={}", 4),
        ("/dialogs/assign/?ids={}", 5),
        ("/dialogs/tags/?ids={}", 5),
        ("/command/?q=trein", 12),
        ("/colleagues/?q=k", 2),
    ],
)
def test_what_stands_beside_a_ticket_takes_few_queries_however_much_it_is(
    browser: Browser, inbox: Inbox, ticket: Ticket, address: str, most: int
) -> None:
    address = address.format(ticket.pk)
    few = number_of_queries(address, browser)
    add_messages(ticket, 60)
    for number in range(12):
        asked_by(inbox, "marit", "Waar blijft de trein?", thread_id=f"other-{number}")
        User.objects.create_user(f"klaas{number}", role="agent")
        asks, team = "{{customer}} {{reference}} {{opening_hours}}", Team.objects.create(name=str(number))
        staged = [{"do": "team", "value": str(team.pk)}]
        canned = a_canned(str(number), asks, actions=staged, times_learned=9)
        CannedTerm.objects.create(canned_response=canned, term="trein", uses=9)
        tickets.tag(browser.person, ticket.pk, add=[f"t{number}"])
        notes.add_note(browser.person, ticket.pk, "aantekening")
    assert max(few, number_of_queries(address, browser)) <= most


def test_the_customers_other_tickets_stand_beside_it(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    asked_by(inbox, "marit", "Mag mijn fiets mee?", thread_id="other")
    assert "Mag mijn fiets mee?" in browser.part(f"/tickets/{ticket.pk}/customer/")


def test_the_clock_explains_itself(browser: Browser, ticket: Ticket) -> None:
    part = browser.part(f"/tickets/{ticket.pk}/")
    assert "Posted on X" in part
    assert "5 min of 1 h 00" in part


def test_the_timeline_tells_who_did_what(browser: Browser, ticket: Ticket) -> None:
    tickets.claim(browser.person, ticket.pk)
    tickets.tag(browser.person, ticket.pk, add=["Pers"])
    text = browser.part(f"/tickets/{ticket.pk}/timeline/")
    assert "Taken" in text
    assert "+ Pers" in text
    assert "Suze Veenstra" in text


def test_an_expert_reads_and_writes_notes_only(expert: User, ticket: Ticket) -> None:
    browser = Browser(expert)
    page = browser.page(f"/tickets/{ticket.pk}/")
    assert "Resolve" not in page.split('id="ticket-head"')[1].split("</header>")[0]
    assert 'value="public"' not in page
    for verb in (
        "claim",
        "assign",
        "transition",
        "snooze",
        "tags",
        "priority",
        "merge",
        "split",
        "tier",
        "renew",
        "reply",
    ):
        assert browser.send(f"/tickets/{ticket.pk}/{verb}/").status_code == 403, verb
    assert browser.send(f"/tickets/{ticket.pk}/note/", text="Ik zoek het uit.").status_code == 200


def test_pictures_come_from_the_desk_and_other_files_are_saved_only(browser: Browser, ticket: Ticket) -> None:
    picture = attached(ticket, "image/png", b"\x89PNG")
    script = attached(ticket, "text/html", b"<script>alert(1)</script>")
    shown = browser.client.get(f"/attachments/{picture.pk}/")
    assert shown["Content-Type"] == "image/png"
    assert shown["X-Content-Type-Options"] == "nosniff"
    saved = browser.client.get(f"/attachments/{script.pk}/")
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment")
    assert "sandbox" in saved["Content-Security-Policy"]
    assert saved.getvalue() == b"<script>alert(1)</script>"
    assert shown.getvalue() == b"\x89PNG"
    browser.client.logout()
    assert browser.client.get(f"/attachments/{picture.pk}/").status_code == 302


def test_a_file_that_was_refused_is_not_there(browser: Browser, ticket: Ticket) -> None:
    refused = Attachment.objects.create(
        message=ticket.messages.get(), source_url="https://x", kind="image", state="refused"
    )
    assert browser.client.get(f"/attachments/{refused.pk}/").status_code == 404


def attached(ticket: Ticket, content_type: str, content: bytes) -> Attachment:
    attachment = Attachment(
        message=ticket.messages.get(), source_url="https://x", kind="image", state="stored", content_type=content_type
    )
    attachment.file.save("file", ContentFile(content))
    return attachment


def test_a_ticket_of_a_network_whose_connector_is_gone_can_still_be_read(browser: Browser, ticket: Ticket) -> None:
    Inbox.objects.update(network="gone")
    assert 'id="thread"' in browser.page(f"/tickets/{ticket.pk}/")
    assert 'id="tickets"' in browser.page("/queue/")


def test_a_customer_is_invited_to_write_in_private_and_the_case_is_closed_in_public(
    browser: Browser, ticket: Ticket
) -> None:
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert "https://x.com/messages/compose?recipient_id=1" in page
    assert "closing-note" not in page
    Ticket.objects.filter(pk=ticket.pk).update(moved_private_at=timezone.now(), private=True, preview_outgoing=True)
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert "closing-note" in page
    assert 'data-where="public"' in page


def test_verified_and_reach_stand_wherever_an_author_does(browser: Browser, ticket: Ticket) -> None:
    Profile.objects.update(verified=True, followers=48_100)
    page = browser.page(f"/tickets/{ticket.pk}/")
    assert page.count("Verified by the network") >= 4  # row, head, message, and beside it
    assert page.count("48.1k") >= 3


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        ("image/png", "data-look"), ("video/mp4", "<video controls"), ("audio/ogg", "<audio controls"),
        ("application/pdf", 'class="link"'),
    ],
)  # fmt: skip
def test_files_are_looked_at_and_listened_to_in_the_thread(
    browser: Browser, ticket: Ticket, content_type: str, shown: str
) -> None:
    file = Attachment(message=ticket.messages.get(), kind="file", content_type=content_type, state="stored")
    file.alt_text = "Een trein"
    file.save()
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert shown in page
    assert "Een trein" in page
    assert "autoplay" not in page


def test_a_message_in_another_language_than_ones_own_says_so(browser: Browser, ticket: Ticket) -> None:
    Message.objects.update(language="de")
    assert '<span class="tag">German</span>' in browser.part(f"/tickets/{ticket.pk}/")
    Message.objects.update(language=browser.person.language)
    assert '<span class="tag">English</span>' not in browser.part(f"/tickets/{ticket.pk}/")


def test_the_queue_is_narrowed_to_a_language(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    other = asked_by(inbox, "hans", "Wo bleibt der Zug?")
    Ticket.objects.filter(pk=other.pk).update(language="de")
    assert 'value="de"' in browser.part("/queue/filter/")
    rows = browser.page("/queue/?language=de")
    assert f"row-{other.pk}" in rows
    assert f"row-{ticket.pk}" not in rows


def test_reactions_stand_below_a_message_and_say_who(browser: Browser, ticket: Ticket) -> None:
    message = ticket.messages.get()
    Message.objects.filter(pk=message.pk).update(reaction_counts={"❤️": 1_200, "😡": 1})
    Reaction.objects.create(message=message, external_id="j", name="Jan", emoji="❤️", at=timezone.now())
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert page.index("❤️ 1.2k") < page.index("😡 1")
    assert "Jan" in browser.part(f"/messages/{message.pk}/reactions/")
