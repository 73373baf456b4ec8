"""Every parser under a fuzzer for a few seconds: see `tests.connectors.fuzzing`, which anybody can run for longer."""

import subprocess
import sys
from pathlib import Path

import pytest

from connectors import registry

SECONDS = 6  # of each network in each run

pytest.importorskip("atheris", reason="the fuzzer is not there for this machine")


@pytest.mark.parametrize("slug", [network.slug for network in registry.all_networks()])
def test_nothing_that_a_network_says_breaks_its_parser(slug: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.connectors.fuzzing", slug, str(SECONDS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
