"""Drills: planning one, starting it, ending it, and turning it into the real thing when that is what it became.

Nothing real ever becomes a drill: there is no verb for it, `policies.drill_states` knows no such step, and the database
refuses it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from desk.actions.crises import crises
from desk.actions.drills.drill_card import card_of
from desk.actions.drills.drill_inboxes import on_stage
from desk.actions.drills.drill_normal import bring_normal
from desk.alerts.notices import Notice, notify
from desk.common.bulk import insert_rows
from desk.common.errors import Conflict, Invalid, Missing
from desk.common.live import publish
from desk.common.storable import storable_json
from desk.crises.models import Crisis
from desk.crises.plans import active_plan
from desk.drills.models import Beat, Drill
from desk.drills.scenarios import shipped
from desk.inboxes.models import Inbox
from desk.people.models import User, audit
from desk.people.permissions import Permission, Role, require
from policies.crisis_states import Level
from policies.drill_scenario import Scenario, beats, playing_time
from policies.drill_scenario_form import ScenarioProblem, parse
from policies.drill_states import Event, State, TransitionRefused, next_state, possible_events

LONGEST_NAME, LONGEST_REASON = 80, 2_000  # characters
FASTEST = 60
LONGEST_AHEAD = timedelta(days=3 * 366)
MOST_REPEAT_DAYS = 366
MOST_PLANNED = 200
_STATES: Mapping[State, Promise] = {
    State.PLANNED: gettext_lazy("This drill has not begun yet."),
    State.RUNNING: gettext_lazy("This drill is running."),
    State.FINISHED: gettext_lazy("This drill is over."),
    State.REAL: gettext_lazy("This drill became the real thing. What is real never becomes a drill."),
    State.CANCELLED: gettext_lazy("This drill was cancelled."),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a drill. `scenario` is the key of one that came with the desk, or `document` one of your own."""

    inbox_id: int
    scenario: str = ""
    document: Mapping[str, Any] | None = None
    name: str = ""
    language: str = Drill.Language.DUTCH
    speed: int = 1
    announced: bool = True
    planned_at: datetime | None = None
    repeat_days: int | None = None


def plan_drill(actor: User, wish: Wish, *, now: datetime | None = None) -> Drill:
    """A drill that starts at its time, or when somebody starts it. Raises Invalid, Conflict."""
    require(actor, Permission.MANAGE_DRILLS)
    now = now or timezone.now()
    if Drill.objects.filter(state=Drill.State.PLANNED).count() >= MOST_PLANNED:
        raise Conflict(_("There are %(count)d drills planned already. Cancel one first.") % {"count": MOST_PLANNED})
    drill = Drill(planned_by=actor)
    _apply(drill, wish, now)
    with transaction.atomic():
        drill.save()
        _told(drill, actor, "drill_planned", name=drill.name)
    return drill


def change_drill(actor: User, drill_id: int, wish: Wish, *, now: datetime | None = None) -> Drill:
    """Other wishes for a drill that has not begun. Raises Invalid, Missing, Conflict."""
    require(actor, Permission.MANAGE_DRILLS)
    now = now or timezone.now()
    with transaction.atomic():
        drill = _locked(drill_id)
        _next(drill, Event.CHANGE)
        _apply(drill, wish, now)
        drill.reminded_at = None
        drill.save()
        _told(drill, actor, "drill_changed", name=drill.name)
    return drill


def cancel_drill(actor: User, drill_id: int, *, reason: str = "", now: datetime | None = None) -> Drill:
    """It will not take place, and neither will those that would have repeated it. Raises Missing, Conflict."""
    require(actor, Permission.MANAGE_DRILLS)
    with transaction.atomic():
        drill = _locked(drill_id)
        drill.state = _next(drill, Event.CANCEL)
        drill.ended_at, drill.cleared_at = now or timezone.now(), now or timezone.now()
        drill.ended_by, drill.end_reason = actor, reason.strip()[:LONGEST_REASON]
        drill.save()
        _told(drill, actor, "drill_cancelled", name=drill.name)
    return drill


def start_drill(actor: User, drill_id: int, *, now: datetime | None = None) -> Drill:
    """Let the customers write. Raises Missing, Conflict: another runs, or there is no sandbox to play on."""
    require(actor, Permission.MANAGE_DRILLS)
    now = now or timezone.now()
    drill = _known(drill_id)
    _next(drill, Event.START)
    with on_stage(drill.inbox.network, drill.inbox.own_id):
        pass  # it answers; asked before the transaction, because no network is called in one
    try:
        with transaction.atomic():
            drill = _locked(drill_id)
            drill.state = _next(drill, Event.START)
            drill.started_by, drill.started_at, drill.plan = actor, now, active_plan()
            drill.ends_at = now + playing_time(drill.scenario, drill.speed)
            drill.save()
            bring_normal(drill, now)
            _write_beats(drill, now)
            _wake(drill.inbox, now)
            _told(drill, actor, "drill_started", name=drill.name, speed=drill.speed)
            if drill.announced:
                _announce(drill, now)
    except IntegrityError as problem:
        if "one_running_drill" not in str(problem):
            raise
        raise Conflict(_("Another drill is running. End it first."), code="drill_running") from None
    return drill


def miss(drill_id: int, problem: str, now: datetime) -> None:
    """It could not begin when it should have. The next one of its kind is planned all the same."""
    drill = _locked(drill_id)
    drill.state, drill.ended_at, drill.cleared_at = _next(drill, Event.CANCEL), now, now
    drill.end_reason = problem[:LONGEST_REASON]
    drill.save()
    _told(drill, None, "drill_missed", name=drill.name)
    if drill.repeat_days:
        _plan_next(drill, now)


def end_drill(actor: User | None, drill_id: int, *, now: datetime | None = None) -> Drill:
    """Stop the customers, score it, and stand down what it began. None: its time is over. Raises Missing, Conflict."""
    if actor is not None:
        require(actor, Permission.MANAGE_DRILLS)
    now = now or timezone.now()
    with transaction.atomic():
        drill = _locked(drill_id)
        drill.state = _next(drill, Event.FINISH)
        drill.ended_by, drill.ended_at = actor, now
        drill.card = card_of(drill, now)
        drill.passed = drill.card["passed"]
        drill.save()
        _stand_down(drill, actor or _starter(drill), gettext_noop("The drill is over."), now)
        _told(drill, actor, "drill_ended", name=drill.name, passed=drill.passed)
        if drill.repeat_days:
            _plan_next(drill, now)
    return drill


def turn_real(
    actor: User,
    drill_id: int,
    *,
    reason: str,
    name: str = "",
    scope: Mapping[str, Any] | None = None,
    level: int | None = None,
    now: datetime | None = None,
) -> Crisis:
    """Something real began: the drill ends and a real crisis starts, at the level that the drill's has and by the same
    plan. What the drill left behind stays a drill's. Raises Invalid, Missing, Conflict.
    """
    require(actor, Permission.MANAGE_DRILLS)
    require(actor, Permission.MANAGE_CRISES)
    now = now or timezone.now()
    with transaction.atomic():
        drill = _locked(drill_id)
        state = _next(drill, Event.TURN_REAL)
        at = level or (drill.crisis.level_at(now) if drill.crisis else 0) or Level.WATCH
        crisis = crises.start(actor, reason=reason, name=name, scope=scope, level=at, plan=drill.plan, now=now)
        drill.state, drill.ended_by, drill.ended_at = state, actor, now
        drill.became, drill.end_reason = crisis, crisis.reason
        drill.save()
        _stand_down(drill, actor, gettext_noop("The drill became the real thing."), now)
        _told(drill, actor, "drill_turned_real", name=drill.name, crisis=crisis.pk)
    return crisis


def possible(drill: Drill) -> tuple[Event, ...]:
    """What may be done with it now."""
    return possible_events(drill.state)


# ── steps that the verbs share ───────────────────────────────────────────────
def _apply(drill: Drill, wish: Wish, now: datetime) -> None:
    """Everything that is wrong with a wish at once. Raises Invalid."""
    errors: dict[str, list[str]] = {}
    scenario = _scenario(wish, errors)
    inbox = Inbox.objects.filter(pk=wish.inbox_id, drill=True).first()
    if inbox is None:
        errors["inbox"] = [_("Choose an inbox that is for drills.")]
    if wish.language not in Drill.Language.values:
        errors["language"] = [_("Choose nl, en or both.")]
    if not 1 <= wish.speed <= FASTEST:
        errors["speed"] = [_("Choose 1 to %(count)d times.") % {"count": FASTEST}]
    if wish.planned_at is not None and not now < wish.planned_at <= now + LONGEST_AHEAD:
        errors["planned_at"] = [_("Choose a time that is still to come, within three years.")]
    if wish.repeat_days is not None and not (1 <= wish.repeat_days <= MOST_REPEAT_DAYS and wish.planned_at):
        errors["repeat_days"] = [_("Choose 1 to 366 days, and when it takes place first.")]
    language = translation.get_language() or "en"
    name = " ".join(wish.name.split()) or (scenario.title.get(language, scenario.key) if scenario else "")
    if len(name) > LONGEST_NAME or "\x00" in name:
        errors["name"] = [_("Give a name of 1 to %(count)d characters.") % {"count": LONGEST_NAME}]
    if errors or scenario is None or inbox is None:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)
    drill.name, drill.inbox, drill.scenario_form = name, inbox, dict(scenario.document)
    drill.language, drill.speed, drill.announced = wish.language, wish.speed, wish.announced
    drill.planned_at, drill.repeat_days = wish.planned_at, wish.repeat_days


def _scenario(wish: Wish, errors: dict[str, list[str]]) -> Scenario | None:
    if wish.document is None:
        scenario = shipped().get(wish.scenario)
        if scenario is None:
            known = ", ".join(shipped())
            errors["scenario"] = [_("There is no such scenario. There are: %(known)s.") % {"known": known}]
        return scenario
    try:
        return parse(wish.document)
    except ScenarioProblem as problem:
        for path, sentence in problem.said(translation.get_language() or "en"):
            errors.setdefault(f"document.{path}" if path else "document", []).append(sentence)
    return None


def _write_beats(drill: Drill, now: datetime) -> None:
    """Everything that will happen, with its time."""
    played = beats(drill.scenario, language=drill.language, speed=drill.speed, seed=str(drill.pk))
    numbers = {beat.data["key"]: number for number, beat in enumerate(played, 1) if beat.data.get("key")}
    rows = []
    for number, beat in enumerate(played, 1):
        below = numbers.get(beat.data.get("reply_to", ""))
        data = {**beat.data, "below": ref_of(drill, below) if below else ""}
        rows.append((drill.pk, number, str(beat.kind), beat.phase, now + beat.after, storable_json(data), "", ""))
    insert_rows(Beat, ("drill_id", "number", "kind", "phase", "due_at", "data", "external_id", "problem"), rows)


def ref_of(drill: Drill, number: int) -> str:
    """The sandbox's name of a post, by which it is written once however often it is tried."""
    return f"drill:{drill.pk}:{number}"


def _wake(inbox: Inbox, now: datetime) -> None:
    Inbox.objects.filter(pk=inbox.pk).update(state=Inbox.State.ACTIVE, failures_in_a_row=0)
    inbox.streams.update(next_poll_at=now, claimed_until=None, failures=0)
    publish("inbox", {"id": inbox.pk, "state": Inbox.State.ACTIVE})


def _announce(drill: Drill, now: datetime) -> None:
    people = User.objects.filter(is_active=True).exclude(role=Role.EXPERT).values_list("pk", flat=True)
    params = {"name": drill.name}
    notify([Notice(pk, "drill_started", inbox_id=drill.inbox_id, params=params) for pk in people], now)


def _stand_down(drill: Drill, actor: User, reason: str, now: datetime) -> None:
    """What people began in the drill ends with it. The reason stands in the log in the language of the drill."""
    spoken = Drill.Language.DUTCH if drill.language == Drill.Language.BOTH else drill.language
    with translation.override(spoken):
        words = _(reason)
    for crisis in Crisis.objects.filter(drill=True, state__in=[Crisis.State.ACTIVE, Crisis.State.SUSPECTED]):
        ending = crises.stand_down if crisis.state == Crisis.State.ACTIVE else crises.dismiss
        ending(actor, crisis.pk, reason=words, now=now)


def next_time(planned_at: datetime, days: timedelta, now: datetime) -> datetime:
    """The next after now, at the same time by the clock on the wall, also where that was moved meanwhile."""
    at = timezone.localtime(planned_at) + days  # days of the wall: the zone says which moment that is
    while at <= now:
        at += days
    return at


def _plan_next(drill: Drill, now: datetime) -> None:
    at = next_time(drill.planned_at or now, timedelta(days=drill.repeat_days or 0), now)
    Drill.objects.create(
        name=drill.name, scenario_form=drill.scenario_form, inbox=drill.inbox, language=drill.language,
        speed=drill.speed, announced=drill.announced, planned_by=drill.planned_by, planned_at=at,
        repeat_days=drill.repeat_days,
    )  # fmt: skip


def _starter(drill: Drill) -> User:
    return drill.started_by or drill.planned_by


def _next(drill: Drill, event: Event) -> str:
    """Raises Conflict with how it stands."""
    try:
        return next_state(drill.state, event).value
    except TransitionRefused as refused:
        raise Conflict(
            _STATES[State(drill.state)], code="transition_refused", errors={"possible": list(refused.possible)}
        ) from None


def _told(drill: Drill, actor: User | None, verb: str, **data: Any) -> None:
    audit(actor, verb, drill, **data)
    publish("drill", {"id": drill.pk, "state": drill.state})


def _locked(drill_id: int) -> Drill:
    rows = Drill.objects.select_for_update(of=("self",)).select_related(
        "inbox", "crisis", "plan", "planned_by", "started_by"
    )
    drill = rows.filter(pk=drill_id).first()
    if drill is None:
        raise Missing(_("There is no such drill."))
    return drill


def _known(drill_id: int) -> Drill:
    drill = Drill.objects.select_related("inbox").filter(pk=drill_id).first()
    if drill is None:
        raise Missing(_("There is no such drill."))
    return drill
