"""`manage.py up` as a person runs it: the real command, the real servers, on a data folder of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from desk.inboxes.sandbox import Sandbox
from desk.operations.embedded import DATABASE, free_port
from tests import cluster
from tests.running.processes import is_called

NAMES = ("web", "network-worker", "ingest-worker", "beat", "sandbox", "postgres", "redis")
START_PATIENCE = 240.0  # seconds; every table is made, and the machine has other work to do
STOP_PATIENCE = 20


class Desk:
    """One `manage.py up` on one folder, and every process that it has ever had."""

    def __init__(self, project: Path, data: Path) -> None:
        self.project = project
        self.data = data
        self.port = free_port()
        self._output = data.parent / f"{data.name}.out"
        self._family: dict[int, psutil.Process] = {}

    def has_tables(self) -> None:
        """As one that has run before: to make them anew is what the first test looks at."""
        self.data.mkdir()
        cluster.copy_to(self.data / "postgres")

    def up(self, *arguments: str, **environment: str) -> None:
        """Starts it and does not wait."""
        command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(self.port), *arguments]
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=self.project, env=self._environment(environment), stdout=output, stderr=output
            )

    def wait_until_it_runs(self) -> None:
        wait_for(lambda: "Ctrl-C stops everything" in self.output or self.process.poll() is not None, START_PATIENCE)
        assert self.process.poll() is None, self.output
        self.family()

    def refused(self, *arguments: str, **environment: str) -> str:
        """The one line with which a start ends that cannot be."""
        self.up(*arguments, **environment)
        assert self.process.wait(START_PATIENCE) == 2, self.output
        lines = self.output.splitlines()
        assert lines[:-1] in ([], [f"Starting the desk on {self.data}"])
        return lines[-1]

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command in a second terminal."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=self.project, env=self._environment({}), capture_output=True, text=True, check=False
        )

    @property
    def output(self) -> str:
        return self._output.read_text()

    def family(self) -> dict[str, psutil.Process]:
        """The children by name, as the supervisor calls them; remembers their children too."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        self._family |= {process.pid: process for process in found}
        children = psutil.Process(self.process.pid).children()
        return {name: process for name in NAMES for process in children if is_called(process, name)}

    def has_restarted(self, name: str) -> bool:
        return f"{name} stopped (SIGKILL)" in self.output and name in self.family()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(STOP_PATIENCE)

    def left_behind(self) -> list[psutil.Process]:
        """Who of the family still lives."""
        return [process for process in self._family.values() if is_alive(process)]

    def services(self) -> dict[str, str]:
        services: dict[str, str] = json.loads((self.data / "services.json").read_text())
        return services

    def answer(self) -> int:
        with httpx.Client(trust_env=False) as client:
            return client.get(f"http://127.0.0.1:{self.port}/healthz").status_code

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        ours = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "PORT"} and not name.startswith("DESK_")
        }
        return {**ours, "DESK_DATA": str(self.data), "DESK_WORKERS": "1", **more}


@pytest.fixture
def desk(project: Path, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(project, tmp_path / "data")
    yield desk
    if desk.process.poll() is None:
        desk.stop()
    assert desk.left_behind() == []


def test_it_starts_everything_survives_a_crash_and_leaves_nothing(desk: Desk) -> None:
    desk.up()
    desk.wait_until_it_runs()
    assert set(desk.family()) == set(NAMES)
    assert desk.answer() == 200
    assert f"http://127.0.0.1:{desk.port}/" in desk.output
    assert {(desk.data / name).stat().st_mode & 0o777 for name in ("services.json", "secrets.json")} == {0o600}

    second = desk.manage("up", "--no-demo")
    assert second.returncode == 2
    assert second.stderr == f"The desk already runs at http://127.0.0.1:{desk.port}/ (data folder {desk.data}).\n"
    assert desk.manage("migrate", "--check").returncode == 0  # a second terminal finds the services

    for name in ("network-worker", "web", "redis", "postgres"):
        desk.family()[name].kill()
        wait_for(partial(desk.has_restarted, name))
    wait_for(lambda: succeeds(desk.answer))
    wait_for(lambda: succeeds(lambda: psycopg.connect(desk.services()["database_url"]).close()))

    began = time.monotonic()
    assert desk.stop() == 0
    assert time.monotonic() - began < STOP_PATIENCE / 2
    assert desk.left_behind() == []
    assert not (desk.data / "services.json").exists()
    afterwards = desk.manage("check")
    assert afterwards.returncode == 2
    assert afterwards.stderr == "No database: start the desk with `make run`, or set DATABASE_URL.\n"


def test_when_it_is_killed_nothing_is_orphaned_and_the_next_start_heals(desk: Desk) -> None:
    desk.has_tables()
    desk.up()
    desk.wait_until_it_runs()
    with psycopg.connect(desk.services()["database_url"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1")
    desk.process.kill()
    desk.process.wait()
    wait_for(lambda: desk.left_behind() == [], STOP_PATIENCE)
    assert (desk.data / "services.json").exists()  # stale, and believed by nobody
    assert desk.manage("check").stderr.startswith("No database: ")

    desk.up()
    desk.wait_until_it_runs()
    with psycopg.connect(desk.services()["database_url"]) as connection:
        assert connection.execute("SELECT * FROM kept").fetchall() == [(1,)]


def test_on_another_port_the_sandbox_delivers_to_the_new_address(desk: Desk) -> None:
    desk.has_tables()
    desk.up()
    desk.wait_until_it_runs()
    sandbox = Sandbox(desk.services()["sandbox_url"])
    account = sandbox.make_account("x", "vlotlijn")
    keys = desk.data / "keys.json"
    keys.write_text(json.dumps(account["credentials"]))
    connected = desk.manage(
        "create_inbox", "--network", "x", "--name", "X", "--base-url", account["base_url"],
        "--credentials", str(keys), "--poll-seconds", "3600",
    )  # fmt: skip
    inbox = connected.stdout.strip()
    sandbox.register_webhook("x", "vlotlijn", f"http://127.0.0.1:{desk.port}/webhooks/{inbox}/")
    assert desk.stop() == 0

    desk.port = free_port()
    desk.up()
    desk.wait_until_it_runs()
    assert "still delivers" not in desk.output
    sandbox.write([{"network": "x", "account": "vlotlijn", "kind": "mention", "author": "jan", "text": "Hallo?"}])
    with psycopg.connect(desk.services()["database_url"], autocommit=True) as connection:
        by_webhook = "SELECT 1 FROM inboxes_rawitem WHERE source = 'webhook' AND item->>'text' LIKE '%Hallo?'"
        wait_for(lambda: connection.execute(by_webhook).fetchone() is not None)


def test_with_services_of_its_own_it_starts_none(desk: Desk) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS elsewhere")
        connection.execute(f"CREATE DATABASE elsewhere TEMPLATE {DATABASE}")  # as one that has run before
    elsewhere = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])
    url = f"postgresql://{elsewhere['user']}@/elsewhere?host={elsewhere['host']}"
    desk.up("--no-sandbox", DATABASE_URL=url, REDIS_URL=os.environ["REDIS_URL"])
    desk.wait_until_it_runs()
    assert set(desk.family()) == {"web", "network-worker", "ingest-worker", "beat"}
    assert desk.answer() == 200
    assert not (desk.data / "postgres").exists()


def test_a_stop_in_the_middle_of_the_start_leaves_nothing(desk: Desk) -> None:
    desk.up()
    wait_for(lambda: "postgres" in desk.family(), START_PATIENCE)
    assert desk.stop() == 0
    assert desk.left_behind() == []


def test_a_taken_port_is_one_line(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", desk.port)):
        line = desk.refused()
    assert line == f"Port {desk.port} is taken: stop what uses it, or choose another with PORT={desk.port + 1}."


def test_a_folder_that_cannot_be_is_one_line(desk: Desk) -> None:
    desk.data.write_text("a file")
    assert desk.refused() == (
        f"{desk.data} cannot be used for the data (File exists): give access to it, or set DESK_DATA."
    )


def test_damaged_secrets_are_one_line_and_are_not_replaced(desk: Desk) -> None:
    desk.data.mkdir()
    (desk.data / "secrets.json").write_text('{"secret_key": "abc')
    line = desk.refused()
    assert line.startswith(f"{desk.data / 'secrets.json'} is damaged: put its backup back")
    assert (desk.data / "secrets.json").read_text() == '{"secret_key": "abc'


def test_a_damaged_database_is_one_line_and_is_left_alone(desk: Desk) -> None:
    (desk.data / "postgres" / "base").mkdir(parents=True)
    line = desk.refused("--no-sandbox")
    assert line.startswith(f"{desk.data / 'postgres'} is not a whole database: put its backup back")
    assert (desk.data / "postgres" / "base").is_dir()


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [("DESK_WORKERS", "many", "DESK_WORKERS"), ("DESK_LOG_LEVEL", "loud", "DESK_LOG_LEVEL")],
)
def test_a_wrong_setting_is_named(desk: Desk, name: str, value: str, line: str) -> None:
    assert line in desk.refused("--no-sandbox", **{name: value})


def test_its_help_needs_no_database(desk: Desk) -> None:
    desk.up("--help")
    assert desk.process.wait(START_PATIENCE) == 0
    assert "--no-sandbox" in desk.output


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False


def succeeds(action: Callable[[], object]) -> bool:
    try:
        action()
    except (httpx.TransportError, psycopg.OperationalError):
        return False
    return True


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
