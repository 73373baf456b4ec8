"""Prism, which holds requests against an OpenAPI description: from npm, kept in the user's cache, on a free port."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

PACKAGE = "@stoplight/prism-cli@5.14.2"
START_SECONDS = 90
ROOT = Path(__file__).resolve().parents[1]


def description_of_x() -> Path:
    """X's OpenAPI description: X_OPENAPI names it, else it lies in shared/ beside the checkout."""
    path = Path(os.environ.get("X_OPENAPI") or ROOT.parent / "shared" / "payloads" / "x" / "openapi.json")
    if not path.is_file():
        pytest.fail(f"X's OpenAPI description is not at {path}. Set X_OPENAPI to the file.", pytrace=False)
    return path


def executable() -> Path:
    """Prism's command, installed at first use into $XDG_CACHE_HOME/balie/prism."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "balie" / "prism"
    command = cache / "node_modules" / ".bin" / "prism"
    if command.exists():
        return command
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("Prism comes from npm, which is missing: install Node.js 20 or newer.", pytrace=False)
    cache.mkdir(parents=True, exist_ok=True)
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    made = subprocess.run((npm, "install", "--prefix", str(cache), *options, PACKAGE), capture_output=True, text=True)
    if made.returncode or not command.exists():
        pytest.fail(f"npm could not install {PACKAGE}:\n{made.stderr[-2_000:]}", pytrace=False)
    return command


@contextmanager
def proxy(description: dict[str, Any], upstream: str, folder: Path) -> Iterator[str]:
    """The address of a Prism that validates each request, notes what is wrong with it and passes it on."""
    path = folder / "description.json"
    path.write_text(json.dumps(description), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (str(executable()), "proxy", str(path), upstream, "--host", "127.0.0.1", "--port", str(port))
    with (folder / "prism.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_for(port, process, folder / "prism.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            requests.get(f"http://127.0.0.1:{port}/", timeout=2)
        except requests.RequestException:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Prism did not start:\n{log.read_text(errors='replace')[-2_000:]}", pytrace=False)
            time.sleep(0.2)
        else:
            return
