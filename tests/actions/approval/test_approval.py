"""Approval: another person's word on exactly these words, or they don't leave."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.replies import approval
from desk.actions.replies.reply import Blocked, cancel, confirm_sent, release, send_again, submit, undo
from desk.alerts.models import Notification
from desk.common.errors import Invalid, NotPermitted
from desk.people.models import Team, User
from desk.replies.models import Approval, Draft, Reply
from desk.tickets.models import Ticket
from tests.actions.builders import the_ticket
from tests.actions.waiting import (
    ASK_FOR_SHORTENERS,
    BETTER,
    SHORT,
    WORDS,
    Network,
    customer_writes_on,
    leaves,
    now_holds,
    refused,
    requests_of,
    stands,
    written,
)

pytestmark = pytest.mark.django_db
IBAN = "Stort het op NL91ABNA0417164300."


def test_a_trainees_reply_waits_and_leaves_signed_by_the_trainee_once_approved(
    tess: User, mila: User, network: Network
) -> None:
    reply = written(tess)
    assert stands(reply) == ("held", "needs_approval")
    assert Approval.objects.get().codes == ["approval.role"]
    approval.approve(mila, reply.pk)
    assert leaves(reply) == ("sent", "")
    assert network.said == ["We zoeken het uit. ^TT"]


def test_a_trainee_waits_also_where_the_rulebook_has_no_such_rule(tess: User) -> None:
    now_holds({"rules": {"approval.role": {"enabled": False}}})
    assert stands(written(tess)) == ("held", "needs_approval")


def test_an_agent_may_ask_and_then_it_waits_whatever_the_rules_say(suze: User, network: Network) -> None:
    assert stands(written(suze, ask_approval=True)) == ("held", "needs_approval")
    assert Approval.objects.get().codes == ["approval.asked"]


def test_the_edited_words_leave_in_the_authors_name(tess: User, mila: User, network: Network) -> None:
    reply = written(tess)
    approval.approve(mila, reply.pk, text=BETTER)
    assert leaves(reply) == ("sent", "")
    assert network.said == [f"{BETTER} ^TT"]
    given = Approval.objects.get()
    assert (given.text, given.approved_text, given.decided_by, given.edited) == (WORDS, BETTER, mila, True)


def test_nobody_approves_their_own_words(mila: User, cato: User) -> None:
    reply = written(mila, ask_approval=True)
    assert refused(lambda: approval.approve(mila, reply.pk)) == "own_words"
    assert refused(lambda: approval.approve(mila, reply.pk, text=BETTER)) == "own_words"
    assert refused(lambda: approval.reject(mila, reply.pk, reason="x")) == "own_words"
    assert refused(lambda: release(mila, reply.pk)) == "needs_approval"
    approval.approve(cato, reply.pk)
    assert stands(reply)[0] == "queued"


def test_whoever_edited_the_words_does_not_approve_them_the_next_time_and_neither_does_the_author(
    mila: User, cato: User, tess: User
) -> None:
    reply = written(mila, SHORT, ask_approval=True)
    approval.approve(cato, reply.pk, text=f"{SHORT} .")
    now_holds(ASK_FOR_SHORTENERS)
    assert leaves(reply) == ("held", "needs_approval")
    assert refused(lambda: approval.approve(mila, reply.pk)) == "own_words"
    assert refused(lambda: approval.approve(cato, reply.pk)) == "own_words"
    noor = User.objects.create_user("noor", role="administrator")
    approval.approve(noor, reply.pk)
    assert stands(reply)[0] == "queued"


def test_agents_approve_nothing(suze: User, tess: User) -> None:
    reply = written(tess)
    with pytest.raises(NotPermitted):
        approval.approve(suze, reply.pk)


def test_a_rejected_reply_is_its_authors_draft_with_the_reason(tess: User, mila: User) -> None:
    reply = written(tess)
    with pytest.raises(Invalid):
        approval.reject(mila, reply.pk, reason=" ")
    approval.reject(mila, reply.pk, reason="Zeg sorry")
    draft = Draft.objects.get()
    assert (draft.author, draft.text, draft.returned_because, draft.returned_by) == (tess, WORDS, "Zeg sorry", mila)
    assert (stands(reply)[0], requests_of(reply)) == ("cancelled", ["rejected"])
    notice = Notification.objects.get(user=tess)
    assert (notice.kind, notice.params["reason"]) == ("approval_rejected", "Zeg sorry")


def test_a_rejected_reply_does_not_wipe_what_its_author_began_meanwhile(tess: User, mila: User) -> None:
    reply = written(tess)
    Draft.objects.create(ticket=reply.ticket, author=tess, text="Nog iets")
    approval.reject(mila, reply.pk, reason="Zeg sorry")
    assert Draft.objects.get().text == f"{WORDS}\n\nNog iets"


def test_blocked_words_are_not_approved(tess: User, mila: User) -> None:
    reply = written(tess)
    with pytest.raises(Blocked):
        approval.approve(mila, reply.pk, text=IBAN)
    assert stands(reply) == ("held", "needs_approval")


def test_an_edit_may_not_bring_what_needs_approval_itself(tess: User, mila: User) -> None:
    now_holds(ASK_FOR_SHORTENERS)
    reply = written(tess)
    assert refused(lambda: approval.approve(mila, reply.pk, text=SHORT)) == "edit_needs_approval"


def test_rules_that_changed_since_the_request_are_looked_at_before_the_word_counts(tess: User, mila: User) -> None:
    reply = written(tess, SHORT)
    now_holds(ASK_FOR_SHORTENERS)
    assert refused(lambda: approval.approve(mila, reply.pk)) == "look_again"
    assert Approval.objects.get().codes == ["approval.role", "links.shortener"]
    approval.approve(mila, reply.pk)
    assert stands(reply)[0] == "queued"


def test_a_policy_that_was_switched_on_after_the_approval_holds_it_again_for_the_new_reason_only(
    tess: User, mila: User, network: Network
) -> None:
    reply = written(tess, SHORT)
    approval.approve(mila, reply.pk)
    now_holds(ASK_FOR_SHORTENERS)
    assert leaves(reply) == ("held", "needs_approval")
    assert [one.codes for one in Approval.objects.order_by("id")] == [["approval.role"], ["links.shortener"]]
    approval.approve(mila, reply.pk)
    assert leaves(reply) == ("sent", "")
    assert len(network.said) == 1


def test_other_words_than_those_approved_do_not_leave(tess: User, mila: User, network: Network) -> None:
    reply = written(tess)
    approval.approve(mila, reply.pk)
    Reply.objects.filter(pk=reply.pk).update(text=BETTER, signed_text=BETTER)
    assert leaves(reply) == ("held", "needs_approval")
    assert network.said == []


def test_newer_words_of_the_customer_send_the_request_back_to_the_author(tess: User, mila: User) -> None:
    reply = written(tess)
    customer_writes_on()
    approval.sweep(timezone.now())
    assert (stands(reply), requests_of(reply)) == (("held", "newer_message"), ["sent_back"])
    assert Notification.objects.get(user=tess).kind == "reply_overtaken"
    assert refused(lambda: approval.approve(mila, reply.pk)) == "not_waiting"
    release(tess, reply.pk)  # it still fits: asked anew on its way
    assert leaves(reply) == ("held", "needs_approval")
    assert requests_of(reply) == ["sent_back", "waiting"]
    approval.approve(mila, reply.pk)
    assert stands(reply)[0] == "queued"


def test_an_approval_that_comes_after_newer_words_does_not_count(tess: User, mila: User) -> None:
    reply = written(tess)
    customer_writes_on()
    assert refused(lambda: approval.approve(mila, reply.pk)) == "newer_message"
    assert stands(reply) == ("held", "newer_message")


def test_newer_words_between_approval_and_sending_hold_it_and_the_approval_falls(
    tess: User, mila: User, network: Network
) -> None:
    reply = written(tess)
    approval.approve(mila, reply.pk)
    customer_writes_on()
    assert leaves(reply) == ("held", "newer_message")
    assert requests_of(reply) == ["sent_back"]
    release(tess, reply.pk)
    assert leaves(reply) == ("held", "needs_approval")
    assert network.said == []


def test_the_rulebook_that_holds_says_how_long_approvers_have_and_when_the_deputies_are_asked(suze: User) -> None:
    now_holds({"approval": {"due_minutes": 5, "deputy_after_minutes": 10}})
    written(suze, ask_approval=True)
    request = Approval.objects.get()
    assert request.due_at - request.requested_at == timedelta(minutes=5)
    assert request.deputy_at - request.due_at == timedelta(minutes=10)


def test_in_a_crisis_of_level_2_public_replies_wait_for_a_second_person_and_private_ones_do_not(
    suze: User, mila: User, cato: User
) -> None:
    crisis = crises.start(cato, reason="De trein staat stil", level=1)
    assert stands(written(suze))[0] == "queued"
    crises.set_level(cato, crisis.pk, 2, reason="Nog steeds")
    public = written(suze, key="2")
    assert (stands(public), Approval.objects.get().codes) == (("held", "needs_approval"), ["approval.crisis"])
    private = submit(suze, the_ticket().pk, text=WORDS, visibility="private", idempotency_key="3", send_anyway=True)
    assert stands(private)[0] == "queued"
    approval.approve(mila, public.pk)
    assert stands(public)[0] == "queued"


def test_a_trainee_lets_nothing_go_and_decides_nothing_about_the_replies_of_others(tess: User, suze: User) -> None:
    own, other = written(tess), written(suze, key="2")
    for state, decide in (("held", release), ("held", cancel), ("failed", send_again), ("unknown", confirm_sent)):
        Reply.objects.filter(pk=other.pk).update(state=state, problem_code="")
        with pytest.raises(NotPermitted):
            decide(tess, other.pk)
    for state, decide in (("failed", send_again), ("unknown", confirm_sent)):
        Reply.objects.filter(pk=own.pk).update(state=state)
        with pytest.raises(NotPermitted):
            decide(tess, own.pk)
    Reply.objects.filter(pk=own.pk).update(state="failed")
    cancel(tess, own.pk)
    assert stands(own)[0] == "cancelled"


def test_the_tickets_own_team_is_asked_first_and_the_others_as_deputies(tess: User, mila: User, cato: User) -> None:
    rail = Team.objects.create(name="Rail")
    rail.members.add(cato)
    Ticket.objects.update(team=rail)
    written(tess)
    assert list(Notification.objects.values_list("user", "kind")) == [(cato.pk, "approval_asked")]
    approval.sweep(Approval.objects.get().deputy_at)
    told = Notification.objects.filter(kind="approval_waits").values_list("user", flat=True)
    assert set(told) == {mila.pk, cato.pk}


def test_who_is_on_duty_is_told_at_once_and_the_others_when_a_deputy_is_due(tess: User, mila: User, cato: User) -> None:
    User.objects.filter(pk=cato.pk).update(away=True)
    reply = written(tess)
    assert list(Notification.objects.values_list("user", "kind")) == [(mila.pk, "approval_asked")]
    request = Approval.objects.get()
    assert request.deputy_at > request.due_at > request.requested_at
    approval.sweep(request.deputy_at - timedelta(seconds=1))
    assert Notification.objects.count() == 1
    for _again in range(2):
        approval.sweep(request.deputy_at)
    told = Notification.objects.filter(kind="approval_waits").values_list("user", flat=True)
    assert set(told) == {mila.pk, cato.pk}
    assert len(told) == 2
    approval.approve(cato, reply.pk)
    assert Notification.objects.get(user=tess).kind == "approval_given"


@pytest.mark.parametrize("take_back", [undo, cancel])
def test_what_was_taken_back_waits_for_nobody(tess: User, mila: User, take_back: Callable[..., Reply]) -> None:
    reply = written(tess)
    take_back(tess, reply.pk)
    assert (stands(reply)[0], requests_of(reply)) == ("cancelled", ["withdrawn"])
    assert refused(lambda: approval.approve(mila, reply.pk)) == "not_waiting"


def test_a_page_that_shows_an_older_request_decides_nothing(tess: User, mila: User) -> None:
    reply = written(tess)
    first = Approval.objects.get().pk
    customer_writes_on()
    approval.sweep(timezone.now())
    release(tess, reply.pk)
    leaves(reply)
    assert refused(lambda: approval.approve(mila, reply.pk, approval_id=first)) == "look_again"
