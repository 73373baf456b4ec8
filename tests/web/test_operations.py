"""Health, figures for Prometheus, and webhooks."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from desk.common.live import client
from desk.inboxes.models import Inbox
from desk.people.models import ApiToken
from desk.people.permissions import Role
from tests.web.colleagues import colleague

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_heartbeat() -> None:
    client().delete("desk:heartbeat")


def test_alive_asks_nobody(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/healthz").content == b"ok\n"


def test_ready_only_where_all_four_work() -> None:
    down = Client().get("/readyz")
    assert down.status_code == 503
    assert down.json() == {"ready": False, "database": "ok", "broker": "ok", "workers": "down", "beat": "down"}
    client().set("desk:heartbeat", "now", ex=10)
    up = Client().get("/readyz")
    assert (up.status_code, up.json()["ready"]) == (200, True)


def test_metrics_are_for_this_machine_or_a_token() -> None:
    Inbox.objects.create(network="x", name="X", handle="vlotlijn")
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert b"balie_open_tickets 0.0" in answer.content
    assert b'balie_inbox_active{inbox="' in answer.content
    stranger = Client(REMOTE_ADDR="203.0.113.7")
    assert stranger.get("/metrics").status_code == 403
    assert Client(headers={"X-Forwarded-For": "203.0.113.7"}).get("/metrics").status_code == 403
    _token, secret = ApiToken.issue(colleague(Role.SUPERVISOR))
    assert stranger.get("/metrics", headers={"Authorization": f"Token {secret}"}).status_code == 200
    _token, secret = ApiToken.issue(colleague(Role.AGENT))
    assert stranger.get("/metrics", headers={"Authorization": f"Token {secret}"}).status_code == 403


def test_a_webhook_is_refused_in_one_line() -> None:
    inbox = Inbox.objects.create(network="x", name="X", handle="vlotlijn")
    inbox.credentials = {"consumer_key": "k", "consumer_secret": "s", "access_token": "1-a", "access_token_secret": "b"}
    inbox.save()
    address = f"/webhooks/{inbox.pk}/"
    assert Client().get(address, {"crc_token": "abc"}).json()["response_token"].startswith("sha256=")
    assert Client().get(address).status_code == 403
    assert Client().post(address, b"{}", content_type="application/json").status_code == 403
    assert Client().post("/webhooks/999999/", b"{}", content_type="application/json").status_code == 404
    assert Client().post(address, b"x" * (5 * 1024 * 1024 + 1), content_type="application/json").status_code == 413
    assert Client().post(address, b"x" * (7 * 1024 * 1024), content_type="application/json").status_code == 413
    assert Client().put(address).status_code == 405
