"""The mail catcher: a real SMTP conversation, what is kept of it, and how it says no."""

import signal
import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.mail import KEPT, Attached, Mailbox
from tests.connectors.sandbox.conftest import SandboxProcess


def _send(
    sandbox: SandboxProcess, to: str, subject: str = "Een klant wacht", html: str = "", file: bytes = b""
) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Balie <balie@example.com>", to, subject
    message["Message-ID"] = "<1@example.com>"
    message.set_content("Beantwoord Marit vóór 12:30.\nhttp://127.0.0.1/tickets/1/")
    if html:
        message.add_alternative(html, subtype="html")
    if file:
        message.add_attachment(file, maintype="application", subtype="zip", filename="één week.zip")
    with smtplib.SMTP("127.0.0.1", sandbox.mail_port, timeout=10) as server:
        server.send_message(message)


def test_what_is_handed_over_is_kept_and_shown(sandbox: SandboxProcess) -> None:
    _send(sandbox, "suze@example.com", "Één klant wacht", "<p>Beantwoord <b>Marit</b></p>")
    (mail,) = sandbox.call("GET", "/mails?to=suze@example.com")["mails"]
    assert mail["subject"] == "Één klant wacht"
    assert mail["sender"] == "balie@example.com"
    assert mail["recipients"] == ["suze@example.com"]
    assert mail["message_id"] == "<1@example.com>"
    assert "Beantwoord Marit vóór 12:30." in mail["text"]
    assert "<b>Marit</b>" in mail["html"]
    assert sandbox.call("GET", "/mails?to=nobody@example.com")["mails"] == []


def test_its_files_are_kept_to_the_byte_and_given_to_save(sandbox: SandboxProcess) -> None:
    _send(sandbox, "files@example.com", html="<p>Zie de bijlage</p>", file=bytes(range(256)) * 9)
    (mail,) = sandbox.call("GET", "/mails?to=files@example.com")["mails"]
    (file,) = mail["files"]
    assert (file["name"], file["type"], file["size"]) == ("één week.zip", "application/zip", 2_304)
    assert "Zie de bijlage" in mail["html"]
    answer = sandbox.http.get(f"{sandbox.address}/_sandbox/mails/files/{file['id']}", timeout=10)
    assert answer.content == bytes(range(256)) * 9
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert sandbox.http.get(f"{sandbox.address}/_sandbox/mails/files/999999", timeout=10).status_code == 404


@pytest.mark.parametrize(("domain", "code"), [("refused.invalid", 550), ("later.invalid", 451)])
def test_some_addresses_are_refused(sandbox: SandboxProcess, domain: str, code: int) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        _send(sandbox, f"suze@{domain}")
    assert refused.value.recipients[f"suze@{domain}"][0] == code


def test_a_mail_that_is_too_large_is_refused(sandbox: SandboxProcess) -> None:
    with pytest.raises(smtplib.SMTPException):
        _send(sandbox, "large@example.com", html="x" * 2_000_000)
    assert sandbox.call("GET", "/mails?to=large@example.com")["mails"] == []


def test_it_forgets_when_asked(sandbox: SandboxProcess) -> None:
    _send(sandbox, "sanne@example.com")
    sandbox.call("DELETE", "/mails")
    assert sandbox.call("GET", "/mails")["mails"] == []


def test_it_remembers_over_a_kill(tmp_path: Path) -> None:
    sandbox = SandboxProcess(tmp_path)
    sandbox.start()
    _send(sandbox, "suze@example.com")
    sandbox.stop(signal.SIGKILL)
    sandbox.start()
    assert len(sandbox.call("GET", "/mails")["mails"]) == 1
    sandbox.stop()


def test_of_too_many_the_oldest_go(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    facts: dict[str, Any] = {"sender": "", "message_id": "", "text": "", "html": ""}
    for number in range(KEPT + 3):
        files = [Attached("a.txt", "text/plain", b"x")]
        mailbox.add(recipients=["a@example.com"], at=number, subject=str(number), files=files, **facts)
    subjects = {mail["subject"] for mail in mailbox.newest()}
    assert str(KEPT + 2) in subjects
    mailbox._db.row_factory = None
    assert mailbox._db.execute("SELECT count(*), min(at) FROM mails").fetchone() == (KEPT, 3)
    assert mailbox._db.execute("SELECT count(*) FROM files").fetchone() == (KEPT,)
    mailbox.close()
