"""A colleague's word on a whole batch: for exactly the words that were read, never by their author, each with a record
of its own.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.replies import approval, send
from desk.actions.statements import batch_answers, batch_approval, batch_looking
from desk.actions.statements.batch_approval import approve_batch, waits_for, words_of
from desk.common.errors import Conflict, Missing, NotPermitted
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import AnswerBatch, AnswerLine, Approval, Reply
from tests.actions.builders import an_inbox
from tests.actions.chains import put_in_force
from tests.actions.test_batch_answers import BOTH, all_leave, asked_by, goes_on, prepared

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which replies the network was told."""
    told: list[int] = []

    def call(reply: Reply, now: Any) -> SendResult:
        told.append(reply.pk)
        return SendResult(f"out {len(told)}", created_at=now)

    monkeypatch.setattr(send, "_call", call)
    return told


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor", signature="NV")


@pytest.fixture
def daan() -> User:
    return User.objects.create_user("daan", role="supervisor", first_name="Daan")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def batch(noor: User, inbox: Inbox) -> AnswerBatch:
    """To four customers, started, while a crisis wants a colleague's word on each."""
    put_in_force({"2": {"gates": [{"gate": "approve", "visibility": "public"}]}})
    crisis = crises.start(noor, reason="De trein staat stil", level=2)
    asked_by(inbox, 4)
    made = prepared(noor, crisis)
    return batch_answers.start(noor, made.pk)


def read_by(batch: AnswerBatch) -> str:
    batch.refresh_from_db()
    return words_of([batch])[batch.pk]


def test_one_word_lets_go_what_waits_and_what_has_yet_to_be_handed_in(
    noor: User, daan: User, batch: AnswerBatch, heard: list[int]
) -> None:
    later = goes_on(batch, 2)
    assert [reply.problem_code for reply in Reply.objects.all()] == ["needs_approval"] * 2
    assert (waits_for(batch, daan), waits_for(batch, noor)) == (4, 0)
    assert approve_batch(daan, batch.pk, words=read_by(batch)) == 4
    assert waits_for(batch, daan) == 0
    goes_on(batch, 4, since=later)
    assert batch.state == "done"
    all_leave()
    assert len(heard) == 4
    given = Approval.objects.order_by("reply_id")
    assert [(one.state, one.decided_by, one.approved_text == one.reply.text) for one in given] == [
        ("approved", daan, True)
    ] * 4  # each with a record of its own
    crisis = Crisis.objects.get()
    line = CrisisEntry.objects.get(crisis=crisis, kind="batch_approved")
    assert (line.actor, line.data) == (daan, {"batch": batch.pk, "tickets": 4})
    assert broken_link(crisis) is None


def test_the_author_never_approves_their_own_and_who_may_not_approve_does_not(noor: User, batch: AnswerBatch) -> None:
    goes_on(batch, 1)
    with pytest.raises(Conflict) as refused:
        approve_batch(noor, batch.pk, words=read_by(batch))
    assert refused.value.code == "own_words"
    with pytest.raises(NotPermitted):
        approve_batch(User.objects.create_user("suze", role="agent"), batch.pk, words=read_by(batch))
    with pytest.raises(Missing):
        approve_batch(User.objects.create_user("ada", role="administrator"), 999_999, words="0-0")
    assert not Approval.objects.filter(state="approved").exists()


def test_words_that_changed_since_they_were_read_are_not_approved(daan: User, batch: AnswerBatch) -> None:
    words = read_by(batch)
    AnswerBatch.objects.filter(pk=batch.pk).update(rewordings=1)
    for stale in (words, "", "x", "1-", "1-x"):
        with pytest.raises(Conflict) as refused:
            approve_batch(daan, batch.pk, words=stale)
        assert refused.value.code == "look_again"
    assert not AnswerLine.objects.exclude(approved_by=None).exists()


def test_a_line_that_gets_another_wording_at_its_turn_asks_anew(
    daan: User, batch: AnswerBatch, heard: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    approve_batch(daan, batch.pk, words=read_by(batch))
    read, first = read_by(batch), batch.lines.order_by("id")[0]
    monkeypatch.setattr(batch_looking, "first_fresh", lambda candidates, *_rest: len(candidates) - 1)
    goes_on(batch, 1)
    all_leave()
    reply = Reply.objects.get()
    assert reply.text != first.text
    assert (reply.problem_code, heard) == ("needs_approval", [])
    assert read_by(batch) != read
    first.refresh_from_db()
    assert (first.approved_by, first.approved_codes) == (None, [])


def test_a_reason_that_was_not_there_when_it_was_read_waits(daan: User, batch: AnswerBatch, heard: list[int]) -> None:
    approve_batch(daan, batch.pk, words=read_by(batch))
    AnswerLine.objects.update(approved_codes=["approval.role"])  # the crisis came after
    goes_on(batch, 1)
    all_leave()
    assert heard == []
    assert Reply.objects.get().problem_code == "needs_approval"


def test_a_request_that_is_younger_than_the_look_is_left(daan: User, batch: AnswerBatch) -> None:
    goes_on(batch, 1)
    words = read_by(batch)
    goes_on(batch, 1, since=timezone.now() + timedelta(minutes=1))
    AnswerLine.objects.filter(state="waiting").update(state="left_out")
    assert Reply.objects.count() == 2
    assert approve_batch(daan, batch.pk, words=words) == 1
    assert sorted(Reply.objects.values_list("state", flat=True)) == ["held", "queued"]
    with pytest.raises(Conflict):  # nobody asked for that one when the page was shown
        approve_batch(daan, batch.pk, words=words)


def test_who_may_no_longer_approve_when_its_turn_comes_has_not(
    daan: User, batch: AnswerBatch, heard: list[int]
) -> None:
    approve_batch(daan, batch.pk, words=read_by(batch))
    User.objects.filter(pk=daan.pk).update(role="agent")
    goes_on(batch, 1)
    all_leave()
    assert (Reply.objects.get().problem_code, heard) == ("needs_approval", [])


def test_one_that_a_colleague_rejected_stays_rejected(daan: User, batch: AnswerBatch) -> None:
    goes_on(batch, 1)
    approval.reject(daan, Reply.objects.get().pk, reason="Te vaag")
    assert approve_batch(daan, batch.pk, words=read_by(batch)) == 3
    assert Reply.objects.get().state == "cancelled"


def test_where_nothing_waits_there_is_nothing_to_approve(noor: User, daan: User, inbox: Inbox) -> None:
    crisis = crises.start(noor, reason="De trein staat stil", level=1)
    asked_by(inbox, 2)
    batch = prepared(noor, crisis, texts=BOTH)
    with pytest.raises(Conflict) as refused:
        batch_approval.approve_batch(daan, batch.pk, words=read_by(batch))
    assert refused.value.code == "not_waiting"
