"""Sentences of connectors can be translated: each is written out whole, and what differs stands beside it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import errors, registry
from desk.operations import translations


def _refusals(root: type[errors.NetworkError]) -> Iterator[str]:
    yield root.__name__
    for kind in root.__subclasses__():
        yield from _refusals(kind)


def _calls(project: Path) -> Iterator[tuple[str, ast.Call]]:
    """Each place in a connector that makes a refusal or marks a sentence."""
    names = {*_refusals(errors.NetworkError), "gettext_noop"}
    for path in sorted((project / "connectors").rglob("*.py")):
        if "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names:
                yield f"{path.relative_to(project)}:{node.lineno}", node


def test_no_sentence_is_put_together_where_it_is_said(project: Path) -> None:
    calls = list(_calls(project))
    assert len(calls) > 60
    put_together = [place for place, call in calls if not isinstance(call.args[0], ast.Constant | ast.Name)]
    assert put_together == []


def test_every_sentence_is_collected_for_the_translators(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "SOURCES", [one for one in translations.SOURCES if one[0] == "connectors"])
    collected = translations.messages()
    said = [call.args[0].value for _, call in _calls(project) if isinstance(call.args[0], ast.Constant)]
    assert [sentence for sentence in said if collected.get(str(sentence)) is None] == []
    described = [(field.label, field.help) for one in registry.all_networks() for field in one.credential_fields]
    assert all(collected.get(words) for pair in described for words in pair if words)
