"""What a webhook told as an id alone gets its words before anybody sees it, and waits for them where it must."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.networks.instagram import Instagram
from desk.actions.intake import ingest
from desk.inboxes.gateway import Item
from desk.inboxes.models import Inbox, RawItem
from desk.tickets.models import Message
from tests.actions.builders import an_inbox, minutes, take_in
from tests.connectors.accounts import INSTAGRAM_CREDENTIALS, INSTAGRAM_ID, NOON, instagram_account
from tests.connectors.wire import Said, Wire, running_wire

pytestmark = pytest.mark.django_db
FOUND = {
    "mentioned_comment": {"id": "1790", "text": "Klopt dit, Vlotlijn?", "username": "piet", "media": {"id": "1890"}}
}
BUSY = {"error": {"code": 2, "message": "An unexpected error has occurred.", "is_transient": True}}


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as wire:
        yield wire


@pytest.fixture
def inbox(wire: Wire) -> Inbox:
    inbox = an_inbox(network="instagram", base_url=wire.address, own_id=INSTAGRAM_ID)
    inbox.credentials = INSTAGRAM_CREDENTIALS
    inbox.save()
    return inbox


def instagram_mention() -> Item:
    change = {"field": "mentions", "value": {"media_id": "1890", "comment_id": "1790"}}
    entry = {"id": INSTAGRAM_ID, "time": int(NOON.timestamp()), "changes": [change]}
    told = Instagram(instagram_account("")).parse_webhook(
        json.dumps({"object": "instagram", "entry": [entry]}).encode()
    )
    return told.items[0]


def test_a_mention_that_is_ids_alone_comes_with_its_words(wire: Wire, inbox: Inbox) -> None:
    wire.say(FOUND)
    take_in(inbox, [instagram_mention()], source="webhook")
    message = Message.objects.get()
    assert (message.text, message.external_id) == ("Klopt dit, Vlotlijn?", "1790")


def test_where_the_network_is_away_it_waits_and_is_never_shown_empty(wire: Wire, inbox: Inbox) -> None:
    wire.say(BUSY, 503)
    now = minutes(60)
    take_in(inbox, [instagram_mention()], source="webhook", now=now)
    assert not Message.objects.exists()
    ingest.process(inbox.pk, now + timedelta(seconds=5))
    assert not Message.objects.exists()
    wire.say(FOUND)
    assert ingest.waiting_inboxes(now + timedelta(seconds=11)) == [inbox.pk]
    ingest.process(inbox.pk, now + timedelta(seconds=11))
    assert Message.objects.get().text == "Klopt dit, Vlotlijn?"


def test_one_that_arrives_after_the_network_was_asked_is_left_for_the_next_worker(
    wire: Wire, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.actions.intake.ingest.ask_for_authors", lambda inbox_id, now: None)
    take_in(inbox, [instagram_mention()], source="webhook")
    assert not Message.objects.exists()
    assert ingest.waiting_inboxes(minutes(61)) == [inbox.pk]


def test_what_is_gone_is_taken_as_it_is(wire: Wire, inbox: Inbox) -> None:
    wire.say({"error": {"code": 100, "error_subcode": 33, "message": "gone"}}, 400)
    take_in(inbox, [instagram_mention()], source="webhook")
    assert Message.objects.get().text == ""


def test_after_the_last_try_it_is_taken_as_it_is(wire: Wire, inbox: Inbox) -> None:
    wire.answer_with(lambda asked: Said(BUSY, 503))
    now = minutes(60)
    take_in(inbox, [instagram_mention()], source="webhook", now=now)
    for _ in range(5):
        now += timedelta(hours=2)
        ingest.process(inbox.pk, now)
    assert RawItem.objects.get().processed_at is not None
    assert Message.objects.get().text == ""
