"""The forms of a draft of the crisis plan: what a level does, and its roles and targets. The rest of its document stays
as it is.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from desk.actions.crises import crisis_plans as verbs
from desk.common.errors import DeskError
from desk.crises.models import CrisisPlanVersion
from desk.people.permissions import Permission
from desk.web import level_fields, lines, typed_documents
from desk.web.forms import filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.lines import Focus
from desk.web.show.crises import LEVEL_WORDS
from desk.web.show.crisis_plan import language
from policies.crisis_plan import CrisisPlan
from policies.crisis_plan_form import MOST_LINES, MOST_ROLES, MOST_TASKS
from policies.rulebook_states import State

LEVEL, ROLES = "desk/administration/crisis_plan/level.html", "desk/administration/crisis_plan/roles.html"


@signed_in(Permission.WRITE_CRISIS_PLAN)
def level(request: HttpRequest, number: int, level: int) -> HttpResponse:
    """The gate, what pauses, what is offered, what agents read, and what there is to do."""
    version, plan = _draft(number)
    if level not in plan.levels:
        raise Http404
    taken = [task.key for at, other in plan.levels.items() if at != level for task in other.checklist]
    values, focus = _typed(request, level_fields.typed_level(plan.levels[level]), ("gates", "tasks"))
    refused = None
    if focus is None and request.method == "POST":

        def put_in(document: dict[str, Any]) -> None:
            document["levels"][str(level)] |= level_fields.level_of(request.POST, taken)

        try:
            return _kept(request, version, put_in, _("The level is kept."))
        except DeskError as problem:
            refused = level_fields.at_fields(problem, request.POST, level)
    roles = {key: name[language()] for key, name in plan.roles.items()}
    usual = filled(level_fields.usual_fields(values), values, refused)
    gates = level_fields.gates(values, refused, (focus or {}).get("gates"))
    tasks = level_fields.tasks(values, roles, refused, (focus or {}).get("tasks"))
    context = {
        "version": version,
        "level": level,
        "level_words": LEVEL_WORDS[level],
        "seen": request.POST.get("seen") or version.changed_at.isoformat(),
        "usual": usual,
        "gates": gates,
        "tasks": tasks,
        "gates_full": len(gates) >= MOST_LINES,
        "tasks_full": len(tasks) >= MOST_TASKS,
    }
    return show_form(request, LEVEL, [*usual, *_all(gates), *_all(tasks)], context, refused)


@signed_in(Permission.WRITE_CRISIS_PLAN)
def roles(request: HttpRequest, number: int) -> HttpResponse:
    """Who does what, and what drills are measured by."""
    version, plan = _draft(number)
    values, focus = _typed(request, level_fields.typed_roles(plan), ("roles",))
    refused = None
    if focus is None and request.method == "POST":
        try:
            said = _("Roles and targets are kept.")
            return _kept(request, version, lambda document: document.update(level_fields.roles_of(request.POST)), said)
        except DeskError as problem:
            refused = level_fields.at_fields(problem, request.POST)
    targets = filled(level_fields.target_fields(), values, refused)
    found = level_fields.roles(values, refused, (focus or {}).get("roles"))
    context = {
        "version": version,
        "seen": request.POST.get("seen") or version.changed_at.isoformat(),
        "targets": targets,
        "roles": found,
        "full": len(found) >= MOST_ROLES,
    }
    return show_form(request, ROLES, [*targets, *_all(found)], context, refused)


def _draft(number: int) -> tuple[CrisisPlanVersion, CrisisPlan]:
    version = get_object_or_404(CrisisPlanVersion, number=number)
    if version.state != State.DRAFT:
        raise Http404
    return version, version.plan()


def _typed(request: HttpRequest, known: QueryDict, names: Sequence[str]) -> tuple[QueryDict, dict[str, Focus] | None]:
    """What stands in the form, and where to go on where a button changed its lines."""
    if lines.DO not in request.POST:
        return request.POST or known, None
    values: QueryDict = request.POST
    focus: dict[str, Focus] = {}
    for name in names:
        values, focus[name] = lines.rearranged(values, name, level_fields.EMPTY[name])
    return values, focus


def _kept(
    request: HttpRequest, version: CrisisPlanVersion, put_in: Callable[[dict[str, Any]], None], said: str
) -> HttpResponse:
    document = deepcopy(dict(version.document))
    put_in(document)
    verbs.change_draft(person(request), version.number, document=document, seen=_moment(request.POST.get("seen", "")))
    messages.success(request, said)
    return leave(request, "administration-crisis-plan", version.number)


def _moment(typed: str) -> datetime | None:
    """When the draft that the writer began from was changed; None: nobody says. Raises Invalid."""
    return typed_documents.seen(typed) if typed else None


def _all(found: Sequence[level_fields.LineFields]) -> list[Any]:
    return [field for line in found for field in line]
