"""From an mbox file (RFC 4155, gzip too) to rows: mails that are put into a mailbox as they are, to the byte."""

import gzip
import re
import zlib
from collections.abc import Generator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

from desk.operations.files import opened
from desk.operations.replay.rows import LONGEST_NAME, Refused, Row, Unusable

LARGEST = 20 * 1024 * 1024  # bytes of one mail
LARGEST_HEAD = 256 * 1024
_BEGINS = b"From "
_ESCAPED = re.compile(rb"^>(>*From )")


def are_mails(path: Path) -> bool:
    """Whether a file is an mbox."""
    try:
        with opened(path) as file:
            return file.read(len(_BEGINS)) == _BEGINS
    except (OSError, EOFError, zlib.error):
        return False  # whoever reads it as rows says what is wrong with it


def read_mails(path: Path) -> Generator[Row | Refused]:
    """Every mail in its order. Memory stays at one mail. Raises Unusable in the middle."""
    try:
        yield from (_judge(number, mail) for number, mail in enumerate(_mails(path), 1))
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise Unusable(f"{path} ends in the middle or is damaged: its gzip can't be unpacked to the end.") from problem
    except OSError as problem:
        raise Unusable(f"{path} can't be read: {problem.strerror or problem}.") from problem


def _mails(path: Path) -> Generator[bytes]:
    """A mail goes on to a line that begins with “From ” behind an empty one. What is too large is cut."""
    with opened(path) as file:
        lines: list[bytes] = []
        size, blank = 0, True
        for line in file:
            if blank and line.startswith(_BEGINS):
                if lines:
                    yield b"".join(lines)
                lines, size = [], 0
            elif size <= LARGEST:
                lines.append(_ESCAPED.sub(rb"\1", line))
                size += len(line)
            blank = not line.strip()
        if lines:
            yield b"".join(lines)


def _judge(number: int, mail: bytes) -> Row | Refused:
    if len(mail) > LARGEST:
        return Refused(number, f"it has more than {LARGEST // 1024 // 1024} MB")
    head = message_from_bytes(mail[:LARGEST_HEAD])
    name, address = parseaddr(_words(str(head.get("From") or "")[:2_000]))
    if "@" not in address or len(address) > LONGEST_NAME:
        return Refused(number, "it names no sender")
    return Row(
        number,
        text="",
        author=address,
        posted_at=_moment(str(head.get("Date") or "")[:100]),
        id=str(head.get("Message-ID") or "").strip()[:LONGEST_NAME],
        private=True,
        raw=mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").decode("latin-1"),
        name=name[:LONGEST_NAME],
    )


def _moment(said: str) -> datetime:
    """When it says that it was written; what says nothing comes behind the one before it."""
    try:
        moment = parsedate_to_datetime(said)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return datetime(1970, 1, 1, tzinfo=UTC)


def _words(header: str) -> str:
    try:
        return str(make_header(decode_header(header)))
    except (LookupError, UnicodeError, ValueError):
        return header
