"""What if: a version of the rulebook run over replies that left, and what that found."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.rulebooks import what_if as verbs
from desk.actions.rulebooks.what_if_file import LARGEST, REASONS
from desk.common.errors import DeskError, Invalid
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.rulebooks import what_if_results as results
from desk.rulebooks.models import RulebookVersion, WhatIf, WhatIfCount
from desk.web import asked
from desk.web.forms import Field, filled, leave, number, show_form
from desk.web.guards import person, signed_in
from desk.web.show import what_if as show
from policies.findings import Severity
from policies.rulebook_form import parse
from policies.rulebook_states import State

WRITE = Permission.WRITE_RULEBOOK
PAGE = 25
FIRST = 10  # teams and agents beside each other on the page of a run
MOST_RULES = 200  # more than there are
MOST_VERSIONS = 100  # to choose from, the newest; the address can name any
LONGEST_LABEL = 90  # characters of a version in the list
USUAL_DAYS = 7
LIST = "desk/administration/what_if/list.html"
_Kind = WhatIfCount.Kind
_LISTED = {
    str(_Kind.TEAM): gettext_lazy("By team"),
    str(_Kind.AGENT): gettext_lazy("By agent"),
}


@signed_in(WRITE)
def overview(request: HttpRequest) -> HttpResponse:
    """Ask, and look at what was asked before."""
    return render(request, LIST, _list(request))


@require_POST
@signed_in(WRITE)
def ask_about_replies(request: HttpRequest) -> HttpResponse:
    """Over the replies of the last days."""
    try:
        version, days = number(request.POST, "version"), number(request.POST, "days")
        run = verbs.ask_about_replies(person(request), version, days=days)
    except DeskError as refused:
        context = _list(request, replies=refused)
        return show_form(request, LIST, context["replies_form"], {**context, "asked": "replies"}, refused)
    return leave(request, "administration-what-if", run.pk)


@require_POST
@signed_in(WRITE)
def ask_about_file(request: HttpRequest) -> HttpResponse:
    """Over the texts of a CSV file."""
    try:
        version, file = number(request.POST, "version"), request.FILES.get("file")
        if file is None:
            raise Invalid(_("Choose a file."), errors={"file": [_("Choose a file.")]})
        raw = file.read(LARGEST + 1)
        run = verbs.ask_about_file(person(request), version, raw=raw, file_name=file.name or "")
    except DeskError as refused:
        context = _list(request, file=refused)
        fields = [*context["file_form"], Field("file", "", problems=tuple(refused.errors.get("file", ())))]
        return show_form(request, LIST, fields, {**context, "asked": "file"}, refused)
    return leave(request, "administration-what-if", run.pk)


@signed_in(WRITE)
def one(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far it is, and what it found so far."""
    run = get_object_or_404(results.whole_runs(), pk=run_id)
    rulebook = parse(run.document)
    by_team, by_agent = (
        list(results.counts(run, kind).order_by("-found", "-id")[: FIRST + 1]) for kind in (_Kind.TEAM, _Kind.AGENT)
    )
    total = results.counts(run, _Kind.ALL).first() or WhatIfCount()
    templates = results.counts(run, _Kind.TEMPLATES).first() or WhatIfCount()
    context: dict[str, Any] = {
        **_head(run),
        "share": show.share(run),
        "total": total,
        "outcomes": show.outcomes(total),
        "templates": templates,
        "template_outcomes": show.outcomes(templates),
        "rules": show.rows(results.counts(run, _Kind.RULE).order_by("-found", "-id")[:MOST_RULES], rulebook),
        "teams": show.rows(by_team[:FIRST]),
        "more_teams": len(by_team) > FIRST,
        "agents": show.rows(by_agent[:FIRST]),
        "more_agents": len(by_agent) > FIRST,
        "refused": [{**line, "said": REASONS[line["reason"]]} for line in run.refused],
    }
    return render(request, "desk/administration/what_if/one.html", context)


@require_POST
@signed_in(WRITE)
def cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    """Stop it; what was found so far stays."""
    try:
        verbs.cancel(person(request), run_id)
        messages.success(request, _("The what-if is cancelled. What it found so far stays."))
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("administration-what-if", run_id)


@signed_in(WRITE)
def texts(request: HttpRequest, run_id: int) -> HttpResponse:
    """The texts in which something is found: of a rule, a team, an agent, new ones, or all of them."""
    run = get_object_or_404(results.runs(), pk=run_id)
    wanted, query = _wanted(request)
    page = slice_after(results.texts(run, wanted), ("id",), request.GET.get("cursor", ""), PAGE)
    context = {
        **_head(run),
        "texts": show.texts(page.rows),
        "page": page,
        "query": query,
        "about": _narrowed(wanted),
        "ways": _ways(request, wanted),
    }
    return render(request, "desk/administration/what_if/texts.html", context)


@signed_in(WRITE)
def counts(request: HttpRequest, run_id: int, kind: str) -> HttpResponse:
    """All teams or agents, those with the most findings first."""
    if kind not in _LISTED:
        raise Http404
    run = get_object_or_404(results.runs(), pk=run_id)
    found = results.counts(run, kind)
    page = slice_after(found, ("found", "id"), request.GET.get("cursor", ""), PAGE, descending=True)
    context = {**_head(run), "rows": show.rows(page.rows), "page": page, "by": _LISTED[kind], "kind": kind}
    return render(request, "desk/administration/what_if/counts.html", context)


def _head(run: WhatIf) -> dict[str, Any]:
    return {"run": run, "name": show.title(run), "over": show.about(run)}


def _list(request: HttpRequest, *, replies: DeskError | None = None, file: DeskError | None = None) -> dict[str, Any]:
    page = slice_after(results.runs(), ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    usual = {"version": _version(request), "days": USUAL_DAYS}
    fields = [Field("version", gettext_lazy("Version"), "choice", choices=_versions(usual["version"]))]
    days = Field("days", gettext_lazy("Replies of the last days"), "number", help=gettext_lazy("From 1 to 366."))
    return {
        "runs": [(run, show.about(run)) for run in page.rows],
        "page": page,
        "replies_form": filled([*fields, days], request.POST if replies else usual, replies),
        "file_form": filled(fields, request.POST if file else usual, file),
    }


def _version(request: HttpRequest) -> int | None:
    """The version that the address names, else the newest draft, else the newest."""
    if (wanted := asked.number(request.GET.get("version", ""))) is not None:
        return wanted
    numbers = RulebookVersion.objects.order_by("-number").values_list("number", flat=True)
    written = Q(state__in=[State.DRAFT, State.IN_REVIEW])
    return numbers.filter(written).first() or numbers.first()


def _versions(chosen: int | None) -> tuple[tuple[str, str], ...]:
    """What can be run: the newest versions, and the one that is chosen."""
    rows = RulebookVersion.objects.values_list("number", "state", "summary", "author")
    newest = list(rows[:MOST_VERSIONS])
    if chosen is not None and chosen not in [row[0] for row in newest]:
        newest += rows.filter(number=chosen)
    return tuple((str(row[0]), _version_words(*row)) for row in newest)


def _version_words(number: int, state: str, summary: str, author: int | None) -> str:
    """“3 · Draft · Stricter on links”. What the desk itself began with has no author and no words of one."""
    words = [str(number), str(RulebookVersion.States(state).label), *([summary] if summary and author else [])]
    return Truncator(" · ".join(words)).chars(LONGEST_LABEL)


def _wanted(request: HttpRequest) -> tuple[results.Wanted, str]:
    """What the address asks for, and the same as an address again. What can't be meant is not asked."""
    given = {name: value.replace("\x00", "") for name, value in request.GET.dict().items()}
    severity, change = given.get("severity", ""), given.get("change", "")
    wanted = results.Wanted(
        rule=given.get("rule", ""),
        team=given.get("team"),
        agent=given.get("agent"),
        severity=severity if severity in tuple(Severity) else "",
        change=change if change in results.CHANGES else "",
        templates="templates" in given,
    )
    kept = {name: value for name, value in given.items() if name in ("rule", "team", "agent", "severity", "change")}
    return wanted, urlencode(kept | ({"templates": "1"} if wanted.templates else {}))


def _narrowed(wanted: results.Wanted) -> str:
    """Whose texts these are, in a few words."""
    if wanted.templates:
        return _("Canned responses")
    if wanted.rule:
        return wanted.rule
    if wanted.team is not None:
        return wanted.team or _("No team")
    if wanted.agent is not None:
        return show.agents([wanted.agent]).get(wanted.agent, wanted.agent) or _("Nobody is named")
    return ""


def _ways(request: HttpRequest, wanted: results.Wanted) -> list[tuple[str, str, bool]]:
    """The switch above the list: its words, the address, whether it is the current one."""
    base = {name: value for name, value in request.GET.dict().items() if name in ("rule", "team", "agent", "templates")}
    ways = [
        (_("All"), {}),
        (_("New"), {"change": "added"}),
        (_("Gone"), {"change": "gone"}),
        *((str(label), {"severity": str(severity)}) for severity, label in show.OUTCOMES.items()),
    ]
    now = {"change": wanted.change} if wanted.change else {"severity": wanted.severity} if wanted.severity else {}
    return [(words, urlencode(base | asks), asks == now) for words, asks in ways]
