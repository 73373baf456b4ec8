"""One answer in many wordings: a text that offers alternatives, and which of them has not been said too often.

    [Hoi|Dag|Goedemiddag] {{customer}}, [we zoeken het uit|we kijken ernaar].

Alternatives stand in square brackets, parted by bars, and hold no brackets of their own; brackets without a bar are
words like any other. One of them may be empty.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from math import prod

import regex

from policies.near_duplicates import Digest, alike, digest

MOST = 200  # wordings of one text that are used
_OFFERED = regex.compile(r"\[(?P<inside>[^\[\]|]*+\|[^\[\]]*+)\]")


def wordings(source: str, most: int = MOST) -> tuple[str, ...]:
    """Every text that it can become, once each; two that follow each other differ wherever they can."""
    parts = _parts(source)
    sizes = [len(choices) for choices in parts if len(choices) > 1]
    found = (_written(parts, chosen) for chosen in islice(_choices(sizes), most))
    return tuple(dict.fromkeys(found))


def first_fresh(candidates: Iterable[str], said: Sequence[Digest], least: float, times: int) -> int | None:
    """The place of the first that is like fewer than `times` of what was said; None where there is none.

    Two texts are alike where they share `least` of their words, from 0 to 1: as the rule `text.repeated` has it.
    """
    for place, text in enumerate(candidates):
        if alike(digest(text), said, least) < times:
            return place
    return None


def _parts(source: str) -> list[list[str]]:
    """The text in parts, each with what may stand there."""
    parts, position = [], 0
    for match in _OFFERED.finditer(source):
        parts.append([source[position : match.start()]])
        parts.append(list(dict.fromkeys(one.strip() for one in match["inside"].split("|"))))
        position = match.end()
    return [*parts, [source[position:]]]


def _choices(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Every combination once. From one to the next each choice moves on, not only the first."""
    for number in range(prod(sizes)):
        digits, rest = [], number
        for size in sizes:
            rest, digit = divmod(rest, size)
            digits.append(digit)
        yield [(digit + digits[0] * (place > 0)) % sizes[place] for place, digit in enumerate(digits)]


def _written(parts: Sequence[Sequence[str]], chosen: Sequence[int]) -> str:
    numbers = iter(chosen)
    return "".join(choices[next(numbers)] if len(choices) > 1 else choices[0] for choices in parts).strip()
