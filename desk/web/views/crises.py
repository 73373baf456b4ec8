"""Crises: the list, starting one, and the page of one with its log and what may be done with it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from desk.actions.crises import crises as verbs
from desk.actions.crises.crisis_held import held, left_before, posts_left_before
from desk.actions.statements.statement_texts import publishes
from desk.common.errors import DeskError, Missing
from desk.common.paging import slice_after
from desk.crises.active import active_crises
from desk.crises.checklist import checklist
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry
from desk.drills.running import running_drill
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Permission
from desk.web import crisis_forms
from desk.web.forms import filled, show_form
from desk.web.guards import person, signed_in
from desk.web.show import crises as show
from desk.web.show.crisis_plan import language, role_names, roles, task_names, tasks
from desk.web.show.escalation import chain_shown

PAGE = 50  # crises, or lines of a log


@signed_in(Permission.READ_TICKETS)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """All of them, newest first, or those in one state."""
    state = request.GET.get("state", "")
    rows = Crisis.objects.select_related("owner")
    if state in Crisis.State.values:
        rows = rows.filter(state=state)
    page = slice_after(rows, ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    now = timezone.now()
    networks, inboxes = scope_names()
    lines = [
        (one, show.standing(one, now), one.level_at(now), show.scope_words(one.scope, networks, inboxes))
        for one in page.rows
    ]
    context = {
        "lines": lines,
        "page": page,
        "states": Crisis.State.choices,
        "state": state,
        "query": f"state={state}" if state in Crisis.State.values else "",
        "may_start": person(request).may(Permission.MANAGE_CRISES),
        "sees_signals": person(request).may(Permission.SEE_CRISES),
        "now": now,
    }
    return render(request, "desk/crises/list.html", context)


@signed_in(Permission.READ_TICKETS)
@require_GET
def banner(request: HttpRequest) -> HttpResponse:
    """What stands above the work, for a screen that has missed something."""
    return render(request, "desk/crises/_banners.html", {"banners": show.banners(active_crises(), timezone.now())})


@signed_in(Permission.MANAGE_CRISES)
def start(request: HttpRequest) -> HttpResponse:
    """One screen: a reason is enough."""
    refused = None
    if request.method == "POST":
        try:
            crisis = verbs.start(person(request), **crisis_forms.start_values(request.POST))
            return _to(request, crisis.pk)
        except DeskError as problem:
            refused = problem
    reason, *others = crisis_forms.start_fields({})
    fields = [reason, *crisis_forms.drill_field(running_drill(), request.GET.get("drill", "")), *others]
    if refused is not None:
        fields = filled(fields, request.POST, refused)
    return show_form(request, "desk/crises/start.html", fields, {}, refused)


@signed_in(Permission.READ_TICKETS)
def one(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """How it stands, what may be done, and its log."""
    crisis = known_crisis(crisis_id)
    template = "desk/crises/_now.html" if request.headers.get("HX-Request") else "desk/crises/one.html"
    return render(request, template, _page(request, crisis))


@require_POST
@signed_in(Permission.MANAGE_CRISES)
def step(request: HttpRequest, crisis_id: int, name: str) -> HttpResponse:
    """Take one step of `crisis_forms.TAKE`."""
    if name not in crisis_forms.TAKE:
        raise Http404
    crisis, seen = known_crisis(crisis_id), request.GET.get("version", "")
    values = crisis_forms.of_step(request.POST, name)
    try:
        crisis_forms.TAKE[name](person(request), crisis, values, int(seen) if seen.isdecimal() else None)
    except DeskError as problem:
        return _refused(request, crisis, name, crisis_forms.at_fields(problem, name), request.POST)
    return _to(request, crisis_id)


@require_POST
@signed_in(Permission.RENEW_PROMISES)
def renew(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Give open clocks what is promised now, or only look what that would do."""
    if "preview" in request.POST:
        effect = verbs.preview_renewal(person(request), crisis_id)
        if request.headers.get("HX-Request"):
            return render(request, "desk/administration/_effect.html", {"effect": effect})
        return render(request, "desk/crises/one.html", {**_page(request, known_crisis(crisis_id)), "effect": effect})
    verbs.renew_clocks(person(request), crisis_id)
    messages.success(request, _("Open clocks get what is promised now, within seconds."))
    return _to(request, crisis_id)


@require_POST
@signed_in(Permission.SEE_CRISES)
def check(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Whether anybody has changed the log afterwards."""
    crisis = known_crisis(crisis_id)
    broken = broken_link(crisis)
    if broken is None:
        said = ngettext("The chain holds: %(count)d entry.", "The chain holds: %(count)d entries.", crisis.log_length)
        messages.success(request, said % {"count": crisis.log_length})
    else:
        words = {"number": broken.number, "problem": show.BROKEN[broken.problem]}
        messages.error(request, _("The log is broken at entry %(number)d: %(problem)s.") % words)
    return redirect("crisis", crisis_id)


def _page(request: HttpRequest, crisis: Crisis) -> dict[str, Any]:
    reader, now = person(request), timezone.now()
    networks, inboxes = scope_names()
    context: dict[str, Any] = {
        "crisis": crisis,
        "standing": show.standing(crisis, now),
        "level": crisis.level_at(now),
        "waiting": show.waiting(crisis, reader, now),
        "scope": show.scope_words(crisis.scope, networks, inboxes),
        "seen": f"?version={crisis.version}",
        "steps": crisis_forms.steps(crisis, reader, now),
        **team(crisis, reader, now),
        "chain": chain_shown(crisis, reader, now),
        "may_renew": reader.may(Permission.RENEW_PROMISES) and crisis.started_at is not None,
        "sees_log": reader.may(Permission.SEE_CRISES),
        "may_publish": publishes(reader, crisis),
        "now": now,
    }
    if context["sees_log"]:
        rows = CrisisEntry.objects.filter(crisis=crisis).select_related("actor")
        page = slice_after(rows, ("number",), request.GET.get("cursor", ""), PAGE, descending=True)
        context["page"], context["log"] = page, log_lines(crisis, page.rows, now, (networks, inboxes))
    return context


def team(crisis: Crisis, reader: User, now: datetime) -> dict[str, Any]:
    """Its roles with who holds them, what there is to do, what it held, and what left before its gate closed."""
    if crisis.plan_id is None:
        return {}
    holders = {one.pk: one.name for one in User.objects.filter(pk__any_of=list(crisis.role_holders.values()))}
    return {
        "tasks": tasks(checklist(crisis), crisis, reader, holders, language(), now),
        "roles": roles(crisis, holders, language()),
        "held": held(crisis).count(),
        "left": left_before(crisis),
        "left_posts": posts_left_before(crisis),
        "sees_held": reader.may(Permission.REPLY),
    }


def log_lines(
    crisis: Crisis, entries: Iterable[CrisisEntry], now: datetime, names: tuple[dict[str, str], dict[int, str]]
) -> list[show.Told]:
    """The lines of its log; entries come with their actors, `names` from `scope_names`."""
    entries, (networks, inboxes) = list(entries), names
    named = {entry.data["owner"] for entry in entries if entry.data.get("owner")}
    named.update(*(entry.data["roles"].values() for entry in entries if "roles" in entry.data))
    named.update(*(entry.data["people"] for entry in entries if "people" in entry.data))
    known: dict[str, Any] = {
        "owners": {one.pk: one.name for one in User.objects.filter(pk__any_of=named)},
        "networks": networks,
        "inboxes": inboxes,
        "tasks": task_names(crisis, language()),
        "roles": role_names(crisis, language()),
    }
    return [show.told(entry, now, **known) for entry in entries]


def _refused(request: HttpRequest, crisis: Crisis, name: str, refused: DeskError, typed: QueryDict) -> HttpResponse:
    """What is wrong where; without scripts the whole page, with what was typed."""
    context, reader = _page(request, crisis), person(request)
    offered = crisis_forms.steps(crisis, reader, context["now"])
    fields = filled(next((one.prefixed for one in offered if one.name == name), []), typed, refused)
    context |= {"refused_step": name, "refused_fields": fields}
    return show_form(request, "desk/crises/one.html", fields, context, refused)


def scope_names() -> tuple[dict[str, str], dict[int, str]]:
    networks = {network.slug: str(network.label) for network in all_networks()}
    return networks, dict(Inbox.objects.values_list("pk", "name"))


def known_crisis(crisis_id: int) -> Crisis:
    crisis = Crisis.objects.select_related("owner", "asked_by", "confirmed_by", "plan").filter(pk=crisis_id).first()
    if crisis is None:
        raise Missing(_("There is no such crisis."))
    return crisis


def _to(request: HttpRequest, crisis_id: int) -> HttpResponse:
    page = redirect("crisis", crisis_id)
    return HttpResponse(headers={"HX-Redirect": page.url}) if request.headers.get("HX-Request") else page
