"""What a customer took back: a tombstone everywhere, and its words only for who asks, by name."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from desk.actions.replies import kept
from desk.actions.tickets import moderate
from desk.common.errors import Conflict, Missing, NotPermitted
from desk.inboxes.gateway import Change
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, User
from desk.tickets.models import Attachment, Message
from tests.actions.builders import a_mention, an_inbox, deleted, minutes, own_words, take_in, the_ticket

pytestmark = pytest.mark.django_db

WORDS = "Jullie zijn dieven"


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def gone(inbox: Inbox) -> Message:
    """Marit wrote, edited and deleted a message."""
    item = a_mention("1", text="Jullie zijn boeven")
    take_in(inbox, [item])
    take_in(inbox, [replace(item, change=Change.EDITED, text=WORDS, revision="2", changed_at=minutes(3))])
    take_in(inbox, [deleted(item, at=4)])
    return Message.objects.get()


def somebody(role: str) -> User:
    return User.objects.create_user(role, role=role)


def test_who_looks_at_what_was_deleted_is_written_down(gone: Message) -> None:
    agent = somebody("agent")
    shown = kept.show_deleted(agent, gone.pk, now=minutes(9))
    assert (shown.text, [old.text for old in shown.versions.all()]) == (WORDS, ["Jullie zijn boeven"])
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.subject, entry.subject_id) == (
        "deleted_shown",
        agent,
        "message",
        str(gone.pk),
    )
    assert entry.detail == {"ticket": the_ticket().pk}
    event = the_ticket().events.latest("id")
    assert (event.kind, event.actor, event.at, event.data) == ("deleted_shown", agent, minutes(9), {"message": gone.pk})


def test_who_may_not_look_is_refused_and_nothing_is_written(gone: Message) -> None:
    with pytest.raises(NotPermitted):
        kept.show_deleted(somebody("expert"), gone.pk)
    assert not AuditEntry.objects.exists()


def test_what_still_stands_needs_no_such_look(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")])
    agent = somebody("agent")
    with pytest.raises(Conflict):
        kept.show_deleted(agent, Message.objects.get().pk)
    with pytest.raises(Missing):
        kept.show_deleted(agent, 999_999)
    assert not AuditEntry.objects.exists()


def test_a_file_of_a_deleted_message_is_logged_and_closed_to_others(
    gone: Message, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = Attachment(message=gone, source_url="https://x", kind="image", state="stored")
    file.file.save("a.png", ContentFile(b"x"))
    with pytest.raises(NotPermitted):
        kept.open_file(somebody("expert"), file.pk)
    assert kept.open_file(somebody("agent"), file.pk) == file
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["deleted_file_shown"]


@pytest.mark.parametrize(("private", "allowed"), [(False, True), (True, False)])
def test_a_file_of_a_public_post_around_a_ticket_is_open_to_its_readers(
    inbox: Inbox, settings: Settings, tmp_path: Path, private: bool, allowed: bool
) -> None:
    settings.MEDIA_ROOT = tmp_path
    take_in(inbox, [own_words("1", parent_id="", at=0, thread_id="1", text="De nieuwe bus")])
    Message.objects.update(private=private)
    file = Attachment(message=Message.objects.get(ticket=None), source_url="https://x", kind="image", state="stored")
    file.file.save("a.png", ContentFile(b"x"))
    if allowed:
        assert kept.open_file(somebody("expert"), file.pk) == file
    else:
        with pytest.raises(Missing):
            kept.open_file(somebody("agent"), file.pk)


@pytest.mark.parametrize(
    ("kind", "content_type", "player"),
    [
        ("image", "image/png", "image"),
        ("video", "video/mp4", "video"),
        ("audio", "video/mp4", "audio"),  # a voice message of Messenger
        ("audio", "audio/ogg", "audio"),
        ("file", "video/mp4", "video"),
        ("image", "application/pdf", ""),
    ],
)
def test_what_a_file_is_played_with(kind: str, content_type: str, player: str) -> None:
    assert Attachment(kind=kind, content_type=content_type).player == player


def test_the_list_shows_the_last_word_that_still_stands(inbox: Inbox) -> None:
    first, second = a_mention("1", at=0, text="Waar?"), a_mention("3", at=9, thread_id="1", text=WORDS)
    take_in(inbox, [first, own_words("2", parent_id="1", at=5, text="Daar"), second])
    take_in(inbox, [deleted(second, at=10)])
    assert (the_ticket().preview, the_ticket().preview_outgoing) == ("Daar", True)
    take_in(inbox, [deleted(own_words("2", parent_id="1", at=5), at=11)])
    assert (the_ticket().preview, the_ticket().preview_outgoing) == ("Waar?", False)
    take_in(inbox, [deleted(first, at=12)])
    assert the_ticket().preview == ""


def test_what_we_deleted_ourselves_is_kept_alike(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", text=WORDS)])
    Message.objects.update(deleted_at=minutes(3))
    with pytest.raises(Conflict):
        moderate.act(somebody("agent"), Message.objects.get().pk, "delete")
    assert kept.show_deleted(somebody("comms"), Message.objects.get().pk).text == WORDS
