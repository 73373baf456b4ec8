"""Polls of many inboxes are fairly scheduled, and a broken account never slows the others."""

from datetime import timedelta

import pytest
from django.conf import LazySettings

from desk.actions.inboxes import poll
from desk.inboxes.breaker import OPENS_AT, Circuit, answered, circuit_of, no_answer, rest
from desk.inboxes.models import Inbox, StreamState
from tests.actions.builders import NOON, an_inbox, minutes
from tests.actions.simulated_polls import Desk, Kind

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("server", ["one", "another"])
def test_of_500_inboxes_nobody_waits_longer_than_twice_its_rhythm_for_those_that_hang_or_fail(
    settings: LazySettings, server: str
) -> None:
    """All come due at once, and nothing is known yet of those that begin to hang at that moment."""
    settings.FETCHERS = 15
    desk = Desk(
        Kind("hangs", 60, seconds=10, answers=False, server=server),
        Kind("fails", 40, seconds=1, answers=False),
        Kind("well", 380, seconds=1),
        Kind("calm", 20, seconds=1, poll_seconds=300),
    )
    played = desk.run(100)
    later = desk.run(60, since=NOON + timedelta(seconds=100))
    for kind in ("well", "calm"):
        assert max(played.longest[kind], later.longest[kind]) <= 2
    assert later.most_held["hangs"] <= 5, "those that hang hold a third of the fetchers at most"
    assert later.polls["hangs"], "and are tried all the same"


def test_whoever_waits_longest_for_its_own_rhythm_comes_first(settings: LazySettings) -> None:
    settings.FETCHERS = 1
    slow, quick = an_inbox(poll_seconds=600, own_id="2"), an_inbox(poll_seconds=10, own_id="3")
    StreamState.objects.create(inbox=slow, name="mentions", next_poll_at=minutes(0))  # five minutes late: half of it
    second = StreamState.objects.create(inbox=quick, name="mentions", next_poll_at=minutes(4))  # six times its rhythm
    assert poll.claim_due(minutes(5)) == [second.pk]


def test_one_account_holds_a_third_of_the_fetchers_at_most(settings: LazySettings) -> None:
    settings.FETCHERS = 6
    desk = Desk(Kind("many", 1, seconds=5, streams=9), Kind("other", 1, seconds=5))
    played = desk.run(30)
    assert played.most_of_one == 2
    assert played.polls["other"] >= 1


def test_a_server_that_begins_to_hang_leaves_half_of_the_fetchers_to_the_others(settings: LazySettings) -> None:
    settings.FETCHERS = 6
    desk = Desk(Kind("hangs", 30, seconds=60, answers=False, server="another"), Kind("well", 3, seconds=1))
    assert desk.run(40).most_held["hangs"] == 3


def test_those_that_wait_longest_because_they_are_broken_stand_in_nobodys_way(settings: LazySettings) -> None:
    """Neither by their number nor by their waits, on whatever server."""
    settings.FETCHERS = 6
    Desk(Kind("fails", 40, seconds=1, answers=False), Kind("elsewhere", 1, seconds=1, server="another"))
    Inbox.objects.filter(name__startswith="fails").update(breaker_failures=1, poll_seconds=5)
    well = Desk(Kind("well", 9, seconds=1))
    claimed = poll.claim_due(minutes(5))
    assert len(claimed) == 4, "two of those that fail, and a half of six of their server"
    assert len(set(claimed) & set(well.streams)) == 1
    StreamState.objects.filter(pk__in=claimed).update(claimed_until=None)
    Inbox.objects.filter(name__startswith="elsewhere").delete()
    assert len(set(poll.claim_due(minutes(5))) & set(well.streams)) == 4, "on their own they leave four of six"


def test_where_all_accounts_are_on_one_server_all_fetchers_read_it(settings: LazySettings) -> None:
    settings.FETCHERS = 6
    assert Desk(Kind("well", 30, seconds=5)).run(3).most_held["well"] == 6


# ── the breaker ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_account_that_does_not_answer_rests_ever_longer() -> None:
    inbox = an_inbox()
    for _ in range(OPENS_AT - 1):
        no_answer(inbox, minutes(0))
        assert circuit_of(inbox, minutes(0)) is Circuit.CLOSED
    no_answer(inbox, minutes(0))
    assert circuit_of(inbox, minutes(0)) is Circuit.OPEN
    assert circuit_of(inbox, minutes(0) + rest(OPENS_AT)) is Circuit.HALF_OPEN
    pauses = [rest(failures) for failures in range(40)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(minutes=15)
    assert pauses[:OPENS_AT] == [timedelta()] * OPENS_AT


def test_while_it_rests_nobody_reads_it_and_then_one_call_tries(settings: LazySettings) -> None:
    settings.FETCHERS = 12
    inbox = an_inbox()
    for name in ("mentions", "direct_messages", "own_posts"):
        StreamState.objects.create(inbox=inbox, name=name, next_poll_at=minutes(0), failures=3)
    Inbox.objects.update(breaker_failures=OPENS_AT, breaker_until=minutes(1))
    assert poll.claim_due(minutes(0.5)) == []
    assert len(poll.claim_due(minutes(1))) == 1
    assert poll.claim_due(minutes(1)) == [], "the one that tries is on its way"
    StreamState.objects.filter(claimed_until__isnull=False).update(claimed_until=None, next_poll_at=minutes(9))
    inbox.refresh_from_db()
    answered(inbox, minutes(1.1))
    assert circuit_of(Inbox.objects.get(), minutes(1.1)) is Circuit.CLOSED
    assert set(StreamState.objects.values_list("next_poll_at", flat=True)) == {minutes(0), minutes(1.1)}
    assert len(poll.claim_due(minutes(1.1))) == 3, "all of its streams are read now"
