"""The server for outgoing mail: who may hand over, what is armed against it, and where the mail goes.

It answers on the port on which the desk's own e-mail is caught; who signs in speaks for a mailbox.
"""

import asyncio
import time
from base64 import b64decode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connectors.sandbox.faults import Fault
from connectors.sandbox.mailbox import MailServers
from connectors.sandbox.network import Log
from connectors.sandbox.records import Account

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

_STEPS = ("AUTH", "MAIL", "RCPT", "DATA")
# What a server says in each case (RFC 5321, RFC 3463), and at which steps it does.
_SAYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "rate_limit": ("451 4.7.1 Too many messages, try again later", _STEPS),
    "rate_limit_without_reset": ("421 4.7.0 Too many connections, try again later", _STEPS),
    "unauthorized": ("535 5.7.8 Error: authentication failed", ("AUTH",)),
    "forbidden": ("550 5.7.1 This sender may not send from this address", ("MAIL",)),
    "not_allowed": ("550 5.7.1 Message rejected by our policy", ("DATA",)),
    "not_found": ("550 5.1.1 There is no such mailbox", ("RCPT",)),
    "server_error_json": ("451 4.3.0 Requested action aborted: local error", _STEPS),
    "server_error_html": ("<html><h1>502 Bad Gateway</h1></html>", _STEPS),
    "greylisted": ("450 4.2.0 Greylisted, see you in some minutes", ("RCPT",)),
    "over_quota": ("552 5.2.2 The mailbox of this recipient is full", ("RCPT",)),
}
_REFUSED = "sandbox_refused"  # of a session: what was said to who wanted to sign in
_DISTURBED = ("timeout_before", "timeout_after", "slow", "truncated_json", "malformed_json")


class Submission:
    """Takes what companies hand over."""

    def __init__(self, servers: MailServers, log: Log) -> None:
        self._servers, self._log = servers, log

    def authenticate(
        self, server: "SMTP", session: "Session", envelope: "Envelope", mechanism: str, given: Any
    ) -> "AuthResult":
        """Whether this user name and password open a mailbox."""
        from aiosmtpd.smtp import AuthResult

        user, password = (bytes(part).decode("utf-8", "replace") for part in given)
        account = self._servers.mailbox_of(user)
        if account is None or account.credentials.get("password") != password:
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=account)

    async def hindered(self, step: str, server: "SMTP", session: "Session", given: str = "") -> str | None:
        """What is said instead of going on; None where all is well. `given`: what came along with AUTH PLAIN."""
        before: str | None = getattr(session, _REFUSED, None) if step == "AUTH" else None
        if before:
            return before
        account = _account(session) or self._servers.mailbox_of(_user(given))
        if account is None:
            return None  # the desk's own notices
        started, fault = time.perf_counter(), self._fault(step, account)
        said: str | None = None
        if fault is not None:
            said = await self._disturbed(fault, server, "250 OK")
            if step == "AUTH" and said:  # to whichever way of signing in the client tries next
                setattr(session, _REFUSED, said)
        self._log.add(self._servers.slug, "SMTP", step, _code(said or "250"), started, fault.kind if fault else "")
        return said

    async def handed_over(self, server: "SMTP", session: "Session", envelope: "Envelope") -> str:
        """A whole mail, from somebody who signed in."""
        account = _account(session)
        if account is None:
            return "530 5.7.0 Authentication required"
        started, fault = time.perf_counter(), self._fault("DATA", account)
        said = "250 2.0.0 Queued"
        if fault is None or (fault.kind not in _SAYS and fault.kind != "timeout_before"):
            content = envelope.content or b""
            whole = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
            self._servers.take(account, [str(address) for address in envelope.rcpt_tos], whole)
        if fault is not None:
            said = await self._disturbed(fault, server, said) or said
        self._log.add(self._servers.slug, "SMTP", "DATA", _code(said), started, fault.kind if fault else "")
        return said

    def _fault(self, step: str, account: Account | None) -> Fault | None:
        kinds = {kind: "" for kind, (_, steps) in _SAYS.items() if step in steps} | dict.fromkeys(_DISTURBED, "")
        return self._servers.sandbox.faults.take(
            self._servers.slug, f"SMTP {step}", kinds, account.id if account else ""
        )

    async def _disturbed(self, fault: Fault, server: "SMTP", answer: str) -> str | None:
        """What is said instead, None for what would have been said anyway; hangs up where nothing is said."""
        if fault.kind in _SAYS:
            return _SAYS[fault.kind][0]
        if fault.kind == "malformed_json":
            return answer.replace("2", "?", 1)
        await asyncio.sleep(fault.seconds)
        if fault.kind == "slow":
            return None
        transport: Any = server.transport
        if transport is not None and fault.kind == "truncated_json":
            transport.write(answer[:2].encode())
            transport.close()
        elif transport is not None:
            transport.abort()
        return ""


def _account(session: "Session") -> Account | None:
    return session.auth_data if session.authenticated else None


def _user(given: str) -> str:
    """The name in what AUTH PLAIN is given (RFC 4616); "" where there is none."""
    try:
        return b64decode(given).decode().split("\0")[1]
    except (ValueError, IndexError):
        return ""


def _code(said: str) -> int:
    return int(said[:3]) if said[:3].isdecimal() else 0
