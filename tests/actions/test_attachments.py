"""Files of customers are taken in while their address lives, and only what may be kept."""

import struct
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from connectors.sandbox.pictures import picture
from desk.actions.intake import attachments
from desk.inboxes.gateway import Attachment as GivenFile
from desk.inboxes.gateway import fetch_file
from desk.inboxes.models import Inbox
from desk.tickets.models import Attachment
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.connectors.wire import Wire, running_wire

pytestmark = pytest.mark.django_db


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as wire:
        yield wire


def sent(url: str, kind: str = "image") -> Attachment:
    """A message with one file came in."""
    take_in(an_inbox(), [a_mention("1", attachments=(GivenFile(url, kind, "image/png"),))])
    return Attachment.objects.get()


def after(attachment: Attachment, *, later: float = 0) -> Attachment:
    """What became of it after one round of fetching, so many seconds from now."""
    attachments.fetch_due(timezone.now() + timedelta(seconds=later))
    attachment.refresh_from_db()
    return attachment


@pytest.mark.trap(34)
def test_a_picture_is_kept_and_needs_its_address_no_more(wire: Wire) -> None:
    wire.say(picture("trein"), Content_Type="image/png")
    kept = after(sent(f"{wire.address}/p.png"))
    assert (kept.state, kept.content_type, kept.size) == ("stored", "image/png", len(picture("trein")))
    with kept.file.open() as file:
        assert file.read() == picture("trein")
    assert attachments.fetch_due(timezone.now() + timedelta(days=1)) == 0


def test_a_picture_that_would_fill_the_memory_of_who_looks_is_not_taken_in(wire: Wire) -> None:
    plain = picture("trein")
    header = struct.pack(">II", 60_000, 60_000) + plain[24:29]
    bomb = plain[:16] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + plain[33:]
    wire.say(bomb, Content_Type="image/png")
    refused = after(sent(f"{wire.address}/p.png"))
    assert (refused.state, refused.reason) == ("refused", "This picture would be too large to look at.")


@pytest.mark.parametrize(
    "content",
    [b"<svg onload=alert(1)>", b"<html><script>", b"MZ\x90\x00" * 300, b"PK\x03\x04" + bytes(90), b"", b"%!PS-Adobe"],
)
def test_what_calls_itself_a_picture_and_is_none_is_not_taken_in(wire: Wire, content: bytes) -> None:
    wire.say(content, Content_Type="image/png")
    refused = after(sent(f"{wire.address}/p.png"))
    assert (refused.state, refused.reason) == ("refused", "This kind of file is not taken in.")
    assert not refused.file


def test_a_file_that_is_too_large_is_not_read_to_its_end(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "LARGEST", 1_000)
    wire.say(picture("trein") + b"\x00" * 100_000)
    assert after(sent(f"{wire.address}/p.png")).reason == "This file is larger than 25 MB."


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/p.png", "http://[::1]/p.png", "file:///etc/passwd", "http://10.0.0.7/"]
)
def test_an_address_inside_is_not_called(url: str, settings: Settings) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = False
    assert after(sent(url)).reason == "The address of this file is not on the public internet."


def test_what_is_gone_is_given_up_and_what_may_come_back_is_asked_for_again(wire: Wire) -> None:
    wire.say(b"", 503)
    waiting = after(sent(f"{wire.address}/p.png"))
    assert (waiting.state, waiting.attempts) == ("pending", 1)
    wire.say(b"", 404)
    assert after(waiting, later=60).reason == "The network no longer has this file."


def test_a_file_whose_message_was_erased_while_it_came_is_kept_nowhere(
    wire: Wire, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    wire.say(picture("trein"), Content_Type="image/png")
    sent(f"{wire.address}/p.png")

    def meanwhile_erased(inbox: Inbox, url: str, *, max_bytes: int) -> Any:
        Attachment.objects.all().delete()
        return fetch_file(inbox, url, max_bytes=max_bytes)

    monkeypatch.setattr(attachments, "fetch_file", meanwhile_erased)
    assert attachments.fetch_due(timezone.now()) == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_story_is_not_kept_and_nobody_asks_for_it(wire: Wire) -> None:
    refused = after(sent(f"{wire.address}/story", "story"))
    assert refused.state == "refused"
    assert refused.reason.startswith("A story may not be kept.")
    assert wire.asked == []
