"""Reading the sandbox's Facebook with unmodified facebook-sdk: tokens, fields, lists and pages of lists."""

import hashlib
import hmac
import time
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox.facebook_company import PageCompany, facebook, new_page, refusal, refused_with


def test_the_library_reads_the_page_and_its_feed(fb: PageCompany) -> None:
    first = fb.hears("Eerste")
    second = fb.hears("Tweede", media=["een bus", "een trein"])
    assert fb.graph.get_object("me", appsecret_proof=fb.proof) == {"name": "Vlotlijn", "id": fb.id}
    feed = fb.graph.get_connections(fb.id, "feed", appsecret_proof=fb.proof)["data"]
    assert [post["id"] for post in feed] == [second["id"], first["id"]]
    assert feed[1].keys() == {"id", "message", "created_time"}  # nothing that was not asked for
    assert fb.graph.get_objects([first["id"]], appsecret_proof=fb.proof)[first["id"]]["message"] == "Eerste"
    whole = fb.get(second["id"], fields="from,permalink_url,attachments{type,subattachments{type,media}}")
    assert whole["from"]["name"] == "Jan de Vries"
    album = whole["attachments"]["data"][0]
    assert album["type"] == "album"
    link = album["subattachments"]["data"][0]["media"]["image"]["src"]
    assert parse_qs(urlsplit(link).query).keys() >= {"oh", "oe"}
    assert requests.get(link, timeout=10).headers["content-type"] == "image/png"
    assert requests.get(link.replace("oe=", "oe=F"), timeout=10).status_code == 403  # the end time is signed


def test_each_list_holds_its_own(fb: PageCompany) -> None:
    visitor, mention, own = (
        fb.hears("van een gast"),
        fb.hears("over jullie", kind="mention"),
        fb.types("nieuws", "post"),
    )

    def ids(edge: str) -> list[str]:
        return [post["id"] for post in fb.get(fb.id, edge)["data"]]

    assert ids("feed") == [own["id"], visitor["id"]]
    assert ids("posts") == ids("published_posts") == [own["id"]]
    assert ids("visitor_posts") == [visitor["id"]]
    assert ids("tagged") == [mention["id"]]
    assert refusal(lambda: fb.get(fb.id, "likes"))["code"] == 100


def test_fields_nest_and_take_modifiers(fb: PageCompany) -> None:
    comment = fb.hears("boven", kind="comment")
    fb.hears("onder", kind="reply", in_reply_to=comment["id"])
    fields = "updated_time,comments.filter(stream).limit(0).summary(true)"
    assert fb.get(comment["root_id"], fields=fields)["comments"] == {
        "data": [],
        "summary": {"order": "chronological", "total_count": 2, "can_comment": True},
    }
    nested = fb.get(comment["root_id"], fields="comments.limit(5){message,comments{message,parent{id}}}")
    reply = nested["comments"]["data"][0]["comments"]["data"][0]
    assert reply["parent"] == {"id": comment["id"]}
    assert refusal(lambda: fb.get(comment["id"], fields="id,foo"))["message"] == (
        "(#100) Tried accessing nonexisting field (foo) on node type (Comment)"
    )
    for broken in ("from{", "id,,message", "a(b)", "}", "{" * 50, "a" + "{a" * 50):
        assert refused_with(partial(fb.get, comment["id"], fields=broken)) == (2500, 0)


def test_comments_by_level_and_order(fb: PageCompany) -> None:
    top = fb.hears("1", kind="comment")
    reply = fb.hears("2", kind="reply", in_reply_to=top["id"])
    deeper = fb.hears("3", kind="reply", in_reply_to=reply["id"])
    other = fb.hears("4", kind="comment", in_reply_to=top["root_id"])
    root = top["root_id"]

    def ids(node: str, **args: str) -> list[str]:
        return [comment["id"] for comment in fb.get(node, "comments", **args)["data"]]

    assert ids(root) == [top["id"], other["id"]]
    assert ids(root, filter="stream") == [top["id"], reply["id"], deeper["id"], other["id"]]
    assert ids(root, filter="stream", order="reverse_chronological", limit="1") == [other["id"]]
    assert ids(top["id"]) == [reply["id"], deeper["id"]]  # two levels: an answer to an answer hangs beside it
    assert "parent" not in fb.get(top["id"], fields="parent")
    assert fb.get(deeper["id"], fields="parent{id}")["parent"]["id"] == top["id"]
    assert refused_with(lambda: ids(root, filter="all")) == (100, 0)


def test_a_list_is_walked_both_ways_and_next_is_only_where_there_is_more(fb: PageCompany) -> None:
    made = [fb.hears(str(number))["id"] for number in range(7)][::-1]
    page = fb.get(fb.id, "feed", limit=3)
    walked = [post["id"] for post in page["data"]]
    while "next" in page["paging"]:
        assert "access_token" in page["paging"]["next"]  # it came in the address, so it goes on there
        page = fb.get(fb.id, "feed", limit=3, after=page["paging"]["cursors"]["after"])
        walked += [post["id"] for post in page["data"]]
    assert walked == made
    back = fb.get(fb.id, "feed", limit=3, before=page["paging"]["cursors"]["before"])
    assert [post["id"] for post in back["data"]] == made[3:6]
    assert "previous" in back["paging"]
    assert fb.get(fb.id, "feed", limit=3, after=page["paging"]["cursors"]["after"]) == {"data": []}
    header_only = fb.raw(path=f"v24.0/{fb.id}/feed", params={"limit": 3}).json()
    assert "access_token" not in header_only["paging"]["next"]
    follow = requests.get(
        header_only["paging"]["next"],
        params={"access_token": fb.credentials["page_access_token"], "appsecret_proof": fb.proof},
        timeout=10,
    ).json()
    assert [post["id"] for post in follow["data"]] == made[3:6]
    assert refused_with(lambda: fb.get(fb.id, "feed", after="nonsense")) == (100, 0)


def test_since_and_until_go_by_arrival(fb: PageCompany) -> None:
    old = fb.hears("van vroeger", created_at="2015-02-24T10:00:00Z")
    assert fb.get(old["id"], fields="created_time")["created_time"] == "2015-02-24T10:00:00+0000"
    now = int(time.time())
    assert len(fb.get(fb.id, "feed", since=now - 60)["data"]) == 1
    assert fb.get(fb.id, "feed", since=now + 60)["data"] == []
    assert fb.get(fb.id, "feed", until=now - 60)["data"] == []
    assert len(fb.get(fb.id, "feed", since="2020-01-01T00:00:00Z")["data"]) == 1
    assert refused_with(lambda: fb.get(fb.id, "feed", since="gisteren")) == (100, 0)


def test_conversations_with_participants_and_messages(fb: PageCompany) -> None:
    first = fb.hears("een", kind="dm")
    other = fb.hears("hallo", kind="dm", author={"handle": "els", "name": "Els"})
    last = fb.hears("twee", kind="dm", media=["kaartje"])
    facts = "message_count,unread_count,can_reply,participants"
    fields = f"{facts},messages.limit(1){{id,message,from,to,attachments}}"
    found = fb.get(fb.id, "conversations", platform="messenger", fields=fields)["data"]
    assert [conversation["participants"]["data"][0]["name"] for conversation in found] == ["Jan de Vries", "Els"]
    jan = found[0]
    assert (jan["message_count"], jan["unread_count"], jan["can_reply"]) == (2, 2, True)
    message = jan["messages"]["data"][0]
    assert message["id"] == last["id"]
    assert message["to"]["data"][0]["id"] == fb.id
    assert message["attachments"]["data"][0]["image_data"]["url"].startswith("http")
    older = fb.get(jan["id"], "messages", after=jan["messages"]["paging"]["cursors"]["after"], fields="message")
    assert [entry["id"] for entry in older["data"]] == [first["id"]]
    person = fb.psid(other)
    assert [entry["id"] for entry in fb.get(fb.id, "conversations", user_id=person)["data"]] == [found[1]["id"]]
    assert fb.get(fb.id, "conversations", platform="instagram") == {"data": []}
    assert fb.get(person, fields="first_name,profile_pic")["first_name"] == "Els"


def test_a_person_has_another_id_on_every_page(fb: PageCompany, sandbox: SandboxProcess) -> None:
    other = new_page(sandbox)
    here, there = fb.psid(fb.hears("een", kind="dm")), other.psid(other.hears("twee", kind="dm"))
    assert here != there
    assert fb.get(here, fields="name")["name"] == other.get(there, fields="name")["name"] == "Jan de Vries"
    assert refused_with(lambda: fb.get(there)) == (100, 33)


def test_another_pages_things_are_not_there(fb: PageCompany, sandbox: SandboxProcess) -> None:
    post = new_page(sandbox).hears("elders")
    assert refused_with(lambda: fb.get(post["id"])) == (100, 33)
    assert refused_with(lambda: fb.post(post["id"], "comments", message="hoi")) == (100, 33)


def test_whoever_keeps_apps_away_has_no_name(fb: PageCompany) -> None:
    author = {"handle": "schim", "settings": {"anonymous": True}}
    post = fb.hears("wie ben ik", author=author)
    assert "from" not in fb.get(post["id"], fields="message,from")


def _ask(fb: PageCompany, token: str = "", proof: str = "", version: str = "v24.0", **headers: str) -> Any:
    given = {name: value for name, value in (("access_token", token), ("appsecret_proof", proof)) if value}
    return requests.get(f"{fb.base_url}/{version}/me", params=given, headers=headers, timeout=10)


def test_tokens_proofs_and_versions(fb: PageCompany) -> None:
    token = fb.credentials["page_access_token"]
    assert _ask(fb, token, fb.proof).json()["id"] == fb.id
    for scheme in ("Bearer", "OAuth"):
        assert _ask(fb, "", fb.proof, Authorization=f"{scheme} {token}").json()["id"] == fb.id
    for version in ("v25.0", "v26.0"):
        answer = _ask(fb, token, fb.proof, version)
        assert answer.headers["facebook-api-version"] == version
    for given, expected in (
        (("", fb.proof), (104, "OAuthException")),
        (("EAAnobody", fb.proof), (190, "OAuthException")),
        ((token, ""), (100, "GraphMethodException")),
        ((token, "0" * 64), (100, "GraphMethodException")),
        ((token, fb.proof, "v3.1"), (2635, "OAuthException")),
        ((token, fb.proof, "v23.0"), (2635, "OAuthException")),
        ((token, fb.proof, "v99.0"), (2500, "OAuthException")),
    ):
        answer = _ask(fb, *given)
        error = answer.json()["error"]
        assert answer.status_code == 400
        assert (error["code"], error["type"]) == expected


def test_the_apps_token_is_no_pages(fb: PageCompany) -> None:
    app = f"{fb.credentials['app_id']}|{fb.credentials['app_secret']}"
    graph = fb.graph
    told = graph.debug_access_token(fb.credentials["page_access_token"], *app.split("|"))["data"]
    assert (told["is_valid"], told["type"], told["profile_id"]) == (True, "PAGE", fb.id)
    assert "pages_messaging" in told["scopes"]
    assert graph.debug_access_token("EAAnobody", *app.split("|"))["data"]["is_valid"] is False
    assert _ask(fb, app).json()["error"]["code"] == 190


def test_new_credentials_end_the_old_ones(fb: PageCompany, sandbox: SandboxProcess) -> None:
    body = {"network": "facebook", "handle": fb.handle, "rotate": True}
    fresh = sandbox.call("POST", "/accounts", body)
    assert fresh["id"] == fresh["credentials"]["page_id"] == fb.id
    assert refused_with(lambda: fb.get("me")) == (190, 0)
    fb.credentials = fresh["credentials"]
    assert fb.get("me")["id"] == fb.id


def test_a_missing_permission_is_named(sandbox: SandboxProcess) -> None:
    fb = new_page(sandbox, missing_permissions=["pages_messaging", "pages_read_user_content"])
    assert refusal(lambda: fb.get(fb.id, "conversations"))["code"] == 230
    assert "pages_read_user_content" in refusal(lambda: fb.get(fb.id, "feed"))["message"]
    assert fb.get(fb.id, "posts") == {"data": []}


def test_usage_is_told_in_per_cent_and_conversations_go_twice_a_second(sandbox: SandboxProcess) -> None:
    fb = new_page(sandbox, rate_limits="real", engaged_users=1)
    usage = fb.raw(path=f"v24.0/{fb.id}/feed").headers["x-business-use-case-usage"]
    assert '"type":"pages","call_count":0' in usage
    seen = [fb.raw(path=f"v24.0/{fb.id}/conversations").json().get("error", {}).get("code") for _ in range(4)]
    assert seen[0] is None
    assert 613 in seen[2:]
    app = f"{fb.credentials['app_id']}|{fb.credentials['app_secret']}"
    answer = requests.get(f"{fb.base_url}/v24.0/app", params={"access_token": app}, timeout=10)
    assert answer.headers["x-app-usage"].startswith('{"call_count"')
    last = None
    for _ in range(210):
        last = fb.raw(path=f"v24.0/{fb.id}/conversations")
    assert last is not None
    assert last.json()["error"]["code"] == 80006
    assert '"call_count":100' in last.headers["x-business-use-case-usage"]
    assert '"estimated_time_to_regain_access":0' not in last.headers["x-business-use-case-usage"]


@pytest.mark.parametrize("path", ["v24.0/%00", "v24.0/..%2f..", "v24.0/a/b/c", "v24.0/t_", "v24.0/t_abc/messages", ""])
def test_nonsense_in_the_path_is_refused_in_form(fb: PageCompany, path: str) -> None:
    answer = fb.raw(path=path)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in (100, 2500)


def test_the_library_stays_as_it_is(fb: PageCompany) -> None:
    proof = hmac.new(fb.credentials["app_secret"].encode(), fb.graph.access_token.encode(), hashlib.sha256).hexdigest()
    assert proof == fb.proof
    assert facebook.__version__.startswith("3.1")
