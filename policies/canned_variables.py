"""The variables of canned responses: what the desk fills in, what a company adds, and how a value is written.

A variable has a type (text, number, date, choice), perhaps a default, and is asked of the agent where it is required
and nothing is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import regex

from policies.canned_problems import CannedFault

LONGEST_VALUE = 500  # characters of a text that may be asked for
USUAL_LONGEST = 40
_LONGEST_NUMBER = "1000000,00"
_NUMBER = regex.compile(r"-?[0-9]{1,12}(?:[.,][0-9]{1,2})?")
_DATE = regex.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FILLER = "m"  # as wide as a letter gets where width counts, and one by every count of length
_POINT_LANGUAGES = frozenset({"en"})  # those that write 12.50 and not 12,50
_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}


class BuiltIn(StrEnum):
    """What the desk knows of a ticket. Each may be empty but for the agent, the company and the ticket."""

    CUSTOMER = "customer"  # first name
    AGENT = "agent"  # first name
    COMPANY = "company"
    TICKET = "ticket"  # our number
    REFERENCE = "reference"  # order or booking, as the customer named it last
    OPENING_HOURS = "opening_hours"


class Type(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. `longest` is in characters and only for text; `choices` only for a choice."""

    name: str
    type: Type = Type.TEXT
    label: str = ""
    default: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    longest: int = USUAL_LONGEST

    @property
    def built_in(self) -> bool:
        return self.name in tuple(BuiltIn)

    @property
    def question(self) -> str:
        """What an agent is asked for."""
        return self.label or self.name.replace("_", " ").capitalize()

    def problem(self, value: str, path: str) -> CannedFault | None:
        """Why a value that was typed can't be used; None where it can. An empty one is no value."""
        if not value:
            return None
        if self.type is Type.NUMBER:
            return None if _NUMBER.fullmatch(value) else CannedFault(path, "value.number")
        if self.type is Type.DATE:
            return None if _day(value) else CannedFault(path, "value.date")
        if self.type is Type.CHOICE:
            known = {"known": ", ".join(self.choices)}
            return None if value in self.choices else CannedFault(path, "value.choice", known)
        return CannedFault(path, "value.long", {"most": self.longest}) if len(value) > self.longest else None

    def written(self, value: str, language: str) -> str:
        """A value without a problem as it stands in a sentence of that language."""
        if self.type is Type.NUMBER:
            return value.replace(",", ".") if language in _POINT_LANGUAGES else value.replace(".", ",")
        if self.type is Type.DATE and (day := _day(value)):
            return _spoken(day, language)
        return value

    def longest_value(self, language: str) -> str:
        """As long as a value may plausibly be."""
        if self.type is Type.NUMBER:
            found = _LONGEST_NUMBER
        elif self.type is Type.DATE:
            found = max((_spoken(date(2000, month, 28), language) for month in range(1, 13)), key=len)
        elif self.type is Type.CHOICE:
            found = max(self.choices, key=len, default="")
        else:
            found = _FILLER * self.longest
        return max(found, self.written(self.default, language), key=len)


def cleaned(value: str) -> str:
    """A value on one line, without spaces around it and without what no network takes."""
    return " ".join("".join(one if one.isprintable() else " " for one in value).split())


def filler(length: int) -> str:
    """A word of that many characters, for what nobody has written yet."""
    return _FILLER * length


def written_values(
    variables: Mapping[str, Variable], given: Mapping[str, str], known: Mapping[str, str], language: str
) -> dict[str, str]:
    """Every value as it stands in a text: what the agent gave, else what the desk knows, else the default."""
    values = {name: value for name, value in known.items() if value}
    for name, variable in variables.items():
        value = given.get(name, "") or values.get(name, "") or variable.default
        values[name] = variable.written(value, language)
    return values


def value_faults(
    variables: Mapping[str, Variable], used: tuple[str, ...], given: Mapping[str, str], known: Mapping[str, str]
) -> tuple[CannedFault, ...]:
    """What is wrong with the values for a text that uses these variables; `value.missing` for what must be asked."""
    faults = [CannedFault(name, "value.unknown") for name in given if name not in variables]
    for name in used:
        variable = variables.get(name)
        if variable is None:
            continue
        if fault := variable.problem(given.get(name, ""), name):
            faults.append(fault)
        elif variable.required and not (given.get(name) or known.get(name) or variable.default):
            faults.append(CannedFault(name, "value.missing"))
    return tuple(faults)


def _day(value: str) -> date | None:
    if not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _spoken(day: date, language: str) -> str:
    month = _MONTHS.get(language, _MONTHS["en"]).split()[day.month - 1]
    return f"{day.day}{'.' if language == 'de' else ''} {month} {day.year}"
