"""The connector, and the whole desk, against Bluesky's own servers; the customers use the official client.

Run by `make test-bluesky`. There is no chat service among them: direct messages are tried on the sandbox only.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors import errors
from connectors.base import Account, Action, Change, Item, ItemKind, Outgoing, OutgoingFile, OwnPost
from connectors.bluesky_api import BlueskyApi
from connectors.networks.bluesky import Bluesky
from connectors.sandbox.pictures import picture
from tests.bluesky_network.running import Network, Person, eventually
from tests.files import mp4_of_a_telephone
from tests.running.desk import RunningDesk

# The official client's models are made by an older and a newer way of pydantic at once.
pytestmark = pytest.mark.filterwarnings("default")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    running = Network(Path(os.environ["BLUESKY_PACKAGES"]), tmp_path_factory.mktemp("network"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def company(network: Network) -> Person:
    return network.person("vlotlijn")


@pytest.fixture(scope="session")
def tom(network: Network) -> Person:
    return network.person("tom")


@pytest.fixture(scope="session")
def credentials(company: Person) -> dict[str, str]:
    return {"handle": company.handle, "app_password": company.app_password()}


@pytest.fixture
def bluesky(network: Network, credentials: dict[str, str]) -> Bluesky:
    return Bluesky(Account(credentials, base_url=network.pds, timeout=20))


def _read(bluesky: Bluesky, stream: str, cursor: Any = None) -> tuple[list[Item], Any]:
    items, cursor = list[Item](), cursor or {}
    while True:
        page = bluesky.fetch(stream, cursor)
        assert page.unreadable == ()
        items += page.items
        cursor = page.cursor
        if not page.more:
            return items, cursor


def _item(bluesky: Bluesky, uri: str, stream: str = "mentions") -> Item:
    """What became of a post, once the AppView has told of it."""

    def look() -> Item | None:
        with suppress(errors.Transient):  # as a desk, which then asks again
            return next((one for one in _read(bluesky, stream)[0] if one.external_id == uri and one.addressed), None)
        return None

    return eventually(look, f"{uri} among the {stream}")


def _words() -> str:
    return f"waar blijft lijn 14? ({next(_numbers)})"


def _answer(item: Item, text: str, **more: Any) -> Outgoing:
    return Outgoing(text, private=False, thread_id=item.thread_id, reply_to=item.external_id, **more)


def test_it_says_who_we_are_and_that_there_is_no_chat_here(bluesky: Bluesky, company: Person) -> None:
    info = bluesky.check()
    assert (info.own_id, info.handle) == (company.did, company.handle)
    assert [problem.startswith("Direct messages can't be reached") for problem in info.problems] == [True]


def test_a_mention_is_answered_and_the_customer_sees_and_hears_it(
    bluesky: Bluesky, company: Person, tom: Person, network: Network
) -> None:
    words = f"🚂 {_words()} https://vlotlijn.example/a"
    item = _item(bluesky, tom.mentions(company, words).uri)
    assert (item.kind, item.text) == (ItemKind.MENTION, f"@{company.handle} {words}")
    assert item.author is not None
    assert (item.author.handle, item.author.external_id) == (tom.handle, tom.did)
    els = network.person(f"els{next(_numbers)}")
    text = f"Over vijf minuten 🚂, @{els.handle} rijdt mee: https://vlotlijn.example/b"
    sent = bluesky.send(_answer(item, text))
    (reply,) = eventually(lambda: tom.sees_below(item.external_id), "the answer below the question")
    assert (reply.post.uri, reply.post.record.text) == (sent.external_id, text)
    marked = [facet.index for facet in reply.post.record.facets]
    assert [text.encode()[one.byte_start : one.byte_end].decode() for one in marked] == [
        f"@{els.handle}",
        "https://vlotlijn.example/b",
    ]
    for person, reason in ((tom, "reply"), (els, "mention")):
        assert eventually(partial(person.heard_of, sent.external_id), f"{person.handle} to hear of it") == reason
    echo = _item(bluesky, sent.external_id, "own_posts")
    assert (echo.outgoing, echo.parent_id, echo.text) == (True, item.external_id, text)


def test_what_follows_below_our_answer_stays_one_thread(bluesky: Bluesky, company: Person, tom: Person) -> None:
    post = tom.mentions(company, _words())
    item = _item(bluesky, post.uri)
    sent = bluesky.send(_answer(item, "Wij zoeken het uit"))
    (ours,) = eventually(lambda: tom.sees_below(item.external_id), "our answer")
    follow_up = _item(bluesky, tom.answers(ours.post, "dank!", root=post).uri)
    assert (follow_up.kind, follow_up.thread_id, follow_up.parent_id) == (
        ItemKind.REPLY,
        item.thread_id,
        sent.external_id,
    )
    again = bluesky.send(_answer(follow_up, "Graag gedaan"))
    assert again.thread_id == item.thread_id


def test_a_quote_is_heard_and_brings_what_it_quotes(bluesky: Bluesky, tom: Person) -> None:
    from atproto import models

    sent = bluesky.publish(OwnPost(f"De treinen rijden weer ({next(_numbers)})."))
    ours = eventually(lambda: tom.client.get_posts([sent.external_id]).posts, "our post")[0]
    embed = models.AppBskyEmbedRecord.Main(record=models.create_strong_ref(ours))
    quote = tom.posts("ja hoor", embed=embed)
    assert _item(bluesky, quote.uri).kind is ItemKind.MENTION
    context = [one.external_id for one in _read(bluesky, "mentions")[0] if not one.addressed]
    assert sent.external_id in context


def test_pictures_go_both_ways_with_their_descriptions(bluesky: Bluesky, company: Person, tom: Person) -> None:
    from atproto import client_utils

    words = client_utils.TextBuilder().mention(f"@{company.handle}", company.did).text(" kijk")
    item = _item(bluesky, tom.client.send_image(words, picture("a platform"), "Een leeg perron").uri)
    assert [(one.kind, one.alt_text) for one in item.attachments] == [("image", "Een leeg perron")]
    handle = bluesky.upload(OutgoingFile(picture("a map"), "image/png", "1.png", "Een kaart"), private=False)
    bluesky.send(_answer(item, "Zie de kaart", media=(handle,)))
    (reply,) = eventually(lambda: tom.sees_below(item.external_id), "the map")
    (image,) = reply.post.embed.images
    assert (image.alt, image.aspect_ratio.width, image.aspect_ratio.height) == ("Een kaart", 240, 160)


def test_a_film_goes_along_with_its_captions(bluesky: Bluesky, company: Person, tom: Person) -> None:
    item = _item(bluesky, tom.mentions(company, _words()).uri)
    vtt = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nDe trein staat stil\n"
    film = OutgoingFile(mp4_of_a_telephone(), "video/mp4", "film-1.mp4", "Een trein", vtt, "nl")
    sent = bluesky.send(_answer(item, "Zie de film", media=(bluesky.upload(film, private=False),)))
    rkey = sent.external_id.rpartition("/")[2]
    place = {"repo": company.did, "collection": "app.bsky.feed.post", "rkey": rkey}
    embed = tom.client.com.atproto.repo.get_record(place).value.embed
    (told,) = embed.captions
    assert (embed.alt, embed.video.mime_type, told.lang, told.file.mime_type) == (
        "Een trein", "video/mp4", "nl", "text/vtt",
    )  # fmt: skip


def test_nobody_edits_and_what_is_deleted_is_missed(bluesky: Bluesky, company: Person, tom: Person) -> None:
    post = tom.mentions(company, _words())
    item = _item(bluesky, post.uri)
    _, watched = _read(bluesky, "deletions")
    rkey = post.uri.rpartition("/")[2]
    record = {"$type": "app.bsky.feed.post", "text": "iets anders", "createdAt": datetime.now(UTC).isoformat()}
    place = {"repo": tom.did, "collection": "app.bsky.feed.post", "rkey": rkey}
    tom.client.com.atproto.repo.put_record({**place, "record": record})
    assert _item(bluesky, post.uri).text == item.text  # a record can be written over; the AppView keeps the post
    tom.client.delete_post(post.uri)

    def missed() -> list[Item]:
        nonlocal watched
        items, watched = _read(bluesky, "deletions", watched)
        return items

    (gone,) = eventually(missed, "the deletion")
    assert (gone.change, gone.external_id) == (Change.DELETED, post.uri)
    with pytest.raises(errors.NotFound):
        bluesky.send(_answer(item, "Te laat"))


def test_hiding_liking_and_deleting_are_seen_by_the_customer(bluesky: Bluesky, tom: Person) -> None:
    sent = bluesky.publish(OwnPost(f"Goedemorgen ({next(_numbers)})"))
    ours = eventually(lambda: tom.client.get_posts([sent.external_id]).posts, "our post")[0]
    rude = tom.answers(ours, "grof woord").uri
    _item(bluesky, rude)  # its author sees it before others do

    def shows(look: Callable[[], object], wanted: object) -> bool:
        return look() == wanted

    def hidden() -> list[str]:
        gate = tom.client.get_post_thread(sent.external_id).thread.post.threadgate
        return list(gate.record.hidden_replies or []) if gate else []

    for action, wanted in ((Action.HIDE, [rude]), (Action.UNHIDE, [])):
        bluesky.act(action, rude)
        bluesky.act(action, rude)
        eventually(partial(shows, hidden, wanted), f"{action} to be seen")
    for action, likes in ((Action.LIKE, 1), (Action.UNLIKE, 0)):
        bluesky.act(action, rude)
        eventually(
            partial(shows, lambda: tom.client.get_posts([rude]).posts[0].like_count, likes), f"{action} to be seen"
        )
    for _ in range(2):
        bluesky.act(Action.DELETE, sent.external_id)
    eventually(lambda: not tom.client.get_posts([sent.external_id]).posts, "our post to be gone")


def test_an_outage_loses_nothing_and_doubles_nothing(
    bluesky: Bluesky, network: Network, credentials: dict[str, str], company: Person, tom: Person
) -> None:
    item = _item(bluesky, tom.mentions(company, _words()).uri)
    _, cursor = _read(bluesky, "mentions")
    impatient = Bluesky(Account(credentials, base_url=network.pds, own_id=company.did, timeout=1))
    reply = _answer(item, f"Tijdens de storing ({next(_numbers)})", submitted_at=datetime.now(UTC))
    network.freeze()
    try:
        with pytest.raises(errors.Transient):
            impatient.fetch("mentions", cursor)
        with pytest.raises(errors.Transient):  # what the post needs to know can't be asked, so nothing has left
            impatient.send(reply)
        lost = OwnPost(f"Storing ({next(_numbers)})", submitted_at=datetime.now(UTC))
        with pytest.raises(errors.OutcomeUnknown):
            impatient.publish(lost)
    finally:
        network.go_on()
    assert eventually(lambda: bluesky.find_published(lost), "the post whose answer was lost") is not None
    assert bluesky.find_sent(reply) is None
    missed = {tom.mentions(company, f"tijdens de storing, nummer {number}").uri for number in range(60)}
    eventually(lambda: {one.uri for one in company.hears()} >= set(sorted(missed)[-20:]), "the news of the last ones")
    told = list[str]()

    def filled() -> bool:
        nonlocal cursor
        items, cursor = _read(bluesky, "mentions", cursor)
        told.extend(one.external_id for one in items if one.addressed)
        return missed <= set(told)

    eventually(filled, "all that was missed")
    assert len(told) == len(set(told))


@pytest.mark.parametrize("text", ["नि" * 300, "👨‍👩‍👧‍👦" * 119, "é" * 300], ids=["marks", "family", "accents"])
def test_what_we_count_as_short_enough_is(bluesky: Bluesky, text: str) -> None:
    assert bluesky.publish(OwnPost(text)).external_id


@pytest.mark.parametrize("text", ["नि" * 301, "👨‍👩‍👧‍👦" * 121, "x" * 301], ids=["marks", "family", "letters"])
def test_what_we_count_as_too_long_is(bluesky: Bluesky, text: str) -> None:
    with pytest.raises(errors.InvalidContent):
        bluesky.publish(OwnPost(text))


def test_a_password_without_the_right_to_chat_is_told(network: Network, company: Person) -> None:
    given = {"handle": company.handle, "app_password": company.app_password(privileged=False)}
    asked = BlueskyApi(Account(given, base_url=network.pds, timeout=20), network.pds, Bluesky.credential_fields)
    with pytest.raises(errors.PermissionMissing):  # not by the proxy: where there is no chat, the way there fails first
        asked.read("chat.bsky.convo.list_convos")


def test_a_password_that_was_taken_back_no_longer_opens_the_account(network: Network) -> None:
    person = network.person(f"kort{next(_numbers)}")
    given = {"handle": person.handle, "app_password": person.app_password()}
    connector = Bluesky(Account(given, base_url=network.pds, timeout=20))
    connector.fetch("mentions", {})
    person.takes_passwords_back()
    with pytest.raises(errors.AuthExpired):
        connector.check()


def test_the_limits_are_told_and_too_many_logins_end_in_a_pause_with_a_time(network: Network) -> None:
    person = network.person(f"vaak{next(_numbers)}")
    given = {"handle": person.handle, "app_password": person.app_password()}
    connector = Bluesky(Account(given, base_url=network.pds, timeout=20))
    rate = connector.fetch("mentions", {}).rate
    assert rate is not None
    assert rate.limit == 3_000
    for _ in range(30):  # in five minutes; the first was made above
        with suppress(errors.RateLimited):
            connector.check()
    with pytest.raises(errors.RateLimited) as caught:
        connector.check()
    assert caught.value.retry_at is not None
    assert caught.value.retry_at > datetime.now(UTC)
    assert connector.fetch("mentions", {}).items == ()  # the session that is there goes on


def test_the_whole_desk_makes_a_ticket_of_a_mention_and_its_answer_is_seen(
    network: Network,
    credentials: dict[str, str],
    company: Person,
    tom: Person,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.running.desk.START_SECONDS", 300.0)  # beside all these servers
    desk = RunningDesk(tmp_path)
    try:
        desk.start()
        wish = {"network": "bluesky", "name": "Bluesky", "base_url": network.pds, "credentials": credentials}
        inbox = desk.api("POST", "inboxes/", {**wish, "poll_seconds": 3}, as_="admin")["id"]
        words = _words()
        post = tom.mentions(company, words)

        def ticket() -> dict[str, Any] | None:
            return next((one for one in desk.tickets(inbox) if words in one["preview"]), None)

        found = eventually(ticket, "a ticket")
        body = {"text": "Over vijf minuten.", "visibility": "public", "idempotency_key": "one"}
        desk.api("POST", f"tickets/{found['id']}/reply/", body)
        (reply,) = eventually(lambda: tom.sees_below(post.uri), "the answer below the question")
        assert reply.post.record.text.startswith("Over vijf minuten.")
        follow_up = tom.answers(reply.post, "Dank, gevonden!", root=post)
        eventually(lambda: "gevonden" in (ticket_of(desk, inbox, found["id"]) or {}).get("preview", ""), "his thanks")
        assert follow_up.uri
    finally:
        desk.stop()


def ticket_of(desk: RunningDesk, inbox: int, ticket: int) -> dict[str, Any] | None:
    return next((one for one in desk.tickets(inbox) if one["id"] == ticket), None)
