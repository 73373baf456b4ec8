"""Benchmarks run on a whole desk as `make run` starts it, durable, and print what they reach beside the goal.

Nothing here fails because a machine is slow: what is asserted is that the work was really done.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.benchmark)
    items.sort(key=lambda item: item.path != HERE / "test_memory.py")  # at rest, before others made the desk work
