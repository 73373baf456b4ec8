"""Automation on the screen: its versions, one in plain words, its rules, a try on the past, and the log."""

from copy import deepcopy

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.automation import automations as verbs
from desk.actions.automation import log, trials
from desk.automation.active import in_force
from desk.automation.models import AutomationVersion
from desk.common.errors import DeskError, Invalid, Missing
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.rulebooks import text as as_text
from desk.web import asked, automation_fields, lines, typed_documents
from desk.web.forms import Field, edit, filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.show import automation as show
from desk.web.show.versions import steps
from desk.web.version_steps import VersionSteps
from policies.automation_steps import MOST_STEPS, Do
from policies.rulebook_states import State

READ, WRITE, REVIEW = Permission.WRITE_AUTOMATION, Permission.WRITE_AUTOMATION, Permission.REVIEW_AUTOMATION
PAGE, FIRINGS = 25, 50
NO_LANGUAGE = "zxx"
NEW = "new"
_TYPES = {"yaml": "application/yaml", "json": "application/json"}
_FOLDER = "desk/administration/automation"
_STEPS = VersionSteps(
    AutomationVersion,
    verbs,
    overview="administration-automations",
    one="administration-automation",
    switched_on=gettext_lazy("Version %(number)d is active. Its rules hold for whatever happens from now on."),
)


@signed_in(READ)
def overview(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    page = slice_after(_versions().defer("document"), ("number",), request.GET.get("cursor", ""), PAGE, descending=True)
    return render(request, f"{_FOLDER}/list.html", {"versions": page.rows, "page": page})


@require_POST
@signed_in(WRITE)
def add(request: HttpRequest) -> HttpResponse:
    """A draft that begins as the active version, or as the one that is named."""
    return _STEPS.add(request)


@signed_in(READ)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Its rules in plain words, and what can be done with it."""
    version, reader = get_object_or_404(_versions(), number=number), person(request)
    context = {
        "version": version,
        "steps": steps(version, reader, WRITE, REVIEW),
        "rules": show.rule_lines(version.book().rules, verbs.Known()),
        "draft": version.state == State.DRAFT,
        "usual_days": trials.USUAL_DAYS,
    }
    return render(request, f"{_FOLDER}/version.html", context)


@signed_in(WRITE)
def rule(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """The form of one rule of a draft; `new` is one more, behind the others."""
    version = _draft(number)
    document, keys = deepcopy(dict(version.document)), [one.key for one in version.book().rules]
    if key != NEW and key not in keys:
        raise Http404
    place = len(keys) if key == NEW else keys.index(key)
    seen = request.POST.get("seen") or version.changed_at.isoformat()
    values: QueryDict = request.POST
    refused, focus = None, None
    if lines.DO in request.POST:
        values, focus = lines.rearranged(request.POST, "steps", automation_fields.EMPTY)
    elif request.method == "POST":
        try:
            own = key if key != NEW else _key(request.POST.get("name", ""), keys)
            document["rules"][place : place + 1] = [automation_fields.rule_of(request.POST, own)]
            verbs.change_draft(person(request), number, document=document, seen=typed_documents.seen(seen))
            messages.success(request, _("The rule is kept."))
            return leave(request, "administration-automation", number)
        except DeskError as problem:
            refused = automation_fields.at_fields(problem, place)
    elif key == NEW:
        values = request.GET.copy()
        values.update({"event": "message", "enabled": "on", "steps.0.do": "tag"})
    else:
        values = automation_fields.typed_rule(version.book().rules[place])
    known = verbs.Known()
    fields = filled(automation_fields.rule_fields(known), values, refused)
    typed = automation_fields.step_fields(values, known, tuple(Do), refused, focus)
    context = {
        "version": version,
        "key": key,
        "seen": seen,
        "named": {field.name: field for field in fields},
        "steps": typed,
        "full": len(typed) >= MOST_STEPS,
        "empty": focus is not None and not typed,
    }
    every = [*fields, *(field for step in typed for field in step)]
    return show_form(request, f"{_FOLDER}/rule.html", every, context, refused)


@require_POST
@signed_in(WRITE)
def arrange(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """A rule of a draft goes up, down or away."""
    version = _draft(number)
    document = deepcopy(dict(version.document))
    keys = [one["key"] for one in document["rules"]]
    if key not in keys:
        raise Http404
    place, order = keys.index(key), request.POST.get("do", "")
    moved = document["rules"].pop(place)
    if order != "remove":
        document["rules"].insert(max(0, place + (-1 if order == "up" else 1)), moved)
    try:
        verbs.change_draft(person(request), number, document=document, seen=version.changed_at)
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("administration-automation", number)


@signed_in(WRITE)
def document(request: HttpRequest, number: int) -> HttpResponse:
    """All of it as text, to be changed, or to be replaced by what a file says."""
    version = _draft(number)
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
    return edit(request, f"{_FOLDER}/document.html", fields, known, context, keep, then="administration-automations")


@signed_in(READ)
def export(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """The document of a version, to keep in a repository. `form` is yaml or json."""
    version = get_object_or_404(AutomationVersion, number=number)
    named = {"Content-Disposition": f'attachment; filename="automation-{number}.{form}"'}
    return HttpResponse(as_text.written(version.document, form) + "\n", f"{_TYPES[form]}; charset=utf-8", headers=named)


@require_POST
@signed_in(READ)
def try_it(request: HttpRequest, number: int) -> HttpResponse:
    """A worker looks what it would have done in the last days. Nothing is done."""
    days = asked.number(request.POST.get("days", "")) or trials.USUAL_DAYS
    try:
        begun = trials.ask(person(request), number, days)
    except Missing:
        raise
    except DeskError as refused:
        messages.error(request, str(refused.message))
        return redirect("administration-automation", number)
    return redirect("administration-automation-trial", begun.pk)


@signed_in(READ)
def trial(request: HttpRequest, trial_id: int) -> HttpResponse:
    """What was found, or that a worker still looks: the page asks again by itself."""
    found = trials.trial_of(person(request), trial_id)
    context = {
        "trial": found,
        "number": found.version.number if found.version else None,
        "choices": trials.DAYS,
        "rules": show.tried_lines(found, verbs.Known(), timezone.now()),
    }
    return render(request, f"{_FOLDER}/trial.html", context)


@signed_in(READ)
def firings(request: HttpRequest) -> HttpResponse:
    """The log: all of it, or of one rule or one ticket."""
    rule_key, ticket = request.GET.get("rule", "")[:40], asked.number(request.GET.get("ticket", "").lstrip("#"))
    rows = log.firings(person(request), rule=rule_key, ticket_id=ticket)
    page = slice_after(rows.order_by(), ("id",), request.GET.get("cursor", ""), FIRINGS, descending=True)
    query = request.GET.copy()
    query.pop("cursor", None)
    _version, book = in_force()
    context = {
        "lines": show.firing_lines(page.rows, verbs.Known(), timezone.now()),
        "page": page,
        "query": query.urlencode(),
        "rules": book.rules,
        "rule": rule_key,
        "ticket": ticket or "",
    }
    return render(request, f"{_FOLDER}/log.html", context)


@require_POST
@signed_in(READ)
def step(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One step of its life. What the desk refuses, it says on the same page."""
    return _STEPS.step(request, number, name)


def _versions() -> "QuerySet[AutomationVersion]":
    return AutomationVersion.objects.select_related("author", "reviewer", "based_on")


def _draft(number: int) -> AutomationVersion:
    version = get_object_or_404(_versions(), number=number)
    if version.state != State.DRAFT:
        raise Http404
    return version


def _key(name: str, taken: list[str]) -> str:
    """A key of its own for a new rule, made of its name."""
    begin = slugify(name).replace("_", "-")[:32].strip("-") or "rule"
    numbered = (begin, *(f"{begin}-{number}" for number in range(2, len(taken) + 3)))
    return next(key for key in numbered if key not in (*taken, NEW))
