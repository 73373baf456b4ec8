"""Facebook and Messenger: each trap that the network or facebook-sdk sets has a test that names it."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import errors
from connectors.base import Action, Change, Item, ItemKind, Outgoing, Page
from connectors.networks.facebook_page import FacebookPage
from tests.connectors.accounts import PAGE_CREDENTIALS, PAGE_ID, page_account
from tests.connectors.wire import Asked, Said, Wire

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
TOKEN = PAGE_CREDENTIALS["page_access_token"]
PROOF = hmac.new(PAGE_CREDENTIALS["app_secret"].encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
COMMENT = Outgoing("Wij zoeken het uit ^JK", private=False, thread_id="7700_1", reply_to="1_11")


def _private(**changes: Any) -> Outgoing:
    given = {"text": "Dank u ^JK", "private": True, "thread_id": "9001", "recipient": "9001", "now": NOON}
    return Outgoing(**{**given, **changes})


def _time(seconds: int) -> str:
    return (NOON + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _refused(page: FacebookPage, wire: Wire, said: Said, *, write: bool = True) -> errors.NetworkError:
    wire.answer_with(lambda asked: said)
    with pytest.raises(errors.NetworkError) as caught:
        page.send(COMMENT) if write else page.fetch("feed", {})
    return caught.value


# --- asking --------------------------------------------------------------------------------------------------------


def test_the_version_is_one_that_lives_though_the_library_knows_only_dead_ones(page: FacebookPage, wire: Wire) -> None:
    wire.say({"data": []})
    page.fetch("feed", {})
    assert wire.asked[0].path == f"/facebook/v24.0/{PAGE_ID}/feed"


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


def test_subcode_and_trace_which_the_library_hides_are_kept_for_the_health_screen(
    page: FacebookPage, wire: Wire
) -> None:
    body = {"error": {"code": 190, "error_subcode": 460, "message": "gone", "fbtrace_id": "AbC"}}
    assert _refused(page, wire, Said(body, 400)).detail == "HTTP 400 code 190/460 gone (AbC)"


@pytest.mark.parametrize("content_type", [None, "text/html", "image/png", "application/json"])
@pytest.mark.parametrize("body", [b"<html>Sorry</html>", b"access_token=x", b"", b'{"error": ', b'{"error": "text"}'])
def test_a_503_in_any_form_is_transient_or_unknown(
    page: FacebookPage, wire: Wire, body: bytes, content_type: str | None
) -> None:
    said = Said(body, 503, {"Content-Type": content_type} if content_type else {})
    assert type(_refused(page, wire, said, write=False)) is errors.Transient
    assert type(_refused(page, wire, said)) is errors.OutcomeUnknown


def test_a_missing_content_type_does_not_spoil_an_answer(page: FacebookPage, wire: Wire) -> None:
    wire.say(b'{"id": "1_12"}')
    assert page.send(COMMENT).external_id == "1_12"


@pytest.mark.parametrize("body", [{"success": True}, True])
def test_a_like_is_answered_by_an_object_or_by_a_bare_true(page: FacebookPage, wire: Wire, body: object) -> None:
    wire.say(body)
    page.act(Action.LIKE, "1_11")


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


# --- lists of posts ------------------------------------------------------------------------------------------------


class Feed:
    """A list that is newest first, with `since`, `after` and `next` only where there is more."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        self.entries = list(entries)
        self.refuses_tokens = False

    def __call__(self, asked: Asked) -> Said:
        after = asked.query.get("after", "")
        if after and self.refuses_tokens:
            return Said({"error": {"code": 100, "message": "(#100) Invalid cursor"}}, 400)
        since = int(asked.query.get("since", 0))
        listed = sorted(self.entries, key=lambda entry: str(entry["created_time"]), reverse=True)
        fitting = [e for e in listed if datetime.fromisoformat(e["created_time"]).timestamp() >= since]
        start = int(after or 0)
        page = fitting[start : start + 2]
        more = len(fitting) > start + 2
        paging = {"cursors": {"before": "b", "after": str(start + 2)}, **({"next": "https://graph…"} if more else {})}
        return Said({"data": page, "paging": paging})


def _entry(number: int, text: str = "Hoi", **changes: Any) -> dict[str, Any]:
    given = {"id": f"7700_{number}", "message": text, "created_time": _time(number), "from": {"id": "9001"}}
    return {**given, **changes}


def _read(page: FacebookPage, stream: str, cursor: Any, *, calls: int = 30) -> tuple[list[Item], Any, bool]:
    """Fetch while there is more, at most `calls` times. Cursors go through JSON, as they do in the desk."""
    items: list[Item] = []
    for _ in range(calls):
        found: Page = page.fetch(stream, cursor)
        items += found.items
        cursor = json.loads(json.dumps(found.cursor))
        if not found.more:
            return items, cursor, False
    return items, cursor, True


def test_paging_goes_by_cursors_of_our_own_and_ends_without_next(page: FacebookPage, wire: Wire) -> None:
    wire.answer_with(Feed(*map(_entry, range(5))))
    items, cursor, more = _read(page, "feed", {})
    assert sorted(item.external_id for item in items) == [f"7700_{number}" for number in range(5)]
    assert (more, cursor["mark"]) == (False, int(NOON.timestamp()) + 4)


@pytest.mark.parametrize("calls", [1, 2])
def test_a_chain_that_is_interrupted_loses_nothing(page: FacebookPage, wire: Wire, calls: int) -> None:
    feed = Feed(*map(_entry, range(5)))
    wire.answer_with(feed)
    first, cursor, _ = _read(page, "feed", {}, calls=calls)
    assert "mark" not in cursor
    feed.entries += [_entry(600), _entry(601)]
    second, cursor, _ = _read(page, "feed", cursor)
    third, cursor, _ = _read(page, "feed", cursor)
    ids = [item.external_id for item in (*first, *second, *third)]
    assert sorted(set(ids)) == sorted(f"7700_{number}" for number in (*range(5), 600, 601))


def test_a_refused_token_begins_the_chain_anew(page: FacebookPage, wire: Wire) -> None:
    feed = Feed(*map(_entry, range(5)))
    wire.answer_with(feed)
    first, cursor, _ = _read(page, "feed", {}, calls=1)
    feed.refuses_tokens = True
    none, cursor, more = _read(page, "feed", cursor)
    feed.refuses_tokens = False
    rest, cursor, _ = _read(page, "feed", cursor)
    assert (none, more) == ([], False)
    assert len({item.external_id for item in (*first, *rest)}) == 5


def test_what_was_given_is_not_given_again_though_the_reading_goes_back_a_little(
    page: FacebookPage, wire: Wire
) -> None:
    wire.answer_with(Feed(_entry(0), _entry(1)))
    _, cursor, _ = _read(page, "feed", {})
    again, cursor, _ = _read(page, "feed", cursor)
    assert again == []
    assert int(wire.asked[-1].query["since"]) < cursor["mark"]


def test_a_post_that_shows_up_late_is_not_missed(page: FacebookPage, wire: Wire) -> None:
    feed = Feed(_entry(100))
    wire.answer_with(feed)
    _, cursor, _ = _read(page, "feed", {})
    feed.entries.append(_entry(90))
    late, _, _ = _read(page, "feed", cursor)
    assert [item.external_id for item in late] == ["7700_90"]


def test_a_text_that_changed_between_two_polls_is_an_edit_with_the_key_of_the_webhooks_edit(
    page: FacebookPage, wire: Wire
) -> None:
    feed = Feed(_entry(0, "Hoi"))
    wire.answer_with(feed)
    created, cursor, _ = _read(page, "feed", {})
    feed.entries = [_entry(0, "Hallo")]
    edited, _, _ = _read(page, "feed", cursor)
    value = {"item": "post", "verb": "edited", "post_id": "7700_0", "from": {"id": "9001"}, "message": "Hallo"}
    entry = {"id": PAGE_ID, "time": 1793534460, "changes": [{"field": "feed", "value": value}]}
    told = page.parse_webhook(json.dumps({"object": "page", "entry": [entry]}).encode()).items[0]
    assert (created[0].change, edited[0].change) == (Change.CREATED, Change.EDITED)
    assert edited[0].event_key == told.event_key != created[0].event_key


# --- comments ------------------------------------------------------------------------------------------------------


class Comments:
    """A page with posts whose `updated_time` and number of comments move, and the comments below them."""

    def __init__(self, **below: list[dict[str, Any]]) -> None:
        self.below = {name.replace("p", f"{PAGE_ID}_"): comments for name, comments in below.items()}
        self.gone: set[str] = set()

    def __call__(self, asked: Asked) -> Said:
        node, edge = asked.path.rsplit("/", 2)[1:]
        if edge == "feed":
            return Said({"data": [self._post(post_id) for post_id in self.below]})
        if node in self.gone:
            return Said({"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}}, 400)
        assert (asked.query["filter"], asked.query["order"]) == ("stream", "chronological")
        since, start = int(asked.query.get("since", 0)), int(asked.query.get("after", 0))
        fitting = [c for c in self.below[node] if datetime.fromisoformat(c["created_time"]).timestamp() >= since]
        more = {"next": "https://graph…"} if len(fitting) > start + 2 else {}
        return Said({"data": fitting[start : start + 2], "paging": {"cursors": {"after": str(start + 2)}, **more}})

    def _post(self, post_id: str) -> dict[str, Any]:
        comments = self.below[post_id]
        newest = comments[-1]["created_time"] if comments else _time(0)
        return {"id": post_id, "updated_time": newest, "comments": {"summary": {"total_count": len(comments)}}}


def _comment(number: int) -> dict[str, Any]:
    return {"id": f"1_{number}", "message": "Hoi", "created_time": _time(number), "from": {"id": "9001"}}


def test_only_posts_with_something_new_are_read_and_to_the_end(page: FacebookPage, wire: Wire) -> None:
    network = Comments(p1=[_comment(n) for n in range(5)], p2=[], p3=[_comment(10)])
    wire.answer_with(network)
    items, cursor, more = _read(page, "comments", {})
    assert ([item.external_id for item in items], more) == ([f"1_{n}" for n in (0, 1, 2, 3, 4, 10)], False)
    asked = len(wire.asked)
    network.below["7700_3"].append(_comment(11))
    items, cursor, _ = _read(page, "comments", cursor)
    assert [item.external_id for item in items] == ["1_11"]
    assert [asked.path.rsplit("/", 2)[1] for asked in wire.asked[asked:]] == [PAGE_ID, "7700_3"]


@pytest.mark.parametrize("calls", range(1, 6))
def test_reading_comments_can_be_stopped_anywhere(page: FacebookPage, wire: Wire, calls: int) -> None:
    network = Comments(p1=[_comment(n) for n in range(5)], p2=[_comment(20)])
    wire.answer_with(network)
    first, cursor, _ = _read(page, "comments", {}, calls=calls)
    network.below["7700_1"].append(_comment(30))
    second, cursor, _ = _read(page, "comments", cursor)
    third, cursor, _ = _read(page, "comments", cursor)
    found = {item.external_id for item in (*first, *second, *third)}
    assert found == {f"1_{n}" for n in (0, 1, 2, 3, 4, 20, 30)}


def test_a_post_that_is_gone_does_not_stop_the_others(page: FacebookPage, wire: Wire) -> None:
    network = Comments(p1=[_comment(1)], p2=[_comment(2)])
    network.gone = {"7700_1"}
    wire.answer_with(network)
    items, _, more = _read(page, "comments", {})
    assert ([item.external_id for item in items], more) == (["1_2"], False)


# --- Messenger by poll ---------------------------------------------------------------------------------------------


class Inbox:
    """Conversations by their last change, each with its newest messages; no `since`, as on Facebook."""

    def __init__(self, **conversations: list[int]) -> None:
        self.conversations = conversations
        self.only_newest = False

    def __call__(self, asked: Asked) -> Said:
        node, edge = asked.path.rsplit("/", 2)[1:]
        assert "since" not in asked.query
        start = int(asked.query.get("after", 0))
        if edge == "messages":
            if self.only_newest:
                return Said({"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}}, 400)
            return Said(self._messages(node, start))
        assert asked.query["platform"] == "messenger"
        names = sorted(self.conversations, key=lambda name: -max(self.conversations[name]))
        page = [self._conversation(name) for name in names[start : start + 2]]
        return Said({"data": page, "paging": self._paging(start, len(names))})

    def _conversation(self, name: str) -> dict[str, Any]:
        people = {"data": [{"id": f"psid-{name}"}, {"id": PAGE_ID}]}
        newest = _time(max(self.conversations[name]))
        return {"id": name, "updated_time": newest, "participants": people, "messages": self._messages(name, 0)}

    def _messages(self, name: str, start: int) -> dict[str, Any]:
        numbers = sorted(self.conversations[name], reverse=True)
        found = [self._message(name, number) for number in numbers[start : start + 2]]
        return {"data": found, "paging": self._paging(start, len(numbers))}

    def _message(self, name: str, number: int) -> dict[str, Any]:
        person, page = {"id": f"psid-{name}", "name": name}, {"id": PAGE_ID}
        sender, recipient = (page, person) if number % 2 else (person, page)
        to = {"data": [recipient]}
        return {"id": f"m_{name}{number}", "created_time": _time(number), "from": sender, "to": to, "message": "Hoi"}

    @staticmethod
    def _paging(start: int, total: int) -> dict[str, Any]:
        more = {"next": "https://graph…"} if total > start + 2 else {}
        return {"cursors": {"after": str(start + 2)}, **more}


def test_conversations_are_read_down_to_what_is_known(page: FacebookPage, wire: Wire) -> None:
    inbox = Inbox(a=[0, 1, 2, 3, 4], b=[1_000], c=[2_000, 2_001, 2_002])
    wire.answer_with(inbox)
    items, cursor, more = _read(page, "conversations", {})
    everything = {f"m_a{n}" for n in range(5)} | {"m_b1000", "m_c2000", "m_c2001", "m_c2002"}
    assert ({item.external_id for item in items}, more) == (everything, False)
    assert {item.thread_id for item in items} == {"psid-a", "psid-b", "psid-c"}
    assert {item.external_id for item in items if item.outgoing} == {"m_a1", "m_a3", "m_c2001"}
    nothing, cursor, _ = _read(page, "conversations", cursor)
    asked = len(wire.asked)
    inbox.conversations["b"].append(9_000)
    items, cursor, _ = _read(page, "conversations", cursor)
    assert (nothing, [item.external_id for item in items]) == ([], ["m_b9000"])
    assert [later.path.rsplit("/", 1)[1] for later in wire.asked[asked:]] == ["conversations", "conversations"]


@pytest.mark.parametrize("calls", range(1, 6))
def test_reading_conversations_can_be_stopped_anywhere(page: FacebookPage, wire: Wire, calls: int) -> None:
    inbox = Inbox(a=[0, 1, 2, 3, 4], b=[10], c=[20, 21, 22])
    wire.answer_with(inbox)
    first, cursor, _ = _read(page, "conversations", {}, calls=calls)
    inbox.conversations["a"].append(900)
    second, cursor, _ = _read(page, "conversations", cursor)
    third, cursor, _ = _read(page, "conversations", cursor)
    found = {item.external_id for item in (*first, *second, *third)}
    assert found == {f"m_a{n}" for n in (*range(5), 900)} | {"m_b10", "m_c20", "m_c21", "m_c22"}


def test_a_conversation_that_jumps_up_the_list_while_it_is_read_keeps_its_older_messages(
    page: FacebookPage, wire: Wire
) -> None:
    """After an hour of silence on our side: `a` was on the second page, and comes to the top by a new message."""
    inbox = Inbox(a=[0], b=[0], c=[0], d=[0])
    wire.answer_with(inbox)
    _, cursor, _ = _read(page, "conversations", {})
    _, cursor, _ = _read(page, "conversations", cursor)
    inbox.conversations = {"a": [0, 2_000], "b": [0, 3_000], "c": [0, 4_000], "d": [0, 5_000]}
    first, cursor, _ = _read(page, "conversations", cursor, calls=1)
    inbox.conversations["a"].append(6_000)
    second, cursor, _ = _read(page, "conversations", cursor)
    third, cursor, _ = _read(page, "conversations", cursor)
    found = {item.external_id for item in (*first, *second, *third)}
    assert found >= {"m_a2000", "m_a6000", "m_b3000", "m_c4000", "m_d5000"}


def test_only_the_newest_messages_of_a_conversation_can_be_had(page: FacebookPage, wire: Wire) -> None:
    """Facebook refuses details of older ones; that ends the reading and does not stop the stream."""
    inbox = Inbox(a=[0, 1, 2, 3, 4])
    inbox.only_newest = True
    wire.answer_with(inbox)
    items, cursor, more = _read(page, "conversations", {})
    assert ({item.external_id for item in items}, more) == ({"m_a3", "m_a4"}, False)
    assert cursor["queue"] == []


def test_messenger_is_polled_every_five_seconds_at_most() -> None:
    assert {stream.name: stream.min_seconds for stream in FacebookPage.streams}["conversations"] == 5


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
def test_a_private_answer_says_in_which_window_it_stands(
    page: FacebookPage, wire: Wire, hours: float, expected: dict[str, str]
) -> None:
    wire.say({"recipient_id": "9001", "message_id": "m_1"})
    page.send(_private(last_inbound_at=NOON - timedelta(hours=hours)))
    assert {name: value for name, value in wire.asked[0].form.items() if name in ("messaging_type", "tag")} == expected


def test_after_seven_days_nothing_is_sent(page: FacebookPage, wire: Wire) -> None:
    with pytest.raises(errors.WindowClosed):
        page.send(_private(last_inbound_at=NOON - timedelta(days=7, seconds=1)))
    assert wire.asked == []


@pytest.mark.parametrize(("reply_to", "kind"), [("1_11", "comment_id"), ("7700_1", "post_id")])
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
def test_a_text_that_is_too_long_is_refused_before_any_call(
    page: FacebookPage, wire: Wire, private: bool, limit: int
) -> None:
    message = _private(text="x" * (limit + 1)) if private else Outgoing("x" * (limit + 1), False, "7700_1", "1_11")
    with pytest.raises(errors.InvalidContent) as caught:
        page.send(message)
    assert (caught.value.limit, wire.asked) == (limit, [])


def _ours(comment_id: str, parent: str | None, text: str = COMMENT.text, seconds: int = 0) -> dict[str, Any]:
    given = {"id": comment_id, "message": text, "created_time": _time(seconds), "from": {"id": PAGE_ID}}
    return {**given, "parent": {"id": parent}} if parent else given


def test_a_lost_comment_is_found_where_it_was_to_stand(page: FacebookPage, wire: Wire) -> None:
    wire.say({"data": [_ours("1_40", "1_11"), _ours("1_39", "1_10")]})
    found = page.find_sent(COMMENT)
    assert wire.asked[0].path == "/facebook/v24.0/7700_1/comments"
    assert found is not None
    assert found.external_id == "1_40"


def test_a_lost_comment_is_found_though_a_hundred_others_came_since(page: FacebookPage, wire: Wire) -> None:
    others = [{**_comment(number), "id": f"2_{number}"} for number in range(100)]
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
    sent = {"id": "m_7", "created_time": _time(0), "from": {"id": PAGE_ID}, "to": to, "message": "Dank u ^JK"}
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
