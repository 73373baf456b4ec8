"""After an outage all is there that the network still tells; what it does not tell is a gap with its reason."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from desk.actions.inboxes import poll
from desk.inboxes.models import CoverageGap, StreamState
from desk.tickets.models import Message
from tests.actions.connected import Connected
from tests.api.sandbox import running_sandbox

pytestmark = pytest.mark.django_db

Reason = CoverageGap.Reason


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


def texts(count: int) -> list[str]:
    return [f"nummer {number}" for number in range(count)]


def gaps() -> list[tuple[str, bool]]:
    """Why the desk was blind, and whether that is over."""
    rows = CoverageGap.objects.order_by("started_at", "id")
    return [(gap.reason, gap.ended_at is not None) for gap in rows]


@pytest.mark.parametrize("network", ["x", "facebook_page"])
def test_more_than_a_page_that_was_said_during_an_outage_is_all_there_and_once(origin: str, network: str) -> None:
    desk = Connected.to(origin, network)
    desk.says("ervoor", minutes=90)
    desk.read()
    with desk.outage():
        written = desk.says(*texts(230), minutes=30)
    desk.read()
    desk.read()
    ids = list(Message.objects.filter(outgoing=False).values_list("external_id", flat=True))
    assert set(ids) >= set(written)
    assert len(ids) == len(set(ids)) == 231
    assert gaps() == [(Reason.OUTAGE, True)], "nothing was lost, so nothing else is told"


def test_more_mentions_than_x_lists_are_a_gap_from_the_last_known_to_the_oldest_that_is_told(origin: str) -> None:
    desk = Connected.to(origin)
    desk.says("ervoor", minutes=90)
    desk.read()
    with desk.outage():
        written = desk.says(*texts(900), minutes=30)
    desk.read()
    found = set(Message.objects.values_list("external_id", flat=True))
    assert found >= set(written[-790:])
    assert not found & set(written[:90])
    lost = CoverageGap.objects.get(reason=Reason.HISTORY)
    assert lost.ended_at is not None
    assert lost.started_at < lost.ended_at
    assert CoverageGap.objects.filter(reason=Reason.OUTAGE).exclude(ended_at=None).count() == 1
    desk.read()
    assert CoverageGap.objects.filter(reason=Reason.HISTORY).count() == 1, "told once"


def test_messages_that_are_older_than_x_tells_are_a_gap(origin: str) -> None:
    desk = Connected.to(origin)
    desk.read()
    now = timezone.now()
    StreamState.objects.filter(name="direct_messages").update(last_poll_at=now - timedelta(days=41))
    stream = desk.inbox.streams.get(name="direct_messages")
    with desk.outage():
        poll.poll(stream.pk, now)
        assert not CoverageGap.objects.filter(reason=Reason.HISTORY).exists(), "not before it is known what is told"
    poll.poll(stream.pk, timezone.now())
    gap = CoverageGap.objects.get(reason=Reason.HISTORY)
    assert gap.ended_at is not None
    assert (gap.started_at, round((gap.ended_at - gap.started_at) / timedelta(days=1))) == (
        now - timedelta(days=41),
        11,
    )
    poll.poll(stream.pk, timezone.now())
    assert CoverageGap.objects.filter(reason=Reason.HISTORY).count() == 1
