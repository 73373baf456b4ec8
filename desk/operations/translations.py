"""The desk's own words in other languages, without a system gettext: Babel reads the sources and writes .po and .mo.

The .po files are where translators work; the .mo files are made from them and kept beside them in the repository, so
that a clean clone speaks every language at once. `check` says when either is out of date.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import template

from desk.inboxes.gateway import NetworkError, all_networks

SOURCES = (("desk", "*.py"), ("templates", "*.html"), ("templates", "*.txt"), ("connectors", "*.py"))
OUTSIDE = Path("connectors/sandbox")  # a service of its own, whose pages are no screens of the desk
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)  # Babel writes a date; today's would make the same words other bytes
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES if code != "en")  # English is what the sources say


@dataclass(frozen=True, slots=True)
class Files:
    """One language on disk."""

    language: str

    @property
    def po(self) -> Path:
        return Path(settings.LOCALE_PATHS[0]) / self.language / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")

    def read(self) -> Catalog:
        """What is kept; empty for a language that is just beginning."""
        if not self.po.exists():
            return Catalog(locale=self.language)
        with self.po.open("rb") as file:
            return read_po(file, locale=self.language)

    def updated(self, found: Catalog) -> Catalog:
        """What is kept, with the sources' present messages: new ones are empty, gone ones are dropped."""
        catalog = self.read()
        catalog.fuzzy = False
        catalog.update(found, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        return catalog

    def write(self, catalog: Catalog) -> None:
        self.po.parent.mkdir(parents=True, exist_ok=True)
        self.po.write_bytes(po_bytes(catalog))
        self.mo.write_bytes(mo_bytes(catalog))


def update() -> dict[str, list[str]]:
    """Bring the files of every language up to date; the messages that still lack a translation, by language."""
    found = messages()
    missing = {}
    for language in LANGUAGES:
        files = Files(language)
        catalog = files.updated(found)
        files.write(catalog)
        missing[language] = untranslated(catalog)
    return missing


def check() -> list[str]:
    """What is wrong, one sentence each: a message without translation, a file that is out of date. Writes nothing."""
    found = messages()
    problems = [
        f"{place}: words inside of an f-string are not found. Take them out of it."
        for place in _words_in_f_strings(Path(settings.BASE_DIR))
    ]
    for language in LANGUAGES:
        files = Files(language)
        catalog = files.updated(found)
        problems += [f"{language}: no translation of “{text}”." for text in untranslated(catalog)]
        problems += [
            f"{language}: “{text}” and its translation differ in their {{}} or %() places."
            for text in misplaced(catalog)
        ]
        if not files.po.exists() or po_bytes(catalog) != files.po.read_bytes():
            problems.append(f"{language}: {files.po.name} is not what the sources say. Run manage.py translations.")
        if not files.mo.exists() or mo_bytes(files.read()) != files.mo.read_bytes():
            problems.append(
                f"{language}: {files.mo.name} was not made from {files.po.name}. Run manage.py translations."
            )
    return problems


def messages() -> Catalog:
    """Every message in the sources, with the files that say it."""
    catalog = Catalog(project="Balie", charset="utf-8")
    catalog.add("", "")
    root = Path(settings.BASE_DIR)
    keywords = {**KEYWORDS, **dict.fromkeys(_names_of_refusals(root))}
    for folder, pattern in SOURCES:
        for path in sorted((root / folder).rglob(pattern)):
            if OUTSIDE in path.relative_to(root).parents:
                continue
            said_in = [(path.relative_to(root).as_posix(), 1)]
            for _line, text, comments, context in extract("python", io.BytesIO(_as_python(path)), keywords):
                catalog.add(text, locations=said_in, auto_comments=comments, context=context)
    for text in _words_of_networks():
        catalog.add(text, locations=[("connectors", 1)])
    return catalog


def untranslated(catalog: Catalog) -> list[str]:
    """Messages of which a translation, or one of its plural forms, is missing."""
    return [_name(message) for message in catalog if message.id and not all(_forms(message))]


def misplaced(catalog: Catalog) -> list[str]:
    """Messages whose translation fills in other values than the original."""
    return [_name(message) for message in catalog if message.id and message.python_format and message.check(catalog)]


def po_bytes(catalog: Catalog) -> bytes:
    """The .po file, without dates and line numbers, so that it changes only when words do."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, sort_output=True, omit_header=True, include_lineno=False)
    header = f'msgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'{header}"Plural-Forms: {catalog.plural_forms}\\n"\n\n'.encode() + out.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The .mo file of exactly what `po_bytes` keeps."""
    out = io.BytesIO()
    kept = read_po(io.BytesIO(po_bytes(catalog)), locale=catalog.locale)
    kept.creation_date = kept.revision_date = NO_DATE
    write_mo(out, kept)
    return out.getvalue()


def _as_python(path: Path) -> bytes:
    """Django itself turns a template into something that a reader of Python understands; indents mean nothing there."""
    source = path.read_bytes()
    if path.suffix == ".py":
        return source
    lines = template.templatize(source.decode()).splitlines()
    return "\n".join(line.strip() for line in lines).encode()


def _words_of_networks() -> Iterator[str]:
    """Connectors describe their fields in English and know nothing of translation."""
    for network in all_networks():
        for field in network.credential_fields:
            yield from filter(None, (field.label, field.help))
        for option in getattr(network, "option_fields", ()):
            yield from filter(None, (option.label, option.help, *(label for _value, label in option.choices)))


def _names_of_refusals(root: Path) -> set[str]:
    """The classes of errors whose first argument is a sentence that people read, by what the sources say.

    A connector's are loaded only when somebody calls its network.
    """
    bases: dict[str, set[str]] = {}
    for path in (path for folder in ("connectors", "desk") for path in (root / folder).rglob("*.py")):
        if OUTSIDE in path.relative_to(root).parents:
            continue
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.ClassDef):  # two modules may each have one of this name
                of = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                bases.setdefault(node.name, set()).update(of)
    names = {NetworkError.__name__}
    while more := {name for name, of in bases.items() if of & names} - names:
        names |= more
    return names


def _words_in_f_strings(root: Path) -> Iterator[str]:
    """Where a translation is asked for within an f-string, which up to Python 3.11 is one word to the reader above."""
    for path in sorted((root / "desk").rglob("*.py")):
        for text in (node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.JoinedStr)):
            for call in (node for node in ast.walk(text) if isinstance(node, ast.Call)):
                if isinstance(call.func, ast.Name) and call.func.id in KEYWORDS:
                    yield f"{path.relative_to(root)}:{text.lineno}"


def _forms(message: Message) -> Sequence[str | None]:
    return [message.string] if isinstance(message.string, str | None) else message.string


def _name(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]
