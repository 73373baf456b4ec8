"""The network's half of the history: scenes become posts of the past on the sandbox, and connectors read them back."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from desk.inboxes.gateway import Connector, Item, Page, RateLimited, connect
from desk.inboxes.models import Inbox
from desk.inboxes.sandbox import SandboxRefused
from desk.operations.demo.accounts import HANDLE, Account
from desk.operations.demo.scenes import (
    CUSTOMER,
    CUSTOMER_PRIVATE,
    IN_APP,
    PRIVATE,
    PUBLIC,
    TODAY,
    CompanyPost,
    Scene,
    Turn,
)
from desk.people.models import User
from desk.rulebooks.active import in_force
from policies.signature import sign

SAID = (CUSTOMER, CUSTOMER_PRIVATE, PUBLIC, PRIVATE, IN_APP)  # the turns that are words on a network
BREATH_SECONDS, MOST_BREATHS = 0.6, 10
_KINDS = {  # a first word, and one below another
    "x": ("mention", "reply"),
    "facebook": ("visitor_post", "comment"),
    "instagram": ("comment", "comment"),
}


@dataclass(slots=True)
class Heard:
    """What a connector read: what was said by the network's id, all events by key, and how far each stream is read."""

    items: dict[str, Item] = field(default_factory=dict)
    events: dict[str, Item] = field(default_factory=dict)
    cursors: dict[str, dict[str, Any]] = field(default_factory=dict)


def publish(
    account: Account, posts: Sequence[CompanyPost], scenes: Sequence[Scene], people: Mapping[str, User]
) -> dict[str, str]:
    """Write everything that was said, in the order of its time; the network's id of each ref. Again is harmless."""
    rows: list[tuple[datetime, dict[str, Any]]] = [
        (post.at, {"origin": "native", "kind": "post", "text": post.text, "ref": post.ref, "media": list(post.media)})
        for post in posts
    ]
    for scene in scenes:
        rows += _rows(account.network, scene, people)
    rows.sort(key=lambda row: row[0])
    place = {"network": account.network, "account": HANDLE}
    results = account.sandbox.write([{**place, "created_at": at.isoformat(), **row} for at, row in rows])
    ids: dict[str, str] = {}
    for (_at, row), result in zip(rows, results, strict=True):
        if "error" in result:
            raise SandboxRefused(f"{row['ref']}: {result['error']}")
        ids[row["ref"]] = result["id"]
    return ids


def read_back(inbox: Inbox) -> Heard:
    """All that the connector gives, stream by stream. What is said to us wins over the same words as mere context."""
    heard = Heard()
    connector = connect(inbox)
    for stream in connector.streams:
        cursor: dict[str, Any] = {}
        more = True
        while more:
            page = _patiently(connector, stream.name, cursor)
            cursor, more = dict(page.cursor), page.more
            for item in page.items:
                heard.events[item.event_key] = item
                known = heard.items.get(item.external_id)
                if known is None or (item.addressed and not known.addressed):
                    heard.items[item.external_id] = item
        heard.cursors[stream.name] = cursor
    return heard


def _patiently(connector: Connector, stream: str, cursor: Mapping[str, Any]) -> Page:
    """One page; where the network wants a breath (Messenger: two calls a second) it gets one."""
    for _attempt in range(MOST_BREATHS):
        try:
            return connector.fetch(stream, cursor)
        except RateLimited:
            time.sleep(BREATH_SECONDS)
    return connector.fetch(stream, cursor)


def arrived(scene: Scene) -> Iterator[Turn]:
    """The turns that are on the network: all words, but the last reply where it went wrong or waits."""
    said = [turn for turn in scene.turns if turn.sign in SAID]
    if scene.unsent:
        said = said[:-1]
    yield from said


def signed(turn: Turn, scene: Scene, people: Mapping[str, User]) -> str:
    """What the network gets of our words: signed where the desk sent them."""
    return sign(turn.text, in_force().signature_of(people[scene.by])) if turn.sign in (PUBLIC, PRIVATE) else turn.text


def _rows(network: str, scene: Scene, people: Mapping[str, User]) -> Iterator[tuple[datetime, dict[str, Any]]]:
    first, below = _KINDS[network]
    parent = f"demo:post:{scene.below}" if scene.below else f"{TODAY}{scene.under}:0" if scene.under else ""
    author = asdict(scene.author)
    for number, turn in enumerate(arrived(scene)):
        row: dict[str, Any] = {"text": signed(turn, scene, people), "ref": turn.ref}
        if turn.ours:
            row["origin"] = "native"
        else:
            row["author"] = author
        if number == 0:
            row["media"] = list(scene.media)
        if number == 0 and scene.quotes:
            row |= {"kind": "quote", "in_reply_to": f"demo:post:{scene.quotes}"}
            parent = turn.ref
        elif turn.private:
            row |= {"kind": "dm"} | ({"to": scene.author.handle} if turn.ours else {})
        else:
            row |= {"kind": below, "in_reply_to": parent} if parent else {"kind": first}
            parent = turn.ref
        yield turn.at, row
