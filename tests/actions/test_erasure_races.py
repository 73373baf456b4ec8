"""A customer is erased while answers in a batch are on their way to them: nobody waits in a ring, nothing more is sent
to the erased, and nothing of them stays.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.customers import erasure, erasure_run
from desk.actions.replies import send
from desk.actions.statements import batch_answers, batch_run
from desk.actions.statements.batch_looking import Look, Looker
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.privacy.models import Erasure
from desk.replies.models import AnswerBatch, AnswerLine, Reply
from desk.tickets.models import Customer
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.somebody import places_of
from tests.actions.test_crises import at_once
from tests.actions.test_crisis_gate import in_thread

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "qxzvwk"  # the name of whoever is erased, and nobody else's
ROUNDS = 4
TEXTS = (
    {"language": "nl", "text": "[Hoi|Dag|Beste] {{customer}}, [we zoeken het uit|we kijken ernaar] en zijn er zo."},
)


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the network was told."""
    told: list[str] = []

    def call(reply: Reply, now: Any) -> SendResult:
        told.append(reply.text)
        return SendResult(f"out {reply.pk}", created_at=now)

    monkeypatch.setattr(send, "_call", call)
    return told


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", role="administrator", first_name="Ada", signature="AV")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def a_batch(ada: User, inbox: Inbox, name: str = MARK) -> AnswerBatch:
    """To the one who is erased, on two tickets, and to somebody else; nobody has looked at it yet."""
    crisis = crises.start(ada, reason="De trein staat stil", level=1)
    asked = [a_mention(f"{name}-{number}", by=name, text="Waar blijft hij?") for number in (1, 2)]
    take_in(inbox, [*asked, a_mention(f"9{crisis.pk}", by=f"tom{crisis.pk}")], now=timezone.now())
    return batch_answers.prepare(ada, crisis.pk, texts=TEXTS, per_minute=60)


def erased(ada: User, name: str = MARK) -> Erasure:
    customer = Customer.objects.get(profiles__handle=name)
    return erasure.erase(ada, customer.pk, handle=name, ground="request")


def rest_of(begun: Erasure) -> None:
    while erasure_run.go_on(begun.pk, timezone.now()):
        pass


def all_leave() -> None:
    Reply.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    for pk in Reply.objects.order_by("id").values_list("pk", flat=True):
        send.send(pk, timezone.now())


def waiting_at(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> tuple[Event, Event]:
    """Who calls this is seen to have come, and goes on when told."""
    came, go_on = Event(), Event()
    work: Callable[..., Any] = getattr(owner, name)

    def slow(*values: Any, **named: Any) -> Any:
        came.set()
        assert go_on.wait(20)
        return work(*values, **named)

    monkeypatch.setattr(owner, name, slow)
    return came, go_on


def test_a_worker_that_looks_at_the_answers_writes_nothing_down_of_whoever_is_erased_meanwhile(
    ada: User, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = a_batch(ada, inbox)
    looked, go_on = Event(), Event()
    look = Looker.look

    def slow(looker: Looker, *values: Any, **named: Any) -> Look:
        found = look(looker, *values, **named)
        looked.set()  # it knows the name now
        assert go_on.wait(20)
        return found

    monkeypatch.setattr(Looker, "look", slow)
    with in_thread(batch_run.look_at, batch.pk, timezone.now()):
        assert looked.wait(20)
        begun = erased(ada)
        with in_thread(rest_of, begun) as erasing:
            erasing.join(0.5)
            go_on.set()
    assert places_of(MARK) == set()
    theirs = AnswerLine.objects.filter(ticket__customer__erased_at__isnull=False)
    assert {line.state for line in theirs} <= {"left_out", "refused"}
    assert AnswerLine.objects.exclude(pk__in=theirs).get().state == "waiting"


def test_an_answer_that_is_being_handed_in_is_taken_back_before_it_leaves(
    ada: User, inbox: Inbox, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = a_batch(ada, inbox)
    batch_run.prepare(batch.pk, timezone.now())
    batch_answers.start(ada, batch.pk)
    came, go_on = waiting_at(monkeypatch, batch_run, "submit")
    with in_thread(batch_run.sweep, timezone.now()):
        assert came.wait(20)
        begun = erased(ada)
        with in_thread(rest_of, begun) as erasing:
            erasing.join(0.5)
            go_on.set()
    rest_of(begun)
    all_leave()
    begun.refresh_from_db()
    assert (begun.state, heard) == ("done", [])
    assert places_of(MARK) == set()


def test_whoever_is_erased_before_their_turn_gets_nothing_and_the_others_do(
    ada: User, inbox: Inbox, heard: list[str]
) -> None:
    batch = a_batch(ada, inbox)
    batch_run.prepare(batch.pk, timezone.now())
    batch_answers.start(ada, batch.pk)
    erased(ada)  # the name is gone; the rest is still to be done
    for minute in range(4):
        batch_run.sweep(timezone.now() + timedelta(minutes=minute))
    batch.refresh_from_db()
    all_leave()
    assert batch.state == "done"
    codes = batch.lines.order_by("id").values_list("state", "code")
    assert list(codes) == [("left_out", "erased"), ("left_out", "erased"), ("answered", "")]
    assert len(heard) == 1
    assert "Tom" in heard[0]


def test_both_at_full_speed_end_and_leave_nothing(ada: User, inbox: Inbox, heard: list[str]) -> None:
    for number in range(ROUNDS):
        name = f"{MARK}{number}"
        batch = a_batch(ada, inbox, name)

        def answer(at_work: int = batch.pk) -> None:
            batch_run.prepare(at_work, timezone.now())
            batch_answers.start(ada, at_work)
            for minute in range(4):
                batch_run.sweep(timezone.now() + timedelta(minutes=minute))
                all_leave()

        at_once([answer, partial(_erase_all, ada, name), partial(_take_out_all, ada, batch)])
        begun = Erasure.objects.latest("id")
        said = len(heard)
        rest_of(begun)
        all_leave()
        assert len(heard) == said, "nothing is sent to who is erased"
        assert places_of(name) == set()


def _erase_all(ada: User, name: str) -> None:
    rest_of(erased(ada, name))


def _take_out_all(ada: User, batch: AnswerBatch) -> None:
    for pk in batch.lines.order_by("-id").values_list("pk", flat=True)[:1]:
        batch_answers.take_out(ada, pk)
