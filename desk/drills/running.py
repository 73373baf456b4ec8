"""The drill that runs, and what a version of the crisis plan has proven."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from desk.crises.models import Crisis, CrisisPlanVersion
from desk.crises.plans import plan_of
from desk.drills.models import Drill
from desk.people.models import User
from policies.drill_score import lapses_at


def running_drill() -> Drill | None:
    return Drill.objects.select_related("inbox", "crisis").filter(state=Drill.State.RUNNING).first()


def keep_crisis(drill: Drill, crisis: Crisis) -> None:
    """The first crisis that somebody starts in a drill is its own; until then the first that the desk suspects."""
    free = Q(crisis=None)
    if crisis.state == Crisis.State.ACTIVE:
        free |= Q(crisis__state__in=[Crisis.State.SUSPECTED, Crisis.State.DISMISSED])
    Drill.objects.filter(free, pk=drill.pk).update(crisis=crisis)


@dataclass(frozen=True, slots=True)
class Proof:
    """Proven by `drill`, by these people, until `lapses_at`."""

    drill: Drill
    proven_at: datetime
    lapses_at: datetime
    people: list[User]

    def has_lapsed(self, now: datetime) -> bool:
        return self.lapses_at <= now


def proofs(versions: Collection[int]) -> dict[int, Proof]:
    """By version of the plan the newest drill that it passed; those that passed none are left out. Two queries."""
    rows = Drill.objects.filter(plan__in=versions, passed=True, state=Drill.State.FINISHED, ended_at__isnull=False)
    newest = list(rows.order_by("plan_id", "-ended_at", "-id").distinct("plan_id"))
    named = {pk for drill in newest for pk in drill.card.get("people", ())}
    people = User.objects.in_bulk(named)
    found = {}
    for drill in newest:
        if drill.plan_id is not None and drill.ended_at is not None:
            until = lapses_at(drill.ended_at, plan_of(drill.plan_id).targets)
            took_part = [people[pk] for pk in drill.card.get("people", ()) if pk in people]
            found[drill.plan_id] = Proof(drill, drill.ended_at, until, took_part)
    return found


def proof_of_active_plan() -> tuple[CrisisPlanVersion, Proof | None]:
    """The plan that the next crisis goes by, and whether it is proven."""
    version = CrisisPlanVersion.objects.defer("document").get(state="active")
    return version, proofs([version.pk]).get(version.pk)
