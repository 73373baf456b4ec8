"""Administration of wallboards: what each screen shows, the code that pairs it, and showing it out."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.reports import wallboards as verbs
from desk.common.errors import DeskError, Missing
from desk.inboxes.models import Inbox
from desk.people.models import Team
from desk.people.permissions import Permission
from desk.wallboards.models import Wallboard
from desk.web.forms import Field, filled, numbers, show_form
from desk.web.guards import person, signed_in

MANAGE = Permission.MANAGE_WALLBOARDS


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """All boards, and when each screen last asked for its figures."""
    return render(
        request,
        "desk/administration/wallboards.html",
        {"boards": verbs.boards(person(request)), "now": timezone.now()},
    )


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A new board. The code for its screen is on this one answer and nowhere else."""
    refused = None
    if request.method == "POST":
        try:
            return _code_page(request, *verbs.create(person(request), **_wish(request)))
        except DeskError as problem:
            refused = problem
    values = request.POST or {"language": settings.LANGUAGE_CODE, "theme": Wallboard.Theme.SYSTEM}
    fields = filled(_fields(), values, refused)
    return show_form(request, "desk/administration/wallboard_new.html", fields, {}, refused)


@signed_in(MANAGE)
def one(request: HttpRequest, board_id: int) -> HttpResponse:
    """What it shows, and its screen."""
    board = _board(request, board_id)
    refused = None
    if request.method == "POST":
        try:
            verbs.change(person(request), board_id, **_wish(request))
            messages.success(request, _("The changes are kept."))
            page = redirect("administration-wallboard", board_id)
            return HttpResponse(headers={"HX-Redirect": page.url}) if request.headers.get("HX-Request") else page
        except DeskError as problem:
            refused = problem
    return _page(request, board, refused=refused)


@require_POST
@signed_in(MANAGE)
def code(request: HttpRequest, board_id: int) -> HttpResponse:
    """Another code, for a screen that is new or lost its cookie."""
    return _code_page(request, *verbs.new_code(person(request), board_id))


@require_POST
@signed_in(MANAGE)
def revoke(request: HttpRequest, board_id: int) -> HttpResponse:
    """Its screen shows nothing from now on."""
    verbs.revoke(person(request), board_id)
    messages.success(request, _("The wallboard is revoked; its screen shows nothing more."))
    return redirect("administration-wallboards")


def _code_page(request: HttpRequest, board: Wallboard, secret: str) -> HttpResponse:
    answer = _page(request, board, secret=f"{secret[:3]}-{secret[3:]}")
    answer["Cache-Control"] = "no-store"
    return answer


def _page(
    request: HttpRequest, board: Wallboard, *, refused: DeskError | None = None, secret: str = ""
) -> HttpResponse:
    values: dict[str, Any] = {name: getattr(board, name) for name in verbs.CHANGEABLE}
    values["teams"] = [team.pk for team in board.teams.all()]
    values["inboxes"] = [inbox.pk for inbox in board.inboxes.all()]
    fields = filled(_fields(), request.POST if refused else values, refused)
    context = {"board": board, "secret": secret, "now": timezone.now()}
    return show_form(request, "desk/administration/wallboard.html", fields, context, refused)


def _fields() -> list[Field]:
    teams = tuple((str(team.pk), team.name) for team in Team.objects.all())
    inboxes = tuple((str(inbox.pk), inbox.name) for inbox in Inbox.objects.all())
    return [
        Field("name", gettext_lazy("Name"), help=gettext_lazy("Stands at the top of the screen: “Webcare”, “Hall 2”.")),
        Field("teams", gettext_lazy("Only these teams (tick nothing for the whole desk)"), "several", choices=teams),
        Field("inboxes", gettext_lazy("Only these inboxes"), "several", choices=inboxes),
        Field("language", gettext_lazy("Language"), "choice", choices=tuple(settings.LANGUAGES)),
        Field("theme", gettext_lazy("Colours"), "choice", choices=tuple(Wallboard.Theme.choices)),
    ]


def _wish(request: HttpRequest) -> dict[str, Any]:
    texts = {name: request.POST.get(name, "") for name in verbs.CHANGEABLE}
    return {**texts, "team_ids": numbers(request.POST, "teams"), "inbox_ids": numbers(request.POST, "inboxes")}


def _board(request: HttpRequest, board_id: int) -> Wallboard:
    board = verbs.boards(person(request)).filter(pk=board_id).first()
    if board is None:
        raise Missing(_("There is no such wallboard."))
    return board
