"""A crisis's chain at work: begun with a level, moved by a sweep, acknowledged by a person, stopped with the crisis.

`policies.escalation` says what comes next. A move, the row of its rung, the messages on their way and the line of the
log belong to one transaction, whose caller holds crisis and chain: no rung is taken twice and none is lost.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_moves import as_told, at_hand, tell
from desk.actions.crises.escalation_people import off_duty, people_of, webhooks_of
from desk.alerts.models import CrisisMessage
from desk.alerts.notices import Notice, notify
from desk.common.background import enqueue
from desk.common.errors import Conflict, Missing
from desk.common.live import publish
from desk.common.logs import logger
from desk.crises import log
from desk.crises.models import CallUp, Crisis, Escalation, EscalationStep
from desk.crises.plans import plan_of
from desk.inboxes.gateway import text_messages
from desk.people.models import User
from desk.people.permissions import Permission, require
from policies.escalation import Chain, Do, Group, Means, Move, Run, Step, Why, acknowledged, after, begun, next_move

PUSHED = timedelta(minutes=1)  # a chain that can't be moved is looked at again this much later
CALLED_UP_BY = (Means.MAIL, Means.TEXT)


# ── with the crisis ──────────────────────────────────────────────────────────
def follow_level(crisis: Crisis, before: int, now: datetime) -> None:
    """What a level asks for, in the transaction that reached it: its chain begins, people are called up.

    A chain that runs goes on at a lower level, also where level 3 has lapsed: nobody may have heard of it yet. It gives
    way to that of a higher one.
    """
    plan_id = crisis.plan_id
    if plan_id is None or crisis.level <= before:
        return
    plan = plan_of(plan_id).levels[crisis.level]
    if plan.escalation.steps:
        _begin(crisis, plan_id, now)
    if plan.call_up:
        _call_up(crisis, plan.call_up, now)


def stop(crisis: Crisis, now: datetime) -> None:
    """The crisis is over: nobody is told any more."""
    running = Escalation.objects.filter(crisis=crisis, stopped_at=None)
    running.update(stopped_at=now, stopped_why=Escalation.Stopped.OVER)


def _begin(crisis: Crisis, plan_id: int, now: datetime) -> None:
    running = Escalation.objects.select_for_update().filter(crisis=crisis, stopped_at=None).first()
    if running is not None:
        if running.level >= crisis.level:
            return
        running.stopped_at, running.stopped_why = now, Escalation.Stopped.RAISED
        running.save(update_fields=["stopped_at", "stopped_why"])
    run = begun(now)
    Escalation.objects.create(
        crisis=crisis, plan_id=plan_id, level=crisis.level, began_at=now, due_at=run.due_at, look_at=now
    )
    enqueue("desk.tasks.run_escalations")


def _call_up(crisis: Crisis, team_ids: tuple[int, ...], now: datetime) -> None:
    """Whoever is off duty is asked once in a crisis, by every means that there is."""
    asked = set(CallUp.objects.filter(crisis=crisis).values_list("user_id", flat=True))
    people = [person for person in off_duty(team_ids, now) if person.pk not in asked]
    if not people:
        return
    rows = CallUp.objects.bulk_create([CallUp(crisis=crisis, user=person, asked_at=now) for person in people])
    messages = [
        message
        for row, person in zip(rows, people, strict=True)
        for message in _messages(crisis, person, CALLED_UP_BY, now, call_up=row)
    ]
    _send(crisis, messages, "call_up", now)
    log.write(crisis, "called_up", at=now, actor=None, people=[person.pk for person in people])


# ── the sweep ────────────────────────────────────────────────────────────────
def run_due(now: datetime) -> int:
    """Make every move whose time has come; how many. Of several sweeps one makes each."""
    moves = 0
    while True:
        chain = None
        try:
            with transaction.atomic():
                chain = _claimed(now)
                if chain is None:
                    return moves
                _move(chain, now)
                moves += 1
        except Exception:  # one that can't be moved holds up no other
            if chain is None:
                raise
            logger.exception("a chain can't be moved", escalation=chain.pk)
            Escalation.objects.filter(pk=chain.pk).update(look_at=now + PUSHED)


def _claimed(now: datetime) -> Escalation | None:
    """One chain with its crisis, held; who is busy with either is left alone, so that nobody waits in a circle."""
    due = Escalation.objects.filter(stopped_at=None, look_at__lte=now).select_related("crisis").order_by("look_at")
    return due.select_for_update(skip_locked=True, no_key=True, of=("self", "crisis")).first()


def _move(row: Escalation, now: datetime) -> None:
    crisis, chain = row.crisis, chain_of(row)
    if crisis.state != Crisis.State.ACTIVE:
        stop(crisis, now)
        return
    move = next_move(chain, row.run, crisis.level_at(now), now)
    reached = False
    match move.do:
        case Do.TELL:
            reached = _tell(row, chain, move, now)
        case Do.OVER:
            _pass(row, move, move.why, now)
        case Do.RETURN:
            _log(crisis, "chain_returned", now, level=row.level, lap=row.lap + 1)
        case Do.END if row.acknowledged_at is None:
            _log(crisis, "chain_ended", now, level=row.level)
            _ring(crisis, people_of(Step(to=(Group.MANAGERS,)), crisis, now), "escalation_ended", now)
    run = after(chain, row.run, move, now, reached=reached)
    keep(row, chain, run)


def keep(row: Escalation, chain: Chain, run: Run) -> None:
    """Write down where a chain is."""
    row.done, row.due_at, row.lap, row.acknowledged_at = run.done, run.due_at, run.lap, run.acknowledged_at
    row.acknowledged_by_id = row.acknowledged_by_id if run.acknowledged_at is not None else None
    row.look_at = run.look_at(chain)
    row.save(update_fields=["done", "due_at", "lap", "acknowledged_at", "acknowledged_by", "look_at"])


def chain_of(row: Escalation) -> Chain:
    """By the version of the plan with which it began."""
    return plan_of(row.plan_id).levels[row.level].escalation


def _tell(row: Escalation, chain: Chain, move: Move, now: datetime) -> bool:
    """Whether the step reaches anybody; who it reaches has a message by each means that there is for them."""
    step, crisis = chain.steps[move.step], row.crisis
    people, webhooks = people_of(step, crisis, now), webhooks_of(step)
    if not people and not webhooks:
        _pass(row, move, Why.NOBODY, now)
        return False
    rung = _rung(row, move, now)
    messages = [message for one in people for message in _messages(crisis, one, step.by, now, step=rung)]
    messages += [
        CrisisMessage(
            crisis=crisis,
            step=rung,
            means=CrisisMessage.Means.WEBHOOK,
            webhook_id=pk,
            created_at=now,
            next_attempt_at=now,
        )
        for pk in webhooks
    ]
    _send(crisis, messages, "escalation", now)
    told = {"people": [one.pk for one in people], "webhooks": webhooks, "by": [str(means) for means in step.by]}
    _log(crisis, "escalated", now, level=row.level, lap=row.lap, step=move.step + 1, **told)
    return True


def _pass(row: Escalation, move: Move, why: Why | None, now: datetime) -> None:
    """What was acknowledged is silent; whatever else is passed over stands in the log."""
    _rung(row, move, now, why)
    if why is not None and why is not Why.ACKNOWLEDGED:
        _log(row.crisis, "step_passed", now, level=row.level, step=move.step + 1, why=str(why))


def _rung(row: Escalation, move: Move, now: datetime, why: Why | None = None) -> EscalationStep:
    return EscalationStep.objects.create(
        escalation=row, lap=row.lap, rung=row.done, step=move.step, at=now, passed=str(why or "")
    )


def _messages(
    crisis: Crisis,
    person: User,
    means: tuple[Means, ...],
    now: datetime,
    *,
    step: EscalationStep | None = None,
    call_up: CallUp | None = None,
) -> list[CrisisMessage]:
    """The bell, and each other means by which this person can be reached."""
    ways = [CrisisMessage.Means.BELL]
    if Means.MAIL in means and person.email and settings.MAIL_IS_SENT:
        ways.append(CrisisMessage.Means.MAIL)
    if Means.TEXT in means and person.mobile and text_messages() is not None:
        ways.append(CrisisMessage.Means.TEXT)
    return [
        CrisisMessage(
            crisis=crisis, step=step, call_up=call_up, user=person, means=way, created_at=now, next_attempt_at=now
        )
        for way in ways
    ]


def _send(crisis: Crisis, messages: list[CrisisMessage], kind: str, now: datetime) -> None:
    """The bell rings with this transaction; everything else leaves after it."""
    for message in messages:
        if message.means == CrisisMessage.Means.BELL:
            message.state, message.sent_at = CrisisMessage.State.SENT, now
    CrisisMessage.objects.bulk_create(messages)
    _ring(crisis, [one.user for one in messages if one.means == CrisisMessage.Means.BELL], kind, now)
    for means in {message.means for message in messages} - {CrisisMessage.Means.BELL}:
        enqueue("desk.tasks.send_crisis_messages", str(means))


def _ring(crisis: Crisis, people: Iterable[User | None], kind: str, now: datetime) -> None:
    params = {"crisis": crisis.pk, "name": crisis.name, "level": crisis.level_at(now), "drill": crisis.drill}
    told = [Notice(person.pk, kind, params=params) for person in people if person is not None]
    notify(told, now, by_mail=False)


def _log(crisis: Crisis, kind: str, now: datetime, **data: Any) -> None:
    log.write(crisis, kind, at=now, actor=None, **data)
    publish("crisis", as_told(crisis, now))


# ── what people answer ───────────────────────────────────────────────────────
def running_of(crisis: Crisis) -> Escalation | None:
    """The chain that runs, with who acknowledged it; None where none does."""
    return Escalation.objects.select_related("acknowledged_by").filter(crisis=crisis, stopped_at=None).first()


def may_acknowledge(person: User, row: Escalation) -> bool:
    """Whoever manages crises, and whoever a chain of this crisis has told, also one that a higher level replaced."""
    if person.may(Permission.MANAGE_CRISES):
        return True
    return CrisisMessage.objects.filter(step__escalation__crisis=row.crisis_id, user=person).exists()


def acknowledge(
    actor: User, crisis_id: int, *, message: CrisisMessage | None = None, now: datetime | None = None
) -> Escalation:
    """“I see to it.” The chain stops until it comes back; `message` is the one from which this was said.

    Raises Missing, Conflict where nothing waits for a word any more.
    """
    now = now or timezone.now()
    with transaction.atomic():
        crisis = at_hand(crisis_id, None, now)
        Crisis.objects.select_for_update(no_key=True).get(pk=crisis.pk)  # before the chain, as everywhere
        row = Escalation.objects.select_for_update().filter(crisis=crisis, stopped_at=None).first()
        if row is None or not may_acknowledge(actor, row):
            require(actor, Permission.MANAGE_CRISES)
        if row is None:
            raise Conflict(_("This crisis calls nobody any more."), code="over")
        if row.acknowledged_at is not None:
            raise Conflict(_("Somebody has acknowledged this already."), code="over")
        chain, row.acknowledged_by = chain_of(row), actor
        keep(row, chain, acknowledged(row.run, now))
        said: dict[str, Any] = {"message": message.pk, "means": message.means} if message is not None else {}
        tell(crisis, "acknowledged", actor=actor, now=now, level=row.level, **said)
    return row


def answer_call_up(actor: User, crisis_id: int, *, comes: bool, now: datetime | None = None) -> CallUp:
    """Whether one who was called up comes; they may change their mind while it lasts. Raises Missing, Conflict."""
    now = now or timezone.now()
    with transaction.atomic():
        crisis = at_hand(crisis_id, None, now)
        Crisis.objects.select_for_update(no_key=True).get(pk=crisis.pk)
        row = CallUp.objects.select_for_update().filter(crisis=crisis, user=actor).first()
        if row is None:
            raise Missing(_("Nobody has called you up for this crisis."))
        if crisis.state != Crisis.State.ACTIVE:
            raise Conflict(_("This crisis is over. Thank you, nobody needs to come."), code="over")
        if row.comes != comes:
            row.comes, row.answered_at = comes, now
            row.save(update_fields=["comes", "answered_at"])
            tell(crisis, "call_up_answered", actor=actor, now=now, comes=comes)
    return row
