"""The scenarios that come with the desk: one YAML file each in `scenarios/`."""

from functools import cache
from pathlib import Path

from desk.rulebooks.text import read_bytes
from policies.drill_scenario import Scenario
from policies.drill_scenario_form import parse

FOLDER = Path(__file__).parent / "scenarios"


@cache
def shipped() -> dict[str, Scenario]:
    """By key, in the order of their names."""
    scenarios = [parse(read_bytes(path.read_bytes())) for path in sorted(FOLDER.glob("*.yaml"))]
    return {scenario.key: scenario for scenario in scenarios}
