"""The small language of canned responses: words, variables, and what is said only where a variable has a value.

    Hoi {{customer}}, {{#if reference}}je dossier is {{reference}}.{{else}}mogen we je dossiernummer?{{/if}}

A value is put in as it is and never read as this language. Reading and filling are linear in the text and its values.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import regex

from policies.form_problems import shown

LONGEST_NAME = 30
NAME = regex.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST_NAME - 1}}}")
RESERVED = frozenset({"if", "else"})
_OPEN, _CLOSE = "{{", "}}"
_TAG = regex.compile(r"\{\{(?P<inside>[^{}\n]{0,100}+)\}\}")
_IF = regex.compile(r"#if\s++(?P<name>\S++)")
_ONE_BRACE = regex.compile(r"(?<!\{)\{(?P<name>[a-z][a-z0-9_]{0,29}+)\}(?!\})")


@dataclass(frozen=True, slots=True)
class Variable:
    """Where the value of a variable comes."""

    name: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What is said where a variable has a value, and what where it has none."""

    name: str
    then: tuple["str | Variable", ...]
    otherwise: tuple["str | Variable", ...] = ()


Part = str | Variable | Condition


@dataclass(frozen=True, slots=True)
class TextFault:
    """What can't be read, and where: code point `at` of the text. `canned_problems` has the words of each code."""

    code: str
    at: int
    params: Mapping[str, Any] = field(default_factory=dict)

    def place(self, text: str) -> Mapping[str, int]:
        """The line and the character in it, as editors count them."""
        before = text[: self.at]
        return {"line": before.count("\n") + 1, "column": self.at - before.rfind("\n")}


@dataclass(frozen=True, slots=True)
class CannedText:
    """A text that has been read."""

    parts: tuple[Part, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable that it asks for, once, in the order of the text."""
        return tuple(dict.fromkeys(_names(self.parts)))

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with its variables filled in; one that is not among the values is empty."""
        return "".join(_filled(part, values) for part in self.parts)

    def longest(self, values: Mapping[str, str], weigh: Callable[[str], int]) -> str:
        """The text with these values and of each condition the longer half: never shorter than what can be sent."""
        return "".join(
            max((_said(part.then, values), _said(part.otherwise, values)), key=weigh)
            if isinstance(part, Condition)
            else _filled(part, values)
            for part in self.parts
        )


def read(text: str) -> tuple[CannedText, tuple[TextFault, ...]]:
    """The text, and everything in it that can't be read, in order; what is wrong stands in it as it was typed."""
    reading = _Reading()
    position = 0
    while (start := text.find(_OPEN, position)) >= 0:
        reading.words(text, position, start)
        match = _TAG.match(text, start)
        if match is None:
            reading.fault("open", start)
            reading.add(_OPEN)
            position = start + len(_OPEN)
        else:
            reading.tag(match["inside"].strip(), start)
            position = match.end()
    reading.words(text, position, len(text))
    return reading.done()


class _Reading:
    """A text being read from its beginning; `_inside` is the condition that is open."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._faults: list[TextFault] = []
        self._inside: str | None = None
        self._opened_at = 0
        self._then: list[str | Variable] = []
        self._otherwise: list[str | Variable] | None = None

    def fault(self, code: str, at: int, **params: Any) -> None:
        self._faults.append(TextFault(code, at, params))

    def add(self, part: str | Variable) -> None:
        if self._inside is None:
            self._parts.append(part)
        else:
            (self._then if self._otherwise is None else self._otherwise).append(part)

    def words(self, text: str, start: int, end: int) -> None:
        """What stands between two tags; half a tag in it is a slip of the pen."""
        words = text[start:end]
        if not words:
            return
        if (at := words.find(_CLOSE)) >= 0:
            self.fault("close", start + at)
        for match in _ONE_BRACE.finditer(words):
            self.fault("one_brace", start + match.start(), name=match["name"])
        self.add(words)

    def tag(self, inside: str, at: int) -> None:
        if inside == "else":
            self._else(at)
        elif inside == "/if":
            self._end(at)
        elif match := _IF.fullmatch(inside):
            self._begin(match["name"], at)
        elif NAME.fullmatch(inside) and inside not in RESERVED:
            self.add(Variable(inside))
        else:
            self.fault("tag", at, value=shown(inside))

    def _begin(self, name: str, at: int) -> None:
        if not NAME.fullmatch(name) or name in RESERVED:
            self.fault("tag", at, value=shown(name))
        if self._inside is not None:
            self.fault("nested", at)
            return
        self._inside, self._opened_at = name, at
        self._then, self._otherwise = [], None

    def _else(self, at: int) -> None:
        if self._inside is None or self._otherwise is not None:
            self.fault("else", at)
        else:
            self._otherwise = []

    def _end(self, at: int) -> None:
        if self._inside is None:
            self.fault("end", at)
            return
        self._parts.append(Condition(self._inside, tuple(self._then), tuple(self._otherwise or ())))
        self._inside = None

    def done(self) -> tuple[CannedText, tuple[TextFault, ...]]:
        if self._inside is not None:
            self.fault("if_open", self._opened_at)
            self._parts.append(Condition(self._inside, tuple(self._then), tuple(self._otherwise or ())))
        return CannedText(tuple(self._parts)), tuple(sorted(self._faults, key=lambda fault: fault.at))


def _names(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Variable):
            yield part.name
        elif isinstance(part, Condition):
            yield part.name
            yield from _names((*part.then, *part.otherwise))


def _filled(part: Part, values: Mapping[str, str]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Variable):
        return values.get(part.name, "")
    return _said(part.then if values.get(part.name, "").strip() else part.otherwise, values)


def _said(parts: tuple[str | Variable, ...], values: Mapping[str, str]) -> str:
    return "".join(_filled(part, values) for part in parts)
