"""A rulebook in a file, in JSON or YAML, so that it can live in a repository."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from desk.operations.json_input import STANDARD_INPUT, named
from desk.rulebooks.text import LARGEST, TextRefused, read


def read_document(place: str) -> Any:
    """What a file or standard input (`-`) holds. Raises CommandError in one line."""
    try:
        raw = sys.stdin.buffer.read(LARGEST + 1) if place == STANDARD_INPUT else Path(place).read_bytes()
    except OSError as problem:
        raise CommandError(
            f"{named(place)} can't be read: {problem.strerror}. Give a file, or - for standard input."
        ) from None
    if len(raw) > LARGEST:
        raise CommandError(f"{named(place)} is larger than {LARGEST // 1_000_000} MB. A rulebook is not.")
    try:
        return read(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise CommandError(f"{named(place)} is not in UTF-8. Save it as UTF-8 and try again.") from None
    except TextRefused as problem:
        where = f" at line {problem.line}" if problem.line else ""
        raise CommandError(f"{named(place)} is neither JSON nor YAML{where}: {problem}.") from None
