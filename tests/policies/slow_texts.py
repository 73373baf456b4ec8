"""Texts made to be slow, and whether what reads them takes about twice as long for twice the text."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

LONG = 100_000  # code points

_PIECES = [
    "1",
    "NL91 ",
    "a@a.",
    "a.",
    "^JK ",
    "(1-",
    "AA ",
    "@a",
    "VL-",
    "je ordernummer ",
    "A<1",
    "a.nl?utm_x=1&",
    "1/1/",
]
_MORE = [
    "1 ", "NL91ABNA0417164300 ", "a@", "1234AB ", "*", "0612345678 ", "+31 6 ", "!", "! ", "@a ", "@a.b-", "VL-123456 ",
    "wat is je ", "garandeer ", "passport ", "passport AB123456 ", "<", "\u0430.nl ", "é", "e\u0301", "'a", "bel ",
    "//", "🙄", "sorry ", "ONE TWO ", "boek2026 ",
]  # fmt: skip

MADE_TO_BE_SLOW = [*_PIECES, *(pytest.param(piece, marks=pytest.mark.long) for piece in _MORE)]
T = TypeVar("T")


def half_and_whole(piece: str) -> tuple[str, str]:
    return (piece * LONG)[: LONG // 2], (piece * LONG)[:LONG]


def is_linear(read: Callable[[T], object], half: T, whole: T) -> bool:
    """A quadratic one takes four times as long, and many seconds; what takes no time at all shows no ratio.

    Tried twice: a machine that is busy with something else slows down whatever is measured at that moment.
    """
    return any(_spent(read, whole) < max(3.2 * _spent(read, half), 0.25) for _try in range(2))


def _spent(read: Callable[[T], object], given: T) -> float:
    begun = time.process_time()
    read(given)
    return time.process_time() - begun
