"""One ticket as a page: its thread, what can be done with it, and what it costs."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from desk.actions import notes, tickets
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, Team, User
from desk.replies.models import CannedTerm
from desk.tickets.models import Attachment, Message, MessageVersion, Ticket, TicketView
from tests.actions.promised import a_policy
from tests.canned import a_canned
from tests.web.browsing import PART, Browser, asked_by, number_of_queries


def test_the_page_shows_list_thread_and_customer(browser: Browser, ticket: Ticket) -> None:
    page = browser.page(f"/tickets/{ticket.pk}/")
    for expected in ('class="views"', 'id="tickets"', 'id="thread"', 'id="customer"', 'class="composer"', 'role="log"'):
        assert expected in page


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
        ("/tickets/{}/customer/", 7),
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


@pytest.mark.parametrize(
    ("verb", "values", "column", "value"),
    [
        ("transition", {"event": "resolve"}, "state", "resolved"),
        ("transition", {"event": "mark_spam"}, "state", "spam"),
        ("snooze", {"minutes": "60"}, "state", "snoozed"),
        ("priority", {"priority": "3"}, "priority", 3),
    ],
)
def test_deeds_change_the_ticket_and_show_it(
    browser: Browser, ticket: Ticket, verb: str, values: dict[str, str], column: str, value: object
) -> None:
    answer = browser.send(f"/tickets/{ticket.pk}/{verb}/", **values)
    assert answer.status_code == 200
    assert b'id="ticket-head"' in answer.content
    assert getattr(Ticket.objects.get(pk=ticket.pk), column) == value


def test_tags_come_and_go(browser: Browser, ticket: Ticket) -> None:
    browser.send(f"/tickets/{ticket.pk}/tags/", add="Lindewaard")
    browser.send(f"/tickets/{ticket.pk}/tags/", add="Pers", remove="Lindewaard")
    assert list(ticket.tags.values_list("name", flat=True)) == ["Pers"]


def test_whoever_comes_second_is_told_who_was_quicker(browser: Browser, sanne: User, ticket: Ticket) -> None:
    tickets.claim(sanne, ticket.pk)
    answer = browser.send(f"/tickets/{ticket.pk}/claim/")
    assert answer.status_code == 409
    assert "Sanne Bakker was quicker" in answer.content.decode()


def test_a_time_in_the_past_is_refused(browser: Browser, ticket: Ticket) -> None:
    answer = browser.send(f"/tickets/{ticket.pk}/snooze/", until="2020-01-01T08:00")
    assert answer.status_code == 400
    assert "Choose a time in the future." in answer.content.decode()


@pytest.mark.parametrize("to", ["", "user:", "user:abc", "team:999999", "user:999999", "everybody"])
def test_nobody_can_be_given_to_what_does_not_exist(browser: Browser, ticket: Ticket, to: str) -> None:
    assert browser.send(f"/tickets/{ticket.pk}/assign/", to=to).status_code == 400
    assert Ticket.objects.get(pk=ticket.pk).assignee is None


def test_a_merge_shows_the_ticket_that_is_kept(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    other = asked_by(inbox, "marit", "Mag mijn fiets mee?", thread_id="other")
    answer = browser.send(f"/tickets/{ticket.pk}/merge/", into=f"#{other.pk}")
    assert f'data-ticket="{other.pk}"' in answer.content.decode()
    assert Ticket.objects.get(pk=ticket.pk).merged_into_id == other.pk


def test_a_split_offers_the_messages_and_shows_the_new_ticket(browser: Browser, ticket: Ticket) -> None:
    assert "/dialogs/split/" not in browser.part(f"/tickets/{ticket.pk}/")  # there is one question
    add_messages(ticket, 3)
    chosen = [message.pk for message in ticket.messages.order_by("created_at", "id")[2:]]
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert f"/dialogs/split/?ids={ticket.pk}&amp;from={chosen[0]}" in page
    dialog = browser.part(f"/dialogs/split/?ids={ticket.pk}&from={chosen[0]}")
    assert [f'value="{number}" checked' in dialog for number in chosen] == [True, True]
    assert (dialog.count(" checked"), dialog.count(" autofocus")) == (2, 1)
    answer = browser.send(f"/tickets/{ticket.pk}/split/", messages=chosen)
    new = Ticket.objects.get(split_from=ticket)
    assert f'data-ticket="{new.pk}"' in answer.content.decode()
    assert answer["HX-Push-Url"] == f"/tickets/{new.pk}/"
    assert f"Split from ticket {ticket.pk}." in answer.content.decode()
    assert "Messages were moved to a new ticket" in browser.part(f"/tickets/{ticket.pk}/timeline/")
    assert browser.send(f"/tickets/{new.pk}/split/", messages=chosen).status_code == 400


def test_the_tier_of_the_customer_stands_beside_the_ticket_and_is_changed_there(
    browser: Browser, ticket: Ticket
) -> None:
    assert "Standard" in browser.part(f"/tickets/{ticket.pk}/customer/")
    assert 'value="0" aria-pressed="true"' in browser.part(f"/dialogs/tier/?ids={ticket.pk}")
    answer = browser.send(f"/tickets/{ticket.pk}/tier/", tier="2").content.decode()
    assert '<span class="tag">VIP</span>' in answer
    assert "VIP" in browser.part(f"/tickets/{ticket.pk}/customer/")
    assert browser.part("/queue/?tier=2").count('data-id="') == 1
    assert browser.part("/queue/?tier=1").count('data-id="') == 0
    for wrong in ("", "7", "x"):
        assert browser.send(f"/tickets/{ticket.pk}/tier/", tier=wrong).status_code == 400


def test_a_supervisor_sees_what_a_new_promise_would_do_and_gives_it(browser: Browser, ticket: Ticket) -> None:
    assert "/dialogs/renew/" not in browser.part(f"/tickets/{ticket.pk}/")
    assert browser.send(f"/tickets/{ticket.pk}/renew/").status_code == 403
    supervisor = Browser(User.objects.create_user("joke", role="supervisor"))
    assert f"/dialogs/renew/?ids={ticket.pk}" in supervisor.part(f"/tickets/{ticket.pk}/")
    assert f"/dialogs/renew/?ids={ticket.pk}" in supervisor.part(f"/tickets/{ticket.pk}/customer/")
    address = f"/dialogs/renew/?ids={ticket.pk}"
    assert "There is nothing to change." in supervisor.part(address)
    a_policy("Spoed", first=1)
    dialog = supervisor.part(address)
    assert "First response" in dialog
    assert "late at once" in dialog
    before = ticket.due_at
    assert supervisor.send(f"/tickets/{ticket.pk}/renew/").status_code == 200
    ticket.refresh_from_db()
    assert ticket.due_at == before - timedelta(minutes=59)
    assert "The promise changed" in supervisor.part(f"/tickets/{ticket.pk}/timeline/")


@pytest.mark.parametrize("name", ["assign", "snooze", "priority", "tags", "merge", "split", "tier"])
def test_dialogs_are_for_one_ticket_or_for_many(browser: Browser, inbox: Inbox, ticket: Ticket, name: str) -> None:
    one = browser.part(f"/dialogs/{name}/?ids={ticket.pk}")
    assert f'hx-post="/tickets/{ticket.pk}/{name}/"' in one
    if name not in ("merge", "split", "tier"):
        many = browser.part(f"/dialogs/{name}/?bulk=1&ids={ticket.pk}")
        assert 'hx-post="/queue/bulk/"' in many


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


def add_messages(ticket: Ticket, count: int) -> None:
    now = timezone.now()
    Message.objects.bulk_create(
        Message(
            conversation=ticket.conversation,
            ticket=ticket,
            inbox=ticket.inbox,
            external_id=f"more-{number}",
            kind="mention",
            profile=ticket.profile,
            text=f"bericht {number}",
            created_at=now + timedelta(seconds=number),
            received_at=now,
        )
        for number in range(count)
    )


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
