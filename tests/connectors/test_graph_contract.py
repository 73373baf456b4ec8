"""Facebook and Instagram are asked only for what Meta publishes for v24 to v26, and everything asked is taken.

Both connectors do all that they can against the sandbox, which refuses what is not in the table; every request is held
against the table once more. The wires of the other tests hold each of their requests against it too (`conftest`).
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from connectors.base import Action, Outgoing, OutgoingFile, OwnPost
from connectors.capabilities import Handover
from connectors.http import NetworkSession
from connectors.sandbox.facebook import API as FACEBOOK_API
from connectors.sandbox.facebook.published import FACEBOOK, FIELDS, INSTAGRAM
from connectors.sandbox.instagram import API as INSTAGRAM_API
from tests.connectors.graph_requests import Requested, unpublished
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, Desk
from tests.files import PNG

ASKED_OF_FACEBOOK = {
    ("GET", "Page", ""), ("GET", "Page", "feed"), ("GET", "Page", "tagged"), ("GET", "Page", "conversations"),
    ("GET", "Post", "comments"), ("GET", "Conversation", "messages"), ("GET", "Comment", ""), ("GET", "Post", ""),
    ("GET", "User", ""), ("POST", "Page", "feed"), ("POST", "Page", "photos"), ("POST", "Page", "message_attachments"),
    ("POST", "Page", "messages"), ("POST", "Page", "take_thread_control"), ("POST", "Comment", "comments"),
    ("POST", "Page", "request_thread_control"), ("POST", "Page", "pass_thread_control"),
    ("POST", "Page", "release_thread_control"), ("POST", "Page", "blocked"), ("DELETE", "Page", "blocked"),
    ("POST", "Post", "comments"),
    ("POST", "Comment", "likes"), ("DELETE", "Comment", "likes"), ("POST", "Comment", ""), ("DELETE", "Comment", ""),
}  # fmt: skip
ASKED_OF_INSTAGRAM = {
    ("GET", "Page", ""), ("GET", "Page", "conversations"), ("GET", "Conversation", "messages"), ("GET", "User", ""),
    ("GET", "IGUser", ""), ("GET", "IGUser", "media"), ("GET", "IGUser", "tags"), ("GET", "IGMedia", "comments"),
    ("GET", "IGComment", ""), ("GET", "IGComment", "replies"), ("POST", "Page", "messages"),
    ("POST", "Page", "message_attachments"), ("POST", "IGUser", "mentions"), ("POST", "IGMedia", "comments"),
    ("POST", "IGComment", "replies"), ("POST", "IGComment", ""), ("DELETE", "IGComment", ""),
    ("POST", "Page", "take_thread_control"), ("POST", "Page", "request_thread_control"),
    ("POST", "Page", "pass_thread_control"), ("POST", "Page", "release_thread_control"),
    ("POST", "Page", "moderate_conversations"),
}  # fmt: skip
OF_THE_PAGE = frozenset(
    {
        "conversations",
        "messages",
        "message_attachments",
        "moderate_conversations",
        "take_thread_control",
        "request_thread_control",
        "pass_thread_control",
        "release_thread_control",
    }
)  # of an account on Instagram
Kinds = dict[str, str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Requested, int]]:
    """Every request that leaves, with the status of its answer."""
    found: list[tuple[Requested, int]] = []
    send = NetworkSession.request

    def noting(self: NetworkSession, method: str, url: str, **how: Any) -> requests.Response:
        answer = send(self, method, url, **how)
        _version, node, *edge = url.split("/", 3)[3].rstrip("/").split("/")
        params = {**(how.get("params") or {}), **(how.get("data") or {}), **dict.fromkeys(how.get("files") or {}, "")}
        found.append((Requested(method, node, "/".join(edge), params), answer.status_code))
        return answer

    monkeypatch.setattr(NetworkSession, "request", noting)
    return found


def _in_private(connector: Any, person: str) -> None:
    """All that is done in a conversation without words."""
    connector.mark_read(person)
    for how, app_id in ((Handover.GIVE, ""), (Handover.ASK, ""), (Handover.TAKE, ""), (Handover.GIVE, "77")):
        connector.hand_over(person, how, app_id)
    for blocked in (True, False):
        connector.block(person, blocked=blocked)


def _page(sandbox: SandboxProcess, listening: Callable[[Company], Desk]) -> Kinds:
    """All that the connector of Facebook does; what each id is."""
    page = Company(sandbox, "facebook")
    desk = listening(page)
    visitor = page.customer("visitor_post", "Goede middag", author="els")
    comment = page.customer("comment", "Waar blijft mijn bus?", author="piet", in_reply_to=visitor)
    reply = page.customer("comment", "ja, waar?", author="jan", in_reply_to=comment)
    tagged = page.customer("mention", "Op reis", author="els")
    noor = {"handle": "noor", "settings": {"held_by_another_app": True}}
    for number in range(25):
        page.customer("dm", f"bericht {number}", author=noor)
    page.connector.check()
    items = [item for stream in page.connector.streams for item in page.read(stream.name)[0]]
    for item in desk.items(29):
        page.connector.complete(item)
    person = next(item.thread_id for item in items if item.private)
    photo = page.connector.upload(OutgoingFile(PNG, "image/png", "p.png", "een bus"), private=False)
    file = page.connector.upload(OutgoingFile(PNG, "image/png", "p.png"), private=True)
    now = datetime.now(UTC)
    for outgoing in (
        Outgoing("Wij zoeken het uit", False, visitor, reply, media=(photo,), submitted_at=now),
        Outgoing("Dag", False, visitor, visitor, submitted_at=now),
        Outgoing("Hier", True, person, recipient=person, media=(file,), submitted_at=now),
        Outgoing("Stuur ons", True, visitor, comment, reply_to_public=True),
    ):
        page.connector.send(outgoing)
        page.connector.find_sent(
            outgoing if outgoing.recipient or not outgoing.private else Outgoing("x", True, person)
        )
    post = OwnPost("Goedemorgen", submitted_at=now)
    page.connector.publish(post)
    page.connector.find_published(post)
    for action in Action:
        page.connector.act(action, comment)
    _in_private(page.connector, person)
    kinds = {page.made["id"]: "Page", visitor: "Post", tagged: "Post", comment: "Comment", reply: "Comment"}
    return kinds | {item.thread_id: "User" for item in items if item.private}


def _account(sandbox: SandboxProcess, listening: Callable[[Company], Desk]) -> Kinds:
    """All that the connector of Instagram does; what each id is."""
    ig = Company(sandbox, "instagram")
    media = ig.customer("post", "Goedemorgen", origin="native")
    desk = listening(ig)
    comment = ig.customer("comment", "Waar blijft mijn bus?", author="piet", in_reply_to=media)
    reply = ig.customer("comment", "ja, waar?", author="jan", in_reply_to=comment)
    for number in range(51):
        ig.customer("comment", f"ik ook {number}", author=f"k{number}", in_reply_to=comment)
    caption = ig.customer("mention", "Op reis", author="els")
    named = ig.customer("comment", f"@{ig.handle} klopt dat?", author="noor", in_reply_to=caption)
    ig.customer("tag", "Op de foto", author="els")
    for number in range(25):
        ig.customer("dm", f"bericht {number}", author="noor")
    ig.connector.check()
    items = [item for stream in ig.connector.streams for item in ig.read(stream.name)[0]]
    for item in desk.items(80):
        ig.connector.complete(item)
    brief = next(item for item in items if item.external_id == comment)
    ig.connector.complete(replace(brief, author=None))
    person = next(item.thread_id for item in items if item.private)
    file = ig.connector.upload(OutgoingFile(PNG, "image/png", "p.png"), private=True)
    now = datetime.now(UTC)
    for outgoing in (
        Outgoing("Wij zoeken het uit", False, media, reply, submitted_at=now),
        Outgoing("Dag allemaal", False, media, media, submitted_at=now),
        Outgoing("Dag Els", False, f"mention:{caption}", caption, submitted_at=now),
        Outgoing("Dag Noor", False, f"mention:{caption}", named, submitted_at=now),
        Outgoing("Hier", True, person, recipient=person, media=(file,), submitted_at=now),
        Outgoing("Stuur ons", True, media, comment, recipient=person, reply_to_public=True),
    ):
        ig.connector.send(outgoing)
        ig.connector.find_sent(outgoing)
    for action in ig.connector.capabilities.actions:
        if action is not Action.DELETE:
            ig.connector.act(action, comment)
    ig.connector.act(Action.DELETE, comment)
    _in_private(ig.connector, person)
    kinds = {"me": "Page", ig.made["id"]: "IGUser", media: "IGMedia", caption: "IGMedia"}
    kinds |= {comment: "IGComment", reply: "IGComment", named: "IGComment"}
    return kinds | {item.thread_id: "User" for item in items if item.private}


@pytest.mark.parametrize(
    ("play", "published", "expected"),
    [(_page, FACEBOOK, ASKED_OF_FACEBOOK), (_account, INSTAGRAM, ASKED_OF_INSTAGRAM)],
    ids=["facebook", "instagram"],
)
@pytest.mark.trap(28)
def test_everything_that_is_asked_is_published_and_nothing_is_refused(
    sandbox: SandboxProcess,
    listening: Callable[[Company], Desk],
    asked: list[tuple[Requested, int]],
    play: Callable[[SandboxProcess, Callable[[Company], Desk]], Kinds],
    published: Any,
    expected: set[tuple[str, str, str]],
) -> None:
    kinds = play(sandbox, listening)

    def kind(one: Requested) -> str:
        if one.node.startswith("t_"):
            return "Conversation"
        return kinds.get(one.node) or ("Page" if one.edge in OF_THE_PAGE else "")

    assert {(one.method, kind(one), one.edge) for one, _status in asked} == expected
    assert [fault for one, _status in asked for fault in unpublished(one, published, {kind(one)})] == []
    refused = [one for one, status in asked if status != 200]
    assert [one for one in refused if one.edge != "messages"] == []
    assert len(refused) == (play is _page)  # another app had the conversation, which was then taken over


@pytest.mark.parametrize("api", [FACEBOOK_API, INSTAGRAM_API], ids=["facebook", "instagram"])
def test_the_sandbox_offers_nothing_that_is_not_published(api: Any) -> None:
    assert set(api.writes) <= set(api.published)
    for name, kind in api.surface.types.items():
        assert set(kind.getters) | set(kind.edges) | set(kind.lookups) <= FIELDS[name], name
        assert {("GET", name, edge) for edge in kind.edges} <= set(api.published), name


def test_a_field_a_parameter_and_an_endpoint_of_our_own_making_are_refused(sandbox: SandboxProcess) -> None:
    page, ig = Company(sandbox, "facebook"), Company(sandbox, "instagram")
    for company, path in (
        (page, "me/conversations?platform=MESSENGER&since=1"),
        (page, "me/promotable_posts"),
        (page, "me?fields=id,shoe_size"),
        (ig, f"{ig.made['id']}/conversations?platform=INSTAGRAM"),
        (ig, f"{ig.made['id']}/media?order=chronological"),
    ):
        credentials = company.made["credentials"]
        answer = requests.get(
            f"{company.made['base_url']}/v24.0/{path}",
            headers={"Authorization": f"Bearer {credentials['page_access_token']}"},
            params={"appsecret_proof": _proof(credentials)},
            timeout=10,
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100), path


def _proof(credentials: dict[str, str]) -> str:
    secret, token = credentials["app_secret"], credentials["page_access_token"]
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
