"""What a rule has to say about a reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Severity(StrEnum):
    BLOCK = "block"  # can't leave
    APPROVE = "approve"  # leaves once somebody else has agreed
    WARN = "warn"  # leaves; the agent is told


GRAVITY: Mapping[str, int] = {severity: place for place, severity in enumerate(Severity)}


class FixKind(StrEnum):
    MOVE_TO_PRIVATE = "move_to_private"  # the same text, where only the customer reads it
    MASK = "mask"
    SHORTEN = "shorten"
    DELETE = "delete"
    REPLACE = "replace"
    ADD = "add"
    DESCRIBE = "describe"  # by hand: the words that go with an attachment


@dataclass(frozen=True, slots=True)
class Fix:
    """What would mend it in one step: put `text` for what stands from `start` to `end` (code points).

    `attachment` is the number of the one that it is about, from 1; 0: it is about the text.
    """

    kind: FixKind
    start: int = 0
    end: int = 0
    text: str = ""
    attachment: int = 0

    def applied(self, text: str) -> str:
        """The mended text."""
        return text[: self.start] + self.text + text[self.end :]

    def as_json(self) -> dict[str, Any]:
        plain = {"kind": str(self.kind), "start": self.start, "end": self.end, "text": self.text}
        return {**plain, "attachment": self.attachment} if self.attachment else plain


MOVE_TO_PRIVATE = Fix(FixKind.MOVE_TO_PRIVATE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a text from `start` to `end` (code points; both 0 where it is about the whole)."""

    code: str
    severity: Severity
    message: str
    start: int = 0
    end: int = 0
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    fixes: tuple[Fix, ...] = ()  # the best one first

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """Gravest first, then as the text runs."""
        return GRAVITY[self.severity], self.start, self.end, self.code

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message,
            "start": self.start,
            "end": self.end,
            "params": dict(self.params),
            "fixes": [fix.as_json() for fix in self.fixes],
        }
