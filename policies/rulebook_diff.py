"""What changed between two rulebooks, line by line, as a reviewer reads it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from policies.rulebook import Rulebook

_WORDS: Mapping[str, Mapping[str, str]] = {
    "added": {"en": "{path}: added {after}", "nl": "{path}: toegevoegd {after}"},
    "removed": {"en": "{path}: taken out {before}", "nl": "{path}: weggehaald {before}"},
    "changed": {"en": "{path}: {before} → {after}", "nl": "{path}: {before} → {after}"},
}


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where, what stood there and what stands there now (None: nothing)."""

    path: str
    kind: ChangeKind
    before: Any = None
    after: Any = None

    def said(self, language: str) -> str:
        versions = _WORDS[self.kind]
        return versions.get(language[:2].lower(), versions["en"]).format(
            path=self.path, before=_written(self.before), after=_written(self.after)
        )

    def as_json(self) -> dict[str, Any]:
        return {"path": self.path, "kind": str(self.kind), "before": self.before, "after": self.after}


def diff(old: Rulebook, new: Rulebook) -> tuple[Change, ...]:
    """The differences between two rulebooks, in the order of the document; none where they mean the same."""
    return tuple(_changes("", _told(old.document), _told(new.document)))


def new_rules(asked: Rulebook, before: Rulebook) -> Rulebook:
    """`asked` with those rules only that say something else than under `before`: the others were passed there.

    How a company signs is part of every text, so that where it signs otherwise all rules are new.
    """
    if asked.signature != before.signature:
        return asked
    old = before.document["rules"]
    rules = {code: one for code, one in asked.rules.items() if asked.document["rules"][code] != old.get(code)}
    return replace(asked, rules=rules)


def _changes(path: str, old: Any, new: Any) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            below = f"{path}.{key}" if path else str(key)
            if key not in old:
                yield Change(below, ChangeKind.ADDED, after=new[key])
            elif key not in new:
                yield Change(below, ChangeKind.REMOVED, before=old[key])
            else:
                yield from _changes(below, old[key], new[key])
    elif isinstance(old, list) and isinstance(new, list):
        # An entry that only moved means the same: the order of a list says nothing in a rulebook.
        yield from (Change(path, ChangeKind.REMOVED, before=entry) for entry in old if entry not in new)
        yield from (Change(path, ChangeKind.ADDED, after=entry) for entry in new if entry not in old)
    elif old != new:
        yield Change(path, ChangeKind.CHANGED, old, new)


def _told(value: Any) -> Any:
    """A document without the bytes of files, which nobody reads: their digests say whether they are others."""
    if isinstance(value, Mapping):
        return {key: _told(one) for key, one in value.items() if not (key == "content" and "sha256" in value)}
    return [_told(one) for one in value] if isinstance(value, list) else value


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
