"""What every network must keep, shown on payloads: drop a file into fixtures/<slug>/ and it is checked here.

A fixture is `about`, then either `webhook` (one delivery) or `stream` and `answer` (one page, from `from_cursor`),
then `items` (what of each item must be so, oldest first) and, where it matters, `unreadable`, `cursor` and
`same_event_as` (another fixture whose events these are, come another way). `mails` instead are mails as a server
hands them over; their names are digests, so `@0` stands for that of the first. `beside` are the answers to other
questions that the connector asks for this page, by the last part of their path.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors import registry
from connectors.base import EVENTS, Account, Change, Connector, Control, Item, ItemKind, Page
from tests.connectors.accounts import (
    BLUESKY_SESSION,
    GOOGLE_TOKEN,
    REVIEW_CREDENTIALS,
    bluesky_account,
    instagram_account,
    mastodon_account,
    page_account,
    review_account,
    x_account,
)
from tests.connectors.mail_payloads import as_mail, fetched, mail_account
from tests.connectors.wire import Asked, Said, Wire

FIXTURES = Path(__file__).parent / "fixtures"
ACCOUNTS = {
    "x": x_account,
    "facebook_page": page_account,
    "instagram": instagram_account,
    "mastodon": mastodon_account,
    "bluesky": bluesky_account,
    "mail": mail_account,
    **{slug: review_account(slug) for slug in REVIEW_CREDENTIALS},
}
ALWAYS = {"com.atproto.server.createSession": BLUESKY_SESSION, "token": GOOGLE_TOKEN}
ALL = sorted(FIXTURES.glob("*/*.json"))
OF_MAILS = ("name", "decoration")  # of files: no other network tells them


def connector_for(slug: str, address: str) -> Connector:
    account: Account = ACCOUNTS[slug](address)
    return registry.get(slug)(account)


def told(given: dict[str, Any], asked: Asked) -> Said:
    """What the network says to one question: the page, or what is asked for beside it."""
    return Said({**ALWAYS, **given.get("beside", {})}.get(asked.path.rpartition("/")[2], given["answer"]))


def _page(path: Path, wire: Wire) -> Page:
    given = json.loads(path.read_text(encoding="utf-8"))
    connector = connector_for(path.parent.name, wire.address)
    if "mails" in given:
        return as_mail(connector).read(fetched(given["mails"]))
    if "webhook" in given:
        return connector.parse_webhook(json.dumps(given["webhook"]).encode())
    wire.answer_with(lambda asked: told(given, asked))
    return connector.fetch(given["stream"], given.get("from_cursor", {}))


def _told(item: Item, name: str) -> Any:
    value = getattr(item, name)
    if isinstance(value, datetime):
        return value.isoformat()
    if name == "author" and value is not None:
        told = {**{field: getattr(value, field) for field in value.__slots__}, "links": list(value.links)}
        return told if value.links else {field: part for field, part in told.items() if field != "links"}
    if name == "attachments":
        rows = [{field: getattr(one, field) for field in one.__slots__} for one in value]
        return [{field: part for field, part in row.items() if part or field not in OF_MAILS} for row in rows]
    return value


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_payload_says_what_its_fixture_says(path: Path, wire: Wire) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    page = _page(path, wire)
    found = [
        {name: _told(item, name) for name in wanted}
        for item, wanted in zip(page.items, expected["items"], strict=False)
    ]
    if "mails" in expected:
        for number, (item, wanted) in enumerate(zip(page.items, expected["items"], strict=True)):
            assert wanted["external_id"] == f"@{number}"
            wanted["external_id"] = found[number]["external_id"] = item.external_id
    assert [item.external_id for item in page.items] == [wanted["external_id"] for wanted in expected["items"]]
    assert found == expected["items"]
    assert len(page.unreadable) == expected.get("unreadable", 0), page.unreadable
    if "cursor" in expected:
        assert page.cursor == expected["cursor"]


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_payload_keeps_the_contract(path: Path, wire: Wire) -> None:
    page = _page(path, wire)
    keys = [item.event_key for item in page.items]
    assert len(set(keys)) == len(keys)
    assert list(page.items) == sorted(page.items, key=lambda item: item.happened_at)
    for item in page.items:
        assert item.network == path.parent.name
        assert item.created_at.tzinfo is UTC
        assert item.external_id
        if item.kind is ItemKind.REACTION:
            assert item.author is not None
            assert item.external_id == Item.reaction_id(item.parent_id, item.author.external_id)
            assert bool(item.text) == (item.change is not Change.DELETED)
        elif item.kind in EVENTS:
            assert item.private
            assert item.thread_id
            assert (item.text in list(Control)) == (item.kind is ItemKind.CONTROL)
        else:
            assert item.private == (item.kind is ItemKind.DIRECT_MESSAGE)
        assert item.thread_id or item.change is Change.DELETED
        json.dumps(item.raw, allow_nan=False).encode()
    json.dumps(page.cursor, allow_nan=False)
    for entry in page.unreadable:
        assert set(entry) == {"reason", "entry"}
        assert str(entry["reason"]).endswith(".")


@pytest.mark.parametrize(
    "path",
    [path for path in ALL if "same_event_as" in json.loads(path.read_text(encoding="utf-8"))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_the_same_event_has_the_same_key_by_webhook_and_by_poll(path: Path, wire: Wire) -> None:
    other = path.parent / json.loads(path.read_text(encoding="utf-8"))["same_event_as"]
    here, there = _page(path, wire), _page(other, wire)
    known = {item.event_key: item for item in there.items}
    assert here.items
    for item in here.items:
        twin = known[item.event_key]
        assert (twin.text, twin.thread_id, twin.parent_id, twin.kind, twin.outgoing) == (
            item.text,
            item.thread_id,
            item.parent_id,
            item.kind,
            item.outgoing,
        )


def test_every_network_has_payloads_here_and_none_was_refused() -> None:
    assert {network.slug for network in registry.all_networks()} == {path.parent.name for path in ALL}
    assert registry.problems() == ()
