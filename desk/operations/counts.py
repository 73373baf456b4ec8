"""Counts over time from a CSV file of `timestamp,value`, gzip too, read row by row."""

import csv
import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from io import TextIOWrapper
from math import isfinite
from pathlib import Path
from typing import IO

from desk.operations.files import opened
from desk.operations.json_input import STANDARD_INPUT, named

COLUMNS = ("timestamp", "value")


class Unusable(Exception):
    """The file can't be read to its end. The message is one line: where, what, and what to do."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One row: as it is written, and what it means. `line` is where it stands in the file, from 1."""

    line: int
    timestamp: str
    value: str
    at: datetime
    count: float


def read_counts(place: str, zone: tzinfo) -> Iterator[Counted]:
    """Every row of the file, or of standard input (`-`), in its order; other columns are passed over.

    A time without a zone is a clock on a wall and stays what it shows; one with a zone is shown on a clock of `zone`.
    Raises Unusable at the first row that is no count.
    """
    try:
        with _opened(place) as file:
            reader = csv.reader(TextIOWrapper(file, encoding="utf-8-sig", newline=""))
            columns = _columns(place, next(reader, None))
            for fields in reader:
                if fields:
                    yield _counted(place, reader.line_num, fields, columns, zone)
    except OSError as problem:
        if isinstance(problem, gzip.BadGzipFile):
            raise _damaged(place) from problem
        raise Unusable(f"{named(place)} can't be read: {problem.strerror or problem}.") from problem
    except (EOFError, zlib.error) as problem:
        raise _damaged(place) from problem
    except (UnicodeDecodeError, csv.Error) as problem:
        raise Unusable(f"{named(place)} is no CSV in UTF-8: {problem}.") from problem


@contextmanager
def _opened(place: str) -> Iterator[IO[bytes]]:
    if place == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with opened(Path(place)) as file:
        yield file


def _damaged(place: str) -> Unusable:
    return Unusable(f"{named(place)} ends in the middle or is damaged: its gzip can't be unpacked to the end.")


def _columns(place: str, header: list[str] | None) -> list[int]:
    """Where timestamp and value stand in each row."""
    names = [name.strip().lower() for name in header or []]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        found = f"its first line has {', '.join(names[:20])}" if names else "it is empty"
        raise Unusable(f"{named(place)} has no column {' and '.join(missing)}: {found}. Begin it with timestamp,value.")
    return [names.index(name) for name in COLUMNS]


def _counted(place: str, line: int, fields: list[str], columns: list[int], zone: tzinfo) -> Counted:
    try:
        timestamp, value = (fields[column].strip() for column in columns)
    except IndexError:
        raise _wrong(place, line, "it has too few fields") from None
    return Counted(line, timestamp, value, _moment(place, line, timestamp, zone), _count(place, line, value))


def _moment(place: str, line: int, text: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _wrong(place, line, f"“{text}” is no time. Write it as 2026-11-27 14:30:00") from None


def _count(place: str, line: int, text: str) -> float:
    try:
        count = float(text) if "_" not in text else -1.0
    except ValueError:
        count = -1.0
    if not isfinite(count) or count < 0:
        raise _wrong(place, line, f"“{text}” is no count. Give a number of 0 or more")
    return count


def _wrong(place: str, line: int, words: str) -> Unusable:
    return Unusable(f"{named(place)}, line {line}: {words}.")
