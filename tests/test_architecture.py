"""The layers of the project, as pyproject.toml draws them."""

import subprocess
import sys
from pathlib import Path


def test_imports_follow_the_layers(project: Path) -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
