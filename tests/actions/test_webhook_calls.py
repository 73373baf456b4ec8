"""Alerts told outside: signed, judged like any stranger's address, tried again, given up."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from django.db import transaction

from desk.actions.alerts import alert_chains, webhook_calls
from desk.actions.alerts.webhook_calls import signature
from desk.actions.sla import clock_sweep
from desk.alerts import outbox
from desk.alerts.models import AlertChain, WebhookCall
from desk.common.errors import Invalid
from tests.actions.builders import a_mention, an_inbox, minutes, take_in, the_ticket

pytestmark = pytest.mark.django_db(transaction=True)
NOW = minutes(6)


class Receiver(BaseHTTPRequestHandler):
    """Somebody's own program."""

    answers: ClassVar[int] = 200
    heard: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((dict(self.headers), body))
        self.send_response(self.answers)
        if self.answers == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Not into the tests' output."""


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.answers, Receiver.heard = 200, []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/alert?from=balie"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def secret(receiver: str, settings: Any) -> str:
    """One alert on its way to the receiver."""
    settings.ALLOW_PRIVATE_NETWORKS, settings.WEB_URL = True, "http://desk.example"
    webhook, secret = alert_chains.create_webhook(None, name="Pieper", url=receiver)
    steps = [{"percent": 10, "webhooks": [webhook.pk]}]
    alert_chains.change_chain(None, AlertChain.objects.get(is_default=True).pk, steps=steps)
    take_in(an_inbox(), [a_mention("1")], now=minutes(0))
    assert clock_sweep.sweep(NOW).alerts == 1
    return secret


def test_a_call_says_what_waits_and_is_signed(secret: str) -> None:
    assert webhook_calls.send_due(NOW) == 1
    ((headers, body),) = Receiver.heard
    told = json.loads(body)
    assert told["ticket"] == the_ticket().pk
    assert told["url"] == f"http://desk.example/tickets/{the_ticket().pk}/"
    assert (told["event"], told["step"], told["metric"]) == ("alert", 1, "first_response")
    assert told["due_at"] == minutes(60).isoformat()
    assert "Marit" not in body.decode()
    assert headers["Balie-Timestamp"] == str(int(NOW.timestamp()))
    assert headers["Balie-Signature"] == f"sha256={signature(secret, headers['Balie-Timestamp'], body)}"
    assert signature(secret, "1", b"{}") != signature("another", "1", b"{}")
    call = WebhookCall.objects.get()
    assert (call.state, call.sent_at, headers["Balie-Delivery"]) == (WebhookCall.State.SENT, NOW, str(call.pk))
    assert webhook_calls.send_due(NOW) == 0


@pytest.mark.parametrize(
    ("answers", "state"),
    [(500, "queued"), (503, "queued"), (429, "queued"), (404, "failed"), (400, "failed"), (302, "failed")],
)
def test_what_is_not_taken_is_tried_again_or_given_up(secret: str, answers: int, state: str) -> None:
    Receiver.answers = answers
    webhook_calls.send_due(NOW)
    call = WebhookCall.objects.get()
    assert (call.state, len(Receiver.heard)) == (state, 1)
    assert str(answers) in call.problem
    if state == "queued":
        assert call.next_attempt_at == NOW + outbox.FIRST_PAUSE
        Receiver.answers = 204
        webhook_calls.send_due(call.next_attempt_at)
        assert WebhookCall.objects.get().state == WebhookCall.State.SENT


def test_a_private_address_is_refused_when_it_is_added_and_when_it_is_called(secret: str, settings: Any) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = False
    with pytest.raises(Invalid, match="private network"):
        alert_chains.create_webhook(None, name="Anders", url="http://127.0.0.1:1/")
    webhook_calls.send_due(NOW)
    assert WebhookCall.objects.get().state == WebhookCall.State.FAILED
    assert Receiver.heard == []


@pytest.mark.parametrize("url", ["ftp://example.com/", "http://user:word@example.com/", "x" * 1_001, "https://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        alert_chains.create_webhook(None, name="Pieper", url=url)


def test_a_removed_webhook_is_told_nothing_more(secret: str) -> None:
    webhook = WebhookCall.objects.get().webhook
    alert_chains.delete_webhook(None, webhook.pk)
    webhook_calls.send_due(NOW)
    assert Receiver.heard == []
    take_in(the_ticket().inbox, [a_mention("2", by="jan")], now=minutes(0))
    assert clock_sweep.sweep(NOW + timedelta(minutes=1)).alerts == 1
    assert WebhookCall.objects.count() == 1


def test_no_address_is_called_inside_a_transaction(secret: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        webhook_calls.send_due(NOW)
    assert WebhookCall.objects.get().state == WebhookCall.State.QUEUED
