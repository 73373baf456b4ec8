"""Files of colleagues: told by their bytes, kept without a maker and a place, read by nobody who should not."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import TestCase
from django.utils import timezone
from pytest_django import Settings

from desk.actions.customers import customer_export, erasure, erasure_run
from desk.actions.questions import questions
from desk.actions.replies import reply_files
from desk.actions.threads import thread_words, threads
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.common.files import LARGEST, MOST, Handed
from desk.people.models import User
from desk.people.permissions import Role
from desk.questions.models import EntryFile, Question
from desk.replies.models import Draft, ReplyAttachment
from desk.threads.models import Thread, Word, WordFile
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.files import GIF, PDF, PLACE, PNG, SVG, jpeg_of_a_telephone, mp4_of_a_telephone

pytestmark = pytest.mark.django_db
PICTURE = Handed("kaart.png", PNG)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def sanne() -> User:
    return User.objects.create_user("sanne", role=Role.AGENT, first_name="Sanne")


@pytest.fixture
def joris() -> User:
    return User.objects.create_user("joris", role=Role.AGENT, first_name="Joris")


@pytest.fixture
def piet() -> User:
    return User.objects.create_user("piet", role=Role.COLLEAGUE, first_name="Piet", email="piet@vlotlijn.nl")


@pytest.fixture
def ticket() -> Ticket:
    take_in(an_inbox(), [a_mention("1", text="Waar is de lift?")], now=timezone.now())
    return Ticket.objects.get()


@pytest.fixture
def question(ticket: Ticket, sanne: User, piet: User) -> Question:
    return questions.ask(sanne, ticket.pk, text="Heb je een foto?", user_id=piet.pk)


def kept(media: Path) -> list[Path]:
    """Every file in the folder."""
    return [one for one in media.rglob("*") if one.is_file()]


def content(row: WordFile | EntryFile) -> bytes:
    with row.file.open("rb") as file:
        return bytes(file.read())


def test_each_kind_is_told_by_its_bytes_and_loses_who_made_it_where(sanne: User) -> None:
    thread = threads.start(sanne, topic="Lift")
    handed = [
        Handed("..\\geheim/foto.exe", jpeg_of_a_telephone()),
        Handed("", PNG),
        Handed("x.gif", GIF),
        Handed("film", mp4_of_a_telephone()),
        Handed("plan.pdf", PDF),
    ]
    word = thread_words.write(sanne, thread.pk, "", handed=handed)
    rows = list(word.files.all())
    assert [(one.kind, one.content_type, one.name) for one in rows] == [
        ("image", "image/jpeg", "foto.exe"),
        ("image", "image/png", "file.png"),
        ("image", "image/gif", "x.gif"),
        ("video", "video/mp4", "film"),
        ("file", "application/pdf", "plan.pdf"),
    ]
    assert all(PLACE not in content(one) for one in rows)
    assert [one.shown for one in rows] == [True, True, True, True, False]
    assert all("foto" not in (one.file.name or "") for one in rows), "nobody guesses where one lies"


@pytest.mark.parametrize(
    ("handed", "words"),
    [
        ([Handed("x.svg", SVG)], "x.svg: This kind of file"),
        ([PICTURE, Handed("y.png", PNG[:40])], "y.png: This file is damaged"),
        ([Handed("z.png", PNG + b"\0" * LARGEST)], "z.png: This file is larger than 10 MB"),
        ([PICTURE] * (MOST + 1), "At most 5 files"),
    ],
)
def test_what_is_refused_says_which_and_leaves_nothing(
    sanne: User, media: Path, handed: list[Handed], words: str
) -> None:
    thread = threads.start(sanne, topic="Lift")
    with pytest.raises(Invalid, match=words) as refused:
        thread_words.write(sanne, thread.pk, "Kijk", handed=handed)
    assert refused.value.code == "attachment_refused"
    assert (Word.objects.count(), WordFile.objects.count(), kept(media)) == (0, 0, [])


def test_a_word_that_is_refused_after_its_files_leaves_no_bytes(
    ticket: Ticket, sanne: User, joris: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise Conflict("Too late")

    monkeypatch.setattr(thread_words, "tell_named", broken)
    with pytest.raises(Conflict):
        thread_words.begin(sanne, topic="Lift", first="@joris kijk", handed=[PICTURE, PICTURE])
    assert (Thread.objects.count(), WordFile.objects.count(), kept(media)) == (0, 0, [])


def test_the_same_word_with_other_files_is_another_word(sanne: User) -> None:
    thread, now = threads.start(sanne, topic="Lift"), timezone.now()
    first = thread_words.write(sanne, thread.pk, "", handed=[PICTURE], now=now)
    assert thread_words.write(sanne, thread.pk, "", handed=[PICTURE], now=now) == first
    assert thread_words.write(sanne, thread.pk, "", handed=[Handed("x", GIF)], now=now) != first
    assert WordFile.objects.count() == 2
    with pytest.raises(Invalid):
        thread_words.write(sanne, thread.pk, " ")


def test_a_file_of_a_private_thread_opens_for_who_is_in_it_alone(sanne: User, joris: User, piet: User) -> None:
    boss = User.objects.create_user("boss", role=Role.ADMINISTRATOR)
    thread = threads.start(sanne, topic="Rooster", private=True, people=[joris.pk])
    row = thread_words.write(sanne, thread.pk, "", handed=[PICTURE]).files.get()
    assert thread_words.open_file(joris, row.pk) == row
    with pytest.raises(Missing):
        thread_words.open_file(boss, row.pk)
    with pytest.raises(NotPermitted):
        thread_words.open_file(piet, row.pk)
    threads.leave(joris, thread.pk)
    with pytest.raises(Missing):
        thread_words.open_file(joris, row.pk)


def test_words_may_change_files_stay_and_what_is_taken_back_is_gone(sanne: User, media: Path) -> None:
    thread = threads.start(sanne, topic="Lift")
    word = thread_words.write(sanne, thread.pk, "Kijk", handed=[PICTURE])
    thread_words.edit(sanne, word.pk, "")
    row = word.files.get()
    with TestCase.captureOnCommitCallbacks(execute=True):
        thread_words.delete(sanne, word.pk)
    assert (WordFile.objects.count(), kept(media)) == (0, [])
    with pytest.raises(Missing):
        thread_words.open_file(sanne, row.pk)


def test_an_answer_brings_its_files_and_use_this_takes_them_along_once(
    question: Question, sanne: User, joris: User, piet: User
) -> None:
    entry = questions.answer(piet, question.pk, "", handed=[PICTURE])
    again = questions.answer(piet, question.pk, "", handed=[PICTURE])
    assert (entry, question.entries.count(), entry.answers) == (again, 1, True)
    row = entry.files.get()
    assert questions.open_file(joris, row.pk) == row
    with pytest.raises(NotPermitted):
        questions.open_file(piet, row.pk)
    (attached,) = reply_files.attach_answer_file(sanne, question.ticket_id, row.pk)
    assert attached.digest == row.digest
    assert reply_files.attach_answer_file(sanne, question.ticket_id, row.pk) == []
    assert Draft.objects.get(author=sanne).attachments.count() == 1
    take_in(an_inbox(name="b"), [a_mention("2", by="tom")], now=timezone.now())
    with pytest.raises(Missing):
        reply_files.attach_answer_file(sanne, Ticket.objects.latest("pk").pk, row.pk)
    assert ReplyAttachment.objects.count() == 1


def test_whoever_was_asked_brings_files_by_the_link_of_that_question_alone(
    question: Question, ticket: Ticket, sanne: User, piet: User
) -> None:
    kim = User.objects.create_user("kim", role=Role.COLLEAGUE, email="kim@vlotlijn.nl")
    other = questions.ask(sanne, ticket.pk, text="En jij?", user_id=kim.pk)
    row = questions.say(piet, question.pk, "Deze?", handed=[PICTURE]).files.get()
    assert questions.open_file_by_link(question.links.get(), row.pk) == row
    with pytest.raises(Missing):
        questions.open_file_by_link(other.links.get(), row.pk)


def test_all_of_it_goes_with_the_customer_and_an_export_names_it_before(
    question: Question, ticket: Ticket, sanne: User, piet: User, media: Path
) -> None:
    boss = User.objects.create_user("boss", role=Role.ADMINISTRATOR)
    hidden = threads.start(sanne, topic="Stil", private=True, ticket_id=ticket.pk)
    at_ticket, alone = threads.start(sanne, topic="Hier", ticket_id=ticket.pk), threads.start(sanne, topic="Alleen")
    for thread, name in ((hidden, "stil.png"), (at_ticket, "hier.png")):
        thread_words.write(sanne, thread.pk, "", handed=[Handed(name, PNG)])
    named = thread_words.write(sanne, alone.pk, f"Zie #{ticket.pk}", handed=[PICTURE])
    stays = thread_words.write(sanne, alone.pk, "Iets anders", handed=[Handed("blijft.gif", GIF)])
    questions.answer(piet, question.pk, "Ja", handed=[Handed("antwoord.png", PNG)])
    out = str(customer_export.export(boss, ticket.customer_id))
    assert ("hier.png" in out, "antwoord.png" in out, "stil.png" in out) == (True, True, False)
    erased = erasure.erase(boss, ticket.customer_id, ground="request", handle=ticket.profile.handle)
    while erasure_run.go_on(erased.pk, timezone.now()):
        pass
    assert [one.word for one in WordFile.objects.all()] == [stays]
    assert not EntryFile.objects.exists()
    assert not named.files.exists()
    assert [one.suffix for one in kept(media)] == [".gif"]
    assert default_storage.exists(stays.files.get().file.name or "")
