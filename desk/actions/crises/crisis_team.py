"""Who does what in a crisis: the roles of its plan with people in them, and its checklist. All of it is in the log."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_moves import at_hand, move, tell
from desk.common.errors import Conflict, Invalid, Missing
from desk.crises.checklist import TICKED, UNTICKED, checklist
from desk.crises.models import Crisis, CrisisEntry
from desk.crises.plans import plan_of
from desk.people.models import User
from desk.people.permissions import Permission, require

RUNNING = (Crisis.State.ACTIVE, Crisis.State.STOOD_DOWN)  # there is something left to do


def give_roles(
    actor: User,
    crisis_id: int,
    holders: Mapping[str, int | None],
    *,
    version: int | None = None,
    now: datetime | None = None,
) -> Crisis:
    """Put people into roles of its plan, by their keys; None takes somebody out. What is not named stays.

    Raises Invalid, Missing, Conflict.
    """
    require(actor, Permission.MANAGE_CRISES)
    now = now or timezone.now()
    with transaction.atomic():
        crisis = at_hand(crisis_id, version, now)
        roles = plan_of(crisis.plan_id).roles if crisis.plan_id is not None else {}
        if strange := sorted(set(holders) - set(roles)):
            raise _wrong("roles", _("The plan of this crisis has no role %(names)s.") % {"names": ", ".join(strange)})
        wanted = {pk for pk in holders.values() if pk is not None}
        if wanted - set(User.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True)):
            raise _wrong("roles", _("Choose colleagues who work here."))
        after = {**crisis.role_holders, **holders}
        kept = {key: pk for key, pk in after.items() if pk is not None}
        if kept != crisis.role_holders:
            columns, before = {"role_holders": kept}, crisis.role_holders
            move(crisis, crisis.standing, "roles", actor=actor, now=now, columns=columns, roles=kept, before=before)
    return crisis


def tick(actor: User, crisis_id: int, task: str, *, done: bool = True, now: datetime | None = None) -> CrisisEntry:
    """Say that a task is done, or that it is not after all; whoever holds its role may, and whoever manages crises.

    Raises Missing, Conflict.
    """
    now = now or timezone.now()
    with transaction.atomic():
        at_hand(crisis_id, None, now)
        crisis = Crisis.objects.select_for_update(no_key=True).get(pk=crisis_id)  # of two who tick one is told
        found = next((one for one in checklist(crisis) if one.task.key == task), None)
        if found is None or not found.task.role or crisis.role_holders.get(found.task.role) != actor.pk:
            require(actor, Permission.MANAGE_CRISES)
        if found is None:
            raise Missing(_("There is no such task."))
        if crisis.state not in RUNNING:
            raise Conflict(_("This crisis is closed, and so is its checklist."))
        if done == (found.done is not None):
            raise Conflict(_("Somebody was quicker. Look again."), code="changed")
        return tell(crisis, TICKED if done else UNTICKED, actor=actor, now=now, task=task)


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
