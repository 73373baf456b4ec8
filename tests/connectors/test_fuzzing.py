"""Every parser under a fuzzer for a few seconds: see `tests.connectors.fuzzing`, which anybody can run for longer."""

import subprocess
import sys
from pathlib import Path

import pytest

from connectors import registry

SECONDS = 4  # of each network in each run

pytest.importorskip("atheris", reason="the fuzzer is not there for this machine")


def test_nothing_that_a_network_says_breaks_its_parser() -> None:
    slugs = [network.slug for network in registry.all_networks()]
    command = [sys.executable, "-m", "tests.connectors.fuzzing", str(SECONDS), *slugs]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-20_000:]
    assert done.stderr.count("stat::number_of_executed_units") == len(slugs)
