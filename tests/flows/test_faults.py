"""Every fault of the panel: nothing lost, nothing said twice, and a person told where a person is needed."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from tests.running.customers import Account
from tests.running.desk import eventually

POSTING = "POST .*/2/tweets$"

HARMLESS_READS = [
    ("rate_limit", {"seconds": 2}),
    ("rate_limit_without_reset", {}),
    ("server_error_json", {}),
    ("server_error_html", {}),
    ("timeout_before", {"seconds": 1}),
    ("timeout_after", {"seconds": 1}),
    ("slow", {"seconds": 1}),
    ("truncated_json", {}),
    ("malformed_json", {}),
    ("forbidden", {}),
    ("duplicate_delivery", {}),
    ("reordered_delivery", {}),
]


def test_a_poll_that_meets_a_fault_loses_nothing(connect: Callable[..., Account]) -> None:
    """Each fault strikes an account of its own, all at the same time."""
    accounts = {kind: connect("x", webhook=False) for kind, _params in HARMLESS_READS}
    for kind, params in HARMLESS_READS:
        x = accounts[kind]
        x.breaks(kind, f"GET .*/{x.own_id}/mentions", **params)
        for number in range(3):
            x.says(f"@{x.handle} {kind} {number}", by=f"klant{number}")
    for kind, x in accounts.items():
        eventually(partial(_has_three, x), f"three tickets in spite of {kind}", 60)
    assert x.every_fault_struck()


def _has_three(x: Account) -> bool:
    return len(x.tickets()) == 3


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("duplicate_delivery", {}),
        ("reordered_delivery", {}),
        ("webhook_lost", {}),
        ("webhook_delayed", {"seconds": 2}),
        ("webhook_replayed", {"seconds": 1}),
        ("webhook_bad_signature", {}),
    ],
)
def test_a_webhook_that_meets_a_fault_loses_nothing_and_doubles_nothing(
    x: Account, kind: str, params: dict[str, Any]
) -> None:
    x.breaks(kind, "DELIVER", **params)
    x.says(f"@{x.handle} een {kind}", by="een")
    x.says(f"@{x.handle} twee {kind}", by="twee")
    eventually(lambda: len(x.tickets()) == 2, f"two tickets in spite of {kind}")
    count = "SELECT count(*) FROM tickets_message WHERE inbox_id = %s"
    assert x.desk.rows(count, x.inbox) == [(2,)]
    assert x.every_fault_struck()


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("rate_limit", {"seconds": 2}),
        ("rate_limit_without_reset", {}),
        ("slow", {"seconds": 1}),
    ],
)
def test_a_reply_that_meets_a_passing_fault_goes_out_once(x: Account, kind: str, params: dict[str, Any]) -> None:
    x.says(f"@{x.handle} hallo {kind}")
    ticket = x.ticket(kind)["id"]
    x.breaks(kind, POSTING, **params)
    reply = x.answer(ticket, f"Antwoord na {kind}.")
    x.reply_becomes(reply["id"], "sent", seconds=60)
    assert len(x.company_said()) == 1
    assert x.every_fault_struck()


@pytest.mark.parametrize(
    "kind", ["timeout_after", "truncated_json", "malformed_json", "server_error_html", "server_error_json"]
)
def test_a_reply_whose_outcome_is_lost_is_looked_for_and_never_sent_twice(x: Account, kind: str) -> None:
    x.says(f"@{x.handle} hallo {kind}")
    ticket = x.ticket(kind)["id"]
    x.breaks(kind, POSTING, seconds=1)
    reply = x.answer(ticket, f"Antwoord bij {kind}.")
    x.reply_becomes(reply["id"], "sent", "unknown", seconds=40)
    if x.company_said():  # the fault struck after the post was made
        x.reply_becomes(reply["id"], "sent", seconds=60)
    assert len(x.company_said()) <= 1
    assert x.every_fault_struck()


def test_an_unknown_reply_that_is_not_there_is_sent_again_only_by_a_person(x: Account) -> None:
    x.says(f"@{x.handle} hallo?")
    ticket = x.ticket("hallo?")["id"]
    x.breaks("timeout_before", POSTING, seconds=1)
    reply = x.answer(ticket, "Hoi, daar ben ik.")
    x.reply_becomes(reply["id"], "unknown")
    assert x.desk.api("GET", f"tickets/{ticket}/")["problem"] == "unknown"
    refused = x.desk.api(
        "POST",
        f"tickets/{ticket}/reply/",
        {"text": "Nog een keer", "visibility": "public", "idempotency_key": "second"},
        expect=409,
    )
    assert refused["code"] == "channel_closed"
    assert x.company_said() == []
    x.desk.api("POST", f"replies/{reply['id']}/send_again/")
    x.reply_becomes(reply["id"], "sent")
    assert len(x.company_said()) == 1


@pytest.mark.parametrize(("kind", "code"), [("forbidden", ""), ("payment_required", "quota_exhausted")])
def test_a_reply_that_the_network_refuses_is_shown_with_its_reason(x: Account, kind: str, code: str) -> None:
    x.says(f"@{x.handle} hallo {kind}")
    ticket = x.ticket(kind)["id"]
    x.breaks(kind, POSTING)
    reply = x.answer(ticket, "Hoi.")
    settled = x.reply_becomes(reply["id"], "failed", "held")
    assert settled["problem_code"] == code or not code
    assert settled["problem"]
    assert x.desk.api("GET", f"tickets/{ticket}/")["problem"] == settled["state"]
    assert x.company_said() == []


def test_a_dead_token_holds_replies_until_the_account_is_authorised_again(x: Account) -> None:
    x.says(f"@{x.handle} hallo?")
    ticket = x.ticket("hallo?")["id"]
    x.breaks("unauthorized", "", times=None)
    eventually(
        lambda: x.desk.api("GET", f"inboxes/{x.inbox}/", as_="admin")["state"] == "needs_reauthorisation",
        "the inbox to say that it must be authorised again",
    )
    reply = x.answer(ticket, "Dit wacht even.")
    x.reply_becomes(reply["id"], "held")
    x.mend()
    fresh = x.sandbox(x.desk, "POST", "/accounts", {"network": x.place, "handle": x.handle, "rotate": True})
    x.desk.api("POST", f"inboxes/{x.inbox}/reauthorise/", {"credentials": fresh["credentials"]}, as_="admin")
    x.reply_becomes(reply["id"], "sent")
    assert len(x.company_said()) == 1
    blind = "SELECT reason FROM inboxes_coveragegap WHERE inbox_id = %s AND ended_at IS NOT NULL"
    gaps = eventually(lambda: x.desk.rows(blind, x.inbox), "the blind interval to end")
    assert ("token",) in gaps


@pytest.mark.parametrize("seconds", [-240, 3_600])
def test_a_network_whose_clock_is_off_is_read_and_answered_all_the_same(x: Account, seconds: int) -> None:
    """Nobody waits since before the first train, or until the network's future has come."""
    x.breaks("clock_skew", times=None, seconds=seconds)
    x.says(f"@{x.handle} hoe laat is het? {seconds}")
    ticket = x.ticket(f"hoe laat is het? {seconds}")
    assert datetime.fromisoformat(ticket["waiting_since"]) <= datetime.now(UTC)
    x.breaks("timeout_after", POSTING, seconds=1)
    reply = x.answer(ticket["id"], "Bijna twaalf uur.")
    x.reply_becomes(reply["id"], "sent", seconds=90)
    assert len(x.company_said()) == 1


def test_credits_that_are_used_up_are_told_and_cost_nobody_the_account(connect: Callable[..., Account]) -> None:
    x = connect("x", webhook=False)
    x.breaks("payment_required", f"GET .*/{x.own_id}/mentions")

    def used_up() -> Any:
        """The health in one look: with the next poll the account is well again."""
        health = x.desk.api("GET", f"inboxes/{x.inbox}/", as_="admin")["health"]
        return health if health["last_error_code"] == "quota_exhausted" else None

    health = eventually(used_up, "the inbox to say that its credits are used up")
    assert "Developer Portal" in health["last_error"]
    assert (health["state"], health["blind_because"]) == ("active", "quota")
    assert x.every_fault_struck()
