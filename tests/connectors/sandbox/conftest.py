"""A sandbox as a real process on a free port, played by customers over HTTP and read by unmodified tweepy."""

import itertools
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SandboxProcess:
    """The service as `python -m connectors.sandbox` starts it."""

    def __init__(self, data: Path) -> None:
        self.data, self.port, self.mail_port, self.imap_port = data, free_port(), free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.http = requests.Session()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        ports = ["--port", str(self.port), "--mail-port", str(self.mail_port), "--imap-port", str(self.imap_port)]
        command = [sys.executable, "-m", "connectors.sandbox", *ports, "--data", str(self.data)]
        self._process = subprocess.Popen(command, cwd=ROOT)
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self._process.poll() is None, "the sandbox ended while it was starting"
            try:
                if requests.get(f"{self.address}/_sandbox/health", timeout=1).ok:
                    return
            except requests.ConnectionError:
                assert time.monotonic() < deadline, "the sandbox does not answer"
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self._process is not None
        self.http.close()
        self._process.send_signal(how)
        self._process.wait(10)

    def call(self, method: str, path: str, body: object = None, expect: int | None = None) -> Any:
        answer = self.http.request(method, f"{self.address}/_sandbox{path}", json=body, timeout=20)
        if expect is None:
            assert answer.ok, answer.text
        else:
            assert answer.status_code == expect, answer.text
        return answer.json() if answer.content else None

    def arm(self, kind: str, match: str = "", times: int | None = 1, network: str = "x", **params: Any) -> Any:
        body = {"network": network, "kind": kind, "match": match, "times": times, "params": params}
        return self.call("POST", "/faults", body)


class HostRewriter(HTTPAdapter):
    """Sends what was signed for X to the sandbox instead, as the brief for tweepy 4.17 demands."""

    def __init__(self, base_url: str, timeout: float = 10, replaces: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.base_url, self.timeout = base_url, timeout
        self.replaces = replaces or ("https://api.twitter.com", "https://upload.twitter.com", "https://api.x.com")

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        assert request.url is not None
        for host in self.replaces:
            if request.url.startswith(host):
                request.url = self.base_url + request.url[len(host) :]
        kwargs["timeout"] = self.timeout
        return super().send(request, *args, **kwargs)


@dataclass
class Company:
    """A company account on the sandbox's X, with a tweepy client of its own."""

    sandbox: SandboxProcess
    handle: str
    id: str
    credentials: dict[str, str]
    base_url: str
    client: tweepy.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.new_client()

    def new_client(self, timeout: float = 10, **other: str) -> tweepy.Client:
        client = tweepy.Client(**{**self.credentials, **other}, return_type=requests.Response)
        client.session.mount("https://", HostRewriter(self.base_url, timeout))
        return client

    def hears(self, text: str = "Mijn trein is te laat", kind: str = "mention", **more: Any) -> Any:
        """A customer writes."""
        body = {"network": "x", "account": self.handle, "kind": kind, "author": "reiziger", "text": text, **more}
        return self.sandbox.call("POST", "/posts", body)

    def mentions(self, **params: Any) -> Any:
        return self.client.get_users_mentions(self.id, user_auth=True, **params).json()


_numbers = itertools.count(1)


def new_company(sandbox: SandboxProcess, **more: Any) -> Company:
    handle = f"vlotlijn{next(_numbers)}"
    settings = {"rate_limits": "off", **more.pop("settings", {})}
    made = sandbox.call("POST", "/accounts", {"network": "x", "handle": handle, "settings": settings, **more})
    return Company(sandbox, handle, made["id"], made["credentials"], made["base_url"])


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    data = tmp_path_factory.mktemp("sandbox")
    sandbox = SandboxProcess(data)
    sandbox.start()
    yield sandbox
    sandbox.stop()
    shutil.rmtree(data)


@pytest.fixture
def sandbox(running_sandbox: SandboxProcess) -> Iterator[SandboxProcess]:
    """The one sandbox of the run, without faults."""
    yield running_sandbox
    running_sandbox.call("DELETE", "/faults")


@pytest.fixture
def company(sandbox: SandboxProcess) -> Iterator[Company]:
    """A company of this test alone."""
    made = new_company(sandbox)
    yield made
    made.client.session.close()


@pytest.fixture
def fb(sandbox: SandboxProcess) -> Any:
    """A Facebook page of this test alone."""
    from tests.connectors.sandbox.facebook_company import new_page  # which needs this file itself

    return new_page(sandbox)


@pytest.fixture(autouse=True)
def library_address() -> Iterator[None]:
    """Give facebook-sdk its own address back: it keeps one for the whole process."""
    from tests.connectors.sandbox.facebook_company import facebook

    address = facebook.FACEBOOK_GRAPH_URL
    yield
    facebook.FACEBOOK_GRAPH_URL = address
