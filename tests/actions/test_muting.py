"""Of whom nobody wants to hear: what they write is kept aside, and works on nobody's time."""

from typing import Any

import pytest

from desk.actions.customers import muting, same_person
from desk.actions.tickets import tickets
from desk.common.errors import Invalid
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.sla.models import Clock
from desk.tickets import queries
from desk.tickets.models import Customer, Profile, Ticket
from tests.actions.builders import a_mention, an_inbox, minutes, take_in, the_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def me() -> User:
    return User.objects.create_user("mila", role="supervisor")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def muted(me: User) -> Customer:
    return muting.mute(me, Customer.objects.get().pk, reason="Bestookt ons", now=minutes(5))


def the_newest() -> Ticket:
    return Ticket.objects.latest("id")


def test_what_a_muted_customer_writes_is_kept_aside(me: User, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")])
    muted(me)
    take_in(inbox, [a_mention("2", at=10, text="Geef antwoord! Dit is gevaarlijk")])
    ticket = the_newest()
    assert (ticket.state, ticket.unread, ticket.waiting_since) == ("spam", 0, None)
    assert ticket.messages.get().text == "Geef antwoord! Dit is gevaarlijk"
    assert not Clock.objects.filter(ticket=ticket).exists()
    assert {one.pk for one in found(me, view="muted")} == set(Ticket.objects.values_list("pk", flat=True))
    assert not found(me, view="open")


def found(me: User, **chosen: Any) -> list[Ticket]:
    return queries.queue(me, queries.QueueFilter(**chosen), now=minutes(20)).rows


def test_open_tickets_go_aside_with_their_clocks_cancelled_and_the_account_is_no_spammer(
    me: User, inbox: Inbox
) -> None:
    take_in(inbox, [a_mention("1")])
    muted(me)
    assert the_ticket().state == "spam"
    assert set(Clock.objects.values_list("state", flat=True)) == {"cancelled"}
    assert Profile.objects.get().spam_at is None
    take_in(inbox, [a_mention("2", at=8, thread_id="1")])
    assert (the_ticket().state, the_ticket().unread) == ("spam", 1)  # the one that was there before


def test_the_clocks_of_what_lies_aside_can_be_worked_out_again(me: User, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")])
    muted(me)
    take_in(inbox, [a_mention("2", at=10)])
    take_in(inbox, [a_mention("3", at=12, thread_id="2")])
    ticket = the_newest()
    tickets.transition(me, ticket.pk, "not_spam", now=minutes(20))
    assert Clock.objects.get(ticket=ticket, metric="first_response").started_at == minutes(10)
    take_in(inbox, [a_mention("4", at=11, thread_id="2")])  # comes late: everything is worked out again
    assert Clock.objects.get(ticket=ticket, metric="first_response").started_at == minutes(10)


def test_who_is_heard_again_is_work_again(me: User, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")])
    customer = muted(me)
    muting.unmute(me, customer.pk)
    take_in(inbox, [a_mention("2", at=10)])
    assert (the_newest().state, the_newest().unread) == ("new", 1)
    assert Clock.objects.filter(ticket=the_newest(), state="running").exists()


def test_a_reason_is_needed(me: User, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")])
    with pytest.raises(Invalid):
        muting.mute(me, Customer.objects.get().pk, reason=" ")


def test_an_account_that_wrote_spam_once_writes_spam_until_somebody_says_no(me: User, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", text="Goedkope horloges")])
    tickets.transition(me, the_ticket().pk, "mark_spam", now=minutes(3))
    take_in(inbox, [a_mention("2", at=10, text="Weer horloges")])
    second = the_newest()
    assert (second.state, Clock.objects.filter(ticket=second).exists()) == ("spam", False)
    tickets.transition(me, second.pk, "not_spam", now=minutes(12))
    take_in(inbox, [a_mention("3", at=20)])
    assert the_newest().state == "new"


def test_an_account_is_unmarked_without_touching_its_tickets(me: User, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")])
    tickets.transition(me, the_ticket().pk, "mark_spam", now=minutes(3))
    muting.no_spam_account(me, Profile.objects.get().pk)
    take_in(inbox, [a_mention("2", at=10)])
    assert [one.state for one in Ticket.objects.order_by("id")] == ["spam", "new"]


def test_two_who_become_one_are_muted_where_both_were(me: User, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", by="marit"), a_mention("2", by="jan")])
    one, other = Customer.objects.order_by("id")
    muting.mute(me, one.pk, reason="Bestookt ons")
    assert same_person.merge(me, one.pk, other.pk).muted_at is None
