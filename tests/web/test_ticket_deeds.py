"""What is done with one ticket on its page, and the dialogs for it."""

from datetime import timedelta

import pytest

from desk.actions.tickets import tickets
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Ticket
from tests.actions.promised import a_policy
from tests.web.browsing import Browser, add_messages, asked_by


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
