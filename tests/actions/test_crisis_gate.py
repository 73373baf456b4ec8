"""From the click to the gate: what a crisis stops, what may still leave, and that nothing leaves by itself later."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.crises import crises, crisis_gate, crisis_plans, crisis_tickets
from desk.actions.crises.crisis_held import held
from desk.actions.replies import approval, on_their_way, send
from desk.actions.replies.reply import cancel, release
from desk.actions.replies.send import send as send_now
from desk.common.errors import Conflict, NotPermitted
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry
from desk.inboxes.gateway import SendResult
from desk.people.models import User
from desk.replies.models import Reply
from desk.replies.words import explain
from tests.actions.builders import the_ticket
from tests.actions.waiting import a_question, is_due, stands, written

BLOCK = {"levels": {"3": {"gates": [{"gate": "block", "visibility": "public"}]}}}


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
def suze(db: None) -> User:
    return User.objects.create_user("suze", role="agent", first_name="Suze", signature="SV")


@pytest.fixture
def noor(db: None) -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def daan(db: None) -> User:
    return User.objects.create_user("daan", role="administrator", first_name="Daan")


def begin(who: User, level: int = 3, **more: Any) -> Crisis:
    return crises.start(who, reason="De trein staat stil", level=level, **more)


def over(who: User, crisis: Crisis) -> None:
    crises.stand_down(who, crisis.pk, reason="Hij rijdt weer")


def leaves(reply: Reply) -> None:
    """A worker takes it up."""
    is_due(reply)
    send_now(reply.pk, timezone.now())


def plan(noor: User, daan: User, document: dict[str, Any]) -> None:
    draft = crisis_plans.write_draft(noor, document=document)
    crisis_plans.hand_in(noor, draft.number)
    crisis_plans.switch_on(daan, draft.number)


def kinds(crisis: Crisis) -> list[str]:
    return list(CrisisEntry.objects.filter(crisis=crisis).values_list("kind", flat=True))


@pytest.mark.django_db
class TestOneAfterAnother:
    @pytest.fixture(autouse=True)
    def asked(self) -> None:
        a_question()

    def test_what_was_queued_is_held_by_the_very_next_send_and_says_by_whom(
        self, suze: User, noor: User, heard: list[str]
    ) -> None:
        reply = written(suze)
        crisis = begin(noor)
        leaves(reply)
        assert (stands(reply), reply.held_by, heard) == (("held", "crisis_hold"), crisis, [])
        assert explain(reply).what == "Held by the crisis “De trein staat stil”."
        assert the_ticket().problem == "held"
        over(noor, crisis)
        leaves(reply)
        assert (stands(reply), heard) == (("held", "crisis_hold"), [])  # never by itself
        release(suze, reply.pk)
        leaves(reply)
        assert (stands(reply)[0], heard) == ("sent", ["We zoeken het uit."])
        assert kinds(crisis) == ["started", "stood_down", "let_go"]
        crisis.refresh_from_db()
        assert broken_link(crisis) is None

    def test_what_is_submitted_meanwhile_is_held_at_once_and_private_answers_leave(
        self, suze: User, noor: User, heard: list[str]
    ) -> None:
        crisis = begin(noor)
        reply = written(suze)
        assert (stands(reply), reply.held_by) == (("held", "crisis_hold"), crisis)
        crises.change_scope(noor, crisis.pk, {"topics": ["bus"]}, reason="Toch iets anders")
        free = written(suze, "We kijken ernaar.", key="2", send_anyway=True)
        leaves(free)
        assert (stands(free)[0], heard) == ("sent", ["We kijken ernaar."])
        assert stands(reply)[0] == "held"

    def test_only_whoever_manages_crises_lets_one_past_while_it_lasts_and_another_crisis_holds_it_again(
        self, suze: User, noor: User, heard: list[str]
    ) -> None:
        crisis = begin(noor)
        reply = written(suze)
        with pytest.raises(NotPermitted):
            release(suze, reply.pk)
        release(noor, reply.pk)
        other = begin(noor)
        leaves(reply)
        assert (stands(reply), reply.held_by, heard) == (("held", "crisis_hold"), other, [])
        release(noor, reply.pk)
        reply.refresh_from_db()
        assert reply.let_past == [crisis.pk, other.pk]
        leaves(reply)
        assert stands(reply)[0] == "sent"  # whoever let it past has read it, so nobody is asked once more

    def test_whoever_lets_their_own_past_still_needs_a_colleague(self, noor: User, heard: list[str]) -> None:
        begin(noor)
        reply = written(noor)
        release(noor, reply.pk)
        leaves(reply)
        assert (stands(reply), heard) == (("held", "needs_approval"), [])

    def test_what_nobody_wants_any_more_is_dropped_and_the_log_says_so(self, suze: User, noor: User) -> None:
        crisis = begin(noor)
        reply = written(suze)
        assert list(held(crisis)) == [reply]
        cancel(noor, reply.pk)
        assert list(held(crisis)) == []
        line = CrisisEntry.objects.filter(crisis=crisis).last()
        assert line is not None
        assert (line.kind, line.actor, line.data) == ("dropped", noor, {"reply": reply.pk})

    def test_a_gate_that_blocks_takes_nothing_in_and_lets_nothing_past(
        self, suze: User, noor: User, daan: User, heard: list[str]
    ) -> None:
        plan(noor, daan, BLOCK)
        queued = written(suze)
        crisis = begin(noor)
        with pytest.raises(Conflict, match="stops every reply") as refused:
            written(suze, key="2", send_anyway=True)
        assert refused.value.code == "crisis_block"
        leaves(queued)
        assert stands(queued) == ("held", "crisis_block")
        with pytest.raises(Conflict):
            release(noor, queued.pk)
        over(noor, crisis)
        release(suze, queued.pk)
        leaves(queued)
        assert stands(queued)[0] == "sent"

    def test_level_two_wants_approval_also_for_what_was_queued_before(
        self, suze: User, noor: User, heard: list[str]
    ) -> None:
        reply = written(suze)
        begin(noor, 2)
        leaves(reply)
        assert (stands(reply), heard) == (("held", "needs_approval"), [])
        approval.approve(noor, reply.pk)
        leaves(reply)
        assert stands(reply)[0] == "sent"

    def test_what_was_approved_at_level_two_waits_again_at_level_three(self, suze: User, noor: User) -> None:
        crisis = begin(noor, 2)
        reply = written(suze)
        approval.approve(noor, reply.pk)
        crises.set_level(noor, crisis.pk, 3, reason="Erger")
        leaves(reply)
        assert stands(reply) == ("held", "crisis_hold")
        release(noor, reply.pk)
        leaves(reply)
        assert stands(reply)[0] == "sent"

    def test_what_was_put_off_is_paused_and_what_was_let_go_keeps_its_time(self, suze: User, noor: User) -> None:
        private = written(suze)
        Reply.objects.filter(pk=private.pk).update(visibility="private", scheduled_for=timezone.now())
        crisis = begin(noor, 2)
        leaves(private)
        assert (stands(private), private.held_by_id) == (("held", "crisis_scheduled"), crisis.pk)

    def test_of_two_crises_the_strictest_holds_until_both_are_over(self, suze: User, noor: User) -> None:
        mild, strict = begin(noor, 1), begin(noor, 3)
        reply = written(suze)
        assert (stands(reply), reply.held_by) == (("held", "crisis_hold"), strict)
        over(noor, strict)
        free = written(suze, key="2", send_anyway=True)
        assert stands(free)[0] == "queued"
        crises.set_level(noor, mild.pk, 3, reason="Nu deze")
        leaves(free)
        assert (stands(free), free.held_by) == (("held", "crisis_hold"), mild)

    def test_a_plan_that_is_switched_on_during_a_crisis_is_for_the_next_one(
        self, suze: User, noor: User, daan: User
    ) -> None:
        crisis = begin(noor, 3)
        plan(noor, daan, {"levels": {"3": {"gates": []}}})
        assert stands(written(suze)) == ("held", "crisis_hold")
        over(noor, crisis)
        begin(noor, 3)
        assert stands(written(suze, key="2", send_anyway=True)) == ("held", "needs_approval")  # the rulebook's own wish

    def test_a_reply_that_is_claimed_already_is_the_only_one_that_leaves_and_is_listed(
        self, suze: User, noor: User, heard: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        claimed, queued = written(suze), written(suze, "Nog iets.", key="2", send_anyway=True)
        started: list[Crisis] = []
        call = send._call

        def on_the_wire(reply: Reply, now: Any) -> SendResult:
            started.append(begin(noor))
            return call(reply, now)

        monkeypatch.setattr(send, "_call", on_the_wire)
        leaves(claimed)
        leaves(queued)
        assert (stands(claimed)[0], stands(queued)[0]) == ("sent", "held")
        assert heard == ["We zoeken het uit."]
        (crisis,) = started
        listed = CrisisEntry.objects.get(crisis=crisis, kind="on_their_way")
        assert (listed.actor, listed.data) == (None, {"replies": [claimed.pk]})

    def test_a_ticket_that_is_put_in_by_hand_is_under_the_gate_from_then_on(
        self, suze: User, noor: User, heard: list[str]
    ) -> None:
        crisis = begin(noor, scope={"topics": ["bus"]})
        claimed, queued = written(suze), written(suze, "Nog iets.", key="2", send_anyway=True)
        Reply.objects.filter(pk=claimed.pk).update(state="sending", claimed_at=timezone.now())
        crisis_tickets.put_in(noor, the_ticket().pk, crisis.pk)
        assert CrisisEntry.objects.get(kind="on_their_way").data == {"replies": [claimed.pk]}
        Reply.objects.filter(pk=claimed.pk).update(state="sent")
        leaves(queued)
        assert (stands(queued), heard) == (("held", "crisis_hold"), [])

    def test_the_gate_costs_two_queries_where_there_is_no_crisis(self, suze: User) -> None:
        ticket = the_ticket()
        with CaptureQueriesContext(connection) as asked, crisis_gate.while_gates_stand():
            assert crisis_gate.Gates(ticket, timezone.now()).closed("public") is None
        assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) == 2  # the lock, and the active crises


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two connections that really wait for each other."""

    @pytest.fixture(autouse=True)
    def asked(self) -> None:
        a_question()

    def test_a_claim_that_came_first_is_listed_and_the_crisis_waits_for_its_look(
        self, suze: User, noor: User, heard: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reply = written(suze)
        is_due(reply)
        looked, go_on = Event(), Event()
        look = crisis_gate.gate_of

        def slow_look(one: Reply, now: Any) -> Any:
            found = look(one, now)
            looked.set()
            assert go_on.wait(10)
            return found

        monkeypatch.setattr(send, "gate_of", slow_look)
        with in_thread(send_now, reply.pk, timezone.now()) as sending:
            assert looked.wait(10)
            with in_thread(begin, noor) as starting:
                starting.join(0.3)
                assert starting.is_alive()  # it waits for the claim
                go_on.set()
            sending.join(10)
        assert (stands(reply)[0], heard) == ("sent", ["We zoeken het uit."])
        assert CrisisEntry.objects.get(kind="on_their_way").data == {"replies": [reply.pk]}

    def test_a_claim_that_comes_while_it_starts_waits_and_sees_it(
        self, suze: User, noor: User, heard: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reply = written(suze)
        is_due(reply)
        closing, go_on = Event(), Event()
        list_them = crisis_gate.replies_on_their_way

        def slow_list(*values: Any) -> list[int]:
            found = list_them(*values)
            closing.set()
            assert go_on.wait(10)
            return found

        monkeypatch.setattr(on_their_way, "replies_on_their_way", slow_list)
        with in_thread(begin, noor):
            assert closing.wait(10)
            with in_thread(send_now, reply.pk, timezone.now()) as sending:
                sending.join(0.3)
                assert sending.is_alive()  # it waits for the crisis
                go_on.set()
        assert (stands(reply), heard) == (("held", "crisis_hold"), [])
        assert not CrisisEntry.objects.filter(kind="on_their_way").exists()

    def test_two_that_start_at_once_are_two_and_both_hold(self, suze: User, noor: User, daan: User) -> None:
        with in_thread(begin, noor), in_thread(begin, daan):
            pass
        assert Crisis.objects.filter(state="active").count() == 2
        reply = written(suze)
        release(noor, reply.pk)
        reply.refresh_from_db()
        assert reply.let_past == list(Crisis.objects.order_by("pk").values_list("pk", flat=True))

    def test_a_stand_down_and_a_release_at_once_send_it_once_or_keep_it(
        self, suze: User, noor: User, heard: list[str]
    ) -> None:
        crisis = begin(noor)
        reply = written(suze)
        with in_thread(over, noor, crisis), in_thread(release, noor, reply.pk):
            pass
        leaves(reply)
        leaves(reply)
        assert (stands(reply)[0], len(heard)) == ("sent", 1)
        crisis.refresh_from_db()
        assert broken_link(crisis) is None


@contextmanager
def in_thread(work: Any, *values: Any) -> Iterator[Thread]:
    """Done by somebody else, on a connection of their own; waited for at the end. What fails there fails here."""
    problems: list[BaseException] = []

    def go() -> None:
        try:
            work(*values)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    thread = Thread(target=go)
    thread.start()
    yield thread
    thread.join(20)
    assert not thread.is_alive()
    assert not problems
