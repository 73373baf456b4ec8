"""A mailbox on servers that nobody here wrote: IMAP by pymap, SMTP by aiosmtpd, each on a port of its own."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from aiosmtpd.smtp import SMTP, Envelope, Session
from imap_tools import MailBoxUnencrypted

from connectors.base import Account
from connectors.networks.mail import Mail
from tests.connectors.sandbox.conftest import free_port

ADDRESS, USER, PASSWORD = "help@vlotlijn.example", "vlotlijn", "geheim"
KEY = "a key of this account"
# As it stands it hashes a password half a million times whenever somebody signs in: all that these tests waited for.
PYMAP = """
from pymap.config import IMAPConfig
from pymap.main import main
from pysasl.hashing import BuiltinHash

IMAPConfig._get_hash_context = lambda *_: BuiltinHash(rounds=1)
main()
"""
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class Post:
    """What was handed to the server for outgoing mail, and how it answers."""

    def __init__(self) -> None:
        self.sent: list[Envelope] = []
        self.says: dict[str, str] = {}  # by MAIL, RCPT or DATA; "" hangs up

    async def handle_MAIL(  # noqa: N802 - the names are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._answer(server, "MAIL")

    async def handle_RCPT(  # noqa: N802 - the same
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._answer(server, "RCPT")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.sent.append(envelope)
        return self._answer(server, "DATA")

    def _answer(self, server: SMTP, step: str) -> str:
        said = self.says.get(step, "250 OK")
        if not said and server.transport is not None:
            server.transport.close()
        return said


class MailServers:
    """Both servers. `post` is what left; `deliver` puts a mail into the mailbox."""

    def __init__(self, imap_port: int, smtp_port: int, post: Post) -> None:
        self.imap_port, self.smtp_port, self.post = imap_port, smtp_port, post
        self.base_url = f"imap://127.0.0.1:{imap_port}"

    @property
    def credentials(self) -> dict[str, str]:
        return {
            "address": ADDRESS, "user": USER, "password": PASSWORD, "smtp_url": f"smtp://127.0.0.1:{self.smtp_port}",
            "checked_by": "mx.vlotlijn.example", "tagged_addresses": "yes", "sender_name": "Vlotlijn",
        }  # fmt: skip

    def mail(self, **more: str) -> Mail:
        return Mail(Account({**self.credentials, **more}, self.base_url, ADDRESS, KEY, timeout=5))

    def deliver(self, *mails: bytes, at: datetime = NOON) -> None:
        with MailBoxUnencrypted("127.0.0.1", self.imap_port, timeout=10).login(USER, PASSWORD) as box:
            for mail in mails:
                box.append(mail, dt=at)

    def remove(self, words: str) -> None:
        """Take away what says this, as somebody does in a mail program."""
        with MailBoxUnencrypted("127.0.0.1", self.imap_port, timeout=10).login(USER, PASSWORD) as box:
            box.delete([mail.uid for mail in box.fetch() if words in mail.text and mail.uid])

    def empty(self) -> None:
        with MailBoxUnencrypted("127.0.0.1", self.imap_port, timeout=10).login(USER, PASSWORD) as box:
            box.delete(box.uids())
        self.post.sent.clear()
        self.post.says.clear()


@contextmanager
def running_mail_servers() -> Iterator[MailServers]:
    post, loop = Post(), asyncio.new_event_loop()
    imap_port, smtp_port = free_port(), free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-c", PYMAP, "--host", "127.0.0.1", "--port", str(imap_port), "--no-tls",
            "dict", "--demo-user", USER, "--demo-password", PASSWORD,
        ],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    making = loop.create_server(lambda: SMTP(post, loop=loop), "127.0.0.1", smtp_port)
    server = loop.run_until_complete(making)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        _wait_for(imap_port)
        yield MailServers(imap_port, smtp_port, post)
    finally:
        process.terminate()
        process.wait(10)
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, "the mail server does not answer"
            time.sleep(0.05)
        else:
            return


def a_mail(
    text: str = "Waar blijft de trein?", *, sender: str = "Marit <marit@reizigers.example>", to: str = ADDRESS,
    subject: str = "Vraag", name: str = "1", **headers: str,
) -> bytes:  # fmt: skip
    """A mail as it comes in. Headers are written with _ for -."""
    lines = {
        "From": sender, "To": to, "Subject": subject, "Message-ID": f"<{name}@reizigers.example>",
        "Date": "Tue, 10 Mar 2026 11:59:00 +0000", "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }  # fmt: skip
    head = "".join(f"{key}: {value}\r\n" for key, value in lines.items() if value)
    return f"{head}\r\n{text}\r\n".replace("\r\n", "\n").replace("\n", "\r\n").encode()
