"""The plain values of a rulebook's document, read one by one; what is wrong with one is noted with its path."""

from collections.abc import Mapping
from typing import Any

import regex

from policies.facts import Visibility
from policies.form_problems import FormFault, FormRefused, shown
from policies.rulebook_messages import MESSAGES
from policies.scopes import CRISIS, DIMENSIONS, LEVELS, RATINGS, When
from policies.text_safety import store_safe

LONGEST_NAME = 80  # characters of a brand, a team, a key
MOST_NAMED = 100  # values of one dimension of a scope
_NETWORK = regex.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE = regex.compile(r"[a-z]{2}")


class Problem(FormFault):
    """One thing of a rulebook to correct; the path is as in `rules.links.not_allowed.hosts[2]`."""

    messages = MESSAGES


class RulebookProblem(FormRefused):
    """A document that is no rulebook, with everything that is wrong with it."""


class Reading:
    """One document being read: each part gives what it says, or something harmless and a problem more."""

    def __init__(self) -> None:
        self.problems: list[FormFault] = []

    def wrong(self, path: str, code: str, **params: Any) -> None:
        self.problems.append(Problem(path, f"rulebook.{code}", params))

    def object(self, path: str, value: Any, known: tuple[str, ...]) -> Mapping[str, Any]:
        """The object at a path, without what is not known there."""
        if not isinstance(value, Mapping):
            self.wrong(path, "object", value=shown(value))
            return {}
        for key in value:
            if key not in known:
                self.wrong(within(path, key), "key_unknown", key=shown(key), known=", ".join(known))
        return {key: value[key] for key in known if key in value}

    def object_of(self, path: str, value: Any) -> Mapping[Any, Any]:
        """An object whose keys anybody may choose; an empty one where it is none."""
        if isinstance(value, Mapping) and value:
            return value
        if value != {}:
            self.wrong(path, "object", value=shown(value))
        return {}

    def list(self, path: str, value: Any, most: int, example: str) -> list[Any]:
        if not isinstance(value, list):
            self.wrong(path, "list", value=shown(value), example=example)
            return []
        if len(value) > most:
            self.wrong(path, "too_many", number=len(value), most=most)
            return []
        return value

    def text(self, path: str, value: Any, most: int, least: int = 1) -> str:
        if not isinstance(value, str) or not least <= len(value) <= most:
            self.wrong(path, "text", value=shown(value), least=least, most=most)
        elif store_safe(value) != value:
            self.wrong(path, "characters", value=shown(store_safe(value)))
        else:
            return value
        return ""

    def number(self, path: str, value: Any, least: int, most: int) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(path, "number", value=shown(value), least=least, most=most)
        return least

    def switch(self, path: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.wrong(path, "switch", value=shown(value))
        return value is True

    def choice(self, path: str, value: Any, known: tuple[str, ...]) -> str:
        if isinstance(value, str) and value in known:
            return value
        self.wrong(path, "choice", value=shown(value), known=", ".join(known))
        return known[0]

    def language(self, path: str, value: Any) -> str:
        return self.spelt(path, value, _LANGUAGE, "language")

    def network(self, path: str, value: Any) -> str:
        return self.spelt(path, value, _NETWORK, "network")

    def visibility(self, path: str, value: Any) -> str:
        return self.choice(path, value, tuple(map(str, Visibility)))

    def rating(self, path: str, value: Any) -> int:
        return self.number(path, value, RATINGS[0], RATINGS[-1])

    def name(self, path: str, value: Any) -> str:
        return self.text(path, value, LONGEST_NAME)

    def when(self, path: str, value: Any) -> When:
        """A scope. One that names nothing is refused where it must differ from the whole company."""
        named = self.object(path, value, DIMENSIONS)
        read = {
            "brand": self.name,
            "team": self.name,
            "network": self.network,
            "rating": self.rating,
            "language": self.language,
        }
        wanted = {
            dimension: self._values(within(path, dimension), named[dimension], read.get(dimension, self.visibility))
            for dimension in DIMENSIONS
            if dimension in named and dimension != CRISIS
        }
        level = self.number(within(path, CRISIS), named[CRISIS], LEVELS[0], LEVELS[-1]) if CRISIS in named else 0
        return When(**wanted, crisis_level=level)

    def _values(self, path: str, value: Any, read: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            return (read(path, value),)
        if not value:
            self.wrong(path, "list", value="[]", example='["nl"]')
        values = self.list(path, value, MOST_NAMED, "")
        return tuple(dict.fromkeys(read(f"{path}[{place}]", one) for place, one in enumerate(values)))

    def spelt(self, path: str, value: Any, form: "regex.Pattern[str]", code: str) -> str:
        """A text of this form; `code` says what it should have been."""
        if isinstance(value, str) and form.fullmatch(value):
            return value
        self.wrong(path, code, value=shown(value))
        return ""


def within(path: str, key: object) -> str:
    """The path of a key below a path."""
    return f"{path}.{shown(key)}" if path else shown(key)
