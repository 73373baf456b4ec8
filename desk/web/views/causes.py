"""Administration of causes: the tree, departments, and whether a cause is asked for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.causes import causes as verbs
from desk.actions.causes.causes import CauseWish
from desk.causes.asking import asked_now
from desk.causes.models import Cause, CauseAsking, Department
from desk.causes.tree import Tree
from desk.common.errors import Missing
from desk.people.models import User
from desk.people.permissions import Permission
from desk.web.forms import Field, choice, edit, leave
from desk.web.guards import person, signed_in

MANAGE = Permission.MANAGE_CAUSES
ASKED = Field("asked", gettext_lazy("Ask for a cause"), kind="choice", choices=tuple(CauseAsking.Asked.choices))
NAME = Field("name", gettext_lazy("Name"))


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """The whole tree, which is small; archived ones at its foot."""
    tree = Tree()
    rows = [(place, tree.department(place.cause), tree.owner(place.cause)) for place in tree.places()]
    offered = {place.cause.pk for place, _department, _owner in rows}
    archived = [place for place in tree.places(archived=True) if place.cause.pk not in offered]
    context = {"rows": rows, "archived": archived, "asked": CauseAsking.Asked(asked_now()).label}
    return render(request, "desk/administration/causes/overview.html", context)


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A new cause."""
    known = {"parent": request.GET.get("below", "")}

    def verb() -> str:
        verbs.create(person(request), _wish(request))
        return _("The cause is added.")

    template = "desk/administration/causes/new.html"
    return edit(request, template, cause_fields(Tree(), None), known, {}, verb, then="administration-causes")


@signed_in(MANAGE)
def one(request: HttpRequest, cause_id: int) -> HttpResponse:
    """Its name, where it stands, to whom it belongs, and what else can be done with it."""
    tree = Tree()
    if cause_id not in tree:
        raise Missing(_("There is no such cause."))
    cause = tree[cause_id]
    known = {
        **{name: getattr(cause, name) for name in ("name_nl", "name_en")},
        **{name: getattr(cause, f"{name}_id") or "" for name in ("department", "owner")},
        "parent": tree.now(cause.parent_id).pk if cause.parent_id is not None else "",
    }

    def verb() -> str:
        verbs.change(person(request), cause_id, _wish(request))
        return _("The changes are kept.")

    context = {
        "cause": cause,
        "path": tree.words(cause),
        "into": cause.merged_into_id and tree.now(cause_id),
        "merged": tree.merged(cause),
        "others": [place for place in tree.places() if cause not in place.path],
    }
    template = "desk/administration/causes/one.html"
    return edit(request, template, cause_fields(tree, cause), known, context, verb, then="administration-causes")


@require_POST
@signed_in(MANAGE)
def act(request: HttpRequest, cause_id: int, step: str) -> HttpResponse:
    """Archive it, offer it again, or take its merge back."""
    steps = {"archive": verbs.archive, "restore": verbs.restore, "part": verbs.part}
    if step not in steps:
        raise Missing(_("There is no such cause."))
    steps[step](person(request), cause_id)
    messages.success(request, _("The changes are kept."))
    return leave(request, "administration-causes")


@require_POST
@signed_in(MANAGE)
def merge(request: HttpRequest, cause_id: int) -> HttpResponse:
    """Count it as another one."""
    verbs.merge(person(request), cause_id, choice(request.POST, "into") or 0)
    messages.success(request, _("Its tickets are counted for the other cause. This can be taken back."))
    return leave(request, "administration-causes")


@signed_in(MANAGE)
def asking(request: HttpRequest) -> HttpResponse:
    """Whether a cause is asked for when a ticket is resolved."""

    def verb() -> str:
        verbs.set_asking(person(request), request.POST.get("asked", ""))
        return _("The changes are kept.")

    template = "desk/administration/causes/asking.html"
    return edit(request, template, [ASKED], {"asked": asked_now()}, {}, verb, then="administration-causes")


@signed_in(MANAGE)
def departments(request: HttpRequest) -> HttpResponse:
    """All departments, and a new one."""

    def verb() -> str:
        verbs.create_department(person(request), request.POST.get("name", ""))
        return _("The department is added.")

    context = {"departments": Department.objects.prefetch_related("causes")}
    template = "desk/administration/causes/departments.html"
    return edit(request, template, [NAME], {}, context, verb, then="administration-departments")


@signed_in(MANAGE)
def department(request: HttpRequest, department_id: int) -> HttpResponse:
    """Its name."""
    found = Department.objects.filter(pk=department_id).first()
    if found is None:
        raise Missing(_("There is no such department."))

    def verb() -> str:
        verbs.rename_department(person(request), department_id, request.POST.get("name", ""))
        return _("The changes are kept.")

    template = "desk/administration/causes/department.html"
    context = {"department": found, "used": found.causes.exists()}
    return edit(request, template, [NAME], {"name": found.name}, context, verb, then="administration-departments")


@require_POST
@signed_in(MANAGE)
def delete_department(request: HttpRequest, department_id: int) -> HttpResponse:
    """One to which no cause belongs."""
    verbs.delete_department(person(request), department_id)
    messages.success(request, _("The department is deleted."))
    return leave(request, "administration-departments")


def cause_fields(tree: Tree, cause: Cause | None) -> list[Field]:
    """What makes a cause, also where somebody proposes it otherwise."""
    above = _("as the one above it")
    places = [place for place in tree.places() if cause is None or cause not in place.path]
    owners = User.objects.filter(is_active=True)
    return [
        Field("name_nl", _("Name in Dutch"), language="nl"),
        Field("name_en", _("Name in English"), language="en"),
        Field(
            "parent",
            _("Below"),
            kind="choice",
            choices=(("", _("at the top")), *((str(place.cause.pk), place.words) for place in places)),
        ),
        Field(
            "department",
            _("Department"),
            kind="choice",
            choices=(("", above), *((str(one.pk), one.name) for one in Department.objects.all())),
        ),
        Field(
            "owner",
            _("Owner"),
            kind="choice",
            choices=(("", above), *((str(one.pk), one.name) for one in owners)),
            help=_("Whoever sees to it that it happens less often."),
        ),
    ]


def _wish(request: HttpRequest) -> CauseWish:
    values = request.POST
    ids = {name: choice(values, name) for name in ("parent", "department", "owner")}
    return CauseWish(values.get("name_nl", ""), values.get("name_en", ""), **ids)
