"""The sandbox networks as a program of their own, to connect accounts on."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.running.desk import ROOT, eventually, free_port
from tests.servers import NO_TLS


@contextmanager
def running_sandbox(folder: Path) -> Iterator[str]:
    """Its address while the block runs."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "connectors.sandbox", "--port", str(port), "--data", str(folder)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log) as process:
        try:
            eventually(lambda: _answers(address), "the sandbox to start")
            yield address
        finally:
            process.terminate()


def an_account(address: str, handle: str, network: str = "x", **settings: object) -> dict[str, Any]:
    """`base_url` and `credentials` of a new account on the sandbox."""
    asked = {"network": network, "handle": handle, "settings": settings}
    answer = httpx.post(f"{address}/_sandbox/accounts", json=asked, timeout=10, verify=NO_TLS)
    assert answer.is_success, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/_sandbox/accounts", timeout=2, verify=NO_TLS).status_code < 500
    except httpx.TransportError:
        return False
