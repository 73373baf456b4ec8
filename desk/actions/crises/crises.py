"""Crises: what the comms team does with them. Each step has its reason in the log, which nobody can change afterwards.

`version` is the version of the crisis that the caller last saw; where somebody else has changed it since, the step is
refused. Left out, the step is taken from where the crisis stands now.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_beginning import begin
from desk.actions.crises.crisis_gate import close_gates
from desk.actions.crises.crisis_levels import change_by
from desk.actions.crises.crisis_moves import at_hand, lapse, move, ruled, tell
from desk.actions.crises.crisis_scope import read_scope
from desk.actions.crises.crisis_search import look_back
from desk.actions.crises.crisis_swarm import end_swarm, swarm_for
from desk.actions.crises.escalation import follow_level, stop
from desk.actions.replies.on_their_way import list_on_their_way
from desk.common.errors import Conflict, Invalid
from desk.crises.models import Crisis, CrisisEntry, CrisisPlanVersion
from desk.crises.plans import active_plan
from desk.drills.running import running_drill
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.sla.models import SlaRenewal
from desk.sla.renewal import Effect, effect
from policies.crisis_states import ACTIVE_LEVELS, Event, Level, Standing

LONGEST_NAME, LONGEST_TEXT = 120, 2_000  # characters
LAPSED_AT_ONCE = 100


def start(
    actor: User,
    *,
    reason: str,
    name: str = "",
    scope: Mapping[str, Any] | None = None,
    level: int = Level.WATCH,
    drill: bool = False,
    plan: CrisisPlanVersion | None = None,
    now: datetime | None = None,
) -> Crisis:
    """A crisis from now on, owned by who starts it; at level 0 it is only suspected, and has no effect.

    Without a name it gets the beginning of its reason; without a scope it covers everything (see `crisis_scope.py`).
    With `drill` it belongs to the drill that runs, covers its inbox, and never becomes real. It goes by the active
    plan, or by `plan`. Raises Invalid, Conflict where no drill runs.
    """
    require(actor, Permission.MANAGE_CRISES)
    now = now or timezone.now()
    playing = running_drill() if drill else None
    if drill and playing is None:
        raise Conflict(_("No drill is running. Start one first, or start a real crisis."), code="no_drill")
    if playing is not None:
        scope = {**(scope or {}), "inboxes": [playing.inbox_id]}
    reason = _text("reason", reason)
    standing = Standing() if level == Level.SUSPICION else Standing().at_level(_level(level), actor.pk, now)
    return begin(
        standing,
        by=actor,
        owner=actor,
        reason=reason,
        name=_name(name or reason[:LONGEST_NAME]),
        scope=read_scope(scope),
        playing=playing,
        plan=plan,
        now=now,
    )


def set_level(
    actor: User, crisis_id: int, level: int, *, reason: str, version: int | None = None, now: datetime | None = None
) -> Crisis:
    """Raise or lower it; a suspected one starts with this. Level 3 lapses unless a second person confirms it.

    Raises Invalid, Missing, Conflict.
    """
    require(actor, Permission.MANAGE_CRISES)
    now, level, reason = now or timezone.now(), _level(level), _text("reason", reason)
    with transaction.atomic():
        close_gates()
        crisis = at_hand(crisis_id, version, now)
        before, began = crisis.level, crisis.started_at
        after = ruled(crisis, lambda: crisis.standing.at_level(level, actor.pk, now))
        columns = {} if began else {"started_at": now, "plan_id": active_plan().pk}
        kind = "level" if began else "started"
        move(crisis, after, kind, actor=actor, now=now, text=reason, columns=columns, level=level, before=before)
        list_on_their_way(crisis, now)
        if not began:
            look_back(crisis, now)
        follow_level(crisis, before, now)
        swarm_for(crisis, before, now)
    return crisis


def confirm(actor: User, crisis_id: int, *, version: int | None = None, now: datetime | None = None) -> Crisis:
    """Stand behind level 3 as the second person: it then lasts. Raises Missing, Conflict."""
    require(actor, Permission.MANAGE_CRISES)
    now = now or timezone.now()
    with transaction.atomic():
        crisis = at_hand(crisis_id, version, now)
        after = ruled(crisis, lambda: crisis.standing.confirmed(actor.pk, now))
        move(crisis, after, "confirmed", actor=actor, now=now, level=after.level, asked_by=after.asked_by)
    return crisis


def change_scope(
    actor: User,
    crisis_id: int,
    scope: Mapping[str, Any],
    *,
    reason: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Crisis:
    """Whom it covers from now on. Raises Invalid, Missing, Conflict."""
    require(actor, Permission.MANAGE_CRISES)
    now, reason, form = now or timezone.now(), _text("reason", reason), read_scope(scope).as_json()
    with transaction.atomic():
        close_gates()
        crisis = at_hand(crisis_id, version, now)
        after, before = ruled(crisis, lambda: crisis.standing.after(Event.CHANGE_SCOPE)), crisis.scope_form
        columns = {"scope_form": form}
        move(crisis, after, "scope", actor=actor, now=now, text=reason, columns=columns, scope=form, before=before)
        list_on_their_way(crisis, now)
        look_back(crisis, now)
    return crisis


def hand_over(
    actor: User, crisis_id: int, owner_id: int, *, version: int | None = None, now: datetime | None = None
) -> Crisis:
    """Another owner, who may manage crises. Raises Invalid, Missing, Conflict."""
    require(actor, Permission.MANAGE_CRISES)
    now = now or timezone.now()
    owner = User.objects.filter(pk=owner_id, is_active=True).first()
    if owner is None or not owner.may(Permission.MANAGE_CRISES):
        raise _wrong("owner", _("Choose somebody who may manage crises."))
    with transaction.atomic():
        crisis = at_hand(crisis_id, version, now)
        after, before = ruled(crisis, lambda: crisis.standing.after(Event.HAND_OVER)), crisis.owner_id
        columns = {"owner_id": owner.pk}
        move(crisis, after, "owner", actor=actor, now=now, columns=columns, owner=owner.pk, before=before)
    return crisis


def note(actor: User, crisis_id: int, text: str, *, now: datetime | None = None) -> CrisisEntry:
    """A decision or an observation in the log, also when the crisis is over. Raises Invalid, Missing."""
    require(actor, Permission.MANAGE_CRISES)
    now, text = now or timezone.now(), _text("text", text)
    with transaction.atomic():
        return tell(at_hand(crisis_id, None, now), "note", actor=actor, now=now, text=text)


def stand_down(
    actor: User, crisis_id: int, *, reason: str, version: int | None = None, now: datetime | None = None
) -> Crisis:
    """It is over, and has no effect from now on. Raises Invalid, Missing, Conflict."""
    return _end(actor, crisis_id, Event.STAND_DOWN, "stood_down", reason, version, now)


def dismiss(
    actor: User, crisis_id: int, *, reason: str, version: int | None = None, now: datetime | None = None
) -> Crisis:
    """It was none. Raises Invalid, Missing, Conflict."""
    return _end(actor, crisis_id, Event.DISMISS, "dismissed", reason, version, now)


def review(
    actor: User, crisis_id: int, *, conclusion: str, version: int | None = None, now: datetime | None = None
) -> Crisis:
    """Close it with what was learnt. Raises Invalid, Missing, Conflict."""
    require(actor, Permission.MANAGE_CRISES)
    now, conclusion = now or timezone.now(), _text("conclusion", conclusion)
    with transaction.atomic():
        crisis = at_hand(crisis_id, version, now)
        after = ruled(crisis, lambda: crisis.standing.after(Event.REVIEW))
        move(crisis, after, "reviewed", actor=actor, now=now, text=conclusion)
    return crisis


def preview_renewal(actor: User, crisis_id: int, *, now: datetime | None = None) -> Effect:
    """What `renew_clocks` would do now. Raises Missing."""
    require(actor, Permission.RENEW_PROMISES)
    now = now or timezone.now()
    return effect(change_by(at_hand(crisis_id, None, now), now), now)


def renew_clocks(actor: User, crisis_id: int, *, now: datetime | None = None) -> Crisis:
    """Give the open clocks of the tickets that it covers what the policies promise them now; a sweep does it.

    Clocks otherwise keep what they were promised, whatever becomes of the crisis. Raises Missing.
    """
    require(actor, Permission.RENEW_PROMISES)
    now = now or timezone.now()
    with transaction.atomic():
        crisis = at_hand(crisis_id, None, now)
        SlaRenewal.objects.create(crisis=crisis, author=actor, at=now)
        tell(crisis, "clocks", actor=actor, now=now, level=crisis.level_at(now))
    return crisis


def lapse_due(now: datetime) -> int:
    """Let lapse what nobody confirmed in time; how many. Of several sweeps one does each."""
    due = Crisis.objects.filter(state=Crisis.State.ACTIVE, level=Level.CRISIS, lapses_at__lte=now)
    return sum(lapse(crisis, now) for crisis in due.order_by("lapses_at")[:LAPSED_AT_ONCE])


# ── steps that the verbs share ───────────────────────────────────────────────
def _end(
    actor: User, crisis_id: int, event: Event, kind: str, reason: str, version: int | None, now: datetime | None
) -> Crisis:
    require(actor, Permission.MANAGE_CRISES)
    now, reason = now or timezone.now(), _text("reason", reason)
    with transaction.atomic():
        crisis = at_hand(crisis_id, version, now)
        after = ruled(crisis, lambda: crisis.standing.after(event))
        move(crisis, after, kind, actor=actor, now=now, text=reason, columns={"ended_at": now}, level=crisis.level)
        stop(crisis, now)
        end_swarm(crisis, actor, now)
    return crisis


def _level(level: int) -> int:
    if level not in ACTIVE_LEVELS:
        raise _wrong("level", _("Choose level 1, 2 or 3."))
    return level


def _name(name: str) -> str:
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME or "\x00" in words:
        raise _wrong("name", _("Give a name of 1 to %(count)d characters.") % {"count": LONGEST_NAME})
    return words


def _text(field: str, text: str) -> str:
    words = text.strip()
    if not words or len(words) > LONGEST_TEXT or "\x00" in words:
        raise _wrong(field, _("Say why, in 1 to %(count)d characters.") % {"count": LONGEST_TEXT})
    return words


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
