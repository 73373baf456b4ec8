"""kill -9 in the middle of a call: a real process of its own dies with its transaction open."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection

PATIENCE = 30  # seconds
_CALL = """
import sys
from datetime import datetime
import django
django.setup()
from django.utils.module_loading import import_string

def read(word):
    if word.isdecimal():
        return int(word)
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        return word

import_string(sys.argv[1])(*map(read, sys.argv[2:]))
"""


@contextmanager
def held(table: str) -> Iterator[None]:
    """Nobody can write to this table meanwhile."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as holder:
        holder.execute(psycopg.sql.SQL("LOCK TABLE {} IN SHARE MODE").format(psycopg.sql.Identifier(table)))
        yield


def kill_in_the_middle(project: Path, table: str, path: str, *arguments: str, **more: str) -> None:
    """Call the function at `path` in a process of its own, wait until it is stuck in writing to this table, kill it.

    Arguments that are numbers or times are handed over as such; `more` goes into its environment.
    """
    base, _mark, options = os.environ["DATABASE_URL"].partition("?")
    address = f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}{'?' + options if options else ''}"
    environment = {**os.environ, "DATABASE_URL": address, **more}
    with held(table):
        process = subprocess.Popen([sys.executable, "-c", _CALL, path, *arguments], cwd=project, env=environment)
        try:
            _wait_until(lambda: _others().count("Lock") == 1, process)
        finally:
            process.kill()
            assert process.wait(PATIENCE) == -signal.SIGKILL
    _wait_until(lambda: _others() == [])


def _others() -> list[str]:
    """What other processes do on the database. The server notices that one died when it next speaks to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(wait_event_type, '') FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
        )
        return [waits_for for (waits_for,) in cursor.fetchall()]


def _wait_until(holds: Callable[[], bool], process: "subprocess.Popen[bytes] | None" = None) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert process is None or process.poll() is None, "the call ended before it was caught"
        assert time.monotonic() < deadline
        time.sleep(0.02)
