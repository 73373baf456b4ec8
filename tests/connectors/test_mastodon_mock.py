"""Mastodon against `mastodon-mock`, a server of its API that nobody here wrote, with customers on Mastodon.py."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import errors
from connectors.base import Account, Action, Change, Item, ItemKind, Outgoing, OutgoingFile, OwnPost
from connectors.networks.mastodon import Mastodon
from connectors.sandbox.pictures import picture
from tests.connectors.mastodon_mock_server import MockServer, running_mock


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockServer]:
    with running_mock(tmp_path_factory.mktemp("mastodon")) as server:
        yield server


@pytest.fixture
def server(running: MockServer) -> Iterator[MockServer]:
    yield running
    running.mend()


@pytest.fixture
def us(server: MockServer) -> Mastodon:
    return Mastodon(Account({"access_token": "token-of-vlotlijn"}, server.address, timeout=20.0))


def _read(us: Mastodon, stream: str = "notifications", cursor: Any = None) -> tuple[dict[str, Item], Any]:
    """All that is there to be read; cursors go through JSON, as they do in the desk."""
    items: list[Item] = []
    cursor = cursor or {}
    for _ in range(50):
        page = us.fetch(stream, cursor)
        assert page.unreadable == ()
        items += page.items
        cursor = json.loads(json.dumps(page.cursor))
        if not page.more:
            break
    return {item.external_id: item for item in items if item.addressed}, cursor


def _answer(item: Item, text: str, **more: Any) -> Outgoing:
    assert item.author is not None
    given = {
        "private": item.private,
        "thread_id": item.thread_id,
        "reply_to": item.external_id,
        "recipient": item.author.external_id,
    }
    return Outgoing(text, **{**given, **more})


def _told(server: MockServer, name: str) -> list[str]:
    """What a customer sees in the bell, newest first."""
    return [one.status.content for one in server.as_user(name).notifications() if one.type == "mention"]


def test_the_connection_is_tested_and_the_servers_limits_are_learnt(us: Mastodon) -> None:
    info = us.check()
    assert (info.handle, info.problems) == ("vlotlijn", ())
    assert Mastodon.capabilities_at(info.limits).public_length.limit == 500


def test_a_mention_becomes_an_item_and_the_customer_sees_the_reply(server: MockServer, us: Mastodon) -> None:
    _, cursor = _read(us)
    jan = server.as_user("jan")
    said = jan.status_post("@vlotlijn waar blijft <b>mijn</b> trein?\n\nGroet", spoiler_text="klacht")
    items, cursor = _read(us, cursor=cursor)
    item = items[str(said.id)]
    assert (item.kind, item.text) == (ItemKind.MENTION, "⚠ klacht\n\n@vlotlijn waar blijft <b>mijn</b> trein?\n\nGroet")
    sent = us.send(_answer(item, "Wij kijken het na ^JK", idempotency_key="1:a"))
    assert "Wij kijken het na ^JK" in _told(server, "jan")[0]
    jan.status_post("@vlotlijn dank!", in_reply_to_id=sent.external_id)
    (thanks,), _ = _read(us, cursor=cursor)[0].values(), cursor
    assert (thanks.kind, thanks.thread_id, thanks.parent_id) == (ItemKind.REPLY, item.external_id, sent.external_id)


def test_the_same_reply_handed_in_twice_is_one_post(server: MockServer, us: Mastodon) -> None:
    said = server.as_user("els").status_post("@vlotlijn hallo")
    answer = _answer(_read(us)[0][str(said.id)], "Dag ^JK", idempotency_key="1:b")
    assert us.send(answer).external_id == us.send(answer).external_id


def test_a_direct_post_is_answered_to_its_author_alone(server: MockServer, us: Mastodon) -> None:
    """A third person is named by customer and agent, and hears nothing of the answer."""
    before = _told(server, "piet")
    said = server.as_user("jan").status_post("@vlotlijn mijn nummer is 123", visibility="direct")
    item = _read(us)[0][str(said.id)]
    assert (item.kind, item.private) == (ItemKind.DIRECT_MESSAGE, True)
    answer = _answer(item, "Dank, @piet kijkt ernaar ^JK")
    sent = us.send(answer)
    (seen,) = [one for one in server.as_user("jan").notifications() if one.type == "mention"][:1]
    assert (seen.status.visibility, str(seen.status.id)) == ("direct", sent.external_id)
    assert _told(server, "piet") == before
    found = us.find_sent(answer)
    assert found is not None
    assert (found.external_id, found.thread_id) == (sent.external_id, item.thread_id)


def test_public_turns_private(server: MockServer, us: Mastodon) -> None:
    said = server.as_user("els").status_post("@vlotlijn ik wil mijn geld terug")
    item = _read(us)[0][str(said.id)]
    sent = us.send(_answer(item, "Stuur uw nummer ^JK", private=True, reply_to_public=True))
    (seen,) = [one for one in server.as_user("els").notifications() if one.type == "mention"][:1]
    assert seen.status.visibility == "direct"
    server.as_user("els").status_post("@vlotlijn 123", visibility="direct", in_reply_to_id=sent.external_id)
    newest = list(_read(us)[0].values())[-1]
    assert newest.thread_id == sent.thread_id


def test_an_edit_and_a_deletion_of_the_customer_are_found(server: MockServer, us: Mastodon) -> None:
    jan = server.as_user("jan")
    kept, gone = jan.status_post("@vlotlijn waar is mijn tren"), jan.status_post("@vlotlijn laat maar")
    _, cursor = _read(us, "changes")
    jan.status_update(kept.id, "@vlotlijn waar is mijn trein")
    jan.status_delete(gone.id)
    items, _ = _read(us, "changes", cursor)
    assert {key: item.change for key, item in items.items()} == {
        str(kept.id): Change.EDITED,
        str(gone.id): Change.DELETED,
    }
    assert items[str(kept.id)].text == "@vlotlijn waar is mijn trein"


def test_what_came_during_an_outage_is_read_afterwards_once_each(server: MockServer, us: Mastodon) -> None:
    _, cursor = _read(us)
    jan = server.as_user("jan")
    wanted = [str(jan.status_post(f"@vlotlijn nummer {number}").id) for number in range(45)]
    server.fault({"type": "status", "status": 503}, path="notifications", count=2)
    for _ in range(2):
        with pytest.raises(errors.Transient):
            us.fetch("notifications", cursor)
    items, cursor = _read(us, cursor=cursor)
    assert list(items) == wanted
    assert _read(us, cursor=cursor)[0] == {}


def test_a_mention_is_liked_and_our_own_post_is_deleted(server: MockServer, us: Mastodon) -> None:
    said = server.as_user("els").status_post("@vlotlijn mooi gedaan")
    item = _read(us)[0][str(said.id)]
    us.act(Action.LIKE, item.external_id)
    assert server.as_user("els").status(said.id).favourites_count == 1
    us.act(Action.UNLIKE, item.external_id)
    assert server.as_user("els").status(said.id).favourites_count == 0
    sent = us.send(_answer(item, "Dank ^JK"))
    us.act(Action.DELETE, sent.external_id)
    us.act(Action.DELETE, sent.external_id)
    with pytest.raises(errors.NotAllowedByPolicy):
        us.act(Action.DELETE, item.external_id)
    assert server.as_user("els").status(said.id).content


def test_a_picture_goes_along_with_its_description(server: MockServer, us: Mastodon) -> None:
    said = server.as_user("els").status_post("@vlotlijn waar is spoor 3?")
    item = _read(us)[0][str(said.id)]
    handle = us.upload(OutgoingFile(picture("map"), "image/png", "picture-1.png", "Een kaart"), private=False)
    sent = us.send(_answer(item, "Zie de kaart ^JK", media=(handle,)))
    (shown,) = server.as_user("els").status(sent.external_id).media_attachments
    assert shown.description == "Een kaart"


def test_a_post_of_our_own_is_published_and_found(us: Mastodon) -> None:
    post = OwnPost("Vandaag rijden er geen treinen.", submitted_at=datetime.now(UTC) - timedelta(seconds=5))
    assert us.find_published(post) is None
    made = us.publish(post)
    found = us.find_published(post)
    assert found is not None
    assert found.external_id == made.external_id


def test_a_dead_token_is_told(server: MockServer) -> None:
    with pytest.raises(errors.AuthExpired):
        Mastodon(Account({"access_token": "niemand"}, server.address)).check()


READ, WRITE = ("GET",), ("POST",)


@pytest.mark.parametrize(
    ("effect", "read", "written"),
    [
        ({"type": "status", "status": 503}, errors.Transient, errors.OutcomeUnknown),
        ({"type": "status", "status": 500}, errors.Transient, errors.OutcomeUnknown),
        ({"type": "ratelimit"}, errors.RateLimited, errors.RateLimited),
        ({"type": "malformed"}, errors.Unreadable, errors.OutcomeUnknown),
        ({"type": "timeout", "delay_ms": 4_000}, errors.Transient, errors.OutcomeUnknown),
        ({"type": "status", "status": 403}, errors.PermissionMissing, errors.NotAllowedByPolicy),
        ({"type": "status", "status": 422}, errors.InvalidContent, errors.InvalidContent),
    ],
    ids=lambda value: str(value.get("status") or value["type"]) if isinstance(value, dict) else "",
)
def test_every_fault_is_one_of_the_ways_to_say_no(
    server: MockServer, effect: dict[str, Any], read: type[errors.NetworkError], written: type[errors.NetworkError]
) -> None:
    hurried = effect["type"] == "timeout"
    patient, us = (
        Mastodon(Account({"access_token": "token-of-vlotlijn"}, server.address, timeout=timeout))
        for timeout in (20.0, 2.0 if hurried else 20.0)
    )
    _, cursor = _read(patient)
    said = server.as_user("jan").status_post("@vlotlijn hallo")
    server.fault(effect, path="/notifications", methods=READ)
    with pytest.raises(read):
        us.fetch("notifications", cursor)
    items, _ = _read(patient, cursor=cursor)
    assert list(items) == [str(said.id)]
    server.fault(effect, path="/statuses$", methods=WRITE)
    with pytest.raises(written):
        us.send(_answer(items[str(said.id)], "Dag ^JK"))


def test_a_limit_says_when_it_ends(server: MockServer, us: Mastodon) -> None:
    server.fault({"type": "ratelimit"}, path="/notifications")
    with pytest.raises(errors.RateLimited) as told:
        us.fetch("notifications", {})
    assert told.value.retry_at is not None
    assert told.value.retry_at > datetime.now(UTC)
