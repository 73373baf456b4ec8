"""What strangers write into a form, by HTTP as a browser sends it: what the agent sees, and what the page shows."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from desk.actions.forms import form_links, form_pages
from desk.actions.intake import attachments, ingest
from desk.forms.models import FormLink
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.filled_in import begun, home
from tests.files import PDF, PNG, SVG, png_of
from tests.hostile.cases import CHARACTERS, TEXTS
from tests.hostile.test_matrix import Told, harmless
from tests.web.browsing import Browser
from tests.web.test_hostile_text import Page

pytestmark = pytest.mark.django_db

WORDS = {case: parts["text"] for case, parts in {**TEXTS, **CHARACTERS}.items() if isinstance(parts.get("text"), str)}
FILES = {
    "an SVG": SVG,
    "an SVG as a PNG": b"<?xml version='1.0'?>" + SVG,
    "a program": b"MZ\x90\x00" * 300,
    "a page": b"<html><script>alert(1)</script>",
    "60,000 pixels square": png_of(60_000, 60_000),
    "a page behind a picture": PNG + b"<script>alert(1)</script>",
    "a document with a program": PDF.replace(b"/Catalog", b"/JavaScript"),
}


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox(brand="Vlotlijn")


def a_form(inbox: Inbox, number: int) -> FormLink:
    """One for a case of its own."""
    take_in(inbox, [a_mention(str(number), by=f"klant{number}")], now=timezone.now())
    mila, _ = User.objects.get_or_create(username="mila", defaults={"role": "supervisor"})
    return form_links.make(mila, Ticket.objects.latest("pk").pk)


def sent(link: FormLink, text: str, *, files: tuple[bytes, ...] = (), **more: str) -> int:
    """The answer's status. Half a letter goes as a browser sends it: as a question mark or the like."""
    address = form_links.address_of(link).removeprefix(form_links.starts().removesuffix("/f/"))
    plain = {name: value.encode("utf-8", "replace").decode() for name, value in {"text": text, **more}.items()}
    given = [SimpleUploadedFile("kaart.png", one, "image/png") for one in files]
    body = {**plain, "begun": begun(link), **({"files": given} if given else {})}
    status = Client(REMOTE_ADDR=home()).post(address, body).status_code
    ingest.process(link.ticket.inbox_id, timezone.now())
    link.refresh_from_db()
    return status


def test_whatever_is_written_is_shown_harmlessly_or_refused_with_a_sentence(
    inbox: Inbox, agent: Browser, tell: Told
) -> None:
    customer = Client()
    for number, (case, words) in enumerate(WORDS.items(), 1):
        link = a_form(inbox, number)
        status = sent(link, words, name=words[:40], order=words[:40])
        if status != 303:
            assert (status, link.used_at) == (400, None), case
            tell("form", "text", case, "refused, nothing was kept", "")
            continue
        message = Message.objects.get(conversation=link.conversation, outgoing=False)
        harmless(agent.part(f"/tickets/{message.ticket_id}/"))
        page = customer.get(form_links.page_path(link)).content.decode()
        assert Page(page).dangers == [], case
        tell("form", "text", case, "shown", message.text[:70])
    assert Message.objects.filter(private=True).count() > len(WORDS) / 2


def test_files_that_lie_are_refused_and_honest_ones_are_written_anew(inbox: Inbox, agent: Browser, tell: Told) -> None:
    for number, (case, content) in enumerate(FILES.items(), 1):
        link = a_form(inbox, number)
        status = sent(link, "Zie bijlage", files=(content,))
        if status != 303:
            assert (status, link.used_at, link.files.count()) == (400, None, 0), case
            tell("form", "files", case, "refused, nothing was kept", "")
            continue
        attachments.fetch_due(timezone.now() + timedelta(minutes=1))
        message = Message.objects.get(conversation=link.conversation, outgoing=False)
        with message.attachments.get().file.open("rb") as kept:
            assert b"<script" not in kept.read(), case
        harmless(agent.part(f"/tickets/{message.ticket_id}/"))
        tell("form", "files", case, "written anew", "")


def test_a_form_that_is_refused_can_still_be_used(inbox: Inbox) -> None:
    link = a_form(inbox, 1)
    assert sent(link, "x" * (form_pages.LONGEST + 1)) == 400
    assert sent(link, "Gewoon") == 303
