"""Reading a mailbox by IMAP; the only file that imports imap-tools. Nothing in the mailbox is changed, not even a flag.

A connection lives for one question: mailboxes allow few, and a worker that is killed must leave none behind.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connectors import errors
from connectors.outgoing_address import is_private
from connectors.parsing.mail import LARGEST, MOST_HEADERS, Fetched
from connectors.text import gettext_noop

if TYPE_CHECKING:
    from imap_tools.mailbox import BaseMailBox

LABEL = "E-mail"
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DATE = re.compile(rb'INTERNALDATE "([ \d]\d-\w{3}-\d{4} [\d:]{8} [+-]\d{4})"')
_SIZE, _UID = re.compile(rb"RFC822\.SIZE (\d+)"), re.compile(rb"\bUID (\d+)")
_CODE = re.compile(r"\[([A-Z-]+)")
_FOR_NOW = frozenset({"UNAVAILABLE", "INUSE", "SERVERBUG", "CONTACTADMIN"})
_TOO_OFTEN = frozenset({"LIMIT", "OVERQUOTA", "THROTTLED"})
_NOT_SHOWN = gettext_noop("The mail server did not show its mails. The desk tries again.")
_TOO_MANY_BYTES = gettext_noop("The mail server answers with more than it was asked for.")


@dataclass(frozen=True, slots=True)
class Place:
    """A mail in the folder, before it is fetched. `size` in bytes."""

    uid: int
    arrived: datetime
    size: int


class Folder:
    """One folder of an open mailbox. `validity` names this numbering of its mails; `next_uid` is yet to be given."""

    def __init__(self, box: "BaseMailBox", name: str) -> None:
        self._box = box
        status = box.folder.status(name, ["UIDVALIDITY", "UIDNEXT"])
        self.validity, self.next_uid = status["UIDVALIDITY"], status["UIDNEXT"]
        box.folder.set(name, readonly=True)

    def uids_from(self, first: int) -> list[int]:
        """Ascending. (A server gives the newest mail for a range that begins after it.)"""
        return [uid for uid in self._search(f"UID {first}:*") if uid >= first]

    def uids_since(self, day: date) -> list[int]:
        return self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")

    def uids_named(self, message_id: str) -> list[int]:
        """Of mails with this Message-ID, which is one of ours and holds nothing that would have to be quoted."""
        return self._search(f'HEADER Message-ID "{message_id}"')

    def places(self, uids: Sequence[int]) -> list[Place]:
        """In the order of their numbers; what is gone meanwhile is missing."""
        found = []
        for line in self._fetch(uids, "(UID INTERNALDATE RFC822.SIZE)"):
            head = line[0] if isinstance(line, tuple) else line
            uid, size, at = _UID.search(head), _SIZE.search(head), _DATE.search(head)
            if uid and size and at:
                arrived = datetime.strptime(at[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
                found.append(Place(int(uid[1]), arrived, int(size[1])))
            elif b"FLAGS" not in head:  # told at any time; anything else may be a mail
                raise errors.Unreadable("The mail server answered with something that is no IMAP.")
        return sorted(found, key=lambda place: place.uid)

    def mail(self, place: Place) -> Fetched | None:
        """All of it, or the headers of one that is too large; None where it is gone."""
        wanted = "(UID BODY.PEEK[])" if place.size <= LARGEST else f"(UID BODY.PEEK[HEADER]<0.{MOST_HEADERS}>)"
        for line in self._fetch([place.uid], wanted):
            if isinstance(line, tuple) and isinstance(line[1], bytes):
                if len(line[1]) > LARGEST + 1024:
                    raise errors.Unreadable(_TOO_MANY_BYTES)
                return Fetched(place.uid, self.validity, place.arrived, place.size, line[1])
        return None

    def _search(self, criteria: str) -> list[int]:
        return sorted(int(uid) for uid in self._box.uids(criteria, charset=None))

    def _fetch(self, uids: Sequence[int], wanted: str) -> Iterator[Any]:
        if uids:
            kind, lines = self._box.client.uid("fetch", ",".join(map(str, uids)), wanted)
            if kind != "OK":
                raise _refusal(lines, errors.Transient(_NOT_SHOWN))
            yield from (line for line in lines or () if line is not None)


@contextmanager
def opened(base_url: str, user: str, password: str, folder: str, timeout: float) -> "Iterator[Folder]":
    """The folder of a mailbox. AuthExpired, NotFound (no such folder), Transient, AddressRefused, Unreadable."""
    with _signed_in(base_url, user, password, timeout) as box:
        from imap_tools.errors import MailboxFolderSelectError, MailboxFolderStatusError

        missing = errors.NotFound("The mailbox has no folder “%(name)s”.", name=folder[:100])
        try:
            there = Folder(box, folder)
        except (MailboxFolderSelectError, MailboxFolderStatusError) as problem:
            raise _refusal(problem.command_result[1], missing) from None
        except KeyError:
            raise missing from None
        yield there


@contextmanager
def folders_for_sent(base_url: str, user: str, password: str, timeout: float) -> "Iterator[list[Folder]]":
    """The folders in which a server keeps what was sent (RFC 6154), one opened after the other."""
    with _signed_in(base_url, user, password, timeout) as box:
        names = [one.name for one in box.folder.list() if "\\Sent" in one.flags]
        yield [Folder(box, name) for name in names[:1]]


@contextmanager
def _signed_in(base_url: str, user: str, password: str, timeout: float) -> "Iterator[BaseMailBox]":
    from imap_tools.errors import ImapToolsError, MailboxLoginError, UnexpectedCommandStatusError

    try:
        box = _connected(base_url, timeout)
        try:
            try:
                box.login_utf8(user, password, initial_folder=None) if _needs_plain(user, password) else box.login(
                    user, password, initial_folder=None
                )
            except (MailboxLoginError, imaplib.IMAP4.error) as problem:
                if isinstance(problem, imaplib.IMAP4.abort):
                    raise
                wrong = errors.AuthExpired("The mailbox does not take this user name and password.")
                said = problem.command_result[1] if isinstance(problem, MailboxLoginError) else [str(problem)]
                raise _refusal(said, wrong) from None
            yield box
        finally:
            box.client.shutdown()
    except imaplib.IMAP4.abort as problem:
        raise errors.Transient("The mail server closed the connection.", detail=type(problem).__name__) from None
    except UnexpectedCommandStatusError as problem:
        raise _refusal(problem.command_result[1], errors.Transient(_NOT_SHOWN)) from None
    except (ImapToolsError, imaplib.IMAP4.error) as problem:
        raise errors.Unreadable(
            "The mail server answered with something that is no IMAP.", detail=type(problem).__name__
        ) from None
    except ssl.SSLError as problem:
        raise errors.Transient(
            "The mail server's certificate or encryption can't be used.", detail=str(problem.reason or "")[:100]
        ) from None
    except OSError as problem:
        raise errors.Transient("%(network)s can't be reached.", network=LABEL, detail=type(problem).__name__) from None


def _refusal(said: Sequence[Any] | None, otherwise: errors.NetworkError) -> errors.NetworkError:
    """What a NO means: by its code (RFC 5530), where it has one that says more than `otherwise`."""
    first = said[0] if said else b""
    words = first.decode(errors="replace") if isinstance(first, bytes) else str(first or "")
    found = _CODE.search(words)
    code, detail = found[1] if found else "", words[:150]
    if code in _FOR_NOW:
        return errors.Transient(_NOT_SHOWN, detail=detail)
    if code in _TOO_OFTEN:
        return errors.RateLimited("The mail server was asked too often. The desk asks again later.", detail=detail)
    if code == "NOPERM":
        return errors.PermissionMissing("The mail server does not let this user read this folder.", detail=detail)
    return otherwise


def _connected(base_url: str, timeout: float) -> "BaseMailBox":
    from imap_tools.mailbox import MailBox, MailBoxStartTls, MailBoxUnencrypted

    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if parts.scheme == "imaps":
        return MailBox(host, parts.port or 993, timeout=timeout, ssl_context=ssl.create_default_context())
    if is_private(host):
        return MailBoxUnencrypted(host, parts.port or 143, timeout=timeout)
    return MailBoxStartTls(host, parts.port or 143, timeout=timeout, ssl_context=ssl.create_default_context())


def _needs_plain(user: str, password: str) -> bool:
    """IMAP's own LOGIN knows ASCII alone."""
    return not (user + password).isascii()
