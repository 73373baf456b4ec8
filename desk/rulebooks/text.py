"""A rulebook as text, in JSON or YAML, as people read it and repositories keep it."""

import json
from collections.abc import Hashable
from typing import Any

import yaml
from django.utils.translation import gettext as _

LARGEST = 4_000_000  # bytes


class TextRefused(ValueError):
    """A text that is neither JSON nor YAML; says why, and at which line where one is to blame."""


class _Refused(yaml.YAMLError):
    """What the YAML of a rulebook may not hold although YAML allows it."""


class _Strict(yaml.SafeLoader):
    """YAML in which no name stands twice in one place, and nothing stands for something else: no anchors.

    A date stays the text that it is, as in JSON.
    """

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise _Refused(_("It uses an alias (*name). Write out what that stands for."))
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        names = [self.construct_object(name, deep=True) for name, _value in node.value]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise _Refused(_("It names “%(name)s” twice in one place. Keep one of them.") % {"name": twice})
        return super().construct_mapping(node, deep)


def read(text: str) -> Any:
    """What a text says. JSON is YAML as well. Raises TextRefused."""
    try:
        said = yaml.load(text, Loader=_Strict)  # noqa: S506  a safe loader
    except RecursionError:
        raise TextRefused(_("It is nested too deep.")) from None
    except _Refused as refused:
        raise TextRefused(str(refused)) from None
    except (yaml.YAMLError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None)
        if mark is None:
            raise TextRefused(_("It holds a character that can't be read.")) from None
        words = _(
            "It can't be read from line %(line)d, character %(column)d on. Look at indentation, colons and quotation "
            "marks there."
        )
        raise TextRefused(words % {"line": mark.line + 1, "column": mark.column + 1}) from None
    if said is None:
        raise TextRefused(_("It is empty."))
    return said


def read_bytes(raw: bytes) -> Any:
    """What a file says. Raises TextRefused."""
    if len(raw) > LARGEST:
        raise TextRefused(_("It is larger than %(count)d MB. A rulebook is not.") % {"count": LARGEST // 1_000_000})
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TextRefused(_("It is not in UTF-8. Save it as UTF-8 and try again.")) from None
    return read(text)


def written(document: Any, form: str) -> str:
    """A document as `json` or `yaml`, in the order in which policies/README.md describes it."""
    if form == "json":
        return json.dumps(document, ensure_ascii=False, indent=2)
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100).rstrip()
