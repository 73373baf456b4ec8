"""JSON from strangers: one entry that is made to break a reader costs that entry and not the page around it."""

import json
import re
from typing import Any

from connectors.text import MAX_DEPTH

_MOST_DIGITS = 4_000  # Python makes no whole number of more
_PIECES = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_OPENING = (b"[", b"{")


def loaded(body: bytes) -> Any:
    """The JSON in `body`. ValueError for anything that is none.

    What is nested deeper than anything real is null, and so is a number that is longer than any: both would break the
    parser, and with it the whole page.
    """
    try:
        return json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except (RecursionError, ValueError):
        return _defused(body)


def _defused(body: bytes) -> Any:
    try:
        return json.loads(_shallow(body), parse_int=_number)
    except RecursionError as problem:
        raise ValueError("nested too deep") from problem


def _number(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MOST_DIGITS else None


def _shallow(body: bytes) -> bytes:
    """The same text with null for whatever lies deeper than is kept. Quick: it is one search over the text."""
    kept, at, depth = list[bytes](), 0, 0
    for piece in _PIECES.finditer(body):
        mark = piece[0]
        if mark in _OPENING:
            depth += 1
            if depth == MAX_DEPTH + 1:
                kept += [body[at : piece.start()], b"null"]
        elif len(mark) == 1:
            depth -= 1
            if depth == MAX_DEPTH:
                at = piece.end()
    return b"".join([*kept, body[at:] if depth <= MAX_DEPTH else b""])
