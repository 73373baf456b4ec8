"""Reading the networks when something is wrong: nothing is asked too often, and no fetcher is held."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.inboxes import poll
from desk.actions.inboxes.health import reached, refuse_over_budget, spent
from desk.inboxes.gateway import Author, QuotaExhausted, Transient
from desk.inboxes.models import CoverageGap, Inbox, StreamState
from desk.inboxes.words import told
from desk.tickets.models import Message
from tests.actions.builders import a_message, an_inbox, take_in
from tests.connectors.wire import Said, Wire, running_wire

pytestmark = pytest.mark.django_db

KEYS = {"consumer_key": "k", "consumer_secret": "s", "access_token": "7-t", "access_token_secret": "u"}
NOWHERE = "http://127.0.0.1:9"


def a_stream(name: str, **columns: Any) -> StreamState:
    inbox = an_inbox(**{"base_url": NOWHERE, **columns})
    inbox.credentials = KEYS
    inbox.save()
    return StreamState.objects.create(inbox=inbox, name=name, next_poll_at=timezone.now())


def next_turn(stream: StreamState) -> tuple[datetime, datetime | None]:
    stream.refresh_from_db()
    return stream.next_poll_at, stream.claimed_until


def test_a_stream_that_may_be_read_once_a_minute_is_not_asked_sooner_after_a_failure() -> None:
    stream, began = a_stream("direct_messages"), timezone.now()
    poll.claim_due(began + timedelta(seconds=1))
    poll.poll(stream.pk, began)
    again, claimed_until = next_turn(stream)
    assert again - began >= timedelta(seconds=60)
    assert claimed_until is None


@pytest.mark.parametrize("columns", [{"network": "gone"}, {"base_url": "http://["}])
def test_an_account_that_can_not_be_read_at_all_holds_no_fetcher_and_says_so(columns: dict[str, Any]) -> None:
    stream = a_stream("mentions", **columns)
    poll.claim_due(timezone.now())
    poll.poll(stream.pk, timezone.now())
    assert next_turn(stream)[1] is None
    assert Inbox.objects.get().last_error


def test_a_fault_of_our_own_holds_no_fetcher_either() -> None:
    stream = a_stream("no_such_stream")
    poll.claim_due(timezone.now())
    with pytest.raises(ValueError, match="no_such_stream"):
        poll.poll(stream.pk, timezone.now())
    assert next_turn(stream)[1] is None
    assert "ValueError" in told(Inbox.objects.get().last_error)


class Slow(BaseHTTPRequestHandler):
    """A network that takes its time and then has nothing to say."""

    calls = 0

    def do_GET(self) -> None:
        type(self).calls += 1
        time.sleep(0.2)
        self.send_error(500)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def slow_network() -> Iterator[str]:
    Slow.calls = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_messages_do_not_wait_for_the_names_of_all_their_authors(
    slow_network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.actions.intake.nameless.MOST_SECONDS", 0.5)
    inbox = an_inbox(network="facebook_page", base_url=slow_network)
    inbox.credentials = {"page_id": "1", "page_access_token": "token", "app_secret": "secret"}
    inbox.save()
    nameless = [a_message(str(number), by=str(number), author=Author(str(number))) for number in range(20)]
    take_in(inbox, nameless, source="webhook")
    assert Message.objects.count() == 20
    assert 0 < Slow.calls < 10


# ── budgets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as wire:
        yield wire


def pause_after(
    wire: Wire, *, status: int = 200, stream: str = "mentions", limit: int = 300, remaining: int, window: int = 600
) -> float:
    """Seconds until the next turn of a stream that wants to be read every second."""
    reset = int(time.time()) + window
    headers = {"x-rate-limit-limit": limit, "x-rate-limit-remaining": remaining, "x-rate-limit-reset": reset}
    told = Said({"meta": {"result_count": 0}}, status, {name: str(value) for name, value in headers.items()})
    wire.answer_with(lambda asked: told)
    polled = a_stream(stream, base_url=wire.address, poll_seconds=1, own_id="7")
    began = timezone.now()
    poll.claim_due(began)
    poll.poll(polled.pk, began)
    again, _claimed = next_turn(polled)
    return (again - began).total_seconds()


def test_the_budget_is_spread_over_what_is_left_of_its_window(wire: Wire) -> None:
    """A fifth of it is kept back, for answers and for people."""
    assert pause_after(wire, remaining=299, window=60) == pytest.approx(3, abs=1), "X's own shortest interval"
    assert pause_after(wire, remaining=160, window=600) == pytest.approx(600 / 100, abs=1)
    assert pause_after(wire, remaining=60, window=600) == pytest.approx(600, abs=3), "only what is kept back is left"
    assert pause_after(wire, remaining=0, window=600) == pytest.approx(600, abs=3)


def test_direct_messages_are_asked_for_once_a_minute_however_often_the_inbox_is_read(wire: Wire) -> None:
    assert pause_after(wire, stream="direct_messages", limit=15, remaining=14, window=60) >= 60
    assert pause_after(wire, stream="direct_messages", limit=15, remaining=4, window=600) == pytest.approx(600, abs=3)


def test_a_limit_that_is_reached_waits_for_the_networks_own_time(wire: Wire) -> None:
    assert pause_after(wire, status=429, remaining=0, window=400) == pytest.approx(400, abs=3)
    assert CoverageGap.objects.get().reason == CoverageGap.Reason.RATE_LIMIT


def test_credits_that_are_used_up_are_asked_for_once_an_hour(wire: Wire) -> None:
    assert pause_after(wire, status=402, remaining=10) == pytest.approx(3_600, abs=3)
    assert CoverageGap.objects.get().reason == CoverageGap.Reason.QUOTA
    assert Inbox.objects.get().state == Inbox.State.ACTIVE


def test_reading_stops_at_the_budget_of_the_month_and_goes_on_with_the_next(wire: Wire) -> None:
    post = {"id": "1", "text": "@us hallo", "author_id": "9", "created_at": "2026-03-02T12:00:00.000Z"}
    wire.answer_with(lambda asked: Said({"data": [post], "meta": {"result_count": 1, "newest_id": "1"}}))
    polled = a_stream("mentions", base_url=wire.address, own_id="7", monthly_budget=1)
    march, april = datetime(2026, 3, 31, 23, 59, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    spent(polled.inbox_id, 0.9996, march)
    refuse_over_budget(Inbox.objects.get(), march)
    spent(polled.inbox_id, 0.0004, march)
    inbox = Inbox.objects.get()
    assert (inbox.spent_in(march), inbox.spent_in(april)) == (Decimal(1), Decimal(0))
    with pytest.raises(QuotaExhausted, match=r"\$1 for this month"):
        refuse_over_budget(inbox, march)
    refuse_over_budget(inbox, april)
    spent(polled.inbox_id, 0.25, april)
    assert (Inbox.objects.get().spent_in(april), float(Inbox.objects.get().cost_total)) == (Decimal("0.25"), 1.25)

    Inbox.objects.update(month_of_cost=timezone.now().astimezone(UTC).date().replace(day=1), cost_month=1)
    poll.poll(polled.pk, timezone.now())
    assert wire.asked == []
    assert CoverageGap.objects.get().reason == CoverageGap.Reason.QUOTA
    assert "Answers still leave" in told(Inbox.objects.get().last_error)
    Inbox.objects.update(monthly_budget=2)
    poll.poll(polled.pk, timezone.now())
    assert wire.asked
    assert CoverageGap.objects.get().ended_at is not None


def test_an_inbox_is_well_only_when_all_of_its_streams_are(wire: Wire) -> None:
    """Private messages that come in say nothing of mentions that do not."""
    mentions = a_stream("mentions", base_url=wire.address, own_id="7")
    private = StreamState.objects.create(inbox=mentions.inbox, name="direct_messages", next_poll_at=timezone.now())
    told = {False: Said({"title": "CreditsDepleted"}, 402), True: Said({"meta": {"result_count": 0}})}
    paid: list[str] = []
    wire.answer_with(lambda asked: told[bool(paid) or asked.path.endswith("dm_events")])
    poll.poll(mentions.pk, timezone.now())
    poll.poll(private.pk, timezone.now())
    assert Inbox.objects.get().last_error_code == "quota_exhausted"
    assert CoverageGap.objects.get().ended_at is None
    paid.append("a bill")
    poll.poll(mentions.pk, timezone.now())
    assert (Inbox.objects.get().last_error, Inbox.objects.get().failures_in_a_row) == ({}, 0)
    assert CoverageGap.objects.get().ended_at is not None


def test_failures_are_met_with_ever_longer_pauses_up_to_a_quarter_of_an_hour() -> None:
    stream = a_stream("mentions")
    pauses = []
    for _ in range(12):
        Inbox.objects.update(breaker_until=None)  # its rest is over
        began = timezone.now()
        poll.poll(stream.pk, began)
        pauses.append(round((next_turn(stream)[0] - began).total_seconds()))
    assert pauses == sorted(pauses)
    assert pauses[0] < 15
    assert pauses[-1] == 900


@pytest.mark.django_db
def test_a_stream_that_went_well_does_not_hide_that_another_began_to_fail_meanwhile() -> None:
    inbox = an_inbox()
    for name in ("mentions", "messages"):
        StreamState.objects.create(inbox=inbox, name=name, next_poll_at=timezone.now())
    read_before = Inbox.objects.get(pk=inbox.pk)  # by the poll of the messages, which goes well
    now = timezone.now()
    poll._failed(StreamState.objects.select_related("inbox").get(name="mentions"), Transient("down", network="X"), now)
    reached(read_before, now)
    assert Inbox.objects.get().last_error_code == "transient"
    assert CoverageGap.objects.get().ended_at is None
    StreamState.objects.update(failures=0)
    reached(read_before, now)
    assert Inbox.objects.get().last_error_code == ""
    assert CoverageGap.objects.get().ended_at == now
