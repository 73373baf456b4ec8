"""What is wrong with a form that a person wrote: where, and in words. Each kind of form brings its own messages."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from policies.messages import worded

_LONGEST_SHOWN = 60  # characters of a wrong value


@dataclass(frozen=True)
class FormFault:
    """One thing to correct. `path` leads to it through the form; it is empty for all of it."""

    messages: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    path: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def said(self, language: str) -> str:
        """The message in a language, in English where the language is not known."""
        return worded(self.messages[self.code], language, **self.params)


class FormRefused(ValueError):
    """A form that can't be used, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[FormFault]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(f"{path}: {sentence}" if path else sentence for path, sentence in self.said("en")))

    def said(self, language: str) -> tuple[tuple[str, str], ...]:
        """Each path with its sentence, in English where the language is not known."""
        return tuple((problem.path, problem.said(language)) for problem in self.problems)


def shown(value: object) -> str:
    """A wrong value of the form as its message quotes it: on one line, never long, and never half a surrogate pair."""
    text = " ".join((value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).split())
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
