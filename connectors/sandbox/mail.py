"""The mail catcher: takes whatever e-mail it is given, by SMTP, and keeps the newest for the page that shows them.

Nothing is sent on. Two kinds of addresses are refused, so that both ways of saying no can be met: those below
`refused.invalid` for good (550), those below `later.invalid` for the moment (451).
"""

import asyncio
import email
import json
import sqlite3
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.sandbox.store import now_ms

LARGEST = 1024 * 1024  # bytes of one mail
SHOWN = 200
LONGEST_TEXT = 20_000  # characters
KEPT = 500  # mails
SCHEMA = """
CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
    subject TEXT NOT NULL, message_id TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL);
"""


class Mailbox:
    """What was caught, in `folder`/mails.sqlite3; `at` is in milliseconds since 1970 UTC."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "mails.sqlite3", isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + SCHEMA)

    def close(self) -> None:
        self._db.close()

    def add(self, *, recipients: Sequence[str], **facts: Any) -> None:
        """Keep a mail; of too many the oldest goes."""
        row = {"recipients": json.dumps(list(recipients)), **facts}
        cursor = self._db.execute(
            "INSERT INTO mails (at, sender, recipients, subject, message_id, text, html)"
            " VALUES (:at, :sender, :recipients, :subject, :message_id, :text, :html)",
            row,
        )
        self._db.execute("DELETE FROM mails WHERE id<=?", (int(cursor.lastrowid or 0) - KEPT,))

    def newest(self, *, to: str = "") -> list[dict[str, Any]]:
        """Newest first; only those to one address where it is given."""
        rows = self._db.execute(
            "SELECT * FROM mails WHERE ?='' OR EXISTS (SELECT 1 FROM json_each(recipients) WHERE value=?)"
            " ORDER BY id DESC LIMIT ?",
            (to, to, SHOWN),
        )
        return [{**dict(row), "recipients": json.loads(row["recipients"])} for row in rows]

    def forget(self) -> None:
        self._db.execute("DELETE FROM mails")


class Catcher:
    """The server's side of the conversation."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises OSError where the address is taken."""
        self._server = await asyncio.get_running_loop().create_server(self._conversation, host, port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    def _conversation(self) -> SMTP:
        return SMTP(self, data_size_limit=LARGEST, hostname="mail.sandbox", ident="Sandbox mail catcher", timeout=30)

    async def handle_RCPT(  # noqa: N802 - the names are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        domain = address.rpartition("@")[2].lower()
        if domain.endswith("refused.invalid"):
            return "550 5.1.1 There is no such mailbox"
        if domain.endswith("later.invalid"):
            return "451 4.2.0 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        message = email.message_from_bytes(content if isinstance(content, bytes) else content.encode(), policy=modern)
        self._mailbox.add(
            at=now_ms(),
            sender=str(envelope.mail_from or ""),
            recipients=[str(address) for address in envelope.rcpt_tos],
            subject=str(message["Subject"] or ""),
            message_id=str(message["Message-ID"] or ""),
            text=_part(message, "plain"),
            html=_part(message, "html"),
        )
        return "250 Kept"


def _part(message: Any, kind: str) -> str:
    body = message.get_body((kind,)) if isinstance(message, EmailMessage) else None
    if body is None:
        return ""
    try:
        return str(body.get_content())[:LONGEST_TEXT]
    except (LookupError, ValueError):  # an encoding that nobody knows
        return ""


def mail_routes(mailbox: Mailbox) -> list[BaseRoute]:
    """What was caught, newest first; and forgetting it."""

    async def caught(request: Request) -> Response:
        return JSONResponse({"mails": mailbox.newest(to=request.query_params.get("to", ""))})

    async def forget(_: Request) -> Response:
        mailbox.forget()
        return Response(status_code=204)

    return [
        Route("/_sandbox/mails", caught, methods=["GET"]),
        Route("/_sandbox/mails", forget, methods=["DELETE"]),
    ]
