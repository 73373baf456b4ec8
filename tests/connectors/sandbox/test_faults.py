"""Every fault of the panel, seen from tweepy or from a webhook."""

import json
import time
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests
import tweepy

from connectors.sandbox.faults import KINDS
from tests.connectors.sandbox.conftest import Company, SandboxProcess

MENTIONS = "GET /x/2/users/.*/mentions"
CREATE = "POST /x/2/tweets"
NOT_FROM_HERE = {  # told in test_webhooks.py
    "duplicate_delivery",
    "reordered_delivery",
    "webhook_lost",
    "webhook_delayed",
    "webhook_replayed",
    "webhook_bad_signature",
}


@pytest.mark.parametrize(
    ("kind", "status", "params"),
    [
        ("rate_limit", 429, {"seconds": 30}),
        ("rate_limit_without_reset", 429, {}),
        ("unauthorized", 401, {}),
        ("payment_required", 402, {}),
        ("forbidden", 403, {}),
        ("server_error_json", 500, {"status": 500}),
        ("server_error_html", 503, {}),
    ],
)
def test_an_error_answer_strikes_as_often_as_it_says(
    sandbox: SandboxProcess, company: Company, kind: str, status: int, params: dict[str, Any]
) -> None:
    mention = company.hears()
    sandbox.arm(kind, CREATE, times=2, **params)
    for _ in range(2):
        with pytest.raises(tweepy.HTTPException) as refused:
            company.client.create_tweet(text="Dag", in_reply_to_tweet_id=mention["id"])
        answer = refused.value.response
        assert answer.status_code == status
        if kind == "rate_limit":
            assert 25 < int(answer.headers["x-rate-limit-reset"]) - time.time() <= 31
        if kind == "rate_limit_without_reset":
            assert "x-rate-limit-reset" not in answer.headers
        assert ("text/html" in answer.headers["content-type"]) == (kind == "server_error_html")
    assert company.client.create_tweet(text="Dag", in_reply_to_tweet_id=mention["id"]).status_code == 201
    (armed,) = sandbox.call("GET", "/faults")["faults"]
    assert (armed["times"], armed["hits"]) == (0, 2)


def test_until_cleared_and_only_what_matches(sandbox: SandboxProcess, company: Company) -> None:
    fault = sandbox.arm("unauthorized", "GET /x/2/users/me", times=None)
    for _ in range(3):
        with pytest.raises(tweepy.Unauthorized):
            company.client.get_me()
    assert company.mentions() == {"meta": {"result_count": 0}}
    sandbox.call("DELETE", f"/faults/{fault['id']}")
    assert company.client.get_me().ok


@pytest.mark.parametrize(("kind", "takes_effect"), [("timeout_before", False), ("timeout_after", True)])
@pytest.mark.parametrize("hang", [0.1, 5])
def test_a_lost_answer(sandbox: SandboxProcess, company: Company, kind: str, takes_effect: bool, hang: float) -> None:
    """The connection drops after a moment, or the caller gives up first; either way no answer comes."""
    mention = company.hears()
    sandbox.arm(kind, CREATE, seconds=hang)
    hasty = company.new_client(timeout=0.4)
    with pytest.raises(requests.ConnectionError if hang < 0.4 else requests.ReadTimeout):
        hasty.create_tweet(text="Dag", in_reply_to_tweet_id=mention["id"])
    hasty.session.close()
    own = company.client.get_users_tweets(company.id, user_auth=True).json()
    assert own["meta"]["result_count"] == int(takes_effect)


def test_slow(sandbox: SandboxProcess, company: Company) -> None:
    sandbox.arm("slow", MENTIONS, seconds=0.3)
    started = time.monotonic()
    assert company.mentions() == {"meta": {"result_count": 0}}
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize("kind", ["truncated_json", "malformed_json"])
def test_unreadable_answers_after_a_write_that_took_effect(
    sandbox: SandboxProcess, company: Company, kind: str
) -> None:
    mention = company.hears()
    sandbox.arm(kind, CREATE)
    answer = company.client.create_tweet(text="Dag", in_reply_to_tweet_id=mention["id"])
    assert answer.status_code == 201
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    assert company.client.get_users_tweets(company.id, user_auth=True).json()["meta"]["result_count"] == 1


def test_a_page_with_an_entry_twice_or_turned_round(sandbox: SandboxProcess, company: Company) -> None:
    first, second = company.hears("een")["id"], company.hears("twee")["id"]

    def seen() -> list[str]:
        return [post["id"] for post in company.mentions()["data"]]

    sandbox.arm("duplicate_delivery", MENTIONS)
    assert seen() == [second, second, first]
    sandbox.arm("reordered_delivery", MENTIONS)
    assert seen() == [first, second]
    assert seen() == [second, first]


def test_clock_skew_moves_date_header_and_new_times(sandbox: SandboxProcess, company: Company) -> None:
    sandbox.arm("clock_skew", times=None, seconds=-3600)
    company.hears()
    answer = company.client.get_users_mentions(company.id, tweet_fields="created_at", user_auth=True)
    date = parsedate_to_datetime(answer.headers["date"]).timestamp()
    assert abs(date - (time.time() - 3600)) < 5
    assert answer.json()["data"][0]["created_at"] < time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - 3000))


def test_faults_for_another_network_do_not_strike(sandbox: SandboxProcess, company: Company) -> None:
    sandbox.call("POST", "/faults", {"network": "nowhere", "kind": "slow"}, expect=422)
    sandbox.arm("forbidden", "GET /x/2/tweets", network="*")
    assert company.client.get_me().ok


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nonsense"},
        {"kind": "slow", "match": "("},
        {"kind": "slow", "times": 0},
        {"kind": "slow", "times": "often"},
        {"kind": "slow", "params": {"seconds": "long"}},
        {"kind": "server_error_json", "params": {"status": 200}},
    ],
)
def test_a_senseless_fault_is_refused_with_a_sentence(sandbox: SandboxProcess, wrong: dict[str, Any]) -> None:
    assert sandbox.call("POST", "/faults", {"network": "x", **wrong}, expect=422)["error"]


def test_the_panel_lists_what_it_can_and_what_was_asked_without_secrets(
    sandbox: SandboxProcess, company: Company
) -> None:
    panel = sandbox.call("GET", "/faults")
    assert panel["kinds"].keys() == KINDS.keys() >= NOT_FROM_HERE
    sandbox.arm("forbidden", "GET /x/2/users/me")
    with pytest.raises(tweepy.Forbidden):
        company.client.get_me()
    log = sandbox.call("GET", "/requests")["requests"]
    assert (log[0]["method"], log[0]["path"], log[0]["status"], log[0]["fault"]) == (
        "GET",
        "/x/2/users/me",
        403,
        "forbidden",
    )
    assert company.credentials["access_token"] not in json.dumps(log)
