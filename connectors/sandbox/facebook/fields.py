"""The `fields` parameter: names, modifiers and nested fields, as in `id,comments.filter(stream).limit(5){id,from}`.

Source: Meta's "Field expansion".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.sandbox.facebook.errors import GraphError

MAX_DEPTH = 6
_NAME = re.compile(r"\w+", re.ASCII)
_MODIFIER = re.compile(r"\.(\w+)\(([^(){}]*)\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """One wanted field; `inner` is empty where the defaults are wanted."""

    name: str
    modifiers: Mapping[str, str] = field(default_factory=dict)
    inner: tuple["Field", ...] = ()

    def __str__(self) -> str:
        modifiers = "".join(f".{name}({value})" for name, value in self.modifiers.items())
        return self.name + modifiers + (f"{{{','.join(map(str, self.inner))}}}" if self.inner else "")


def plain(names: Iterable[str]) -> tuple[Field, ...]:
    """Fields without anything further."""
    return tuple(Field(name) for name in names)


def parse(text: str) -> tuple[Field, ...]:
    """The fields that `text` asks for. Raises the syntax error, code 2500."""
    reader = _Reader(text)
    found = reader.several(0)
    if not reader.at_end:
        raise reader.error("end of string")
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = re.sub(r"\s+", "", text)
        self._at = 0

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._text)

    def error(self, expected: str) -> GraphError:
        there = self._text[self._at : self._at + 1] or "end of string"
        return GraphError(
            2500,
            f'Syntax error "Expected {expected} instead of "{there}"." at character {self._at}: {self._text[:200]}',
        )

    def _take(self, sign: str) -> bool:
        taken = self._text.startswith(sign, self._at)
        self._at += len(sign) if taken else 0
        return taken

    def several(self, depth: int) -> tuple[Field, ...]:
        if depth > MAX_DEPTH:
            raise self.error("fewer levels")
        found = [self._one(depth)]
        while self._take(","):
            found.append(self._one(depth))
        return tuple(found)

    def _one(self, depth: int) -> Field:
        name = _NAME.match(self._text, self._at)
        if name is None:
            raise self.error("string")
        self._at = name.end()
        modifiers: dict[str, str] = {}
        inner: tuple[Field, ...] = ()
        while True:
            if modifier := _MODIFIER.match(self._text, self._at):
                self._at = modifier.end()
                modifiers[modifier[1]] = modifier[2]
            elif self._take("{"):
                inner = self.several(depth + 1)
                if not self._take("}"):
                    raise self.error('"}"')
            else:
                return Field(name[0], modifiers, inner)
