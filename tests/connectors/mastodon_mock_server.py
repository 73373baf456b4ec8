"""A running `mastodon-mock`: a server of Mastodon's API that nobody here wrote, and its customers.

It is a process of its own. Known of it: a third account can read a direct message, addresses count in full, and of a
mention the server is not left out; nothing here leans on any of that.
"""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mastodon

PEOPLE = ("vlotlijn", "jan", "els", "piet")
STARTS_WITHIN = 90  # seconds, on a machine that has much to do


class MockServer:
    """One server with the accounts of PEOPLE; each one's token is `token-of-<name>`."""

    def __init__(self, address: str) -> None:
        self.address = address

    def as_user(self, name: str) -> Any:
        """A client as any person has one, through the library of the trade."""
        return mastodon.Mastodon(
            access_token=f"token-of-{name}", api_base_url=self.address, ratelimit_method="throw", request_timeout=30
        )

    def fault(self, effect: dict[str, Any], *, path: str = "", methods: tuple[str, ...] = (), count: int = 1) -> None:
        """Let the next calls go wrong: status, ratelimit, malformed or timeout."""
        match: dict[str, Any] = {"methods": list(methods) or None, "path_regex": path or None}
        self._call("POST", "/api/v1/_mock/faults", {"match": match, "effect": effect, "count": count})

    def mend(self) -> None:
        """No faults any more."""
        self._call("DELETE", "/api/v1/_mock/faults")

    def _call(self, method: str, path: str, body: object = None) -> None:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data, headers, method=method)  # noqa: S310 - our own
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
            answer.read()


@contextmanager
def running_mock(folder: Path) -> Iterator[MockServer]:
    """A server on a free port of this machine, its data in memory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "mock.toml"
    accounts = "".join(
        f'[[seed.accounts]]\nusername = "{name}"\ndisplay_name = "{name.title()}"\naccess_token = "token-of-{name}"\n'
        for name in PEOPLE
    )
    config.write_text(f'domain = "127.0.0.1:{port}"\nurl_scheme = "http"\n{accounts}', encoding="utf-8")
    command = [sys.executable, "-m", "mastodon_mock", "serve", "--in-memory", "--config", str(config)]
    with (folder / "mock.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--log-level", "warning"], cwd=folder, stdout=log, stderr=log
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}", folder / "mock.log")
        yield MockServer(f"http://127.0.0.1:{port}")
    finally:
        process.kill()  # it would wait for connections that are kept open; nothing of it is kept
        process.wait(30)


def _wait(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/v2/instance", timeout=5):  # noqa: S310 - our own
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise RuntimeError(f"mastodon-mock did not start: {log.read_text(encoding='utf-8')[-2000:]}")
