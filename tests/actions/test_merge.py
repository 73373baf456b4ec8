"""Two tickets become one: whatever was on its way for the first one arrives at the second."""

import pytest
from django.db import transaction

from desk.actions.replies.settle import settle
from desk.actions.tickets.tickets import merge, tag, transition
from desk.common.errors import Conflict
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import Draft, Reply
from desk.rulebooks.active import in_force
from desk.sla.models import ClockPause
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, deleted, minutes, take_in

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
        claimed_at=minutes(5), attempts=1, rulebook_version_id=in_force().version_id,
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


def test_what_is_edited_or_deleted_after_a_merge_is_so_on_the_ticket_that_stays(suze: User, inbox: Inbox) -> None:
    first, second = two_tickets(inbox)
    merge(suze, first.pk, second.pk)
    take_in(inbox, [deleted(a_mention("1"), at=9)])
    second.refresh_from_db()
    assert (second.waiting_since, second.original_gone) == (minutes(1), False)
    assert second.events.filter(kind="message_deleted").count() == 1
    take_in(inbox, [deleted(a_mention("2"), at=10)])
    second.refresh_from_db()
    assert (second.waiting_since, second.original_gone) == (None, True)


def test_a_merge_with_what_can_be_answered_opens_the_public_way_again(suze: User, inbox: Inbox) -> None:
    first, second = two_tickets(inbox)
    take_in(inbox, [deleted(a_mention("2"), at=5)])
    assert Ticket.objects.get(pk=second.pk).original_gone
    merge(suze, first.pk, second.pk)
    second.refresh_from_db()
    assert (second.original_gone, second.waiting_since) == (False, minutes(0))


def test_who_still_waits_is_not_resolved_by_a_merge(suze: User, inbox: Inbox) -> None:
    first, second = two_tickets(inbox)
    transition(suze, second.pk, "resolve")
    merge(suze, first.pk, second.pk)
    second.refresh_from_db()
    assert (second.state, second.waiting_since, second.resolved_at) == ("open", minutes(0), None)


def test_who_still_waits_is_not_left_with_a_ticket_that_waits_for_the_customer(suze: User, inbox: Inbox) -> None:
    first, second = two_tickets(inbox)
    transition(suze, second.pk, "wait_for_customer", now=minutes(61))
    merge(suze, first.pk, second.pk, now=minutes(62))
    second.refresh_from_db()
    assert (second.state, second.waiting_since) == ("open", minutes(0))
    assert not ClockPause.objects.filter(clock__ticket=second, until=None).exists()


def test_nobody_is_merged_into_spam(suze: User, inbox: Inbox) -> None:
    first, second = two_tickets(inbox)
    transition(suze, second.pk, "mark_spam")
    with pytest.raises(Conflict):
        merge(suze, first.pk, second.pk)
    assert Ticket.objects.get(pk=first.pk).merged_into is None


def test_tags_drafts_and_the_last_word_go_along(suze: User, inbox: Inbox) -> None:
    joris = User.objects.create_user("joris", role="agent")
    second, first = two_tickets(inbox)
    tag(suze, first.pk, add=["koffer"])
    tag(suze, second.pk, add=["spoor"])
    for ticket, author in ((first, suze), (first, joris), (second, joris)):
        Draft.objects.create(ticket=ticket, author=author, text=f"{author} on {ticket.pk}")
    Ticket.objects.filter(pk=first.pk).update(preview="het laatste", private=True)
    merge(suze, first.pk, second.pk)
    second.refresh_from_db()
    assert sorted(second.tags.values_list("name", flat=True)) == ["koffer", "spoor"]
    assert (second.preview, second.private, second.last_message_at) == ("het laatste", True, minutes(1))
    assert set(second.drafts.values_list("text", flat=True)) == {f"suze on {first.pk}", f"joris on {second.pk}"}


def test_a_ticket_that_was_merged_goes_nowhere_by_itself(suze: User, inbox: Inbox) -> None:
    first, second = two_tickets(inbox)
    merge(suze, first.pk, second.pk)
    with pytest.raises(Conflict) as refused:
        transition(suze, first.pk, "reopen")
    assert refused.value.code == "merged"
    assert str(second.pk) in str(refused.value.message)
