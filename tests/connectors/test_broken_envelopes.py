"""What is pushed to the desk, with anything in any place: a sentence says so, and what stands beside it comes."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Page
from connectors.errors import AuthExpired
from tests.connectors.test_contract import ALL, connector_for
from tests.connectors.test_hostile_input import broken_in, places_in

NOWHERE = "http://127.0.0.1:9"  # nothing is asked
ENVELOPES = [
    (path.parent.name, content["webhook"])
    for path in ALL
    if "webhook" in (content := json.loads(path.read_text(encoding="utf-8")))
]
CONNECTORS = {slug: connector_for(slug, NOWHERE) for slug, _ in ENVELOPES}
EVENTS = frozenset({
    "entry", "changes", "messaging", "standby",
    "tweet_create_events", "tweet_delete_events", "favorite_events", "direct_message_events",
})  # fmt: skip
BESIDE = frozenset({"users", "includes", "time"})  # what explains events, where they can be understood without it


def _parsed(slug: str, envelope: Any) -> Page:
    return CONNECTORS[slug].parse_webhook(json.dumps(envelope).encode())


def _at(envelope: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        envelope = envelope[key]
    return envelope


LISTS = [
    (slug, envelope, path)
    for slug, envelope in ENVELOPES
    for path in places_in(envelope)
    if path and path[-1] in EVENTS and isinstance(_at(envelope, path), list) and _at(envelope, path)
]
EXPLAINED = [
    (slug, envelope, path)
    for slug, envelope in ENVELOPES
    for path in places_in(envelope)
    if BESIDE & set(path) and not EVENTS & set(path[-1:]) and slug != "instagram"  # there nothing else tells a time
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_stands_beside_an_event_it_comes(data: st.DataObject) -> None:
    slug, envelope, path = data.draw(st.sampled_from(LISTS))
    expected = {item.event_key for item in _parsed(slug, envelope).items}
    told = copy.deepcopy(envelope)
    events = _at(told, path)
    stranger = copy.deepcopy(data.draw(st.sampled_from(events)))
    holder = {"stranger": stranger}
    broken_in(data.draw, holder, [place for place in places_in(holder) if place])
    events.insert(data.draw(st.integers(0, len(events))), holder.get("stranger"))
    assert expected <= {item.event_key for item in _parsed(slug, told).items}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_stands_where_an_event_is_explained_it_comes(data: st.DataObject) -> None:
    slug, envelope, path = data.draw(st.sampled_from(EXPLAINED))
    has_time = {item.external_id for item in _parsed(slug, envelope).items if slug == "x" or "created_time" in item.raw}
    told = copy.deepcopy(envelope)
    broken_in(data.draw, told, [path])
    assert has_time <= {item.external_id for item in _parsed(slug, told).items}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_a_delivery_is_it_is_read_or_refused_with_a_sentence(data: st.DataObject) -> None:
    slug, envelope = data.draw(st.sampled_from(ENVELOPES))
    holder = {"delivery": copy.deepcopy(envelope)}
    broken_in(data.draw, holder, [place for place in places_in(holder) if place])
    try:
        page = _parsed(slug, holder.get("delivery"))
    except AuthExpired:  # the one thing that a delivery may say of the account
        return
    assert all(one["reason"] for one in page.unreadable)
