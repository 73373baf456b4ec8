"""Several crises at once under any sequence of steps, on the real database with the real verbs and the real send step.

What may leave is worked out a second time, by plain code over what was said and done, and compared at each send.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from desk.actions.crises import crises, crisis_plans, escalation
from desk.actions.replies import approval, send
from desk.actions.replies.reply import release, submit
from desk.common.errors import Conflict, DeskError
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry, Escalation
from desk.inboxes.gateway import SendResult
from desk.people.models import User
from desk.replies.models import Reply
from desk.tickets.models import Ticket
from policies.crisis_plan_form import parse
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.api.caller import Caller

ALONE = timedelta(minutes=30)
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
MOST = 3  # crises that are not over
TWO_STEPS = {
    "steps": [{"to": ["owner"], "wait_minutes": 5}, {"to": ["managers"], "wait_minutes": 7}],
    "return_minutes": 60,
}
ONE_STEP = {"steps": [{"to": ["managers"], "wait_minutes": 20}], "repeat": 1, "return_minutes": 0}
PLANS: tuple[dict[str, Any], ...] = (
    {},
    {
        "levels": {
            "1": {"gates": [{"gate": "approve", "visibility": "public"}]},
            "2": {"escalation": TWO_STEPS},
            "3": {"gates": [{"gate": "block"}], "escalation": ONE_STEP},
        }
    },
    {
        "levels": {
            "2": {"gates": [{"gate": "hold", "visibility": "public"}], "escalation": ONE_STEP},
            "3": {"gates": [], "escalation": TWO_STEPS},
        }
    },
)
HOW_STRICT = ("free", "approve", "hold", "block")
VISIBILITIES = ("public", "public", "private")
SOME = st.integers(0, 10_000)  # one of however many there are by then


class Desk(RuleBasedStateMachine):
    """Two inboxes, three tickets, people, and whatever happens to them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.around = _rolled_back(lambda: self.now, self._call)
        self.around.__enter__()
        self.people = list(User.objects.filter(role__in=["comms", "administrator"]).order_by("username"))
        self.agent = User.objects.get(role="agent")
        self.callers = [Caller(one) for one in self.people]
        self.tickets = list(Ticket.objects.select_related("inbox").order_by("id"))
        self.heard: list[int] = []  # the replies that reached the network
        self.held: set[int] = set()
        self.let_go: set[int] = set()  # by a person, since it was held
        self.asked: dict[int, list[tuple[datetime, int]]] = {}  # by crisis: for level 3, since it was last confirmed
        self.second: dict[int, bool] = {}
        self.lines: dict[int, int] = {}
        self.chains: dict[int, int] = {}  # by chain the plan with which it began

    def teardown(self) -> None:
        self.around.__exit__(None, None, None)

    # ── crises ───────────────────────────────────────────────────────────────
    @precondition(lambda self: self._running().count() < MOST)
    @rule(by=st.integers(0, 1), level=st.sampled_from([0, 1, 2, 3]), scope=st.integers(0, 4), api=st.booleans())
    def begin(self, by: int, level: int, scope: int, api: bool) -> None:
        """By hand, by a program, or as something that is only suspected."""
        wish: dict[str, Any] = {"reason": "De trein staat stil", "level": level, "scope": self._scopes()[scope]}
        if api:
            made = self.callers[by].post("crises/", **wish)
            assert made.status == 201
            number = made.body["id"]
        else:
            number = crises.start(self.people[by], **wish).pk
        self.asked[number], self.second[number] = [], False
        if level == 3:
            self.asked[number].append((self.now, by))

    @rule(which=SOME, by=st.integers(0, 1), level=st.sampled_from([1, 2, 3, 3]))
    def set_level(self, which: int, by: int, level: int) -> None:
        if (crisis := self._one(which)) and self._done(crises.set_level, by, crisis, level, reason="Anders"):
            if self.second[crisis.pk]:
                self.second[crisis.pk], self.asked[crisis.pk] = False, []
            if level == 3:
                self.asked[crisis.pk].append((self.now, by))

    @rule(which=SOME, by=st.integers(0, 1))
    def confirm(self, which: int, by: int) -> None:
        if (crisis := self._one(which)) and self._done(crises.confirm, by, crisis):
            assert self.asked[crisis.pk][-1][1] != by, "one person was both"
            self.second[crisis.pk] = True

    @rule(which=SOME, by=st.integers(0, 1), scope=st.integers(0, 4))
    def change_scope(self, which: int, by: int, scope: int) -> None:
        if crisis := self._one(which):
            self._done(crises.change_scope, by, crisis, self._scopes()[scope], reason="Anders")

    @rule(which=SOME, by=st.integers(0, 1), how=st.sampled_from(["stand_down", "stand_down", "dismiss"]))
    def end(self, which: int, by: int, how: str) -> None:
        if crisis := self._one(which):
            self._done(getattr(crises, how), by, crisis, reason="Voorbij")

    @rule(which=SOME, by=st.integers(0, 1))
    def review(self, which: int, by: int) -> None:
        ended = list(Crisis.objects.filter(state="stood_down").order_by("id"))
        if ended:
            self._done(crises.review, by, ended[which % len(ended)], conclusion="Eerder bellen")

    @rule(minutes=st.sampled_from([1, 10, 29, 31]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        """Writes down what holds already."""
        before = {ticket.pk: self._gate(ticket, "public", [])[0] for ticket in self.tickets}
        crises.lapse_due(self.now)
        assert before == {ticket.pk: self._gate(ticket, "public", [])[0] for ticket in self.tickets}

    @rule(number=st.integers(0, len(PLANS) - 1))
    def switch_plan(self, number: int) -> None:
        """For the crises that start from now on, and no others."""
        kept = dict(Crisis.objects.values_list("pk", "plan"))
        draft = crisis_plans.write_draft(self.people[0], document=PLANS[number])
        crisis_plans.hand_in(self.people[0], draft.number)
        crisis_plans.switch_on(self.people[1], draft.number)
        assert kept == dict(Crisis.objects.values_list("pk", "plan"))

    # ── chains ───────────────────────────────────────────────────────────────
    @rule()
    def chains_move(self) -> None:
        """All that is due, and then nothing is."""
        escalation.run_due(self.now)
        assert escalation.run_due(self.now) == 0

    @rule(which=SOME, by=st.integers(0, 1))
    def acknowledge(self, which: int, by: int) -> None:
        if crisis := self._one(which):
            self._done(escalation.acknowledge, by, crisis)

    @precondition(lambda self: self._running().count() < MOST)
    @rule(by=st.integers(0, 1), level=st.sampled_from([2, 3]), first=st.sampled_from([1, 2]), then=st.integers(0, 2))
    def a_plan_is_switched_while_a_chain_runs(self, by: int, level: int, first: int, then: int) -> None:
        """It goes on by the version with which it began, whatever is active meanwhile."""
        self.switch_plan(first)
        self.begin(by, level, 0, api=False)
        self.chains_move()
        self.switch_plan(then)
        self.time_passes(10)
        self.chains_move()
        row = Escalation.objects.latest("id")
        document = row.plan.document["levels"][str(row.level)]["escalation"]
        assert document["steps"] == default_of(PLANS[first]["levels"][str(level)]["escalation"])["steps"]
        assert row.steps.count() == (2 if len(document["steps"]) == 2 else 1)

    # ── replies ──────────────────────────────────────────────────────────────
    @rule(which=st.integers(0, 2), visibility=st.sampled_from(VISIBILITIES))
    def write(self, which: int, visibility: str) -> None:
        ticket, key = self.tickets[which], f"{Reply.objects.count()}"
        gate, crisis = self._gate(ticket, visibility, [])
        wish: dict[str, Any] = {"text": f"Antwoord {key}", "visibility": visibility, "idempotency_key": key}
        if gate == "block":
            with pytest.raises(Conflict) as refused:
                submit(self.agent, ticket.pk, send_anyway=True, **wish)
            assert refused.value.code == "crisis_block"
            return
        reply = submit(self.agent, ticket.pk, send_anyway=True, **wish)
        if gate == "hold":
            assert (reply.state, reply.problem_code, reply.held_by_id) == ("held", "crisis_hold", crisis)
        elif gate == "approve":
            assert (reply.state, reply.problem_code) == ("held", "needs_approval")

    @rule()
    def workers_take_up_whatever_there_is(self) -> None:
        """Whatever its state: what waits for a person stays where it is."""
        Reply.objects.filter(state="queued").update(next_attempt_at=self.now)
        for reply in Reply.objects.select_related("ticket__inbox").order_by("id"):
            gate, _crisis = self._gate(reply.ticket, reply.visibility, reply.let_past)
            was = reply.state
            send.send(reply.pk, self.now)
            reply.refresh_from_db()
            if was != "queued":
                assert reply.state == was
            elif gate in ("hold", "block"):
                assert (reply.state, reply.problem_code) == ("held", f"crisis_{gate}")
            if reply.state == "held":
                self.held.add(reply.pk)
                self.let_go.discard(reply.pk)

    @precondition(lambda self: self._running().count() < MOST)
    @rule(which=st.integers(0, 2), by=st.integers(0, 1), level=st.sampled_from([2, 3]))
    def a_crisis_comes_between(self, which: int, by: int, level: int) -> None:
        """After a reply was handed in, and before a worker takes it up."""
        self.write(which, "public")
        self.begin(by, level, 0, api=False)
        self.workers_take_up_whatever_there_is()

    @rule(which=SOME, by=st.integers(0, 1))
    def let_past(self, which: int, by: int) -> None:
        self._decide(which, lambda reply: release(self.people[by], reply.pk))

    @rule(which=SOME, by=st.integers(0, 1))
    def approve(self, which: int, by: int) -> None:
        self._decide(which, lambda reply: approval.approve(self.people[by], reply.pk))

    # ── what holds always ────────────────────────────────────────────────────
    @invariant()
    def nothing_leaves_twice(self) -> None:
        assert len(self.heard) == len(set(self.heard))

    @invariant()
    def level_three_has_two_people_or_less_than_half_an_hour_of_one(self) -> None:
        for crisis in Crisis.objects.filter(state="active"):
            if crisis.level_at(self.now) == 3 and not self.second[crisis.pk]:
                last = self.asked[crisis.pk][-1][1]
                others = [at for at, (_when, by) in enumerate(self.asked[crisis.pk]) if by != last]
                since = self.asked[crisis.pk][others[-1] + 1 if others else 0][0]
                assert self.now < since + ALONE, "one person held level 3 for more than half an hour"

    @invariant()
    def every_log_holds_and_only_grows(self) -> None:
        for crisis in Crisis.objects.all():
            assert broken_link(crisis) is None
            assert crisis.log_length >= self.lines.get(crisis.pk, 1)
            self.lines[crisis.pk] = crisis.log_length

    @invariant()
    def a_chain_keeps_its_plan_and_takes_each_rung_once_in_its_order(self) -> None:
        for row in Escalation.objects.select_related("plan", "crisis"):
            assert self.chains.setdefault(row.pk, row.plan_id) == row.plan_id == row.crisis.plan_id
            chain = row.plan.document["levels"][str(row.level)]["escalation"]
            told = list(row.steps.order_by("id"))
            places = [(one.lap, one.rung) for one in told]
            assert places == sorted(set(places)), "a rung was taken twice, or out of its turn"
            assert all(one.step == one.rung % len(chain["steps"]) for one in told)
            last = told[-1] if told else None
            waits = row.stopped_at is None and row.acknowledged_at is None and row.due_at is not None
            if waits and last is not None and last.lap == row.lap and not last.passed:
                minutes = chain["steps"][last.step]["wait_minutes"]
                assert row.due_at == last.at + timedelta(minutes=minutes), "another plan's wait"

    @invariant()
    def a_crisis_that_is_over_calls_nobody(self) -> None:
        assert not Escalation.objects.filter(stopped_at=None).exclude(crisis__state="active").exists()

    @invariant()
    def a_crisis_that_is_over_is_over(self) -> None:
        for crisis in Crisis.objects.filter(state__in=["reviewed", "dismissed"]):
            last = CrisisEntry.objects.filter(crisis=crisis).exclude(kind__in=["let_go", "dropped"]).last()
            assert last is not None
            assert last.kind == crisis.state

    # ── what was said and done, worked out anew ──────────────────────────────
    def _call(self, reply: Reply, now: datetime) -> SendResult:
        """The network is told: the last chance to see what should not be."""
        gate, _crisis = self._gate(reply.ticket, reply.visibility, reply.let_past)
        assert gate in ("free", "approve"), "past a gate that is closed"
        approved = reply.approvals.filter(state="approved").exists()
        assert gate == "free" or approved, "without the approval that a crisis wants"
        assert reply.pk not in self.held or reply.pk in self.let_go, "what was held left by itself"
        self.heard.append(reply.pk)
        return SendResult(f"out {reply.pk}", created_at=now)

    def _gate(self, ticket: Ticket, visibility: str, let_past: list[int]) -> tuple[str, int | None]:
        """The strictest gate of all crises that cover a ticket, and whose it is; of equals the graver, older one's."""
        found: list[tuple[int, int, int]] = []
        for crisis in Crisis.objects.filter(state="active").select_related("plan"):
            late = crisis.level == 3 and crisis.lapses_at is not None and crisis.lapses_at <= self.now
            level = 2 if late else crisis.level
            if crisis.plan is None or not _covers(crisis.scope_form, ticket):
                continue
            lines = crisis.plan.document["levels"][str(level)]["gates"]
            meant = [HOW_STRICT.index(one["gate"]) for one in lines if one.get("visibility", "") in ("", visibility)]
            strict = max(meant, default=0)
            if strict and (crisis.pk not in let_past or HOW_STRICT[strict] == "block"):
                found.append((strict, level, -crisis.pk))
        strict, _level, number = max(found, default=(0, 0, 0))
        return HOW_STRICT[strict], -number or None

    def _scopes(self) -> tuple[dict[str, Any], ...]:
        first, second = (ticket.inbox_id for ticket in (self.tickets[0], self.tickets[2]))
        return {}, {"inboxes": [first]}, {"inboxes": [second]}, {"topics": ["trein"]}, {"networks": ["facebook_page"]}

    def _running(self) -> Any:
        return Crisis.objects.filter(state__in=["suspected", "active"])

    def _one(self, which: int) -> Crisis | None:
        running = list(self._running().order_by("id"))
        return running[which % len(running)] if running else None

    def _done(self, verb: Any, by: int, crisis: Crisis, *values: Any, **named: Any) -> bool:
        """Whether the desk let this person do it."""
        try:
            verb(self.people[by], crisis.pk, *values, **named)
        except Conflict:
            return False
        return True

    def _decide(self, which: int, verb: Any) -> None:
        held = list(Reply.objects.filter(state="held").order_by("id"))
        if not held:
            return
        reply = held[which % len(held)]
        try:
            verb(reply)
        except DeskError:
            return
        self.let_go.add(reply.pk)


def default_of(chain: dict[str, Any]) -> dict[str, Any]:
    """With everything written out, as a plan keeps it."""
    return dict(parse({"levels": {"2": {"escalation": chain}}}).document["levels"]["2"]["escalation"])


def _covers(scope: dict[str, Any], ticket: Ticket) -> bool:
    """The first ticket is about the train, and all networks are X."""
    about = "topics" not in scope or ticket.preview.startswith("De trein")
    return about and ticket.inbox_id in scope.get("inboxes", [ticket.inbox_id]) and "networks" not in scope


@contextmanager
def _rolled_back(clock: Any, call: Any) -> Iterator[None]:
    """The desk as it was before, afterwards; meanwhile time is the machine's, and the network is not there."""
    with patch.object(timezone, "now", clock), patch.object(send, "_call", call), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _a_desk() -> None:
    first, second = an_inbox(), an_inbox(own_id="2", handle="nsonline", name="@nsonline")
    take_in(first, [a_mention("1", text="De trein staat stil"), a_mention("2", by="tom", text="De bus ook")], now=NOON)
    take_in(second, [a_mention("3", by="els", text="De tram rijdt niet")], now=NOON)
    for username, role in (("noor", "comms"), ("daan", "administrator"), ("suze", "agent")):
        User.objects.create_user(username, role=role)


def _run(examples: int, steps: int) -> None:
    _a_desk()
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    limits = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=slow,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # on a database, a shorter example takes minutes to find
    )
    run_state_machine_as_test(Desk, settings=limits)


@pytest.mark.django_db
def test_any_sequence_of_steps() -> None:
    _run(examples=12, steps=25)


@pytest.mark.django_db
@pytest.mark.parametrize("then", range(len(PLANS)))
def test_a_chain_goes_on_by_its_plan_whatever_is_switched_on_meanwhile(then: int) -> None:
    """The step of the machine by itself, for each plan and level."""
    _a_desk()
    machine = Desk()
    try:
        for first in (1, 2):
            for level in (2, 3):
                machine.a_plan_is_switched_while_a_chain_runs(by=0, level=level, first=first, then=then)
                machine.a_chain_keeps_its_plan_and_takes_each_rung_once_in_its_order()
                machine.end(which=0, by=1, how="stand_down")
                machine.a_crisis_that_is_over_calls_nobody()
    finally:
        machine.teardown()


@pytest.mark.long
@pytest.mark.django_db
def test_many_sequences_of_steps() -> None:
    _run(examples=150, steps=40)
