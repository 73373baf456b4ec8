"""A rulebook as a file, in JSON or YAML, so that it can live in a repository."""

import json
import sys
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import CommandError

from desk.operations.json_input import STANDARD_INPUT, named

LARGEST = 4_000_000  # bytes


class _Strict(yaml.SafeLoader):
    """YAML in which no name stands twice in one place, and nothing stands for something else: no anchors."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("it uses an alias (*name); write out what it stands for")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        names = [self.construct_object(name, deep=True) for name, _value in node.value]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise yaml.YAMLError(f"it names “{twice}” twice in one place; keep one of them")
        return super().construct_mapping(node, deep)


def read_document(place: str) -> Any:
    """What a file or standard input (`-`) holds. JSON is YAML as well. Raises CommandError in one line."""
    try:
        raw = sys.stdin.buffer.read(LARGEST + 1) if place == STANDARD_INPUT else Path(place).read_bytes()
    except OSError as problem:
        raise CommandError(
            f"{named(place)} can't be read: {problem.strerror}. Give a file, or - for standard input."
        ) from None
    if len(raw) > LARGEST:
        raise CommandError(f"{named(place)} is larger than {LARGEST // 1_000_000} MB. A rulebook is not.")
    try:
        return yaml.load(raw.decode("utf-8"), Loader=_Strict)  # noqa: S506  a safe loader
    except UnicodeDecodeError:
        raise CommandError(f"{named(place)} is not in UTF-8. Save it as UTF-8 and try again.") from None
    except (yaml.YAMLError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        said = getattr(problem, "problem", None) or str(problem) or "it is nested too deep"
        raise CommandError(f"{named(place)} is neither JSON nor YAML{where}: {said}.") from None


def written(document: Any, form: str) -> str:
    """A document as `json` or `yaml`, in the order in which policies/README.md describes it."""
    if form == "json":
        return json.dumps(document, ensure_ascii=False, indent=2)
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100).rstrip()
