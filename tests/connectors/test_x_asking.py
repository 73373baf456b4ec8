"""X: how it is asked, and what each of its refusals means."""

import inspect
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from oauthlib.oauth1 import Client as OAuthClient

from connectors import errors
from connectors import x_api as module
from connectors.base import Outgoing
from connectors.networks.x import X
from tests.connectors.accounts import OWN_ID, X_CREDENTIALS, post, posts, snowflake, x_account
from tests.connectors.wire import Said, Wire

REPLY = Outgoing("Wij zoeken het uit ^JK", private=False, thread_id=snowflake(1), reply_to=snowflake(2))
UNSUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)


def _refused(x: X, wire: Wire, said: Said, *, write: bool = True) -> errors.NetworkError:
    wire.answer_with(lambda asked: said)
    with pytest.raises(errors.NetworkError) as caught:
        x.send(REPLY) if write else x.fetch("mentions", {})
    return caught.value


# --- asking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", ["mentions", "own_posts", "direct_messages"])
@pytest.mark.trap(1)
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
@pytest.mark.trap(10)
def test_everything_is_asked_as_the_user_and_nothing_with_the_bearer_token(x: X, wire: Wire, stream: str) -> None:
    wire.say(posts())
    x.fetch(stream, {})
    assert wire.asked[0].headers["authorization"].startswith("OAuth ")


@pytest.mark.trap(4)
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


@pytest.mark.trap(5)
def test_direct_messages_are_asked_with_sender_and_time(x: X, wire: Wire) -> None:
    wire.say(posts())
    x.fetch("direct_messages", {})
    assert {"sender_id", "created_at", "dm_conversation_id"} <= set(wire.asked[0].query["dm_event.fields"].split(","))


@pytest.mark.trap(3)
def test_direct_messages_are_polled_once_a_minute_at_most() -> None:
    assert {stream.name: stream.min_seconds for stream in X.streams} == {
        "mentions": 3,
        "direct_messages": 60,
        "own_posts": 60,
        "quotes": 60,
        "search": 60,
    }


@pytest.mark.trap(9)
def test_tweepy_never_waits_for_a_rate_limit(x: X, wire: Wire) -> None:
    """It would sleep in the worker, and without a reset header call itself until the stack is full."""
    assert "wait_on_rate_limit=False" in inspect.getsource(module)
    error = _refused(x, wire, Said({"title": "Too Many Requests"}, 429), write=False)
    assert isinstance(error, errors.RateLimited)
    assert error.retry_at is None
    assert len(wire.asked) == 1


@pytest.mark.trap(11)
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
@pytest.mark.trap(7)
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
@pytest.mark.trap(8)
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
