"""Sending mail by SMTP: writing the letter, and what each answer of the server means."""

import base64
import hashlib
import json
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from connectors import errors
from connectors.base import OutgoingFile
from connectors.mail_wire import WIRE
from connectors.outgoing_address import is_private
from connectors.parsing.mail import Mailbox, raw_of
from connectors.parsing.mail_address import THREAD, plain_address, sealed, with_tag
from connectors.text import gettext_noop

_MOST_BEFORE_TAG = 24  # letters before the @, so that 64 are enough with a tag
_MOST_REFERENCES = 10
_NOT_NOW = gettext_noop("The mail server did not take it for the moment. The desk tries again.")
_NO_SMTP = gettext_noop("The mail server answered with something that is no SMTP.")
_LOST = gettext_noop("The mail server's answer was lost, so nobody knows whether the mail left.")


def letter(
    text: str, to: str, thread: str, key: str, mailbox: Mailbox, original: Mapping[str, Any], now: datetime | None,
    *, sender: str, tagged: bool, media: tuple[str, ...],
) -> EmailMessage:  # fmt: skip
    """An answer to the mail of which `original` is the raw item. RecipientUnavailable where `to` is no address."""
    if not to or plain_address(to) != to.lower():
        raise errors.RecipientUnavailable("This mail came from no address that can be answered.")
    message = EmailMessage(policy=WIRE)
    message["From"] = Address(sender, addr_spec=mailbox.address)
    message["To"] = to
    message_id, references, subject = raw_of(original)
    message["Subject"] = answer_to(subject)
    if now is not None:
        message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{own_id(thread, key, mailbox)}>"
    if message_id:
        message["In-Reply-To"] = f"<{message_id}>"
        chain = list(dict.fromkeys([*references[:1], *references[-_MOST_REFERENCES:], message_id]))
        message["References"] = " ".join(f"<{one}>" for one in chain)
    if tagged and len(mailbox.address.partition("@")[0]) <= _MOST_BEFORE_TAG:
        message["Reply-To"] = with_tag(mailbox.address, sealed(mailbox.key, THREAD, thread))
    message.set_content(text, cte="quoted-printable")
    for handle in media:
        file = _in_hand(handle)
        main, _, sub = file.content_type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


def own_id(thread: str, key: str, mailbox: Mailbox) -> str:
    """The Message-ID of an answer: the same for the same key, and sealed, so that its echo finds the conversation."""
    unique = hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"balie.{sealed(mailbox.key, THREAD, thread)}.{unique}@{mailbox.address.rpartition('@')[2]}"


def answer_to(subject: str) -> str:
    """Re: once."""
    subject = " ".join(subject.split())[:200]
    return subject if subject[:3].lower() == "re:" else f"Re: {subject}".strip()


def handle_of(file: OutgoingFile) -> str:
    """A file as it waits for its letter: mail servers keep none without words."""
    return json.dumps([file.name, file.content_type, base64.b64encode(file.content).decode()])


def _in_hand(handle: str) -> OutgoingFile:
    name, content_type, content = json.loads(handle)
    return OutgoingFile(base64.b64decode(content), content_type, name)


def deliver(message: EmailMessage, url: str, user: str, password: str, timeout: float) -> None:
    """Hand it over once. OutcomeUnknown where the server's last word was lost."""
    sender, to = plain_address(str(message["From"])), str(message["To"])
    with connected(url, user, password, timeout) as server:
        try:
            server.ehlo_or_helo_if_needed()
            _accepted(server.mail(sender), errors.PermissionMissing("The mail server does not let this address send."))
            _accepted(answer := server.rcpt(to), _unavailable(answer))
        except smtplib.SMTPServerDisconnected:
            raise errors.Transient("The mail server closed the connection.") from None
        try:
            answer = server.data(message.as_bytes())
        except smtplib.SMTPDataError as problem:  # it was not even begun
            answer = problem.smtp_code, str(problem.smtp_error).encode()
            if answer[0] < 400:
                raise errors.Transient(_NO_SMTP, detail=_quoted(*answer)) from None
        except (OSError, smtplib.SMTPException) as problem:
            raise errors.OutcomeUnknown(_LOST, detail=type(problem).__name__) from None
        if not 200 <= answer[0] < 600:  # half an answer, or none that can be read: it may have been a yes
            raise errors.OutcomeUnknown(_LOST, detail=_quoted(*answer))
        _accepted(answer, errors.InvalidContent("The mail server refused this mail."))


@contextmanager
def connected(url: str, user: str, password: str, timeout: float) -> Iterator[smtplib.SMTP]:
    """A server that would take mail from us. AuthExpired, Transient, AddressRefused."""
    server: smtplib.SMTP | None = None
    try:
        try:
            server = _greeted(url, timeout)
            if user and server.has_extn("auth"):
                server.login(user, password)
        except smtplib.SMTPAuthenticationError as problem:
            if problem.smtp_code < 500:
                said = problem.smtp_error if isinstance(problem.smtp_error, bytes) else str(problem.smtp_error).encode()
                raise errors.Transient(_NOT_NOW, detail=_quoted(problem.smtp_code, said)) from None
            raise errors.AuthExpired(
                "The server for outgoing mail does not take this user name and password."
            ) from None
        except ssl.SSLError as problem:
            raise errors.Transient(
                "The mail server's certificate or encryption can't be used.", detail=str(problem.reason or "")[:100]
            ) from None
        except (OSError, smtplib.SMTPException) as problem:
            raise errors.Transient(
                "The server for outgoing mail can't be reached.", detail=type(problem).__name__
            ) from None
        yield server
    finally:
        if server is not None:
            server.close()


def _greeted(url: str, timeout: float) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=timeout, context=ssl.create_default_context())
    server = smtplib.SMTP(host, parts.port or 587, timeout=timeout)
    server.ehlo()
    if not is_private(host):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    return server


def _accepted(answer: tuple[int, bytes], refusal: errors.NetworkError) -> None:
    """Codes from 500 on are final, those from 400 on are for the moment (RFC 5321, 4.2.1)."""
    code = answer[0]
    if 200 <= code < 300:
        return
    detail = _quoted(*answer)
    if not 200 <= code < 600:
        raise errors.Transient(_NO_SMTP, detail=detail)
    if code < 500:
        raise errors.Transient(_NOT_NOW, detail=detail)
    refusal.detail = detail
    raise refusal


def _unavailable(answer: tuple[int, bytes]) -> errors.RecipientUnavailable:
    """Why a recipient is refused for good (RFC 3463: x.2.2 is a mailbox that is full)."""
    code, said = answer
    if code == 552 or b".2.2 " in said[:12]:
        return errors.RecipientUnavailable("The mailbox of this customer is full.")
    return errors.RecipientUnavailable("The mail server says that there is no such mailbox.")


def _quoted(code: int, said: bytes) -> str:
    return f"{code} {said.decode(errors='replace')[:150]}"
