"""Playing a drill: customers write when it is their turn, things break and work again, and afterwards all is put away.

A second hand asks every second. Who plays holds a lease, and what is written is named, so that a killed player's
beats are played by the next one, and none twice.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from desk.actions.drills import drills
from desk.actions.drills.drill_card import replies_of, tickets_of
from desk.actions.drills.drills import ref_of
from desk.actions.inboxes.inboxes import webhook_address
from desk.actions.replies import reply
from desk.actions.tickets import tickets
from desk.alerts.notices import Notice, notify
from desk.common.errors import DeskError
from desk.common.live import publish
from desk.common.logs import logger
from desk.drills.models import Beat, Drill
from desk.drills.stage import NoStage, SandboxAway, SandboxRefused, Stage
from desk.inboxes.breaker import answered
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import User
from desk.people.permissions import Permission, permissions_of
from desk.tickets.models import OPEN_STATES, WAITING_STATES, Ticket
from policies.drill_scenario import FaultKind
from policies.reply_states import State
from policies.ticket_states import Event as TicketEvent
from policies.ticket_states import State as TicketState

PORTION = 200  # beats in one go
LEASE = timedelta(seconds=60)  # longer than writing a portion may take
REMINDED_BEFORE = timedelta(days=1)
MISSED_AFTER = timedelta(hours=1)  # a drill that could not be started by then does not take place
CLEARED_AT_ONCE = 100
SETTLES = timedelta(seconds=20)  # longer than a poll that had begun
LONGEST_PROBLEM = 300
UNSENT = (State.QUEUED, State.HELD, State.FAILED, State.UNKNOWN)


def play(now: datetime) -> int:
    """Play what is due of the drill that runs; how many beats."""
    free = Q(playing_until=None) | Q(playing_until__lt=now)
    running = Drill.objects.filter(free, state=Drill.State.RUNNING)
    if not running.update(playing_until=now + LEASE):
        return 0
    drill = Drill.objects.select_related("inbox").filter(state=Drill.State.RUNNING).first()
    played = 0
    try:
        if drill is not None:
            with Stage.of(drill.inbox) as stage:
                while due := _due(drill, now):
                    if due[0].number == 1:
                        _listen(drill, stage)
                    _play(drill, stage, due, now)
                    played += len(due)
    except (NoStage, SandboxAway, SandboxRefused) as problem:
        logger.warning("the drill waits for the sandbox", problem=str(problem))
    finally:
        Drill.objects.filter(state=Drill.State.RUNNING).update(playing_until=None)
    if played and drill is not None:
        publish("drill", {"id": drill.pk, "state": drill.state})
    return played


def sweep(now: datetime) -> None:
    """What hangs on the calendar: reminders, drills to start and to end, and what they left in the queue."""
    _remind(now)
    _start_due(now)
    for drill in Drill.objects.filter(state=Drill.State.RUNNING, ends_at__lte=now):
        drills.end_drill(None, drill.pk, now=now)
    for drill in Drill.objects.filter(ended_at__isnull=False, cleared_at=None).select_related("inbox", "planned_by"):
        _put_away(drill, now)


# ── beats ────────────────────────────────────────────────────────────────────
def _due(drill: Drill, now: datetime) -> list[Beat]:
    """The next beats of one kind, in order."""
    rows = list(Beat.objects.filter(drill=drill, played_at=None, due_at__lte=now).order_by("number")[:PORTION])
    posts = [beat for beat in rows if beat.kind == Beat.BeatKind.POST]
    if not rows or rows[0].kind != Beat.BeatKind.POST:
        return rows[:1]
    first_other = next((beat.number for beat in rows if beat.kind != Beat.BeatKind.POST), rows[-1].number + 1)
    return [beat for beat in posts if beat.number < first_other]


def _listen(drill: Drill, stage: Stage) -> None:
    """The network tells us what happens as well; where it can't reach us the polls find it."""
    try:
        stage.deliver_to(webhook_address(drill.inbox))
    except SandboxRefused as problem:
        logger.info("a drill goes by polls alone", drill=drill.pk, problem=str(problem))


def _play(drill: Drill, stage: Stage, due: Sequence[Beat], now: datetime) -> None:
    if due[0].kind == Beat.BeatKind.POST:
        _post(drill, stage, due)
    else:
        _break_or_mend(drill, stage, due[0], now)
    for beat in due:
        beat.played_at = now
    Beat.objects.bulk_update(due, ["played_at", "external_id", "problem"])


def _post(drill: Drill, stage: Stage, due: Sequence[Beat]) -> None:
    for beat, result in zip(due, stage.write([_words(drill, beat) for beat in due]), strict=True):
        if "id" not in result and beat.data["below"]:  # what it answers is not there: the words are said all the same
            (result,) = stage.write([{**_words(drill, beat), "below": ""}])
        beat.external_id, beat.problem = result.get("id", ""), result.get("error", "")[:LONGEST_PROBLEM]


def _words(drill: Drill, beat: Beat) -> dict[str, object]:
    """Every drill has people of its own, whom nobody takes for those of another, or for real ones."""
    said = beat.data
    name = said["author"].partition("_")[0].title()
    author = {"handle": f"{said['author']}_d{drill.pk}", "name": name, "followers": said["followers"]}
    return {
        "author": author if said["author"] else None,
        "text": said["text"],
        "ref": ref_of(drill, beat.number),
        "below": said["below"],
        "private": said["private"],
    }


def _break_or_mend(drill: Drill, stage: Stage, beat: Beat, now: datetime) -> None:
    if beat.kind == Beat.BeatKind.FAULT_BEGINS:
        seconds = beat.data["seconds"] / drill.speed
        beat.external_id = ",".join(map(str, stage.break_it(FaultKind(beat.data["fault"]), seconds)))
        return
    begun = Beat.objects.filter(
        drill=drill, kind=Beat.BeatKind.FAULT_BEGINS, phase=beat.phase, data__name=beat.data["name"]
    ).first()
    if begun is not None and begun.external_id:
        stage.mend([int(one) for one in begun.external_id.split(",")])
        answered(Inbox.objects.get(pk=drill.inbox_id), now)  # its minutes are shorter than the breaker's


# ── the calendar ─────────────────────────────────────────────────────────────
def _remind(now: datetime) -> None:
    soon = Drill.objects.filter(state=Drill.State.PLANNED, planned_at__lte=now + REMINDED_BEFORE, reminded_at=None)
    for drill in soon:
        with transaction.atomic():
            if Drill.objects.filter(pk=drill.pk, reminded_at=None).update(reminded_at=now):
                _tell(drill, "drill_soon", now)


def _start_due(now: datetime) -> None:
    due = Drill.objects.filter(state=Drill.State.PLANNED, planned_at__lte=now).select_related("planned_by")
    for drill in due.order_by("planned_at"):
        try:
            drills.start_drill(drill.planned_by, drill.pk, now=now)
        except DeskError as problem:
            logger.info("a planned drill could not start", drill=drill.pk, problem=str(problem.message))
            if drill.planned_at is not None and drill.planned_at < now - MISSED_AFTER:
                _give_up(drill, str(problem.message), now)


def _give_up(drill: Drill, problem: str, now: datetime) -> None:
    with transaction.atomic():
        drills.miss(drill.pk, problem, now)
        _tell(drill, "drill_missed", now)


def _tell(drill: Drill, kind: str, now: datetime) -> None:
    """Those who lead drills; nobody else, so that one that is not announced surprises."""
    leaders = [
        person.pk
        for person in User.objects.filter(is_active=True).only("pk", "role")
        if Permission.MANAGE_DRILLS in permissions_of(person.role) or person.pk == drill.planned_by_id
    ]
    at = drill.planned_at.isoformat() if drill.planned_at else ""
    notify([Notice(pk, kind, inbox_id=drill.inbox_id, params={"name": drill.name, "at": at}) for pk in leaders], now)


def _put_away(drill: Drill, now: datetime) -> None:
    """Its account rests; its tickets and replies leave the queue, portion by portion, and whatever was on its way."""
    actor, done = drill.planned_by, 0
    alone = ~Exists(Drill.objects.filter(inbox=OuterRef("pk"), state=Drill.State.RUNNING))
    account = Inbox.objects.filter(alone, pk=drill.inbox_id)
    if account.exclude(state=Inbox.State.PAUSED).update(state=Inbox.State.PAUSED):
        publish("inbox", {"id": drill.inbox_id, "state": Inbox.State.PAUSED})
    unsent = replies_of(drill).filter(state__in=UNSENT).order_by("pk").values_list("pk", flat=True)
    for reply_id in list(unsent[:CLEARED_AT_ONCE]):
        with suppress(DeskError):  # it left or was decided meanwhile
            reply.cancel(actor, reply_id, now=now)
    left = Ticket.objects.filter(inbox=drill.inbox_id) if account.exists() else tickets_of(drill)
    alive = left.filter(state__in=[*OPEN_STATES, *WAITING_STATES, TicketState.SNOOZED], merged_into=None)
    for ticket_id in list(alive.order_by("pk").values_list("pk", flat=True)[:CLEARED_AT_ONCE]):
        with suppress(DeskError):
            tickets.transition(actor, ticket_id, TicketEvent.RESOLVE, now=now)
            done += 1
    _mend_all(drill)
    if done or _comes_in(drill, now):
        return
    Drill.objects.filter(pk=drill.pk).update(cleared_at=now)


def _comes_in(drill: Drill, now: datetime) -> bool:
    """Whether something that its customers wrote may still be on its way into the queue."""
    if drill.ended_at is not None and now < drill.ended_at + SETTLES:
        return True
    return RawItem.objects.filter(inbox=drill.inbox_id, processed_at=None).exists()


def _mend_all(drill: Drill) -> None:
    """With the sandbox away there is nothing to mend."""
    begun = Beat.objects.filter(drill=drill, kind=Beat.BeatKind.FAULT_BEGINS).exclude(external_id="")
    faults = [int(one) for ids in begun.values_list("external_id", flat=True) for one in ids.split(",")]
    try:
        with Stage.of(drill.inbox) as stage:
            stage.mend(faults)
    except (NoStage, SandboxAway, SandboxRefused) as problem:
        logger.info("the sandbox was not there to be mended", problem=str(problem))
