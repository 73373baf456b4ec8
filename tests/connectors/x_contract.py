"""Every request of X's connector against X's published OpenAPI description, through Prism: `make test-x-contract`.

Prism stands before the sandbox. It says of each request what the description has against it; what the sandbox answers
is the sandbox's business (`sandbox/test_openapi.py` holds it against the same description). No test of the normal run:
Prism comes from npm.

Since August 2026 the description says "post" where X's prose, X's own answers and tweepy say "tweet". So the prose's
names are put beside the description's (`PROSE`), and nothing else of it is changed but the signatures.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.base import Action, Outgoing, OutgoingFile, OwnPost
from connectors.http import NetworkSession
from connectors.networks.x import X
from tests import prism
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company
from tests.files import GIF, PNG, mp4_of_a_telephone

PROSE = {
    "expansions": ("referenced_tweets.id", "referenced_tweets.id.author_id"),
    "tweet.fields": ("author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet", "referenced_tweets"),
    "dm_event.fields": ("sender_id",),
}
CALLS = {
    "GET /2/users/me", "GET /2/users/{}/mentions", "GET /2/users/{}/tweets", "GET /2/dm_events",
    "GET /2/dm_conversations/with/{}/dm_events", "POST /2/tweets", "DELETE /2/tweets/{}", "PUT /2/tweets/{}/hidden",
    "POST /2/dm_conversations/with/{}/messages", "POST /2/dm_conversations/{}/messages", "POST /2/media/upload",
    "POST /2/media/metadata", "GET /2/dm_conversations/{}/dm_events", "GET /2/tweets/search/recent",
    "POST /2/media/upload/initialize", "POST /2/media/upload/{}/append", "POST /2/media/upload/{}/finalize",
    "GET /2/media/upload", "POST /2/media/subtitles", "POST /2/users/{}/likes", "DELETE /2/users/{}/likes/{}",
}  # fmt: skip
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nGoedemorgen\n"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[requests.Response]:
    """Every answer to the connector, with what Prism noted in its head."""
    found: list[requests.Response] = []
    ask = NetworkSession.request

    def noting(self: NetworkSession, *args: Any, **how: Any) -> requests.Response:
        found.append(ask(self, *args, **how))
        return found[-1]

    monkeypatch.setattr(NetworkSession, "request", noting)
    return found


@pytest.fixture
def through_prism(sandbox: SandboxProcess, tmp_path: Path) -> Iterator[str]:
    description = _in_both_names(json.loads(prism.description_of_x().read_text(encoding="utf-8")))
    with prism.proxy(description, f"{sandbox.address}/x", tmp_path) as address:
        yield address


def test_no_request_of_x_is_refused_by_its_description(
    sandbox: SandboxProcess, through_prism: str, answers: list[requests.Response]
) -> None:
    company = Company(sandbox, "x", tier="enterprise", film_seconds=0)
    options = {"plan": "enterprise", "search": "trein -is:reply"}
    connector = company.connect(base_url=through_prism, options=options)
    mention = company.customer("mention", f"@{company.handle} waar blijft mijn trein?", author="els")
    message = company.customer("dm", "mijn nummer is 123", author="els")
    connector.check()
    items = [item for stream in connector.streams for item in connector.fetch(stream.name, {}).items]
    private = next(item for item in items if item.external_id == message)
    assert private.author is not None
    person = private.author.external_id
    picture = OutgoingFile(PNG, "image/png", "p.png", "een kaart")
    shown, sent_along = (connector.upload(picture, private=is_private) for is_private in (False, True))
    now = datetime.now(UTC)
    for outgoing in (
        Outgoing("Wij zoeken het uit", False, mention, mention, media=(shown,), submitted_at=now),
        Outgoing("Dank u", True, private.thread_id, recipient=person, media=(sent_along,), submitted_at=now),
        Outgoing("Hier verder", True, mention, mention, recipient=person, reply_to_public=True, submitted_at=now),
    ):
        connector.send(outgoing)
        assert connector.find_sent(outgoing) is not None
    film = OutgoingFile(mp4_of_a_telephone(), "video/mp4", "f.mp4", captions=VTT, captions_language="nl")
    handle = connector.upload(film, private=False)
    assert connector.upload(replace(film, handle=handle), private=False) == handle
    connector.upload(replace(film, captions=""), private=True)
    connector.upload(OutgoingFile(GIF, "image/gif", "g.gif", "een trein"), private=False)
    post = connector.publish(OwnPost("Goedemorgen", submitted_at=now))
    connector.fetch("quotes", {})
    reply = company.customer("reply", "grof woord", in_reply_to=post.external_id)
    for action in (Action.HIDE, Action.UNHIDE, Action.LIKE, Action.UNLIKE):
        connector.act(action, reply)
    connector.act(Action.DELETE, post.external_id)

    assert isinstance(connector, X)
    assert {_line(answer) for answer in answers} == CALLS
    refused = [(_line(answer), fault) for answer in answers for fault in _of_request(answer)]
    assert refused == []
    print(f"\n{len(answers)} requests of {len(CALLS)} kinds, none refused")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/2/tweets", {"text": 5}),
        ("POST", "/2/tweets", {"words": "Hallo"}),
        ("GET", "/2/dm_events?max_results=many", None),
        ("GET", "/2/shouts", None),
    ],
)
def test_what_the_description_does_not_know_is_noted(through_prism: str, method: str, path: str, body: object) -> None:
    assert _of_request(requests.request(method, through_prism + path, json=body, timeout=20))


def _in_both_names(description: dict[str, Any]) -> dict[str, Any]:
    """The description with the prose's names too, and without signatures: the sandbox looks at those."""
    named = description["components"].get("parameters", {})
    description.pop("security", None)
    for methods in description["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
            listed = operation.get("parameters", [])
            given = [named[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in listed]
            fields = [{**copy.deepcopy(one), "name": "tweet.fields"} for one in given if one["name"] == "post.fields"]
            operation["parameters"] = [copy.deepcopy(one) for one in given] + fields
            for one in operation["parameters"]:
                if one["name"] in PROSE:
                    one["schema"]["items"]["enum"] += PROSE[one["name"]]
    return description


def _line(answer: requests.Response) -> str:
    parts = (answer.request.path_url or "").partition("?")[0].split("/")
    return f"{answer.request.method} {'/'.join('{}' if any(c.isdigit() for c in part[1:]) else part for part in parts)}"


def _of_request(answer: requests.Response) -> list[dict[str, Any]]:
    """What Prism has against the request; 404 and 405 of its own mean that the description knows no such call."""
    noted: list[dict[str, Any]] = json.loads(answer.headers.get("sl-violations", "[]"))
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        noted.append({"location": ["request"], "message": answer.text})
    return [fault for fault in noted if fault["location"][:1] == ["request"]]
