"""The crisis plan: the version that is active now, and what a version says. Each process reads a version once."""

from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from desk.crises.models import CrisisPlanVersion
from policies.crisis_plan import CrisisPlan
from policies.crisis_plan_form import default_plan
from policies.rulebook_states import State

FIRST = 1


def active_plan() -> CrisisPlanVersion:
    """What a crisis that starts now goes by, without its words. Held until the caller's transaction ends, so that it is
    still the active one when the crisis is there.

    Who waits here while another version is switched on finds the old one retired, and no other: one looks again.
    """
    active = CrisisPlanVersion.objects.select_for_update(no_key=True).defer("document").filter(state=State.ACTIVE)
    return active.first() or active.get()


@lru_cache(maxsize=50)
def plan_of(version_id: int) -> CrisisPlan:
    """What a version that was once active says; such a version never changes."""
    return CrisisPlanVersion.objects.get(pk=version_id).plan()


@transaction.atomic
def make_first() -> None:
    """The plan that a new desk starts with."""
    if CrisisPlanVersion.objects.exists():
        return
    now = timezone.now()
    CrisisPlanVersion.objects.create(
        number=FIRST,
        document=dict(default_plan().document),
        summary="The plan that every desk starts with",
        state=State.ACTIVE,
        created_at=now,
        changed_at=now,
        activated_at=now,
    )
