"""Personal data of customers reaches nobody who may not see it, whatever address they ask."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import Settings

from desk.actions.crises import crises, crisis_tickets
from desk.actions.replies import reply
from desk.actions.tickets import notes
from desk.crises.models import Crisis
from desk.inboxes.models import Inbox
from desk.people.models import ApiToken, AuditEntry, User
from desk.tickets.models import Attachment, Customer, Message, MessageVersion, Ticket
from tests.actions.builders import a_message, take_in
from tests.web.browsing import PART, Browser, asked_by

IBAN = "NL91ABNA0417164300"
SAID = f"Rekening van Klaas {IBAN}"
SHOWN = "Rekening van Klaas ******************"
ABOUT_NO_TICKET = ("live/", "readyz", "accounts/")  # a line that stays open, one that waits for workers, the door


@pytest.fixture
def ticket(inbox: Inbox, suze: User) -> Ticket:
    """One on which everything that anybody wrote holds an account number, and another of the same customer."""
    asked_by(inbox, "marit", f"Nog een {SAID}", minutes_ago=9)
    ticket = asked_by(inbox, "marit", SAID, minutes_ago=5, thread_id="other")
    message = ticket.messages.get()
    MessageVersion.objects.create(message=message, text=f"Vorige {SAID}", replaced_at=timezone.now())
    Message.objects.filter(pk=message.pk).update(edited_at=timezone.now())
    Attachment.objects.create(message=message, source_url="x", kind="image", state="stored", file="x", alt_text=SAID)
    Customer.objects.filter(pk=ticket.customer_id).update(about=SAID)
    notes.add_note(suze, ticket.pk, f"Notitie {SAID}")
    now = timezone.now()
    take_in(inbox, [a_message("private", text=f"Privé {SAID}", created_at=now)], now=now)
    private = Ticket.objects.exclude(conversation__private=False).get()
    noor = User.objects.create_user("noor", role="comms")
    crisis_tickets.put_in(noor, ticket.pk, crises.start(noor, reason="Storing", level=1).pk)
    reply.submit(suze, private.pk, text=f"Antwoord {SAID}", visibility="private", idempotency_key=uuid4().hex)
    return ticket


def test_no_address_shows_it_to_who_may_not_see_it(ticket: Ticket, settings: Settings) -> None:
    settings.SEE_PERSONAL_DATA = ()
    admin = User.objects.create_user("admin", role="administrator")
    client = Client(raise_request_exception=True)
    client.force_login(admin)
    token = {"Authorization": f"Token {ApiToken.issue(admin)[1]}"}
    seen, hidden = [], 0
    for address in addresses(ticket):
        text = body(client.get(address, headers=token if address.startswith("/api/") else PART))
        seen += [address] if IBAN in text else []
        hidden += SHOWN in text
    assert seen == []
    assert hidden >= 15, "the test no longer meets the texts"


def addresses(ticket: Ticket) -> Iterator[str]:
    """Every address that can be asked for, about this ticket and what hangs on it; and lists that search for it."""
    private = Ticket.objects.get(conversation__private=True)
    values = {
        "ticket_id": [ticket.pk, private.pk],
        "message_id": [ticket.messages.get().pk],
        "customer_id": [ticket.customer_id],
        "reply_id": [private.replies.get().pk],
        "crisis_id": [Crisis.objects.get().pk],
    }
    for route in routes(get_resolver().url_patterns):
        if route.startswith(ABOUT_NO_TICKET):
            continue
        name = next((name for name in values if f":{name}>" in route), "")
        for value in values.get(name, [1]):
            address = "/" + filled(route, value)
            yield address
    asked = f"?q=Klaas&ids={ticket.pk}&ids={private.pk}"
    yield from (f"{path}{asked}" for path in ("/queue/", "/queue/rows/", "/command/", "/api/v1/tickets/"))
    for name in ("merge", "split", "tags", "assign"):
        yield f"/dialogs/{name}/?ids={ticket.pk}"


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif "(?P<" not in route:
            yield route


def filled(route: str, value: int) -> str:
    pieces = route.split("<")
    return pieces[0] + "".join(
        ("1" if kind.startswith("str:") or kind.startswith("slug:") else str(value)) + after
        for kind, _end, after in (piece.partition(">") for piece in pieces[1:])
    )


def body(answer: HttpResponseBase) -> str:
    if isinstance(answer, HttpResponse):
        return answer.content.decode(errors="replace")
    return b"".join(answer.streaming_content).decode(errors="replace")  # type: ignore[attr-defined]  # the other kind streams


def test_an_agent_reads_what_customers_write(browser: Browser, ticket: Ticket) -> None:
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert IBAN in page
    assert "Personal data is masked." not in page


def test_a_masked_message_is_shown_to_who_says_why(expert: User, ticket: Ticket) -> None:
    browser, message = Browser(expert), ticket.messages.get()
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert (IBAN in page, page.count("Personal data is masked.")) == (False, 1)
    assert f'hx-get="/dialogs/unmask/{message.pk}/"' in page
    assert f'hx-post="/messages/{message.pk}/unmask/"' in browser.part(f"/dialogs/unmask/{message.pk}/")
    assert browser.send(f"/messages/{message.pk}/unmask/").status_code == 400
    answer = browser.send(f"/messages/{message.pk}/unmask/", reason="De klant belt")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.content.decode().count(IBAN) == 2  # as it reads, and as it read before
    assert AuditEntry.objects.get(verb="unmasked").detail["reason"] == "De klant belt"
    assert IBAN not in browser.part(f"/tickets/{ticket.pk}/")
    assert "De klant belt" in browser.part(f"/tickets/{ticket.pk}/timeline/")


def test_ones_own_note_reads_as_it_was_written(expert: User, ticket: Ticket) -> None:
    notes.add_note(expert, ticket.pk, f"Van mij: {SAID}")
    page = Browser(expert).part(f"/tickets/{ticket.pk}/")
    assert f"Van mij: {SAID}" in page
    assert f"Notitie {SHOWN}" in page
