"""The two pages of a customer without an account: what they tell, whom they show files, what is said of a mistake."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk.actions.forms import form_links
from desk.actions.intake import attachments, ingest
from desk.actions.replies import reply, reply_files, send
from desk.common.errors import Invalid
from desk.forms.models import FormLink
from desk.inboxes.gateway import Attachment as File
from desk.inboxes.gateway import Author, Downloaded, key_of, sealed
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Attachment, Ticket
from policies.reply_states import State
from tests.actions.builders import a_mention, a_message, an_inbox, take_in
from tests.actions.filled_in import answer, begun, sent
from tests.files import PDF, PLACE, PNG, SVG, jpeg_of_a_telephone

pytestmark = pytest.mark.django_db
sends = pytest.mark.django_db(transaction=True)  # nothing leaves inside a transaction


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role="supervisor", signature="MV")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox(brand="Vlotlijn")


@pytest.fixture
def ticket(inbox: Inbox) -> Ticket:
    """Somebody wrote in public a quarter of an hour ago."""
    now = timezone.now()
    take_in(
        inbox, [a_mention("1", text="Waar blijft mijn geld nou toch?", created_at=now - timedelta(minutes=15))], now=now
    )
    return Ticket.objects.get()


@pytest.fixture
def link(mila: User, ticket: Ticket) -> FormLink:
    return form_links.make(mila, ticket.pk)


@sends
def test_the_pages_tell_nothing_but_the_forms_own_words(
    client: Client, mila: User, ticket: Ticket, link: FormLink
) -> None:
    address = form_links.address_of(link).removeprefix(form_links.starts().removesuffix("/f/"))
    shown = client.get(address)
    body = shown.content.decode()
    assert shown.status_code == 200
    assert "Waar blijft mijn geld" not in body
    assert "marit" not in body.lower()
    assert f"#{ticket.pk}" not in body
    assert "<script" not in body
    assert (shown["Referrer-Policy"], "noindex" in shown["X-Robots-Tag"]) == ("no-referrer", True)
    assert "no-store" in shown["Cache-Control"]
    assert not shown.cookies
    form = {"text": "Mijn boeking is 12345", "email": "", "begun": begun(link)}
    taken = client.post(address, form, follow=False)
    assert taken.status_code == 303
    ingest.process(ticket.inbox_id, timezone.now())
    page = taken["Location"].partition("#")[0]
    assert "Mijn boeking is 12345" in client.get(page).content.decode()
    assert client.get(address).status_code == 410
    assert client.post(address, form).status_code == 410
    answer(mila, ticket, "Vandaag nog.")
    assert "Vandaag nog." in client.get(page).content.decode()
    form_links.revoke(mila, link.pk)
    gone = client.get(page)
    assert (gone.status_code, "Vandaag nog." in gone.content.decode()) == (410, False)


@sends
def test_a_picture_is_shown_on_its_own_page_alone(client: Client, mila: User, link: FormLink, inbox: Inbox) -> None:
    used = sent(link, files=[PNG, PDF])
    attachments.fetch_due(timezone.now())
    picture, paper = Attachment.objects.order_by("pk")
    page = form_links.page_path(used)
    shown = client.get(f"{page}files/{picture.pk}/")
    assert (shown.status_code, shown["Referrer-Policy"]) == (200, "no-referrer")
    shown.close()
    assert client.get(f"{page}files/{paper.pk}/").status_code == 410
    take_in(inbox, [a_mention("2", by="tom")], now=timezone.now())
    other = form_links.make(mila, Ticket.objects.latest("pk").pk)
    sent(other, "Iets anders")
    other.refresh_from_db()
    assert client.get(f"{form_links.page_path(other)}files/{picture.pk}/").status_code == 410


@sends
def test_files_go_along_with_an_answer_and_are_read_on_the_page(
    client: Client, mila: User, ticket: Ticket, link: FormLink
) -> None:
    sent(link)
    row: dict[str, Any] = {"ticket_id": ticket.pk, "visibility": "private"}
    with pytest.raises(Invalid):
        reply_files.attach(mila, content=SVG, name="x.svg", **row)
    given = [
        reply_files.attach(mila, content=jpeg_of_a_telephone(), name="a.jpg", alt_text="Een kaart", **row),
        reply_files.attach(mila, content=PDF, name="b.pdf", **row),
    ]
    made = reply.submit(
        mila, ticket.pk, text="Zie de kaart", visibility="private", idempotency_key="1", send_anyway=True,
        attachment_ids=[one.pk for one in given],
    )  # fmt: skip
    send.send(made.pk, timezone.now())
    made.refresh_from_db()
    assert made.state == State.SENT
    path = form_links.page_path(link)
    body = client.get(path).content.decode()
    picture, paper = Attachment.objects.order_by("pk")
    assert 'alt="Een kaart"' in body
    shown, kept = (client.get(f"{path}files/{one.pk}/") for one in (picture, paper))
    assert PLACE not in shown.getvalue()
    assert kept.getvalue().startswith(b"%PDF")
    assert (kept["X-Content-Type-Options"], kept["Content-Disposition"].split(";")[0]) == ("nosniff", "attachment")
    form_links.revoke(mila, link.pk)
    assert client.get(f"{path}files/{paper.pk}/").status_code == 410


@pytest.mark.parametrize("stranger", [True, False])
def test_files_of_a_mail_to_a_form_are_fetched_from_the_mailbox_and_of_nobody_else(
    ticket: Ticket, link: FormLink, monkeypatch: pytest.MonkeyPatch, stranger: bool
) -> None:
    """What a network says is an address never leads into a mailbox of ours."""
    asked: list[tuple[int, str]] = []

    def fetched(inbox: Inbox, url: str, *, max_bytes: int) -> Downloaded:
        asked.append((inbox.pk, url))
        return Downloaded(PNG, "")

    monkeypatch.setattr(attachments, "fetch_file", fetched)
    mailbox = an_inbox(network="mail", own_id="help@vlotlijn.example", limits={"tagged_addresses": True})
    url = f"inbox:{mailbox.pk}/mail:1/2/3"
    if stranger:
        take_in(ticket.inbox, [a_mention("2", attachments=(File(url, "image"),))])
    else:
        sent(link, email="marit@reizigers.example")
        tag = sealed(key_of(mailbox), "f", str(link.pk))
        author, file = Author("marit@reizigers.example", "marit@reizigers.example"), File("mail:1/2/3", "image")
        mail = a_message("m1", tag=tag, network="mail", author=author, attachments=(file,), created_at=timezone.now())
        take_in(mailbox, [mail])
        ingest.process(ticket.inbox_id, timezone.now())
    attachments.fetch_due(timezone.now() + timedelta(minutes=1))
    assert asked == [(ticket.inbox_id, url) if stranger else (mailbox.pk, "mail:1/2/3")]


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(client: Client, link: FormLink) -> None:
    address = form_links.address_of(link).removeprefix(form_links.starts().removesuffix("/f/"))
    shown = client.post(address, {"text": "Mijn <b>verhaal</b>", "email": "nee", "begun": begun(link)})
    body = shown.content.decode()
    assert shown.status_code == 400
    assert "Mijn &lt;b&gt;verhaal&lt;/b&gt;" in body
    assert 'id="email-problem"' in body
    assert client.post(address, {}, CONTENT_LENGTH="99999999").status_code == 400
