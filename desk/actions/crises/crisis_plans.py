"""The crisis plan: written by one colleague, read and switched on by another, rolled back in one step.

A crisis keeps the version that was active when it started; what is switched on holds for the next one.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.crises.escalation_named import gone
from desk.actions.rulebooks.versions import Versions
from desk.actions.sla.sla_profiles import profiles_in_force
from desk.common.errors import Invalid
from desk.crises.models import CrisisPlanVersion
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Permission
from desk.replies.models import CannedResponse
from policies.crisis_plan import CrisisPlan
from policies.crisis_plan_form import parse
from policies.rulebook_reading import RulebookProblem


def write_draft(
    actor: User, *, document: Mapping[str, Any] | None = None, summary: str = "", now: datetime | None = None
) -> CrisisPlanVersion:
    """A new version to work on; without a `document` it begins as the active one. Raises Invalid, Conflict."""
    return _VERSIONS.write_draft(actor, document, summary, now or timezone.now())


def change_draft(
    actor: User,
    number: int,
    *,
    document: Mapping[str, Any],
    summary: str | None = None,
    seen: datetime | None = None,
    now: datetime | None = None,
) -> CrisisPlanVersion:
    """Other words for a draft. `seen` is the `changed_at` that the writer began from. Raises Invalid, Conflict."""
    return _VERSIONS.change_draft(actor, number, document, summary, seen, now or timezone.now())


def hand_in(actor: User, number: int, *, now: datetime | None = None) -> CrisisPlanVersion:
    """A draft that a colleague shall read."""
    return _VERSIONS.hand_in(actor, number, now or timezone.now())


def give_back(actor: User, number: int, *, reason: str) -> CrisisPlanVersion:
    """The reviewer wants something else; the version is a draft again."""
    return _VERSIONS.give_back(actor, number, reason)


def switch_on(actor: User, number: int, *, now: datetime | None = None) -> CrisisPlanVersion:
    """The next crisis goes by it. Raises Invalid where it names what is gone by now."""
    return _VERSIONS.switch_on(actor, number, now or timezone.now())


def roll_back(actor: User, number: int, *, now: datetime | None = None) -> CrisisPlanVersion:
    """A new version with the words of one that was active before, in force at once: it has been reviewed already."""
    return _VERSIONS.roll_back(actor, number, now or timezone.now())


def discard(actor: User, number: int, *, now: datetime | None = None) -> CrisisPlanVersion:
    """A draft or a review that nobody wants. It is kept, as retired."""
    return _VERSIONS.discard(actor, number, now or timezone.now())


def read(document: Mapping[str, Any]) -> CrisisPlan:
    """The plan of a document. Raises Invalid with every problem at its path, such as `levels.3.gates[0].inbox`."""
    errors: dict[str, list[str]] = {}
    try:
        plan = parse(document)
    except RulebookProblem as problem:
        for path, sentence in problem.said(translation.get_language() or "en"):
            errors.setdefault(path or "document", []).append(sentence)
    else:
        for path, sentence in _gone(plan):
            errors.setdefault(path, []).append(sentence)
    if errors:
        raise Invalid(_("This crisis plan can't be used yet. See what is marked."), errors=errors)
    return plan


def _gone(plan: CrisisPlan) -> Iterator[tuple[str, str]]:
    """What it names and the desk does not have."""
    networks, inboxes = {network.slug for network in all_networks()}, set(Inbox.objects.values_list("pk", flat=True))
    shortcuts, profiles = set(CannedResponse.objects.values_list("shortcut", flat=True)), profiles_in_force()
    for number, level in plan.levels.items():
        for place, line in enumerate(level.gates):
            path = f"levels.{number}.gates[{place}]"
            if unknown := [slug for slug in line.networks if slug not in networks]:
                yield f"{path}.network", _("There is no such network: %(values)s.") % {"values": ", ".join(unknown)}
            if lost := [str(pk) for pk in line.inboxes if pk not in inboxes]:
                yield f"{path}.inbox", _("There is no such inbox: %(values)s.") % {"values": ", ".join(lost)}
        for place, shortcut in enumerate(level.statements):
            if shortcut not in shortcuts:
                yield (
                    f"levels.{number}.statements[{place}]",
                    _("There is no canned response with the shortcut “%(value)s”.") % {"value": shortcut},
                )
        if level.sla_profile and level.sla_profile not in profiles:
            yield (
                f"levels.{number}.sla_profile",
                _("No policy for response times that is in force has the profile “%(value)s”.")
                % {"value": level.sla_profile},
            )
    yield from gone(plan)


def _refuse_what_is_gone(version: CrisisPlanVersion) -> None:
    read(version.document)


_VERSIONS = Versions(
    CrisisPlanVersion,
    name="crisis_plan",
    write=Permission.WRITE_CRISIS_PLAN,
    review=Permission.REVIEW_CRISIS_PLAN,
    kept=lambda document: dict(read(document).document),
    missing=gettext_lazy("There is no version %(number)d of the crisis plan."),
    before_active=_refuse_what_is_gone,
)
