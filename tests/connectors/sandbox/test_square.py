"""The control API: accounts, customers, bulk, bad input, and that nothing is forgotten."""

import signal
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.connectors.sandbox.conftest import Company, SandboxProcess, new_company


def test_an_account_is_made_once_and_can_be_given_its_credentials(sandbox: SandboxProcess) -> None:
    given = {"consumer_key": "ck", "consumer_secret": "cs", "access_token": "77-at", "access_token_secret": "ats"}
    body = {"network": "x", "handle": "gegeven", "id": "77", "name": "Gegeven", "credentials": given}
    made = sandbox.call("POST", "/accounts", body, expect=201)
    assert made["id"] == "77"
    assert made["credentials"] == {**given, "bearer_token": made["credentials"]["bearer_token"]}
    again = sandbox.call("POST", "/accounts", {"network": "x", "handle": "Gegeven"}, expect=200)
    assert (again["id"], again["credentials"], again["name"]) == ("77", made["credentials"], "Gegeven")
    listed = sandbox.call("GET", "/accounts?network=x")["accounts"]
    assert "credentials" not in next(account for account in listed if account["id"] == "77")


def test_a_bulk_judges_each_row_by_itself(sandbox: SandboxProcess, company: Company) -> None:
    rows: list[Any] = [
        {"text": "eerste", "ref": "a"},
        {"text": "antwoord daarop", "kind": "reply", "in_reply_to": "a", "author": "ander"},
        {"text": ""},
        {"text": "met \ud800 half teken en \x00"},
        "geen object",
        {"text": "in 1970", "created_at": 0},
        {"text": "onbekende tijd", "created_at": "gisteren"},
        {"text": "te lang" * 10_000},
        {"text": "al geschreven", "ref": "a"},
        {"text": 5},
        {
            "text": "de toekomst",
            "created_at": "2099-01-01T00:00:00+01:00",
            "author": {"handle": "z", "name": "Z\u0301" * 4000},
        },
    ]
    defaults = {"network": "x", "account": company.handle, "author": "rij"}
    answer = sandbox.call("POST", "/posts/bulk", {**defaults, "posts": rows})
    assert [("error" in result) for result in answer["results"]] == [
        False, False, True, False, True, False, True, True, False, True, False,
    ]  # fmt: skip
    assert answer["results"][8]["id"] == answer["results"][0]["id"]
    assert (answer["accepted"], answer["refused"]) == (6, 5)
    seen = company.mentions(tweet_fields="created_at")["data"]
    assert len(seen) == 5
    assert seen[1]["created_at"] == "1970-01-01T00:00:00.000Z"
    assert "� half teken en \x00".replace("�", "?") in seen[2]["text"].replace("�", "?")
    assert seen[3]["text"] == f"@rij @{company.handle} antwoord daarop"


def test_a_bulk_of_a_thousand_takes_well_under_a_second(sandbox: SandboxProcess, company: Company) -> None:
    rows = [{"text": f"bericht {number}", "author": f"klant{number % 400}"} for number in range(1000)]
    body = {"network": "x", "account": company.handle, "posts": rows}
    started = time.monotonic()
    assert sandbox.call("POST", "/posts/bulk", body)["accepted"] == 1000
    assert time.monotonic() - started < 1
    sandbox.call("POST", "/posts/bulk", {**body, "posts": [*rows, rows[0]]}, expect=422)
    assert len(company.mentions(max_results=100)["data"]) == 100


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/posts", {"network": "hyves"}, 422),
        ("/posts", {"network": "x", "account": "nergens"}, 404),
        ("/posts", {"network": "x", "account": "HANDLE", "author": "a", "kind": "brief", "text": "x"}, 422),
        ("/posts", {"network": "x", "account": "HANDLE", "author": "", "text": "x"}, 422),
        ("/posts", {"network": "x", "account": "HANDLE", "author": "HANDLE", "text": "x"}, 422),
        ("/posts", {"network": "x", "account": "HANDLE", "author": "a", "text": "x", "in_reply_to": "404"}, 422),
        ("/posts", {"network": "x", "account": "HANDLE", "author": "a", "text": "x", "kind": "reply"}, 422),
        ("/posts", {"network": "x", "account": "HANDLE", "author": "a", "text": "x", "media": [1] * 5}, 422),
        ("/accounts", {"network": "x"}, 422),
        ("/accounts", {"network": "x", "handle": "b", "credentials": {"consumer_key": 5}}, 422),
        ("/posts/bulk", {"posts": "veel"}, 422),
        ("/posts", [], 422),
    ],
)
def test_bad_input_is_answered_with_a_sentence(
    sandbox: SandboxProcess, company: Company, path: str, body: Any, status: int
) -> None:
    if isinstance(body, dict):
        body = {name: company.handle if value == "HANDLE" else value for name, value in body.items()}
    assert len(sandbox.call("POST", path, body, expect=status)["error"]) > 10


def test_no_json_is_answered_with_a_sentence(sandbox: SandboxProcess) -> None:
    answer = requests.post(f"{sandbox.address}/_sandbox/posts", data="{", timeout=5)
    assert answer.status_code == 422
    assert "no JSON" in answer.json()["error"]


def test_everything_since_a_position_with_the_companys_answers(sandbox: SandboxProcess, company: Company) -> None:
    first = company.hears("een")
    company.client.create_tweet(text="antwoord", in_reply_to_tweet_id=first["id"])
    dm = company.hears("prive", kind="dm")
    sandbox.call("DELETE", f"/posts/{dm['id']}")
    url = f"/posts?network=x&account={company.handle}&since={first['position']}"
    posts = sandbox.call("GET", url)["posts"]
    assert [(post["text"], post["origin"], post["deleted_at"] is None) for post in posts] == [
        ("@reiziger antwoord", "api", True),
        ("prive", "customer", False),
    ]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_keeps_accounts_posts_faults_and_the_webhook_outbox(tmp_path: Path, end: signal.Signals) -> None:
    sandbox = SandboxProcess(tmp_path / "data")
    sandbox.start()
    company = new_company(sandbox)
    mention = company.hears()
    sandbox.arm("forbidden", "GET /x/2/users/me", times=3)
    sandbox.stop(end)
    sandbox.start()
    assert [post["id"] for post in company.mentions()["data"]] == [mention["id"]]
    assert [fault["times"] for fault in sandbox.call("GET", "/faults")["faults"]] == [3]
    assert int(company.hears("later")["id"]) > int(mention["id"])
    company.client.session.close()
    sandbox.stop()
