"""A rulebook as text, in JSON or YAML, as people read it and repositories keep it."""

import json
from collections.abc import Hashable
from typing import Any

import yaml

LARGEST = 4_000_000  # characters


class TextRefused(ValueError):
    """A text that is neither JSON nor YAML. `line` counts from 1; 0 where no line is to blame."""

    def __init__(self, reason: str, line: int = 0) -> None:
        self.line = line
        super().__init__(reason)


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


def read(text: str) -> Any:
    """What a text says. JSON is YAML as well. Raises TextRefused."""
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506  a safe loader
    except (yaml.YAMLError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        said = getattr(problem, "problem", None) or str(problem) or "it is nested too deep"
        raise TextRefused(said, mark.line + 1 if mark else 0) from None


def written(document: Any, form: str) -> str:
    """A document as `json` or `yaml`, in the order in which policies/README.md describes it."""
    if form == "json":
        return json.dumps(document, ensure_ascii=False, indent=2)
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100).rstrip()
