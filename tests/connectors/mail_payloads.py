"""Mails of a fixture, `{"headers": {…}, "body": "…"}` each, as a server hands them over."""

from datetime import UTC, datetime
from typing import Any

from connectors.base import Account
from connectors.networks.mail import Mail
from connectors.parsing import mapped
from connectors.parsing.mail import Fetched

ARRIVED = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def mail_account(address: str) -> Account:
    """A mailbox that nobody connects to."""
    credentials = {"address": "help@vlotlijn.example", "checked_by": "mx.vlotlijn.example"}
    return Account(credentials, "imap://127.0.0.1:1", "help@vlotlijn.example", "a key of this account")


def fetched(mails: object) -> list[Fetched]:
    """The mails, whatever a fuzzer made of them."""
    found = []
    for number, mail in enumerate(mails if isinstance(mails, list) else [], start=1):
        headers: dict[str, Any] = mapped(mapped(mail).get("headers"))
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
        body = mapped(mail).get("body", "")
        content = f"{head}\r\n{body}".encode("utf-8", "replace")
        found.append(Fetched(number, 7, ARRIVED, len(content), content))
    return found


def as_mail(connector: Any) -> Mail:
    assert isinstance(connector, Mail)
    return connector
