"""What was planned is switched on when its moment has come, in the name of who planned it.

The row of the change is locked, and its state moves in the transaction in which the thing changes: killed at any line
it is done once or not at all, and of two sweeps one does the work. What the desk refuses then (the planner may no
longer, an example fails, the thing is gone) waits for a person again, who is told why.
"""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from desk.actions.changes.change_notices import tell_author, tell_of_failure
from desk.actions.changes.registry import kind_of
from desk.actions.changes.steps import move, put_in_force
from desk.changes.models import Change
from desk.common.errors import DeskError
from desk.common.logs import logger
from desk.people.models import User, audit
from desk.people.permissions import require
from policies.change_states import Event, State

MOST = 100  # in one run


def switch_on_planned(now: datetime) -> int:
    """How many moments had come; what was refused is among them."""
    done = 0
    while done < MOST and _next(now):
        done += 1
    return done


@transaction.atomic
def _next(now: datetime) -> bool:
    """The one whose moment came first; whether there was one."""
    rows = Change.objects.select_for_update(of=("self",), skip_locked=True).select_related("planned_by", "author")
    one = rows.filter(state=State.PLANNED, planned_for__lte=now).order_by("planned_for", "id").first()
    if one is None:
        return False
    planner = one.planned_by
    with translation.override(planner.language if planner else None):
        if (problem := _refused(one, planner, now)) is not None:
            _fail(one.pk, planner, problem, now)
    return True


def _refused(one: Change, planner: User | None, now: datetime) -> str | None:
    """Switch it on; why not, where that can't be."""
    if planner is None:
        return _("Whoever planned it has left.")
    try:
        with transaction.atomic():
            kind = kind_of(one.kind)
            require(planner, kind.permission)
            put_in_force(one, kind, planner, now)
            tell_author(one, "change_adopted", planner, now)
    except DeskError as refused:
        return str(refused.message)
    except Exception:  # one that can't be switched on holds up no other
        logger.exception("a planned change failed", change=one.pk)
        return _("Something went wrong here. Try to switch it on yourself.")
    return None


def _fail(change_id: int, planner: User | None, problem: str, now: datetime) -> None:
    one = Change.objects.select_for_update().get(pk=change_id)  # as it was before the attempt
    move(one, Event.FAIL)
    one.problem = problem
    one.save()
    audit(planner, "change_failed", one, problem=problem)
    tell_of_failure(one, planner, now)
    logger.warning("a planned change could not be switched on", change=change_id, problem=problem)
