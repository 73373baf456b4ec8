"""A crisis plan that is in force, in one line."""

from typing import Any

from desk.actions.crises import crisis_plans
from desk.crises.models import CrisisPlanVersion
from desk.people.models import User


def switched_on(document: dict[str, Any]) -> CrisisPlanVersion:
    """Written by one colleague and switched on by another."""
    author, _new = User.objects.get_or_create(username="plan-author", defaults={"role": "comms"})
    reviewer, _new = User.objects.get_or_create(username="plan-reviewer", defaults={"role": "administrator"})
    draft = crisis_plans.write_draft(author, document=document, summary="Anders")
    crisis_plans.hand_in(author, draft.number)
    return crisis_plans.switch_on(reviewer, draft.number)


def brings(**profiles: str) -> CrisisPlanVersion:
    """`brings(level2="crisis")`: the profile of response times of each level; some policy has to have it already."""
    return switched_on(
        {"levels": {level.removeprefix("level"): {"sla_profile": one} for level, one in profiles.items()}}
    )
