"""Put away until a time, and back at that time or as soon as the customer says a word."""

import pytest

from desk.actions.tickets.tickets import snooze, transition, wake
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, User
from tests.actions.builders import a_mention, an_inbox, minutes, take_in, the_ticket
from tests.actions.promised import promise, the_response

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    promise(first=30)
    inbox = an_inbox()
    take_in(inbox, [a_mention("1", at=0)])
    return inbox


@pytest.fixture
def suze(inbox: Inbox) -> User:
    suze = User.objects.create_user("suze", role="agent")
    snooze(suze, the_ticket().pk, minutes(60), now=minutes(5))
    return suze


@pytest.mark.usefixtures("suze")
def test_a_snoozed_ticket_comes_back_at_its_time_and_once() -> None:
    assert wake(minutes(59)) == 0
    assert the_ticket().state == "snoozed"
    assert wake(minutes(60)) == 1
    assert wake(minutes(61)) == 0
    ticket = the_ticket()
    assert (ticket.state, ticket.snoozed_until) == ("open", None)
    woken = ticket.events.latest("id")
    assert (woken.kind, woken.actor, woken.at) == ("woken", None, minutes(60))


@pytest.mark.usefixtures("suze")
def test_its_clock_runs_on() -> None:
    ticket = the_ticket()
    assert (ticket.due_at, ticket.waiting_since) == (minutes(30), minutes(0))
    assert the_response().state == "running"


@pytest.mark.usefixtures("suze")
def test_a_word_of_the_customer_brings_it_back_at_once(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("2", at=9, thread_id="1")])
    ticket = the_ticket()
    assert (ticket.state, ticket.snoozed_until) == ("open", None)
    assert wake(minutes(90)) == 0


def test_what_is_done_with_it_meanwhile_counts(suze: User) -> None:
    transition(suze, the_ticket().pk, "resolve", now=minutes(9))
    assert the_ticket().snoozed_until is None
    assert wake(minutes(90)) == 0
    assert the_ticket().state == "resolved"
    assert [entry.verb for entry in AuditEntry.objects.order_by("id")] == ["snoozed", "transition"]
