"""How many deliveries of one mention each the desk takes: verified, stored and committed before the answer."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime

from tests.benchmarks.load import request, send_all
from tests.benchmarks.tables import milliseconds, show
from tests.benchmarks.texts import text
from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually

DELIVERIES, CLIENTS, RUNS = 3_000, 32, 3


def test_webhooks(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    account = connect("x", webhook=False, poll_seconds=3_600)
    rates, taken = [], []
    for run in range(RUNS):
        messages = [_delivery(account, run * DELIVERIES + number) for number in range(DELIVERIES)]
        answers, seconds = send_all(desk.url, messages, CLIENTS)
        rates.append(DELIVERIES / seconds)
        taken.append(answers)
    stored = desk.rows("SELECT count(*) FROM inboxes_rawitem WHERE inbox_id = %s", account.inbox)[0][0]
    assert stored == DELIVERIES * RUNS
    ticketed = "SELECT count(*) FROM tickets_message WHERE ticket_id IS NOT NULL AND inbox_id = %s"
    eventually(lambda: desk.rows(ticketed, account.inbox)[0][0] == stored, "all to be processed", 120)
    best = sorted(range(RUNS), key=rates.__getitem__)[RUNS // 2]
    show(
        f"Webhook deliveries, {CLIENTS} at once, while the worker makes tickets of them (median of {RUNS} runs)",
        [
            ("accepted", "≥ 500/s", f"{rates[best]:,.0f}/s"),
            ("answer", "p99 ≤ 100 ms", milliseconds(taken[best], 0.5, 0.99)),
        ],
    )


def _delivery(account: Account, number: int) -> bytes:
    """As X's Activity API tells of a mention, signed."""
    number += 2_060_000_000_000_000_000
    author, words = str(2_000 + number % 1_000), f"@{account.handle} {text(number)}"
    named = {"start": 0, "end": len(account.handle) + 1, "username": account.handle, "id": account.own_id}
    payload = {
        "id": str(number), "text": words, "author_id": author, "conversation_id": str(number),
        "created_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"), "edit_history_tweet_ids": [str(number)],
        "lang": "nl", "entities": {"mentions": [named]},
    }  # fmt: skip
    users = [{"id": author, "name": "Jan", "username": f"jan{author}", "public_metrics": {"followers_count": 97}}]
    told = {"filter": {"user_id": account.own_id}, "event_type": "post.mention.create", "event_uuid": str(number)}
    body = json.dumps({"data": {**told, "payload": payload, "includes": {"users": users}}}).encode()
    key = account.credentials["consumer_secret"].encode()
    signature = "sha256=" + base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
    headers = {"Content-Type": "application/json", "X-Twitter-Webhooks-Signature": signature}
    return request(f"{account.desk.url}/webhooks/{account.inbox}/", "POST", headers, body)
