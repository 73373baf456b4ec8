"""A PostgreSQL folder with every migration applied: made once for a state of the code, and copied for each server.

To migrate takes as long as some hundred tests. `tests/operations/test_up.py` starts from nothing, as `make run` does.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import Fernet

from desk.operations.embedded import Postgres
from tests.servers import PATIENCE, started

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "migrated"
CODE = ("desk", "policies", "connectors", "templates")
NOT_CODE = {"__pycache__", "static", "locale"}
MOST_KEPT = 2  # states of the code: the one before is perhaps being tried in another terminal


def copy_to(folder: Path) -> None:
    """Makes `folder` a cluster in which the desk's database has every migration."""
    subprocess.run(("cp", "-a", str(migrated()), str(folder)), check=True)


def migrated() -> Path:
    """The cluster of this state of the code, not running; about twenty seconds where it has to be made."""
    kept = KEPT / _state()
    if not kept.exists():
        _make(kept)
    return kept


def _state() -> str:
    """Changes with every file that could change what a migration leaves behind."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (*sorted(_code()), ROOT / "requirements-dev.lock"):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _code() -> Iterator[Path]:
    for part in CODE:
        for folder, folders, files in os.walk(ROOT / part):
            folders[:] = [name for name in folders if name not in NOT_CODE]
            yield from (Path(folder) / name for name in files)


def _make(kept: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="balie-migrated-") as name:
        place = Path(name)
        place.chmod(0o711)  # the server runs as another user where we are root
        postgres = Postgres(place / "postgres")
        postgres.prepare()
        server = started(postgres.program(), postgres.is_ready, place)
        try:
            command = (sys.executable, "manage.py", "migrate", "--verbosity", "0")
            subprocess.run(command, cwd=ROOT, env=_environment(postgres.url, place), check=True)
        finally:
            server.stop(PATIENCE)
        draft = kept.with_name(f"{kept.name}.{os.getpid()}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(("cp", "-a", str(postgres.folder), str(draft)), check=True)
    try:
        draft.rename(kept)
    except OSError:  # another run was quicker
        shutil.rmtree(draft)
    _forget_older(kept.parent)


def _environment(database_url: str, data: Path) -> dict[str, str]:
    foreign = ("DESK_", "DJANGO_", "DATABASE_URL", "REDIS_URL")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return inherited | {
        "DATABASE_URL": database_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",  # nothing is told to anybody
        "DESK_DATA": str(data),
        "DESK_SECRET_KEY": "a key that signs nothing but tests",
        "DESK_CREDENTIAL_KEYS": Fernet.generate_key().decode(),
    }


def _forget_older(folder: Path) -> None:
    by_age = sorted((one for one in folder.iterdir() if "." not in one.name), key=lambda one: one.stat().st_ctime)
    for old in by_age[:-MOST_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
