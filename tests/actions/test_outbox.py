"""A reply is out there once or not at all, whoever finds it, sends it again or drops it at the same moment."""

from typing import Any

import pytest
from django.db import transaction

from desk.actions.replies import send
from desk.actions.replies.reply import confirm_sent, send_again
from desk.actions.replies.settle import settle
from desk.inboxes.breaker import OPENS_AT
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import User
from desk.replies.models import Reply
from desk.rulebooks.active import in_force
from desk.tickets.models import Message
from tests.actions.builders import a_mention, an_inbox, deleted, minutes, own_words, take_in, the_ticket

pytestmark = pytest.mark.django_db

KIND = "We zoeken het uit"
OUT_THERE = SendResult("99", created_at=minutes(6))


@pytest.fixture
def inbox() -> Inbox:
    inbox = an_inbox()
    take_in(inbox, [a_mention("1", at=0)])
    return inbox


@pytest.fixture
def suze(db: None) -> User:
    return User.objects.create_user("suze", role="agent")


def a_reply(author: User, state: str, **columns: Any) -> Reply:
    """A reply that was on its way once."""
    ticket = columns.pop("ticket", None) or the_ticket()
    answers = columns.pop("answers", None) or ticket.messages.get(outgoing=False)
    given = {
        "ticket": ticket, "author": author, "visibility": "public", "text": KIND, "signed_text": KIND, "state": state,
        "idempotency_key": f"key-{Reply.objects.count()}", "answers": answers,
        "submitted_at": minutes(5), "next_attempt_at": minutes(5), "claimed_at": minutes(5), "attempts": 1,
        "rulebook_version_id": in_force().version_id,
    }  # fmt: skip
    return Reply.objects.create(**{**given, **columns})


def seen_by_a_poll(inbox: Inbox, external_id: str = "99") -> None:
    take_in(inbox, [own_words(external_id, parent_id="1", at=6, text=f"@marit {KIND}")])
    assert not RawItem.objects.exclude(problem="").exists()


def test_a_reply_that_is_found_while_somebody_has_it_sent_again_does_not_leave_again(suze: User, inbox: Inbox) -> None:
    reply = a_reply(suze, "unknown")
    looked_for = Reply.objects.get(pk=reply.pk)  # a look-up is under way
    send_again(suze, reply.pk)
    with transaction.atomic():
        assert settle(looked_for, OUT_THERE, minutes(7))
    reply.refresh_from_db()
    assert (reply.state, reply.external_id) == ("sent", "99")


def test_a_reply_that_a_poll_brings_in_after_it_was_queued_again_does_not_leave_again(suze: User, inbox: Inbox) -> None:
    reply = a_reply(suze, "unknown")
    send_again(suze, reply.pk)
    seen_by_a_poll(inbox)
    reply.refresh_from_db()
    assert (reply.state, reply.external_id) == ("sent", "99")


def test_one_post_is_one_reply_the_likeliest_of_several_with_the_same_words(suze: User, inbox: Inbox) -> None:
    dropped, unknown = a_reply(suze, "cancelled"), a_reply(suze, "unknown")
    seen_by_a_poll(inbox)
    assert [reply.state for reply in Reply.objects.order_by("pk")] == ["cancelled", "sent"]
    assert Message.objects.get(external_id="99").reply == unknown != dropped


def test_a_post_of_the_reply_that_is_being_sent_is_not_taken_for_an_older_one(suze: User, inbox: Inbox) -> None:
    failed, sending = a_reply(suze, "failed"), a_reply(suze, "sending")
    seen_by_a_poll(inbox)
    with transaction.atomic():
        assert settle(sending, OUT_THERE, minutes(7))
    assert [reply.state for reply in Reply.objects.order_by("pk")] == ["failed", "sent"]
    assert Message.objects.get(external_id="99").reply == sending != failed


def test_a_look_that_finds_the_post_of_another_reply_settles_nothing(suze: User, inbox: Inbox) -> None:
    first, refused_as_duplicate = a_reply(suze, "sending"), a_reply(suze, "unknown")
    with transaction.atomic():
        assert settle(first, OUT_THERE, minutes(7))
    with transaction.atomic():
        assert not settle(refused_as_duplicate, OUT_THERE, minutes(8))
    assert [reply.state for reply in Reply.objects.order_by("pk")] == ["sent", "unknown"]


def test_a_reply_that_is_told_to_be_sent_twice_is_told_once_on_the_timeline(suze: User, inbox: Inbox) -> None:
    reply = a_reply(suze, "unknown")
    looked_for = Reply.objects.get(pk=reply.pk)
    confirm_sent(suze, reply.pk, now=minutes(7))
    with transaction.atomic():
        assert not settle(looked_for, OUT_THERE, minutes(8))
    assert the_ticket().events.filter(kind="reply_sent").count() == 1


def test_a_public_reply_to_what_was_taken_back_meanwhile_is_held(suze: User, inbox: Inbox) -> None:
    """Also where the customer wrote something else that still stands."""
    reply = a_reply(suze, "queued")
    take_in(inbox, [deleted(a_mention("1"), at=6), a_mention("2", at=7, thread_id="1", text="Laat maar")])
    send.send(reply.pk, minutes(8))
    reply.refresh_from_db()
    assert (reply.state, reply.problem_code, reply.ticket.problem) == ("held", "not_found", "held")
    assert not reply.ticket.original_gone


def test_while_the_network_does_not_answer_one_reply_at_a_time_tries_it(
    suze: User, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a network that hangs holds one sender, and the others wait without using up their attempts."""
    tried: list[int] = []

    def call(reply: Reply, _now: object) -> SendResult:
        tried.append(reply.pk)
        return SendResult(f"out {reply.pk}", created_at=minutes(6))

    monkeypatch.setattr(send, "_call", call)
    take_in(inbox, [a_mention("2", at=1, by="tom")])
    other = Message.objects.get(external_id="2")
    Inbox.objects.update(breaker_failures=OPENS_AT, breaker_until=minutes(60))
    asked = Message.objects.get(external_id="1")
    first = a_reply(suze, "sending", ticket=asked.ticket, answers=asked)
    waiting = a_reply(suze, "queued", ticket=other.ticket, answers=other, attempts=0)
    send.send(waiting.pk, minutes(6))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.problem_code, waiting.attempts) == ("queued", "resting", 0)
    assert waiting.next_attempt_at > minutes(6)
    assert tried == []
    Reply.objects.filter(pk=first.pk).update(state="failed")
    send.send(waiting.pk, minutes(7))
    assert tried == [waiting.pk], "nobody else is at it, so it is a probe"
