"""What every network must keep, shown on payloads: drop a file into fixtures/<slug>/ and it is checked here.

A fixture is `about`, then either `webhook` (one delivery) or `stream` and `answer` (one page, from `from_cursor`),
then `items` (what of each item must be so, oldest first) and, where it matters, `unreadable`, `cursor` and
`same_event_as` (another fixture whose events these are, come another way).
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors import registry
from connectors.base import Account, Change, Connector, Item, ItemKind, Page
from tests.connectors.accounts import page_account, x_account
from tests.connectors.wire import Said, Wire

FIXTURES = Path(__file__).parent / "fixtures"
ACCOUNTS = {"x": x_account, "facebook_page": page_account}
ALL = sorted(FIXTURES.glob("*/*.json"))


def _connector(path: Path, wire: Wire) -> Connector:
    slug = path.parent.name
    account: Account = ACCOUNTS[slug](wire.address)
    return registry.get(slug)(account)


def _page(path: Path, wire: Wire) -> Page:
    given = json.loads(path.read_text(encoding="utf-8"))
    connector = _connector(path, wire)
    if "webhook" in given:
        return connector.parse_webhook(json.dumps(given["webhook"]).encode())
    wire.answer_with(lambda asked: Said(given["answer"]))
    return connector.fetch(given["stream"], given.get("from_cursor", {}))


def _told(item: Item, name: str) -> Any:
    value = getattr(item, name)
    if isinstance(value, datetime):
        return value.isoformat()
    if name == "author" and value is not None:
        return {field: getattr(value, field) for field in value.__slots__}
    if name == "attachments":
        return [{field: getattr(one, field) for field in one.__slots__} for one in value]
    return value


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_payload_says_what_its_fixture_says(path: Path, wire: Wire) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    page = _page(path, wire)
    told = [
        {name: _told(item, name) for name in wanted}
        for item, wanted in zip(page.items, expected["items"], strict=False)
    ]
    assert [item.external_id for item in page.items] == [wanted["external_id"] for wanted in expected["items"]]
    assert told == expected["items"]
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


def test_both_networks_are_there_and_nothing_was_refused() -> None:
    assert [network.slug for network in registry.all_networks()] == ["facebook_page", "x"]
    assert registry.problems() == ()
