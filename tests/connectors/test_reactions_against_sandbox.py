"""What customers show without a word, and quotes, on every network that tells of them: events beside the messages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.base import Change, ItemKind
from connectors.sandbox.app import NETWORKS
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, Desk, addressed

POLLED = ("mastodon", "bluesky")
MENTIONS = {"mastodon": "notifications", "bluesky": "mentions", "x": "mentions"}
QUOTES = MENTIONS | {"x": "quotes"}
HEART_OR_STAR = {"mastodon": "⭐", "bluesky": "❤️"}


@pytest.fixture
def open_desk() -> Iterator[Callable[[Company], Desk]]:
    desks: list[Desk] = []

    def opened(company: Company) -> Desk:
        desks.append(Desk(company))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()


def reacts(company: Company, post: str, kind: str, author: str = "marit", method: str = "POST", **more: Any) -> Any:
    body = {"post": post, "kind": kind, "author": author}
    return company.sandbox.call(method, "/reactions", body, **more)


@pytest.mark.parametrize("slug", POLLED)
def test_who_likes_and_shares_is_read_as_an_event_and_not_as_a_message(sandbox: SandboxProcess, slug: str) -> None:
    company = Company(sandbox, slug)
    ours = company.customer("post", "Wij rijden weer", origin="native")
    _none, cursor = company.read("reactions")
    reacts(company, ours, "like")
    shown = reacts(company, ours, "like")
    reacts(company, ours, "share", author="jan")
    assert shown["felt"] == {"like": ["marit"]}, "twice is once"
    items, cursor = company.read("reactions", cursor)
    people = [one.author.handle.partition(".")[0] for one in items if one.author]
    assert [(one.kind, one.text, one.parent_id) for one in items] == [
        (ItemKind.REACTION, HEART_OR_STAR[slug], ours),
        (ItemKind.REACTION, "🔁", ours),
    ]
    assert people == ["marit", "jan"]
    assert all(one.change is Change.CREATED and not one.outgoing for one in items)
    assert company.read("reactions", cursor)[0] == []
    assert not addressed(company.read(MENTIONS[slug])[0]), "no word to us"
    assert reacts(company, ours, "like", method="DELETE")["felt"] == {"share": ["jan"]}


def test_facebook_tells_likes_and_their_end_by_webhook(
    sandbox: SandboxProcess, open_desk: Callable[[Company], Desk]
) -> None:
    company = Company(sandbox, "facebook")
    ours = company.customer("post", "Wij rijden weer", origin="native")
    desk = open_desk(company)
    reacts(company, ours, "like")
    reacts(company, ours, "like", method="DELETE")
    items = [one for one in desk.items(2) if one.kind is ItemKind.REACTION]
    assert [(one.change, one.parent_id, one.outgoing) for one in items] == [
        (Change.CREATED, ours, False),
        (Change.DELETED, ours, False),
    ]
    assert items[0].author is not None
    assert items[0].author.name == "marit"
    assert items[0].external_id == items[1].external_id


def test_facebook_tells_which_feeling_it_is(sandbox: SandboxProcess, open_desk: Callable[[Company], Desk]) -> None:
    company = Company(sandbox, "facebook")
    company.customer("post", "Wij rijden weer", origin="native", ref="ours")
    desk = open_desk(company)
    by_ref = {"network": "facebook", "post": "ours", "author": "marit"}
    for kind in ("love", "angry"):
        sandbox.call("POST", "/reactions", {**by_ref, "kind": kind})
    assert [one.text for one in desk.items(2) if one.kind is ItemKind.REACTION] == ["❤️", "😡"]
    said = sandbox.call("POST", "/reactions", {**by_ref, "post": "theirs", "kind": "love"}, expect=404)["error"]
    assert said == "there is no post 'theirs' on Facebook"


@pytest.mark.parametrize("slug", ["mastodon", "bluesky", "x"])
def test_a_quote_is_a_message_that_shows_what_it_quotes(sandbox: SandboxProcess, slug: str) -> None:
    company = Company(sandbox, slug)
    ours = company.customer("post", "Wij rijden weer", origin="native")
    quote = company.customer("quote", "Nou, bij mij niet", in_reply_to=ours)
    item = addressed(company.read(QUOTES[slug])[0])[quote]
    assert (item.quotes, item.text.endswith("Nou, bij mij niet"), item.outgoing) == (ours, True, False)


def test_a_network_refuses_what_its_customers_cannot_do(sandbox: SandboxProcess) -> None:
    for network in NETWORKS:
        if not network.feelings and "mention" in network.kinds:
            company = Company(sandbox, network.slug)
            ours = company.customer("post", "Wij rijden weer", origin="native")
            said = reacts(company, ours, "like", expect=422)["error"]
            assert "customers show nothing below a post" in said
    company = Company(sandbox, "facebook")
    theirs = company.customer("visitor_post", "Hallo")
    assert "what a company posts" in reacts(company, theirs, "like", expect=422)["error"]
    assert "not 'share'" in reacts(company, theirs, "share", expect=422)["error"]
    assert reacts(company, "nothing", "like", expect=404)
