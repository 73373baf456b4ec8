"""Every call to a network asks the account's budget first: answers before polls, polls before enrichment."""

import ast
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from desk.actions.inboxes import poll
from desk.common import live
from desk.inboxes import budgets
from desk.inboxes.breaker import OPENS_AT
from desk.inboxes.calls import KeptBack, Resting, connect
from desk.inboxes.gateway import Outgoing, RateLimited, Transient
from desk.inboxes.models import CoverageGap, Inbox, StreamState
from policies.call_budget import Left, Purpose
from tests.actions.builders import an_inbox
from tests.connectors.wire import Said, Wire, running_wire

pytestmark = pytest.mark.django_db

KEYS = {"consumer_key": "k", "consumer_secret": "s", "access_token": "7-t", "access_token_secret": "u"}


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as wire:
        yield wire


@pytest.fixture
def inbox(wire: Wire) -> Inbox:
    return on(wire)


def on(wire: Wire, **columns: Any) -> Inbox:
    inbox = an_inbox(**{"base_url": wire.address, "own_id": "7", **columns})
    inbox.credentials = KEYS
    inbox.save()
    budgets.forget(inbox.pk)
    return inbox


def limits(limit: int, remaining: int, *, window: int = 600) -> dict[str, str]:
    values = {"limit": limit, "remaining": remaining, "reset": int(time.time()) + window}
    return {f"x-rate-limit-{name}": str(value) for name, value in values.items()}


def nothing_new(limit: int, remaining: int, *, status: int = 200) -> Said:
    return Said({"meta": {"result_count": 0}}, status, limits(limit, remaining))


def soon() -> datetime:
    return timezone.now() + timedelta(minutes=10)


def test_polls_stop_while_a_fifth_is_left_enrichment_at_half_and_answers_at_nothing() -> None:
    now = timezone.now()
    for remaining, allowed in (
        (100, {Purpose.ANSWER, Purpose.POLL, Purpose.ENRICHMENT}),
        (50, {Purpose.ANSWER, Purpose.POLL}),
        (20, {Purpose.ANSWER}),
        (0, set[Purpose]()),
    ):
        for purpose in Purpose:
            budgets.told(8_001, "", Left(100, remaining, soon()), now)
            till = budgets.take(8_001, "", purpose, now)
            assert (till is None) is (purpose in allowed), (remaining, purpose)
    budgets.forget(8_001)


def test_calls_that_were_taken_count_before_the_network_says_so_and_its_word_is_the_truth() -> None:
    now = timezone.now()
    budgets.told(8_002, "", Left(10, 4, soon()), now)
    assert [budgets.take(8_002, "", Purpose.POLL, now) is None for _ in range(4)] == [True, True, False, False]
    budgets.told(8_002, "", Left(10, 9, soon()), now)
    assert budgets.take(8_002, "", Purpose.POLL, now) is None
    assert [(one.used, one.limit, one.remaining) for one in budgets.standing(8_002)] == [(2, 10, 8)]
    budgets.forget(8_002)


def test_a_window_that_is_over_holds_nobody_back() -> None:
    now = timezone.now()
    budgets.told(8_003, "", Left(10, 0, soon()), now)
    assert budgets.take(8_003, "", Purpose.ANSWER, now) is not None
    assert budgets.take(8_003, "", Purpose.ANSWER, now + timedelta(minutes=11)) is None
    budgets.forget(8_003)


def test_with_redis_away_the_network_itself_says_when_it_is_too_much(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    monkeypatch.setattr(live, "_client", None)
    monkeypatch.setattr("redis.retry.sleep", lambda _seconds: pytest.fail("waits for Redis to come back"))
    budgets.told(8_004, "", Left(10, 0, soon()), timezone.now())
    assert budgets.take(8_004, "", Purpose.POLL, timezone.now()) is None
    assert budgets.standing(8_004) == []


def test_a_reading_that_costs_what_is_kept_back_is_not_made(inbox: Inbox, wire: Wire) -> None:
    wire.answer_with(lambda asked: nothing_new(15, 3))
    connect(inbox).fetch("direct_messages", {})
    with pytest.raises(KeptBack) as held:
        connect(inbox).fetch("direct_messages", {})
    assert held.value.retry_at is not None
    assert len(wire.asked) == 1
    connect(inbox).fetch("mentions", {})  # X counts each kind of call by itself
    assert len(wire.asked) == 2


def test_a_comparison_waits_at_half_of_what_polls_may_use(inbox: Inbox, wire: Wire) -> None:
    wire.answer_with(lambda asked: nothing_new(300, 140))
    connect(inbox).fetch("mentions", {})
    with pytest.raises(KeptBack):
        connect(inbox, reading=Purpose.ENRICHMENT).fetch("mentions", {})
    connect(inbox).fetch("mentions", {})
    assert len(wire.asked) == 2


def test_an_answer_is_sent_while_polls_are_kept_back(inbox: Inbox, wire: Wire) -> None:
    budgets.told(inbox.pk, "public_replies", Left(100, 5, soon()), timezone.now())
    wire.answer_with(lambda asked: Said({"data": {"id": "1", "text": "Hoi"}}, 201, limits(100, 0)))
    answer = Outgoing("Hoi", private=False, thread_id="1", reply_to="1")
    assert connect(inbox).send(answer).external_id == "1"
    with pytest.raises(KeptBack):  # X has just said that this was the last
        connect(inbox).send(answer)
    assert len(wire.asked) == 1


def test_a_limit_that_is_reached_is_remembered_for_all_processes(inbox: Inbox, wire: Wire) -> None:
    wire.answer_with(lambda asked: nothing_new(300, 0, status=429))
    with pytest.raises(RateLimited):
        connect(inbox).fetch("mentions", {})
    with pytest.raises(KeptBack):
        connect(inbox).fetch("mentions", {})
    assert len(wire.asked) == 1


def test_a_poll_that_is_kept_back_is_no_failure_and_comes_again_when_the_limit_starts_anew(wire: Wire) -> None:
    inbox = on(wire)
    stream = StreamState.objects.create(inbox=inbox, name="mentions", next_poll_at=timezone.now())
    reset = timezone.now() + timedelta(minutes=14)
    budgets.told(inbox.pk, "mentions", Left(300, 60, reset), timezone.now())
    poll.poll(stream.pk, timezone.now())
    stream.refresh_from_db()
    assert abs(stream.next_poll_at - reset) < timedelta(seconds=1)
    assert (stream.failures, Inbox.objects.get().last_error, wire.asked) == (0, {}, [])
    assert CoverageGap.objects.get().reason == CoverageGap.Reason.RATE_LIMIT, "a quarter of an hour is told as blind"


def test_the_streams_of_one_budget_share_it(wire: Wire) -> None:
    inbox = on(wire, network="facebook_page")
    inbox.credentials = {"page_id": "1", "page_access_token": "token", "app_secret": "secret"}
    inbox.save()
    usage = '{"1":[{"type":"pages","call_count":90,"total_time":1,"total_cputime":1}]}'
    wire.answer_with(lambda asked: Said({"data": []}, 200, {"X-Business-Use-Case-Usage": usage}))
    connect(inbox).fetch("feed", {})
    with pytest.raises(KeptBack):
        connect(inbox).fetch("tagged", {})
    assert [(one.kind, one.limit, one.remaining, one.reset_at) for one in budgets.standing(inbox.pk)] == [
        ("", 100, 10, None)
    ]


# ── an account that rests ────────────────────────────────────────────────────────────────────────────────────────────


def test_three_calls_without_an_answer_let_the_account_rest_but_for_answers(inbox: Inbox, wire: Wire) -> None:
    wire.answer_with(lambda asked: Said({}, 503))
    for _ in range(OPENS_AT):
        with pytest.raises(Transient):
            connect(Inbox.objects.get()).fetch("mentions", {})
    with pytest.raises(Resting) as resting:
        connect(Inbox.objects.get()).fetch("mentions", {})
    assert resting.value.retry_at is not None
    assert len(wire.asked) == OPENS_AT
    wire.answer_with(lambda asked: Said({"data": {"id": "1", "text": "Hoi"}}, 201))
    connect(Inbox.objects.get()).send(Outgoing("Hoi", private=False, thread_id="1", reply_to="1"))
    assert Inbox.objects.get().breaker_failures == 0, "what was answered shows that the network is there again"


def test_a_network_that_says_no_has_answered(inbox: Inbox, wire: Wire) -> None:
    Inbox.objects.update(breaker_failures=2)
    wire.answer_with(lambda asked: nothing_new(300, 0, status=429))
    with pytest.raises(RateLimited):
        connect(Inbox.objects.get()).fetch("mentions", {})
    assert Inbox.objects.get().breaker_failures == 0


def test_no_verb_calls_a_network_past_its_budget(project: Path) -> None:
    past = []
    for file in sorted((project / "desk" / "actions").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "desk.inboxes.gateway":
                names = {one.name for one in node.names} & {"connect", "with_credentials", "open_account"}
                past += [(file.name, name) for name in sorted(names)]
    assert past == [("webhooks.py", "with_credentials")], "which makes no call"
