"""Instagram: each trap that the network sets has a test that names it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from connectors import errors
from connectors.base import Action, Item, ItemKind, Outgoing
from connectors.networks.instagram import Instagram
from tests.connectors.accounts import INSTAGRAM_ID, NOON, PAGE_ID, graph_time, instagram_account
from tests.connectors.wire import Said, Wire

LINKED = {"id": PAGE_ID, "instagram_business_account": {"id": INSTAGRAM_ID, "username": "vlotlijn", "name": "Vlotlijn"}}
COMMENT = Outgoing("Wij zoeken het uit ^JK", private=False, thread_id="1801", reply_to="1711")


def _private(**changes: Any) -> Outgoing:
    given = {"text": "Dank u ^JK", "private": True, "thread_id": "9001", "recipient": "9001", "now": NOON}
    return Outgoing(**{**given, **changes})


def _a_comment(number: int, **more: Any) -> dict[str, Any]:
    person = {"id": "9001", "username": "jan"}
    return {"id": f"17{number}", "text": "Hoi", "timestamp": graph_time(number), "from": person, **more}


def _lacking(**changes: Any) -> Item:
    given = {"kind": ItemKind.MENTION, "external_id": "1790", "thread_id": "mention:1890", "parent_id": "1890"}
    return Item(**{"network": "instagram", "created_at": NOON, "changed_at": NOON, **given, **changes})


# --- the page behind the account -----------------------------------------------------------------------------------


def test_direct_messages_hang_on_the_page_which_is_asked_once(instagram: Instagram, wire: Wire) -> None:
    wire.say(LINKED)
    wire.say({"data": []})
    page = instagram.fetch("conversations", {})
    wire.say({"data": []})
    Instagram(instagram_account(wire.address)).fetch("conversations", page.cursor)
    asked = [(one.path.removeprefix("/instagram/v24.0/"), one.query.get("platform")) for one in wire.asked]
    assert asked == [("me", None), (f"{PAGE_ID}/conversations", "INSTAGRAM"), (f"{PAGE_ID}/conversations", "INSTAGRAM")]


def test_a_message_is_sent_from_the_page(instagram: Instagram, wire: Wire) -> None:
    wire.say(LINKED)
    wire.say({"recipient_id": "9001", "message_id": "m_1"})
    sent = instagram.send(_private())
    assert wire.asked[1].path == f"/instagram/v24.0/{PAGE_ID}/messages"
    assert json.loads(wire.asked[1].form["recipient"]) == {"id": "9001"}
    assert (sent.external_id, sent.thread_id) == ("m_1", "9001")


@pytest.mark.parametrize("linked", [{"id": PAGE_ID}, {"id": PAGE_ID, "instagram_business_account": {"id": "1"}}])
def test_a_token_of_a_page_without_this_account_is_no_token_for_it(
    instagram: Instagram, wire: Wire, linked: dict[str, Any]
) -> None:
    wire.say(linked)
    with pytest.raises(errors.AuthExpired):
        instagram.check()


# --- limits --------------------------------------------------------------------------------------------------------


@pytest.mark.trap(51)
def test_a_message_is_measured_in_bytes(instagram: Instagram, wire: Wire) -> None:
    with pytest.raises(errors.InvalidContent) as caught:
        instagram.send(_private(text="é" * 500 + "!"))
    assert (caught.value.limit, wire.asked) == (1_000, [])
    wire.say(LINKED)
    wire.say({"recipient_id": "9001", "message_id": "m_1"})
    assert instagram.send(_private(text="é" * 500)).external_id == "m_1"


@pytest.mark.parametrize(
    "text",
    ["x" * 301, "#een #twee #drie #vier #vijf", "https://vlotlijn.nl en www.vlotlijn.nl", "DE BUS KOMT ZO"],
)
def test_a_comment_that_meta_would_refuse_is_refused_before_any_call(
    instagram: Instagram, wire: Wire, text: str
) -> None:
    with pytest.raises(errors.InvalidContent):
        instagram.send(Outgoing(text, False, "1801", "1711"))
    assert wire.asked == []


@pytest.mark.parametrize(
    "text", ["x" * 300, "#een #twee #drie #vier en a#b", "www.vlotlijn.nl", "DE BUS komt zo", "👍"]
)
def test_a_comment_up_to_its_limits_is_sent(instagram: Instagram, wire: Wire, text: str) -> None:
    wire.say({"id": "1799"})
    assert instagram.send(Outgoing(text, False, "1801", "1711")).external_id == "1799"


# --- writing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thread", "reply_to", "path", "form"),
    [
        ("1801", "1711", "1711/replies", {}),
        ("1801", "1801", "1801/comments", {}),
        ("1801", "", "1801/comments", {}),
        ("mention:1890", "1790", f"{INSTAGRAM_ID}/mentions", {"media_id": "1890", "comment_id": "1790"}),
        ("mention:1890", "1890", f"{INSTAGRAM_ID}/mentions", {"media_id": "1890"}),
    ],
)
def test_each_place_has_its_own_way_of_being_answered(
    instagram: Instagram, wire: Wire, thread: str, reply_to: str, path: str, form: dict[str, str]
) -> None:
    wire.say({"id": "1799"})
    sent = instagram.send(Outgoing("Dag", False, thread, reply_to))
    assert wire.asked[0].path == f"/instagram/v24.0/{path}"
    given = {name: value for name, value in wire.asked[0].form.items() if name != "appsecret_proof"}
    assert given == {"message": "Dag", **form}
    assert (sent.external_id, sent.thread_id) == ("1799", thread)


def test_hiding_is_said_in_small_letters_and_there_are_no_likes(instagram: Instagram, wire: Wire) -> None:
    wire.answer_with(lambda asked: Said({"success": True}))
    instagram.act(Action.HIDE, "1711")
    instagram.act(Action.UNHIDE, "1711")
    assert [asked.form["hide"] for asked in wire.asked] == ["true", "false"]
    with pytest.raises(errors.NotAllowedByPolicy):
        instagram.act(Action.LIKE, "1711")
    with pytest.raises(errors.NotFound):
        instagram.act(Action.DELETE, "../me")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (24, {"messaging_type": "RESPONSE"}),
        (24.01, {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
        (168, {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
    ],
)
@pytest.mark.trap(27)
def test_a_private_answer_says_in_which_window_it_stands(
    instagram: Instagram, wire: Wire, hours: float, expected: dict[str, str]
) -> None:
    wire.say(LINKED)
    wire.say({"recipient_id": "9001", "message_id": "m_1"})
    instagram.send(_private(last_inbound_at=NOON - timedelta(hours=hours)))
    form = wire.asked[1].form
    assert {name: value for name, value in form.items() if name in ("messaging_type", "tag")} == expected


def test_after_seven_days_nothing_is_sent(instagram: Instagram, wire: Wire) -> None:
    wire.say(LINKED)
    with pytest.raises(errors.WindowClosed, match="Instagram takes no answer"):
        instagram.send(_private(last_inbound_at=NOON - timedelta(days=7, seconds=1)))
    assert [asked.method for asked in wire.asked] == ["GET"]


@pytest.mark.trap(26)
def test_a_private_reply_names_the_comment_and_no_window(instagram: Instagram, wire: Wire) -> None:
    wire.say(LINKED)
    wire.say({"recipient_id": "9001", "message_id": "m_1"})
    instagram.send(_private(thread_id="1801", reply_to="1711", reply_to_public=True))
    assert json.loads(wire.asked[1].form["recipient"]) == {"comment_id": "1711"}
    assert "messaging_type" not in wire.asked[1].form


@pytest.mark.parametrize(("thread", "reply_to"), [("mention:1890", "1790"), ("1801", "1801")])
def test_only_whoever_commented_on_our_own_media_is_written_to_in_private(
    instagram: Instagram, wire: Wire, thread: str, reply_to: str
) -> None:
    with pytest.raises(errors.NotAllowedByPolicy):
        instagram.send(_private(thread_id=thread, reply_to=reply_to, reply_to_public=True))
    assert wire.asked == []


@pytest.mark.parametrize(
    ("code", "subcode", "error"),
    [
        (10, 2534022, errors.WindowClosed),
        (100, 2534014, errors.RecipientUnavailable),
        (100, 2534025, errors.NotAllowedByPolicy),
        (80002, None, errors.RateLimited),
        (190, 463, errors.AuthExpired),
        (10, None, errors.PermissionMissing),
        (100, 33, errors.NotFound),
        (2, None, errors.Transient),
    ],
)
@pytest.mark.trap(30)
def test_each_code_is_understood_and_told_of_instagram(
    instagram: Instagram, wire: Wire, code: int, subcode: int | None, error: type[errors.NetworkError]
) -> None:
    body = {"error": {"code": code, "error_subcode": subcode, "message": "no", "type": "OAuthException"}}
    wire.answer_with(lambda asked: Said(body, 400))
    with pytest.raises(errors.NetworkError) as caught:
        instagram.send(COMMENT)
    assert type(caught.value) is error
    assert "Facebook" not in str(caught.value)


# --- reading -------------------------------------------------------------------------------------------------------


def _media(count: int, newest: str) -> dict[str, Any]:
    about = {"id": "1801", "timestamp": graph_time(0), "username": "vlotlijn", "comments_count": count}
    return {**about, "comments": {"data": [{"id": newest}]}}


def test_media_on_which_nothing_changed_are_not_read_again(instagram: Instagram, wire: Wire) -> None:
    wire.say({"data": [_media(1, "171")]})
    wire.say({"data": [_a_comment(1)]})
    wire.say({"data": [_media(1, "171")]})
    cursor = instagram.fetch("comments", instagram.fetch("comments", {}).cursor).cursor
    page = instagram.fetch("comments", cursor)
    assert (page.items, page.more) == ((), False)


def test_one_who_deletes_while_another_writes_does_not_hide_the_second(instagram: Instagram, wire: Wire) -> None:
    """The number of comments is the same, the newest of them is not."""
    wire.say({"data": [_media(1, "171")]})
    wire.say({"data": [_a_comment(1)]})
    wire.say({"data": [_media(1, "172")]})
    wire.say({"data": [_a_comment(2)]})
    cursor: Any = {}
    found = []
    for _ in range(4):
        page = instagram.fetch("comments", cursor)
        found += [item.external_id for item in page.items if not item.outgoing]
        cursor = page.cursor
    assert found == ["171", "172"]


def test_more_answers_than_came_with_a_comment_are_read_on(instagram: Instagram, wire: Wire) -> None:
    more = {"data": [_a_comment(2, parent_id="171")], "paging": {"cursors": {"after": "X"}, "next": "https://graph…"}}
    wire.say({"data": [_a_comment(1, replies=more)]})
    wire.say({"data": [_a_comment(3)]})
    page = instagram.fetch("comments", {"queue": [{"media": "1801", "state": "3/171"}]})
    rest = instagram.fetch("comments", page.cursor)
    assert wire.asked[1].path == "/instagram/v24.0/171/replies"
    assert wire.asked[1].query["after"] == "X"
    assert [(item.external_id, item.parent_id) for item in rest.items] == [("173", "171")]
    assert not rest.more


def test_media_that_are_gone_are_passed_over(instagram: Instagram, wire: Wire) -> None:
    wire.say({"error": {"code": 100, "error_subcode": 33, "message": "gone"}}, 400)
    page = instagram.fetch("comments", {"queue": [{"media": "1801"}, {"media": "1802"}]})
    assert (page.items, page.more) == ((), True)


def test_a_flood_of_comments_is_read_to_a_bounded_depth(instagram: Instagram, wire: Wire) -> None:
    numbers = iter(range(10_000))

    def flood(asked: Any) -> Said:
        number = next(numbers)
        paging = {"cursors": {"after": f"P{number}"}, "next": "https://graph…"}
        return Said({"data": [_a_comment(number)], "paging": paging})

    wire.answer_with(flood)
    page = instagram.fetch("comments", {"queue": [{"media": "1801", "state": "5000/1"}]})
    while page.more:
        page = instagram.fetch("comments", page.cursor)
    assert len(wire.asked) == 20


@pytest.mark.parametrize("cursor", [{}, {"media": [], "queue": "x", "posts": 5}, {"queue": [{}, {"media": ""}]}])
def test_a_strange_cursor_means_the_start(instagram: Instagram, wire: Wire, cursor: dict[str, Any]) -> None:
    wire.say({"data": []})
    assert instagram.fetch("comments", cursor).items == ()
    assert wire.asked[0].path == f"/instagram/v24.0/{INSTAGRAM_ID}/media"


# --- what a webhook leaves out -------------------------------------------------------------------------------------


def test_a_mention_is_asked_for_by_its_id(instagram: Instagram, wire: Wire) -> None:
    found = {"id": "1790", "text": "Klopt dit?", "username": "piet", "timestamp": graph_time(-60), "media": {"id": "1"}}
    wire.say({"mentioned_comment": found, "id": INSTAGRAM_ID})
    whole = instagram.complete(_lacking())
    assert wire.asked[0].query["fields"].startswith("mentioned_comment.comment_id(1790){id,text,timestamp")
    assert whole.author is not None
    assert (whole.text, whole.author.external_id, whole.author.handle) == ("Klopt dit?", "@piet", "piet")
    assert whole.created_at == whole.changed_at == NOON - timedelta(minutes=1)


def test_where_meta_does_not_tell_the_author_of_a_mention_its_words_come_all_the_same(
    instagram: Instagram, wire: Wire
) -> None:
    wire.say({"error": {"code": 100, "message": "(#100) Tried accessing nonexisting field (from)"}}, 400)
    wire.say({"mentioned_comment": {"id": "1790", "text": "Klopt dit?"}})
    whole = instagram.complete(_lacking())
    assert (whole.text, whole.author) == ("Klopt dit?", None)
    assert "from" not in wire.asked[1].query["fields"]


def test_a_mention_in_a_caption_is_media(instagram: Instagram, wire: Wire) -> None:
    wire.say(
        {"mentioned_media": {"id": "1891", "caption": "Op reis", "username": "els", "media_url": "https://s/1.jpg"}}
    )
    whole = instagram.complete(_lacking(external_id="1891", thread_id="mention:1891", parent_id=""))
    assert wire.asked[0].query["fields"].startswith("mentioned_media.media_id(1891){")
    assert (whole.text, [one.url for one in whole.attachments]) == ("Op reis", ["https://s/1.jpg"])


def test_a_comment_that_was_told_briefly_finds_its_place(instagram: Instagram, wire: Wire) -> None:
    wire.say({**_a_comment(1), "parent_id": "170", "media": {"id": "1801"}})
    whole = instagram.complete(_lacking(kind=ItemKind.COMMENT, external_id="171", thread_id="171", parent_id=""))
    assert whole.author is not None
    assert (whole.thread_id, whole.parent_id, whole.author.handle) == ("1801", "170", "jan")


@pytest.mark.parametrize(
    "said",
    [
        Said({"error": {"code": 100, "error_subcode": 33, "message": "gone"}}, 400),
        Said({"error": {"code": 230, "message": "User consent is required to access user profile"}}, 403),
        Said({"mentioned_comment": {"id": "1790", "timestamp": "gisteren"}}),
    ],
)
def test_what_instagram_does_not_tell_stays_unknown(instagram: Instagram, wire: Wire, said: Said) -> None:
    wire.answer_with(lambda asked: said)
    assert instagram.complete(_lacking()) == _lacking()
    person = _lacking(kind=ItemKind.DIRECT_MESSAGE, private=True, thread_id="9001", external_id="m_1")
    assert instagram.complete(person).text == ""
