"""A signed-in browser, and customers who write to it."""

from datetime import timedelta
from typing import Any, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone

from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, take_in

PART = {"HX-Request": "true"}  # how htmx asks for a part of a page


class Browser:
    """Gets pages, parts of pages, and posts forms as one colleague."""

    def __init__(self, person: User) -> None:
        self.person = person
        self.client = Client()
        self.client.force_login(person)

    def page(self, address: str) -> str:
        return self._text(self.client.get(address))

    def part(self, address: str) -> str:
        return self._text(self.client.get(address, headers=PART))

    def send(self, address: str, **values: Any) -> HttpResponse:
        return cast(HttpResponse, self.client.post(address, values, headers=PART))

    def _text(self, answer: HttpResponseBase) -> str:
        assert answer.status_code == 200, answer.status_code
        return cast(HttpResponse, answer).content.decode()


def asked_by(inbox: Inbox, handle: str, text: str, *, minutes_ago: float = 1, **more: Any) -> Ticket:
    """A public question in a thread of its own."""
    now = timezone.now()
    external_id = f"{handle}-{Message.objects.count()}"
    item = a_mention(external_id, by=handle, text=text, created_at=now - timedelta(minutes=minutes_ago), **more)
    take_in(inbox, [item], now=now)
    ticket = Message.objects.get(inbox=inbox, external_id=external_id).ticket
    assert ticket is not None
    return ticket


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


def number_of_queries(address: str, browser: Browser) -> int:
    """For a part of a page, once caches are warm: the fewest of three looks.

    Badges are kept for two seconds, which may run out between one look and the next.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser.part(address)
    numbers = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            browser.part(address)
        numbers.append(len(queries))
    return min(numbers)
