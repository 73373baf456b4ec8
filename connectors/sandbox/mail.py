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
from typing import Any, NamedTuple
from urllib.parse import quote

from aiosmtpd.smtp import MISSING, SMTP, Envelope, Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.sandbox.deliveries import now_ms
from connectors.sandbox.mailbox.submission import Submission

LARGEST = 1024 * 1024  # bytes of one mail
LARGEST_HANDED_OVER = 25 * 1024 * 1024  # by a mailbox, whose answers take files along
SHOWN = 200
LONGEST_TEXT = 20_000  # characters
KEPT = 500  # mails
_BYTES = "application/octet-stream"
SCHEMA = """
CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
    subject TEXT NOT NULL, message_id TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY AUTOINCREMENT, mail INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
    content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS files_of_mail ON files (mail);
"""


class Attached(NamedTuple):
    """A file of a mail."""

    name: str
    type: str
    content: bytes


class Mailbox:
    """What was caught, in `folder`/mails.sqlite3; `at` is in milliseconds since 1970 UTC."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "mails.sqlite3", isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + SCHEMA)

    def close(self) -> None:
        self._db.close()

    def add(self, *, recipients: Sequence[str], files: Sequence[Attached] = (), **facts: Any) -> None:
        """Keep a mail with its files; of too many the oldest goes."""
        row = {"recipients": json.dumps(list(recipients)), **facts}
        cursor = self._db.execute(
            "INSERT INTO mails (at, sender, recipients, subject, message_id, text, html)"
            " VALUES (:at, :sender, :recipients, :subject, :message_id, :text, :html)",
            row,
        )
        number = int(cursor.lastrowid or 0)
        self._db.executemany(
            "INSERT INTO files (mail, name, type, content) VALUES (?, ?, ?, ?)", [(number, *file) for file in files]
        )
        self._db.execute("DELETE FROM mails WHERE id<=?", (number - KEPT,))
        self._db.execute("DELETE FROM files WHERE mail<=?", (number - KEPT,))

    def newest(self, *, to: str = "") -> list[dict[str, Any]]:
        """Newest first; only those to one address where it is given. Files without their content."""
        rows = self._db.execute(
            "SELECT * FROM mails WHERE ?='' OR EXISTS (SELECT 1 FROM json_each(recipients) WHERE value=?)"
            " ORDER BY id DESC LIMIT ?",
            (to, to, SHOWN),
        )
        found = [{**dict(row), "recipients": json.loads(row["recipients"]), "files": []} for row in rows]
        by_id = {mail["id"]: mail for mail in found}
        marks = ", ".join("?" * len(by_id))
        files = self._db.execute(
            f"SELECT id, mail, name, type, length(content) AS size FROM files WHERE mail IN ({marks}) ORDER BY id",  # noqa: S608 question marks
            list(by_id),
        )
        for row in files:
            by_id[row["mail"]]["files"].append({name: row[name] for name in ("id", "name", "type", "size")})
        return found

    def file(self, number: int) -> Attached | None:
        """One file of a mail that was kept."""
        row = self._db.execute("SELECT name, type, content FROM files WHERE id=?", (number,)).fetchone()
        return Attached(*row) if row else None

    def forget(self) -> None:
        self._db.execute("DELETE FROM mails")
        self._db.execute("DELETE FROM files")


class Catcher:
    """The server's side of the conversation. What somebody hands in who signed in goes to `submission` instead."""

    def __init__(self, mailbox: Mailbox, submission: Submission | None = None) -> None:
        self._mailbox, self._submission = mailbox, submission
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises OSError where the address is taken."""
        self._server = await asyncio.get_running_loop().create_server(self._conversation, host, port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    def _conversation(self) -> SMTP:
        more: dict[str, Any] = {}
        if self._submission is not None:
            more = {"authenticator": self._submission.authenticate, "auth_require_tls": False}
        ident = "Sandbox mail catcher"
        largest = LARGEST if self._submission is None else LARGEST_HANDED_OVER
        return SMTP(self, data_size_limit=largest, hostname="mail.sandbox", ident=ident, timeout=30, **more)

    async def handle_AUTH(  # noqa: N802 - the names are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, args: list[str]
    ) -> Any:
        hindered = await self._hindered("AUTH", server, session, "".join(args[1:]))
        return MISSING if hindered is None else hindered

    async def handle_MAIL(  # noqa: N802 - the same
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        hindered = await self._hindered("MAIL", server, session)
        if hindered is None:
            envelope.mail_from = address
        return "250 OK" if hindered is None else hindered

    async def handle_RCPT(  # noqa: N802 - the same
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (hindered := await self._hindered("RCPT", server, session)) is not None:
            return hindered
        domain = address.rpartition("@")[2].lower()
        if domain.endswith("refused.invalid"):
            return "550 5.1.1 There is no such mailbox"
        if domain.endswith("later.invalid"):
            return "451 4.2.0 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        content = envelope.content or b""
        if self._submission is not None and session.authenticated:
            return await self._submission.handed_over(server, session, envelope)
        if len(content) > LARGEST:
            return "552 5.3.4 This mail is too large"
        message = email.message_from_bytes(content if isinstance(content, bytes) else content.encode(), policy=modern)
        self._mailbox.add(
            at=now_ms(),
            sender=str(envelope.mail_from or ""),
            recipients=[str(address) for address in envelope.rcpt_tos],
            subject=str(message["Subject"] or ""),
            message_id=str(message["Message-ID"] or ""),
            text=_part(message, "plain"),
            html=_part(message, "html"),
            files=_files(message),
        )
        return "250 Kept"

    async def _hindered(self, step: str, server: SMTP, session: Session, given: str = "") -> str | None:
        if self._submission is None:
            return None
        return await self._submission.hindered(step, server, session, given)


def _part(message: Any, kind: str) -> str:
    body = message.get_body((kind,)) if isinstance(message, EmailMessage) else None
    if body is None:
        return ""
    try:
        return str(body.get_content())[:LONGEST_TEXT]
    except (LookupError, ValueError):  # an encoding that nobody knows
        return ""


def _files(message: Any) -> list[Attached]:
    if not isinstance(message, EmailMessage):
        return []
    found = []
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        found.append(
            Attached(part.get_filename() or "", part.get_content_type(), content if isinstance(content, bytes) else b"")
        )
    return found


def mail_routes(mailbox: Mailbox) -> list[BaseRoute]:
    """What was caught, newest first; and forgetting it."""

    async def caught(request: Request) -> Response:
        return JSONResponse({"mails": mailbox.newest(to=request.query_params.get("to", ""))})

    async def forget(_: Request) -> Response:
        mailbox.forget()
        return Response(status_code=204)

    async def file(request: Request) -> Response:
        found = mailbox.file(request.path_params["number"])
        if found is None:
            return Response(status_code=404)
        # never shown by the browser as what it claims to be: anybody may have sent it
        disposition = f"attachment; filename*=UTF-8''{quote(found.name)}"
        return Response(found.content, headers={"Content-Disposition": disposition}, media_type=_BYTES)

    return [
        Route("/_sandbox/mails/files/{number:int}", file, methods=["GET"]),
        Route("/_sandbox/mails", caught, methods=["GET"]),
        Route("/_sandbox/mails", forget, methods=["DELETE"]),
    ]
