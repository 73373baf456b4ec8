"""What happens at the same moment: connections of their own that really wait for each other."""

import json
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.crises import crises, crisis_plans, crisis_search, crisis_tickets
from desk.actions.crises.crisis_hooks import create_hook
from desk.actions.crises.hook_calls import Taken, take
from desk.actions.replies import approval, send
from desk.actions.replies.reply import submit
from desk.actions.statements import batch_answers, batch_run
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry, CrisisPlanVersion, CrisisTicket
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import AnswerBatch, AnswerLine, Reply
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.test_crises import at_once
from tests.actions.test_crisis_gate import in_thread
from tests.actions.test_crisis_hooks import signed

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4
TEXTS = (
    {"language": "nl", "text": "[Hoi|Dag|Beste] {{customer}}, [we zoeken het uit|we kijken ernaar] en zijn er zo."},
)


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the network was told."""
    told: list[int] = []

    def call(reply: Reply, now: Any) -> SendResult:
        told.append(reply.pk)
        return SendResult(f"out {reply.pk}", created_at=now)

    monkeypatch.setattr(send, "_call", call)
    return told


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor", signature="NV")


@pytest.fixture
def daan() -> User:
    return User.objects.create_user("daan", role="administrator", first_name="Daan", signature="DK")


@pytest.fixture
def inbox() -> Inbox:
    """With two customers who wait."""
    made = an_inbox()
    take_in(made, [a_mention("1"), a_mention("2", by="tom")], now=timezone.now())
    return made


def begin(who: User, level: int = 1) -> Crisis:
    return crises.start(who, reason="De trein staat stil", level=level)


def running(noor: User) -> AnswerBatch:
    """A batch for both customers."""
    crisis = begin(noor)
    take_in(Inbox.objects.get(), [a_mention("3", by="els"), a_mention("4", by="jan")], now=timezone.now())
    batch = batch_answers.prepare(noor, crisis.pk, texts=TEXTS, per_minute=60)
    batch_run.prepare(batch.pk, timezone.now())
    batch_answers.start(noor, batch.pk)
    return batch


def all_leave() -> None:
    """Workers take up whatever there is."""
    Reply.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    for pk in Reply.objects.order_by("id").values_list("pk", flat=True):
        send.send(pk, timezone.now())


def holds(crisis: Crisis) -> bool:
    crisis.refresh_from_db()
    return broken_link(crisis) is None


def test_a_suspicion_that_two_start_at_once_starts_once(noor: User, daan: User) -> None:
    for _round in range(ROUNDS):
        crisis = begin(noor, 0)
        outcomes = at_once(
            [partial(crises.set_level, who, crisis.pk, 2, reason="Het is er een") for who in (noor, daan)]
        )
        assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "Crisis"]
        assert CrisisEntry.objects.filter(crisis=crisis, kind="started").count() == 1
        assert holds(crisis)


def test_what_a_system_tells_twice_at_once_starts_one_crisis(noor: User) -> None:
    hook, secret = create_hook(noor, name="Bewaking", level=2)
    for number in range(ROUNDS):
        now = timezone.now()
        body = json.dumps({"id": f"{number}", "reason": "Storing", "scope": {"topics": [f"kassa{number}"]}}).encode()
        outcomes = at_once([partial(take, hook.pk, signed(secret, body, now), body, now)] * 2)
        taken = [one for one in outcomes if isinstance(one, Taken)]
        assert sorted(one.repeated for one in taken) == [False, True]
        assert taken[0].crisis == taken[1].crisis
        assert Crisis.objects.count() == number + 1
        assert holds(taken[0].crisis)


def test_a_stand_down_during_an_approval_leaves_one_decision_and_one_reply(
    noor: User, daan: User, inbox: Inbox, heard: list[int]
) -> None:
    suze = User.objects.create_user("suze", role="agent", signature="SV")
    for number in range(ROUNDS):
        crisis, ticket = begin(noor, 2), Ticket.objects.order_by("id")[0]
        wish: dict[str, Any] = {"visibility": "public", "idempotency_key": f"{number}", "send_anyway": True}
        reply = submit(suze, ticket.pk, text=f"We zoeken het uit, {number}.", **wish)
        assert reply.problem_code == "needs_approval"
        at_once(
            [
                partial(approval.approve, daan, reply.pk),
                partial(crises.stand_down, noor, crisis.pk, reason="Hij rijdt"),
            ]
        )
        assert not heard
        all_leave()
        all_leave()
        assert heard == [reply.pk]
        assert holds(crisis)
        heard.clear()


def test_a_plan_that_is_switched_on_while_a_crisis_starts_is_kept_or_is_for_the_next(noor: User, daan: User) -> None:
    for _round in range(ROUNDS):
        before = CrisisPlanVersion.objects.get(state="active")
        draft = crisis_plans.write_draft(noor, document={"levels": {"1": {"gates": [{"gate": "block"}]}}})
        crisis_plans.hand_in(noor, draft.number)
        at_once([partial(begin, noor), partial(crisis_plans.switch_on, daan, draft.number)])
        crisis = Crisis.objects.latest("id")
        after = CrisisPlanVersion.objects.get(state="active")
        assert after.number == draft.number
        assert crisis.plan_id in (before.pk, after.pk)
        assert crisis.level_at(timezone.now()) == 1


def test_of_two_workers_one_hands_in_the_next_answer(noor: User, inbox: Inbox) -> None:
    batch = running(noor)
    at_once([partial(batch_run.sweep, timezone.now()) for _worker in range(4)])
    assert Reply.objects.count() == 1
    assert AnswerLine.objects.filter(batch=batch, state="answered").count() == 1


def test_who_pauses_waits_for_the_one_that_is_being_handed_in_and_no_other_follows(
    noor: User, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = running(noor)
    handing_in, go_on = Event(), Event()
    hand_in = submit

    def slow(*values: Any, **named: Any) -> Reply:
        reply = hand_in(*values, **named)
        handing_in.set()
        assert go_on.wait(10)
        return reply

    monkeypatch.setattr(batch_run, "submit", slow)
    with in_thread(batch_run.sweep, timezone.now()):
        assert handing_in.wait(10)
        with in_thread(batch_answers.pause, noor, batch.pk) as pausing:
            pausing.join(0.3)
            assert pausing.is_alive()
            go_on.set()
    batch_run.sweep(timezone.now())
    batch.refresh_from_db()
    assert (batch.state, Reply.objects.count()) == ("paused", 1)
    line = CrisisEntry.objects.get(kind="batch_paused")
    assert line.data["answered"] == 1


def test_a_level_that_rises_while_one_is_handed_in_still_holds_it(noor: User, inbox: Inbox, heard: list[int]) -> None:
    batch = running(noor)
    at_once(
        [
            partial(batch_run.sweep, timezone.now()),
            partial(crises.set_level, noor, batch.crisis_id, 3, reason="Erger"),
        ]
    )
    all_leave()
    assert not heard
    assert all(reply.state == "held" for reply in Reply.objects.all())
    assert holds(batch.crisis)


def test_a_ticket_that_is_put_in_while_the_search_finds_it_is_in_once_and_by_hand(
    noor: User, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ticket.objects.update(created_at=timezone.now())  # the search looks three hours back
    crisis, ticket = begin(noor), Ticket.objects.order_by("id")[0]
    has_it, go_on = Event(), Event()

    def slow() -> None:
        has_it.set()
        assert go_on.wait(10)

    monkeypatch.setattr(crisis_tickets, "close_gates", slow)
    with in_thread(crisis_tickets.put_in, noor, ticket.pk, crisis.pk):
        assert has_it.wait(10)
        with in_thread(crisis_search.search, timezone.now()) as searching:
            searching.join(0.5)  # it waits for the ticket, and has written nothing of it yet
            go_on.set()
    assert list(CrisisTicket.objects.filter(ticket=ticket).values_list("how", flat=True)) == ["hand"]
    assert CrisisTicket.objects.filter(crisis=crisis).count() == 2
