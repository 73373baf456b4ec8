"""Files of answers by mail: real mails, in a real mailbox, through the checks of files that are handed in by hand."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from desk.actions.alerts import mails
from desk.actions.customers import erasure, erasure_run
from desk.actions.inboxes import inboxes
from desk.actions.intake import mailed_files
from desk.actions.questions import questions
from desk.actions.threads import thread_words, threads
from desk.alerts.models import Mail, Notification
from desk.common.files import LARGEST
from desk.inboxes.models import Inbox, MailedFile
from desk.people.models import User
from desk.questions.models import Entry, EntryFile, Question
from desk.threads.models import Word
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.test_mail_inbox import polled
from tests.connectors.mail_server import MailServers, running_mail_servers
from tests.files import PNG, SVG, picture_of

pytestmark = pytest.mark.django_db(transaction=True)
PHOTO = picture_of(40, 30)


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    with running_mail_servers() as running:
        yield running


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT, settings.MAIL_IS_SENT = str(tmp_path), True
    return tmp_path


@pytest.fixture
def boss() -> User:
    return User.objects.create_user("boss", role="administrator", email="boss@vlotlijn.nl")


@pytest.fixture
def mailbox(servers: MailServers, boss: User) -> Inbox:
    servers.empty()
    return inboxes.create_inbox(
        boss, network="mail", name="Post", base_url=servers.base_url, credentials=servers.credentials
    )


@pytest.fixture
def piet() -> User:
    return User.objects.create_user("piet", role="colleague", email="piet@vlotlijn.nl", language="nl")


@pytest.fixture
def question(boss: User, piet: User) -> Question:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    return questions.ask(boss, Ticket.objects.get().pk, text="Heb je een foto?", user_id=piet.pk)


def asked_from(person: User) -> str:
    """Where an answer to the newest mail to somebody goes."""
    (address,) = mails.message_of(Mail.objects.filter(user=person).latest("id"), person).reply_to
    return str(address)


def a_letter(person: User, to: str, *, name: str = "1", html: str = "") -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = person.email, to, "Re: vraag"
    letter["Message-ID"] = f"<{name}@vlotlijn.nl>"
    letter.set_content("Zie de foto")
    if html:
        letter.add_alternative(html, subtype="html")
    return letter


def arrives(servers: MailServers, mailbox: Inbox, letter: EmailMessage) -> None:
    servers.deliver(letter.as_bytes(), at=timezone.now())
    polled(mailbox)
    while mailed_files.fetch_due(timezone.now() + timedelta(seconds=1)):
        pass


def test_files_go_with_the_answer_and_what_is_refused_is_named_to_both(
    servers: MailServers, mailbox: Inbox, question: Question, piet: User, boss: User, client: Client
) -> None:
    letter = a_letter(piet, asked_from(piet), html='<p>Zie de foto</p><img src="cid:logo@x"><img src="cid:groot@x">')
    markup = letter.get_payload()[1]  # type: ignore[index]  # the typing of the library knows no parts
    markup.add_related(PNG, "image", "png", cid="<logo@x>", filename="logo.png", disposition="inline")  # type: ignore[union-attr]
    pasted = PHOTO + b"\0" * 60_000  # what stands behind a picture's end is not kept
    markup.add_related(pasted, "image", "png", cid="<groot@x>", filename="geplakt.png")  # type: ignore[union-attr]
    letter.add_attachment(picture_of(20, 10), "image", "png", filename="../kaart één.png", cid="<kaart@x>")
    letter.add_attachment(b"MZ\x90\0", "application", "x-msdownload", filename="report.exe")
    letter.add_attachment(SVG, "image", "png", filename="x.png")
    letter.add_attachment(b"sealed", "application", "pkcs7-signature", filename="smime.p7s")
    arrives(servers, mailbox, letter)
    entry = Entry.objects.get()
    rows = list(entry.files.all())
    assert [(one.name, one.content_type, one.width) for one in rows] == [
        ("geplakt.png", "image/png", 40), ("kaart één.png", "image/png", 20),
    ]  # fmt: skip
    with rows[0].file.open("rb") as kept:
        assert len(kept.read()) < 60_000
    assert [line.partition(": ")[0] for line in entry.left_out] == [
        "report.exe is niet aangenomen", "x.png is niet aangenomen",
    ]  # fmt: skip
    assert not MailedFile.objects.exists()
    assert Notification.objects.filter(user=piet, kind="question_files").count() == 1
    back = mails.message_of(Mail.objects.filter(user=piet).latest("id"), piet)
    assert "report.exe is niet aangenomen" in str(back.body)
    client.force_login(boss)
    page = client.get(f"/tickets/{question.ticket_id}/").content.decode()
    assert "report.exe is niet aangenomen" in page
    assert "kaart één.png" in page
    said = client.get(f"/api/v1/tickets/{question.ticket_id}/questions/").json()
    assert said["results"][0]["entries"][0]["left_out"] == entry.left_out


def test_too_many_too_large_and_twice(servers: MailServers, mailbox: Inbox, question: Question, piet: User) -> None:
    letter = a_letter(piet, asked_from(piet))
    letter.add_attachment(b"%PDF-1.7 " + b"x" * LARGEST, "application", "pdf", filename="groot.pdf")
    for number in (1, 2, 2, 3, 4, 5, 6):
        letter.add_attachment(picture_of(number, 1), "image", "png", filename=f"{number}.png")
    arrives(servers, mailbox, letter)
    entry = Entry.objects.get()
    assert [one.name for one in entry.files.all()] == ["1.png", "2.png", "3.png", "4.png", "5.png"]
    assert [line.partition(" ")[0] for line in entry.left_out] == ["groot.pdf", "6.png"]
    assert "10 MB" in entry.left_out[0]


def test_in_a_thread_they_go_with_the_word_and_with_who_takes_it_back(
    servers: MailServers, mailbox: Inbox, boss: User
) -> None:
    joris = User.objects.create_user("joris", role="agent", email="joris@vlotlijn.nl")
    thread = threads.start(boss, topic="Lift")
    thread_words.write(boss, thread.pk, "@joris heb jij een foto?")
    letter = a_letter(joris, asked_from(joris))
    letter.add_attachment(PHOTO, "image", "png", filename="lift.png")
    letter.add_attachment(b"MZ\x90\0", "application", "x-msdownload", filename="report.exe")
    arrives(servers, mailbox, letter)
    word = Word.objects.get(by_mail=True)
    assert [one.name for one in word.files.all()] == ["lift.png"]
    assert word.left_out[0].startswith("report.exe was not taken: ")
    assert Notification.objects.filter(user=joris, kind="thread_files").count() == 1
    assert "report.exe" in str(mails.message_of(Mail.objects.filter(user=joris).latest("id"), joris).body)
    thread_words.delete(joris, word.pk)
    word.refresh_from_db()
    assert (word.left_out, word.files.count()) == ([], 0)


def test_a_mail_that_is_gone_says_so_and_an_erased_customer_brings_nothing_back(
    servers: MailServers, mailbox: Inbox, question: Question, piet: User, boss: User, media: Path
) -> None:
    letter = a_letter(piet, asked_from(piet))
    letter.add_attachment(PHOTO, "image", "png", filename="lift.png")
    servers.deliver(letter.as_bytes(), at=timezone.now())
    polled(mailbox)
    waiting = MailedFile.objects.get()
    MailedFile.objects.filter(pk=waiting.pk).update(url="mail:1/999999/0")
    assert mailed_files.fetch_due(timezone.now() + timedelta(seconds=1)) == 1
    entry = Entry.objects.get()
    assert entry.left_out[0].startswith("lift.png is niet aangenomen: ")
    waiting.save(force_insert=True)
    ticket = question.ticket
    erased = erasure.erase(boss, ticket.customer_id, ground="request", handle=ticket.profile.handle)
    while erasure_run.go_on(erased.pk, timezone.now()):
        pass
    entry.refresh_from_db()
    assert (entry.left_out, MailedFile.objects.count(), EntryFile.objects.count()) == ([], 0, 0)
    assert [one for one in media.rglob("*") if one.is_file()] == []
