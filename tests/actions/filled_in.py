"""Forms as customers fill them in, and answers to them."""

import itertools
import time
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from desk.actions.forms import form_pages
from desk.actions.forms.form_pages import Written
from desk.actions.intake import ingest
from desk.actions.replies import reply, send
from desk.forms.models import FormLink
from desk.people.models import User
from desk.replies.models import Reply
from desk.tickets.models import Ticket

_homes = itertools.count(1)


def home() -> str:
    """An address from which nobody has tried yet."""
    number = next(_homes)
    return f"2001:db8::{number:x}:{time.monotonic_ns() % 0xFFFF:x}"


def begun(link: FormLink, ago: float = 30) -> str:
    """The mark of a page that was opened `ago` seconds ago."""
    with patch("django.core.signing.time.time", return_value=time.time() - ago):
        return form_pages.begin(link)


def filled_in(link: FormLink, text: str = "Mijn boeking is 12345", **more: Any) -> Written:
    return Written(text, **{"begun": begun(link), **more})


def sent(link: FormLink, text: str = "Mijn boeking is 12345", *, place: str = "", **more: Any) -> FormLink:
    """The customer sends the form, and a worker has taken it in."""
    now = timezone.now()
    used = form_pages.send(link, filled_in(link, text, **more), place=place or home(), now=now)
    ingest.process(link.ticket.inbox_id, now)
    return used


def answer(mila: User, ticket: Ticket, text: str = "We betalen het vandaag terug.") -> Reply:
    made = reply.submit(
        mila, ticket.pk, text=text, visibility="private", idempotency_key=str(time.monotonic()), send_anyway=True
    )
    send.send(made.pk, timezone.now())
    made.refresh_from_db()
    return made
