"""Each trap of a network has a test that names it, and no test names one that is not there."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from tests.connectors.traps import TRAPS

TESTS = Path(__file__).parents[1]
FIXTURES = Path(__file__).parent / "fixtures"


def named() -> Iterator[int]:
    """The numbers that tests and fixtures wear."""
    for path in TESTS.rglob("test_*.py"):
        source = path.read_text(encoding="utf-8")
        if "mark.trap(" in source:
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.FunctionDef):
                    yield from numbers_on(node)
    for path in FIXTURES.glob("*/*.json"):
        yield from json.loads(path.read_text(encoding="utf-8")).get("traps", [])


def numbers_on(test: ast.FunctionDef) -> Iterator[int]:
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.trap":
            yield from (ast.literal_eval(number) for number in mark.args)


def test_every_trap_has_a_test_that_names_it() -> None:
    assert set(named()) == set(TRAPS)


def test_the_traps_are_numbered_without_gaps() -> None:
    assert list(TRAPS) == list(range(1, len(TRAPS) + 1))
