"""Administration of canned responses: the texts that colleagues start from."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions import canned as verbs
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.people.models import Team
from desk.people.permissions import Permission
from desk.replies.models import CannedResponse, Reply
from desk.web.forms import Field, Words, choice, filled, show_form
from desk.web.guards import person, signed_in

PAGE = 100
EDIT = Permission.EDIT_CANNED
TEXTS = ("name", "shortcut", "text_nl", "text_en", "visibility")


@signed_in(EDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """All of them, or those in which a word occurs."""
    rows = CannedResponse.objects.select_related("team")
    if word := request.GET.get("q", "").strip():
        rows = (
            rows.filter(name__icontains=word)
            | rows.filter(text_nl__icontains=word)
            | rows.filter(text_en__icontains=word)
        )
    page = slice_after(rows, ("name",), request.GET.get("cursor", ""), PAGE)
    context = {"responses": page.rows, "page": page, "q": word, "query": urlencode({"q": word}) if word else ""}
    return render(request, "desk/administration/canned.html", context)


@signed_in(EDIT)
def add(request: HttpRequest) -> HttpResponse:
    """A new one."""
    refused = None
    if request.method == "POST":
        try:
            response = verbs.create_canned(person(request), **_values(request))
            messages.success(request, _("“%(name)s” is on offer now.") % {"name": response.name})
            return _to_list(request)
        except DeskError as problem:
            refused = problem
    return show_form(
        request, "desk/administration/canned_one.html", filled(_fields(), request.POST, refused), {}, refused
    )


@signed_in(EDIT)
def one(request: HttpRequest, canned_id: int) -> HttpResponse:
    """Edit one. Replies that were written with it stay as they are."""
    response = get_object_or_404(CannedResponse, pk=canned_id)
    refused = None
    if request.method == "POST":
        try:
            verbs.change_canned(person(request), canned_id, **_values(request))
            messages.success(request, _("The changes are kept."))
            return _to_list(request)
        except DeskError as problem:
            refused = problem
    known = {name: getattr(response, name) for name in TEXTS} | {"team": response.team_id or ""}
    fields = filled(_fields(), request.POST if refused else known, refused)
    context = {"response": response, **_preview(request, response.text_nl, response.text_en)}
    return show_form(request, "desk/administration/canned_one.html", fields, context, refused)


@require_POST
@signed_in(EDIT)
def preview(request: HttpRequest) -> HttpResponse:
    """How it will read, while it is typed."""
    texts = _preview(request, request.POST.get("text_nl", ""), request.POST.get("text_en", ""))
    return render(request, "desk/administration/_canned_preview.html", texts)


@require_POST
@signed_in(EDIT)
def delete(request: HttpRequest, canned_id: int) -> HttpResponse:
    """It is no longer on offer."""
    verbs.delete_canned(person(request), canned_id)
    messages.success(request, _("The canned response is deleted."))
    return redirect("administration-canned")


def _preview(request: HttpRequest, text_nl: str, text_en: str) -> dict[str, str]:
    """The variables with values as an agent would meet them."""
    values = {
        "customer": "Marit",
        "agent": person(request).first_name or person(request).name,
        "company": "Vlotlijn",
        "ticket": "48213",
    }
    texts = {"preview_nl": text_nl, "preview_en": text_en}
    for name, value in values.items():
        texts = {key: text.replace(f"{{{name}}}", value) for key, text in texts.items()}
    return texts


def _fields() -> list[Field]:
    teams: list[tuple[str, Words]] = [("", gettext_lazy("All teams"))]
    teams += [(str(team.pk), team.name) for team in Team.objects.all()]
    visibilities: list[tuple[str, Words]] = [("", gettext_lazy("Public and private"))]
    visibilities += [(one.value, str(one.label)) for one in Reply.Visibility]
    return [
        Field("name", gettext_lazy("Name")),
        Field(
            "shortcut",
            gettext_lazy("Shortcut"),
            help=gettext_lazy("Typed after / in the composer: letters, numbers and hyphens."),
        ),
        Field("text_nl", gettext_lazy("Dutch text"), kind="area", required=False, language="nl"),
        Field("text_en", gettext_lazy("English text"), kind="area", required=False, language="en"),
        Field("team", gettext_lazy("Only for team"), kind="choice", required=False, choices=tuple(teams)),
        Field("visibility", gettext_lazy("For"), kind="choice", required=False, choices=tuple(visibilities)),
    ]


def _values(request: HttpRequest) -> dict[str, object]:
    return {**{name: request.POST.get(name, "") for name in TEXTS}, "team_id": choice(request.POST, "team")}


def _to_list(request: HttpRequest) -> HttpResponse:
    page = redirect("administration-canned")
    return HttpResponse(headers={"HX-Redirect": page.url}) if request.headers.get("HX-Request") else page
