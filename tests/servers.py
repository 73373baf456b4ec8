"""Starting a server and waiting until it takes questions."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from pathlib import Path

from desk.operations.processes import Child, Program

PATIENCE = 30  # seconds for a server to come up or go away
# For httpx, which else reads every certificate of this machine for each client, also where it speaks plain HTTP.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def started(program: Program, is_ready: Callable[[], bool], folder: Path) -> Child:
    """The program, once it is ready; its log lies in the folder. Raises RuntimeError where it never is."""
    child = Child(program, folder / f"{program.name}.log")
    deadline = time.monotonic() + PATIENCE
    while not is_ready():
        if child.exit_code is not None or time.monotonic() > deadline:
            child.kill()
            raise RuntimeError(f"{program.name}: {child.ending()}: {' / '.join(child.last_words())}")
        time.sleep(0.02)
    return child
