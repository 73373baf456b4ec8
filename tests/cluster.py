"""A PostgreSQL folder with every migration applied: made once for a state of the code, and copied for each server.

To migrate takes as long as some hundred tests. Where only other code has changed since, the tables are those that there
are: what they hold from the beginning is written anew. `tests/operations/test_up.py` starts from nothing, as `make run`
does.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.fernet import Fernet

from desk.operations.embedded import Postgres
from tests.servers import PATIENCE, started

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "migrated"
CODE = ("desk", "policies", "connectors", "templates")
OURS = re.compile(r"^(?:import|from) ((?:desk|policies)\.[\w.]+)", re.MULTILINE)
NOT_CODE = {"__pycache__", "static", "locale"}
MOST_KEPT = 2  # states of the code: the one before is perhaps being tried in another terminal


def copy_to(folder: Path) -> None:
    """Makes `folder` a cluster in which the desk's database has every migration."""
    subprocess.run(("cp", "-a", str(migrated()), str(folder)), check=True)


def migrated() -> Path:
    """The cluster of this state of the code, not running; about twenty seconds where tables have to be made."""
    code = sorted(_code())
    migrations = [path for path in code if path.parent.name == "migrations" and path.suffix == ".py"]
    tables = _digest([*migrations, *_named_in(migrations)])
    kept = KEPT / f"{tables}-{_digest(code)}"
    if not kept.exists():
        _make(kept, _newest(KEPT.glob(f"{tables}-*")))
    return kept


def _named_in(migrations: Iterable[Path]) -> list[Path]:
    """Modules of ours that migrations take names and states from."""
    found = {name for path in migrations for name in OURS.findall(path.read_text())}
    return [ROOT / f"{name.replace('.', '/')}.py" for name in sorted(found)]


def _digest(files: Iterable[Path]) -> str:
    """Changes with each of these files, with what is installed, and with Python."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (*files, ROOT / "requirements-dev.lock"):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _code() -> Iterator[Path]:
    for part in CODE:
        for folder, folders, files in os.walk(ROOT / part):
            folders[:] = [name for name in folders if name not in NOT_CODE]
            yield from (Path(folder) / name for name in files)


def _make(kept: Path, same_tables: Path | None) -> None:
    with tempfile.TemporaryDirectory(prefix="balie-migrated-") as name:
        place = Path(name)
        place.chmod(0o711)  # the server runs as another user where we are root
        postgres = Postgres(place / "postgres")
        if same_tables is None:
            postgres.prepare()
        else:
            subprocess.run(("cp", "-a", str(same_tables), str(postgres.folder)), check=True)
        server = started(postgres.program(), postgres.is_ready, place)
        try:
            verb = ("migrate",) if same_tables is None else ("flush", "--no-input")  # which begins as a migration ends
            command = (sys.executable, "manage.py", *verb, "--verbosity", "0")
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


def _newest(clusters: Iterable[Path]) -> Path | None:
    return next(reversed(_by_age(clusters)), None)


def _forget_older(folder: Path) -> None:
    for old in _by_age(folder.iterdir())[:-MOST_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _by_age(clusters: Iterable[Path]) -> list[Path]:
    return sorted((one for one in clusters if "." not in one.name), key=lambda one: one.stat().st_ctime)
