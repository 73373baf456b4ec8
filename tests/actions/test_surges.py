"""What becomes a signal in a stream that knows ten days, and what people say of it."""

import copy
from datetime import timedelta

import pytest

from desk.actions.crises import crises
from desk.actions.signals import signals
from desk.actions.signals.watching import watch
from desk.alerts.models import Notification
from desk.alerts.words import sentence
from desk.common.errors import Conflict, Invalid
from desk.crises.models import Crisis, CrisisEntry
from desk.inboxes.gateway import Author
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.signals import words
from desk.signals.models import Clock, MentionCount, MinuteCount, Signal, Stream
from desk.tickets.models import Message
from policies.time_buckets import MINUTE
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.actions.streams import a_past, a_stream, mentions, pass_minutes, said

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def past(rows_that_stay: None) -> tuple[Inbox, Stream]:
    """An account with ten days behind it, which its stream has learned up to noon."""
    inbox = an_inbox()
    a_past(inbox, minutes(0))
    stream = a_stream(inbox)
    watch(minutes(0.5))
    stream.refresh_from_db()
    assert stream.read_until == minutes(0)
    Stream.objects.filter(inbox=None).update(is_on=False)
    return inbox, stream


@pytest.fixture
def inbox(past: tuple[Inbox, Stream]) -> Inbox:
    return past[0]


@pytest.fixture
def used_to_it(past: tuple[Inbox, Stream]) -> Stream:
    return copy.deepcopy(past[1])


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


class TestSignals:
    def test_a_surge_is_a_suspected_crisis_that_says_why_and_tells_comms(
        self, inbox: Inbox, used_to_it: Stream, noor: User
    ) -> None:
        pass_minutes(inbox, [1, 1, 30, 40], text="De trein naar Haarbrug staat stil")
        signal = Signal.objects.get(measure="messages")
        assert (signal.kind, signal.stream, signal.verdict) == ("surge", used_to_it, "")
        assert signal.facts["counted"] > 3 * signal.facts["expected"]
        assert signal.facts["rare_days"] >= 3
        assert len(signal.posts) == 10
        crisis = signal.crisis
        assert crisis is not None
        assert (crisis.state, crisis.level, crisis.owner, crisis.scope_form) == (
            "suspected", 0, None, {"inboxes": [inbox.pk]},
        )  # fmt: skip
        assert "half an hour" in crisis.reason
        notice = Notification.objects.get(kind="signal")
        assert (notice.user, notice.params["signal"]) == (noor, signal.pk)
        assert Crisis.objects.count() == 1

    def test_as_few_posts_that_a_million_people_see_are_told_for_their_reach(
        self, inbox: Inbox, used_to_it: Stream, noor: User
    ) -> None:
        MentionCount.objects.update(reach=2_000)
        Stream.objects.filter(pk=used_to_it.pk).update(state=None, read_until=None)
        watch(minutes(0.9))
        loud = Author(external_id="nieuws", handle="nieuws", name="Nieuws", followers=4_000_000)
        take_in(
            inbox,
            [*mentions(2, at=1.2), a_mention("n", at=1.4, author=loud, text="Wie is hier de baas?")],
            now=minutes(1.5),
        )
        watch(minutes(2.5))
        signal = Signal.objects.get()
        assert (signal.kind, signal.measure, signal.facts["counted"]) == ("surge", "reach", 4_010_020)
        assert Message.objects.get(pk=signal.posts[0]).text == "Wie is hier de baas?"
        said_beside, usual = signal.facts["beside"]["messages"]
        assert said_beside < 1.5 * usual
        said = list(words.parts(signal))
        assert said[0] == "What was said in half an hour reached 4,010,020 followers."
        assert any(part.startswith(f"They were {said_beside} messages;") for part in said)
        assert "reached 4,010,020 followers" in sentence(Notification.objects.get(kind="signal"))
        signals.dismiss(noor, signal.pk, reason="Een prijsvraag", now=minutes(3))
        used_to_it.refresh_from_db()
        assert used_to_it.state is not None
        assert used_to_it.state["reach"]["told"]["dismissals"] == 1

    def test_the_minutes_are_read_once_however_often_and_late_the_watch_looks(
        self, inbox: Inbox, used_to_it: Stream
    ) -> None:
        other = an_inbox(name="@anders", own_id="2")
        a_past(other, minutes(0))
        twin = a_stream(other)
        watch(minutes(0.6))
        for minute, count in enumerate([1, 0, 3, 0, 2]):
            for one in (inbox, other):
                take_in(one, mentions(count, at=minute + 0.5, name=one.name), now=minutes(minute + 0.6))
            Stream.objects.filter(pk=twin.pk).update(is_on=minute == 4)  # this one reads all five at once
            watch(minutes(minute + 1.5))
            watch(minutes(minute + 1.6))
        used_to_it.refresh_from_db()
        twin.refresh_from_db()
        assert twin.state == used_to_it.state
        assert twin.read_until == used_to_it.read_until == minutes(5)

    def test_what_happens_in_the_whole_desk_too_is_one_suspicion(
        self, inbox: Inbox, used_to_it: Stream, noor: User
    ) -> None:
        Stream.objects.filter(inbox=None).update(is_on=True)
        pass_minutes(inbox, [1, 60, 60])
        assert set(Signal.objects.filter(measure="messages").values_list("stream__inbox", flat=True)) == {
            inbox.pk, None,
        }  # fmt: skip
        assert Crisis.objects.count() == 1
        assert Notification.objects.filter(kind="signal").count() == 1
        kinds = list(CrisisEntry.objects.values_list("kind", flat=True))
        assert (kinds[0], set(kinds[1:])) == ("suspected", {"signal"})

    def test_what_is_led_already_gets_a_line_and_no_second_crisis(
        self, inbox: Inbox, used_to_it: Stream, noor: User
    ) -> None:
        led = crises.start(noor, reason="Brand", scope={"inboxes": [inbox.pk]}, now=minutes(0))
        pass_minutes(inbox, [1, 60, 60])
        signal = Signal.objects.get(measure="messages")
        assert (signal.crisis, signal.verdict) == (led, "crisis")
        assert CrisisEntry.objects.filter(crisis=led, kind="signal").exists()

    def test_a_silent_connection_is_no_crisis_and_told_to_who_connects_it(
        self, inbox: Inbox, used_to_it: Stream, noor: User
    ) -> None:
        ada = User.objects.create_user("ada", role="administrator")
        watch(minutes(50))
        watch(minutes(100))
        signal = Signal.objects.get()
        assert (signal.kind, signal.crisis) == ("silence", None)
        assert list(Notification.objects.values_list("kind", "user", "inbox")) == [("silence", ada.pk, inbox.pk)]
        assert not Crisis.objects.exists()

    def test_what_a_crisis_brings_teaches_nothing(self, inbox: Inbox, used_to_it: Stream, noor: User) -> None:
        before = used_to_it.state
        crises.start(noor, reason="Brand", now=minutes(0))
        pass_minutes(inbox, [5] * 5)
        used_to_it.refresh_from_db()
        assert used_to_it.state is not None
        assert before is not None
        assert [used_to_it.state["messages"][part] for part in ("habit", "level", "busy")] == [
            before["messages"][part] for part in ("habit", "level", "busy")
        ]
        assert used_to_it.state["messages"]["last"] > before["messages"]["last"]

    def test_a_desk_that_slept_does_not_take_that_for_silence(self, inbox: Inbox, used_to_it: Stream) -> None:
        later = minutes(60 * 30)
        watch(later)
        used_to_it.refresh_from_db()
        clock = Clock.objects.get()
        assert used_to_it.read_until == clock.known_since == clock.closed_until == later - MINUTE
        take_in(inbox, mentions(30, at=60 * 30 - 10), now=later)
        watch(later + MINUTE)
        assert not MinuteCount.objects.exists()
        assert said(MentionCount, at__gte=later - HOUR) == 30
        assert not Signal.objects.exists()


class TestVerdicts:
    @pytest.fixture
    def signal(self, inbox: Inbox, used_to_it: Stream, noor: User) -> Signal:
        pass_minutes(inbox, [1, 60])
        return Signal.objects.get(measure="messages")

    def test_no_crisis_dismisses_the_suspicion_and_doubles_the_quiet_time(
        self, signal: Signal, noor: User, used_to_it: Stream
    ) -> None:
        with pytest.raises(Invalid):
            signals.dismiss(noor, signal.pk, reason="  ")
        judged = signals.dismiss(noor, signal.pk, reason="Een actie van ons", now=minutes(5))
        assert (judged.verdict, judged.judged_by, judged.reason) == ("none", noor, "Een actie van ons")
        assert judged.crisis is not None
        assert judged.crisis.state == "dismissed"
        used_to_it.refresh_from_db()
        assert used_to_it.state is not None
        assert used_to_it.state["messages"]["told"]["dismissals"] == 1
        with pytest.raises(Conflict, match="judged already"):
            signals.dismiss(noor, signal.pk, reason="Nog eens")

    def test_it_starts_the_crisis_with_its_own_words_as_the_reason(self, signal: Signal, noor: User) -> None:
        crisis = signals.start_crisis(noor, signal.pk, now=minutes(5))
        assert (crisis.pk, crisis.state, crisis.level) == (signal.crisis_id, "active", 1)
        assert "half an hour" in CrisisEntry.objects.get(kind="started").text
        signal.refresh_from_db()
        assert signal.verdict == "crisis"

    @pytest.mark.parametrize(("end", "verdict"), [("dismiss", "none"), ("level", "crisis")])
    def test_what_is_decided_on_the_page_of_the_crisis_holds_for_its_signals(
        self, signal: Signal, noor: User, used_to_it: Stream, end: str, verdict: str
    ) -> None:
        assert signal.crisis_id
        if end == "dismiss":
            crises.dismiss(noor, signal.crisis_id, reason="Loos", now=minutes(4))
        else:
            crises.set_level(noor, signal.crisis_id, 2, reason="Echt", now=minutes(4))
        watch(minutes(5))
        signal.refresh_from_db()
        used_to_it.refresh_from_db()
        assert signal.verdict == verdict
        assert used_to_it.state is not None
        assert used_to_it.state["messages"]["told"]["dismissals"] == int(verdict == "none")
