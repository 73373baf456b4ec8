"""`manage.py up`: the whole desk from nothing, and the end of it without a trace.

Runs before Django is set up, because it makes the database that the settings ask for.
"""

from __future__ import annotations

import argparse
import errno
import http.client
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from environs import Env, EnvError, validate

from desk import environment
from desk.environment import BASE_DIR, EnvironmentProblem
from desk.inboxes.sandbox import Sandbox, SandboxAway, SandboxRefused
from desk.operations import forks
from desk.operations.embedded import Postgres, Redis, free_port
from desk.operations.processes import Program
from desk.operations.supervisor import GaveUp, StoppedByRequest, Supervisor

DESCRIPTION = (
    "Starts and supervises everything: PostgreSQL and Redis (unless DATABASE_URL and REDIS_URL are set), "
    "migrations, the web, the workers, beat and the sandbox networks. Ctrl-C stops all of it."
)
SANDBOX_PORTS = {"sandbox": 8090, "mail": 8025, "imap": 8143}  # what the demo's inboxes know, where they are free
SERVICES_TO_COME = {"database_url": "postgresql:///", "redis_url": "redis://"}
LOADED = ("desk.asgi", "desk.urls", "desk.tasks", "celery.apps.worker", "celery.apps.beat", "uvicorn.main", "uvloop")
WEB_GRACE = 5  # seconds that the web gets for the requests that run


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of one start."""

    data_dir: Path
    port: int
    workers: int
    with_demo: bool
    with_sandbox: bool

    @classmethod
    def read(cls, options: argparse.Namespace) -> Plan:
        env = Env()
        try:
            port = options.port or env.int("PORT", 8000, validate=validate.Range(1, 65535))
            workers = env.int("DESK_WORKERS", 1, validate=validate.Range(1, 256))
        except EnvError as error:
            raise EnvironmentProblem(f"{error} Correct this environment variable and start again.") from error
        return cls(environment.data_folder(), port, workers, not options.no_demo, not options.no_sandbox)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-demo", action="store_true", help="do not make the demo company on the first start")
    parser.add_argument("--no-sandbox", action="store_true", help="do not run the sandbox networks")
    parser.add_argument("--port", type=int, help="port of the web on 127.0.0.1 (default: PORT, or 8000)")


def main(arguments: Sequence[str]) -> int:
    """The command, and its exit code: 0 after a request to stop, 1 when it gave up, 2 when it could not start."""
    parser = argparse.ArgumentParser(prog="manage.py up", description=DESCRIPTION)
    add_arguments(parser)
    return run(parser.parse_args(arguments))


def run(options: argparse.Namespace) -> int:
    try:
        plan = Plan.read(options)
        lock = _take_folder(plan.data_dir)
    except EnvironmentProblem as problem:
        _complain(str(problem))
        return 2
    with lock:
        return _run(plan)


def _run(plan: Plan) -> int:
    logs = plan.data_dir / "logs"
    try:
        logs.mkdir(mode=0o700, exist_ok=True)
        with Supervisor(logs, _complain) as supervisor:
            Start(plan, supervisor).everything()
            supervisor.watch()
    except StoppedByRequest:
        _say("Stopped.")
        return 0
    except GaveUp as problem:
        _complain(str(problem))
        return 1
    except EnvironmentProblem as problem:
        _complain(str(problem))
        return 2
    except OSError as error:  # a full disk, a folder that may not be written
        _complain(f"{error.strerror}: {error.filename or plan.data_dir}. Make room or give access, then start again.")
        return 2
    finally:
        environment.services_file(plan.data_dir).unlink(missing_ok=True)


class Start:
    """One start, in the order in which things need each other."""

    def __init__(self, plan: Plan, supervisor: Supervisor) -> None:
        self._plan = plan
        self._supervisor = supervisor
        self._web_url = f"http://127.0.0.1:{plan.port}"
        self._sandbox_port = 0
        self._mail_port = 0
        self._imap_port = 0
        self._shared: dict[str, str] = {}
        # settings that were read by now know nothing of the services to come
        self._copies = forks.POSSIBLE and "desk.settings" not in sys.modules

    def everything(self) -> None:
        plan, supervisor = self._plan, self._supervisor
        check_port(plan.port, f"choose another with PORT={plan.port + 1}")
        environment.ensure_secrets(plan.data_dir)
        environment.Environment.read(SERVICES_TO_COME)  # whatever is set wrongly shows before anything runs
        (plan.data_dir / "static").mkdir(exist_ok=True)  # empty: here the web finds its files where they lie
        if plan.with_sandbox:
            self._sandbox_port, self._mail_port, self._imap_port = (
                sandbox_port(plan.data_dir, name) for name in SANDBOX_PORTS
            )
        _say(f"Starting the desk on {plan.data_dir}")
        self._ground()
        self._note_services()
        migrate = supervisor.begin(self._manage("migrate", "--noinput"))
        if self._copies:
            self._load()  # as long as the migrations take
        web = supervisor.keep(self._web())
        sandbox = supervisor.keep(self._sandbox()) if plan.with_sandbox else None
        supervisor.finish(migrate)
        if sandbox:
            supervisor.wait_for(sandbox, lambda: answers(self._sandbox_port))
        if plan.with_demo and not self._logins_file.exists():
            supervisor.finish(supervisor.begin(self._manage("seed_demo")))
        supervisor.wait_for(web, lambda: answers(plan.port))
        if sandbox:
            self._tell_the_sandbox()
        supervisor.keep(self._worker("network"))
        supervisor.keep(self._worker("ingest", "--at-once", str(plan.workers)))
        supervisor.keep(self._beat())
        self._welcome()

    def _load(self) -> None:
        """Load what the web, the workers and beat have in common once and here: they become copies of this process."""
        os.environ.update(self._shared)  # settings read it
        with forks.loading():
            load()

    def _ground(self) -> None:
        """The servers that everything stands on: those we are pointed at, or our own."""
        database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
        waits = []
        if not redis_url:
            redis = Redis.on(self._plan.data_dir / "redis")
            waits.append((self._supervisor.keep(redis.program(), is_ground=True), redis.is_ready))
            redis_url = redis.url
        if not database_url:
            postgres = Postgres(self._plan.data_dir / "postgres")
            if postgres.needs_preparation():
                postgres.prepare()
            postgres.check()
            postgres.heal()
            waits.append((self._supervisor.keep(postgres.program(), is_ground=True), postgres.is_ready))
            database_url = postgres.url
        for child, is_ready in waits:
            self._supervisor.wait_for(child, is_ready)
        self._shared = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}

    def _note_services(self) -> None:
        """Tells our own children, and commands in other terminals, where everything is."""
        web_url = os.environ.get("DESK_WEB_URL") or self._web_url
        sandbox_url = f"http://127.0.0.1:{self._sandbox_port}" if self._plan.with_sandbox else ""
        sandbox_url = os.environ.get("DESK_SANDBOX_URL") or sandbox_url
        smtp_url = os.environ.get("DESK_SMTP_URL") or (f"smtp://127.0.0.1:{self._mail_port}" if self._mail_port else "")
        private = os.environ.get("DESK_ALLOW_PRIVATE_NETWORKS") or ("1" if self._plan.with_sandbox else "0")
        environment.write_json(
            environment.services_file(self._plan.data_dir),
            {
                "database_url": self._shared["DATABASE_URL"],
                "redis_url": self._shared["REDIS_URL"],
                "web_url": web_url,
                "sandbox_url": sandbox_url,
                "smtp_url": smtp_url,
                "allow_private_networks": private,
            },
        )
        self._shared |= {
            "DESK_DATA": str(self._plan.data_dir),
            "DESK_WEB_URL": web_url,
            "DESK_SANDBOX_URL": sandbox_url,
            "DESK_SMTP_URL": smtp_url,
            "DESK_ALLOW_PRIVATE_NETWORKS": private,
            "PORT": str(self._plan.port),
        }

    def _tell_the_sandbox(self) -> None:
        """Its networks deliver to the address that the desk had when it ran last, which can be another than now's."""
        kept, now = self._plan.data_dir / "web-url", self._shared["DESK_WEB_URL"]
        before = kept.read_text(encoding="utf-8") if kept.exists() else now
        try:
            if before != now:
                with Sandbox(self._shared["DESK_SANDBOX_URL"]) as sandbox:
                    sandbox.move_webhooks(before, now)
            kept.write_text(now, encoding="utf-8")
        except (SandboxAway, SandboxRefused) as problem:  # the polls bring everything, some seconds later
            _complain(f"The sandbox still delivers to {before}: {problem}")

    @property
    def _logins_file(self) -> Path:
        """Where `seed_demo` keeps the passwords of the demo's people, by username."""
        return self._plan.data_dir / "demo_logins.json"

    def _manage(self, command: str, *arguments: str) -> Program:
        return self._python(command, str(BASE_DIR / "manage.py"), command, *arguments)

    def _web(self) -> Program:
        address = ("--host", "127.0.0.1", "--port", str(self._plan.port))
        speed = ("--loop", "uvloop", "--http", "httptools", "--no-access-log")
        grace = ("--timeout-graceful-shutdown", str(WEB_GRACE))
        return self._module("web", "uvicorn", "desk.asgi:application", *address, *speed, *grace)

    def _worker(self, role: str, *options: str) -> Program:
        return self._module(f"{role}-worker", "desk.worker", role, *options)

    def _beat(self) -> Program:
        return self._module("beat", "desk.beat", "--schedule", str(self._plan.data_dir / "beat-schedule"))

    def _sandbox(self) -> Program:
        folder = self._plan.data_dir / "sandbox"
        web, mail, imap = map(str, (self._sandbox_port, self._mail_port, self._imap_port))
        ports = ("--port", web, "--mail-port", mail, "--imap-port", imap)
        return self._python("sandbox", "-m", "connectors.sandbox", *ports, "--data", str(folder))

    def _module(self, name: str, *module: str) -> Program:
        program = self._python(name, "-m", *module)
        return replace(program, module=module) if self._copies else program

    def _python(self, name: str, *arguments: str) -> Program:
        return Program(name, (sys.executable, *arguments), self._shared, folder=BASE_DIR)

    def _welcome(self) -> None:
        _say(f"\nThe desk runs at {self._shared['DESK_WEB_URL']}/\n")
        logins = environment.read_json(self._logins_file, "remove it and start again with a new data folder")
        for username, password in logins.items():
            _say(f"  {username:<12} {password}")
        if not logins:
            _say("  Make the first person with: python manage.py createsuperuser")
        if self._plan.with_sandbox:
            _say(f"\nTown square, where you play the customer: {self._shared['DESK_SANDBOX_URL']}/")
            _say(f"E-mail of the desk, caught: {self._shared['DESK_SANDBOX_URL']}/mail/")
        _say(f"Logs are in {self._plan.data_dir / 'logs'}. Ctrl-C stops everything.")


def load() -> None:
    """The desk's code with its tasks, addresses and words. Opens no connection and starts no thread."""
    for module in LOADED:
        import_module(module)
    from django.conf import settings
    from django.utils.translation import trans_real

    from desk.celery import app

    app.finalize()
    for language, _name in settings.LANGUAGES:
        trans_real.translation(language)


def _take_folder(data_dir: Path) -> environment.Lock:
    """The data folder for us alone, made where it is missing."""
    try:
        data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
        lock = environment.lock(data_dir)
    except OSError as error:
        raise EnvironmentProblem(
            f"{data_dir} cannot be used for the data ({error.strerror}): give access to it, or set DESK_DATA."
        ) from error
    if lock is None:
        address = environment.read_json(environment.services_file(data_dir), "stop the desk and start it again")
        where = f"at {address['web_url']}/" if address else "and is just starting"
        raise EnvironmentProblem(f"The desk already runs {where} (data folder {data_dir}).")
    return lock


def check_port(port: int, remedy: str) -> None:
    """Raises `EnvironmentProblem` where we could not listen on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise EnvironmentProblem(f"Port {port} is taken: stop what uses it, or {remedy}.") from error
            raise EnvironmentProblem(f"Port {port} cannot be used ({error.strerror}): {remedy}.") from error


def sandbox_port(data_dir: Path, name: str = "sandbox") -> int:
    """A port of the sandbox: the one that the demo's inboxes know it by, so it is chosen once and kept."""
    kept = data_dir / f"{name}-port"
    if kept.exists():
        try:
            port = int(kept.read_text(encoding="ascii"))
        except ValueError as error:
            raise EnvironmentProblem(f"{kept} is damaged: write the port of the sandbox into it.") from error
        check_port(port, "start with --no-sandbox; the demo's inboxes know the sandbox by this port")
        return port
    try:
        port = SANDBOX_PORTS[name]
        check_port(port, "")
    except EnvironmentProblem:
        port = free_port()
    kept.write_text(str(port), encoding="ascii")
    return port


def answers(port: int) -> bool:
    """Whether a web server on this port answers sensibly."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is the terminal's programme


def _complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - the same
