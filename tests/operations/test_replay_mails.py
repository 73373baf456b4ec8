"""Mails of real shapes, replayed into a mailbox of the sandbox and read by the desk as if they had just arrived."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from desk.actions.inboxes import poll
from desk.actions.intake import ingest, set_aside
from desk.inboxes.models import Inbox, StreamState
from desk.inboxes.sandbox import Sandbox
from desk.operations.replay.mails import are_mails, read_mails
from desk.operations.replay.rows import Refused, Row, Unusable
from desk.tickets.models import Message
from tests.actions.builders import an_inbox
from tests.sandbox import SandboxProcess, running_sandbox

__all__ = ["running_sandbox"]

MAILS = Path(__file__).with_name("fixtures") / "mails.mbox"


def rows(path: Path = MAILS) -> list[Row | Refused]:
    return list(read_mails(path))


def test_every_mail_is_a_row_to_the_byte() -> None:
    found = rows()
    assert [type(one).__name__ for one in found] == [*["Row"] * 7, "Refused", "Row"]
    first, second, outlook, html = (one for one in found[:4] if isinstance(one, Row))
    assert (first.author, first.name, first.id) == (
        "marit@reizigers.example", "Marit de Vries", "<CAF-1@mail.reizigers.example>",
    )  # fmt: skip
    assert (second.posted_at - first.posted_at).total_seconds() == 28 * 60
    assert (html.name, outlook.name) == ("Gerrit Hoëkstra", "Okafor, Tobe")
    assert first.raw.startswith("From: Marit de Vries")
    assert first.raw.endswith("Verzonden vanaf mijn telefoon\r\n\r\n")
    newsletter = found[6]
    assert isinstance(newsletter, Row)
    assert "\r\nFrom hier tot ginder" in newsletter.raw


def test_a_gzip_is_unpacked_and_a_damaged_one_says_so(tmp_path: Path) -> None:
    whole = gzip.compress(MAILS.read_bytes())
    (tmp_path / "a.gz").write_bytes(whole)
    (tmp_path / "b.gz").write_bytes(whole[: len(whole) // 2])
    assert are_mails(tmp_path / "a.gz")
    assert rows(tmp_path / "a.gz") == rows()
    with pytest.raises(Unusable):
        rows(tmp_path / "b.gz")


@pytest.fixture
def mailbox(running_sandbox: SandboxProcess, settings: Any, db: None) -> Inbox:
    settings.SANDBOX_URL = running_sandbox.address
    with Sandbox(running_sandbox.address) as sandbox:
        made = sandbox.make_account("mailbox", "naspelen", name="Vlotlijn")
    inbox = an_inbox(network="mail", base_url=made["base_url"], own_id=made["id"], handle=made["id"])
    inbox.credentials = made["credentials"]
    inbox.save()
    return inbox


def test_they_arrive_as_what_they_are(mailbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("replay", str(MAILS), "--inbox", str(mailbox.pk), "--speed", "max")
    told = capsys.readouterr()
    assert "8 posted, 1 refused, of 9 rows." in told.out
    assert "row 8: it names no sender." in told.err
    stream = StreamState.objects.create(inbox=mailbox, name="mails", next_poll_at=timezone.now())
    poll.poll(stream.pk, timezone.now())
    ingest.process(mailbox.pk, timezone.now())
    texts = list(Message.objects.filter(ticket__isnull=False).order_by("pk").values_list("text", flat=True))
    assert texts[1] == "En een vouwfiets?"
    assert texts[2] == "RE: your quote\n\nSix passes at £12, please."
    assert texts[3] == "Lift stuk vanochtend – foto\n\nDe lift in Molenkade is stuk.\nZie de foto."
    assert len(texts) == 5
    aside = {one.text.splitlines()[0] for one in set_aside.of(mailbox.pk)}
    assert aside == {
        "Automatisch antwoord: Fiets in de trein",
        "The mailbox of this recipient does not exist.",
        "Nieuwsbrief maart",
    }
    first, second = Message.objects.filter(profile__external_id="marit@reizigers.example").order_by("pk")
    assert first.ticket_id == second.ticket_id


def test_mails_go_into_a_mailbox_and_nowhere_else(
    running_sandbox: SandboxProcess, mailbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    other = an_inbox(network="x", base_url=f"{running_sandbox.address}/x", own_id="1")
    with pytest.raises(SystemExit):
        call_command("replay", str(MAILS), "--inbox", str(other.pk), "--speed", "max")
    assert "Choose an inbox that is a mailbox" in capsys.readouterr().err
    Inbox.objects.filter(pk=mailbox.pk).update(base_url="imap://127.0.0.1:1")
    with pytest.raises(CommandError, match="not on a running sandbox"):
        call_command("replay", str(MAILS), "--inbox", str(mailbox.pk))
