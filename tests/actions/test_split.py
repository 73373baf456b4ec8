"""One ticket becomes two: every message goes on waiting as long as it did, on the ticket where it is."""

from typing import Any

import pytest
from django.db import transaction

from desk.actions.replies.settle import settle
from desk.actions.sla import clock_sweep
from desk.actions.tickets import tickets
from desk.actions.tickets.notes import add_note
from desk.actions.tickets.splitting import split
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.inboxes.gateway import Item, SendResult
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, User
from desk.replies.models import Draft, Reply
from desk.rulebooks.active import in_force
from desk.sla.audit import differences
from desk.sla.models import Clock, ClockPause
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, a_message, an_inbox, deleted, minutes, own_words, take_in
from tests.actions.promised import a_policy, past_noon, promise

pytestmark = pytest.mark.django_db

RESPONSES = ("first_response", "next_response")


@pytest.fixture
def inbox() -> Inbox:
    promise(first=30, following=60, resolution=240)
    return an_inbox()


@pytest.fixture
def suze(db: None) -> User:
    return User.objects.create_user("suze", role="agent")


def more(external_id: str, at: float, **changed: Any) -> Item:
    return a_mention(external_id, at=at, thread_id="1", **changed)


def the_first() -> Ticket:
    return Ticket.objects.order_by("id")[0]


def message(external_id: str) -> Message:
    return Message.objects.get(external_id=external_id)


def take_off(who: User, *external_ids: str, at: float) -> tuple[Ticket, Ticket]:
    numbers = [message(one).pk for one in external_ids]
    new = split(who, message(external_ids[0]).ticket_id or 0, numbers, now=minutes(at))
    assert list(differences(Ticket.objects.all())) == []
    new.refresh_from_db()
    return Ticket.objects.get(split_tickets=new), new


def responses(ticket: Ticket) -> list[tuple[str, str, float | None, float | None]]:
    rows = ticket.clocks.filter(metric__in=RESPONSES).order_by("cycle")
    return [(row.metric, row.state, past_noon(row.started_at), past_noon(row.due_at)) for row in rows]


def resolutions(ticket: Ticket) -> list[tuple[str, float | None, float | None]]:
    rows = ticket.clocks.filter(metric="resolution").order_by("cycle")
    return [(row.state, past_noon(row.started_at), past_noon(row.due_at)) for row in rows]


def test_the_new_ticket_waits_from_its_own_earliest_message_and_the_old_one_from_what_is_left(
    inbox: Inbox, suze: User
) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5), more("3", at=9)])
    old, new = take_off(suze, "1", "3", at=12)
    assert (responses(old), resolutions(old)) == ([("first_response", "running", 5, 35)], [("running", 5, 245)])
    assert (responses(new), resolutions(new)) == ([("first_response", "running", 0, 30)], [("running", 0, 240)])
    assert (old.waiting_since, new.waiting_since, new.created_at) == (minutes(5), minutes(0), minutes(0))
    assert [one.external_id for one in new.messages.order_by("created_at")] == ["1", "3"]
    assert (old.preview, old.last_message_at, new.last_message_at) == (message("2").text, minutes(5), minutes(9))


def test_what_was_answered_stays_answered_on_both_wherever_the_answer_is(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5), own_words("3", parent_id="2", at=20)])
    old, new = take_off(suze, "2", "3", at=30)
    assert responses(old) == [("first_response", "met", 0, 30)]
    assert responses(new) == [("first_response", "met", 5, 35)]
    assert [one.met_at for one in Clock.objects.filter(metric="first_response")] == [minutes(20)] * 2
    assert (old.state, new.state) == ("waiting_for_customer", "waiting_for_customer")
    assert (old.waiting_since, new.waiting_since) == (None, None)


def test_a_later_matter_takes_its_clock_with_the_promise_that_was_given(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=10), more("3", at=45)])
    before = Clock.objects.get(metric="next_response")
    a_policy("Strict", first=1, following=1, resolution=1)
    old, new = take_off(suze, "3", at=50)
    assert responses(old) == [("first_response", "met", 0, 30)]
    assert responses(new) == [("first_response", "running", 45, 75)]
    after = new.clocks.get(metric="first_response")
    assert (after.pk, after.policy_version_id) == (before.pk, before.policy_version_id)
    assert old.state == "waiting_for_customer"
    assert [(past_noon(one.since), one.until and past_noon(one.until)) for one in pauses_of(old)] == [
        (10, 45),
        (45, None),  # the old matter waits for the customer ever since it was answered
    ]


def pauses_of(ticket: Ticket) -> list[ClockPause]:
    return list(ticket.clocks.get(metric="resolution").pauses.order_by("since"))


def test_a_clock_that_is_late_is_late_on_the_ticket_that_its_question_goes_to(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=25)])
    assert clock_sweep.sweep(minutes(40)).late == 1
    before = Clock.objects.get(metric="first_response")
    old, new = take_off(suze, "1", at=41)
    assert responses(old) == [("first_response", "running", 25, 55)]
    assert old.clocks.get(metric="first_response").breached_at is None
    clock = new.clocks.get(metric="first_response")
    assert (clock.pk, clock.breached_at) == (before.pk, minutes(30))
    assert clock_sweep.sweep(minutes(42)).late == 0  # it was told once


def test_a_ticket_that_a_new_matter_had_opened_again_is_resolved_again(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=5)])
    tickets.transition(suze, the_first().pk, "resolve", now=minutes(20))
    take_in(inbox, [more("3", at=90)])
    old, new = take_off(suze, "3", at=95)
    assert (old.state, old.resolved_at, resolutions(old)) == ("resolved", minutes(20), [("met", 0, 255)])
    assert (new.state, resolutions(new)) == ("open", [("running", 90, 330)])


def test_what_was_resolved_before_the_split_is_resolved_after_it(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=2)])
    tickets.transition(suze, the_first().pk, "resolve", now=minutes(20))
    old, new = take_off(suze, "2", at=95)
    assert (old.state, new.state, new.resolved_at) == ("resolved", "resolved", minutes(20))
    assert responses(new) == [("first_response", "cancelled", 2, 32)]


def test_a_merge_takes_the_split_back(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5)])
    old, new = take_off(suze, "1", at=9)
    tickets.merge(suze, new.pk, old.pk, now=minutes(12))
    assert list(differences(Ticket.objects.all())) == []
    old.refresh_from_db()
    assert (old.waiting_since, old.messages.count()) == (minutes(0), 2)
    again, third = take_off(suze, "1", at=20)
    assert (again.pk, again.waiting_since, third.waiting_since) == (old.pk, minutes(5), minutes(0))


def test_a_merge_can_be_taken_back_by_a_split(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), a_mention("2", at=5)])
    first, second = Ticket.objects.order_by("created_at")
    tickets.merge(suze, first.pk, second.pk, now=minutes(9))
    old, new = take_off(suze, "1", at=12)
    assert (old.pk, old.waiting_since, new.waiting_since) == (second.pk, minutes(5), minutes(0))
    assert new.conversation_id == first.conversation_id
    take_in(inbox, [a_mention("3", at=15, thread_id="1")])
    assert message("3").ticket_id == new.pk  # the thread goes on where its question is now


def test_tags_owner_priority_and_team_are_on_both_and_notes_and_drafts_stay(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5)])
    tickets.claim(suze, the_first().pk)
    tickets.tag(suze, the_first().pk, add=["koffer"])
    tickets.set_priority(suze, the_first().pk, 2)
    add_note(suze, the_first().pk, "Vraag het Piet.")
    Draft.objects.create(ticket=the_first(), author=suze, text="Beste")
    old, new = take_off(suze, "2", at=9)
    assert (new.assignee, new.priority, [tag.name for tag in new.tags.all()]) == (suze, 2, ["koffer"])
    assert (old.drafts.count(), new.drafts.count(), old.notes.count(), new.notes.count()) == (1, 0, 1, 0)


def a_reply(author: User, answers: Message, state: str) -> Reply:
    return Reply.objects.create(
        ticket_id=answers.ticket_id or 0, author=author, visibility="public", text="Hoi", signed_text="Hoi",
        state=state, idempotency_key=f"key {answers.pk}", answers=answers, submitted_at=minutes(5),
        next_attempt_at=minutes(5), claimed_at=minutes(5), attempts=1, rulebook_version_id=in_force().version_id,
    )  # fmt: skip


def test_a_reply_on_its_way_goes_with_the_message_that_it_answers(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5)])
    here, there = a_reply(suze, message("1"), "sending"), a_reply(suze, message("2"), "failed")
    Ticket.objects.update(problem="failed")
    old, new = take_off(suze, "2", at=9)
    assert (old.problem, new.problem) == ("", "failed")
    with transaction.atomic():
        assert settle(here, SendResult("99", created_at=minutes(10)), minutes(10))
        Reply.objects.filter(pk=there.pk).update(state="sending")
        assert settle(there, SendResult("98", created_at=minutes(11)), minutes(11))
    assert (message("99").ticket_id, message("98").ticket_id) == (old.pk, new.pk)
    assert [row.met_at for row in Clock.objects.filter(metric="first_response").order_by("ticket")] == [
        minutes(10), minutes(11),
    ]  # fmt: skip
    assert list(differences(Ticket.objects.all())) == []


def test_later_words_go_to_the_ticket_that_they_answer_and_else_to_the_new_one(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5), own_words("3", parent_id="1", at=7, thread_id="1")])
    old, new = take_off(suze, "2", at=9)
    take_in(inbox, [more("4", at=12, parent_id="3"), more("5", at=13, parent_id="2"), more("6", at=14)])
    assert [message(one).ticket_id for one in "456"] == [old.pk, new.pk, new.pk]
    take_in(inbox, [own_words("7", parent_id="4", at=20, thread_id="1")])
    assert (Ticket.objects.get(pk=old.pk).waiting_since, Ticket.objects.get(pk=new.pk).waiting_since) == (
        None,
        minutes(13),
    )
    assert list(differences(Ticket.objects.all())) == []


def test_a_private_thread_goes_on_with_the_ticket_that_has_its_last_word(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_message("1", at=0), a_message("2", at=5), a_message("3", at=6)])
    old, _new = take_off(suze, "2", at=9)
    take_in(inbox, [a_message("4", at=12)])
    assert message("4").ticket_id == old.pk
    again, third = take_off(suze, "4", at=15)
    take_in(inbox, [a_message("5", at=18)])
    assert (again.pk, message("5").ticket_id) == (old.pk, third.pk)
    assert list(differences(Ticket.objects.all())) == []


def test_what_is_deleted_after_a_split_is_taken_from_the_ticket_where_it_is(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5)])
    old, new = take_off(suze, "2", at=9)
    take_in(inbox, [deleted(more("2", at=5), at=12)])
    new.refresh_from_db()
    assert (new.waiting_since, new.original_gone) == (None, True)
    assert Ticket.objects.get(pk=old.pk).waiting_since == minutes(0)
    assert list(differences(Ticket.objects.all())) == []


def test_from_a_message_on_takes_all_that_came_after_it(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5), own_words("3", parent_id="2", at=7), more("4", at=8)])
    new = split(suze, the_first().pk, since=message("2").pk, now=minutes(9))
    assert [one.external_id for one in new.messages.order_by("created_at")] == ["2", "3", "4"]


def test_both_timelines_and_the_audit_log_say_what_was_split(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5)])
    old, new = take_off(suze, "2", at=9)
    gone, came = old.events.get(kind="split"), new.events.get(kind="split_from")
    assert (gone.data["into"], gone.data["messages"]) == (new.pk, [message("2").pk])
    assert (came.data["from"], came.actor) == (old.pk, suze)
    assert AuditEntry.objects.get(verb="split").detail["into"] == new.pk


@pytest.mark.parametrize("chosen", [["1", "2"], ["3"], []])
def test_a_split_leaves_a_question_on_each_ticket(inbox: Inbox, suze: User, chosen: list[str]) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5), own_words("3", parent_id="2", at=7)])
    with pytest.raises(Invalid) as refused:
        split(suze, the_first().pk, [message(one).pk for one in chosen])
    assert "messages" in refused.value.errors
    assert Ticket.objects.count() == 1


def test_only_messages_of_the_ticket_can_be_split_off(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5), a_mention("9", at=6, by="tom")])
    for wanted in ({"message_ids": [message("9").pk, message("2").pk]}, {"since": message("9").pk}):
        with pytest.raises(Invalid):
            split(suze, the_first().pk, **wanted)
    with pytest.raises(Missing):
        split(suze, 10**9, [message("2").pk])


def test_a_ticket_that_was_merged_is_not_split(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), a_mention("2", at=1)])
    first, second = Ticket.objects.order_by("created_at")
    tickets.merge(suze, first.pk, second.pk)
    with pytest.raises(Conflict):
        split(suze, first.pk, [message("1").pk])


def test_an_expert_may_not_split(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0), more("2", at=5)])
    with pytest.raises(NotPermitted):
        split(User.objects.create_user("eva", role="expert"), the_first().pk, [message("2").pk])
