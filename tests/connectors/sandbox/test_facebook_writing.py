"""Writing on the sandbox's Facebook: comments, hiding, likes, and Messenger with its windows."""

import json
from datetime import datetime, timedelta

import pytest

from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox.facebook_company import PageCompany, new_page, refusal, refused_with


def test_answer_edit_and_delete_a_comment(fb: PageCompany) -> None:
    post = fb.hears()
    answer = fb.graph.put_object(post["id"], "comments", message="Die komt eraan", appsecret_proof=fb.proof)["id"]
    assert fb.get(answer, fields="from,message")["from"]["id"] == fb.id
    assert fb.post(answer, message="Die is er") == {"success": True}
    assert fb.get(answer, fields="message")["message"] == "Die is er"
    assert fb.delete(answer) == {"success": True}
    assert refused_with(lambda: fb.get(answer)) == (100, 33)
    assert refused_with(lambda: fb.delete(answer)) == (100, 33)


def test_only_ones_own_words_are_edited_but_anybodys_can_go(fb: PageCompany) -> None:
    comment = fb.hears(kind="comment")
    assert refused_with(lambda: fb.post(comment["id"], message="anders"))[0] == 200
    assert fb.delete(comment["id"]) == {"success": True}
    mention = fb.hears(kind="mention")
    assert refused_with(lambda: fb.delete(mention["id"]))[0] == 200


def test_hide_and_show(fb: PageCompany) -> None:
    comment = fb.hears(kind="comment")
    assert fb.post(comment["id"], is_hidden="true") == {"success": True}
    assert fb.get(comment["id"], fields="is_hidden")["is_hidden"] is True
    assert fb.post(comment["id"], is_hidden="false") == {"success": True}
    assert fb.get(comment["id"], fields="is_hidden")["is_hidden"] is False
    assert refused_with(lambda: fb.post(comment["id"], is_hidden=True)) == (100, 0)  # the library says "True"
    own = fb.post(comment["root_id"], "comments", message="van ons")["id"]
    assert refused_with(lambda: fb.post(own, is_hidden="true"))[0] == 200


def test_like_twice_is_once(fb: PageCompany) -> None:
    comment = fb.hears(kind="comment")
    for _ in range(2):
        assert fb.post(comment["id"], "likes") == {"success": True}
    assert fb.get(comment["id"], fields="like_count,user_likes") == {
        "like_count": 1, "user_likes": True, "id": comment["id"]
    }  # fmt: skip
    assert fb.delete(comment["id"], "likes") == {"success": True}
    assert fb.get(comment["id"], fields="like_count")["like_count"] == 0


def test_lengths(fb: PageCompany) -> None:
    post, message = fb.hears(), fb.hears(kind="dm")
    assert fb.post(post["id"], "comments", message="é" * 8000)["id"]
    assert "8000" in refusal(lambda: fb.post(post["id"], "comments", message="é" * 8001))["message"]
    person = {"id": fb.psid(message)}
    assert fb.send(person, "é" * 2000)["message_id"]
    assert "2000" in refusal(lambda: fb.send(person, "é" * 2001))["message"]
    assert refused_with(lambda: fb.post(post["id"], "comments", message=" ")) == (100, 0)
    assert refused_with(lambda: fb.send(person, ""))[0] == 100


def test_below_a_deleted_post_nothing_is_there(fb: PageCompany, sandbox: SandboxProcess) -> None:
    comment = fb.hears(kind="comment", in_reply_to=fb.hears()["id"])
    sandbox.call("DELETE", f"/posts/{comment['root_id']}")
    assert refused_with(lambda: fb.post(comment["id"], "comments", message="te laat")) == (100, 33)


@pytest.mark.parametrize(
    ("hours", "kind", "allowed"),
    [
        (23, {"messaging_type": "RESPONSE"}, True),
        (25, {"messaging_type": "RESPONSE"}, False),
        (25, {"messaging_type": "UPDATE"}, False),
        (25, {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, True),
        (167, {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, True),
        (169, {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, False),
    ],
)
def test_windows(fb: PageCompany, hours: int, kind: dict[str, str], allowed: bool) -> None:
    now = fb.hears(kind="dm", text="nu")  # to learn the time and the id, then gone
    person = {"id": fb.psid(now)}
    then = fb.sandbox.call("GET", f"/posts/{now['id']}")["created_at"]
    fb.sandbox.call("DELETE", f"/posts/{now['id']}")
    fb.hears(kind="dm", created_at=_hours_before(then, hours))
    if allowed:
        assert fb.send(person, **kind)["recipient_id"] == person["id"]
    else:
        assert refused_with(lambda: fb.send(person, **kind)) == (10, 2018278)


def _hours_before(iso: str, hours: int) -> str:
    return (datetime.fromisoformat(iso) - timedelta(hours=hours)).isoformat()


def test_one_private_reply_which_opens_no_window(fb: PageCompany) -> None:
    comment = fb.hears(kind="comment")
    sent = fb.send({"comment_id": comment["id"]}, "Stuur ons uw gegevens")
    assert refused_with(lambda: fb.send({"comment_id": comment["id"]})) == (100, 2534025)
    person = {"id": sent["recipient_id"]}
    assert refused_with(lambda: fb.send(person)) == (10, 2018278)
    assert fb.psid(fb.hears("Hier zijn ze", kind="dm")) == person["id"]
    assert fb.send(person)["recipient_id"] == person["id"]
    post = fb.hears()
    assert fb.send({"post_id": post["id"]})["message_id"]
    assert fb.get(comment["id"], fields="can_reply_privately")["can_reply_privately"] is False


def test_a_private_reply_needs_a_strangers_recent_comment(fb: PageCompany) -> None:
    old = fb.hears(kind="comment", created_at="2020-01-01T00:00:00Z")
    assert refused_with(lambda: fb.send({"comment_id": old["id"]})) == (100, 2534025)
    own = fb.post(old["root_id"], "comments", message="van ons")["id"]
    assert refused_with(lambda: fb.send({"comment_id": own})) == (100, 2018292)
    assert refused_with(lambda: fb.send({"post_id": old["id"]})) == (100, 2018292)
    assert refused_with(lambda: fb.send({"comment_id": "1_1"})) == (100, 2018292)


def test_whom_nobody_can_reach(fb: PageCompany) -> None:
    person = {"id": fb.psid(fb.hears(kind="dm", author="vertrokken"))}
    fb.hears(kind="comment", author={"handle": "vertrokken", "settings": {"unavailable": True}})
    assert refused_with(lambda: fb.send(person)) == (551, 1545041)
    assert refused_with(lambda: fb.send({"id": "123"})) == (100, 2018001)


@pytest.mark.parametrize(
    "args",
    [
        {"recipient": "jan"},
        {"recipient": "{'id': '1'}"},
        {"recipient": "[]"},
        {"recipient": "{}"},
        {"message": "hoi"},
        {"messaging_type": "PROMOTION"},
        {"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"},
        {"messaging_type": "MESSAGE_TAG"},
    ],
)
def test_nonsense_for_messenger_is_refused(fb: PageCompany, args: dict[str, str]) -> None:
    person = json.dumps({"id": fb.psid(fb.hears(kind="dm"))})
    given = {"recipient": person, "message": json.dumps({"text": "hoi"}), **args}
    assert refused_with(lambda: fb.post("me", "messages", **given))[0] == 100
    assert len(fb.get(fb.id, "conversations", fields="messages{id}")["data"][0]["messages"]["data"]) == 1


def test_json_bodies_are_read_too(fb: PageCompany) -> None:
    person = fb.psid(fb.hears(kind="dm"))
    body = {"recipient": {"id": person}, "message": {"text": "hoi"}, "messaging_type": "RESPONSE"}
    assert fb.raw("POST", f"v24.0/{fb.id}/messages", json=body).json()["recipient_id"] == person


def test_the_page_posts_but_not_the_same_twice(fb: PageCompany) -> None:
    made = fb.graph.put_object("me", "feed", message="Nieuwe dienstregeling", appsecret_proof=fb.proof)
    assert fb.get(made["id"], fields="message")["message"] == "Nieuwe dienstregeling"
    assert refused_with(lambda: fb.post("me", "feed", message="Nieuwe dienstregeling")) == (506, 0)


def test_writing_needs_its_permissions(sandbox: SandboxProcess) -> None:
    fb = new_page(sandbox, missing_permissions=["pages_manage_engagement", "pages_messaging"])
    comment = fb.hears(kind="comment")
    assert refused_with(lambda: fb.post(comment["id"], "comments", message="hoi"))[0] == 10
    assert refused_with(lambda: fb.send({"comment_id": comment["id"]}))[0] == 230


def test_what_a_customer_can_not_write(fb: PageCompany, sandbox: SandboxProcess) -> None:
    body = {"network": "facebook", "account": fb.handle, "author": "jan", "text": "x"}
    for wrong in ({"kind": "quote"}, {"kind": "dm", "text": "x" * 2001}, {"kind": "comment", "in_reply_to": "9_9"}):
        sandbox.call("POST", "/posts", {**body, **wrong}, expect=422)
