"""Forms with as many lines as one wants: `steps.0.amount`, `steps.1.amount`, and buttons that add, remove and move one.

A button is named `do` and says what it does in its value: `steps:add`, `steps:up:2`. The desk gives the form back with
its lines so, and nothing else changed: the same with a script and without.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from django.http import QueryDict

Line = dict[str, list[str]]  # the values of its fields
DO = "do"
_PLACE = re.compile(r"([a-z]+)\.([0-9]{1,4})\.([a-z_]+)")


class Focus(NamedTuple):
    """Where whoever pressed a button goes on: a line, and in it the button `up` or `down`, or its first field."""

    line: int = -1
    button: str = ""


def read(values: QueryDict, name: str) -> list[Line]:
    """The lines of this name in their order, wherever their numbers begin and whatever is left out between."""
    found: dict[int, Line] = {}
    for key in values:
        place = _PLACE.fullmatch(key)
        if place and place[1] == name:
            found.setdefault(int(place[2]), {})[place[3]] = values.getlist(key)
    return [found[number] for number in sorted(found)]


def written(values: QueryDict, name: str, lines: Sequence[Line]) -> QueryDict:
    """The same form with these lines of that name."""
    changed = QueryDict(mutable=True)
    for key, several in values.lists():
        if not key.startswith(f"{name}."):
            changed.setlist(key, several)
    for number, line in enumerate(lines):
        for field, several in line.items():
            changed.setlist(f"{name}.{number}.{field}", several)
    return changed


def rearranged(values: QueryDict, name: str, empty: Line) -> tuple[QueryDict, Focus]:
    """The form as the button wants it, and where to go on. An `empty` line is what is added."""
    lines = read(values, name)
    whose, _colon, order = values.get(DO, "").partition(":")
    verb, _colon, number = order.partition(":")
    focus = Focus()
    if whose == name:
        lines, focus = _obeyed(lines, verb, int(number) if number.isdecimal() else len(lines), empty)
    return written(values, name, lines), focus


def _obeyed(lines: list[Line], verb: str, at: int, empty: Line) -> tuple[list[Line], Focus]:
    there = 0 <= at < len(lines)
    if verb == "add":
        return [*lines, empty], Focus(len(lines))
    if verb == "remove" and there:
        return [*lines[:at], *lines[at + 1 :]], Focus(min(at, len(lines) - 2))
    to = at - 1 if verb == "up" else at + 1
    if verb in ("up", "down") and there and 0 <= to < len(lines):
        lines[at], lines[to] = lines[to], lines[at]
        at_an_end = {0: "down", len(lines) - 1: "up"}  # where the same button is no more
        return lines, Focus(to, at_an_end.get(to, verb))
    return lines, Focus()
