"""JSON that a command is given as a file or on standard input."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

STANDARD_INPUT = "-"


def named(place: str) -> str:
    """How a message calls the place."""
    return "Standard input" if place == STANDARD_INPUT else place


def read_json(place: str, form: str) -> Any:
    """What a JSON file or standard input (`-`) holds.

    Raises CommandError, in one line that never shows a value that was read; `form` says how it should be written.
    """
    try:
        raw = sys.stdin.buffer.read() if place == STANDARD_INPUT else Path(place).read_bytes()
    except OSError as problem:
        raise CommandError(
            f"{named(place)} can't be read: {problem.strerror}. Give a JSON file, or - for standard input."
        ) from None
    try:
        return json.loads(raw, object_pairs_hook=_each_once)
    except _Twice as twice:
        raise CommandError(f"{named(place)} names “{twice}” twice in one object. Keep one of them.") from None
    except (ValueError, RecursionError) as problem:
        where = f" at line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
        raise CommandError(f"{named(place)} is no JSON{where}. {form}") from None


class _Twice(Exception):
    """A name that stands in an object twice: one of its values would be lost without a word."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise _Twice(name)
        values[name] = value
    return values
