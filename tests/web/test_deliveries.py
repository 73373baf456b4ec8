"""What networks deliver is answered when it is kept, and one delivery harms no other."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from django.db import OperationalError, connection

from desk.actions.inboxes import webhooks
from desk.actions.inboxes.webhooks import LARGEST
from desk.inboxes.models import Inbox, RawItem
from desk.tickets.models import Message
from desk.web import deliveries
from desk.web.deliveries import Deliveries
from tests.actions.builders import an_inbox

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "s"


@pytest.fixture
def inbox() -> Inbox:
    inbox = an_inbox()
    inbox.credentials = {
        "consumer_key": "k", "consumer_secret": SECRET, "access_token": "1-a", "access_token_secret": "b",
    }  # fmt: skip
    inbox.save()
    return inbox


def told(number: int) -> bytes:
    """X tells of a mention."""
    mention = {
        "id": str(number), "text": "hallo @vlotlijn", "author_id": "2000", "conversation_id": str(number),
        "created_at": "2026-11-01T10:20:00.000Z", "edit_history_tweet_ids": [str(number)],
        "entities": {"mentions": [{"start": 6, "end": 15, "username": "vlotlijn", "id": "1"}]},
    }  # fmt: skip
    about = {"filter": {"user_id": "1"}, "event_type": "post.mention.create", "payload": mention}
    users = [{"id": "2000", "name": "Jan", "username": "jan"}]
    return json.dumps({"data": {**about, "includes": {"users": users}}}).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {"x-twitter-webhooks-signature": f"sha256={digest}"}


def deliver(*wanted: tuple[int, bytes, dict[str, str]]) -> list[httpx.Response]:
    """All at once, at one door."""
    return asyncio.run(_deliver(wanted))


async def _deliver(wanted: Sequence[tuple[int, bytes, dict[str, str]]]) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app=Deliveries(beyond))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        calls = [client.post(f"/webhooks/{inbox_id}/", content=body, headers=head) for inbox_id, body, head in wanted]
        return await asyncio.gather(*calls)


async def beyond(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def statuses(answers: Sequence[httpx.Response]) -> list[int]:
    return [answer.status_code for answer in answers]


def test_many_at_once_are_all_kept_in_a_few_commits(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[int] = []

    def counted(group: Sequence[webhooks.Delivery]) -> list[Exception | None]:
        groups.append(len(group))
        return webhooks.receive_all(group)

    monkeypatch.setattr(deliveries, "receive_all", counted)
    answers = deliver(*((inbox.pk, told(number), signed(told(number))) for number in range(60)))
    assert statuses(answers) == [200] * 60
    assert RawItem.objects.count() == sum(groups) == 60
    assert len(groups) < 30
    inbox.refresh_from_db()
    assert inbox.last_webhook_at == inbox.last_event_at is not None


def test_it_is_answered_within_a_second_before_anything_is_made_of_it(inbox: Inbox) -> None:
    """Stored and left to a worker, of which there is none here; the network behind the inbox does not answer."""
    Inbox.objects.update(base_url="http://10.255.255.1")
    deliver((inbox.pk, told(0), signed(told(0))))  # opens the connections
    began = time.monotonic()
    assert statuses(deliver((inbox.pk, told(1), signed(told(1))))) == [200]
    assert time.monotonic() - began < 1
    assert RawItem.objects.filter(processed_at=None).count() == 2
    assert not Message.objects.exists()


def test_what_is_wrong_with_one_harms_no_other(inbox: Inbox) -> None:
    body = told(1)
    answers = deliver(
        (inbox.pk, body, signed(body)),
        (inbox.pk, body, signed(body, "another secret")),
        (999_999, body, signed(body)),
        (inbox.pk, b"x" * (LARGEST + 1), {}),
        (inbox.pk, b"no JSON", signed(b"no JSON")),
        (inbox.pk, body, signed(body)),
    )
    assert statuses(answers) == [200, 403, 404, 413, 200, 200]
    assert "app secret" in answers[1].text
    kept = list(RawItem.objects.order_by("event_key"))
    assert [row.event_key for row in kept] == ["created:1:", kept[1].event_key]
    assert kept[1].problem


@pytest.fixture
def picky() -> Iterator[None]:
    """A database that refuses one message."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inboxes_rawitem ADD CONSTRAINT picky CHECK (event_key <> 'created:2:')")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inboxes_rawitem DROP CONSTRAINT picky")


def test_a_delivery_that_the_database_refuses_leaves_the_others_alone(inbox: Inbox, picky: None) -> None:
    answers = deliver(*((inbox.pk, told(number), signed(told(number))) for number in (1, 2, 3)))
    assert statuses(answers) == [200, 503, 200]
    assert set(RawItem.objects.values_list("event_key", flat=True)) == {"created:1:", "created:3:"}


def test_without_a_database_nobody_is_told_that_it_was_kept(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_arguments: object, **_named: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(webhooks, "store", away)
    answers = deliver(*((inbox.pk, told(number), signed(told(number))) for number in range(3)))
    assert statuses(answers) == [503] * 3
    monkeypatch.undo()
    assert statuses(deliver((inbox.pk, told(1), signed(told(1))))) == [200]
    assert RawItem.objects.count() == 1


def test_a_full_door_asks_to_come_again(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MOST_BYTES", 10)
    assert statuses(deliver((inbox.pk, told(1), signed(told(1))))) == [503]


def test_everything_else_goes_on(inbox: Inbox) -> None:
    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=Deliveries(beyond))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            address = f"/webhooks/{inbox.pk}/"
            return [await client.get(address), await client.post("/webhooks/"), await client.post("/queue/")]

    assert statuses(asyncio.run(ask())) == [418] * 3
