"""From a file of strangers' text to rows: CSV or JSON lines, gzip too, read as a stream, each row judged by itself."""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from desk.operations.files import opened

NEEDED = ("text", "author", "posted_at")
OPTIONAL = ("id", "in_reply_to", "private", "subject")
LONGEST_TEXT = 100_000  # characters; no network takes a quarter of that
LONGEST_NAME = 200  # characters of an author or an id
LARGEST_FIELD = 16 * 1024 * 1024  # characters; past it a quote was left open, or it is no text
_TRUE, _FALSE = frozenset({"1", "true", "yes", "ja", "y", "j"}), frozenset({"", "0", "false", "no", "nee", "n"})
_SPACED_ZONE = re.compile(r" (?=[+-]\d\d:?\d\d$)")  # 2015-02-24 11:35:52 -0800


class Unusable(Exception):
    """The file as a whole can't be replayed. The message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One message to post. `number` counts the rows of the file from 1, without a header."""

    number: int
    text: str
    author: str
    posted_at: datetime
    id: str = ""
    in_reply_to: str = ""
    private: bool = False
    subject: str = ""  # of a mail
    raw: str = ""  # a whole mail, each sign a byte: then `text` is empty
    name: str = ""  # of the author, where it is known beside the address


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that can't be posted, and why in a clause."""

    number: int
    reason: str


class _Wrong(Exception):
    """What is wrong with a row."""


def parse_columns(given: Sequence[str]) -> dict[str, str]:
    """`posted_at=created_at,author=user` → our name to the file's. Raises Unusable."""
    columns = {}
    for pair in (part.strip() for text in given for part in text.split(",")):
        if not pair:
            continue
        ours, equals, theirs = (part.strip() for part in pair.partition("="))
        if not equals or not theirs or ours not in (*NEEDED, *OPTIONAL):
            known = ", ".join((*NEEDED, *OPTIONAL))
            raise Unusable(f"--columns has “{pair}”: write name=column, the name one of {known}.")
        columns[ours] = theirs
    return columns


def read_rows(path: Path, columns: Mapping[str, str]) -> Generator[Row | Refused]:
    """Every row of the file in its order. Memory stays at one row. Raises Unusable, before or in the middle."""
    try:
        with opened(path) as file:
            first = _first_sign(file)
            if first == b"[":
                raise Unusable(f"{path} is one JSON list. Write it as JSON lines: one object a line.")
            with closing(_json_lines(file) if first == b"{" else _csv(file, columns)) as source:
                for number, found in enumerate(source, 1):
                    yield _judge(number, found, columns)
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise Unusable(f"{path} ends in the middle or is damaged: its gzip can't be unpacked to the end.") from problem
    except OSError as problem:
        raise Unusable(f"{path} can't be read: {problem.strerror or problem}.") from problem


def _first_sign(file: IO[bytes]) -> bytes:
    """The first byte that says something, past white space and a byte order mark; the file is at its start again."""
    start = file.read(4096)
    file.seek(0)
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]


def _json_lines(file: IO[bytes]) -> Generator[Mapping[str, Any] | _Wrong]:
    for number, line in enumerate(file):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line
        if not text.strip():
            continue
        try:
            found = json.loads(text.decode())
        except UnicodeDecodeError:
            yield _Wrong("it is not UTF-8")
        except (ValueError, RecursionError):
            yield _Wrong("it is no JSON object")
        else:
            yield found if isinstance(found, dict) else _Wrong("it is no JSON object")


def _csv(file: IO[bytes], columns: Mapping[str, str]) -> Generator[Mapping[str, Any] | _Wrong]:
    before = csv.field_size_limit(LARGEST_FIELD)
    # what is no UTF-8 comes through as lone surrogates, so that one bad byte spoils one row and not the stream
    text = TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
    try:
        reader = csv.reader(text, strict=False)
        header = [name.strip() for name in next(reader, [])]
        if header:
            header[0] = header[0].removeprefix("\ufeff")
        missing = [name for name in NEEDED if columns.get(name, name) not in header]
        missing += [name for name in columns if name not in NEEDED and columns[name] not in header]
        if missing:
            wanted = ", ".join(columns.get(name, name) for name in missing)
            raise Unusable(
                f"The file has no column {wanted}; it has {', '.join(header[:20]) or 'none'}. Name them with --columns."
            )
        while True:
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as problem:
                yield _Wrong(f"a quote is probably left open ({problem})")
                continue
            if not fields:
                continue
            if len(fields) == len(header):
                yield dict(zip(header, fields, strict=True))
            else:
                yield _Wrong(f"it has {len(fields)} fields, the header has {len(header)}")
    finally:
        csv.field_size_limit(before)
        text.detach()


def _judge(number: int, found: Mapping[str, Any] | _Wrong, columns: Mapping[str, str]) -> Row | Refused:
    try:
        if isinstance(found, _Wrong):
            raise found
        values = {name: found.get(columns.get(name, name)) for name in (*NEEDED, *OPTIONAL)}
        return Row(
            number,
            text=_text(values["text"]),
            author=_name(values["author"], "author"),
            posted_at=_moment(values["posted_at"]),
            id=_name(values["id"], "id", needed=False),
            in_reply_to=_name(values["in_reply_to"], "in_reply_to", needed=False),
            private=_truth(values["private"]),
            subject=_name(values["subject"], "subject", needed=False),
        )
    except _Wrong as problem:
        return Refused(number, str(problem))


def _words(value: Any, name: str) -> str:
    """A string without what no database and no network takes."""
    if not isinstance(value, str):
        raise _Wrong(f"{name} is no text")
    if "\x00" in value:
        raise _Wrong(f"{name} has NUL bytes")
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        escaped = all("\udc80" <= sign <= "\udcff" for sign in value if "\ud800" <= sign <= "\udfff")
        raise _Wrong(f"{name} is not UTF-8" if escaped else f"{name} has half a character (a lone surrogate)")
    return value


def _text(value: Any) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise _Wrong("text is missing")
    text = _words(value, "text")
    if len(text) > LONGEST_TEXT:
        raise _Wrong(f"text has {len(text):,} characters; at most {LONGEST_TEXT:,} can be posted")
    return text


def _name(value: Any, name: str, *, needed: bool = True) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        if needed:
            raise _Wrong(f"{name} is missing")
        return ""
    text = _words(value, name).strip()
    if len(text) > LONGEST_NAME:
        raise _Wrong(f"{name} has {len(text):,} characters; at most {LONGEST_NAME} make sense")
    return text


def _moment(value: Any) -> datetime:
    """ISO 8601 (UTC where it names no zone), seconds since 1970, or the dates of mail and of old Twitter archives."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise _Wrong("posted_at is missing")
    text = _words(str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value, "posted_at")
    text = text.strip()[:60]
    for read in (_iso, _seconds, _twitter, parsedate_to_datetime):
        try:
            moment = read(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError, OSError, TypeError):
            continue
    raise _Wrong(f"posted_at “{text}” is no date; write it as 2026-03-10T09:12:00Z")


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(_SPACED_ZONE.sub("", text))


def _seconds(text: str) -> datetime:
    return datetime.fromtimestamp(float(text), UTC)


def _twitter(text: str) -> datetime:
    """Tue Oct 31 22:10:47 +0000 2017."""
    return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = "" if value is None else str(value).strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _Wrong(f"private is “{word[:20]}”; write true or false")
