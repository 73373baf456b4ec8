"""The door before the mailboxes: every command passes the armed faults and the log, as every request does on the web.

A client asks and waits for its answer, so one line at a time is looked at. What is behind the door is pymap.
"""

import asyncio
import re
import socket
import time
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from connectors.sandbox.faults import Fault
from connectors.sandbox.mailbox import MailServers
from connectors.sandbox.network import Log

if TYPE_CHECKING:
    from pymap.imap import IMAPServer

LONGEST_LINE = 1024 * 1024  # bytes
_COMMAND = re.compile(rb"(\S+) (?:UID )?([A-Za-z]+)")
_LOGIN = re.compile(rb'\S+ LOGIN (?:"((?:[^"\\]|\\.)*)"|(\S+)) ', re.IGNORECASE)
_LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")
_FOLDER = ("STATUS", "SELECT", "EXAMINE")
_ASKED = ("LOGIN", *_FOLDER, "LIST", "SEARCH", "FETCH")
# What a server says in each case (RFC 5530), and to which commands it does.
_SAYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "rate_limit": ("NO [LIMIT] Too many simultaneous connections.", _ASKED),
    "rate_limit_without_reset": ("NO [UNAVAILABLE] Temporary system error, try again later.", _ASKED),
    "unauthorized": ("NO [AUTHENTICATIONFAILED] Invalid user name or password.", ("LOGIN",)),
    "forbidden": ("NO [NOPERM] This folder may not be read.", _FOLDER),
    "server_error_json": ("NO [SERVERBUG] Internal error occurred.", _ASKED),
    "server_error_html": ("", _ASKED),
    "not_found": ("NO [NONEXISTENT] There is no such folder.", _FOLDER),
    "over_quota": ("NO [OVERQUOTA] This account read more than it may today.", _ASKED),
}
_DISTURBED = ("timeout_before", "timeout_after", "slow", "truncated_json", "malformed_json")
_NO_IMAP = b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html><h1>Over capacity</h1></html>\r\n"


class HungUp(Exception):
    """The connection ends here."""


class Door:
    """Takes connections on one port."""

    def __init__(self, servers: MailServers, log: Log) -> None:
        self._servers, self._log = servers, log
        self._listening: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises OSError where the address is taken."""
        self._listening = await asyncio.start_server(self._take, host, port, limit=LONGEST_LINE)

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.close()
        for talk in self._talks:
            talk.cancel()

    @cached_property
    def _behind(self) -> "IMAPServer":
        from connectors.sandbox.mailbox.backend import imap_server

        return imap_server(self._servers)

    async def _take(self, reader: StreamReader, writer: StreamWriter) -> None:
        from proxyprotocol.sock import SocketInfo

        ours, theirs = socket.socketpair()
        inner_reader, inner_writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
        behind_reader, behind_writer = await asyncio.open_connection(sock=theirs, limit=LONGEST_LINE)
        server = asyncio.create_task(self._behind(behind_reader, behind_writer, SocketInfo.get(behind_writer, None)))
        self._talks.add(server)
        server.add_done_callback(self._talks.discard)
        try:
            await Talk(self._servers, self._log, reader, writer, inner_reader, inner_writer).run()
        except (HungUp, IncompleteReadError, ConnectionError, ValueError, asyncio.LimitOverrunError):
            pass
        finally:
            for one in (writer, inner_writer):
                one.close()
            server.cancel()
            with suppress(asyncio.CancelledError):
                await server


class Talk:
    """One connection, from its greeting to its end."""

    def __init__(
        self, servers: MailServers, log: Log, reader: StreamReader, writer: StreamWriter,
        inner_reader: StreamReader, inner_writer: StreamWriter,
    ) -> None:  # fmt: skip
        self._servers, self._log = servers, log
        self._reader, self._writer = reader, writer
        self._inner_reader, self._inner_writer = inner_reader, inner_writer
        self._account = ""  # whose mailbox, known by the user name

    async def run(self) -> None:
        """Raises HungUp and its kin at the end."""
        self._writer.write(await self._inner_reader.readline())
        while line := await self._reader.readline():
            started = time.perf_counter()
            named = _COMMAND.match(line)
            if named is None:
                raise HungUp
            tag, command = named[1], named[2].decode().upper()
            if command == "LOGIN":
                self._account = self._whose(line)
            fault = self._fault(command)
            said = b""
            try:
                said = await self._answered(tag, line, fault)
                self._writer.write(said)
                await self._writer.drain()
            finally:
                if command in _ASKED:
                    self._note(command, said, fault, started)
            if fault and fault.kind in ("truncated_json", "server_error_html"):
                raise HungUp

    def _fault(self, command: str) -> Fault | None:
        kinds = {kind: "" for kind, (_, commands) in _SAYS.items() if command in commands}
        if command in _ASKED:
            kinds |= dict.fromkeys(_DISTURBED, "")
        if command == "STATUS":
            kinds["renumbered"] = ""
        if command == "FETCH":
            kinds["reordered_delivery"] = ""
        return self._servers.sandbox.faults.take(self._servers.slug, f"IMAP {command}", kinds, self._account)

    async def _answered(self, tag: bytes, line: bytes, fault: Fault | None) -> bytes:
        kind = fault.kind if fault else ""
        if fault and kind in _SAYS:
            return tag + b" " + _SAYS[kind][0].encode() + b"\r\n" if _SAYS[kind][0] else _NO_IMAP
        if fault and kind == "timeout_before":
            await self._wait_and_hang_up(fault.seconds)
        if fault and kind == "slow":
            await asyncio.sleep(fault.seconds)
        answer = await self._asked(tag, line)
        if fault and kind == "timeout_after":
            await self._wait_and_hang_up(fault.seconds)
        if kind == "truncated_json":
            return answer[: len(answer) // 2]
        if kind == "renumbered":
            return self._renumbered(answer)
        if kind == "reordered_delivery":
            return _turned_round(answer)
        return b"?" + answer if kind == "malformed_json" else answer

    async def _asked(self, tag: bytes, line: bytes) -> bytes:
        """What the server behind the door says, to the line that has the command's tag."""
        self._inner_writer.write(line)
        said, begins = bytearray(), True
        while part := await self._inner_reader.readline():
            if begins and part.startswith(b"+"):  # it wants to hear more
                self._writer.write(part)
                self._inner_writer.write(await self._reader.readline())
                continue
            said += part
            if begins and part.startswith(tag + b" "):
                return bytes(said)
            literal = _LITERAL.search(part)
            if literal:
                said += await self._inner_reader.readexactly(int(literal[1]))
            begins = literal is None
        self._writer.write(bytes(said))
        raise HungUp

    def _renumbered(self, answer: bytes) -> bytes:
        """The mailbox has new numbers from now on; whoever asked is told so at once."""
        account = self._servers.store.account(self._servers.slug, self._account)
        if account is None:
            return answer
        validity = self._servers.validity(self._servers.number_anew(account))
        return re.sub(rb"UIDVALIDITY \d+", b"UIDVALIDITY %d" % validity, answer)

    async def _wait_and_hang_up(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._reader.read(), seconds)
        self._writer.transport.abort()
        raise HungUp

    def _whose(self, line: bytes) -> str:
        found = _LOGIN.match(line)
        if found is None:
            return ""
        given = re.sub(rb"\\(.)", rb"\1", found[1]) if found[1] is not None else found[2]
        account = self._servers.mailbox_of(given.decode("utf-8", "replace"))
        return account.id if account else ""

    def _note(self, command: str, said: bytes, fault: Fault | None, started: float) -> None:
        last = said.rstrip().rpartition(b"\r\n")[2].split(b" ")
        status: Any = last[1].decode("ascii", "replace") if len(last) > 1 and last[1] in (b"OK", b"NO", b"BAD") else ""
        self._log.add(self._servers.slug, "IMAP", command, status, started, fault.kind if fault else "")


def _turned_round(answer: bytes) -> bytes:
    """A list of mails in another order, which servers are free to choose; a mail itself stays as it is."""
    *told, last = answer.splitlines(keepends=True)
    return answer if any(_LITERAL.search(line) for line in told) else b"".join([*told[::-1], last])
