"""The X Activity API: handshake, signatures, what is told, retries, and the faults of delivery."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.connectors.sandbox.conftest import Company, SandboxProcess

Wait = Callable[[int], list[dict[str, Any]]]


def signed(secret: str, message: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


class Desk:
    """Stands where a desk would: answers the challenge, checks signatures, keeps what it hears."""

    def __init__(self, secret: str) -> None:
        self.heard: list[dict[str, Any]] = []
        self.at: list[float] = []
        self.refused = 0
        self.answers: list[int] = []  # statuses to give before 200 again
        self.knows_secret = True
        desk = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                token = parse_qs(urlsplit(self.path).query)["crc_token"][0]
                right = signed(secret if desk.knows_secret else "wrong", token.encode())
                self._say(200, json.dumps({"response_token": right}).encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if not hmac.compare_digest(self.headers["x-twitter-webhooks-signature"], signed(secret, body)):
                    desk.refused += 1
                    self._say(403, b"")
                elif desk.answers:
                    self._say(desk.answers.pop(0), b"")
                else:
                    desk.heard.append(json.loads(body)["data"])
                    desk.at.append(time.monotonic())
                    self._say(200, b"")

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Tests are quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/1/"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, count: int, seconds: float = 5) -> list[dict[str, Any]]:
        deadline = time.monotonic() + seconds
        while len(self.heard) < count:
            assert time.monotonic() < deadline, f"{len(self.heard)} of {count} events came"
            time.sleep(0.01)
        return self.heard


@pytest.fixture
def desk(sandbox: SandboxProcess, company: Company) -> Iterator[Desk]:
    desk = Desk(company.credentials["consumer_secret"])
    body = {"network": "x", "account": company.handle, "url": desk.url, "retry_seconds": 0.1}
    hook = sandbox.call("POST", "/webhooks", body, expect=201)
    assert hook["valid"] is True
    yield desk
    sandbox.call("DELETE", f"/webhooks/{hook['id']}")
    desk.stop()


def test_mention_reply_and_private_message_are_told_once(sandbox: SandboxProcess, company: Company, desk: Desk) -> None:
    mention = company.hears("help")
    own = company.client.create_tweet(text="Dag", in_reply_to_tweet_id=mention["id"]).json()["data"]
    reply = company.hears("dank", kind="reply", in_reply_to=own["id"])
    dm = company.hears("geheim", kind="dm")
    events = desk.wait(4)
    assert [event["event_type"] for event in events] == [
        "post.mention.create",
        "post.create",
        "post.reply.create",
        "dm.received",
    ]
    assert {event["filter"]["user_id"] for event in events} == {company.id}
    assert len({event["event_uuid"] for event in events}) == 4
    assert [event["payload"]["id"] for event in events[:3]] == [mention["id"], own["id"], reply["id"]]
    assert events[0]["includes"]["users"][0]["username"] == "reiziger"
    assert events[2]["payload"]["in_reply_to_tweet_id"] == own["id"]
    (message,) = events[3]["payload"]["direct_message_events"]
    assert (message["id"], message["message_create"]["message_data"]["text"]) == (dm["id"], "geheim")
    assert events[3]["payload"]["users"][dm["author"]["id"]]["data"]["username"] == "reiziger"
    polled = company.mentions(tweet_fields="created_at")["data"]
    assert polled[-1]["created_at"] == events[0]["payload"]["created_at"]


def test_the_native_app_is_heard_as_an_echo(sandbox: SandboxProcess, company: Company, desk: Desk) -> None:
    mention = company.hears()
    typed = {"network": "x", "account": company.handle, "origin": "native", "kind": "reply"}
    echo = sandbox.call("POST", "/posts", {**typed, "text": "Uit de app", "in_reply_to": mention["id"]})
    dm = sandbox.call("POST", "/posts", {**typed, "kind": "dm", "to": "reiziger", "text": "Prive uit de app"})
    sandbox.call("DELETE", f"/posts/{echo['id']}")
    kinds = [event["event_type"] for event in desk.wait(4)]
    assert kinds == ["post.mention.create", "post.create", "dm.sent", "post.delete"]
    assert echo["author"]["id"] == dm["author"]["id"] == company.id
    assert echo["parent_id"] == mention["id"]


def test_an_address_that_fails_the_challenge_hears_nothing(sandbox: SandboxProcess, company: Company) -> None:
    desk = Desk(company.credentials["consumer_secret"])
    desk.knows_secret = False
    body = {"network": "x", "account": company.handle, "url": desk.url}
    refused = sandbox.call("POST", "/webhooks", body, expect=400)
    assert "wrong challenge response" in refused["problem"]
    company.hears()
    time.sleep(0.2)
    assert desk.heard == []
    desk.knows_secret = True
    assert sandbox.call("POST", "/webhooks", body, expect=201)["valid"] is True
    company.hears("nu wel")
    assert desk.wait(1)[0]["payload"]["text"].endswith("nu wel")
    desk.stop()
    sandbox.call("DELETE", f"/webhooks/{refused['id']}")


def test_a_webhook_moves_to_another_address_with_what_is_on_its_way(
    sandbox: SandboxProcess, company: Company, desk: Desk
) -> None:
    (hook,) = [one for one in sandbox.call("GET", "/webhooks")["webhooks"] if one["account_id"] == company.id]
    desk.answers = [503] * 100
    company.hears("onderweg")
    elsewhere = Desk(company.credentials["consumer_secret"])
    try:
        elsewhere.knows_secret = False
        sandbox.call("PATCH", f"/webhooks/{hook['id']}", {"url": elsewhere.url}, expect=400)
        elsewhere.knows_secret = True
        sandbox.call("PATCH", f"/webhooks/{hook['id']}", {"url": elsewhere.url})
        assert elsewhere.wait(1)[0]["payload"]["text"].endswith("onderweg")
    finally:
        elsewhere.stop()
    (moved,) = [one for one in sandbox.call("GET", "/webhooks")["webhooks"] if one["account_id"] == company.id]
    assert (moved["url"], moved["settings"]) == (elsewhere.url, hook["settings"])
    sandbox.call("DELETE", f"/webhooks/{moved['id']}")
    sandbox.call("PATCH", f"/webhooks/{moved['id']}", {"url": elsewhere.url}, expect=404)


def test_registering_and_subscribing_through_xs_own_api(sandbox: SandboxProcess, company: Company) -> None:
    desk = Desk(company.credentials["consumer_secret"])
    request = company.client.request
    hook = request("POST", "/2/webhooks", json={"url": desk.url}).json()["data"]
    wanted = {"event_type": "dm.received", "filter": {"user_id": company.id}, "webhook_id": hook["id"]}
    subscription = request("POST", "/2/activity/subscriptions", json=wanted).json()["data"]["subscription"]
    company.hears("openbaar")
    company.hears("prive", kind="dm")
    assert [event["event_type"] for event in desk.wait(1)] == ["dm.received"]
    desk.knows_secret = False
    assert request("PUT", f"/2/webhooks/{hook['id']}").json() == {"data": {"valid": False}}
    assert request("GET", "/2/webhooks").json()["data"][0]["valid"] is False
    assert request("DELETE", f"/2/activity/subscriptions/{subscription['subscription_id']}").ok
    assert request("DELETE", f"/2/webhooks/{hook['id']}").json() == {"data": {"deleted": True}}
    desk.stop()


def test_a_failed_delivery_is_tried_again(company: Company, desk: Desk) -> None:
    desk.answers = [500, 503]
    mention = company.hears()
    assert [event["payload"]["id"] for event in desk.wait(1)] == [mention["id"]]
    assert desk.answers == []


def test_lost(sandbox: SandboxProcess, company: Company, desk: Desk) -> None:
    sandbox.arm("webhook_lost")
    company.hears("weg")
    company.hears("er")
    (event,) = desk.wait(1)
    assert event["payload"]["text"].endswith(" er")


def test_delayed(sandbox: SandboxProcess, company: Company, desk: Desk) -> None:
    sandbox.arm("webhook_delayed", "DELIVER post.mention.create", seconds=0.4)
    started = time.monotonic()
    company.hears()
    desk.wait(1)
    assert desk.at[0] - started >= 0.4


def test_twice_and_replayed(sandbox: SandboxProcess, company: Company, desk: Desk) -> None:
    sandbox.arm("duplicate_delivery")
    company.hears()
    first, second = desk.wait(2)
    assert first == second
    sandbox.arm("webhook_replayed", times=None, seconds=0.3)
    company.hears("nog een")
    events = desk.wait(4)
    assert events[2] == events[3]
    assert desk.at[3] - desk.at[2] >= 0.25


def test_reordered(sandbox: SandboxProcess, company: Company, desk: Desk) -> None:
    sandbox.arm("reordered_delivery", seconds=1)
    first, second = company.hears("een"), company.hears("twee")
    assert [event["payload"]["id"] for event in desk.wait(2)] == [second["id"], first["id"]]


def test_a_bad_signature_comes_first_and_the_right_one_as_a_retry(
    sandbox: SandboxProcess, company: Company, desk: Desk
) -> None:
    sandbox.arm("webhook_bad_signature")
    company.hears()
    desk.wait(1)
    assert desk.refused == 1
