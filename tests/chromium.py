"""The Chromium of the browser tests: the system's own. `python -m tests.chromium` gets one where it can."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Draws the page alone; the others draw the window of a browser around it, which costs a third of the machine.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HOW_TO_GET_IT = (
    f"The browser tests need Chromium and will fail: install it (Debian: `sudo apt-get install {SHELL}`), "
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


def install() -> None:
    """Installs Debian's package where we may."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    print("Installing Chromium for the browser tests ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (("update",), ("install", "--yes", "--no-install-recommends", SHELL)):
        subprocess.run((apt, "-qq", *arguments), env=environment, check=False, capture_output=True)


if __name__ == "__main__":
    if "DESK_TEST_CHROMIUM" not in os.environ and shutil.which(SHELL) is None:
        install()
    if find() is None:
        print(HOW_TO_GET_IT, file=sys.stderr)
