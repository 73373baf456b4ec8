"""What a matrix found, as a table at the end of the run: collected from wherever the tests ran."""

from dataclasses import astuple, dataclass
from typing import Any

import pytest

FAULTS = "faults of the networks"
_OF_A_MATRIX = "matrix: "


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One cell. `agent` and `administrator` are the words that they read; empty where there is nothing to read."""

    network: str
    way: str
    case: str
    happened: str
    agent: str
    administrator: str

    def as_property(self, matrix: str = FAULTS) -> tuple[str, Any]:
        """Of a test's report, which workers send home. `matrix` is the title of the table."""
        return f"{_OF_A_MATRIX}{matrix}", list(astuple(self))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A table for each matrix: one line for each cell, in the order of network, way and case."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    told = [pair for report in reports for pair in getattr(report, "user_properties", ())]
    for title in sorted({name for name, _ in told if name.startswith(_OF_A_MATRIX)}):
        terminalreporter.section(title.removeprefix(_OF_A_MATRIX))
        for row in sorted(Row(*value) for name, value in told if name == title):
            terminalreporter.write_line(f"{row.network:14} {row.way:8} {row.case:26} {row.happened}")
            for who, words in (("agent", row.agent), ("administrator", row.administrator)):
                if words:
                    terminalreporter.write_line(f"{'':50} {who} reads: {words}")
