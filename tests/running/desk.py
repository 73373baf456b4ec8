"""A whole desk as `make run` starts it, on a data folder and ports of its own, driven from outside.

Tests speak to it as others do: HTTP to the web and its API, HTTP to the sandbox as the customers, and `manage.py`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
import psycopg

from desk.operations.startup import SANDBOX_PORTS
from tests import cluster
from tests.running.processes import is_called
from tests.servers import NO_TLS

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180.0
PATIENCE = 30.0  # seconds for something that should take one or two
CAST = ("admin:administrator", "supervisor:supervisor", "comms:comms", "agent:agent", "agent2:agent", "expert:expert")
PASSWORD = "een-lang-wachtwoord"

_MAKE_PEOPLE = """
import json
from django.contrib.auth.hashers import make_password
from desk.people.models import ApiToken, User
tokens, password = {{}}, make_password({password!r})  # once: it is meant to take long
for entry in {cast!r}:
    name, role = entry.split(":")
    user = User.objects.create_user(name, role=role)
    who = {{"first_name": name.title(), "signature": name[:2].upper(), "password": password}}
    User.objects.filter(pk=user.pk).update(**who)
    tokens[name] = ApiToken.issue(user)[1]
print(json.dumps(tokens))
"""

Answer = TypeVar("Answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], Answer | None], what: str, seconds: float = PATIENCE) -> Answer:
    """The first true answer of `look`; fails with `what` was awaited."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := look():
            return answer
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(0.1)


class RunningDesk:
    """`manage.py up --no-demo` with five people and their API tokens."""

    def __init__(self, folder: Path, **more: str) -> None:
        """`more` stands in its environment."""
        self.folder = folder
        self.more = more
        self.port = free_port()
        for name in SANDBOX_PORTS:
            (folder / f"{name}-port").write_text(
                str(free_port())
            )  # the usual ones are left to the desk that people use
        self.url = f"http://127.0.0.1:{self.port}"
        self.tokens: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._http: dict[str, httpx.Client] = {}

    # ── start and stop ───────────────────────────────────────────────────────
    def start(self) -> None:
        if not (self.folder / "postgres").exists():
            cluster.copy_to(self.folder / "postgres")
        command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(self.port)]
        log = (self.folder / "up.log").open("ab")
        with log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        try:
            eventually(self._is_ready, "the desk to start", START_SECONDS)
        except BaseException:  # nobody else would end it
            self.stop()
            raise
        if not self.tokens:
            self.tokens = json.loads(
                self.manage("shell", "--no-imports", "-c", _MAKE_PEOPLE.format(cast=CAST, password=PASSWORD))
            )

    def stop(self) -> None:
        for client in self._http.values():
            client.close()
        self._http.clear()
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "up.log").read_text()
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "PORT"}}
        inherited = {k: v for k, v in inherited.items() if not k.startswith(("DESK_", "DJANGO_"))}
        own = {"DESK_DATA": str(self.folder), "DESK_UNDO_SECONDS": "2", "DESK_API_RATE": "100000/min"}
        return inherited | own | self.more

    @property
    def services(self) -> Mapping[str, str]:
        found: dict[str, str] = json.loads((self.folder / "services.json").read_text())
        return found

    @property
    def sandbox_url(self) -> str:
        return self.services["sandbox_url"]

    def manage(self, *arguments: str, input: str = "", expect: int = 0, timeout: float = 120) -> str:
        """A command in a second terminal."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, input=input, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout.strip()

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What is really in the database, for what no screen tells."""
        with psycopg.connect(self.services["database_url"]) as connection:
            return connection.execute(sql.encode(), parameters).fetchall()

    # ── people ───────────────────────────────────────────────────────────────
    def api(self, method: str, path: str, body: object = None, *, as_: str = "agent", expect: int | None = None) -> Any:
        answer = self._ask(method, f"/api/v1/{path}", body, as_)
        if expect is None:
            assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        else:
            assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def _ask(self, method: str, path: str, body: object, person: str) -> httpx.Response:
        """Looking is tried again while the web starts anew; a wish is sent once, as a person would."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.client(person).request(method, path, json=body)
            except httpx.TransportError:
                if method != "GET" or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def client(self, person: str) -> httpx.Client:
        if person not in self._http:
            headers = {"Authorization": f"Token {self.tokens[person]}"}
            self._http[person] = httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=NO_TLS)
        return self._http[person]

    def tickets(self, inbox: int, **filters: str) -> list[dict[str, Any]]:
        query = "&".join(
            f"{name}={value}" for name, value in {"inbox": str(inbox), "page_size": "200", **filters}.items()
        )
        found: list[dict[str, Any]] = self.api("GET", f"tickets/?{query}")["results"]
        return found

    # ── processes ────────────────────────────────────────────────────────────
    def processes(self, *names: str) -> list[psutil.Process]:
        """The children of these names, or with these words in their command line."""
        assert self._process is not None
        children = psutil.Process(self._process.pid).children(recursive=True)
        return [child for child in children if any(is_called(child, name) for name in names)]

    @contextmanager
    def asleep(self, *names: str) -> Iterator[None]:
        """Whatever has one of these names does nothing until the end of the block."""
        sleepers = self.processes(*names)
        for sleeper in sleepers:
            sleeper.suspend()
        try:
            yield
        finally:
            for sleeper in sleepers:
                sleeper.resume()

    def kill(self, *names: str) -> int:
        """kill -9 of everything of these names; how many there were."""
        victims = self.processes(*names)
        for victim in victims:
            victim.kill()
        return len(victims)
