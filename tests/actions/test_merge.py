"""Two tickets become one: whatever was on its way for the first one arrives at the second."""

import pytest
from django.db import transaction

from desk.actions.settle import settle
from desk.actions.tickets import merge
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import Reply
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, minutes, take_in

pytestmark = pytest.mark.django_db

KIND = "We zoeken het uit"


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def suze(db: None) -> User:
    return User.objects.create_user("suze", role="agent")


def two_tickets(inbox: Inbox) -> tuple[Ticket, Ticket]:
    take_in(inbox, [a_mention("1", at=0), a_mention("2", at=1)])
    first, second = Ticket.objects.order_by("created_at")
    return first, second


def a_reply(author: User, ticket: Ticket, state: str) -> Reply:
    return Reply.objects.create(
        ticket=ticket, author=author, visibility="public", text=KIND, signed_text=KIND, state=state,
        idempotency_key="key", answers=ticket.messages.get(), submitted_at=minutes(5), next_attempt_at=minutes(5),
        claimed_at=minutes(5), attempts=1,
    )  # fmt: skip


def test_a_reply_that_is_being_sent_during_a_merge_answers_the_ticket_that_stays(suze: User, inbox: Inbox) -> None:
    first, second = two_tickets(inbox)
    sending = a_reply(suze, first, "sending")
    merge(suze, first.pk, second.pk)
    with transaction.atomic():
        assert settle(sending, SendResult("99", created_at=minutes(6)), minutes(7))
    second.refresh_from_db()
    assert (second.state, second.waiting_since, second.last_reply_at) == ("waiting_for_customer", None, minutes(6))


def test_a_reply_that_needs_a_person_is_shown_on_the_ticket_that_stays(suze: User, inbox: Inbox) -> None:
    first, second = two_tickets(inbox)
    a_reply(suze, first, "failed")
    Ticket.objects.filter(pk=first.pk).update(problem="failed")
    merge(suze, first.pk, second.pk)
    assert dict(Ticket.objects.values_list("pk", "problem")) == {first.pk: "", second.pk: "failed"}


def test_a_customer_who_writes_below_a_ticket_that_was_merged_twice_reaches_the_one_that_is_left(
    suze: User, inbox: Inbox
) -> None:
    first, second = two_tickets(inbox)
    take_in(inbox, [a_mention("3", at=2)])
    third = Ticket.objects.latest("created_at")
    merge(suze, first.pk, second.pk)
    merge(suze, second.pk, third.pk)
    take_in(inbox, [a_mention("4", at=9, thread_id="1", text="Hallo?")])
    assert third.messages.filter(external_id="4").exists()
