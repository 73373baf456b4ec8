"""What a saved search found: looked at without ticket and clock, and a ticket only where a person makes one of it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from desk.actions.inboxes.channels import channel
from desk.actions.intake import found, ingest
from desk.common.errors import Missing, NotPermitted
from desk.inboxes.gateway import Item, ItemKind
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, User
from desk.sla.models import Clock
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db


def _found(external_id: str, **more: Any) -> Item:
    values = {
        "kind": ItemKind.FOUND,
        "addressed": False,
        "reply_allowed": False,
        "url": f"https://x.com/m/{external_id}",
    }
    return a_mention(external_id, **{**values, **more})


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox(network="x", options={"search": "vlotlijn"})


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="agent")


def test_what_is_found_makes_no_ticket_and_starts_no_clock(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [_found("1", text="weer storing bij de buren"), _found("2", at=1)])
    assert not Ticket.objects.exists()
    assert not Clock.objects.exists()
    assert [one.external_id for one in found.page(suze, "").rows] == ["2", "1"]


def test_who_then_mentions_us_is_a_case_like_any_other(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [_found("1")])
    take_in(inbox, [a_mention("1")])
    assert Ticket.objects.count() == 1
    assert found.page(suze, "").rows == []


def test_a_person_makes_a_ticket_of_it_whose_answer_stays_closed_and_says_where(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [_found("1")])
    found.take_up(suze, Message.objects.get().pk)
    ingest.process(inbox.pk, timezone.now())
    ticket, message = Ticket.objects.get(), Message.objects.get()
    assert (message.ticket, message.kind) == (ticket, ItemKind.MENTION)
    assert found.page(suze, "").rows == []
    public = channel(ticket, "public", timezone.now())
    assert public is not None
    assert (public.allowed, public.answers) == (False, message)
    assert "mentioned us" in str(public.reason)
    assert AuditEntry.objects.get(verb="found_taken_up").actor == suze
    with pytest.raises(Missing):
        found.take_up(suze, message.pk)
    page = _signed_in(suze).get(f"/tickets/{ticket.pk}/").content.decode()
    assert 'href="https://x.com/m/1" target="_blank"' in page
    assert "Answer on the network" in page


def test_only_who_works_tickets_makes_one(inbox: Inbox) -> None:
    take_in(inbox, [_found("1")])
    colleague = User.objects.create_user("kees", role="colleague")
    with pytest.raises(NotPermitted):
        found.page(colleague, "")
    with pytest.raises(NotPermitted):
        found.take_up(colleague, Message.objects.get().pk)


def test_the_page_shows_what_was_said_as_text_and_leads_to_the_network(inbox: Inbox, suze: User) -> None:
    take_in(
        inbox, [_found("1", text="<script>alert(1)</script> storing"), _found("2", at=1, url="javascript:alert(1)")]
    )
    page = _signed_in(suze).get("/monitoring/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; storing" in page
    assert page.count("Answer on the network") == 1, "no address of a kind that is no page"
    assert "javascript:" not in page
    assert 'href="/monitoring/"' in _signed_in(suze).get(reverse("queue")).content.decode(), "the rail leads there"
    pressed = _signed_in(suze).post(f"/monitoring/{Message.objects.get(external_id='1').pk}/")
    assert pressed.status_code == 302
    ingest.process(inbox.pk, timezone.now())
    assert Ticket.objects.count() == 1


def test_the_rail_has_no_word_of_it_where_nobody_searches(suze: User) -> None:
    an_inbox(network="x")
    assert "/monitoring/" not in _signed_in(suze).get(reverse("queue")).content.decode()


@pytest.mark.parametrize("count", [2, 20])
def test_a_page_of_it_takes_as_many_queries_however_long(inbox: Inbox, suze: User, count: int) -> None:
    take_in(inbox, [_found(str(number), at=number, by=f"p{number}") for number in range(count)])
    browser = _signed_in(suze)
    browser.get("/monitoring/")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/monitoring/")
    assert len([one for one in queries if "tickets_message" in one["sql"]]) == 1


def test_the_api_lists_pages_and_takes_up(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [_found(str(number), at=number) for number in range(3)])
    api = Caller(suze)
    first = api.get("monitoring/", page_size=2).body
    assert [one["url"] for one in first["results"]] == ["https://x.com/m/2", "https://x.com/m/1"]
    assert not any(one["reply_allowed"] for one in first["results"])
    assert first["next"]
    assert api.post(f"monitoring/{first['results'][0]['id']}/take-up/").status == 204
    assert api.post("monitoring/0/take-up/").status == 404
    ingest.process(inbox.pk, timezone.now())
    assert Ticket.objects.count() == 1


def _signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser
