"""The crisis plan on the screen: its versions, one in plain words, its text, and the steps from draft to active."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.crises import crisis_plans as verbs
from desk.common.errors import Invalid
from desk.common.paging import slice_after
from desk.crises.models import Crisis, CrisisPlanVersion
from desk.drills.running import proofs
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.permissions import Permission
from desk.rulebooks import text as as_text
from desk.web import typed_documents
from desk.web.forms import Field, edit
from desk.web.guards import person, signed_in
from desk.web.show import crisis_plan as show
from desk.web.show.drills import proven, targets
from desk.web.show.versions import steps
from desk.web.version_steps import VersionSteps
from policies.rulebook_states import State

READ, WRITE, REVIEW = Permission.SEE_CRISES, Permission.WRITE_CRISIS_PLAN, Permission.REVIEW_CRISIS_PLAN
PAGE = 25
NO_LANGUAGE = "zxx"
_TYPES = {"yaml": "application/yaml", "json": "application/json"}
_STEPS = VersionSteps(
    CrisisPlanVersion,
    verbs,
    overview="administration-crisis-plans",
    one="administration-crisis-plan",
    switched_on=gettext_lazy("Version %(number)d is active. The next crisis goes by it."),
)


@signed_in(READ)
def overview(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    page = slice_after(_versions().defer("document"), ("number",), request.GET.get("cursor", ""), PAGE, descending=True)
    context = {"versions": page.rows, "page": page, "writes": person(request).may(WRITE)}
    return render(request, "desk/administration/crisis_plan/list.html", context)


@require_POST
@signed_in(WRITE)
def add(request: HttpRequest) -> HttpResponse:
    """A draft that begins as the active version, or as the one that is named."""
    return _STEPS.add(request)


@signed_in(READ)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """What it does at each level, in plain words, and what can be done with it."""
    version = get_object_or_404(_versions(), number=number)
    networks = {network.slug: str(network.label) for network in all_networks()}
    inboxes = dict(Inbox.objects.values_list("pk", "name"))
    reader, plan = person(request), version.plan()
    context = {
        "version": version,
        "steps": steps(version, reader, WRITE, REVIEW),
        "levels": show.in_words(plan, show.language(), networks, inboxes),
        "roles": [name[show.language()] for name in plan.roles.values()],
        "draft": version.state == State.DRAFT and reader.may(WRITE),
        "writes": reader.may(WRITE),
        "proven": proven(proofs([version.pk]).get(version.pk), timezone.now()) if version.activated_at else None,
        "targets": targets(plan),
        "running": Crisis.objects.filter(plan=version, state=Crisis.State.ACTIVE).count(),
    }
    return render(request, "desk/administration/crisis_plan/version.html", context)


@signed_in(WRITE)
def document(request: HttpRequest, number: int) -> HttpResponse:
    """All of it as text, to be changed, or to be replaced by what a file says."""
    version = get_object_or_404(_versions(), number=number)
    if version.state != State.DRAFT:
        raise Http404
    seen = request.POST.get("seen") or version.changed_at.isoformat()

    def keep() -> str:
        typed = typed_documents.read(request.POST.get("document", ""))
        summary = request.POST.get("summary", "")
        try:
            verbs.change_draft(
                person(request), number, document=typed, summary=summary, seen=typed_documents.seen(seen)
            )
        except Invalid as refused:
            raise typed_documents.at_the_text(refused) from None
        return _("The draft is kept.")

    fields = [
        Field("summary", _("What is different, in a sentence"), required=False),
        Field("document", _("In YAML or JSON"), "area", language=NO_LANGUAGE),
    ]
    known = {"summary": version.summary, "document": as_text.written(version.document, "yaml")}
    context = {"version": version, "seen": seen}
    template = "desk/administration/crisis_plan/document.html"
    return edit(request, template, fields, known, context, keep, then="administration-crisis-plans")


@signed_in(READ)
def export(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """The document of a version, to keep in a repository. `form` is yaml or json."""
    version = get_object_or_404(CrisisPlanVersion, number=number)
    named = {"Content-Disposition": f'attachment; filename="crisis-plan-{number}.{form}"'}
    return HttpResponse(as_text.written(version.document, form) + "\n", f"{_TYPES[form]}; charset=utf-8", headers=named)


@require_POST
@signed_in(READ)
def step(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One step of its life. What the desk refuses, it says on the same page."""
    return _STEPS.step(request, number, name)


def _versions() -> "QuerySet[CrisisPlanVersion]":
    return CrisisPlanVersion.objects.select_related("author", "reviewer", "based_on")
