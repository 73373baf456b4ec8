"""What every network does alike on the sandbox, one test for each behaviour: faults, lost answers, odd pages.

What only one network does is in its own `test_*_against_sandbox.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from connectors import errors
from connectors.base import Outgoing
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, Desk, addressed

Refusal = type[errors.NetworkError]
FAULTS: dict[str, tuple[Refusal, Refusal]] = {  # what reading and answering make of each
    "rate_limit": (errors.RateLimited, errors.RateLimited),
    "rate_limit_without_reset": (errors.RateLimited, errors.RateLimited),
    "unauthorized": (errors.AuthExpired, errors.AuthExpired),
    "payment_required": (errors.QuotaExhausted, errors.QuotaExhausted),
    "forbidden": (errors.PermissionMissing, errors.NotAllowedByPolicy),
    "server_error_json": (errors.Transient, errors.OutcomeUnknown),
    "server_error_html": (errors.Transient, errors.OutcomeUnknown),
    "timeout_before": (errors.Transient, errors.OutcomeUnknown),
    "timeout_after": (errors.Transient, errors.OutcomeUnknown),
    "truncated_json": (errors.Unreadable, errors.OutcomeUnknown),
    "malformed_json": (errors.Unreadable, errors.OutcomeUnknown),
}
TOOK_EFFECT = ("timeout_after", "truncated_json", "malformed_json")
_METAS = {
    "payment_required": (errors.NotAllowedByPolicy, errors.NotAllowedByPolicy),
    "forbidden": (errors.PermissionMissing, errors.PermissionMissing),
}


@dataclass(frozen=True)
class Way:
    """How one network is read and answered; requests as the sandbox matches them."""

    first: str  # the kind of a customer's first words in public
    stream: str  # that brings them
    asks: tuple[str, str]  # a stream, and the request that reads it
    answers: str  # the request that answers in public
    says: str  # the request that answers in private
    private: str = "direct_messages"  # the stream that brings private messages
    page: tuple[str, str, str] = ("", "", "")  # kind, stream and request of a page with several, where that differs
    otherwise: dict[str, tuple[Refusal, Refusal]] = field(default_factory=dict)


WAYS = {
    "x": Way(
        "mention", "mentions", ("mentions", "GET /x/2/users"), "POST /x/2/tweets", "POST /x/2/dm_conversations",
    ),
    "facebook": Way(
        "comment", "comments", ("feed", "GET /facebook/v24.0/[0-9]+/feed"), "POST /facebook/v24.0/.*/comments",
        "POST /facebook/.*/messages", "conversations", otherwise=_METAS,
        page=("visitor_post", "feed", "GET /facebook/v24.0/[0-9]+/feed"),
    ),
    "instagram": Way(
        "comment", "comments", ("tags", "GET /instagram/v24.0/[0-9]+/tags"), "POST /instagram/v24.0/.*/replies",
        "POST /instagram/.*/messages", "conversations", otherwise=_METAS,
        page=("comment", "comments", "GET /instagram/v24.0/[0-9]+/comments"),
    ),
    "mastodon": Way(
        "mention", "notifications", ("notifications", "GET /mastodon/api/v1/notifications"),
        "POST /mastodon/api/v1/statuses", "POST /mastodon/api/v1/statuses", "notifications",
        otherwise={"forbidden": (errors.PermissionMissing, errors.PermissionMissing)},
    ),
    "bluesky": Way(
        "mention", "mentions", ("mentions", "GET /bluesky/xrpc/app.bsky.notification"),
        "POST /bluesky/xrpc/com.atproto.repo.createRecord", "sendMessage",
    ),
}  # fmt: skip


@pytest.fixture(params=WAYS)
def company(request: pytest.FixtureRequest, sandbox: SandboxProcess) -> Company:
    return Company(sandbox, request.param)


def way_of(company: Company) -> Way:
    return WAYS[company.slug]


def an_answer(company: Company, text: str, *, private: bool = False) -> Outgoing:
    """To what a customer just wrote and we have read."""
    way = way_of(company)
    kind, stream = ("dm", way.private) if private else (way.first, way.stream)
    message = company.customer(kind, f"@{company.handle} hallo {text}", author="els")
    item = addressed(company.read(stream)[0])[message]
    assert item.author is not None
    return Outgoing(
        text,
        private=private,
        thread_id=item.thread_id,
        reply_to="" if private and company.slug != "mastodon" else message,
        recipient=item.author.external_id,
        submitted_at=datetime.now(UTC),
    )


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_is_told_as_what_it_is(company: Company, kind: str) -> None:
    way = way_of(company)
    stream, asks = way.asks
    answer = an_answer(company, f"Antwoord op {kind}")
    impatient = company.connect(timeout=0.5)
    company.arm(kind, asks, seconds=1.0)
    with pytest.raises(errors.NetworkError) as read:
        impatient.fetch(stream, {})
    company.connector.fetch(stream, {})  # the next call goes on
    company.arm(kind, way.answers, seconds=1.0)
    with pytest.raises(errors.NetworkError) as written:
        impatient.send(answer)
    assert (type(read.value), type(written.value)) == way.otherwise.get(kind, FAULTS[kind])
    assert (company.connector.find_sent(answer) is not None) == (kind in TOOK_EFFECT)
    if company.slug == "instagram":
        assert "Instagram" in f"{read.value}{written.value}"
    if kind == "rate_limit" and isinstance(read.value, errors.RateLimited):
        assert read.value.retry_at is not None
        assert timedelta(seconds=-5) < read.value.retry_at - datetime.now(UTC) < timedelta(minutes=2)


@pytest.mark.parametrize("kind", ["duplicate_delivery", "reordered_delivery"])
def test_a_page_with_doubles_or_out_of_order_gives_the_same_messages(company: Company, kind: str) -> None:
    way = way_of(company)
    first, stream, asks = way.page if any(way.page) else (way.first, way.stream, way.asks[1])
    below = {}
    if company.slug == "instagram":
        below = {"in_reply_to": company.customer("post", "Goedemorgen", origin="native")}
    made = [company.customer(first, f"@{company.handle} hallo {number}", **below) for number in range(3)]
    company.arm(kind, asks)
    items, cursor = company.read(stream)
    found = {item.external_id: item.created_at for item in items if item.external_id in made}
    assert set(found) == set(made)
    if company.slug not in ("facebook", "instagram"):  # which tell whole seconds, in which nothing has an order
        assert list(found.values()) == sorted(found.values())  # nor has it in a thousandth of one
    assert len({item.event_key for item in items}) == 3 + len(below)
    assert company.read(stream, cursor)[0] == []


def test_a_clock_that_is_off_does_not_hide_a_lost_answer(company: Company) -> None:
    answer = an_answer(company, "Dag")
    company.arm("clock_skew", times=None, seconds=-120)
    company.arm("timeout_after", way_of(company).answers, seconds=1.0)
    with pytest.raises(errors.OutcomeUnknown):
        company.connect(timeout=0.5).send(answer)
    assert company.connector.find_sent(answer) is not None


def test_a_lost_private_answer_is_found(company: Company) -> None:
    answer = an_answer(company, "Dag", private=True)
    company.arm("timeout_after", way_of(company).says, seconds=1.0)
    with pytest.raises(errors.OutcomeUnknown):
        company.connect(timeout=0.5).send(answer)
    assert company.connector.find_sent(answer) is not None


def test_an_answer_to_what_is_gone_is_refused(company: Company) -> None:
    answer = an_answer(company, "Dag")
    company.sandbox.call("DELETE", f"/posts/{answer.reply_to}")
    with pytest.raises(errors.NotFound):
        company.connector.send(answer)


@pytest.mark.parametrize(("slug", "kind"), [("x", "mention"), ("facebook", "comment"), ("instagram", "dm")])
def test_a_delivery_with_a_bad_signature_is_refused_and_comes_again(
    sandbox: SandboxProcess, slug: str, kind: str, listening: Callable[[Company], Desk]
) -> None:
    company = Company(sandbox, slug)
    desk = listening(company)
    company.arm("webhook_bad_signature")
    message = company.customer(kind, f"@{company.handle} hallo", author="els")
    assert [item.external_id for item in desk.items(1) if item.addressed] == [message]
    assert desk.refused == 1
