"""Facebook and Messenger: each trap that the network or facebook-sdk sets has a test that names it."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest

from connectors import errors
from connectors.base import Action, Change, Item, ItemKind, Outgoing
from connectors.networks.facebook_page import FacebookPage
from connectors.parsing.facebook_refusals import HeldByAnotherApp
from tests.connectors.accounts import NOON, PAGE_CREDENTIALS, PAGE_ID, a_comment, graph_time, page_account
from tests.connectors.wire import Said, Wire

TOKEN = PAGE_CREDENTIALS["page_access_token"]
PROOF = hmac.new(PAGE_CREDENTIALS["app_secret"].encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
COMMENT = Outgoing("Wij zoeken het uit ^JK", private=False, thread_id="7700_1", reply_to="1_11")


def _private(**changes: Any) -> Outgoing:
    given = {"text": "Dank u ^JK", "private": True, "thread_id": "9001", "recipient": "9001", "now": NOON}
    return Outgoing(**{**given, **changes})


def _refused(page: FacebookPage, wire: Wire, said: Said, *, write: bool = True) -> errors.NetworkError:
    wire.answer_with(lambda asked: said)
    with pytest.raises(errors.NetworkError) as caught:
        page.send(COMMENT) if write else page.fetch("feed", {})
    return caught.value


# --- asking --------------------------------------------------------------------------------------------------------


@pytest.mark.trap(20)
def test_the_version_is_one_that_lives_though_the_library_knows_only_dead_ones(page: FacebookPage, wire: Wire) -> None:
    wire.say({"data": []})
    page.fetch("feed", {})
    assert wire.asked[0].path == f"/facebook/v24.0/{PAGE_ID}/feed"


@pytest.mark.trap(21)
def test_no_address_and_no_body_holds_the_token_and_all_hold_the_proof(page: FacebookPage, wire: Wire) -> None:
    wire.answer_with(lambda asked: Said({"id": "1_12", "success": True, "data": []}))
    page.fetch("feed", {})
    page.send(COMMENT)
    page.act(Action.LIKE, "1_11")  # an empty POST, which the library sends with the token in its address
    page.act(Action.DELETE, "1_11")
    assert [asked.method for asked in wire.asked] == ["GET", "POST", "POST", "DELETE"]
    for asked in wire.asked:
        assert TOKEN not in f"{asked.path}{asked.query}{asked.body!r}"
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"
        assert {**asked.query, **asked.form}["appsecret_proof"] == PROOF
        assert asked.method != "POST" or asked.query == {}


@pytest.mark.trap(24)
def test_objects_are_sent_as_json_and_truth_in_small_letters(page: FacebookPage, wire: Wire) -> None:
    wire.say({"recipient_id": "9001", "message_id": "m_1"})
    wire.say({"success": True})
    wire.say({"success": True})
    page.send(_private())
    page.act(Action.HIDE, "1_11")
    page.act(Action.UNHIDE, "1_11")
    assert json.loads(wire.asked[0].form["message"]) == {"text": "Dank u ^JK"}
    assert json.loads(wire.asked[0].form["recipient"]) == {"id": "9001"}
    assert [asked.form["is_hidden"] for asked in wire.asked[1:]] == ["true", "false"]


def test_likes_are_given_and_taken_away(page: FacebookPage, wire: Wire) -> None:
    wire.say({"success": True})
    wire.say({"success": True})
    page.act(Action.LIKE, "1_11")
    page.act(Action.UNLIKE, "1_11")
    assert [(asked.method, asked.path) for asked in wire.asked] == [
        ("POST", "/facebook/v24.0/1_11/likes"),
        ("DELETE", "/facebook/v24.0/1_11/likes"),
    ]


def test_deleting_what_is_gone_is_harmless(page: FacebookPage, wire: Wire) -> None:
    gone = {"error": {"code": 100, "error_subcode": 33, "message": "Object with ID '1_11' does not exist"}}
    wire.say(gone, 400)
    page.act(Action.DELETE, "1_11")
    with pytest.raises(errors.NotFound):
        page.act(Action.DELETE, "../me")


# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "subcode", "error"),
    [
        *((code, None, errors.RateLimited) for code in (4, 17, 32, 613, 80001)),
        *((code, None, errors.Transient) for code in (1, 2)),
        (190, 463, errors.AuthExpired),
        *((code, None, errors.PermissionMissing) for code in (10, 200, 230, 299)),
        (10, 2018278, errors.WindowClosed),
        (10, 2534022, errors.WindowClosed),
        (10, 1893063, errors.NotAllowedByPolicy),
        (10, 2018300, HeldByAnotherApp),
        (551, 1545041, errors.RecipientUnavailable),
        (100, 2534025, errors.NotAllowedByPolicy),
        (100, 2534014, errors.RecipientUnavailable),
        (2534025, None, errors.NotAllowedByPolicy),
        (10900, None, errors.NotAllowedByPolicy),
        (100, 33, errors.NotFound),
        (100, None, errors.InvalidContent),
        (506, None, errors.Duplicate),
        (368, None, errors.NotAllowedByPolicy),
        (98765, None, errors.InvalidContent),
    ],
)
@pytest.mark.trap(30)
def test_each_code_is_understood(
    page: FacebookPage, wire: Wire, code: int, subcode: int | None, error: type[errors.NetworkError]
) -> None:
    body = {"error": {"code": code, "error_subcode": subcode, "message": "no", "type": "OAuthException"}}
    assert type(_refused(page, wire, Said(body, 400))) is error


def test_a_field_that_is_wrong_is_not_taken_for_an_object_that_is_gone(page: FacebookPage, wire: Wire) -> None:
    """Both are code 100; a post that is gone is passed over, a question that is wrong must be heard of."""
    wrong = Said({"error": {"code": 100, "message": "(#100) Tried accessing nonexisting field (foo)"}}, 400)
    assert type(_refused(page, wire, wrong, write=False)) is errors.Unreadable


def test_codes_1_and_2_with_a_server_fault_leave_a_write_unknown(page: FacebookPage, wire: Wire) -> None:
    body = {"error": {"code": 2, "message": "An unexpected error has occurred.", "is_transient": True}}
    assert type(_refused(page, wire, Said(body, 500))) is errors.OutcomeUnknown
    assert type(_refused(page, wire, Said(body, 500), write=False)) is errors.Transient


def test_the_refused_length_is_told(page: FacebookPage, wire: Wire) -> None:
    message = "(#100) Length of param message[text] must be less than or equal to 2000"
    error = _refused(page, wire, Said({"error": {"code": 100, "message": message}}, 400))
    assert isinstance(error, errors.InvalidContent)
    assert error.limit == 2000


@pytest.mark.trap(22)
def test_subcode_and_trace_which_the_library_hides_are_kept_for_the_health_screen(
    page: FacebookPage, wire: Wire
) -> None:
    body = {"error": {"code": 190, "error_subcode": 460, "message": "gone", "fbtrace_id": "AbC"}}
    assert _refused(page, wire, Said(body, 400)).detail == "HTTP 400 code 190/460 gone (AbC)"


@pytest.mark.parametrize("content_type", [None, "text/html", "image/png", "application/json"])
@pytest.mark.parametrize("body", [b"<html>Sorry</html>", b"access_token=x", b"", b'{"error": ', b'{"error": "text"}'])
@pytest.mark.trap(23)
def test_a_503_in_any_form_is_transient_or_unknown(
    page: FacebookPage, wire: Wire, body: bytes, content_type: str | None
) -> None:
    said = Said(body, 503, {"Content-Type": content_type} if content_type else {})
    assert type(_refused(page, wire, said, write=False)) is errors.Transient
    assert type(_refused(page, wire, said)) is errors.OutcomeUnknown


@pytest.mark.trap(23)
def test_a_missing_content_type_does_not_spoil_an_answer(page: FacebookPage, wire: Wire) -> None:
    wire.say(b'{"id": "1_12"}')
    assert page.send(COMMENT).external_id == "1_12"


@pytest.mark.parametrize("body", [{"success": True}, True])
def test_a_like_is_answered_by_an_object_or_by_a_bare_true(page: FacebookPage, wire: Wire, body: object) -> None:
    wire.say(body)
    page.act(Action.LIKE, "1_11")


@pytest.mark.trap(29)
def test_usage_comes_in_per_cent_of_the_busiest_counter(page: FacebookPage, wire: Wire) -> None:
    usage = {PAGE_ID: [{"type": "pages", "call_count": 3, "total_time": 71, "total_cputime": 20}]}
    app = {"call_count": 28, "total_time": 25, "total_cputime": 25}
    wire.say({"data": []}, X_App_Usage=json.dumps(app), X_Business_Use_Case_Usage=json.dumps(usage))
    wire.say({"data": []}, X_App_Usage="{cut", X_Business_Use_Case_Usage='{"7": "x"}')
    rate = page.fetch("feed", {}).rate
    assert rate is not None
    assert (rate.limit, rate.remaining, rate.reset_at) == (100, 29, None)
    assert page.fetch("feed", {}).rate is None


def test_a_throttled_page_comes_back_when_facebook_says(page: FacebookPage, wire: Wire) -> None:
    usage = {PAGE_ID: [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 7}]}
    headers = {"X-Business-Use-Case-Usage": json.dumps(usage), "Date": "Sun, 01 Nov 2026 12:00:00 GMT"}
    error = _refused(page, wire, Said({"error": {"code": 80001, "message": "slow"}}, 400, headers))
    assert isinstance(error, errors.RateLimited)
    assert error.retry_at == NOON + timedelta(minutes=7)


# --- writing -------------------------------------------------------------------------------------------------------


def test_a_comment_is_answered_below_itself(page: FacebookPage, wire: Wire) -> None:
    wire.say({"id": "1_12"})
    sent = page.send(COMMENT)
    assert wire.asked[0].path == "/facebook/v24.0/1_11/comments"
    assert (sent.external_id, sent.thread_id) == ("1_12", "7700_1")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, {"messaging_type": "RESPONSE"}),
        (24, {"messaging_type": "RESPONSE"}),
        (24.01, {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
        (168, {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
    ],
)
@pytest.mark.trap(27)
def test_a_private_answer_says_in_which_window_it_stands(
    page: FacebookPage, wire: Wire, hours: float, expected: dict[str, str]
) -> None:
    wire.say({"recipient_id": "9001", "message_id": "m_1"})
    page.send(_private(last_inbound_at=NOON - timedelta(hours=hours)))
    assert {name: value for name, value in wire.asked[0].form.items() if name in ("messaging_type", "tag")} == expected


@pytest.mark.trap(27)
def test_after_seven_days_nothing_is_sent(page: FacebookPage, wire: Wire) -> None:
    with pytest.raises(errors.WindowClosed):
        page.send(_private(last_inbound_at=NOON - timedelta(days=7, seconds=1)))
    assert wire.asked == []


@pytest.mark.parametrize(("reply_to", "kind"), [("1_11", "comment_id"), ("7700_1", "post_id")])
@pytest.mark.trap(26)
def test_a_private_reply_opens_a_thread_with_whoever_wrote_in_public(
    page: FacebookPage, wire: Wire, reply_to: str, kind: str
) -> None:
    wire.say({"recipient_id": "9001", "message_id": "m_1"})
    sent = page.send(_private(thread_id="7700_1", reply_to=reply_to, reply_to_public=True))
    assert wire.asked[0].path == f"/facebook/v24.0/{PAGE_ID}/messages"
    assert json.loads(wire.asked[0].form["recipient"]) == {kind: reply_to}
    assert "messaging_type" not in wire.asked[0].form
    assert (sent.external_id, sent.thread_id) == ("m_1", "9001")


@pytest.mark.parametrize(("private", "limit"), [(True, 2_000), (False, 8_000)])
@pytest.mark.trap(51)
def test_a_text_that_is_too_long_is_refused_before_any_call(
    page: FacebookPage, wire: Wire, private: bool, limit: int
) -> None:
    message = _private(text="x" * (limit + 1)) if private else Outgoing("x" * (limit + 1), False, "7700_1", "1_11")
    with pytest.raises(errors.InvalidContent) as caught:
        page.send(message)
    assert (caught.value.limit, wire.asked) == (limit, [])


def _ours(comment_id: str, parent: str | None, text: str = COMMENT.text, seconds: int = 0) -> dict[str, Any]:
    given = {"id": comment_id, "message": text, "created_time": graph_time(seconds), "from": {"id": PAGE_ID}}
    return {**given, "parent": {"id": parent}} if parent else given


def test_a_lost_comment_is_found_where_it_was_to_stand(page: FacebookPage, wire: Wire) -> None:
    wire.say({"data": [_ours("1_40", "1_11"), _ours("1_39", "1_10")]})
    found = page.find_sent(COMMENT)
    assert wire.asked[0].path == "/facebook/v24.0/7700_1/comments"
    assert found is not None
    assert found.external_id == "1_40"


def test_a_lost_comment_is_found_though_a_hundred_others_came_since(page: FacebookPage, wire: Wire) -> None:
    others = [{**a_comment(number), "id": f"2_{number}"} for number in range(100)]
    wire.say({"data": others, "paging": {"cursors": {"after": "100"}, "next": "https://graph…"}})
    wire.say({"data": [_ours("1_40", "1_11")]})
    found = page.find_sent(COMMENT)
    assert wire.asked[1].query["after"] == "100"
    assert found is not None
    assert found.external_id == "1_40"


def test_a_lost_answer_to_an_answer_is_found_below_their_common_parent(page: FacebookPage, wire: Wire) -> None:
    wire.say({"data": [_ours("1_40", "1_10")]})
    wire.say({"id": "1_11", "parent": {"id": "1_10"}})
    found = page.find_sent(COMMENT)
    assert found is not None
    assert found.external_id == "1_40"


def test_the_same_words_elsewhere_below_the_post_are_another_comment(page: FacebookPage, wire: Wire) -> None:
    wire.say({"data": [_ours("1_40", "1_10"), {**_ours("1_41", "1_11"), "from": {"id": "9001"}}]})
    wire.say({"id": "1_11"})
    assert page.find_sent(COMMENT) is None


def test_a_lost_private_answer_is_found_in_the_conversation(page: FacebookPage, wire: Wire) -> None:
    to = {"data": [{"id": "9001"}]}
    sent = {"id": "m_7", "created_time": graph_time(0), "from": {"id": PAGE_ID}, "to": to, "message": "Dank u ^JK"}
    wire.answer_with(lambda asked: Said({"data": [{"id": "t_1", "messages": {"data": [sent]}}]}))
    found = page.find_sent(_private(submitted_at=NOON))
    assert wire.asked[0].query["user_id"] == "9001"
    assert found is not None
    assert (found.external_id, found.thread_id) == ("m_7", "9001")
    assert page.find_sent(_private(submitted_at=NOON + timedelta(hours=1))) is None


# --- what a webhook leaves out -------------------------------------------------------------------------------------


def _lacking(**changes: Any) -> Item:
    given = {"kind": ItemKind.MENTION, "external_id": "1_31", "thread_id": "8_1", "text": "Vraag het hun"}
    return Item(**{"network": "facebook_page", "created_at": NOON, **given, **changes})


def test_the_author_of_a_mention_that_came_without_one_is_fetched(page: FacebookPage, wire: Wire) -> None:
    wire.say({"id": "1_31", "from": {"id": "9005", "name": "Fatima"}, "permalink_url": "https://www.facebook.com/1_31"})
    whole = page.complete(_lacking())
    assert whole.author is not None
    assert (whole.author.name, whole.url, whole.outgoing) == ("Fatima", "https://www.facebook.com/1_31", False)
    assert whole.event_key == _lacking().event_key


def test_the_name_of_somebody_on_messenger_is_fetched(page: FacebookPage, wire: Wire) -> None:
    wire.say({"name": "Fatima", "profile_pic": "https://scontent.example/f.jpg"})
    message = _lacking(kind=ItemKind.DIRECT_MESSAGE, private=True, thread_id="9005", external_id="m_1")
    author = page.complete(message).author
    assert wire.asked[0].path == "/facebook/v24.0/9005"
    assert author is not None
    assert (author.external_id, author.name, author.avatar_url) == ("9005", "Fatima", "https://scontent.example/f.jpg")


@pytest.mark.parametrize("body", [{"code": 100, "error_subcode": 33, "message": "gone"}, {"code": 10, "message": "no"}])
def test_somebody_whom_facebook_does_not_name_stays_unknown(page: FacebookPage, wire: Wire, body: object) -> None:
    wire.say({"error": body}, 400)
    assert page.complete(_lacking()) == _lacking()


def test_nothing_is_asked_for_a_deletion_or_for_our_own_words(page: FacebookPage, wire: Wire) -> None:
    page.complete(_lacking(change=Change.DELETED))
    page.complete(_lacking(outgoing=True))
    assert wire.asked == []


# --- webhooks ------------------------------------------------------------------------------------------------------


def test_the_handshake_gives_the_challenge_back_to_whoever_knows_our_word() -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "a-word-of-our-own"}
    assert FacebookPage.handshake(PAGE_CREDENTIALS, query) == ("1158201444", "text/plain")
    for changed in ({"hub.verify_token": "wrong"}, {"hub.mode": "unsubscribe"}):
        assert FacebookPage.handshake(PAGE_CREDENTIALS, {**query, **changed}) is None
    assert FacebookPage.handshake({}, {**query, "hub.verify_token": ""}) is None
    assert FacebookPage.handshake(PAGE_CREDENTIALS, {}) is None


@pytest.mark.trap(31)
def test_a_signature_is_checked_over_the_raw_bytes() -> None:
    """Facebook escapes letters as \\u00e9; a round trip through JSON changes the bytes."""
    body = b'{"object":"page","entry":[],"text":"\\u00e9"}'
    good = {"x-hub-signature-256": "sha256=" + hmac.new(b"app-secret-of-vlotlijn", body, hashlib.sha256).hexdigest()}
    assert FacebookPage.verify_webhook(PAGE_CREDENTIALS, good, body)
    round_trip = json.dumps(json.loads(body), ensure_ascii=False).encode()
    assert not FacebookPage.verify_webhook(PAGE_CREDENTIALS, good, round_trip)
    assert not FacebookPage.verify_webhook(PAGE_CREDENTIALS, {}, body)
    assert not FacebookPage.verify_webhook({}, good, body)


# --- connecting ----------------------------------------------------------------------------------------------------


def test_the_connection_test_says_what_the_token_lacks(page: FacebookPage, wire: Wire) -> None:
    wire.say({"id": PAGE_ID, "name": "Vlotlijn", "username": "vlotlijn"})
    wire.say({"data": []})
    wire.say({"error": {"code": 200, "message": "Requires pages_messaging"}}, 403)
    info = page.check()
    assert (info.own_id, info.handle, info.name) == (PAGE_ID, "vlotlijn", "Vlotlijn")
    assert info.problems == ("The token may not read Messenger: it lacks pages_messaging.",)


def test_a_token_of_another_page_is_noticed(wire: Wire) -> None:
    wire.say({"id": "1", "name": "Een ander"})
    with pytest.raises(errors.AuthExpired, match="another page"):
        FacebookPage(page_account(wire.address)).check()
