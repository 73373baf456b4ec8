"""Answers in batches: who gets what, at which pace, what stops it, and that nothing is lost or said twice."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.replies import send
from desk.actions.replies.reply import submit
from desk.actions.replies.send import send as send_now
from desk.actions.statements import batch_answers, batch_run
from desk.actions.statements.batch_choice import Chosen
from desk.actions.statements.batch_run import spacing
from desk.actions.tickets import tickets
from desk.common.errors import Conflict, Invalid
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import AnswerBatch, AnswerLine, Draft, Reply
from desk.sla.models import Clock
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.waiting import now_holds

pytestmark = pytest.mark.django_db

NL = "[Hoi|Dag|Beste] {{customer}}, [wat vervelend|dat snappen we]. [We zoeken het uit|We kijken ernaar] [nu|meteen]."
EN = "[Hi|Hello] {{customer}}, we are [looking into|working on] it right now, sorry for the delay."
BOTH = ({"language": "nl", "text": NL}, {"language": "en", "text": EN})
SAME = ({"language": "nl", "text": "We weten ervan en zoeken uit wanneer de trein weer rijdt."},)


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the network was told."""
    told: list[str] = []

    def call(reply: Reply, now: Any) -> SendResult:
        told.append(reply.text)
        return SendResult(f"out {len(told)}", created_at=now)

    monkeypatch.setattr(send, "_call", call)
    return told


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor", signature="NV")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def crisis_with(noor: User, inbox: Inbox, count: int, *, level: int = 1, **more: Any) -> Crisis:
    """Whose tickets are of so many customers."""
    crisis = crises.start(noor, reason="De trein staat stil", level=level)
    asked_by(inbox, count, **more)
    return crisis


def asked_by(inbox: Inbox, count: int, *, first: int = 1, text: str = "Waar blijft de trein?", **more: Any) -> None:
    now = timezone.now()
    numbers = range(first, first + count)
    take_in(inbox, [a_mention(f"{one}", by=f"klant{one}", text=text, **more) for one in numbers], now=now)


def prepared(noor: User, crisis: Crisis, **wish: Any) -> AnswerBatch:
    batch = batch_answers.prepare(noor, crisis.pk, **{"texts": BOTH, "per_minute": 60, **wish})
    batch_run.prepare(batch.pk, timezone.now())
    batch.refresh_from_db()
    assert batch.state == "ready"
    return batch


def goes_on(batch: AnswerBatch, rounds: int, *, since: datetime | None = None, apart: int = 12) -> datetime:
    """The sweep comes by so many times, each time that X takes one more; the time that it is by then."""
    now = since or timezone.now()
    for number in range(rounds):
        batch_run.sweep(now + timedelta(seconds=number * apart))
    batch.refresh_from_db()
    return now + timedelta(seconds=rounds * apart)


def all_leave() -> None:
    """Workers take up whatever is queued."""
    Reply.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    for pk in Reply.objects.filter(state="queued").order_by("id").values_list("pk", flat=True):
        send_now(pk, timezone.now())


def states(batch: AnswerBatch) -> list[tuple[str, str]]:
    return list(batch.lines.order_by("id").values_list("state", "code"))


def test_each_customer_gets_a_wording_of_their_own_as_a_reply_like_any_other(
    noor: User, inbox: Inbox, heard: list[str]
) -> None:
    crisis = crisis_with(noor, inbox, 4)
    batch = prepared(noor, crisis)
    assert not Reply.objects.exists()  # nothing leaves before somebody starts it
    assert {line.expects for line in batch.lines.all()} == {"leaves"}
    batch_answers.start(noor, batch.pk)
    goes_on(batch, 6)
    assert batch.state == "done"
    all_leave()
    assert len(set(heard)) == 4
    assert all(f"Klant{number}" in "".join(heard) for number in range(1, 5))
    assert Clock.objects.filter(metric="first_response", state="met").count() == 4
    assert Reply.objects.filter(state="sent", author=noor).exclude(rulebook_version=None).count() == 4
    log = CrisisEntry.objects.filter(crisis=crisis).order_by("number")
    assert [entry.kind for entry in log] == ["started", "batch_started", "batch_done"]
    assert log[2].data == {"batch": batch.pk, "tickets": 4, "answered": 4, "left_out": 0}
    crisis.refresh_from_db()
    assert broken_link(crisis) is None


def test_the_language_is_the_customers(noor: User, inbox: Inbox) -> None:
    crisis = crisis_with(noor, inbox, 1)
    Ticket.objects.update(language="en")
    batch = prepared(noor, crisis)
    assert batch.lines.get().text.startswith(("Hi", "Hello"))


def test_no_wording_goes_out_more_often_than_the_rulebook_lets_it(noor: User, inbox: Inbox) -> None:
    crisis = crisis_with(noor, inbox, 5)
    batch = prepared(noor, crisis, texts=SAME)
    assert states(batch) == [("waiting", "")] * 3 + [("refused", "used_up")] * 2
    batch_answers.start(noor, batch.pk)
    goes_on(batch, 6)
    assert batch.state == "done"
    assert [reply.findings for reply in Reply.objects.all()] == [[]] * 3
    other = an_inbox(own_id="2", handle="nsonline", name="@nsonline")
    asked_by(other, 1, first=10)
    assert states(prepared(noor, crisis, texts=SAME, chosen=Chosen(tickets=(_last(),)))) == [("waiting", "")]


def test_where_the_company_has_switched_that_rule_off_the_same_words_may_go_to_all(noor: User, inbox: Inbox) -> None:
    now_holds({"rules": {"text.repeated": {"enabled": False}}})
    crisis = crisis_with(noor, inbox, 5)
    assert states(prepared(noor, crisis, texts=SAME)) == [("waiting", "")] * 5


def test_the_pace_holds_for_an_inbox_over_all_batches_and_stays_below_what_the_network_takes(
    noor: User, inbox: Inbox
) -> None:
    crisis = crisis_with(noor, inbox, 8)
    numbers = list(Ticket.objects.order_by("id").values_list("pk", flat=True))
    first = prepared(noor, crisis, chosen=Chosen(tickets=tuple(numbers[:4])))
    second = prepared(noor, crisis, chosen=Chosen(tickets=tuple(numbers[4:])))
    assert spacing(inbox, first) == timedelta(seconds=12)  # three quarters of 400 an hour
    for batch in (first, second):
        batch_answers.start(noor, batch.pk)
    now = goes_on(first, 60, apart=1)
    assert Reply.objects.count() == 5
    slots = sorted(line.slot_at for line in AnswerLine.objects.all() if line.slot_at is not None)
    assert min(later - earlier for earlier, later in pairwise(slots)) >= timedelta(seconds=12)
    goes_on(first, 40, since=now, apart=1)
    assert Reply.objects.count() == 8


def test_newer_words_of_the_customer_or_an_answer_of_a_colleague_take_a_ticket_out(noor: User, inbox: Inbox) -> None:
    crisis = crisis_with(noor, inbox, 4)
    batch = prepared(noor, crisis)
    batch_answers.start(noor, batch.pk)
    take_in(inbox, [a_mention("5", thread_id="2", by="klant2", text="Laat maar")], now=timezone.now())
    joris = User.objects.create_user("joris", role="agent")
    third = Ticket.objects.order_by("id")[2]
    submit(joris, third.pk, text="Ik kijk er even naar.", visibility="public", idempotency_key="1")
    tickets.transition(joris, Ticket.objects.order_by("id")[3].pk, "resolve")
    goes_on(batch, 6, since=timezone.now() + timedelta(seconds=30))
    assert states(batch) == [("answered", ""), ("left_out", "newer"), ("left_out", "newer"), ("left_out", "closed")]
    assert Reply.objects.filter(author=noor).count() == 1


def test_what_its_author_is_writing_on_a_ticket_is_not_lost(noor: User, inbox: Inbox) -> None:
    batch = prepared(noor, crisis_with(noor, inbox, 1))
    batch_answers.start(noor, batch.pk)
    draft = Draft.objects.create(ticket=Ticket.objects.get(), author=noor, text="Beste reiziger,")
    goes_on(batch, 2)
    assert (states(batch), batch.state) == ([("left_out", "own_draft")], "done")
    assert Draft.objects.get() == draft


def test_who_pauses_and_stops_keeps_what_was_handed_in(noor: User, inbox: Inbox) -> None:
    crisis = crisis_with(noor, inbox, 5)
    batch = prepared(noor, crisis)
    batch_answers.start(noor, batch.pk)
    now = goes_on(batch, 1)
    batch_answers.pause(noor, batch.pk)
    now = goes_on(batch, 6, since=now)
    assert Reply.objects.count() == 1
    batch_answers.resume(noor, batch.pk)
    now = goes_on(batch, 1, since=now)
    batch_answers.stop(noor, batch.pk)
    goes_on(batch, 6, since=now)
    assert (Reply.objects.count(), batch.state) == (2, "stopped")
    with pytest.raises(Conflict):
        batch_answers.resume(noor, batch.pk)
    kinds = list(CrisisEntry.objects.filter(crisis=crisis).values_list("kind", flat=True))
    assert kinds == ["started", "batch_started", "batch_paused", "batch_resumed", "batch_stopped"]


def test_a_ticket_that_was_taken_out_gets_nothing(noor: User, inbox: Inbox) -> None:
    batch = prepared(noor, crisis_with(noor, inbox, 2))
    first, second = batch.lines.order_by("id")
    batch_answers.take_out(noor, first.pk)
    batch_answers.start(noor, batch.pk)
    goes_on(batch, 4)
    assert [reply.ticket_id for reply in Reply.objects.all()] == [second.ticket_id]
    with pytest.raises(Conflict):
        batch_answers.take_out(noor, second.pk)


def test_what_needs_approval_waits_for_it_one_by_one(noor: User, inbox: Inbox, heard: list[str]) -> None:
    batch = prepared(noor, crisis_with(noor, inbox, 2, level=2))
    assert {line.expects for line in batch.lines.all()} == {"approval"}
    batch_answers.start(noor, batch.pk)
    goes_on(batch, 4)
    all_leave()
    assert [(reply.state, reply.problem_code) for reply in Reply.objects.all()] == [("held", "needs_approval")] * 2
    assert not heard


def test_a_gate_that_closes_meanwhile_pauses_it_and_whoever_resumes_knows_that_they_are_held(
    noor: User, inbox: Inbox, heard: list[str]
) -> None:
    crisis = crisis_with(noor, inbox, 3)
    batch = prepared(noor, crisis)
    batch_answers.start(noor, batch.pk)
    now = goes_on(batch, 1)
    crises.set_level(noor, crisis.pk, 3, reason="Erger")
    now = goes_on(batch, 6, since=now)
    assert (batch.state, batch.paused_because, Reply.objects.count()) == ("paused", "crisis_hold", 1)
    batch_answers.resume(noor, batch.pk)
    goes_on(batch, 6, since=now)
    all_leave()
    assert {(reply.state, reply.problem_code) for reply in Reply.objects.all()} == {("held", "crisis_hold")}
    assert not heard


def test_what_is_blocked_says_so_before_and_the_rest_goes_on(noor: User, inbox: Inbox) -> None:
    now_holds({"rules": {"phrases.banned": {"phrases": ["vervelend"], "severity": "block"}}})
    batch = prepared(noor, crisis_with(noor, inbox, 1), texts=[{"language": "nl", "text": "Wat vervelend toch, hè."}])
    line = batch.lines.get()
    assert (line.state, line.code, [one["code"] for one in line.findings]) == (
        "refused", "blocked_by_policy", ["phrases.banned"],
    )  # fmt: skip
    batch_answers.start(noor, batch.pk)
    goes_on(batch, 1)
    assert (batch.state, Reply.objects.count()) == ("done", 0)


def test_at_stand_down_it_waits_for_a_person(noor: User, inbox: Inbox) -> None:
    crisis = crisis_with(noor, inbox, 2)
    batch = prepared(noor, crisis)
    batch_answers.start(noor, batch.pk)
    now = goes_on(batch, 1)
    crises.stand_down(noor, crisis.pk, reason="Hij rijdt")
    now = goes_on(batch, 6, since=now)
    assert (batch.state, batch.paused_because, Reply.objects.count()) == ("paused", "crisis_over", 1)
    batch_answers.resume(noor, batch.pk)
    goes_on(batch, 4, since=now)
    assert (batch.state, Reply.objects.count()) == ("done", 2)


def test_a_worker_that_dies_while_it_hands_one_in_loses_nothing_and_doubles_nothing(
    noor: User, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = prepared(noor, crisis_with(noor, inbox, 1))
    batch_answers.start(noor, batch.pk)
    keep = batch_run._keep

    def dies(*values: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(batch_run, "_keep", dies)
    with pytest.raises(SystemExit):
        batch_run.sweep(timezone.now())
    assert (Reply.objects.count(), states(batch)) == (0, [("waiting", "")])
    monkeypatch.setattr(batch_run, "_keep", keep)
    goes_on(batch, 4)
    assert (Reply.objects.count(), states(batch)) == (1, [("answered", "")])


def test_one_who_may_no_longer_has_nothing_leave_in_their_name(noor: User, inbox: Inbox) -> None:
    batch = prepared(noor, crisis_with(noor, inbox, 1))
    batch_answers.start(noor, batch.pk)
    User.objects.filter(pk=noor.pk).update(role="expert")
    goes_on(batch, 4)
    assert (batch.state, batch.paused_because, Reply.objects.count()) == ("paused", "not_permitted", 0)


def test_only_its_author_starts_it_and_others_may_stop_it(noor: User, inbox: Inbox) -> None:
    batch = prepared(noor, crisis_with(noor, inbox, 1))
    daan = User.objects.create_user("daan", role="administrator")
    with pytest.raises(Conflict) as refused:
        batch_answers.start(daan, batch.pk)
    assert refused.value.code == "own_words"
    assert batch_answers.stop(daan, batch.pk).state == "stopped"


def test_which_tickets_are_chosen(noor: User, inbox: Inbox) -> None:
    crisis = crisis_with(noor, inbox, 2)
    long = "Ik sta nu al een uur op station Haarbrug te wachten op de trein naar Vlotstad"
    asked_by(inbox, 2, first=3, text=long)
    first, second, third, fourth = Ticket.objects.order_by("id").values_list("pk", flat=True)
    Ticket.objects.filter(pk=second).update(language="en")
    tickets.transition(noor, first, "resolve")

    def found(**asks: Any) -> list[int]:
        return sorted(prepared(noor, crisis, chosen=Chosen(**asks)).lines.values_list("ticket", flat=True))

    assert found() == [second, third, fourth]
    assert found(languages=("en",)) == [second]
    assert found(networks=("x",)) == [second, third, fourth]
    assert found(like=third) == [third, fourth]
    assert found(tickets=(fourth,)) == [fourth]
    with pytest.raises(Invalid) as refused:
        found(networks=("facebook_page",))
    assert refused.value.code == "nothing_chosen"
    with pytest.raises(Invalid):
        found(like=second)  # “Waar blijft de trein?” is too short


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        ({"texts": ()}, "texts"),
        ({"texts": [{"language": "nl", "text": "Hoi {{wie}}"}]}, "texts.0.text"),
        ({"texts": [{"language": "nl", "text": "[{{#if reference}}a|b]{{/if}}"}]}, "texts.0.text"),
        ({"texts": [{"language": "nl", "text": "[|Hoi]"}]}, "texts.0.text"),
        ({"per_minute": 0}, "per_minute"),
        ({"visibility": "note"}, "visibility"),
        ({"canned_response_id": 9_999}, "canned_response"),
    ],
)
def test_a_wish_that_cannot_be_met_says_what_is_wrong(
    noor: User, inbox: Inbox, wish: dict[str, Any], path: str
) -> None:
    crisis = crisis_with(noor, inbox, 1)
    with pytest.raises(Invalid) as refused:
        batch_answers.prepare(noor, crisis.pk, **{"texts": BOTH if "canned_response_id" not in wish else (), **wish})
    assert path in refused.value.errors


def _last() -> int:
    return Ticket.objects.order_by("-id").values_list("pk", flat=True)[0]
