"""The Chromium of the browser tests: the system's own. `python -m tests.chromium` gets one where it can."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HOW_TO_GET_IT = (
    "The browser tests need Chromium and will fail: install it (Debian: `sudo apt-get install chromium`), "
    "or set DESK_TEST_CHROMIUM to its path."
)


def find() -> Path | None:
    """The Chromium of this machine, `DESK_TEST_CHROMIUM` first; None where there is none."""
    named = os.environ.get("DESK_TEST_CHROMIUM")
    if named:
        return Path(named) if os.access(named, os.X_OK) else None
    found = (shutil.which(name) for name in NAMES)
    return next((Path(path) for path in found if path), None)


def executable() -> Path:
    """The same for a test, which fails where there is none: a browser test is never skipped."""
    path = find()
    if path is None:
        raise FileNotFoundError(HOW_TO_GET_IT)
    return path


def install() -> bool:
    """Installs Debian's package where we may. Whether there is a Chromium afterwards."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    print("Installing Chromium for the browser tests ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (("update",), ("install", "--yes", "--no-install-recommends", "chromium")):
        subprocess.run((apt, "-qq", *arguments), env=environment, check=False, capture_output=True)
    return find() is not None


if __name__ == "__main__":
    if find() is None and not install():
        print(HOW_TO_GET_IT, file=sys.stderr)
