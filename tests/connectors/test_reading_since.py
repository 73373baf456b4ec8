"""A reading that begins at some moment asks for what came since, and for no more; what it can't reach it says."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Connector, Item, Page
from connectors.beside import ReadFrom
from connectors.networks.bluesky import Bluesky
from connectors.networks.instagram import Instagram
from connectors.networks.mastodon import Mastodon
from connectors.parsing.instagram_cursor import MOST_PAGES
from tests.connectors.accounts import (
    BLUESKY_SESSION,
    INSTAGRAM_ID,
    NOON,
    OWN_DID,
    OWN_ID,
    PAGE_ID,
    bluesky_account,
    graph_time,
    instagram_account,
    mastodon_account,
)
from tests.connectors.wire import Asked, Said, Wire

EACH = timedelta(minutes=1)  # between two entries
MANY = 100  # the newest is written at noon plus so many minutes
SINCE = NOON + 40 * EACH
MOST_CALLS = 60


def _at(number: int) -> str:
    return (NOON + number * EACH).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _read(connector: Any, stream: str) -> tuple[list[Item], list[Page]]:
    """Everything from SINCE on, and the pages that it took."""
    reading: Connector | ReadFrom = connector
    assert isinstance(reading, Bluesky | Instagram | Mastodon)
    cursor, pages = reading.cursor_at(stream, SINCE), list[Page]()
    while len(pages) < MOST_CALLS:
        pages.append(reading.fetch(stream, cursor))
        cursor = pages[-1].cursor
        if not pages[-1].more:
            return [item for page in pages for item in page.items if item.created_at >= SINCE], pages
    raise AssertionError("the reading does not end")


def _numbers(items: list[Item]) -> list[int]:
    return sorted((item.created_at - NOON) // EACH for item in items)


def _newest_first(make: Callable[[int], dict[str, Any]], asked: Asked, size: int) -> list[dict[str, Any]]:
    top = int(asked.query.get("max_id") or asked.query.get("cursor") or asked.query.get("after") or MANY + 1)
    floor = int(asked.query.get("min_id") or 0)
    return [make(number) for number in range(top - 1, max(floor, top - 1 - size), -1)]


def _of_mastodon(asked: Asked) -> Said:
    def status(number: int) -> dict[str, Any]:
        account = {"id": OWN_ID if "statuses" in asked.path else "2000", "acct": "jan"}
        told = {"id": str(number), "created_at": _at(number), "visibility": "public", "content": "<p>hoi</p>"}
        return {**told, "account": account}

    def notice(number: int) -> dict[str, Any]:
        return {"id": str(number), "type": "mention", "created_at": _at(number), "status": status(number)}

    return Said(_newest_first(status if "statuses" in asked.path else notice, asked, 40))


def test_mastodon_is_read_from_the_newest_down_and_then_on_from_there(wire: Wire) -> None:
    wire.answer_with(_of_mastodon)
    mastodon = Mastodon(mastodon_account(wire.address))
    for stream in ("notifications", "own_posts"):
        items, pages = _read(mastodon, stream)
        assert _numbers(items) == list(range(40, MANY + 1))
        assert len(pages) == 2
        mastodon.fetch(stream, pages[-1].cursor)
        assert wire.asked[-1].query["min_id"] == str(MANY)


def _bluesky(wire: Wire, answer: Callable[[Asked], Any]) -> Bluesky:
    wire.answer_with(lambda asked: Said(BLUESKY_SESSION if asked.path.endswith("Session") else answer(asked)))
    return Bluesky(bluesky_account(wire.address))


def _of_bluesky(asked: Asked) -> dict[str, Any]:
    name = asked.path.rpartition(".")[2]
    if name not in ("listNotifications", "getAuthorFeed"):
        return {}
    did = OWN_DID if name == "getAuthorFeed" else "did:plc:janjanjanjanjanjanjanjan"

    def entry(number: int) -> dict[str, Any]:
        record = {"$type": "app.bsky.feed.post", "text": "hoi", "createdAt": _at(number)}
        told = {"uri": f"at://{did}/app.bsky.feed.post/3k{number}", "cid": "bafy", "author": {"did": did}}
        return {**told, "record": record, "indexedAt": _at(number), "reason": "mention"}

    entries = _newest_first(entry, asked, 50)
    following = {"cursor": str(int(entries[-1]["uri"].rpartition("3k")[2]))} if entries else {}
    if name == "getAuthorFeed":
        return {"feed": [{"post": {**one, "reason": None}} for one in entries], **following}
    return {"notifications": entries, **following}


def test_bluesky_is_read_down_to_the_moment_however_long_ago(wire: Wire) -> None:
    bluesky = _bluesky(wire, _of_bluesky)
    for stream in ("mentions", "own_posts"):
        items, pages = _read(bluesky, stream)
        assert _numbers(items) == list(range(40, MANY + 1))
        assert len(pages) == 2


def _chat(asked: Asked) -> dict[str, Any]:
    name = asked.path.rpartition(".")[2]

    def message(number: int) -> dict[str, Any]:
        sender = {"did": "did:plc:janjanjanjanjanjanjanjan"}
        return {"id": f"m{number}", "text": "hoi", "sentAt": _at(number), "sender": sender}

    if name == "listConvos":
        return {"convos": [{"id": "long", "lastMessage": message(MANY)}, {"id": "old", "lastMessage": message(3)}]}
    if name == "getMessages":
        messages = _newest_first(message, asked, 30)
        return {"messages": messages, "cursor": messages[-1]["id"].removeprefix("m")}
    return {"cursor": "log-1", "logs": []} if name == "getLog" else {}


def test_conversations_of_bluesky_are_read_page_by_page_and_those_that_are_older_not_at_all(wire: Wire) -> None:
    items, pages = _read(_bluesky(wire, _chat), "direct_messages")
    assert _numbers(items) == list(range(40, MANY + 1))
    assert pages[-1].cursor == {"log": "log-1"}
    assert {asked.query["convoId"] for asked in wire.asked if asked.path.endswith("getMessages")} == {"long"}


def test_the_first_look_at_a_conversation_of_bluesky_is_its_newest_page(wire: Wire) -> None:
    bluesky = _bluesky(wire, _chat)
    cursor: dict[str, Any] = {}
    while (page := bluesky.fetch("direct_messages", cursor)).more:
        cursor = dict(page.cursor)
    assert len([one for one in wire.asked if one.path.endswith("getMessages")]) == 2  # also of the old one


def _of_instagram(deep: int) -> Callable[[Asked], Said]:
    """One post of long ago with `deep` comments, which end in one answer to an old comment."""

    def comment(number: int) -> dict[str, Any]:
        told = {"id": f"17{number}", "text": "hoi", "timestamp": graph_time(60 * (number - deep + MANY))}
        return {**told, "from": {"id": "9001", "username": "jan"}}

    def script(asked: Asked) -> Said:
        if asked.path.endswith("/media"):
            media: dict[str, Any] = {"id": "1801", "timestamp": graph_time(-86_400), "comments_count": deep}
            return Said({"data": [{**media, "comments": {"data": [{"id": f"17{deep}"}]}}]})
        if asked.path.endswith("/comments"):
            top = int(asked.query.get("after") or deep + 1)
            found = [comment(number) for number in range(top - 1, max(0, top - 51), -1)]
            if top == deep + 1 - 50:
                found[-1]["replies"] = {"data": [{**comment(deep), "id": "17reply"}]}
            bottom = max(1, top - 50)
            paging: dict[str, Any] = {
                "cursors": {"after": str(bottom)},
                **({"next": "https://x"} if bottom > 1 else {}),
            }
            return Said({"data": found, "paging": paging})
        if asked.path.endswith("/tags"):
            tagged = [{"id": f"18{number}", "timestamp": graph_time(60 * number)} for number in range(MANY, 0, -1)]
            return Said({"data": [{**one, "username": "jan"} for one in tagged]})
        return Said({"id": PAGE_ID, "instagram_business_account": {"id": INSTAGRAM_ID}, "data": []})

    return script


def test_instagram_gives_no_old_posts_and_finds_new_answers_below_old_comments(wire: Wire) -> None:
    wire.answer_with(_of_instagram(120))
    instagram = Instagram(instagram_account(wire.address))
    items, pages = _read(instagram, "comments")
    assert [item for page in pages for item in page.items if item.outgoing] == []
    assert "17reply" in {item.external_id for item in items}
    assert set(range(40, MANY + 1)) <= set(_numbers(items))
    assert [page.lost for page in pages] == [None] * len(pages)
    assert len(_read(instagram, "tags")[1]) == 1
    instagram.fetch("conversations", instagram.cursor_at("conversations", SINCE))


def test_comments_too_far_down_on_instagram_are_told_as_lost(wire: Wire) -> None:
    deep = MOST_PAGES * 50 + 200
    wire.answer_with(_of_instagram(deep))
    instagram = Instagram(instagram_account(wire.address))
    known = instagram.cursor_at("comments", NOON - timedelta(days=2))
    lost, calls, cursor = list[Any](), 0, known
    while calls < MOST_CALLS:
        page = instagram.fetch("comments", cursor)
        calls, cursor, lost = calls + 1, page.cursor, [*lost, page.lost]
        if not page.more:
            break
    ((since, until),) = [one for one in lost if one]
    assert since == NOON - timedelta(days=2)
    assert until == NOON + (201 - deep + MANY) * EACH
    first, cursor = list[Any](), {}
    while (page := instagram.fetch("comments", cursor)).more:
        first, cursor = [*first, page.lost], dict(page.cursor)
    assert [one for one in first if one] == []  # of what was there before the account was connected nobody expects it


def test_what_can_not_begin_at_a_moment_begins_at_the_newest() -> None:
    now = datetime(2026, 11, 27, tzinfo=UTC)
    assert Mastodon(mastodon_account("http://127.0.0.1:1")).cursor_at("changes", now) == {}
    assert Bluesky(bluesky_account("http://127.0.0.1:1")).cursor_at("deletions", now) == {}
