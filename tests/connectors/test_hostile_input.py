"""Text and payloads made to hurt: nothing crashes, nothing is lost, and the rest of the page goes through."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import errors
from connectors.base import Page
from connectors.networks.facebook_page import FacebookPage
from connectors.networks.instagram import Instagram
from connectors.networks.mastodon import Mastodon
from connectors.networks.x import X
from connectors.parsing import MOST_FILES
from connectors.parsing.facebook_threads import CommentsCursor, ConversationsCursor
from connectors.text import clean, clean_json
from tests.connectors.accounts import INSTAGRAM_ID, mastodon_account, post, posts
from tests.connectors.mail_payloads import as_mail, fetched
from tests.connectors.test_contract import ALL, connector_for, told
from tests.connectors.wire import Wire, running_wire

NASTY = {
    "a NUL": "voor\x00na",
    "a lone surrogate": "voor\ud800na",
    "five megabytes": "x" * 5_000_000,
    "four thousand combining marks": "e" + "\u0301" * 4_000,
    "right to left": "\u202eatroop\u202c",
    "nothing": "",
    "a private use letter": "\U0010ffff",
}


def _storable(page: Page) -> None:
    """What the desk does with it: UTF-8 for the text columns, JSON without NUL for the raw ones."""
    for item in page.items:
        for text in (item.text, item.author.name if item.author else "", item.thread_id, item.event_key, item.url):
            assert "\x00" not in text
            text.encode("utf-8")
        assert "\\u0000" not in json.dumps(item.raw, allow_nan=False)
        json.dumps(item.raw, ensure_ascii=False).encode("utf-8")
    json.dumps(page.unreadable, ensure_ascii=False, allow_nan=False).encode("utf-8")
    json.dumps(page.cursor, ensure_ascii=False, allow_nan=False).encode("utf-8")


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_nasty_text_and_names_come_through_on_x(x: X, wire: Wire, text: str) -> None:
    user = {"id": "2000", "name": text, "username": text, "profile_image_url": text}
    wire.say(posts(post(1, text), post(2, "gewoon"), users=[user]))
    page = x.fetch("mentions", {})
    assert len(page.items) == 2
    assert page.items[1].text == "gewoon"
    assert page.items[0].author is not None
    assert len(page.items[0].author.name) <= 300
    assert len(page.items[0].text) == len(text.strip())
    _storable(page)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_nasty_text_and_names_come_through_on_mastodon(wire: Wire, text: str) -> None:
    some = text[:10_000]
    author = {"id": "2000", "acct": some or "jan", "username": "jan", "display_name": text, "avatar": some}
    status = {"id": "5", "created_at": "2026-11-01T10:20:00.000Z", "visibility": "public", "account": author}
    bad = {**status, "content": f"<p>{text}</p>", "spoiler_text": some, "url": some, "language": some}
    wire.say([{"id": "2", "type": "mention", "status": bad}, _plain_mention(status)])
    found = Mastodon(mastodon_account(wire.address, timeout=30.0)).fetch("notifications", {})
    assert [item.text for item in found.items][:1] == ["gewoon"]
    assert len(found.items) == 2
    assert found.items[1].author is not None
    assert len(found.items[1].author.name) <= 300
    _storable(found)


def _plain_mention(status: dict[str, Any]) -> dict[str, Any]:
    earlier = {"id": "4", "created_at": "2026-11-01T10:19:00.000Z", "content": "<p>gewoon</p>"}
    return {"id": "1", "type": "mention", "status": {**status, **earlier}}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_nasty_text_and_names_come_through_on_facebook(page: FacebookPage, text: str) -> None:
    value = {"item": "comment", "verb": "add", "comment_id": "1_1", "post_id": "7700_1", "created_time": 1793527200}
    values = [
        {**value, "message": text, "from": {"id": "9", "name": text}},
        {**value, "comment_id": "1_2", "message": "ja"},
    ]
    changes = [{"field": "feed", "value": one} for one in values]
    delivery = {"object": "page", "entry": [{"id": "7700", "time": 1, "changes": changes}]}
    found = page.parse_webhook(json.dumps(delivery).encode())
    assert [item.external_id for item in found.items] == ["1_1", "1_2"]
    _storable(found)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_nasty_text_and_names_come_through_on_instagram(instagram: Instagram, text: str) -> None:
    value = {"id": "1711", "text": text, "from": {"id": "9", "username": text}, "media": {"id": "1801"}}
    changes = [{"field": "comments", "value": one} for one in (value, {**value, "id": "1712", "text": "ja"})]
    delivery = {"object": "instagram", "entry": [{"id": INSTAGRAM_ID, "time": 1793527200, "changes": changes}]}
    found = instagram.parse_webhook(json.dumps(delivery).encode())
    assert [item.external_id for item in found.items] == ["1711", "1712"]
    _storable(found)


def test_a_message_with_a_thousand_files_brings_as_many_as_anybody_sends(page: FacebookPage) -> None:
    photos = [f"https://scontent.example/{number}.jpg" for number in range(1_000)]
    value = {"item": "comment", "verb": "add", "comment_id": "1_1", "post_id": "7700_1", "created_time": 1793527200}
    change = {"field": "feed", "value": {**value, "message": "kijk", "photos": photos}}
    found = page.parse_webhook(json.dumps({"object": "page", "entry": [{"id": "7700", "changes": [change]}]}).encode())
    assert len(found.items[0].attachments) == MOST_FILES


@pytest.mark.parametrize(
    ("time", "year"),
    [("1970-01-01T00:00:00.000Z", 1970), ("2999-12-31T23:59:59Z", 2999), ("0001-01-01T00:00:00Z", 1)],
)
def test_a_date_out_of_all_order_is_passed_on_as_the_network_says_it(x: X, wire: Wire, time: str, year: int) -> None:
    wire.say(posts(post(1, created_at=time)))
    assert x.fetch("mentions", {}).items[0].created_at.year == year


@pytest.mark.parametrize(
    "time", ["gisteren", "9" * 400, {"a": 1}, "2026-13-45T00:00:00Z", "0001-01-01T00:00:00+14:00", True]
)
def test_a_date_that_is_none_makes_one_entry_unreadable_and_not_its_page(x: X, wire: Wire, time: object) -> None:
    wire.say(posts(post(1, created_at=time), post(2)))
    page = x.fetch("mentions", {})
    assert (len(page.items), len(page.unreadable)) == (1, 1)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"x"', b"\xff", b"{", b"[" * 100_000, b'{"a": ' * 50_000, b"1" * 10_000, b"NaN"]
)
def test_a_delivery_that_is_no_object_is_kept_and_shown(
    x: X, page: FacebookPage, instagram: Instagram, body: bytes
) -> None:
    for found in (x.parse_webhook(body), page.parse_webhook(body), instagram.parse_webhook(body)):
        assert (found.items, len(found.unreadable)) == ((), 1)
        _storable(found)


def test_a_delivery_with_infinite_numbers_and_deep_nests_can_be_stored(page: FacebookPage) -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    value = {"item": "comment", "verb": "add", "comment_id": "1_1", "post_id": "7700_1", "created_time": 1, "odd": deep}
    body = json.dumps({"object": "page", "entry": [{"id": "7700", "changes": [{"field": "feed", "value": value}]}]})
    found = page.parse_webhook(body.replace('"odd"', '"n": NaN, "i": -Infinity, "odd"').encode())
    assert len(found.items) == 1
    _storable(found)


# Any part of a real payload may be missing or be something else.
JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(),
    st.text(max_size=5),
    st.just("\ud800\x00"),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)
FIXTURES = [json.loads(path.read_text(encoding="utf-8")) | {"slug": path.parent.name} for path in ALL]


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places_in(part, (*path, key)))]


def broken_in(draw: Callable[[st.SearchStrategy[Any]], Any], payload: Any, places: list[tuple[Any, ...]]) -> None:
    """Take away what stands in one of these places, or put something else there."""
    *path, last = draw(st.sampled_from(places))
    holder = payload
    for key in path:
        holder = holder[key]
    if draw(st.booleans()):
        holder[last] = draw(JUNK)
    else:
        del holder[last]


@st.composite
def broken(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    fixture = draw(st.sampled_from(FIXTURES))
    payload = copy.deepcopy(fixture.get("mails") or fixture.get("webhook") or fixture["answer"])
    for _ in range(draw(st.integers(1, 3))):
        places = [place for place in places_in(payload) if place]
        if not places:
            break
        broken_in(draw, payload, places)
    return fixture, payload


@pytest.fixture(scope="module")
def long_wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken())
def test_a_payload_with_any_part_broken_never_crashes(long_wire: Wire, case: tuple[dict[str, Any], Any]) -> None:
    fixture, payload = case
    connector = connector_for(fixture["slug"], long_wire.address)
    if "mails" in fixture:
        _storable(as_mail(connector).read(fetched(payload)))
        return
    if "webhook" in fixture:
        _storable(connector.parse_webhook(json.dumps(payload).encode()))
        return
    long_wire.answer_with(lambda asked: told({**fixture, "answer": payload}, asked))
    with suppress(errors.NetworkError):  # the answer as a whole is none, and says so
        _storable(connector.fetch(fixture["stream"], fixture.get("from_cursor", {})))


@settings(max_examples=100, deadline=None)
@given(st.recursive(JUNK, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)))
def test_raw_payloads_can_always_be_stored(value: Any) -> None:
    text = json.dumps(clean_json(value), allow_nan=False, ensure_ascii=False)
    text.encode("utf-8")
    assert "\\u0000" not in text


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec=None), max_size=50), st.integers(1, 40))
def test_cleaning_twice_changes_nothing_and_keeps_the_length(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert clean(cleaned, limit) == cleaned
    assert len(cleaned) == min(len(text), limit)


@pytest.mark.parametrize("cursor", [{}, {"mark": None}, {"posts": [], "queue": "x"}, {"queue": [{}], "seen": 5}])
def test_a_strange_cursor_means_the_start(cursor: dict[str, Any]) -> None:
    assert CommentsCursor.of(cursor).places == {}
    assert ConversationsCursor.of(cursor).place.mark == 0
