"""Approval at the same moment as something else: one of the two counts, and nothing leaves that nobody agreed to."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from desk.actions.replies import approval, send
from desk.actions.replies.reply import undo
from desk.common.errors import Conflict
from desk.people.models import User
from desk.replies.models import Approval, Draft
from tests.actions.waiting import (
    ASK_FOR_SHORTENERS,
    BETTER,
    SHORT,
    WORDS,
    Network,
    customer_writes_on,
    is_due,
    leaves,
    now_holds,
    requests_of,
    stands,
    written,
)

pytestmark = pytest.mark.django_db
IBAN = "Stort het op NL91ABNA0417164300."


def at_once(*calls: Callable[[], object]) -> list[str]:
    """What came of each: "done" or the code of its refusal."""
    together, outcomes = threading.Barrier(len(calls)), [""] * len(calls)

    def go(place: int) -> None:
        try:
            together.wait(5)
            calls[place]()
            outcomes[place] = "done"
        except Conflict as problem:
            outcomes[place] = problem.code
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_is_told_that_it_was_decided(tess: User, mila: User, cato: User) -> None:
    reply = written(tess)
    outcomes = at_once(lambda: approval.approve(mila, reply.pk), lambda: approval.approve(cato, reply.pk, text=BETTER))
    assert sorted(outcomes) == ["done", "not_waiting"]
    assert (stands(reply)[0], reply.text) == ("queued", WORDS if outcomes[0] == "done" else BETTER)
    assert requests_of(reply) == ["approved"]


@pytest.mark.django_db(transaction=True)
def test_approved_while_its_author_takes_it_back(tess: User, mila: User) -> None:
    """Whoever is first: taken back, it never leaves; approved first, it can still be taken back until it leaves."""
    reply = written(tess)
    outcomes = at_once(lambda: approval.approve(mila, reply.pk), lambda: undo(tess, reply.pk))
    assert outcomes[1] == "done"
    assert outcomes[0] in {"done", "not_waiting"}
    assert (stands(reply)[0], requests_of(reply)) == ("cancelled", ["withdrawn"])
    assert Draft.objects.get().text == WORDS


@pytest.mark.django_db(transaction=True)
def test_approved_while_a_colleague_rejects(tess: User, mila: User, cato: User) -> None:
    reply = written(tess)
    outcomes = at_once(
        lambda: approval.approve(mila, reply.pk), lambda: approval.reject(cato, reply.pk, reason="Zeg sorry")
    )
    assert sorted(outcomes) == ["done", "not_waiting"]
    assert (stands(reply)[0], Draft.objects.exists()) in {("queued", False), ("cancelled", True)}


@pytest.mark.django_db(transaction=True)
def test_taken_back_while_it_is_edited_and_approved_and_sent(tess: User, mila: User, network: Network) -> None:
    """Its author gets the words back that a colleague wrote, or it has left; never both."""
    reply = written(tess)
    approval.approve(mila, reply.pk, text=BETTER)
    is_due(reply)
    outcomes = at_once(lambda: send.send(reply.pk, timezone.now()), lambda: undo(tess, reply.pk))
    taken_back = outcomes == ["done", "done"]
    assert stands(reply)[0] == ("cancelled" if taken_back else "sent")
    assert (network.said, Draft.objects.filter(text=BETTER).exists()) == (
        ([], True) if taken_back else ([f"{BETTER} ^TT"], False)
    )


@pytest.mark.django_db(transaction=True)
def test_approved_while_a_policy_is_switched_on_that_asks_for_more(tess: User, mila: User, network: Network) -> None:
    """Whichever is first, the words do not leave before somebody has agreed to the new reason too."""
    reply = written(tess, SHORT)
    at_once(lambda: approval.approve(mila, reply.pk), lambda: now_holds(ASK_FOR_SHORTENERS))
    if stands(reply)[0] == "queued":
        leaves(reply)
    assert (stands(reply), network.said) == (("held", "needs_approval"), [])
    assert "links.shortener" in Approval.objects.get(state="waiting").codes
    approval.approve(mila, reply.pk)
    assert leaves(reply) == ("sent", "")


@pytest.mark.django_db(transaction=True)
def test_approved_while_the_customer_writes_on(tess: User, mila: User, network: Network) -> None:
    """Whichever is first, it does not leave past the newer words."""
    reply = written(tess)
    at_once(lambda: approval.approve(mila, reply.pk), customer_writes_on)
    leaves(reply)
    approval.sweep(timezone.now())
    assert stands(reply) == ("held", "newer_message")
    assert network.said == []
