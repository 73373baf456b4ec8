"""Drills: the list with what the plan has proven, planning one, and the page of one with its score card."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from desk.actions.drills import drill_inboxes
from desk.actions.drills import drills as verbs
from desk.common.errors import DeskError, Invalid, Missing
from desk.common.paging import slice_after
from desk.drills.models import Beat, Drill
from desk.drills.running import proof_of_active_plan
from desk.drills.stage import NoStage, Stage
from desk.inboxes.models import Inbox
from desk.inboxes.words import in_words
from desk.people.models import User
from desk.people.permissions import Permission
from desk.web import drill_forms as forms
from desk.web.forms import Field, filled, leave, number, show_form
from desk.web.guards import person, signed_in
from desk.web.show import drills as show
from desk.web.show.tiles import tile
from policies.drill_states import Event

PAGE = 50
EARLIER = 4  # drills beside a score card
POSTS = 100  # the newest, on the page of one that runs


@signed_in(Permission.SEE_CRISES)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """All of them, newest first."""
    rows = Drill.objects.select_related("inbox").defer("scenario_form")
    page = slice_after(rows, ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    version, proof = proof_of_active_plan()
    now = timezone.now()
    context = {
        "lines": [(one, *show.outcome(one)) for one in page.rows],
        "page": page,
        "inboxes": [(one, tile(one.network)) for one in _inboxes()],
        "no_stage": _no_stage(),
        "version": version,
        "proven": show.proven(proof, now),
        "may_manage": person(request).may(Permission.MANAGE_DRILLS),
        "now": now,
    }
    return render(request, "desk/drills/list.html", context)


@signed_in(Permission.MANAGE_DRILLS)
def add(request: HttpRequest) -> HttpResponse:
    """Plan one."""

    def keep() -> int:
        return verbs.plan_drill(person(request), forms.wish_of(request.POST)).pk

    begin = {"announced": "on", "language": request.user.language if isinstance(request.user, User) else "nl"}
    return _form(request, begin, keep, drill=None)


@signed_in(Permission.MANAGE_DRILLS)
def change(request: HttpRequest, drill_id: int) -> HttpResponse:
    """Other wishes for one that has not begun."""
    drill = _known(drill_id)
    if Event.CHANGE not in verbs.possible(drill):
        raise Http404

    def keep() -> int:
        return verbs.change_drill(person(request), drill_id, forms.wish_of(request.POST)).pk

    return _form(request, forms.known(drill), keep, drill=drill)


@signed_in(Permission.MANAGE_DRILLS)
def add_inbox(request: HttpRequest) -> HttpResponse:
    """An account on the sandbox, made by the desk itself."""
    refused = None
    if request.method == "POST":
        try:
            team = request.POST.get("team", "")
            drill_inboxes.make_drill_inbox(
                person(request),
                network_slug=request.POST.get("network", ""),
                name=request.POST.get("name", ""),
                team_id=int(team) if team.isdecimal() else None,
            )
            messages.success(request, _("It is there, and only drills use it."))
            return leave(request, "drills")
        except DeskError as problem:
            refused = problem
    fields = forms.inbox_fields()
    if refused is not None:
        fields = filled(fields, request.POST, refused)
    return show_form(request, "desk/drills/inbox.html", fields, {"no_stage": _no_stage()}, refused)


@signed_in(Permission.SEE_CRISES)
@require_GET
def one(request: HttpRequest, drill_id: int) -> HttpResponse:
    """How it stands or went, and what may be done."""
    return render(request, "desk/drills/one.html", _page(request, _known(drill_id)))


@require_POST
@signed_in(Permission.MANAGE_DRILLS)
def step(request: HttpRequest, drill_id: int, name: str) -> HttpResponse:
    """Start it, end it, cancel it, or turn it into the real thing."""
    actor = person(request)
    try:
        if name == "real":
            level = number(request.POST, "level")
            crisis = verbs.turn_real(actor, drill_id, reason=request.POST.get("reason", ""), level=level)
            return leave(request, "crisis", crisis.pk)
        taken: dict[str, Callable[[User, int], Drill]] = {
            "start": verbs.start_drill,
            "end": verbs.end_drill,
            "cancel": verbs.cancel_drill,
        }
        if name not in taken:
            raise Http404
        taken[name](actor, drill_id)
    except DeskError as refused:
        context = _page(request, _known(drill_id))
        fields = filled(context["real"], request.POST, refused)
        return show_form(request, "desk/drills/one.html", fields, {**context, "real": fields}, refused)
    return leave(request, "drill", drill_id)


def _form(request: HttpRequest, begin: dict[str, Any], keep: Callable[[], int], *, drill: Drill | None) -> HttpResponse:
    refused = None
    if request.method == "POST":
        try:
            return leave(request, "drill", keep())
        except Invalid as problem:
            refused = forms.at_the_text(problem)
        except DeskError as other:
            return show_form(request, "desk/drills/plan.html", _fields(request, begin), {"drill": drill}, other)
    fields = _fields(request, request.POST if refused else begin, refused)
    context = {"drill": drill, "no_inbox": not _inboxes().exists(), "no_stage": _no_stage()}
    return show_form(request, "desk/drills/plan.html", fields, context, refused)


def _fields(request: HttpRequest, values: Any, refused: DeskError | None = None) -> list[Field]:
    return filled(forms.plan_fields(), values, refused)


def _page(request: HttpRequest, drill: Drill) -> dict[str, Any]:
    now, reader = timezone.now(), person(request)
    scenario = drill.scenario
    words, look = show.outcome(drill)
    context: dict[str, Any] = {
        "drill": drill,
        "scenario": show.in_language(scenario.title),
        "about": show.in_language(scenario.about),
        "length": show.about(scenario),
        "outcome": words,
        "look": look,
        "can": verbs.possible(drill) if reader.may(Permission.MANAGE_DRILLS) else (),
        "may_start_crisis": reader.may(Permission.MANAGE_CRISES),
        "real": forms.real_fields(drill.crisis.level_at(now) if drill.crisis else 1),
        "no_stage": _no_stage() if drill.state == Drill.State.PLANNED else "",
        "now": now,
    }
    if drill.state == Drill.State.RUNNING:
        context["progress"] = show.progress(drill, now)
    if drill.started_at is not None:
        played = Beat.objects.filter(drill=drill, played_at__isnull=False)
        context["beats"] = played.order_by("-number")[:POSTS]
    if drill.card:
        earlier = _earlier(drill)
        context |= {"card": show.card(drill, earlier), "figures": show.figures(drill), "columns": show.names(earlier)}
        people = User.objects.in_bulk(drill.card["people"])
        context["people"] = ", ".join(one.name for one in people.values())
    return context


def _earlier(drill: Drill) -> list[Drill]:
    """Those that ended before it, the newest first."""
    rows = Drill.objects.filter(state=Drill.State.FINISHED, pk__lt=drill.pk).defer("scenario_form")
    return list(rows.order_by("-id")[:EARLIER])


def _inboxes() -> Any:
    return Inbox.objects.filter(drill=True).select_related("team").defer("sealed_credentials")


def _no_stage() -> str:
    """Why no drill can be played here; "" where one can."""
    try:
        Stage("")
    except NoStage as missing:
        return in_words(missing.problem)
    return ""


def _known(drill_id: int) -> Drill:
    rows = Drill.objects.select_related("inbox", "plan", "crisis", "became", "planned_by", "started_by", "ended_by")
    drill = rows.defer("plan__document").filter(pk=drill_id).first()
    if drill is None:
        raise Missing(_("There is no such drill."))
    return drill
