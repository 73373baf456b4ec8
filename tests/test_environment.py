"""What the desk is told from outside: where each value comes from, and what it says when one is wrong."""

import json
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from desk import environment
from desk.environment import Environment, EnvironmentProblem, MailServer

KEY = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder and nothing set but secrets."""
    for name in ("DATABASE_URL", "REDIS_URL", "PORT", "DESK_ALLOW_PRIVATE_NETWORKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DESK_DATA", str(tmp_path))
    monkeypatch.setenv("DESK_SECRET_KEY", "secret")
    monkeypatch.setenv("DESK_CREDENTIAL_KEYS", KEY)
    return tmp_path


@pytest.fixture
def _services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/desk")
    monkeypatch.setenv("REDIS_URL", "redis://cache/0")


def problem() -> str:
    with pytest.raises(EnvironmentProblem) as caught:
        Environment.read()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_without_services_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert problem() == "No database: start the desk with `make run`, or set DATABASE_URL."
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/desk")
    assert problem() == "No Redis: start the desk with `make run`, or set REDIS_URL."


def test_a_running_desk_is_found_and_a_dead_one_is_not(data: Path) -> None:
    services = {
        "database_url": "postgresql:///balie",
        "redis_url": "redis://r/0",
        "web_url": "http://127.0.0.1:8001",
        "allow_private_networks": "1",
    }
    environment.write_json(environment.services_file(data), services)
    assert problem() == environment.NO_DATABASE
    lock = environment.lock(data)
    assert lock is not None
    with lock:
        found = Environment.read()
        assert environment.lock(data) is None
    assert (found.database_url, found.web_url, found.allow_private_networks) == (
        "postgresql:///balie",
        "http://127.0.0.1:8001",
        True,
    )
    assert problem() == environment.NO_DATABASE


@pytest.mark.parametrize("content", ["", '{"database_url": "postgre', "[]", '{"database_url": 3}', "\x00"])
def test_damaged_files_are_named(data: Path, content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.services_file(data).write_text(content)
    lock = environment.lock(data)
    assert lock is not None
    with lock:
        assert problem() == f"{data / 'services.json'} is damaged: stop the desk and start it again."
    monkeypatch.delenv("DESK_SECRET_KEY")
    environment.services_file(data).unlink()
    environment.secrets_file(data).write_text(content)
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/desk")
    monkeypatch.setenv("REDIS_URL", "redis://cache/0")
    assert problem().startswith(f"{data / 'secrets.json'} is damaged: put its backup back")


@pytest.mark.usefixtures("_services")
def test_secrets_are_made_once_and_for_their_owner_only(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESK_SECRET_KEY")
    monkeypatch.delenv("DESK_CREDENTIAL_KEYS")
    assert problem() == environment.NO_SECRETS
    environment.ensure_secrets(data)
    first = Environment.read()
    environment.ensure_secrets(data)
    assert Environment.read() == first
    assert stat.S_IMODE(environment.secrets_file(data).stat().st_mode) == 0o600
    assert json.loads(environment.secrets_file(data).read_text())["secret_key"] == first.secret_key
    Fernet(first.credential_keys[0])


@pytest.mark.usefixtures("_services")
def test_keys_are_a_list_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    older = Fernet.generate_key().decode()
    monkeypatch.setenv("DESK_CREDENTIAL_KEYS", f"{KEY},{older}")
    assert Environment.read().credential_keys == (KEY, older)


@pytest.mark.usefixtures("_services")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DESK_DEBUG", "perhaps"),
        ("DESK_LOG_LEVEL", "loud"),
        ("PORT", "eighty"),
        ("DESK_CREDENTIAL_KEYS", "short"),
        ("DESK_UNDO_SECONDS", "-1"),
        ("DESK_API_RATE", "many"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    assert name in problem()


@pytest.mark.usefixtures("_services")
def test_who_sees_personal_data_is_a_list_of_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "expert" not in Environment.read().see_personal_data
    monkeypatch.setenv("DESK_SEE_PERSONAL_DATA", "agent,expert")
    assert Environment.read().see_personal_data == ("agent", "expert")


@pytest.mark.usefixtures("_services")
def test_what_is_not_set_is_safe() -> None:
    found = Environment.read()
    assert not found.debug
    assert not found.allow_private_networks
    assert found.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 25)),
        ("smtp://127.0.0.1:2525/", MailServer("127.0.0.1", 2525)),
        (
            "smtp://balie%40example:p%40ss@mail.example:587?tls=1",
            MailServer("mail.example", 587, "balie@example", "p@ss", starttls=True),
        ),
        ("smtps://mail.example", MailServer("mail.example", 465, tls=True)),
    ],
)
@pytest.mark.usefixtures("_services")
def test_a_mail_server_is_one_address(monkeypatch: pytest.MonkeyPatch, url: str, server: MailServer) -> None:
    monkeypatch.setenv("DESK_SMTP_URL", url)
    assert Environment.read().smtp == server


@pytest.mark.parametrize(
    "url",
    ["mail.example", "http://mail.example", "smtp://", "smtp://m:port", "smtp://m?tls=2", "smtp://m?x=1", "smtp://m/x"],
)
@pytest.mark.usefixtures("_services")
def test_what_is_no_mail_server_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DESK_SMTP_URL", url)
    assert problem().startswith("DESK_SMTP_URL is no mail server")


@pytest.mark.usefixtures("_services")
def test_without_a_mail_server_no_mail_is_sent() -> None:
    assert Environment.read().smtp is None
