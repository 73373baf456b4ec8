"""Connecting accounts on a real (sandbox) network, and keeping their credentials to ourselves."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, Team
from desk.tickets.models import Ticket
from tests.api.caller import Caller
from tests.api.sandbox import an_account, running_sandbox

NOWHERE = "http://127.0.0.1:1"
X_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret", "bearer_token")
MADE_UP = {name: f"made-up-{name}" for name in X_KEYS}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


@pytest.fixture
def account(sandbox: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    return an_account(sandbox, f"vlotlijn_{abs(hash(request.node.name)) % 10_000}")


def connected(administrator: Caller, account: dict[str, Any]) -> dict[str, Any]:
    made = administrator.post(
        "inboxes/", network="x", name="Vlotlijn op X", base_url=account["base_url"], credentials=account["credentials"]
    )
    assert made.status == 201, made.body
    body: dict[str, Any] = made.body
    return body


def test_an_account_is_checked_connected_and_read_with_its_health(
    administrator: Caller, agent: Caller, account: dict[str, Any]
) -> None:
    inbox = connected(administrator, account)
    assert (inbox["network"], inbox["state"], inbox["poll_seconds"]) == ("x", "active", 60)
    assert inbox["own_id"]
    assert inbox["webhook_url"].endswith(f"/webhooks/{inbox['id']}/")
    health = agent.get(f"inboxes/{inbox['id']}/").body["health"]
    assert (health["state"], health["last_error"], health["blind_since"]) == ("active", "", None)
    assert [stream["name"] for stream in health["streams"]]
    assert health["streams"][0]["next_poll_at"].endswith("Z")
    assert [row["id"] for row in agent.results("inboxes/")] == [inbox["id"]]


def test_mastodon_is_connected_with_one_token(administrator: Caller, sandbox: str) -> None:
    account = an_account(sandbox, "vlotlijn_m", network="mastodon", max_characters=1_000)
    given = {"base_url": account["base_url"], "credentials": account["credentials"]}
    made = administrator.post("inboxes/", network="mastodon", name="Vlotlijn op Mastodon", **given)
    assert made.status == 201, made.body
    assert (made.body["handle"], made.body["own_id"]) == ("vlotlijn_m", account["id"])
    assert Inbox.objects.get(pk=made.body["id"]).limits["length"] == 1_000
    wrong = {**given, "credentials": {"access_token": "van niemand"}}
    assert (
        administrator.post("inboxes/", network="mastodon", name="Nog een", **wrong).body["code"] == "connection_refused"
    )
    nowhere = administrator.post("inboxes/", network="mastodon", name="Nog een", **{**given, "base_url": ""})
    assert (nowhere.body["code"], list(nowhere.body["errors"])) == ("address_refused", ["base_url"])
    lacking = administrator.post("inboxes/", network="mastodon", name="Nog een", **{**given, "credentials": {}})
    assert list(lacking.body["errors"]) == ["credentials"]


def test_credentials_go_in_and_never_out(administrator: Caller, account: dict[str, Any]) -> None:
    inbox = connected(administrator, account)
    secrets = [value for value in account["credentials"].values() if len(value) > 6]
    address, broken = f"inboxes/{inbox['id']}/", {"network": "x", "name": "", "credentials": account["credentials"]}
    answers = [
        *(administrator.get(path) for path in ("inboxes/", address, "audit/")),
        administrator.patch(address, name="Anders"),
        administrator.post("inboxes/", **broken),
    ]
    said = [json.dumps(inbox), *(answer.response.content.decode() for answer in answers)]
    stored = bytes(Inbox.objects.get().sealed_credentials).decode("latin-1")
    assert not [secret for secret in secrets if any(secret in text for text in (*said, stored))]
    assert Inbox.objects.get().credentials == account["credentials"]


def test_testing_a_connection_says_whose_it_is(administrator: Caller, account: dict[str, Any]) -> None:
    body = {"network": "x", "base_url": account["base_url"], "credentials": account["credentials"]}
    assert administrator.post("inboxes/test/", **body).body["own_id"]
    inbox = connected(administrator, account)
    assert administrator.post(f"inboxes/{inbox['id']}/test/").body["own_id"] == inbox["own_id"]


def test_what_the_network_refuses_is_a_422_in_plain_words(administrator: Caller, account: dict[str, Any]) -> None:
    body = {"network": "x", "name": "X", "credentials": MADE_UP}
    wrong = administrator.post("inboxes/", **body, base_url=account["base_url"])
    away = administrator.post("inboxes/", **body, base_url=NOWHERE)
    assert wrong.problem == away.problem == (422, "connection_refused")
    assert wrong.body["detail"] != away.body["detail"]
    assert not Inbox.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("network", "myspace", "network"), ("name", "", "name"), ("credentials", {}, "credentials"),
        ("credentials", {"access_token": "x"}, "credentials.consumer_key"),
        ("credentials", {**MADE_UP, "pin": "1"}, "credentials.pin"),
        ("credentials", "secret", "credentials"), ("base_url", "ftp://x", "base_url"),
        ("poll_seconds", 0, "poll_seconds"),
        ("poll_seconds", "soon", "poll_seconds"), ("team", 999, "team"), ("language", "xx", "language"),
    ],
)  # fmt: skip
def test_what_cannot_be_connected_is_refused_by_field(
    administrator: Caller, field: str, value: object, named: str
) -> None:
    body = {"network": "x", "name": "X", "base_url": NOWHERE, "credentials": MADE_UP, field: value}
    answer = administrator.post("inboxes/", **body)
    assert (answer.status, answer.body["code"]) == (400, "invalid")
    assert named in answer.body["errors"]


def test_a_private_address_is_refused_where_the_operator_did_not_allow_it(
    administrator: Caller, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = False
    answer = administrator.post("inboxes/", network="x", name="X", base_url=NOWHERE, credentials=MADE_UP)
    assert answer.problem == (400, "address_refused")


def test_pausing_resuming_and_changing(administrator: Caller, inbox: Inbox) -> None:
    address = f"inboxes/{inbox.pk}/"
    paused = administrator.post(f"{address}pause/").body
    assert (paused["state"], paused["health"]["blind_because"]) == ("paused", "paused")
    assert administrator.post(f"{address}resume/").body["state"] == "active"
    team = Team.objects.create(name="Rail")
    changed = administrator.patch(address, name="Anders", poll_seconds=5, team=team.pk, brand="Nachtlijn").body
    assert (changed["name"], changed["poll_seconds"], changed["team"]["name"]) == ("Anders", 5, "Rail")
    assert changed["brand"] == "Nachtlijn"
    assert administrator.patch(address, team=None).body["team"] is None
    assert administrator.patch(address, name="").status == 400
    assert AuditEntry.objects.filter(verb="inbox_changed").count() == 2


def test_new_credentials_bring_an_inbox_back(administrator: Caller, account: dict[str, Any]) -> None:
    inbox = connected(administrator, account)
    Inbox.objects.update(state=Inbox.State.NEEDS_REAUTHORISATION)
    address = f"inboxes/{inbox['id']}/reauthorise/"
    assert administrator.post(address, credentials=MADE_UP).problem == (422, "connection_refused")
    assert administrator.post(address, credentials=account["credentials"]).body["state"] == "active"


def test_an_inbox_with_tickets_is_not_deleted(administrator: Caller, ticket: Ticket) -> None:
    assert administrator.delete(f"inboxes/{ticket.inbox_id}/").problem == (409, "conflict")
    empty = Inbox.objects.create(network="x", name="Leeg")
    assert administrator.delete(f"inboxes/{empty.pk}/").status == 204
    assert administrator.get(f"inboxes/{empty.pk}/").status == 404


@pytest.mark.parametrize("part", ["agent", "supervisor", "expert"])
def test_only_administrators_manage_accounts(part: str, request: pytest.FixtureRequest, inbox: Inbox) -> None:
    caller: Caller = request.getfixturevalue(part)
    body = {"network": "x", "base_url": NOWHERE, "credentials": MADE_UP}
    answers = [
        caller.post("inboxes/", **body, name="X"),
        caller.post("inboxes/test/", **body),
        caller.patch(f"inboxes/{inbox.pk}/", name="Anders"),
        caller.delete(f"inboxes/{inbox.pk}/"),
        *(caller.post(f"inboxes/{inbox.pk}/{verb}/") for verb in ("pause", "resume", "test")),
        caller.post(f"inboxes/{inbox.pk}/reauthorise/", credentials=MADE_UP),
    ]
    assert {answer.problem for answer in answers} == {(403, "not_permitted")}


def test_the_networks_say_what_they_need_and_can(agent: Caller) -> None:
    networks = {network["slug"]: network for network in agent.get("networks/").body}
    assert {field["name"] for field in networks["x"]["credential_fields"]} == set(X_KEYS)
    assert "hide" in networks["facebook_page"]["actions"]
