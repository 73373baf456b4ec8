"""The sandbox's Bluesky as the official client sees it, which none of us wrote: rules, views, and what it refuses."""

import itertools
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import pytest
from atproto import Client, client_utils, exceptions, models

from connectors.sandbox.bluesky import ids
from tests.connectors.sandbox.conftest import SandboxProcess

# It uploads files in a way that httpx will no longer take.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
STRANGER = {"$type": "app.bsky.richtext.facet#mention", "did": "jan"}
_numbers = itertools.count(1)


class Company:
    """An account on the sandbox with the official client in hand."""

    def __init__(self, sandbox: SandboxProcess, **settings: Any) -> None:
        self.sandbox, self.handle = sandbox, f"lijn{next(_numbers)}"
        wish = {"network": "bluesky", "handle": self.handle, "name": "Vlotlijn", "settings": settings}
        made = sandbox.call("POST", "/accounts", wish)
        self.id, self.full_handle = made["id"], made["credentials"]["handle"]
        self.client: Client = Client(f"{made['base_url']}/xrpc")
        self.client.login(self.full_handle, made["credentials"]["app_password"])

    @cached_property
    def chat(self) -> Any:
        """The chat service, through the proxy of the data server."""
        return self.client.with_bsky_chat_proxy()

    def close(self) -> None:
        self.client.request.close()
        if "chat" in self.__dict__:
            self.chat.request.close()

    def hears(self, text: str = "waar blijft mijn trein?", kind: str = "mention", **more: Any) -> dict[str, Any]:
        wish = {"network": "bluesky", "account": self.handle, "kind": kind, "author": "jan", "text": text, **more}
        made: dict[str, Any] = self.sandbox.call("POST", "/posts", wish)
        return made


@pytest.fixture
def another(sandbox: SandboxProcess) -> Iterator[Callable[..., Company]]:
    companies = list[Company]()

    def make(**settings: Any) -> Company:
        companies.append(Company(sandbox, **settings))
        return companies[-1]

    yield make
    for one in companies:
        one.close()


@pytest.fixture
def company(another: Callable[..., Company]) -> Company:
    return another()


def _refused(caught: pytest.ExceptionInfo[Any]) -> tuple[int, str, str]:
    response = caught.value.response
    return response.status_code, response.content.error, response.content.message


def test_a_session_says_who_we_are(company: Company) -> None:
    assert company.client.me is not None
    assert (company.client.me.did, company.client.me.handle) == (company.id, company.full_handle)


def test_a_mention_is_news_and_its_answer_stands_in_the_thread(company: Company) -> None:
    post = company.hears()
    (news,) = company.client.app.bsky.notification.list_notifications().notifications
    assert (news.uri, news.reason, news.author.handle) == (post["id"], "mention", "jan.bsky.social")
    (facet,) = news.record.facets
    assert (
        news.record.text.encode()[facet.index.byte_start : facet.index.byte_end] == f"@{company.full_handle}".encode()
    )
    strong = models.create_strong_ref(news)
    words = client_utils.TextBuilder().text("Dag ").mention("@jan.bsky.social", news.author.did)
    company.client.send_post(words, reply_to=models.AppBskyFeedPost.ReplyRef(parent=strong, root=strong))
    thread = company.client.get_post_thread(post["id"]).thread
    assert [reply.post.record.text for reply in thread.replies] == ["Dag @jan.bsky.social"]
    (feed,) = company.client.get_author_feed(company.id).feed
    assert feed.reply.parent.uri == post["id"]


def test_likes_pictures_and_deletions(company: Company) -> None:
    post = company.hears()
    (news,) = company.client.app.bsky.notification.list_notifications().notifications
    like = company.client.like(news.uri, news.cid)
    (seen,) = company.client.get_posts([post["id"]]).posts
    assert (seen.like_count, seen.viewer.like) == (1, like.uri)
    assert company.client.unlike(like.uri)
    assert company.client.get_posts([post["id"]]).posts[0].like_count == 0
    sent = company.client.send_image("kaart", b"\x89PNG\r\n\x1a\nx", "Een kaart")
    (shown,) = company.client.get_posts([sent.uri]).posts[0].embed.images
    assert shown.alt == "Een kaart"
    assert company.client.delete_post(sent.uri)
    assert company.client.get_posts([sent.uri]).posts == []


def test_a_chat_goes_both_ways(company: Company) -> None:
    company.hears("hoi", kind="dm", author="els")
    chat = company.chat.chat.bsky.convo
    place = chat.get_log().cursor
    (convo,) = chat.list_convos().convos
    assert convo.last_message.text == "hoi"
    sent = chat.send_message({"convo_id": convo.id, "message": {"text": "Dag"}})
    (event,) = chat.get_log({"cursor": place}).logs
    assert (event.message.id, event.convo_id) == (sent.id, convo.id)
    assert [one.text for one in chat.get_messages({"convo_id": convo.id}).messages] == ["Dag", "hoi"]
    other = next(member.did for member in convo.members if member.did != company.id)
    assert chat.get_convo_for_members({"members": [other]}).convo.id == convo.id


def test_chat_needs_its_proxy_and_a_password_that_may(another: Callable[..., Company], company: Company) -> None:
    with pytest.raises(exceptions.RequestException) as caught:
        company.client.chat.bsky.convo.list_convos()
    assert _refused(caught)[:2] == (404, "XRPCNotSupported")
    plain = another(privileged=False)
    with pytest.raises(exceptions.BadRequestError) as caught:
        plain.chat.chat.bsky.convo.list_convos()
    assert _refused(caught) == (400, "InvalidToken", "Bad token method")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "x" * 301}, "grapheme too big (maximum 300, got 301) at $.record.text"),
        ({"text": "👨‍👩‍👧‍👦" * 121}, "string too big (maximum 3000, got 3025) at $.record.text"),
        ({"text": 7}, "Expected string value type (got 7) at $.record.text"),
        ({"createdAt": "gisteren"}, 'Invalid datetime (got "gisteren") at $.record.createdAt'),
        ({"facets": [{"index": {"byteStart": -1}, "features": []}]}, "integer too small (minimum 0, got -1)"),
        ({"facets": [{"index": {"byteStart": 0, "byteEnd": 2}, "features": [STRANGER]}]}, 'Invalid did (got "jan")'),
        ({"reply": {"parent": {"uri": "at://x", "cid": "x"}}}, 'Missing required key "root" at $.record.reply'),
        ({"embed": {"$type": "app.bsky.embed.images", "images": [{}] * 5}}, "array too big (maximum 4, got 5)"),
        ({"embed": {"$type": "app.bsky.embed.images", "images": [{"image": {}}]}}, 'Missing required key "alt"'),
        ({"langs": ["nl", "en", "de", "fr"]}, "array too big (maximum 3) at $.record.langs"),
    ],
)  # fmt: skip
def test_a_record_that_breaks_its_lexicon_is_refused(company: Company, changes: dict[str, Any], words: str) -> None:
    record = {"$type": ids.POST, "text": "Dag", "createdAt": "2026-11-01T10:00:00Z", **changes}
    with pytest.raises(exceptions.BadRequestError) as caught:
        company.client.com.atproto.repo.create_record({"repo": company.id, "collection": ids.POST, "record": record})
    status, error, message = _refused(caught)
    assert (status, error) == (400, "InvalidRequest")
    assert message.startswith("Invalid app.bsky.feed.post record: ")
    assert words in message


def test_a_handle_without_a_facet_notifies_nobody(another: Callable[..., Company], company: Company) -> None:
    other = another()
    other.client.send_post(f"@{company.full_handle} hoor je mij?")
    assert company.client.app.bsky.notification.list_notifications().notifications == []


def test_nobody_edits(company: Company) -> None:
    post = company.hears()
    refused = company.sandbox.call("PATCH", f"/posts/{post['id']}", {"text": "anders"}, expect=422)
    assert "no edits" in refused["error"]


def test_there_are_no_webhooks_to_register(company: Company) -> None:
    wish = {"network": "bluesky", "account": company.handle, "url": "http://127.0.0.1:1/webhooks/1/"}
    assert "no webhooks" in company.sandbox.call("POST", "/webhooks", wish, expect=422)["error"]


def test_a_text_without_room_for_the_handle_carries_the_mention_on_its_first_word(company: Company) -> None:
    post = company.hears("Vertraging! " + "x" * 285)
    (news,) = company.client.app.bsky.notification.list_notifications().notifications
    (facet,) = news.record.facets
    assert (news.uri, news.record.text[: facet.index.byte_end]) == (post["id"], "Vertraging!")


@pytest.mark.parametrize("position", [0, 1, 2**61 + 12345, 2126329960325971968])
def test_keys_sort_as_positions_and_lead_back(position: int) -> None:
    assert ids.position_of(ids.tid_of(position)) == position
    assert ids.tid_of(position) < ids.tid_of(position + 1)
    assert ids.position_of("x") is None
