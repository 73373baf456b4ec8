"""A rulebook in a file, in JSON or YAML, so that it can live in a repository."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from desk.operations.json_input import STANDARD_INPUT, named
from desk.rulebooks.text import LARGEST, TextRefused, read_bytes


def read_document(place: str) -> Any:
    """What a file or standard input (`-`) holds. Raises CommandError in one line."""
    try:
        raw = sys.stdin.buffer.read(LARGEST + 1) if place == STANDARD_INPUT else Path(place).read_bytes()
    except OSError as problem:
        raise CommandError(
            f"{named(place)} can't be read: {problem.strerror}. Give a file, or - for standard input."
        ) from None
    try:
        return read_bytes(raw)
    except TextRefused as problem:
        raise CommandError(f"{named(place)} is no rulebook in JSON or YAML. {problem}") from None
