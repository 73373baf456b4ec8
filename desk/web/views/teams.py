"""Administration of teams."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.people import people as verbs
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.people.models import Team, User
from desk.people.permissions import Permission
from desk.web.forms import Field, filled, numbers, show_form
from desk.web.guards import person, signed_in

PAGE = 100
MANAGE = Permission.MANAGE_PEOPLE
NAME = Field("name", gettext_lazy("Name"))
POLICY = (
    Field(
        "assignment",
        gettext_lazy("New tickets are given to"),
        kind="choice",
        choices=tuple(Team.Assignment.choices),
        help=gettext_lazy(
            "Only people on duty get tickets, up to their limit. What waits for an answer leaves whoever goes away."
        ),
    ),
    Field("match_language", gettext_lazy("Only to people who speak the customer's language"), kind="tick"),
    Field(
        "match_skills",
        gettext_lazy("Only to people with the skills it asks for"),
        kind="tick",
        help=gettext_lazy(
            "A ticket asks for its tags and its network, as far as somebody in the team has them as a skill."
        ),
    ),
)


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """All teams, with how many work in them and which inboxes are theirs."""
    active = Count("members", filter=Q(members__is_active=True), distinct=True)
    rows = Team.objects.annotate(size=active).prefetch_related("inboxes")
    page = slice_after(rows, ("name",), request.GET.get("cursor", ""), PAGE)
    return render(request, "desk/administration/teams.html", {"teams": page.rows, "page": page})


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A new team."""
    refused = None
    if request.method == "POST":
        try:
            team = verbs.create_team(person(request), request.POST.get("name", ""))
            return _to(request, "administration-team", team.pk)
        except DeskError as problem:
            refused = problem
    return show_form(request, "desk/administration/team_new.html", filled([NAME], request.POST, refused), {}, refused)


@signed_in(MANAGE)
def one(request: HttpRequest, team_id: int) -> HttpResponse:
    """Its name, who is in it, and to whom its tickets are given."""
    team = get_object_or_404(Team, pk=team_id)
    refused = None
    if request.method == "POST":
        try:
            verbs.change_team(
                person(request),
                team_id,
                name=request.POST.get("name", ""),
                member_ids=numbers(request.POST, "members"),
                **_policy(request),
            )
            messages.success(request, _("The changes are kept."))
            return _to(request, "administration-team", team_id)
        except DeskError as problem:
            refused = problem
    everybody = tuple((str(user.pk), user.name) for user in User.objects.filter(is_active=True))
    fields = [NAME, Field("members", gettext_lazy("Who is in it"), kind="several", choices=everybody), *POLICY]
    known = {name: getattr(team, name) for name in ("name", *verbs.POLICY)}
    known["members"] = team.members.values_list("pk", flat=True)
    values = request.POST if refused else known
    return show_form(request, "desk/administration/team.html", filled(fields, values, refused), {"team": team}, refused)


@require_POST
@signed_in(MANAGE)
def delete(request: HttpRequest, team_id: int) -> HttpResponse:
    """Its tickets and inboxes stay."""
    verbs.delete_team(person(request), team_id)
    messages.success(request, _("The team is deleted. Its tickets and inboxes have no team now."))
    return redirect("administration-teams")


def _policy(request: HttpRequest) -> dict[str, str | bool]:
    """A form without it leaves it as it is."""
    if "assignment" not in request.POST:
        return {}
    ticks = {name: request.POST.get(name) == "on" for name in ("match_language", "match_skills")}
    return {"assignment": request.POST["assignment"], **ticks}


def _to(request: HttpRequest, name: str, key: int) -> HttpResponse:
    page = redirect(name, key)
    return HttpResponse(headers={"HX-Redirect": page.url}) if request.headers.get("HX-Request") else page
