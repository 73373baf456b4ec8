"""Payloads that the networks really sent, where the folder with them is there (see README of tests/connectors)."""

import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.base import Action, Change, ItemKind, Outgoing, Page
from connectors.networks.facebook_page import FacebookPage
from connectors.networks.instagram import Instagram
from connectors.networks.mastodon import Mastodon
from connectors.networks.x import X
from connectors.parsing.mastodon import Reader
from tests.connectors.accounts import (
    INSTAGRAM_CREDENTIALS,
    PAGE_CREDENTIALS,
    instagram_account,
    mastodon_account,
    page_account,
    x_account,
)
from tests.connectors.wire import Asked, Said, Wire

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "payloads"
META = sorted((PAYLOADS / "meta").glob("*.json"))
X_TAPES = sorted((PAYLOADS / "x").glob("*.yaml"))
MASTODON_TAPES = sorted((PAYLOADS / "mastodon").glob("*.yaml"))
pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the recorded payloads are not beside this checkout")

# What each webhook says: kind, change, text. Everything that is not here is not for the desk.
SAID: dict[str, tuple[str, str, str]] = {
    "feed-comment-add-25": ("comment", "created", "and the next one"),
    "feed-comment-edited-25": ("comment", "edited", "Let's see the Webhooks in action :D"),
    "feed-photo-add-25": ("post", "created", ""),
    "feed-photo-edited-message": ("post", "edited", "Testing"),
    "feed-post-edit": ("post", "edited", "Let's check this"),
    "feed-post-remove-25": ("post", "deleted", ""),
    "feed-share-add-25": ("post", "created", "Ein Link zu was ganz anderem: www.daserste.de"),
    "feed-status-edited-25": ("post", "edited", "This is an edited test message"),
    "feed-status-edited-photos": ("post", "edited", "This is an edited test message"),
    "mention-comment-add": ("mention", "created", "Just a test message"),
    "messaging-message-basic": ("direct_message", "created", "hello, world!"),
    "messaging-message-fallback-attachment": ("direct_message", "created", ""),
    "messaging-message-media-attachment": ("direct_message", "created", ""),
    "messaging-message-product-template-2": ("direct_message", "created", "text sent along with the product"),
    "messaging-message-reply-1": ("direct_message", "created", "hello, world!"),
    "messaging-airline-itinerary-template": ("direct_message", "created", ""),
    "messaging-button-template": ("direct_message", "created", ""),
    "ratings-rating-add-25": ("review", "created", "Ja ziemlich coole Sache"),
    "ratings-comment-remove-25": ("comment", "deleted", ""),
    "feed-video-edited": ("post", "edited", "Test video"),
    "feed-reaction-add": ("reaction", "created", "❤️"),
    "feed-reaction-add-reply": ("reaction", "created", "👍"),
    "feed-reaction-edit": ("reaction", "edited", "😮"),
    "ratings-reaction-add": ("reaction", "created", "😆"),
    "ratings-reaction-edit": ("reaction", "edited", "😡"),
    "messaging-read-basic": ("read", "created", ""),
    "messaging-request-thread-control": ("control", "created", "asked"),
}
UNKNOWN = {"unknown-change-value"}
# Of Instagram: the same, of the account that the delivery names.
SAID_ON_INSTAGRAM = {
    "instagram-wh-comments": ("comment", "created", "This is an example."),
    "instagram-wh-livecomments": ("comment", "created", "This is an example."),
    "instagram-messaging-seen": ("read", "created", ""),
}


def _of_its_page(path: Path) -> Page:
    body = path.read_bytes()
    entries: list[dict[str, Any]] = json.loads(body)["entry"]
    page_id = str(entries[0]["id"])
    return FacebookPage(page_account("", credentials={**PAGE_CREDENTIALS, "page_id": page_id})).parse_webhook(body)


@pytest.mark.parametrize("path", META, ids=lambda path: path.stem)
def test_what_facebook_really_sent_is_understood(path: Path) -> None:
    page = _of_its_page(path)
    said = [(str(item.kind), str(item.change), item.text) for item in page.items]
    assert said == ([SAID[path.stem]] if path.stem in SAID else [])
    assert bool(page.unreadable) == (path.stem in UNKNOWN)


@pytest.mark.parametrize("path", META, ids=lambda path: path.stem)
def test_what_instagram_really_sent_is_understood_and_the_rest_is_left_alone(path: Path) -> None:
    body = path.read_bytes()
    own_id = str(json.loads(body)["entry"][0]["id"])
    credentials = {**INSTAGRAM_CREDENTIALS, "instagram_id": own_id}
    page = Instagram(instagram_account("", credentials=credentials)).parse_webhook(body)
    said = [(str(item.kind), str(item.change), item.text) for item in page.items]
    assert said == ([SAID_ON_INSTAGRAM[path.stem]] if path.stem in SAID_ON_INSTAGRAM else [])
    assert page.unreadable == ()


def test_nothing_in_the_table_is_missing_from_the_folder() -> None:
    assert set(SAID) | UNKNOWN | set(SAID_ON_INSTAGRAM) <= {path.stem for path in META}


@pytest.mark.parametrize("stem", [stem for stem, said in SAID.items() if said[0] == "direct_message"])
def test_real_messages_are_private_and_belong_to_the_customer(stem: str) -> None:
    item = _of_its_page(PAYLOADS / "meta" / f"{stem}.json").items[0]
    assert item.private
    assert item.author is not None
    assert item.thread_id == item.author.external_id
    assert item.change is Change.CREATED


def _exchanges(name: str) -> list[tuple[str, str, dict[str, Any]]]:
    tape = yaml.safe_load((PAYLOADS / "x" / f"{name}.yaml").read_text(encoding="utf-8"))
    return [
        (one["request"]["method"], one["request"]["uri"], json.loads(_unpacked(one["response"]["body"]["string"])))
        for one in tape["interactions"]
    ]


def _unpacked(body: bytes) -> bytes:
    return zlib.decompressobj(31).decompress(body)  # the recorded streams lack their end


def test_a_page_of_mentions_that_x_really_sent(wire: Wire) -> None:
    """Recorded without expansions: no author, no time but that in the id, no entities."""
    _, _, answer = _exchanges("test_client_get_users_mentions")[0]
    wire.say(answer)
    page = X(x_account(wire.address)).fetch("mentions", {})
    assert len(page.items) == len(answer["data"]) == 10
    assert page.unreadable == ()
    assert page.more
    assert {item.kind for item in page.items} == {ItemKind.MENTION}
    assert all(item.reply_allowed for item in page.items)
    assert [item.external_id for item in page.items] == [entry["id"] for entry in reversed(answer["data"])]
    assert page.items[-1].created_at.isoformat().startswith("2022-10-07T22:43:06")


def test_direct_messages_that_x_really_sent(wire: Wire) -> None:
    """Recorded without sender_id, which is why it is always asked for: such a message can't be placed."""
    exchanges = {
        uri.removeprefix("https://api.twitter.com"): answer
        for _, uri, answer in _exchanges("test_manage_and_lookup_direct_messages")
    }
    x = X(x_account(wire.address))
    wire.say(exchanges["/2/dm_events"])
    assert x.fetch("direct_messages", {}).items == ()
    wire.say(exchanges["/2/dm_conversations/with/750362064426721281/dm_events"])
    assert len(x.fetch("direct_messages", {}).unreadable) == 2


@pytest.mark.parametrize("path", X_TAPES, ids=lambda path: path.stem)
def test_our_calls_are_those_that_were_recorded(path: Path, wire: Wire) -> None:
    """Each recorded answer is taken by the call of ours that goes to the same address."""
    x = X(x_account(wire.address, own_id="783214"))
    private = Outgoing("Testing 1", private=True, thread_id="", recipient="750362064426721281", reply_to_public=True)
    into = Outgoing("Testing 2", private=True, thread_id="750362064426721281-1072250532645998596")
    calls: dict[str, Callable[[], object]] = {
        "POST /2/tweets": lambda: x.send(Outgoing("Test Tweet", private=False, thread_id="")),
        "DELETE /2/tweets/1456012973835788293": lambda: x.act(Action.DELETE, "1456012973835788293"),
        "GET /2/users/me": x.check,
        "GET /2/users/783214/mentions": lambda: x.fetch("mentions", {}),
        "PUT /2/tweets/1344794616005066752/hidden": lambda: x.act(Action.HIDE, "1344794616005066752"),
        "GET /2/dm_events": lambda: x.fetch("direct_messages", {}),
        "POST /2/dm_conversations/with/750362064426721281/messages": lambda: x.send(private),
        "POST /2/dm_conversations/750362064426721281-1072250532645998596/messages": lambda: x.send(into),
    }
    met = 0
    for method, uri, answer in _exchanges(path.stem):
        call = calls.get(f"{method} {uri.removeprefix('https://api.twitter.com')}")
        if call is None:
            continue
        wire.say(answer, 201 if method == "POST" else 200)
        call()
        assert (wire.asked[-1].method, wire.asked[-1].path) == (method, uri.replace("https://api.twitter.com", "/x"))
        met += 1
    assert met or path.stem == "test_client_search_recent_tweets"


def _on_mastodon(path: Path) -> list[tuple[str, str, Any, dict[str, str]]]:
    """Method, address, answer and headers of every recorded call."""
    found = []
    for one in yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]:
        body = one["response"]["body"]["string"]
        headers = {name: values[0] for name, values in one["response"]["headers"].items()}
        uri = one["request"]["uri"].removeprefix("http://localhost:3000")
        found.append((one["request"]["method"], uri, json.loads(body), headers))
    return found


def _statuses_in(answer: Any) -> Iterator[dict[str, Any]]:
    """Everything in a recorded answer that is a status, wherever it stands."""
    if isinstance(answer, dict):
        if "content" in answer and "visibility" in answer:
            yield answer
        answer = list(answer.values())
    for part in answer if isinstance(answer, list) else ():
        yield from _statuses_in(part)


@pytest.mark.parametrize("path", MASTODON_TAPES, ids=lambda path: path.stem)
def test_every_status_that_mastodon_really_sent_is_understood(path: Path) -> None:
    told = [status for _, _, answer, _ in _on_mastodon(path) for status in _statuses_in(answer)]
    assert told
    for status in told:
        item = Reader(own_id="1").status(status)
        assert item is not None
        assert item.external_id == status["id"]
        assert item.created_at.isoformat().startswith(status["created_at"][:19])
        assert item.private == (status["visibility"] == "direct")
        assert item.author is not None
        assert item.author.handle == status["account"]["acct"]
        assert "<" not in item.text
        assert item.text or not status["content"]


@pytest.mark.parametrize("path", MASTODON_TAPES, ids=lambda path: path.stem)
def test_lists_of_notifications_that_mastodon_really_sent_are_pages_with_a_budget(path: Path, wire: Wire) -> None:
    for _, uri, answer, headers in _on_mastodon(path):
        if not uri.startswith("/api/v1/notifications?"):
            continue
        kept = {name: value for name, value in headers.items() if name.startswith("x-ratelimit")}

        def says(asked: Asked, answer: Any = answer, kept: dict[str, str] = kept) -> Said:
            return Said(answer if "notifications" in asked.path else {"ancestors": []}, headers=kept)

        wire.answer_with(says)
        page = Mastodon(mastodon_account(wire.address)).fetch("notifications", {})
        assert page.unreadable == ()
        assert page.cursor["min"] == answer[0]["id"]
        assert [item.external_id for item in page.items] == [entry["status"]["id"] for entry in reversed(answer)]
        assert page.rate is not None
        assert (page.rate.limit, page.rate.remaining) == (300, int(kept["x-ratelimit-remaining"]))


def test_our_reply_is_the_call_that_was_recorded(wire: Wire) -> None:
    """What Mastodon.py itself sends for a reply: the addressee in the text, the place, the visibility."""
    calls = {
        (method, uri): answer
        for method, uri, answer, _ in _on_mastodon(PAYLOADS / "mastodon" / "test_status_reply.yaml")
    }
    answered = next(
        answer for (method, uri), answer in calls.items() if method == "DELETE" and answer["account"]["acct"] != "admin"
    )
    sent = next(answer for (method, uri), answer in calls.items() if method == "POST" and answer["in_reply_to_id"])
    wire.say(answered)
    wire.say(sent)
    mastodon = Mastodon(mastodon_account(wire.address, own_id=sent["account"]["id"]))
    result = mastodon.send(Outgoing("same!", private=False, thread_id="", reply_to=answered["id"]))
    assert (result.external_id, result.url) == (sent["id"], sent["url"])
    assert (wire.asked[-1].method, wire.asked[-1].path) == ("POST", "/mastodon/api/v1/statuses")
    form = wire.asked[-1].form
    assert (form["status"], form["in_reply_to_id"]) == ("@mastodonpy_test_2 same!", answered["id"])
    assert form["visibility"] == "public"
