"""What is different between two versions of the rulebook, rule by rule, in the reader's language."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from desk.web.show.composer import KINDS
from desk.web.show.rulebook_words import FRAME, SIGNATURE, called, codes, facts, label_of
from policies.findings import Severity
from policies.plain_language import scope_in_plain_language, title_of
from policies.registry import RULES, Rule
from policies.rulebook import Rulebook
from policies.rulebook_diff import Change, diff
from policies.scopes import When

_RULE = re.compile(r"rules\.([a-z_]+\.[a-z_]+)\.([a-z_]+)")
_TEMPLATE = re.compile(r"templates\.([^.]+)(?:\.(.+))?")
Said = tuple[str, str]  # a label, which may be empty, and what stands there


@dataclass(slots=True)
class Line:
    """One thing as it was, or as it is now. Entries of one list share a line."""

    now: bool
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of the rulebook that changed. `code` is that of a rule."""

    title: str
    code: str = ""
    lines: list[Line] = field(default_factory=list)

    def add(self, said: Iterable[Said], *, now: bool) -> None:
        for label, value in said:
            last = self.lines[-1] if self.lines else None
            if last is not None and label and (last.now, last.label) == (now, label):
                last.value = f"{last.value}, {value}"
            else:
                self.lines.append(Line(now, label, value))


class _Part(NamedTuple):
    """Whose change it is, and how its values are said."""

    title: str
    code: str
    say: Callable[[Any], Iterable[Said]]


def differences(old: Rulebook, new: Rulebook) -> list[Difference]:
    """In the order of the document: what was before what is now."""
    found: dict[str, Difference] = {}
    for change in diff(old, new):
        part = _part(change)
        difference = found.setdefault(part.code or part.title, Difference(part.title, part.code))
        if change.before is not None:
            difference.add(part.say(change.before), now=False)
        if change.after is not None:
            difference.add(part.say(change.after), now=True)
    return list(found.values())


def _part(change: Change) -> _Part:
    if place := _RULE.fullmatch(change.path):
        code, name = place.groups()
        rule = next(one for one in RULES if one.code == code)
        return _Part(title_of(rule, _language()), code, lambda value: _of_rule(rule, name, value))
    if place := _TEMPLATE.fullmatch(change.path):
        key, below = place.groups(default="")
        return _Part(_("Template “%(key)s”") % {"key": key}, "", lambda value: _of_template(below, value))
    head, _dot, name = change.path.partition(".")
    if head == "examples":
        return _Part(_("Examples"), "", lambda value: _each(value, _example))
    if head == "approval":
        return _Part(_("Approval"), "", lambda value: [(str(FRAME[name]), str(value))])
    return _Part(str(SIGNATURE), "", lambda value: [("", str(value))])


def _of_rule(rule: Rule, name: str, value: Any) -> Iterable[Said]:
    if name == "overrides":
        return _each(value, lambda override: _override(rule, override))
    return [_setting(rule, name, value)]


def _setting(rule: Rule, name: str, value: Any) -> Said:
    if name == "enabled":
        return "", _("holds") if value else _("does not hold")
    if name == "severity":
        return "", str(KINDS[Severity(value)])
    option = next(one for one in rule.options if one.name == name)
    return label_of(option), _listed(value)


def _override(rule: Rule, override: Mapping[str, Any]) -> str:
    """“On X, in public: does not hold”."""
    where = scope_in_plain_language(_when(override["when"]), _language(), called())
    said = (_setting(rule, name, value) for name, value in override.items() if name != "when")
    return f"{where}: {'; '.join(f'{label}: {value}' if label else value for label, value in said)}"


def _when(form: Mapping[str, Any]) -> When:
    def read(value: Any) -> Any:
        return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value

    return When(**{name: read(value) for name, value in form.items()})


def _file(one: Mapping[str, str]) -> str:
    """“kaart.png (image/png, sha256 9f86d081…): Een kaart”."""
    known = ", ".join(filter(None, (one.get("content_type"), f"sha256 {one['sha256'][:8]}…")))
    said = one.get("alt_text") or _("no description")
    return f"{one['name']} ({known}): {said}"


def _of_template(below: str, value: Any) -> Iterator[Said]:
    if isinstance(value, Mapping) and below != "files":
        for name, one in value.items():
            yield from _of_template(f"{below}.{name}".strip("."), one)
    elif below == "files":
        yield from _each(value, _file)
    else:
        yield "", f"{below.removeprefix('text.')}: {_listed(value)}"  # the document's own names, in no language


def _example(example: Mapping[str, Any]) -> str:
    others = {name: value for name, value in example.items() if name not in ("text", "findings")}
    said = f"“{example['text']}” → {codes(example['findings'])}"
    return f"{said} ({facts(others)})" if others else said


def _each(value: Any, say: Callable[[Any], str]) -> list[Said]:
    """A list that came or went as a whole is said entry by entry, as one of its entries is."""
    return [("", say(one)) for one in (value if isinstance(value, list) else [value])]


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or _("nothing")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _language() -> str:
    return get_language() or "en"
