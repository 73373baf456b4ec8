"""Profiles of response times: groups of policies that speak only where the plan of a crisis brings their profile.

A policy names its profiles among its conditions, a level of the plan names the one that it brings. So the plan alone
says when, and the policies alone say what; a profile without a policy in force can't be named, nor lose its last one.
"""

from collections.abc import Mapping

from django.db.models import F
from django.utils.translation import gettext as _

from desk.common.errors import Conflict
from desk.crises.active import active_crises
from desk.crises.models import CrisisPlanVersion
from desk.crises.plans import plan_of
from desk.sla.models import SlaPolicyVersion
from policies.rulebook_states import State


def profiles_in_force() -> Mapping[str, list[str]]:
    """The names of the policies of each profile, in the order in which they are asked. One query."""
    rows = SlaPolicyVersion.objects.filter(policy__deleted_at=None, policy__enabled=True, pk=F("policy__current"))
    found: dict[str, list[str]] = {}
    for version in rows.select_related("policy").order_by("policy__position", "policy_id"):
        for profile in sorted(version.conditions.profiles):
            found.setdefault(profile, []).append(version.policy.name)
    return found


def refuse_lost_profiles() -> None:
    """At the end of a change of policies. Raises Conflict where a plan brings a profile that no policy has any more."""
    if lost := sorted(_brought() - profiles_in_force().keys()):
        said = _("The crisis plan brings the profile “%(name)s”, and no other policy has it. Change the plan first.")
        raise Conflict(said % {"name": lost[0]}, code="profile_needed")


def _brought() -> set[str]:
    """By the plan that is active, and by those that crises go by now."""
    versions = set(CrisisPlanVersion.objects.filter(state=State.ACTIVE).values_list("pk", flat=True))
    versions |= {crisis.plan_id for crisis in active_crises() if crisis.plan_id is not None}
    return {level.sla_profile for pk in versions for level in plan_of(pk).levels.values()} - {""}
