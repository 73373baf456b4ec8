"""What a canned response says: its texts by language and network, the language to fall back on, and its variables.

`parse` reads the form that people and programs write, and refuses it with everything that is wrong with it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.canned_problems import CannedFault, CannedRefused
from policies.canned_text import NAME, RESERVED, CannedText, read
from policies.canned_variables import LONGEST_VALUE, USUAL_LONGEST, BuiltIn, Type, Variable
from policies.form_problems import shown
from policies.language import LANGUAGES
from policies.variation import wordings

LONGEST = 5_000  # characters of a text
MOST_TEXTS, MOST_VARIABLES, MOST_CHOICES = 40, 20, 30
LONGEST_LABEL, LONGEST_CHOICE = 80, 100
MOST_FAULTS = 10  # that are told of one text
_TEXT_KEYS = ("language", "network", "text")
_VARIABLE_KEYS = ("name", "type", "label", "default", "required", "choices", "longest")


@dataclass(frozen=True, slots=True)
class Variant:
    """One text. An empty `network` is every network that has no text of its own."""

    language: str
    network: str
    source: str
    text: CannedText

    @property
    def first(self) -> CannedText:
        """Of the wordings that it offers (`policies.variation`) the first: what one person says to one other."""
        return read(wordings(self.source, 1)[0])[0] if "[" in self.source else self.text

    def as_json(self) -> dict[str, str]:
        return {"language": self.language, "network": self.network, "text": self.source}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The text for a customer. `fell_back`: there is none in the customer's language."""

    variant: Variant
    fell_back: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """All that a canned response says."""

    variants: tuple[Variant, ...]
    fallback: str
    variables: Mapping[str, Variable]  # those that were declared; built-in ones need not be

    def choose(self, language: str, network: str) -> Chosen:
        """The text in this language, for this network where it has one; else that of the language to fall back on."""
        for wanted in (language, self.fallback):
            for place in dict.fromkeys((network, "")):
                if found := self._find(wanted, place):
                    return Chosen(found, fell_back=wanted != language)
        raise LookupError("a canned response without a text to fall back on")  # parse refuses it

    def _find(self, language: str, network: str) -> Variant | None:
        return next((one for one in self.variants if (one.language, one.network) == (language, network)), None)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.language for one in self.variants))

    def texts_form(self) -> list[dict[str, str]]:
        return [one.as_json() for one in self.variants]

    def variables_form(self) -> list[dict[str, Any]]:
        return [
            {
                "name": one.name,
                "type": str(one.type),
                "label": one.label,
                "default": one.default,
                "required": one.required,
                "choices": list(one.choices),
                "longest": one.longest,
            }
            for one in self.variables.values()
        ]


def parse(texts: object, fallback: object, variables: object, networks: Collection[str]) -> Definition:
    """The definition that a form describes; `networks` are the slugs that there are. Raises CannedRefused."""
    reading = _Reading(tuple(networks))
    declared = reading.variables(variables)
    variants = reading.texts(texts, declared)
    language = reading.language("fallback", fallback)
    general = {one.language for one in variants if not one.network}
    if variants and not reading.faults and language not in general:
        reading.wrong("fallback", "fallback")
    if reading.faults:
        raise CannedRefused(reading.faults)
    return Definition(variants, language, declared)


class _Reading:
    """A form being read: each part gives what it says, or something harmless and a fault more."""

    def __init__(self, networks: tuple[str, ...]) -> None:
        self.networks = networks
        self.faults: list[CannedFault] = []

    def wrong(self, path: str, code: str, **params: Any) -> None:
        self.faults.append(CannedFault(path, code, params))

    # ── texts ────────────────────────────────────────────────────────────────
    def texts(self, given: object, declared: Mapping[str, Variable]) -> tuple[Variant, ...]:
        rows = self.rows("texts", given, MOST_TEXTS, "texts.many")
        if rows is not None and not rows:
            self.wrong("texts", "texts.none")
        found: dict[tuple[str, str], Variant] = {}
        for path, row in self.objects("texts", rows or (), _TEXT_KEYS):
            language = self.language(f"{path}.language", row.get("language"))
            network = self.network(f"{path}.network", row.get("network", ""))
            source = row.get("text")
            source = source.strip().replace("\r\n", "\n") if isinstance(source, str) else ""
            if not 1 <= len(source) <= LONGEST or "\x00" in source:
                self.wrong(f"{path}.text", "text.length", most=LONGEST)
                source = ""
            if (language, network) in found:
                self.wrong(f"{path}.language", "texts.twice")
            found[language, network] = Variant(language, network, source, self.text(f"{path}.text", source, declared))
        return tuple(found.values())

    def text(self, path: str, source: str, declared: Mapping[str, Variable]) -> CannedText:
        text, faults = read(source)
        for fault in faults[:MOST_FAULTS]:
            self.wrong(path, f"text.{fault.code}", **fault.params, **fault.place(source))
        known = tuple(dict.fromkeys((*BuiltIn, *declared)))
        for name in text.names:
            if name not in known:
                self.wrong(path, "text.unknown", name=name, known=", ".join(known))
        return text

    def language(self, path: str, given: object) -> str:
        if isinstance(given, str) and given in LANGUAGES:
            return given
        self.wrong(path, "language", known=", ".join(LANGUAGES))
        return LANGUAGES[0]

    def network(self, path: str, given: object) -> str:
        if isinstance(given, str) and (not given or given in self.networks):
            return given
        self.wrong(path, "network", value=shown(given), known=", ".join(self.networks))
        return ""

    # ── variables ────────────────────────────────────────────────────────────
    def variables(self, given: object) -> dict[str, Variable]:
        rows = self.rows("variables", given, MOST_VARIABLES, "variables.many")
        found: dict[str, Variable] = {}
        for path, row in self.objects("variables", rows or (), _VARIABLE_KEYS):
            variable = self.variable(path, row)
            if variable.name in found:
                self.wrong(f"{path}.name", "variable.twice")
            found[variable.name] = variable
        return found

    def variable(self, path: str, row: Mapping[str, Any]) -> Variable:
        name, kind = row.get("name"), self.type(f"{path}.type", row.get("type", Type.TEXT))
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
            self.wrong(f"{path}.name", "variable.name")
            name = ""
        variable = Variable(
            name=name,
            type=kind,
            label=self.line(f"{path}.label", row.get("label", ""), LONGEST_LABEL),
            default=self.line(f"{path}.default", row.get("default", ""), LONGEST_VALUE),
            required=self.switch(f"{path}.required", row.get("required", False)),
            choices=self.choices(f"{path}.choices", row.get("choices", []), kind),
            longest=self.longest(f"{path}.longest", row.get("longest", USUAL_LONGEST)),
        )
        if variable.built_in and kind is not Type.TEXT:
            self.wrong(f"{path}.type", "variable.built_in")
        if fault := variable.problem(variable.default, f"{path}.default"):
            self.faults.append(fault)
        return variable

    def type(self, path: str, given: object) -> Type:
        if isinstance(given, str) and given in tuple(Type):
            return Type(given)
        self.wrong(path, "variable.type", known=", ".join(Type))
        return Type.TEXT

    def choices(self, path: str, given: object, kind: Type) -> tuple[str, ...]:
        entries = tuple(given) if isinstance(given, list | tuple) else (None,)
        if kind is not Type.CHOICE:
            if entries:
                self.wrong(path, "variable.no_choices")
            return ()
        fine = [one for one in entries if isinstance(one, str) and one and _one_line(one, LONGEST_CHOICE)]
        if len(set(fine)) < len(entries) or not 2 <= len(entries) <= MOST_CHOICES:
            self.wrong(path, "variable.choices", most=MOST_CHOICES)
        return tuple(fine)

    def longest(self, path: str, given: object) -> int:
        if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= LONGEST_VALUE:
            return given
        self.wrong(path, "variable.longest", most=LONGEST_VALUE)
        return USUAL_LONGEST

    # ── what the parts share ─────────────────────────────────────────────────
    def rows(self, path: str, given: object, most: int, too_many: str) -> Sequence[object] | None:
        if not isinstance(given, list | tuple):
            self.wrong(path, "list")
            return None
        if len(given) > most:
            self.wrong(path, too_many, most=most)
            return given[:most]
        return given

    def objects(
        self, path: str, rows: Sequence[object], keys: tuple[str, ...]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for place, row in enumerate(rows):
            if not isinstance(row, Mapping):
                self.wrong(f"{path}.{place}", "object", known=", ".join(keys))
                continue
            for key in row:
                if key not in keys:
                    self.wrong(f"{path}.{place}", "key", key=shown(key), known=", ".join(keys))
            yield f"{path}.{place}", row

    def line(self, path: str, given: object, most: int) -> str:
        if isinstance(given, str) and _one_line(given, most):
            return given.strip()
        self.wrong(path, "string", most=most)
        return ""

    def switch(self, path: str, given: object) -> bool:
        if isinstance(given, bool):
            return given
        self.wrong(path, "switch")
        return False


def _one_line(given: str, most: int) -> bool:
    return len(given) <= most and (given.isprintable() or not given)
