"""The commands that scripts rely on: what they print, and the one line they refuse with."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from desk.actions.alerts.alert_chains import create_webhook
from desk.actions.crises.crisis_hooks import create_hook, rotate_hook
from desk.common.encryption import Unsealable, unseal
from desk.inboxes.models import Inbox, StreamState
from desk.people.models import ApiToken, AuditEntry, Team, User
from desk.sla.models import Clock
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.api.caller import Caller
from tests.api.sandbox import an_account, running_sandbox

X_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret", "bearer_token")
MADE_UP = {name: f"made-up-{name}" for name in X_KEYS}

Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command with something on its standard input; what it printed."""

    def command(name: str, *arguments: str, given: str | bytes = "") -> str:
        raw = given.encode() if isinstance(given, str) else given
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        printed = io.StringIO()
        call_command(name, *arguments, stdout=printed, stderr=io.StringIO())
        return printed.getvalue().strip()

    return command


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


@pytest.mark.django_db
def test_create_token_prints_a_token_that_works_and_nothing_else(run: Run) -> None:
    user = User.objects.create_user("sanne")
    secret = run("create_token", "sanne", "--name", "Koppeling")
    assert ApiToken.objects.get().digest == ApiToken.digest_of(secret)
    caller = Caller(user)
    caller.headers = {"Authorization": f"Token {secret}"}
    assert caller.get("me/").body["username"] == "sanne"


@pytest.mark.django_db
def test_create_token_names_the_users_there_are(run: Run) -> None:
    User.objects.create_user("sanne")
    with pytest.raises(CommandError, match=r"no user “nobody”.*sanne"):
        run("create_token", "nobody")
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="has left"):
        run("create_token", "sanne")


@pytest.mark.django_db
def test_create_inbox_connects_an_account_and_prints_its_id(run: Run, sandbox: str, tmp_path: Path) -> None:
    account = an_account(sandbox, "vlotlijn_op_x")
    file = tmp_path / "credentials.json"
    file.write_text(json.dumps(account["credentials"]))
    Team.objects.create(name="Rail")
    wanted = ("--network", "x", "--name", "Vlotlijn", "--base-url", account["base_url"], "--team", "Rail")
    first = run("create_inbox", *wanted, "--credentials", str(file))
    second = run("create_inbox", *wanted, "--credentials", "-", given=json.dumps(account["credentials"]))
    assert [inbox.pk for inbox in Inbox.objects.all()] == [int(first), int(second)]
    inbox = Inbox.objects.get(pk=first)
    assert inbox.own_id
    assert inbox.team is not None
    assert inbox.credentials == account["credentials"]
    assert StreamState.objects.filter(inbox=inbox).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("{", "Standard input is no JSON at line 1"), (b"\xff\xfe", "no JSON"), ("[" * 100_000, "no JSON"),
        ("[]", "must hold one JSON object"), ('{"access_token": 1}', "must hold one JSON object"),
        ("{}", "not complete"),
        (json.dumps({**MADE_UP, "pin": "1234"}), "pin: X has no such field"),
        (json.dumps({"consumer_key": "a"}), "access_token"),
    ],
)  # fmt: skip
def test_create_inbox_says_what_is_wrong_with_the_credentials(run: Run, given: str | bytes, says: str) -> None:
    with pytest.raises(CommandError, match=says) as refused:
        run("create_inbox", "--network", "x", "--name", "X", "--credentials", "-", given=given)
    assert "\n" not in str(refused.value)
    assert "1234" not in str(refused.value)
    assert not Inbox.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"--network": "myspace"}, "no network “myspace”. Known are: .*facebook_page, .*x"),
        ({"--name": ""}, "name: Give a name"),
        ({"--base-url": "ftp://x"}, "base_url: Give an address"),
        ({"--base-url": "http://169.254.169.254/"}, "refused"),
        ({"--base-url": "http://127.0.0.1:1"}, "can't be reached.*--no-check"),
        ({"--team": "Bus"}, "no team “Bus”"),
        ({"--poll-seconds": "0"}, "poll_seconds"),
        ({"--credentials": "/nowhere.json"}, "/nowhere.json can't be read: No such file"),
    ],
)
def test_create_inbox_refuses_in_one_line_that_says_what_to_do(run: Run, changed: dict[str, str], says: str) -> None:
    wanted = {"--network": "x", "--name": "X", "--base-url": "http://127.0.0.1:1", "--credentials": "-", **changed}
    with pytest.raises(CommandError, match=says) as refused:
        run("create_inbox", *(part for pair in wanted.items() for part in pair), given=json.dumps(MADE_UP))
    assert "\n" not in str(refused.value)
    assert not Inbox.objects.exists()


@pytest.mark.django_db
def test_create_inbox_refuses_a_private_address_and_names_the_setting(run: Run, settings: Any) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = False
    wanted = ("--network", "x", "--name", "X", "--base-url", "http://127.0.0.1:1", "--credentials", "-")
    with pytest.raises(CommandError, match="DESK_ALLOW_PRIVATE_NETWORKS=1"):
        run("create_inbox", *wanted, given=json.dumps(MADE_UP))
    settings.ALLOW_PRIVATE_NETWORKS = True
    assert run("create_inbox", *wanted, "--no-check", given=json.dumps(MADE_UP)).isdigit()


@pytest.mark.django_db
def test_check_reply_prints_the_findings_and_exits_1_where_one_blocks(run: Run, capsys: Any) -> None:
    text = "Stort het op NL91ABNA0417164300 ^SV\n"
    with pytest.raises(SystemExit) as stopped:
        run("check_reply", "--network", "x", "--lang", "nl", given=text)
    assert stopped.value.code == 1
    private = json.loads(run("check_reply", "--network", "x", "--visibility", "private", given=text))
    assert [finding["code"] for finding in private["findings"]] == []
    fine = json.loads(run("check_reply", "--network", "x", given="We zoeken het uit 👍🏽 ^SV\n"))
    assert fine == {"findings": [], "length": {"used": 24, "limit": 280, "unit": "weighted"}}


@pytest.mark.django_db
def test_check_reply_warns_of_a_missing_signature_in_the_language_asked(run: Run) -> None:
    def said(*options: str) -> str:
        (finding,) = json.loads(run("check_reply", "--network", "x", *options, given="We zoeken het uit."))["findings"]
        assert finding["code"] == "signature.missing"
        return str(finding["message"])

    assert said("--lang", "nl") != said("--lang", "en")
    assert json.loads(run("check_reply", "--network", "x", "--signature", "^SV", given="Goed."))["findings"] == []


def test_check_reply_refuses_what_it_cannot_read(run: Run) -> None:
    with pytest.raises(CommandError, match="no network “myspace”"):
        run("check_reply", "--network", "myspace")
    with pytest.raises(CommandError, match="not in UTF-8"):
        run("check_reply", "--network", "x", given=b"\xff\xfe")


@pytest.mark.django_db
def test_rotate_keys_seals_everything_with_the_newest_key(run: Run, settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = (old,)
    inbox = Inbox(network="x", name="X")
    inbox.credentials = MADE_UP
    inbox.save()
    settings.ALLOW_PRIVATE_NETWORKS = True
    webhook, secret = create_webhook(None, name="Pieper", url="http://127.0.0.1:9/")
    noor = User.objects.create_user("noor", role="comms")
    hook, first = create_hook(noor, name="Bewaking")
    hook, second = rotate_hook(noor, hook.pk)
    AuditEntry.objects.all().delete()
    settings.CREDENTIAL_KEYS = (new, old)
    assert "1 account and 3 secrets" in run("rotate_keys")
    settings.CREDENTIAL_KEYS = (new,)
    for one in (webhook, hook):
        one.refresh_from_db()
    assert unseal(bytes(webhook.sealed_secret))["secret"] == secret
    assert unseal(bytes(hook.sealed_secret))["secret"] == second
    assert unseal(bytes(hook.sealed_before or b""))["secret"] == first
    inbox.refresh_from_db()
    assert inbox.credentials == MADE_UP
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.subject_id) == ("inbox_resealed", None, str(inbox.pk))


@pytest.mark.django_db
def test_rotate_keys_names_what_no_key_opens_and_leaves_it_as_it_is(run: Run, settings: Any) -> None:
    inbox = Inbox(network="x", name="Vergeten")
    inbox.credentials = MADE_UP
    inbox.save()
    settings.CREDENTIAL_KEYS = (Fernet.generate_key().decode(),)
    with pytest.raises(CommandError, match="Vergeten"):
        run("rotate_keys")
    before = bytes(inbox.sealed_credentials)
    inbox.refresh_from_db()
    assert bytes(inbox.sealed_credentials) == before
    with pytest.raises(Unsealable):
        inbox.credentials  # noqa: B018 reading it is what is tried


@pytest.mark.django_db
def test_sla_audit_is_silent_where_all_is_right_and_names_what_is_not(run: Run) -> None:
    take_in(an_inbox(), [a_mention("1"), a_mention("2", at=5)])
    first, second = Ticket.objects.order_by("id")
    assert run("sla_audit") == ""
    Clock.objects.filter(ticket=first, metric="first_response").update(due_at=minutes(99))
    with pytest.raises(SystemExit) as stopped:
        run("sla_audit")
    assert stopped.value.code == 1
    assert run("sla_audit", "--limit", "1") == run("sla_audit", "--ticket", str(second.pk)) == ""
    with pytest.raises(SystemExit):
        run("sla_audit", "--ticket", str(first.pk))
    with pytest.raises(CommandError, match="no ticket"):
        run("sla_audit", "--ticket", "999999999")
