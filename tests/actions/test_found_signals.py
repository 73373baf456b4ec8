"""What a saved search found counts for the watch as what is said to us does, once, and for no clock."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Sum

from desk.actions.customers import muting
from desk.actions.intake import found
from desk.actions.signals import signal_streams, signals
from desk.actions.signals.listening_in import look
from desk.actions.signals.signal_streams import Wish
from desk.actions.signals.watching import watch
from desk.inboxes.gateway import Author, Item, ItemKind
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.signals.models import MentionCount, Signal, Stream
from desk.sla.models import Clock
from desk.tickets.models import Customer, Message, Ticket
from policies.time_buckets import MINUTE
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db


def a_find(external_id: str, **more: Any) -> Item:
    return a_mention(external_id, kind=ItemKind.FOUND, addressed=False, reply_allowed=False, **more)


def counted(**of: Any) -> int:
    return MentionCount.objects.filter(**of).aggregate(all=Sum("messages"))["all"] or 0


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox(network="x", options={"search": "vlotlijn"})


def test_a_find_counts_in_volume_mood_reach_and_topic(inbox: Inbox, noor: User) -> None:
    stream = signal_streams.create(noor, Wish(name="Storing", scope={"topics": ["*storing"]}), now=minutes(0))
    watch(minutes(0))
    take_in(inbox, [a_find("1", at=1, text="Waardeloos, weer een treinstoring"), a_find("2", at=1)], now=minutes(2))
    watch(minutes(3))
    count = MentionCount.objects.get(topic=None)
    assert (count.messages, count.negative, count.reach) == (2, 1, 20)
    assert MentionCount.objects.get(topic=stream.topic).messages == 1
    assert not Ticket.objects.exists()
    assert not Clock.objects.exists()


def test_what_was_found_and_is_then_said_to_us_counts_once(inbox: Inbox) -> None:
    watch(minutes(0))
    take_in(inbox, [a_find("1", at=0.1), a_find("2", at=0.2)], now=minutes(1))
    take_in(inbox, [a_mention("1", at=0.1), a_find("2", at=0.2), a_mention("3", at=0.3)], now=minutes(2))
    watch(minutes(3))
    assert counted() == 3


def test_a_ticket_that_a_person_makes_of_it_counts_nothing_more(inbox: Inbox, noor: User) -> None:
    watch(minutes(0))
    take_in(inbox, [a_find("1", at=0.1)], now=minutes(1))
    suze = User.objects.create_user("suze", role="agent")
    found.take_up(suze, Message.objects.get().pk)
    watch(minutes(3))
    assert counted() == 1


def test_whom_nobody_wants_to_hear_is_not_counted(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", by="troll")], now=minutes(0))
    sanne = User.objects.create_user("sanne", role="supervisor")
    muting.mute(sanne, Ticket.objects.get().customer_id, reason="Roept maar wat", now=minutes(0.5))
    watch(minutes(1))
    before = counted()
    take_in(inbox, [a_find("2", at=1, by="troll")], now=minutes(2))
    watch(minutes(3))
    assert counted() == before


def test_many_finds_raise_a_signal_that_shows_them_and_leads_to_where_they_are_read(inbox: Inbox, noor: User) -> None:
    MentionCount.objects.bulk_create(
        MentionCount(inbox=inbox, language="nl", at=minutes(0) - 5 * MINUTE * n, messages=3) for n in range(1, 2_880)
    )
    Stream.objects.create(name=inbox.name, inbox=inbox, created_at=minutes(0))
    watch(minutes(0.5))
    for minute in range(15):
        finds = [a_find(f"{minute}-{n}", at=minute + 0.5, by=f"k{n}") for n in range(20)]
        take_in(inbox, finds, now=minutes(minute + 0.6))
        watch(minutes(minute + 1.5))
    signal = Signal.objects.filter(stream__inbox=inbox).earliest("pk")
    assert signal.posts
    shown = signed_in("comms").get(f"/signals/{signal.pk}/").content.decode()
    assert "Waar blijft de trein?" in shown
    assert 'href="/monitoring/"' in shown
    crisis = signals.start_crisis(noor, signal.pk, now=minutes(20))
    assert not crisis.tickets.exists()  # it has the finds in its log's signal, and no ticket that nobody made


def test_one_whom_many_follow_is_heard_where_a_search_found_the_word(inbox: Inbox, noor: User) -> None:
    author = Author("1", "bekend", "Bekend", followers=20_000)
    take_in(inbox, [a_find("1", text="Er is brand bij Vlotlijn!", author=author)], now=minutes(1))
    assert look(minutes(1)) == 1
    assert Signal.objects.get().kind == "trigger"


def test_many_who_write_the_same_are_an_outbreak_though_none_writes_to_us(inbox: Inbox, noor: User) -> None:
    rumour = "Let op: de kortingskaart van Vlotlijn vervalt morgen voor iedereen, vraag nu je geld terug!"
    take_in(inbox, [a_find(str(n), by=f"k{n}", text=f"{rumour} @vriend{n}", at=n / 60) for n in range(10)])
    assert look(minutes(1)) == 1
    assert Signal.objects.get().kind == "outbreak"


@pytest.mark.parametrize("said", [a_find, a_mention])
def test_whom_nobody_wants_to_hear_is_no_outbreak_either(inbox: Inbox, said: Callable[..., Item]) -> None:
    take_in(inbox, [a_mention(f"first {n}", by=f"troll{n}") for n in range(10)], now=minutes(0))
    sanne = User.objects.create_user("sanne", role="supervisor")
    for customer in Customer.objects.all():
        muting.mute(sanne, customer.pk, reason="Roept maar wat", now=minutes(0.5))
    rumour = "Let op: de kortingskaart van Vlotlijn vervalt morgen voor iedereen, vraag nu je geld terug!"
    take_in(inbox, [said(str(n), by=f"troll{n}", text=rumour, at=1 + n / 60) for n in range(10)], now=minutes(2))
    assert look(minutes(2)) == 0


def test_what_only_stands_around_a_conversation_is_still_not_counted(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", addressed=False)])
    watch(minutes(61))
    assert counted() == 0
