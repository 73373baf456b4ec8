"""The watch over streams of counts: what is counted once, and which streams there are."""

from datetime import timedelta

import pytest

from desk.actions.signals import signal_streams
from desk.actions.signals.signal_streams import Wish
from desk.actions.signals.watching import watch
from desk.common.errors import Conflict, Invalid
from desk.inboxes.gateway import Author
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.signals.models import Arrival, Clock, MentionCount, MinuteCount, Signal, Stream
from tests.actions.builders import a_mention, an_inbox, deleted, minutes, take_in
from tests.actions.streams import a_past, a_stream, mentions, pass_minutes, said

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


class TestCounting:
    def test_each_message_counts_once_however_often_it_is_told(self, inbox: Inbox) -> None:
        watch(minutes(0))
        told = [
            a_mention("1", at=0.1, text="Dank je wel, top!"),
            a_mention("2", at=0.2, text="Waardeloos, weer vertraging"),
            a_mention("3", at=1.2, text="Hoe laat rijdt de laatste trein vandaag?"),
        ]
        for _again in range(3):
            take_in(inbox, told, now=minutes(2))
            watch(minutes(3))
        take_in(inbox, [deleted(told[0], at=2.5)], now=minutes(3))
        watch(minutes(4))
        assert not Arrival.objects.exists()
        rows = MinuteCount.objects.order_by("at").values_list("at", "messages", "negative", "positive", "reach")
        assert list(rows) == [(minutes(0), 2, 1, 1, 20), (minutes(1), 1, 0, 0, 10)]
        five = MentionCount.objects.values_list("at", "messages", "negative", "positive", "reach")
        assert list(five) == [(minutes(0), 3, 1, 1, 30)]

    def test_what_comes_late_counts_in_the_minute_that_is_open_and_the_past_in_none(self, inbox: Inbox) -> None:
        watch(minutes(10))
        watch(minutes(60))
        assert Clock.objects.get().closed_until == minutes(59)
        take_in(inbox, mentions(2, at=50) + mentions(3, at=-600), now=minutes(60.5))
        watch(minutes(61))
        assert list(MinuteCount.objects.values_list("at", "messages")) == [(minutes(59), 2)]
        assert list(MentionCount.objects.order_by("at").values_list("at", "messages")) == [
            (minutes(-600), 3), (minutes(50), 2),
        ]  # fmt: skip

    def test_own_posts_and_context_are_not_counted(self, inbox: Inbox) -> None:
        take_in(inbox, [a_mention("1", outgoing=True, author=Author("1", "vlotlijn")), a_mention("2", addressed=False)])
        watch(minutes(61))
        assert said(MentionCount) == 0

    def test_a_topic_is_counted_by_itself(self, inbox: Inbox, noor: User) -> None:
        stream = signal_streams.create(noor, Wish(name="Storing", scope={"topics": ["*storing"]}), now=minutes(0))
        watch(minutes(0))
        take_in(inbox, [a_mention("1", at=1, text="Alweer een treinstoring"), a_mention("2", at=1)], now=minutes(2))
        watch(minutes(3))
        assert said(MentionCount) == 2
        assert MentionCount.objects.get(topic=stream.topic).messages == 1

    def test_a_new_account_warms_up_first(self, inbox: Inbox) -> None:
        pass_minutes(inbox, [0, 0, 50, 80])
        assert Stream.objects.filter(inbox=inbox, is_on=True).exists()
        assert not Signal.objects.exists()


class TestStreams:
    def test_a_stream_is_made_changed_and_deleted(self, inbox: Inbox, noor: User) -> None:
        a_past(inbox, minutes(0))
        stream = signal_streams.create(noor, Wish(name=" Op  X ", scope={"networks": ["x"]}, sensitivity="strict"))
        assert (stream.name, stream.sensitivity, stream.is_on) == ("Op X", "strict", True)
        watch(minutes(0.5))
        stream.refresh_from_db()
        assert stream.state is not None
        kept = signal_streams.change(noor, stream.pk, Wish(floor=30, sensitivity="sensitive"))
        assert (kept.state, kept.floor) == (stream.state, 30)
        assert signal_streams.change(noor, stream.pk, Wish(reach_floor=200_000)).reach_floor == 200_000
        assert signal_streams.change(noor, stream.pk, Wish(scope={"languages": ["nl"]})).state is None
        signal_streams.delete(noor, stream.pk)
        watch(minutes(9))
        stream.refresh_from_db()
        assert (stream.state, stream.is_on) == (None, False)

    @pytest.mark.parametrize(
        ("wish", "field"),
        [
            (Wish(name=""), "name"),
            (Wish(name="x", sensitivity="deaf"), "sensitivity"),
            (Wish(name="x", floor=-1), "floor"),
            (Wish(name="x", floor=float("nan")), "floor"),
            (Wish(name="x", reach_floor=1e10), "reach_floor"),
            (Wish(name="x", cooldown_hours=1e9), "cooldown_hours"),
            (Wish(name="x", brand="Nergens"), "brand"),
            (Wish(name="x", scope={"topics": ["a", "b"]}), "topics"),
            (Wish(name="x", scope={"inboxes": [404]}), "inboxes"),
        ],
    )
    def test_what_can_not_be_watched_is_refused(self, noor: User, wish: Wish, field: str) -> None:
        with pytest.raises(Invalid) as refused:
            signal_streams.create(noor, wish)
        assert field in refused.value.errors
        assert not Stream.objects.exists()

    def test_the_stream_of_an_inbox_stays_that_of_the_inbox(self, inbox: Inbox, noor: User) -> None:
        stream = a_stream(inbox)
        with pytest.raises(Conflict, match="switched off"):
            signal_streams.delete(noor, stream.pk)
        with pytest.raises(Invalid):
            signal_streams.change(noor, stream.pk, Wish(scope={"languages": ["nl"]}))
        assert not signal_streams.change(noor, stream.pk, Wish(is_on=False)).is_on
