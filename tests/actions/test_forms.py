"""The customer without an account: a form in public, a private message of the same case, an answer on their page."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from desk.actions.forms import form_links, form_mails, form_pages
from desk.actions.forms.form_channel import FILES
from desk.actions.forms.form_pages import Written
from desk.actions.inboxes.channels import channel
from desk.actions.intake import attachments, ingest
from desk.actions.replies import send
from desk.actions.tickets import moving
from desk.alerts.models import FormMail
from desk.common.errors import Conflict, DeskError, Invalid, Missing, TooOften
from desk.forms.models import FormFile, FormLink
from desk.inboxes.gateway import Author, Item, key_of, sealed
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.sla.models import Clock
from desk.tickets.models import Attachment, Message, Ticket
from policies.reply_states import State
from tests.actions.builders import a_mention, a_message, an_inbox, take_in
from tests.actions.catcher import catching
from tests.actions.filled_in import answer, begun, filled_in, home, sent
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


# ── one case, one clock ──────────────────────────────────────────────────────


def test_what_the_customer_writes_is_a_private_message_of_the_same_case(ticket: Ticket, link: FormLink) -> None:
    sent(link, name="Marit  Jansen", order="AB-1")
    ticket = Ticket.objects.get()
    message = Message.objects.get(private=True)
    assert (message.ticket_id, message.doubt, message.profile_id) == (ticket.pk, "link", ticket.profile_id)
    assert message.text.startswith("Mijn boeking is 12345\n\n")
    assert message.text.split("\n")[2].endswith(": Marit Jansen")
    assert message.text.split("\n")[3].endswith(": AB-1")
    assert (ticket.private, ticket.moved_private_at) == (True, message.created_at)
    clocks = Clock.objects.filter(state="running").exclude(metric="resolution")
    assert [(clock.metric, clock.started_at) for clock in clocks] == [("first_response", ticket.created_at)]


def test_the_link_in_a_public_reply_is_an_invitation_and_on_the_list(
    mila: User, ticket: Ticket, link: FormLink
) -> None:
    words = form_links.invitation(link)
    moving.answered(ticket, words, timezone.now(), private=False)
    assert ticket.invited_at is not None
    assert form_links.address_of(link) in words


@sends
def test_the_answer_goes_to_the_page_and_not_to_the_network(
    mila: User, ticket: Ticket, link: FormLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "connect", lambda *_args, **_kw: pytest.fail("the network was called"))
    sent(link)
    ticket.refresh_from_db()
    chosen = channel(ticket, "private", timezone.now())
    assert chosen is not None
    assert (chosen.allowed, chosen.media, str(chosen.label)) == (True, FILES, "Web form")
    made = answer(mila, ticket)
    assert (made.state, made.external_id) == (State.SENT, f"form:reply:{made.pk}")
    talk = form_pages.conversation(link, timezone.now())
    assert [(one.outgoing, one.text.split("\n")[0]) for one in talk] == [
        (False, "Mijn boeking is 12345"),
        (True, made.signed_text),
    ]
    ticket.refresh_from_db()
    assert (ticket.state, moving.closing_note(ticket) != "") == ("waiting_for_customer", True)
    assert FormMail.objects.count() == 0


@sends
def test_a_token_that_died_at_the_network_holds_up_no_answer_by_form(
    mila: User, ticket: Ticket, link: FormLink
) -> None:
    sent(link)
    Inbox.objects.update(state=Inbox.State.NEEDS_REAUTHORISATION)
    assert answer(mila, ticket).state == State.SENT


@sends
def test_what_they_add_later_goes_on_with_the_case(mila: User, ticket: Ticket, link: FormLink) -> None:
    used = sent(link)
    answer(mila, ticket)
    form_pages.add(used, filled_in(used, "Nog iets"), place=home(), now=timezone.now())
    assert form_pages.waiting_words(used) == 1
    ingest.process(ticket.inbox_id, timezone.now())
    assert form_pages.waiting_words(used) == 0
    ticket.refresh_from_db()
    assert (ticket.state, ticket.messages.filter(private=True).count()) == ("open", 3)


# ── by e-mail as well ────────────────────────────────────────────────────────


@sends
def test_the_answer_goes_by_mail_too_and_what_comes_back_is_the_same_case(
    mila: User, ticket: Ticket, link: FormLink, tmp_path: Path, settings: Any
) -> None:
    mailbox = an_inbox(network="mail", name="Post", own_id="help@vlotlijn.example", limits={"tagged_addresses": True})
    sent(link, email=" Marit@Reizigers.example ")
    with catching(tmp_path, settings) as caught:
        answer(mila, ticket)
        assert form_mails.send_due(timezone.now()) == 1
        (mail,) = caught.newest()
    assert (mail["recipients"], "We betalen het vandaag terug." in mail["text"]) == (["marit@reizigers.example"], True)
    page = mail["text"].split("http://desk.example")[1].split()[0]
    assert form_links.page_of(page.split("/")[3]).pk == link.pk
    back = {"tag": sealed(key_of(mailbox), "f", str(link.pk)), "network": "mail", "created_at": timezone.now()}
    other = Author("dief@elders.example", "dief@elders.example")
    theirs = Author("marit@reizigers.example", "marit@reizigers.example")
    items: Sequence[Item] = [
        a_message("m1", text="Dank u wel", author=theirs, doubt="sender", **back),
        a_message("m2", text="Geef mij het", author=other, **{**back, "thread_id": "dief"}),
    ]
    take_in(mailbox, items)
    ingest.process(ticket.inbox_id, timezone.now())
    mine = Message.objects.get(text="Dank u wel")
    assert (mine.ticket_id, mine.doubt, mine.inbox_id) == (ticket.pk, "sender", ticket.inbox_id)
    assert Message.objects.get(text="Geef mij het").ticket_id != ticket.pk


@sends
def test_nobody_is_written_to_after_the_form_was_revoked(mila: User, ticket: Ticket, link: FormLink) -> None:
    sent(link, email="marit@reizigers.example")
    answer(mila, ticket)
    form_links.revoke(mila, link.pk)
    assert form_mails.letter(FormMail.objects.get()) is None


# ── files ────────────────────────────────────────────────────────────────────


def test_files_are_written_anew_and_hang_on_the_message(link: FormLink) -> None:
    sent(link, files=[jpeg_of_a_telephone(), PDF])
    kept = [str(row.file.name) for row in FormFile.objects.all()]
    assert attachments.fetch_due(timezone.now()) == 2
    rows = list(Attachment.objects.all())
    assert [row.content_type for row in rows] == ["image/jpeg", "application/pdf"]
    with rows[0].file.open("rb") as picture:
        assert PLACE not in picture.read()
    assert FormFile.objects.count() == 0
    assert not any(default_storage.exists(name) for name in kept)


@pytest.mark.parametrize("files", [[SVG], [b"MZ\x90"], [b""], [PNG] * 6, [PNG + b"x" * (10 * 1024 * 1024)], [PNG[:40]]])
def test_what_is_no_picture_and_what_is_too_much_is_refused(link: FormLink, files: list[bytes]) -> None:
    with pytest.raises(Invalid) as refused:
        sent(link, files=files)
    assert list(refused.value.errors) == ["files"]
    assert FormFile.objects.count() == 0


# ── one use, one week, one case ──────────────────────────────────────────────


def test_a_form_is_used_once(link: FormLink) -> None:
    sent(link)
    with pytest.raises(Conflict):
        sent(link)
    assert Message.objects.filter(private=True).count() == 1


def test_a_case_has_one_open_form_and_a_private_case_none(mila: User, ticket: Ticket, link: FormLink) -> None:
    assert form_links.make(mila, ticket.pk) == link
    sent(link)
    with pytest.raises(Conflict):
        form_links.make(mila, ticket.pk)


@pytest.mark.parametrize("spoilt", ["revoked", "over"])
def test_neither_form_nor_page_opens_once_it_is_spoilt(mila: User, link: FormLink, spoilt: str) -> None:
    other = sent(link) if spoilt == "revoked" else link
    form_links.revoke(mila, other.pk) if spoilt == "revoked" else FormLink.objects.update(expires_at=timezone.now())
    other.refresh_from_db()
    for use in (form_pages.send, form_pages.add):
        with pytest.raises(Conflict):
            use(other, filled_in(other), place=home(), now=timezone.now())


@pytest.mark.parametrize("token", ["", "1", "1.x", "0.0", "1-aaaa.bbb", "../1", "1.\x00", "9" * 400])
def test_a_token_that_we_never_gave_opens_nothing(link: FormLink, token: str) -> None:
    sent(link)
    for opened in (form_links.form_of, form_links.page_of):
        with pytest.raises(Missing):
            opened(token)


def test_the_forms_token_is_not_the_pages_nor_one_forms_anothers(mila: User, link: FormLink, inbox: Inbox) -> None:
    used = sent(link)
    of_form, of_page = form_links.address_of(used).split("/")[4], form_links.page_path(used).split("/")[3]
    for token, opened in ((of_form, form_links.page_of), (of_page, form_links.form_of)):
        with pytest.raises(Missing):
            opened(token)
    assert form_links.page_of(of_page).pk == used.pk
    FormLink.objects.update(nonce="0123456789abcdef")
    with pytest.raises(Missing):
        form_links.page_of(of_page)


# ── machines and crowds ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "written",
    [
        {"trap": "https://spam.example"},
        {"begun": ""},
        {"begun": "1:x:y"},
        {"text": "  "},
        {"text": "x" * 5_001},
        {"email": "geen adres"},
        {"email": "a@b.example\nBcc: c@d.example"},
        {"name": "x" * 101},
        {"text": "a\x00b"},
    ],
)
def test_what_no_customer_sends_is_refused_and_the_form_still_works(link: FormLink, written: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        form_pages.send(link, filled_in(link, **{"text": "Hoi", **written}), place=home(), now=timezone.now())
    sent(link)


@pytest.mark.parametrize("ago", [0.5, 13 * 3600])
def test_too_quick_and_too_old_is_said(link: FormLink, ago: float) -> None:
    with pytest.raises(Invalid):
        form_pages.send(link, filled_in(link, begun=begun(link, ago)), place=home(), now=timezone.now())


def test_the_mark_of_one_form_is_not_good_for_another(mila: User, link: FormLink, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("2", by="tom")], now=timezone.now())
    other = form_links.make(mila, Ticket.objects.latest("pk").pk)
    with pytest.raises(Invalid):
        form_pages.send(link, filled_in(link, begun=begun(other)), place=home(), now=timezone.now())


def test_one_address_tries_a_few_times(link: FormLink) -> None:
    refusals: list[type[DeskError]] = []
    place = home()
    for _try in range(22):
        with pytest.raises(DeskError) as refused:
            form_pages.send(link, Written(""), place=place, now=timezone.now())
        refusals.append(type(refused.value))
    assert TooOften in refusals
    sent(link)
