"""What a connector learns to read is read for every account, also for those that were connected before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.inboxes import streams
from desk.inboxes.models import CoverageGap, StreamState
from desk.people.models import AuditEntry
from tests.actions.builders import an_inbox

pytestmark = pytest.mark.django_db


def test_an_account_gets_the_streams_that_its_connector_learned_since() -> None:
    now = timezone.now()
    inbox, other = an_inbox(network="mastodon"), an_inbox(network="x")
    streams.begin(inbox, ["notifications"], now)
    StreamState.objects.update(cursor={"mark": "7"})
    streams.begin(other, streams.names_of(other), now)
    assert streams.keep_up(now) == 1
    has = dict(inbox.streams.values_list("name", "cursor"))
    assert set(has) == set(streams.names_of(inbox))
    assert has.pop("notifications") == {"mark": "7"}, "where it stood, it goes on"
    assert all(cursor == {} for cursor in has.values())
    entry = AuditEntry.objects.get(verb="inbox_streams_changed")
    assert (entry.subject_id, sorted(entry.detail["new"])) == (str(inbox.pk), sorted(has))
    assert streams.keep_up(now) == 0, "once"


def test_a_stream_that_is_no_more_goes_and_blinds_nobody() -> None:
    now = timezone.now()
    inbox = an_inbox(network="x")
    streams.begin(inbox, [*streams.names_of(inbox), "gone_by_now"], now)
    CoverageGap.objects.create(inbox=inbox, stream="gone_by_now", started_at=now, reason="permission")
    assert streams.keep_up(now) == 1
    assert set(inbox.streams.values_list("name", flat=True)) == set(streams.names_of(inbox))
    assert CoverageGap.objects.get().ended_at == now


def test_a_network_whose_connector_is_gone_keeps_what_it_has() -> None:
    streams.begin(an_inbox(network="usenet"), ["articles"], timezone.now())
    assert streams.keep_up(timezone.now()) == 0
    assert StreamState.objects.get().name == "articles"


@pytest.mark.parametrize("count", [1, 20])
def test_the_look_takes_two_queries_however_many_accounts_there_are(count: int) -> None:
    now = timezone.now()
    for number in range(count):
        inbox = an_inbox(own_id=str(number))
        streams.begin(inbox, streams.names_of(inbox), now)
    with CaptureQueriesContext(connection) as asked:
        assert streams.keep_up(now) == 0
    assert len(asked) == 2
