"""X: each trap that the network or tweepy sets has a test that names it."""

import base64
import hashlib
import hmac
import inspect
import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

import pytest
from oauthlib.oauth1 import Client as OAuthClient

from connectors import errors
from connectors.base import Action, Change, Outgoing
from connectors.networks import x as module
from connectors.networks.x import X
from tests.connectors.accounts import OWN_ID, X_CREDENTIALS, message, post, posts, snowflake, x_account
from tests.connectors.wire import Asked, Said, Wire

REPLY = Outgoing("Wij zoeken het uit ^JK", private=False, thread_id=snowflake(1), reply_to=snowflake(2))
PRIVATE = Outgoing("Stuur ons uw nummer ^JK", private=True, thread_id="1000-2000", recipient="2000")


def _refused(x: X, wire: Wire, said: Said, *, write: bool = True) -> errors.NetworkError:
    wire.answer_with(lambda asked: said)
    with pytest.raises(errors.NetworkError) as caught:
        x.send(REPLY) if write else x.fetch("mentions", {})
    return caught.value


# --- asking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", ["mentions", "own_posts", "direct_messages"])
def test_the_oauth_signature_covers_the_original_address(x: X, wire: Wire, stream: str) -> None:
    wire.say(posts())
    x.fetch(stream, {})
    asked = wire.asked[0]
    sent = dict(part.split("=", 1) for part in asked.headers["authorization"].removeprefix("OAuth ").split(", "))
    client = OAuthClient(
        X_CREDENTIALS["consumer_key"],
        X_CREDENTIALS["consumer_secret"],
        X_CREDENTIALS["access_token"],
        X_CREDENTIALS["access_token_secret"],
        timestamp=sent["oauth_timestamp"].strip('"'),
        nonce=sent["oauth_nonce"].strip('"'),
    )
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in asked.query.items())
    original = f"https://api.twitter.com{asked.path.removeprefix('/x')}?{query}"
    _, headers, _ = client.sign(original)
    assert sent["oauth_signature"] in headers["Authorization"]


@pytest.mark.parametrize("stream", ["mentions", "own_posts", "direct_messages"])
def test_everything_is_asked_as_the_user_and_nothing_with_the_bearer_token(x: X, wire: Wire, stream: str) -> None:
    wire.say(posts())
    x.fetch(stream, {})
    assert wire.asked[0].headers["authorization"].startswith("OAuth ")


def test_mentions_are_asked_with_all_expansions_and_the_long_text(x: X, wire: Wire) -> None:
    wire.say(posts())
    x.fetch("mentions", {"mark": snowflake(1)})
    query = wire.asked[0].query
    assert wire.asked[0].path == f"/x/2/users/{OWN_ID}/mentions"
    assert query["since_id"] == snowflake(1)
    assert set(query["expansions"].split(",")) == {
        "author_id",
        "referenced_tweets.id",
        "referenced_tweets.id.author_id",
        "attachments.media_keys",
        "in_reply_to_user_id",
        "entities.mentions.username",
    }
    assert {"note_tweet", "edit_history_tweet_ids", "entities", "lang"} <= set(query["tweet.fields"].split(","))


def test_direct_messages_are_asked_with_sender_and_time(x: X, wire: Wire) -> None:
    wire.say(posts())
    x.fetch("direct_messages", {})
    assert {"sender_id", "created_at", "dm_conversation_id"} <= set(wire.asked[0].query["dm_event.fields"].split(","))


def test_direct_messages_are_polled_once_a_minute_at_most() -> None:
    assert {stream.name: stream.min_seconds for stream in X.streams} == {
        "mentions": 3,
        "direct_messages": 60,
        "own_posts": 60,
    }


def test_tweepy_never_waits_for_a_rate_limit(x: X, wire: Wire) -> None:
    """It would sleep in the worker, and without a reset header call itself until the stack is full."""
    assert "wait_on_rate_limit=False" in inspect.getsource(module)
    error = _refused(x, wire, Said({"title": "Too Many Requests"}, 429), write=False)
    assert isinstance(error, errors.RateLimited)
    assert error.retry_at is None
    assert len(wire.asked) == 1


def test_tweepys_models_are_not_used_where_a_name_is_missing_or_a_time_has_no_fractions(x: X, wire: Wire) -> None:
    wire.say(posts(post(1, created_at="2026-11-01T10:00:00Z"), users=[{"id": "2000"}]))
    item = x.fetch("mentions", {}).items[0]
    assert item.created_at == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert item.author is not None
    assert item.author.name == ""


def test_the_account_id_comes_from_the_access_token_where_it_is_not_given(wire: Wire) -> None:
    wire.say(posts())
    X(x_account(wire.address, own_id="")).fetch("mentions", {})
    assert wire.asked[0].path == "/x/2/users/1000/mentions"


# --- chains of pages -----------------------------------------------------------------------------------------------


class Timeline:
    """X's list of mentions: newest first, since_id, until_id and tokens that name the last id of a page."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = list(numbers)
        self.expired: set[str] = set()

    def __call__(self, asked: Asked) -> Said:
        token = asked.query.get("pagination_token", "")
        if token in self.expired:
            return Said({"errors": [{"message": "Invalid pagination token"}], "title": "Invalid Request"}, 400)
        before = int(token or asked.query.get("until_id") or 2**62)
        since = int(asked.query.get("since_id") or 0)
        ids = sorted((int(snowflake(number)) for number in self.numbers), reverse=True)
        fitting = [post_id for post_id in ids if since < post_id < before]
        page, rest = fitting[:2], fitting[2:]
        found = [post(1, id=str(post_id), edit_history_tweet_ids=[str(post_id)]) for post_id in page]
        return Said(posts(*found, token=str(page[-1]) if rest else ""))


def _read(x: X, cursor: Any, *, calls: int = 20) -> tuple[list[str], Any, bool]:
    """Fetch while there is more, at most `calls` times. Cursors go through JSON, as they do in the desk."""
    seen: list[str] = []
    for _ in range(calls):
        page = x.fetch("mentions", cursor)
        seen += [item.external_id for item in page.items]
        cursor = json.loads(json.dumps(page.cursor))
        if not page.more:
            return seen, cursor, False
    return seen, cursor, True


def test_a_chain_of_pages_is_read_to_its_end_before_the_mark_moves(x: X, wire: Wire) -> None:
    wire.answer_with(Timeline(1, 2, 3, 4, 5))
    seen, cursor, more = _read(x, {})
    assert (sorted(seen), more) == ([snowflake(n) for n in (1, 2, 3, 4, 5)], False)
    assert cursor == {"mark": snowflake(5)}


@pytest.mark.parametrize("calls", [1, 2])
def test_a_chain_that_is_interrupted_loses_nothing_though_new_posts_come_meanwhile(
    x: X, wire: Wire, calls: int
) -> None:
    timeline = Timeline(1, 2, 3, 4, 5)
    wire.answer_with(timeline)
    first, cursor, more = _read(x, {}, calls=calls)
    assert more
    assert "mark" not in cursor
    timeline.numbers += [6, 7, 8]
    second, cursor, _ = _read(x, cursor)
    third, cursor, _ = _read(x, cursor)
    assert sorted({*first, *second, *third}) == [snowflake(n) for n in range(1, 9)]
    assert cursor == {"mark": snowflake(8)}


def test_a_token_that_x_no_longer_takes_does_not_end_the_chain(x: X, wire: Wire) -> None:
    timeline = Timeline(1, 2, 3, 4, 5)
    wire.answer_with(timeline)
    first, cursor, _ = _read(x, {}, calls=1)
    timeline.expired.add(cursor["token"])
    rest, cursor, more = _read(x, cursor)
    assert sorted([*first, *rest]) == [snowflake(n) for n in (1, 2, 3, 4, 5)]
    assert (cursor, more) == ({"mark": snowflake(5)}, False)


def test_a_network_that_always_refuses_its_own_tokens_is_read_all_the_same(x: X, wire: Wire) -> None:
    timeline = Timeline(*range(1, 8))
    timeline.expired = {snowflake(number) for number in range(1, 8)}
    wire.answer_with(timeline)
    seen, cursor, more = _read(x, {})
    assert (sorted(seen), cursor, more) == ([snowflake(n) for n in range(1, 8)], {"mark": snowflake(7)}, False)


def test_a_token_that_leads_to_itself_ends_the_chain(x: X, wire: Wire) -> None:
    wire.answer_with(lambda asked: Said(posts(post(1), token="round-and-round")))
    _, _, more = _read(x, {}, calls=3)
    assert not more


def test_an_empty_page_keeps_the_mark(x: X, wire: Wire) -> None:
    wire.say(posts())
    assert x.fetch("mentions", {"mark": snowflake(3)}).cursor == {"mark": snowflake(3)}


def _messages(*numbers: int, token: str = "") -> dict[str, Any]:
    return posts(*(message(number) for number in numbers), token=token)


def test_direct_messages_stop_at_a_known_id_because_x_has_no_since_for_them(x: X, wire: Wire) -> None:
    wire.say(_messages(5, 4, 3, 2, token="older"))
    page = x.fetch("direct_messages", {"mark": snowflake(3)})
    assert [item.external_id for item in page.items] == [snowflake(4), snowflake(5)]
    assert (page.more, page.cursor["mark"]) == (False, snowflake(5))


def test_direct_messages_that_fill_more_than_a_page_are_all_read(x: X, wire: Wire) -> None:
    wire.say(_messages(6, 5, token="older"))
    first = x.fetch("direct_messages", {"mark": snowflake(2)})
    wire.say(_messages(4, 3, 2, token="older still"))
    second = x.fetch("direct_messages", first.cursor)
    assert first.more
    assert wire.asked[1].query["pagination_token"] == "older"
    assert [item.external_id for item in (*second.items, *first.items)] == [snowflake(n) for n in (3, 4, 5, 6)]
    assert (second.more, second.cursor["mark"]) == (False, snowflake(6))


def test_a_refused_token_of_direct_messages_starts_again_from_the_top_with_the_old_mark(x: X, wire: Wire) -> None:
    wire.say({"title": "Invalid Request"}, 400)
    page = x.fetch("direct_messages", {"mark": snowflake(2), "top": snowflake(6), "token": "old"})
    assert (page.cursor, page.more) == ({"mark": snowflake(2)}, False)


def _date(number: int) -> dict[str, str]:
    """X's own time, that many seconds after the first post."""
    return {"Date": format_datetime(datetime.fromtimestamp(1_793_527_200 + number, UTC), usegmt=True)}


class SlowTimeline(Timeline):
    """X's list, on which a post may stay hidden for a while after one with a higher id is shown."""

    def __init__(self, *numbers: int, now: int) -> None:
        super().__init__(*numbers)
        self.now = now

    def __call__(self, asked: Asked) -> Said:
        said = super().__call__(asked)
        return Said(said.body, said.status, _date(self.now))


def test_a_post_that_shows_up_after_one_with_a_higher_id_is_read(x: X, wire: Wire) -> None:
    timeline = SlowTimeline(100, 102, now=103)
    wire.answer_with(timeline)
    first, cursor, _ = _read(x, {})
    timeline.numbers.append(101)
    timeline.now = 106
    late, cursor, _ = _read(x, cursor)
    again, cursor, _ = _read(x, cursor)
    assert (sorted(first), late, again) == ([snowflake(100), snowflake(102)], [snowflake(101)], [])


def test_a_second_look_costs_neither_a_call_nor_money(x: X, wire: Wire) -> None:
    """Two posts fill a page: of what is known no more is read than fits beside what is new."""
    timeline = SlowTimeline(*range(50, 60), now=60)
    wire.answer_with(timeline)
    _, cursor, _ = _read(x, {})
    calls = len(wire.asked)
    assert x.fetch("mentions", cursor).cost == 0
    timeline.numbers.append(61)
    page = x.fetch("mentions", cursor)
    assert ([item.external_id for item in page.items], page.more) == ([snowflake(61)], False)
    assert page.cost == pytest.approx(0.001)
    assert len(wire.asked) == calls + 2


def test_what_is_older_than_a_minute_is_settled_and_not_asked_for_again(x: X, wire: Wire) -> None:
    timeline = SlowTimeline(100, 150, now=155)
    wire.answer_with(timeline)
    _, cursor, _ = _read(x, {})
    assert cursor["seen"] == [snowflake(150), snowflake(100)]
    timeline.now = 170
    _, cursor, _ = _read(x, cursor)
    assert cursor["seen"] == [snowflake(150)]
    assert int(snowflake(109)) < int(cursor["since"]) < int(snowflake(111))
    timeline.now = 211
    _, cursor, _ = _read(x, cursor)
    assert cursor == {"mark": snowflake(150)}
    x.fetch("mentions", cursor)
    assert wire.asked[-1].query["since_id"] == snowflake(150)


def test_a_storm_does_not_make_the_cursor_grow_nor_is_it_read_twice(x: X, wire: Wire) -> None:
    storm = [
        post(1, id=post_id, edit_history_tweet_ids=[post_id])
        for post_id in (str(int(snowflake(30)) + number) for number in range(300, 0, -1))
    ]
    wire.answer_with(lambda asked: Said(posts(*storm[:100], token="older"), headers=_date(31)))
    begun = x.fetch("mentions", {"mark": snowflake(29)})
    wire.answer_with(lambda asked: Said(posts(*storm[100:]), headers=_date(31)))
    ended = x.fetch("mentions", begun.cursor)
    assert [len(page.items) for page in (begun, ended)] == [100, 200]
    assert ended.cursor["seen"] == [entry["id"] for entry in storm[:100]]
    assert ended.cursor["since"] == storm[99]["id"]


def test_an_account_that_gets_nothing_for_long_remembers_one_id(x: X, wire: Wire) -> None:
    wire.answer_with(SlowTimeline(now=10_000))
    _, cursor, _ = _read(x, {"mark": snowflake(5), "since": snowflake(2), "seen": [snowflake(5), snowflake(3)]})
    assert cursor == {"mark": snowflake(5)}


def test_a_direct_message_that_shows_up_late_is_read_and_known_ones_are_charged_once_a_day(x: X, wire: Wire) -> None:
    midnight = 14 * 3_600  # seconds from the first post to the end of its day
    wire.answer_with(lambda asked: Said(_messages(5, 3), headers=_date(6)))
    first = x.fetch("direct_messages", {})
    wire.answer_with(lambda asked: Said(_messages(5, 4, 3), headers=_date(60)))
    late = x.fetch("direct_messages", first.cursor)
    same_day = x.fetch("direct_messages", late.cursor)
    wire.answer_with(lambda asked: Said(_messages(5, 4, 3), headers=_date(midnight)))
    next_day = x.fetch("direct_messages", same_day.cursor)
    assert [item.external_id for item in late.items] == [snowflake(4)]
    assert (same_day.items, next_day.items) == ((), ())
    assert [page.cost for page in (first, late, same_day, next_day)] == pytest.approx([0.02, 0.01, 0, 0.03])


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
def test_a_reply_with_a_link_costs_twenty_times_as_much(x: X, wire: Wire, text: str, cost: float) -> None:
    wire.say({"data": {"id": snowflake(9), "text": text}}, 201)
    assert x.send(Outgoing(text, private=False, thread_id="1", reply_to="2")).cost == cost


UNSUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)

# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"title": "Invalid Request", "detail": "text is too long"}, errors.InvalidContent),
        (400, {"errors": [{"code": 215, "message": "Bad Authentication data."}]}, errors.AuthExpired),
        (401, {"title": "Unauthorized", "status": 401}, errors.AuthExpired),
        (402, {"title": "CreditsDepleted"}, errors.QuotaExhausted),
        (429, {"type": "https://api.twitter.com/2/problems/usage-capped"}, errors.QuotaExhausted),
        (403, {"detail": "You are not allowed to create a Tweet with duplicate content."}, errors.Duplicate),
        (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, errors.Duplicate),
        (403, {"detail": UNSUMMONED}, errors.NotAllowedByPolicy),
        (403, {"detail": "You attempted to reply to a Tweet that is deleted or not visible to you."}, errors.NotFound),
        (403, {"reason": "client-not-enrolled", "title": "Client Forbidden"}, errors.PermissionMissing),
        (403, {"type": "https://api.twitter.com/2/problems/oauth1-permissions"}, errors.PermissionMissing),
        (403, {"errors": [{"code": 349, "message": "You cannot send messages"}]}, errors.RecipientUnavailable),
        (403, {"errors": [{"code": 186, "message": "Tweet needs to be a bit shorter."}]}, errors.InvalidContent),
        (403, {"detail": "You are not permitted to perform this action."}, errors.NotAllowedByPolicy),
        (404, {"title": "Not Found Error"}, errors.NotFound),
        (429, {"title": "Too Many Requests"}, errors.RateLimited),
        (500, {"title": "Internal Server Error"}, errors.OutcomeUnknown),
    ],
)  # fmt: skip
def test_each_refusal_is_understood(
    x: X, wire: Wire, status: int, body: object, error: type[errors.NetworkError]
) -> None:
    assert type(_refused(x, wire, Said(body, status))) is error


@pytest.mark.parametrize(
    "body",
    [b"[]", b'"Forbidden"', b"null", b'{"errors": null}', b'{"errors": {"a": 1}}', b'{"errors": [1, null]}', b"<html>"],
)
def test_a_refusal_in_a_form_on_which_tweepy_fails_is_understood_by_its_status(x: X, wire: Wire, body: bytes) -> None:
    assert type(_refused(x, wire, Said(body, 401))) is errors.AuthExpired


@pytest.mark.parametrize(
    ("reset", "retry_at"),
    [("1793527260", datetime(2026, 11, 1, 10, 1, tzinfo=UTC)), ("soon", None), ("1.5", None), ("9" * 40, None)],
)
def test_the_time_to_come_back_is_xs_own_or_none(x: X, wire: Wire, reset: str, retry_at: datetime | None) -> None:
    error = _refused(x, wire, Said({}, 429, {"x-rate-limit-reset": reset, "x-rate-limit-remaining": "0"}))
    assert isinstance(error, errors.RateLimited)
    assert error.retry_at == retry_at


def test_the_day_limit_says_when_to_come_back_where_it_is_that_which_is_used_up(x: X, wire: Wire) -> None:
    headers = {
        "x-rate-limit-remaining": "88",
        "x-rate-limit-reset": "1793527260",
        "x-user-limit-24hour-remaining": "0",
        "x-user-limit-24hour-reset": "1793530800",
    }
    error = _refused(x, wire, Said({"title": "Too Many Requests"}, 429, headers))
    assert isinstance(error, errors.RateLimited)
    assert error.retry_at == datetime(2026, 11, 1, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        ("resource-not-found", errors.NotFound),
        ("not-authorized-for-resource", errors.PermissionMissing),
        ("odd", errors.Unreadable),
    ],
)
def test_a_200_that_holds_only_errors_is_an_error(
    x: X, wire: Wire, problem: str, error: type[errors.NetworkError]
) -> None:
    said = Said({"errors": [{"title": "No", "detail": "no", "type": f"https://api.twitter.com/2/problems/{problem}"}]})
    assert type(_refused(x, wire, said, write=False)) is error


def test_a_200_with_errors_beside_its_data_is_no_error(x: X, wire: Wire) -> None:
    wire.say({**posts(post(1)), "errors": [{"title": "Not Found Error", "resource_id": "5"}]})
    assert len(x.fetch("mentions", {}).items) == 1


def test_a_write_that_is_answered_without_an_id_has_an_unknown_outcome(x: X, wire: Wire) -> None:
    assert type(_refused(x, wire, Said({"data": {}}, 201))) is errors.OutcomeUnknown


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


def test_the_challenge_is_answered_with_the_consumer_secret() -> None:
    answer = X.handshake(X_CREDENTIALS, {"crc_token": "abc", "nonce": "1"})
    assert answer is not None
    body, content_type = answer
    assert content_type == "application/json"
    assert json.loads(body) == {"response_token": _signature(X_CREDENTIALS["consumer_secret"], b"abc")}
    assert X.handshake(X_CREDENTIALS, {}) is None
    assert X.handshake({}, {"crc_token": "abc"}) is None


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
