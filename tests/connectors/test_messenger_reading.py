"""Messenger by poll: conversations are read down to what is known, whatever is written meanwhile."""

import json
from datetime import timedelta

import pytest

from connectors.networks.facebook_page import FacebookPage
from tests.connectors.accounts import NOON
from tests.connectors.facebook_lists import Inbox, read
from tests.connectors.wire import Wire


def test_conversations_are_read_down_to_what_is_known(page: FacebookPage, wire: Wire) -> None:
    inbox = Inbox(a=[0, 1, 2, 3, 4], b=[1_000], c=[2_000, 2_001, 2_002])
    wire.answer_with(inbox)
    items, cursor, more = read(page, "conversations", {})
    everything = {f"m_a{n}" for n in range(5)} | {"m_b1000", "m_c2000", "m_c2001", "m_c2002"}
    assert ({item.external_id for item in items}, more) == (everything, False)
    assert {item.thread_id for item in items} == {"psid-a", "psid-b", "psid-c"}
    assert {item.external_id for item in items if item.outgoing} == {"m_a1", "m_a3", "m_c2001"}
    nothing, cursor, _ = read(page, "conversations", cursor)
    asked = len(wire.asked)
    inbox.conversations["b"].append(9_000)
    items, cursor, _ = read(page, "conversations", cursor)
    assert (nothing, [item.external_id for item in items]) == ([], ["m_b9000"])
    assert [later.path.rsplit("/", 1)[1] for later in wire.asked[asked:]] == ["conversations", "conversations"]


@pytest.mark.parametrize("calls", range(1, 6))
def test_reading_conversations_can_be_stopped_anywhere(page: FacebookPage, wire: Wire, calls: int) -> None:
    inbox = Inbox(a=[0, 1, 2, 3, 4], b=[10], c=[20, 21, 22])
    wire.answer_with(inbox)
    first, cursor, _ = read(page, "conversations", {}, calls=calls)
    inbox.conversations["a"].append(900)
    second, cursor, _ = read(page, "conversations", cursor)
    third, cursor, _ = read(page, "conversations", cursor)
    found = {item.external_id for item in (*first, *second, *third)}
    assert found == {f"m_a{n}" for n in (*range(5), 900)} | {"m_b10", "m_c20", "m_c21", "m_c22"}


def test_a_conversation_that_jumps_up_the_list_while_it_is_read_keeps_its_older_messages(
    page: FacebookPage, wire: Wire
) -> None:
    """After an hour of silence on our side: `a` was on the second page, and comes to the top by a new message."""
    inbox = Inbox(a=[0], b=[0], c=[0], d=[0])
    wire.answer_with(inbox)
    _, cursor, _ = read(page, "conversations", {})
    _, cursor, _ = read(page, "conversations", cursor)
    inbox.conversations = {"a": [0, 2_000], "b": [0, 3_000], "c": [0, 4_000], "d": [0, 5_000]}
    first, cursor, _ = read(page, "conversations", cursor, calls=1)
    inbox.conversations["a"].append(6_000)
    second, cursor, _ = read(page, "conversations", cursor)
    third, cursor, _ = read(page, "conversations", cursor)
    found = {item.external_id for item in (*first, *second, *third)}
    assert found >= {"m_a2000", "m_a6000", "m_b3000", "m_c4000", "m_d5000"}


def test_only_the_newest_messages_of_a_conversation_can_be_had(page: FacebookPage, wire: Wire) -> None:
    """Facebook refuses details of older ones; that ends the reading and does not stop the stream."""
    inbox = Inbox(a=[0, 1, 2, 3, 4])
    inbox.only_newest = True
    wire.answer_with(inbox)
    items, cursor, more = read(page, "conversations", {})
    assert ({item.external_id for item in items}, more) == ({"m_a3", "m_a4"}, False)
    assert cursor["queue"] == []


def test_messages_that_facebook_no_longer_gives_are_lost_from_the_last_known_on(page: FacebookPage, wire: Wire) -> None:
    inbox = Inbox(a=[0])
    wire.answer_with(inbox)
    _, cursor, _ = read(page, "conversations", {})
    inbox.conversations["a"] += [1_000, 2_000, 3_000, 4_000]
    inbox.only_newest = True
    lost = []
    for _ in range(9):
        found = page.fetch("conversations", cursor)
        lost += [found.lost] if found.lost else []
        cursor = json.loads(json.dumps(found.cursor))
        if not found.more:
            break
    ((since, until),) = lost
    assert since <= NOON + timedelta(seconds=0)
    assert until == NOON + timedelta(seconds=3_000), "the oldest that was read"


def test_messenger_is_polled_every_five_seconds_at_most() -> None:
    assert {stream.name: stream.min_seconds for stream in FacebookPage.streams}["conversations"] == 5


def test_a_reading_of_messages_can_begin_at_a_moment(page: FacebookPage, wire: Wire) -> None:
    since = NOON + timedelta(seconds=1_000)
    wire.answer_with(Inbox(a=[0, 1, 2, 1_500, 2_000], b=[5]))
    messages, _, _ = read(page, "conversations", page.cursor_at("conversations", since))
    assert {item.external_id for item in messages} == {"m_a1500", "m_a2000"}
