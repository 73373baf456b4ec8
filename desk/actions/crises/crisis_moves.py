"""One step of a crisis: the row, its log, the audit trail and the screens, together or not at all.

A step is an UPDATE of the version that its author saw: of two people who act at once one is told that the other was
quicker, and looks again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.common.errors import Conflict, Missing
from desk.common.live import publish
from desk.crises import log
from desk.crises.models import Crisis, CrisisEntry
from desk.people.models import User, audit
from policies.crisis_states import MoveRefused, Standing, State, TransitionRefused, Why, possible_events

REFUSED = "transition_refused"
CHANGED = "changed"
_WHY: dict[Why, Promise] = {
    Why.SAME_LEVEL: gettext_lazy("This crisis is at this level already."),
    Why.WAITS_FOR_SECOND: gettext_lazy("Level 3 is asked for already and waits for a second person. Confirm it."),
    Why.NOTHING_TO_CONFIRM: gettext_lazy("There is no level 3 that waits for a second person."),
    Why.OWN_WORD: gettext_lazy("You asked for level 3 yourself. A second person has to confirm it."),
    Why.HAD_THEIR_TIME: gettext_lazy(
        "You have held level 3 alone for as long as one person may. Let a colleague raise it, then you can confirm it."
    ),
}
_STATES: dict[State, Promise] = {
    State.SUSPECTED: gettext_lazy("This crisis is only suspected. Start it or dismiss it."),
    State.ACTIVE: gettext_lazy("This crisis is active already. Set another level, or stand down."),
    State.STOOD_DOWN: gettext_lazy("This crisis is stood down. What is left is its review."),
    State.REVIEWED: gettext_lazy("This crisis is reviewed. Nothing can change it any more."),
    State.DISMISSED: gettext_lazy("This crisis was dismissed. Nothing can change it any more."),
}


def at_hand(crisis_id: int, version: int | None, now: datetime) -> Crisis:
    """The crisis as it stands at `now`: a level 3 whose time is over has lapsed, whether or not a sweep came by.

    `version` is what the caller last saw of it. Raises Missing, Conflict.
    """
    crisis = Crisis.objects.select_related("owner").filter(pk=crisis_id).first()
    if crisis is None:
        raise Missing(_("There is no such crisis."))
    if crisis.standing.has_lapsed(now):
        lapse(crisis, now)
        crisis.refresh_from_db()
    if version is not None and version != crisis.version:
        raise _too_late(crisis)
    return crisis


def ruled(crisis: Crisis, rule: Callable[[], Standing]) -> Standing:
    """What the rules say comes next. Raises Conflict with what is true and what to do."""
    try:
        return rule()
    except MoveRefused as refused:
        raise Conflict(_WHY[refused.why], code=refused.why.value) from None
    except TransitionRefused:
        possible = ", ".join(possible_events(crisis.state))
        raise Conflict(_STATES[State(crisis.state)], code=REFUSED, errors={"possible": [possible]}) from None


def move(
    crisis: Crisis,
    after: Standing,
    kind: str,
    *,
    actor: User | None,
    now: datetime,
    text: str = "",
    columns: dict[str, Any] | None = None,
    **data: Any,
) -> None:
    """Take the step, in the caller's transaction. Raises Conflict where somebody was quicker."""
    changed = {
        "state": after.state,
        "level": after.level,
        "asked_by_id": after.asked_by,
        "confirmed_by_id": after.confirmed_by,
        "lapses_at": after.lapses_at,
        **({"level_since": now} if after.level != crisis.level else {}),
        **(columns or {}),
    }
    if not _claimed(crisis, changed):
        raise _too_late(crisis)
    tell(crisis, kind, actor=actor, now=now, text=text, **data)


def lapse(crisis: Crisis, now: datetime) -> bool:
    """Level 3 that nobody confirmed becomes level 2; whether this call did it."""
    after = crisis.standing.lapsed(now)
    with transaction.atomic():
        if after == crisis.standing or not _claimed(crisis, {"level": after.level, "level_since": crisis.lapses_at}):
            return False
        tell(crisis, "lapsed", actor=None, now=now, lapsed_at=crisis.lapses_at.isoformat() if crisis.lapses_at else "")
    return True


def tell(crisis: Crisis, kind: str, *, actor: User | None, now: datetime, text: str = "", **data: Any) -> CrisisEntry:
    """Log, audit trail and screens, in the transaction of what is told."""
    entry = log.write(crisis, kind, at=now, actor=actor, text=text, **data)
    audit(actor, f"crisis_{kind}", crisis, name=crisis.name, **({"text": text} if text else {}), **data)
    publish("crisis", as_told(crisis, now))
    return entry


def as_told(crisis: Crisis, now: datetime) -> dict[str, object]:
    """What a screen needs to show a crisis in its banner; level 0 takes it away. The newest version holds."""
    since = crisis.level_since or crisis.created_at
    return {
        "id": crisis.pk,
        "version": crisis.version,
        "log": crisis.log_length,
        "name": crisis.name,
        "state": crisis.state,
        "level": crisis.level_at(now),
        "drill": crisis.drill,
        "since": since.isoformat(),
    }


def _claimed(crisis: Crisis, columns: dict[str, Any]) -> bool:
    """Change the row if nobody else has since it was read."""
    rows = Crisis.objects.filter(pk=crisis.pk, version=crisis.version)
    if not rows.update(version=F("version") + 1, **columns):
        return False
    crisis.refresh_from_db()
    return True


def _too_late(crisis: Crisis) -> Conflict:
    last = CrisisEntry.objects.filter(crisis=crisis).exclude(kind="note").select_related("actor").last()
    if last is None or last.actor is None:
        return Conflict(_("This crisis has changed since you looked. Look again."), code=CHANGED)
    words = {"name": last.actor.name, "time": timezone.localtime(last.at).strftime("%H:%M")}
    return Conflict(_("%(name)s was quicker and changed this crisis at %(time)s. Look again.") % words, code=CHANGED)
