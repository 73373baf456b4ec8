"""The file of a what-if: texts with what else they are, as CSV. What can't be used is named by its line."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import regex
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.replies.drafts import LONGEST
from desk.common.errors import Invalid
from desk.inboxes.gateway import all_networks
from policies.facts import Visibility

LARGEST = 20_000_000  # bytes
MOST_LINES = 100_000
MOST_NAMED = 100  # of the lines that can't be used; the others are counted
NEEDED = ("text", "network", "visibility", "language")
KNOWN = (*NEEDED, "team", "agent")
LONGEST_OF = {"text": LONGEST, "team": 80, "agent": 150}
REASONS: Mapping[str, Promise] = {
    "columns": gettext_lazy("It has more or fewer columns than the first line."),
    "empty": gettext_lazy("There is no text."),
    "too_long": gettext_lazy("It is longer than any network takes."),
    "name_too_long": gettext_lazy("It is longer than a name."),
    "network": gettext_lazy("The desk knows no network of this name."),
    "visibility": gettext_lazy("It must be public or private."),
    "language": gettext_lazy("It must be a code of two letters, such as nl, or empty."),
    "character": gettext_lazy("It holds a character that can't be kept."),
    "unreadable": gettext_lazy("It can't be read as CSV."),
}
_LANGUAGE = regex.compile(r"(?:[a-z]{2}(?:-[a-z]{2})?)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One text of a file. `number` is the line on which it begins, from 1."""

    number: int
    text: str
    network: str
    visibility: str
    language: str
    team: str
    agent: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that can't be used: in which column, and why (one of REASONS)."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    rows: list[Row]
    refused: list[Refused]


def read(raw: bytes) -> Read:
    """The rows of a file. Raises Invalid where the file as a whole can't be used."""
    if len(raw) > LARGEST:
        raise _refusal(_("The file is larger than %(size)d MB. Split it.") % {"size": LARGEST // 1_000_000})
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refusal(_("The file is not in UTF-8. Save it as “CSV UTF-8” and try again.")) from None
    rows: list[Row] = []
    refused: list[Refused] = []
    for found in _rows(text):
        if isinstance(found, Refused):
            refused.append(found)
            continue
        rows.append(found)
        if len(rows) > MOST_LINES:
            raise _refusal(_("The file has more than %(count)d texts. Split it.") % {"count": MOST_LINES})
    if not rows and not refused:
        raise _refusal(_("There is no text in this file."))
    return Read(rows, refused)


def _rows(text: str) -> Iterator[Row | Refused]:
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","  # as spreadsheets write it in Dutch
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns: list[str] = []
    networks = frozenset(one.slug for one in all_networks())
    while True:
        number = lines.line_num + 1
        try:
            values = next(lines)
        except StopIteration:
            return
        except csv.Error:
            if not columns:
                raise _refusal(_("The file can't be read as CSV.")) from None
            yield Refused(number, "", "unreadable")
            continue
        if not columns:
            columns = _columns(values)
        elif values:
            yield _row(number, columns, values, networks)


def _columns(values: list[str]) -> list[str]:
    columns = [value.strip().casefold() for value in values]
    if missing := [name for name in NEEDED if name not in columns]:
        raise _refusal(
            _("The first line must name the columns. These are missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    if unknown := [name for name in columns if name not in KNOWN]:
        raise _refusal(
            _("These columns are not known: %(names)s. Use %(known)s.")
            % {"names": ", ".join(unknown)[:200], "known": ", ".join(KNOWN)}
        )
    if len(set(columns)) < len(columns):
        raise _refusal(_("The first line names a column twice."))
    return columns


def _row(number: int, columns: list[str], values: list[str], networks: frozenset[str]) -> Row | Refused:
    if len(values) != len(columns):
        return Refused(number, "", "columns")
    given = dict(zip(columns, values, strict=True))
    if kept := next((name for name, value in given.items() if "\x00" in value), ""):
        return Refused(number, kept, "character")
    text = given.pop("text").replace("\r\n", "\n")
    plain = {name: value.strip() for name, value in given.items()}
    network, visibility, language = plain["network"].lower(), plain["visibility"].lower(), plain["language"].lower()
    if not text.strip():
        return Refused(number, "text", "empty")
    for name, value in {**plain, "text": text}.items():
        if len(value) > LONGEST_OF.get(name, 80):
            return Refused(number, name, "too_long" if name == "text" else "name_too_long")
    if network not in networks:
        return Refused(number, "network", "network")
    if visibility not in tuple(Visibility):
        return Refused(number, "visibility", "visibility")
    if not _LANGUAGE.fullmatch(language):
        return Refused(number, "language", "language")
    return Row(number, text, network, visibility, language, plain.get("team", ""), plain.get("agent", ""))


def _refusal(words: str) -> Invalid:
    return Invalid(words, errors={"file": [words]})
