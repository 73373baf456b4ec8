"""What the desk is told from outside, read once and typed.

Each value comes from the first of these that gives it:

1. an environment variable (`DATABASE_URL`, `REDIS_URL`, `PORT`, the rest prefixed `DESK_`);
2. `services.json` in the data folder, which `manage.py up` keeps there while it runs, so that a command in a second
   terminal finds the services that run;
3. `secrets.json` in the data folder, which `manage.py up` generates once for its embedded services.

No Django in here: `manage.py up` reads it before there is a database to configure Django with.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography.fernet import Fernet
from environs import Env, EnvError, validate

BASE_DIR = Path(__file__).resolve().parent.parent

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

NO_DATABASE = "No database: start the desk with `make run`, or set DATABASE_URL."
NO_REDIS = "No Redis: start the desk with `make run`, or set REDIS_URL."
NO_SECRETS = "No secrets: start the desk with `make run`, or set DESK_SECRET_KEY and DESK_CREDENTIAL_KEYS."


Lock = IO[bytes]


class EnvironmentProblem(Exception):
    """The desk cannot start as it is told to. The message is one line: what is wrong, then what to do."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed over. `tls` is encrypted from the start, `starttls` after a first word."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False

    @classmethod
    def read(cls, url: str) -> MailServer | None:
        """From `smtp://user:password@host:587?tls=1` or `smtps://…`; None for none. Raises EnvironmentProblem."""
        if not url:
            return None
        try:
            parts = urlsplit(url)
            asked = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
            usable = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.path in ("", "/")
            port = parts.port or (465 if parts.scheme == "smtps" else 25)
        except ValueError:
            usable = False
        if not usable or asked.keys() - {"tls"} or asked.get("tls", "0") not in ("0", "1"):
            raise EnvironmentProblem(
                "DESK_SMTP_URL is no mail server: write it as smtp://user:password@host:587?tls=1, or smtps://…"
            )
        encrypted = parts.scheme == "smtps"
        return cls(
            parts.hostname or "", port, unquote(parts.username or ""), unquote(parts.password or ""),
            starttls=not encrypted and asked.get("tls") == "1", tls=encrypted,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Environment:
    """The whole outside of the desk. `Environment.read()` is the only place that looks at it."""

    data_dir: Path
    """Folder of everything that is kept: embedded database, media, secrets (`DESK_DATA`, default `.desk`)."""
    database_url: str
    """PostgreSQL, as libpq writes it; a socket is `postgresql://user@/name?host=/folder` (`DATABASE_URL`)."""
    redis_url: str
    """Redis for queue, cache and live events, `redis://…` (`REDIS_URL`)."""
    secret_key: str
    """Signs sessions and links (`DESK_SECRET_KEY`)."""
    credential_keys: tuple[str, ...]
    """Fernet keys that encrypt the networks' credentials, newest first (`DESK_CREDENTIAL_KEYS`, by commas)."""
    debug: bool
    """Django's debug pages; never in production (`DESK_DEBUG`)."""
    allowed_hosts: tuple[str, ...]
    """Host names that the web answers to (`DESK_ALLOWED_HOSTS`, by commas; default this machine only)."""
    csrf_trusted_origins: tuple[str, ...]
    """Origins with scheme that may post forms (`DESK_CSRF_TRUSTED_ORIGINS`, by commas)."""
    https_only: bool
    """Secure cookies, HSTS and a redirect from http: set it behind TLS (`DESK_HTTPS_ONLY`)."""
    behind_proxy: bool
    """Believe X-Forwarded-Proto and X-Forwarded-For of the proxy in front (`DESK_BEHIND_PROXY`)."""
    allow_private_networks: bool
    """Let inboxes and attachments use private addresses: for the sandbox (`DESK_ALLOW_PRIVATE_NETWORKS`)."""
    web_url: str
    """Address of the desk as people type it, without a slash at the end (`DESK_WEB_URL`)."""
    sandbox_url: str
    """Address of the sandbox networks, empty where there are none (`DESK_SANDBOX_URL`)."""
    port: int
    """Port of the web on 127.0.0.1 (`PORT`)."""
    log_level: str
    """DEBUG, INFO, WARNING or ERROR (`DESK_LOG_LEVEL`)."""
    language_code: str
    """Language where the user has chosen none: `en` or `nl` (`DESK_LANGUAGE`)."""
    time_zone: str
    """IANA zone in which times are shown (`DESK_TIME_ZONE`)."""
    undo_seconds: float
    """How long a public reply can be called back before it leaves (`DESK_UNDO_SECONDS`)."""
    fetchers: int
    """Streams of inboxes that are polled at the same time, over all workers (`DESK_FETCHERS`)."""
    own_details: tuple[str, ...]
    """The company's own e-mail domains (`@example.com`), numbers and postcodes, by commas (`DESK_OWN_DETAILS`).

    They are never flagged as personal data.
    """
    privacy_text: str
    """What is done with what customers fill in on a form, in one paragraph (`DESK_PRIVACY_TEXT`)."""
    privacy_url: str
    """Where customers read all of it (`DESK_PRIVACY_URL`)."""
    see_personal_data: tuple[str, ...]
    """Roles that see the personal data in what customers write, by commas (`DESK_SEE_PERSONAL_DATA`)."""
    database_pool_size: int
    """Connections to PostgreSQL that one process keeps at most (`DESK_DATABASE_POOL_SIZE`)."""
    api_rate: str
    """API calls a user may make, such as `600/min` (`DESK_API_RATE`)."""
    media_dir: Path
    """Folder of kept attachments (`DESK_MEDIA`, default `media` in the data folder)."""
    smtp: MailServer | None
    """The mail server, None where no e-mail is sent (`DESK_SMTP_URL`)."""
    mail_from: str
    """Whom e-mail comes from (`DESK_MAIL_FROM`)."""

    text_gateway_url: str
    """Where text messages are handed in, empty where none are sent (`DESK_TEXT_GATEWAY_URL`)."""
    text_gateway_token: str
    """What the gateway knows the desk by (`DESK_TEXT_GATEWAY_TOKEN`)."""
    text_from: str
    """Whom text messages come from: a number, or up to eleven letters and digits (`DESK_TEXT_FROM`)."""

    @classmethod
    def read(cls, services: Mapping[str, str] | None = None) -> Environment:
        """Reads the process's environment and the data folder. Raises `EnvironmentProblem` with what to do.

        `services` stands in for the `services.json` of a desk that is about to run.
        """
        try:
            return cls._read(Env(), services)
        except EnvError as error:
            raise EnvironmentProblem(f"{error} Correct this environment variable and start again.") from error

    @classmethod
    def _read(cls, env: Env, services: Mapping[str, str] | None) -> Environment:
        data_dir = data_folder()
        if services is None:
            services = running_services(data_dir)
        database_url = env.str("DATABASE_URL", "") or services.get("database_url", "")
        if not database_url:
            raise EnvironmentProblem(NO_DATABASE)
        redis_url = env.str("REDIS_URL", "") or services.get("redis_url", "")
        if not redis_url:
            raise EnvironmentProblem(NO_REDIS)
        secret_key, credential_keys = _secrets(env, data_dir)
        port = env.int("PORT", 8000)
        with env.prefixed("DESK_"):
            return cls(
                data_dir=data_dir,
                database_url=database_url,
                redis_url=redis_url,
                secret_key=secret_key,
                credential_keys=credential_keys,
                debug=env.bool("DEBUG", False),
                allowed_hosts=tuple(env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])),
                csrf_trusted_origins=tuple(env.list("CSRF_TRUSTED_ORIGINS", [])),
                https_only=env.bool("HTTPS_ONLY", False),
                behind_proxy=env.bool("BEHIND_PROXY", False),
                allow_private_networks=env.bool(
                    "ALLOW_PRIVATE_NETWORKS", services.get("allow_private_networks", "") == "1"
                ),
                web_url=env.str("WEB_URL", services.get("web_url", f"http://127.0.0.1:{port}")).rstrip("/"),
                sandbox_url=env.str("SANDBOX_URL", services.get("sandbox_url", "")).rstrip("/"),
                port=port,
                log_level=env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(LOG_LEVELS)),
                language_code=env.str("LANGUAGE", "en"),
                time_zone=env.str("TIME_ZONE", "Europe/Amsterdam"),
                undo_seconds=env.float("UNDO_SECONDS", 10.0, validate=validate.Range(min=0, max=60)),
                fetchers=env.int("FETCHERS", 6, validate=validate.Range(min=1, max=1000)),
                own_details=tuple(env.list("OWN_DETAILS", [])),
                privacy_text=env.str("PRIVACY_TEXT", ""),
                privacy_url=env.str("PRIVACY_URL", "", validate=validate.Regexp(r"^(https://\S+)?$")),
                see_personal_data=tuple(
                    env.list("SEE_PERSONAL_DATA", ["agent", "supervisor", "comms", "administrator"])
                ),
                database_pool_size=env.int("DATABASE_POOL_SIZE", 16, validate=validate.Range(min=2, max=200)),
                api_rate=env.str("API_RATE", "1200/min", validate=validate.Regexp(r"^\d+/(s|sec|m|min|h|hour|d|day)$")),
                media_dir=Path(env.str("MEDIA", str(data_dir / "media"))),
                smtp=MailServer.read(env.str("SMTP_URL", services.get("smtp_url", ""))),
                mail_from=env.str("MAIL_FROM", "Balie <balie@localhost>"),
                text_gateway_url=env.str("TEXT_GATEWAY_URL", ""),
                text_gateway_token=env.str("TEXT_GATEWAY_TOKEN", ""),
                text_from=env.str(
                    "TEXT_FROM", "Balie", validate=validate.Regexp(r"^(\+?\d{3,15}|[A-Za-z0-9 ]{1,11})$")
                ),
            )


def data_folder() -> Path:
    """The data folder (`DESK_DATA`), absolute; it need not exist."""
    return Path(os.environ.get("DESK_DATA") or BASE_DIR / ".desk").expanduser().resolve()


def lock_file(data_dir: Path) -> Path:
    """The file that `manage.py up` keeps locked (flock) as long as it runs on this folder."""
    return data_dir / "up.lock"


def services_file(data_dir: Path) -> Path:
    """Where `manage.py up` says what it runs."""
    return data_dir / "services.json"


def secrets_file(data_dir: Path) -> Path:
    """Where the secrets of an embedded set-up are kept, for its owner only."""
    return data_dir / "secrets.json"


def lock(data_dir: Path) -> Lock | None:
    """Takes the folder for this process until the file is closed; None when another `manage.py up` has it."""
    file = lock_file(data_dir).open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def is_running(data_dir: Path) -> bool:
    """Whether a `manage.py up` lives on this folder. Asks the lock, so a killed one is never believed."""
    if not lock_file(data_dir).exists():
        return False
    with lock_file(data_dir).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def running_services(data_dir: Path) -> Mapping[str, str]:
    """What `manage.py up` runs on this folder; empty when it does not run."""
    try:
        if not is_running(data_dir):
            return {}
    except PermissionError as error:
        raise EnvironmentProblem(
            f"{data_dir} belongs to another user: use that user, or choose another folder with DESK_DATA."
        ) from error
    return read_json(services_file(data_dir), "stop the desk and start it again")


def ensure_secrets(data_dir: Path) -> None:
    """Generates the secrets of an embedded set-up once, mode 0600. Whoever loses them loses the stored credentials."""
    path = secrets_file(data_dir)
    if not path.exists():
        key = Fernet.generate_key().decode()
        write_json(path, {"secret_key": secrets.token_urlsafe(50), "credential_keys": key})


def write_json(path: Path, values: Mapping[str, str]) -> None:
    """Writes whole or not at all, readable by its owner only."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(values, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_json(path: Path, remedy: str) -> Mapping[str, str]:
    """The texts by name in a file of ours; empty when there is no file. `remedy` says what to do when it is damaged."""
    try:
        values: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise EnvironmentProblem(f"{path} belongs to another user: use the user that started the desk.") from error
    except ValueError as error:
        raise EnvironmentProblem(f"{path} is damaged: {remedy}.") from error
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise EnvironmentProblem(f"{path} is damaged: {remedy}.")
    return values


def _secrets(env: Env, data_dir: Path) -> tuple[str, tuple[str, ...]]:
    secret_key = env.str("DESK_SECRET_KEY", "")
    credential_keys: list[str] = env.list("DESK_CREDENTIAL_KEYS", [])
    if not (secret_key and credential_keys):
        kept = read_json(secrets_file(data_dir), "put its backup back, or set DESK_SECRET_KEY and DESK_CREDENTIAL_KEYS")
        secret_key = secret_key or kept.get("secret_key", "")
        credential_keys = credential_keys or [key for key in kept.get("credential_keys", "").split(",") if key]
    if not (secret_key and credential_keys):
        raise EnvironmentProblem(NO_SECRETS)
    for key in credential_keys:
        try:
            Fernet(key)
        except ValueError as error:
            raise EnvironmentProblem(
                "DESK_CREDENTIAL_KEYS holds something that is no Fernet key: each is 32 bytes as url-safe base64."
            ) from error
    return secret_key, tuple(credential_keys)
