"""What a company may set about a rule: each option with its kind, default, bounds and help in both languages.

An option reads a value of a rulebook into what its rule uses, compiled once; `plain` gives back what was written. A
value that can't be read is named with its path and gives the default, so that all problems are said at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from policies.form_problems import shown
from policies.hosts import Hosts, host_problem
from policies.phrases import Phrases, has_a_word, phrases_of
from policies.reference_patterns import Patterns, pattern_problem
from policies.text_safety import store_safe

Options = Mapping[str, Any]  # by name, as the option's `read` gives them
RESERVED = frozenset({"enabled", "severity", "overrides", "when"})

LONGEST_TEXT = 200  # characters of one entry
MOST_ENTRIES = 1_000


class Complaints(Protocol):
    """Where an option says what is wrong."""

    def wrong(self, path: str, code: str, **params: Any) -> None: ...


@dataclass(frozen=True)
class Option:
    """One thing that can be set. `en` and `nl` say what it is for, as a form shows them beside the field."""

    kind: ClassVar[str]

    name: str
    en: str
    nl: str

    @property
    def default(self) -> Any:
        """As a rulebook would write it."""
        raise NotImplementedError

    def read(self, value: Any, path: str, complaints: Complaints) -> Any:
        """What the rule uses. Names what is wrong with `value`, and then reads the default."""
        raise NotImplementedError

    def plain(self, read: Any) -> Any:
        """What was read, as a rulebook writes it."""
        return read

    def bounds(self) -> Mapping[str, Any]:
        return {}

    def as_json(self) -> dict[str, Any]:
        """For editors of rulebooks and the API."""
        return {
            "name": self.name,
            "kind": self.kind,
            "default": self.default,
            "help": {"en": self.en, "nl": self.nl},
            **self.bounds(),
        }


@dataclass(frozen=True)
class Number(Option):
    """A whole number within bounds."""

    kind = "number"

    preset: int = 0
    least: int = 0
    most: int = 1_000

    @property
    def default(self) -> int:
        return self.preset

    def read(self, value: Any, path: str, complaints: Complaints) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return value
        complaints.wrong(path, "number", value=shown(value), least=self.least, most=self.most)
        return self.preset

    def bounds(self) -> Mapping[str, Any]:
        return {"least": self.least, "most": self.most}


@dataclass(frozen=True)
class Names(Option):
    """A list of short texts, each of which stands for itself: account names, roles, parameters of an address."""

    kind = "names"
    example: ClassVar[str] = '["one", "two"]'

    preset: tuple[str, ...] = ()
    most: int = MOST_ENTRIES
    needed: bool = False  # the rule does nothing without an entry

    @property
    def default(self) -> list[str]:
        return list(self.preset)

    def read(self, value: Any, path: str, complaints: Complaints) -> Any:
        return self.compiled(tuple(self._entries(value, path, complaints)))

    def plain(self, read: Any) -> list[str]:
        return list(read)

    def bounds(self) -> Mapping[str, Any]:
        return {"most": self.most, "longest": LONGEST_TEXT, "needed": self.needed}

    def compiled(self, entries: tuple[str, ...]) -> Any:
        """The entries as the rule uses them."""
        return entries

    def problem(self, entry: str) -> tuple[str, Mapping[str, Any]] | None:
        """What is wrong with one entry: the code and the parameters of its message."""
        return None

    def _entries(self, value: Any, path: str, complaints: Complaints) -> Sequence[str]:
        if not isinstance(value, list):
            complaints.wrong(path, "list", value=shown(value), example=self.example)
            return self.preset
        if len(value) > self.most:
            complaints.wrong(path, "too_many", number=len(value), most=self.most)
            return self.preset
        read: dict[str, str] = {}
        for place, entry in enumerate(value):
            at = f"{path}[{place}]"
            if not isinstance(entry, str) or not 1 <= len(entry.strip()) <= LONGEST_TEXT:
                complaints.wrong(at, "text", value=shown(entry), least=1, most=LONGEST_TEXT)
            elif store_safe(entry) != entry:
                complaints.wrong(at, "characters", value=shown(store_safe(entry)))
            elif entry.strip().casefold() in read:
                complaints.wrong(at, "twice", value=shown(entry))
            elif problem := self.problem(entry.strip()):
                code, params = problem
                complaints.wrong(at, code, **params)
            else:
                read[entry.strip().casefold()] = entry.strip()
        return tuple(read.values())


@dataclass(frozen=True)
class HostList(Names):
    """Domains; each stands for its subdomains too."""

    kind = "hosts"
    example = '["example.nl"]'

    def compiled(self, entries: tuple[str, ...]) -> Hosts:
        return Hosts(entries)

    def plain(self, read: Hosts) -> list[str]:
        return list(read.entries)

    def problem(self, entry: str) -> tuple[str, Mapping[str, Any]] | None:
        return ("host", {"value": shown(entry)}) if host_problem(entry) else None


@dataclass(frozen=True)
class PhraseList(Names):
    """Words and phrases, found whatever their case, accents and simple inflection; in quotation marks as they stand."""

    kind = "phrases"
    example = '["no problem", "\\"exactly this\\""]'

    def compiled(self, entries: tuple[str, ...]) -> Phrases:
        return phrases_of(entries)

    def plain(self, read: Phrases) -> list[str]:
        return list(read.entries)

    def problem(self, entry: str) -> tuple[str, Mapping[str, Any]] | None:
        return None if has_a_word(entry) else ("phrase", {"value": shown(entry)})


@dataclass(frozen=True)
class PatternList(Names):
    """Patterns of the company's own references, in the small language of `reference_patterns`."""

    kind = "patterns"
    example = '["VL-\\\\d{6}"]'

    most: int = 50

    def compiled(self, entries: tuple[str, ...]) -> Patterns:
        return Patterns(entries)

    def plain(self, read: Patterns) -> list[str]:
        return list(read.entries)

    def problem(self, entry: str) -> tuple[str, Mapping[str, Any]] | None:
        if found := pattern_problem(entry):
            return f"pattern_{found.reason}", {"value": shown(entry), **found.params}
        return None
