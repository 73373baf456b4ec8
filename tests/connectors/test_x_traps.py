"""X: each trap that the network or tweepy sets has a test that names it."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from connectors import errors
from connectors.base import Action, Change, Outgoing
from connectors.networks.x import X
from tests.connectors.accounts import OWN_ID, X_CREDENTIALS, message, post, posts, snowflake
from tests.connectors.wire import Wire

REPLY = Outgoing("Wij zoeken het uit ^JK", private=False, thread_id=snowflake(1), reply_to=snowflake(2))
PRIVATE = Outgoing("Stuur ons uw nummer ^JK", private=True, thread_id="1000-2000", recipient="2000")


# --- what is in a post ---------------------------------------------------------------------------------------------


def test_a_context_post_never_takes_the_place_of_the_same_post_in_its_own_right(x: X, wire: Wire) -> None:
    """A reply can come on the page before the mention that it answers."""
    answered = post(1)
    reply = post(2, referenced_tweets=[{"type": "replied_to", "id": answered["id"]}])
    wire.say(posts(reply, token="older", tweets=[answered]))
    wire.say(posts(answered))
    first = x.fetch("mentions", {})
    second = x.fetch("mentions", first.cursor)
    context = first.items[0]
    assert (context.external_id, context.addressed) == (answered["id"], False)
    assert second.items[0].external_id == answered["id"]
    assert second.items[0].event_key != context.event_key


def test_a_post_that_is_on_the_page_itself_is_not_given_again_as_context(x: X, wire: Wire) -> None:
    answered = post(1)
    reply = post(2, referenced_tweets=[{"type": "replied_to", "id": answered["id"]}])
    wire.say(posts(reply, answered, tweets=[answered]))
    assert len(x.fetch("mentions", {}).items) == 2


def test_an_edit_keeps_the_first_id_and_the_first_time(x: X, wire: Wire) -> None:
    wire.say(posts(post(60, edit_history_tweet_ids=[snowflake(0), snowflake(60)], created_at="2026-11-01T10:01:00Z")))
    item = x.fetch("mentions", {}).items[0]
    assert (item.change, item.external_id, item.revision) == (Change.EDITED, snowflake(0), snowflake(60))
    assert item.created_at == datetime(2026, 11, 1, 10, 0, tzinfo=UTC)
    assert item.changed_at == datetime(2026, 11, 1, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "language"),
    [
        ("nl", "nl"),
        ("und", ""),
        ("qme", ""),
        ("qht", ""),
        ("zxx", ""),
        ("art", ""),
        ("in", "id"),
        ("iw", "he"),
        ("zh-TW", "zh"),
        (None, ""),
        (7, ""),
    ],
)
def test_a_language_that_is_none_is_not_told_as_one(x: X, wire: Wire, lang: object, language: str) -> None:
    wire.say(posts(post(1, lang=lang)))
    assert x.fetch("mentions", {}).items[0].language == language


@pytest.mark.parametrize(
    ("escaped", "meant"),
    [
        ("a &amp; b", "a & b"),
        ("&lt;b&gt;", "<b>"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&amp;amp;", "&amp;"),
        ("&eacute;&#39;", "&eacute;&#39;"),
    ],
)
def test_text_is_unescaped_once_and_only_what_x_escapes(x: X, wire: Wire, escaped: str, meant: str) -> None:
    wire.say(posts(post(1, text=escaped)))
    assert x.fetch("mentions", {}).items[0].text == meant


def test_a_mention_page_costs_its_posts_and_all_that_is_included(x: X, wire: Wire) -> None:
    wire.say(posts(post(1), post(2), tweets=[post(3)], users=[{"id": "2000"}, {"id": "1000"}]))
    assert x.fetch("mentions", {}).cost == pytest.approx(2 * 0.001 + 0.005 + 2 * 0.010)


@pytest.mark.parametrize(
    ("text", "cost"), [("Wij zoeken het uit", 0.010), ("Zie https://vlotlijn.nl", 0.200), ("Zie vlotlijn.nl", 0.200)]
)
@pytest.mark.trap(14)
def test_a_reply_with_a_link_costs_twenty_times_as_much(x: X, wire: Wire, text: str, cost: float) -> None:
    wire.say({"data": {"id": snowflake(9), "text": text}}, 201)
    assert x.send(Outgoing(text, private=False, thread_id="1", reply_to="2")).cost == cost


# --- writing -------------------------------------------------------------------------------------------------------


def test_a_reply_says_what_it_answers_and_where_it_is(x: X, wire: Wire) -> None:
    wire.say({"data": {"id": snowflake(9), "text": "…"}}, 201)
    sent = x.send(REPLY)
    assert (wire.asked[0].method, wire.asked[0].path) == ("POST", "/x/2/tweets")
    assert wire.asked[0].json == {"text": REPLY.text, "reply": {"in_reply_to_tweet_id": REPLY.reply_to}}
    assert (sent.external_id, sent.thread_id) == (snowflake(9), REPLY.thread_id)
    assert sent.created_at == datetime(2026, 11, 1, 10, 0, 9, tzinfo=UTC)


def test_an_id_that_is_none_of_xs_does_not_spoil_a_reply_that_was_sent(x: X, wire: Wire) -> None:
    wire.say({"data": {"id": "17"}}, 201)
    assert x.send(REPLY).external_id == "17"


def test_a_private_answer_goes_into_its_conversation_and_a_first_one_to_the_person(x: X, wire: Wire) -> None:
    for _ in range(2):
        wire.say({"data": {"dm_conversation_id": "1000-2000", "dm_event_id": snowflake(9)}}, 201)
    x.send(PRIVATE)
    opened = x.send(Outgoing("Hallo", private=True, thread_id=snowflake(1), recipient="2000", reply_to_public=True))
    assert [asked.path for asked in wire.asked] == [
        "/x/2/dm_conversations/1000-2000/messages",
        "/x/2/dm_conversations/with/2000/messages",
    ]
    assert (opened.thread_id, opened.cost) == ("1000-2000", 0.015)


@pytest.mark.parametrize("text", ["@jan Wij zoeken het uit ^JK", "Wij zoeken  het uit ^JK ", "Wij zoeken het uit ^JK"])
def test_a_lost_reply_is_found_by_its_words_and_by_what_it_answers(x: X, wire: Wire, text: str) -> None:
    ours = post(9, text, author_id=OWN_ID, referenced_tweets=[{"type": "replied_to", "id": REPLY.reply_to}])
    elsewhere = post(8, text, author_id=OWN_ID, referenced_tweets=[{"type": "replied_to", "id": snowflake(5)}])
    wire.say(posts(ours, elsewhere))
    found = x.find_sent(REPLY)
    assert found is not None
    assert found.external_id == snowflake(9)


def test_a_lost_reply_with_a_link_is_found_though_x_shortened_it(x: X, wire: Wire) -> None:
    text = "Zie https://t.co/aaaaaaaaaa ^JK"
    links = {"urls": [{"url": "https://t.co/aaaaaaaaaa", "expanded_url": "http://vlotlijn.nl/bus"}]}
    wire.say(
        posts(post(9, text, author_id=OWN_ID, entities=links, referenced_tweets=[{"type": "replied_to", "id": "2"}]))
    )
    assert x.find_sent(Outgoing("Zie vlotlijn.nl/bus ^JK", private=False, thread_id="1", reply_to="2")) is not None


def test_a_reply_of_before_it_was_submitted_is_another_one(x: X, wire: Wire) -> None:
    submitted = datetime(2026, 11, 1, 12, tzinfo=UTC)
    old = post(9, REPLY.text, author_id=OWN_ID, referenced_tweets=[{"type": "replied_to", "id": REPLY.reply_to}])
    wire.say(posts(old))
    again = Outgoing(REPLY.text, private=False, thread_id="1", reply_to=REPLY.reply_to, submitted_at=submitted)
    assert x.find_sent(again) is None
    assert wire.asked[0].query["start_time"] == "2026-11-01T11:55:00Z"


def test_a_lost_reply_is_found_though_a_hundred_others_were_sent_since(x: X, wire: Wire) -> None:
    ours = post(1, REPLY.text, author_id=OWN_ID, referenced_tweets=[{"type": "replied_to", "id": REPLY.reply_to}])
    wire.say(posts(*(post(number, f"Ander {number}", author_id=OWN_ID) for number in range(2, 102)), token="older"))
    wire.say(posts(ours))
    assert x.find_sent(REPLY) is not None
    assert wire.asked[1].query["pagination_token"] == "older"


def test_a_lost_private_answer_is_found_in_its_conversation(x: X, wire: Wire) -> None:
    wire.say(posts(message(9, PRIVATE.text, sender=OWN_ID), message(8, PRIVATE.text, sender="2000")))
    found = x.find_sent(PRIVATE)
    assert wire.asked[0].path == "/x/2/dm_conversations/1000-2000/dm_events"
    assert found is not None
    assert found.external_id == snowflake(9)


@pytest.mark.trap(13)
def test_hiding_and_deleting_twice_is_harmless_and_likes_are_not_offered(x: X, wire: Wire) -> None:
    wire.say({"data": {"hidden": True}})
    wire.say({"data": {"hidden": False}})
    wire.say({"title": "Not Found Error"}, 404)
    wire.say(b"", 204)
    x.act(Action.HIDE, "12")
    x.act(Action.UNHIDE, "12")
    x.act(Action.DELETE, "13")
    x.act(Action.DELETE, "14")
    assert [(asked.method, asked.path) for asked in wire.asked] == [
        ("PUT", "/x/2/tweets/12/hidden"),
        ("PUT", "/x/2/tweets/12/hidden"),
        ("DELETE", "/x/2/tweets/13"),
        ("DELETE", "/x/2/tweets/14"),
    ]
    assert [asked.json for asked in wire.asked[:2]] == [{"hidden": True}, {"hidden": False}]
    assert X.capabilities.actions == {Action.HIDE, Action.UNHIDE, Action.DELETE}
    with pytest.raises(errors.NotAllowedByPolicy):
        x.act(Action.LIKE, "12")


@pytest.mark.parametrize("external_id", ["../../users/me", "1?x=1", "", "1/hidden", "1#a"])
def test_an_id_can_not_lead_to_another_address(x: X, wire: Wire, external_id: str) -> None:
    with pytest.raises(errors.NotFound):
        x.act(Action.DELETE, external_id)
    assert wire.asked == []


def test_the_connection_test_says_what_the_token_lacks(x: X, wire: Wire) -> None:
    me = {"data": {"id": "1000", "name": "Vlotlijn", "username": "vlotlijn"}}
    found = []
    for level in ("read", "read-write", "read-write-directmessages"):
        wire.say(me, x_access_level=level)
        found.append(x.check())
    assert [len(info.problems) for info in found] == [1, 1, 0]
    assert (found[0].own_id, found[0].handle) == ("1000", "vlotlijn")


# --- webhooks ------------------------------------------------------------------------------------------------------


def _signature(secret: str, body: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@pytest.mark.trap(15)
def test_the_challenge_is_answered_with_the_consumer_secret() -> None:
    answer = X.handshake(X_CREDENTIALS, {"crc_token": "abc", "nonce": "1"})
    assert answer is not None
    body, content_type = answer
    assert content_type == "application/json"
    assert json.loads(body) == {"response_token": _signature(X_CREDENTIALS["consumer_secret"], b"abc")}
    assert X.handshake(X_CREDENTIALS, {}) is None
    assert X.handshake({}, {"crc_token": "abc"}) is None


@pytest.mark.trap(15)
def test_a_signature_is_checked_over_the_raw_bytes() -> None:
    body = '{"for_user_id":  "1000", "t": "é"}'.encode()
    good = {"x-twitter-webhooks-signature": _signature(X_CREDENTIALS["consumer_secret"], body)}
    assert X.verify_webhook(X_CREDENTIALS, good, body)
    assert not X.verify_webhook(X_CREDENTIALS, good, json.dumps(json.loads(body)).encode())
    assert not X.verify_webhook(X_CREDENTIALS, {}, body)
    assert not X.verify_webhook(X_CREDENTIALS, {"x-twitter-webhooks-signature": "sha256=é"}, body)
    assert not X.verify_webhook({}, {"x-twitter-webhooks-signature": _signature("", body)}, body)


@pytest.mark.parametrize(
    "delivery",
    [
        {"data": {"event_uuid": "5", "filter": {}, "event_type": "oauth.revoke", "payload": {"user_id": "1000"}}},
        {"user_event": {"revoke": {"date_time": "2026-11-01T10:00:00Z", "source": {"user_id": "1000"}}}},
    ],
)
def test_a_revoked_permission_is_told_at_once(x: X, delivery: object) -> None:
    with pytest.raises(errors.AuthExpired):
        x.parse_webhook(json.dumps(delivery).encode())
    other = json.dumps(delivery).replace("1000", "1001").encode()
    assert x.parse_webhook(other).items == ()


def test_complete_leaves_an_item_as_it_is(x: X, wire: Wire) -> None:
    wire.say(posts(post(1)))
    item = x.fetch("mentions", {}).items[0]
    assert x.complete(item) is item
