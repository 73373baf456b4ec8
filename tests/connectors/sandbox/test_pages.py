"""The town square and the fault panel: a strict policy, nothing inline, nothing from elsewhere, and the feed."""

import json
import re
from typing import Any

import pytest
import requests

from tests.connectors.sandbox.conftest import Company, SandboxProcess
from tests.connectors.sandbox.facebook_company import PageCompany

PAGES = ["/", "/square/", "/faults/", "/mail/"]


def _get(sandbox: SandboxProcess, path: str, **headers: str) -> requests.Response:
    return requests.get(sandbox.address + path, headers=headers, timeout=10)


def _feed(sandbox: SandboxProcess, network: str, handle: str, *, private: bool = False) -> Any:
    return _get(sandbox, f"/square/feed?network={network}&account={handle}&private={str(private).lower()}").json()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_allows_only_its_own_files_and_has_nothing_inline(sandbox: SandboxProcess, path: str) -> None:
    answer = _get(sandbox, path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|javascript:", answer.text)
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text)
    assert files
    for file in files:
        assert _get(sandbox, file).status_code == 200


def test_every_file_is_served_as_what_it_is_and_only_loads_our_own(sandbox: SandboxProcess) -> None:
    seen, waiting = (
        set[str](),
        ["/static/square.js", "/static/faults.js", "/static/mail.js", "/static/base.css", "/static/mark.svg"],
    )
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = _get(sandbox, path)
        kind = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}[path.rpartition(".")[2]]
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["x-content-type-options"] == "nosniff"
        waiting += re.findall(r'from "(/static/[^"]+)"', answer.text)
        for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", ".style", "https://"):
            assert danger not in answer.text
    assert "/static/chat.js" in seen


@pytest.mark.parametrize("name", ["square.html", "..%2fpages.py", "%2e%2e%2fpages.py", "nothing.js"])
def test_other_files_are_not_there(sandbox: SandboxProcess, name: str) -> None:
    assert _get(sandbox, f"/static/{name}").status_code == 404


def test_the_feed_shows_threads_tombstones_and_our_own_pictures_only(fb: PageCompany, sandbox: SandboxProcess) -> None:
    elsewhere = {"url": "https://pictures.example/1.jpg", "alt_text": "elders"}
    post = fb.hears("met foto", media=["een bus", elsewhere])
    answer = fb.post(post["id"], "comments", message="mooi")["id"]
    gone = fb.hears("weg ermee", kind="comment", in_reply_to=post["id"])
    sandbox.call("DELETE", f"/posts/{gone['id']}")
    fb.hears("geheim", kind="dm")
    shown = {row["id"]: row for row in _feed(sandbox, "facebook", fb.handle)["posts"]}
    assert shown.keys() == {post["id"], answer, gone["id"]}
    assert [media["url"][:10] for media in shown[post["id"]]["media"]] == ["/_sandbox/", ""]
    assert (shown[gone["id"]]["text"], shown[gone["id"]]["deleted"]) == ("", True)
    assert shown[answer]["author"]["company"] is True
    assert shown[answer]["origin"] == "api"


def test_the_feed_of_private_messages_says_with_whom(fb: PageCompany, sandbox: SandboxProcess) -> None:
    person = fb.psid(fb.hears("hallo", kind="dm"))
    fb.send({"id": person}, "dag")
    shown = _feed(sandbox, "facebook", fb.handle, private=True)["posts"]
    assert [row["person"]["handle"] for row in shown] == ["jan", "jan"]
    assert [row["text"] for row in shown] == ["hallo", "dag"]
    assert shown[0]["person"]["control"] == {"held_by_another_app": False, "control_requested": False}
    deed = {"network": "facebook", "account": fb.handle, "author": "jan", "does": "take"}
    sandbox.call("POST", "/conversations", deed)
    (control,) = {
        json.dumps(row["person"]["control"]) for row in _feed(sandbox, "facebook", fb.handle, private=True)["posts"]
    }
    assert json.loads(control) == sandbox.call("GET", "/conversations?network=facebook&author=jan")
    assert json.loads(control)["held_by_another_app"]
    sandbox.call("POST", "/conversations", {**deed, "does": "pass"})


def test_an_edited_post_on_x_is_shown_once(company: Company, sandbox: SandboxProcess) -> None:
    post = company.hears("tikfuot")
    sandbox.call("PATCH", f"/posts/{post['id']}", {"text": "tikfout"})
    assert [row["text"] for row in _feed(sandbox, "x", company.handle)["posts"]] == ["tikfout"]


def test_an_unchanged_feed_costs_nothing(fb: PageCompany, sandbox: SandboxProcess) -> None:
    path = f"/square/feed?network=facebook&account={fb.handle}"
    tag = _get(sandbox, path).headers["etag"]
    assert _get(sandbox, path, **{"If-None-Match": tag}).status_code == 304
    fb.hears()
    assert _get(sandbox, path, **{"If-None-Match": tag}).status_code == 200


def test_an_unknown_company_or_network_is_said_in_words(sandbox: SandboxProcess) -> None:
    assert "nobody" in _get(sandbox, "/square/feed?network=x&account=nobody").json()["error"]
    assert _get(sandbox, "/square/feed?network=myspace&account=x").status_code == 422


def test_no_secret_reaches_the_page(fb: PageCompany, sandbox: SandboxProcess) -> None:
    fb.hears()
    text = _get(sandbox, f"/square/feed?network=facebook&account={fb.handle}").text
    assert not any(value in text for name, value in fb.credentials.items() if name not in ("page_id", "app_id"))
