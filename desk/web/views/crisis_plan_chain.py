"""The form of a level's chain in a draft of the crisis plan; the rest of its document stays as it is."""

from copy import deepcopy

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from desk.actions.crises import crisis_plans as verbs
from desk.common.errors import DeskError
from desk.crises.models import CrisisPlanVersion
from desk.people.permissions import Permission
from desk.web import escalation_fields, lines, typed_documents
from desk.web.chain_fields import people_added
from desk.web.forms import filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.show.crises import LEVEL_WORDS
from desk.web.show.crisis_plan import language
from policies.escalation import MOST_STEPS
from policies.rulebook_states import State

TEMPLATE = "desk/administration/crisis_plan/chain.html"


@signed_in(Permission.WRITE_CRISIS_PLAN)
def one(request: HttpRequest, number: int, level: int) -> HttpResponse:
    """Steps, who is called up, and which team gets the tickets."""
    version = get_object_or_404(CrisisPlanVersion, number=number)
    if version.state != State.DRAFT or level not in version.plan().levels:
        raise Http404
    plan = version.plan()
    said = plan.levels[level]
    seen = request.POST.get("seen") or version.changed_at.isoformat()
    known = escalation_fields.typed(said.escalation, said.call_up, said.team)
    values, refused, focus = request.POST or known, None, None
    if lines.DO in request.POST:
        values, focus = lines.rearranged(request.POST, "steps", escalation_fields.EMPTY)
        with_people = [people_added(line) for line in lines.read(values, "steps")]
        values = lines.written(values, "steps", with_people)
    elif request.method == "POST":
        try:
            document = deepcopy(dict(version.document))
            document["levels"][str(level)] |= escalation_fields.level_of(request.POST)
            verbs.change_draft(person(request), number, document=document, seen=typed_documents.seen(seen))
            messages.success(request, _("The chain is kept."))
            return leave(request, "administration-crisis-plan", number)
        except DeskError as problem:
            refused = escalation_fields.at_fields(problem, level)
    roles = {key: name[language()] for key, name in plan.roles.items()}
    usual = filled(escalation_fields.usual_fields(), values, refused)
    steps = escalation_fields.steps(values, roles, refused, focus)
    context = {
        "version": version,
        "level": level,
        "level_words": LEVEL_WORDS[level],
        "seen": seen,
        "usual": usual,
        "steps": steps,
        "full": len(steps) >= MOST_STEPS,
        "empty": focus is not None and not steps,
    }
    return show_form(request, TEMPLATE, [*usual, *(field for step in steps for field in step)], context, refused)
