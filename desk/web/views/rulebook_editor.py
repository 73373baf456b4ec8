"""Writing a draft: a rule, an example, what belongs to no rule, or the whole document as text.

Each page shows one part of the draft's document and puts that part back, so that colleagues who write at different
rules lose nothing. Who began from older words is told what differs, with their own words still in the form.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from desk.actions.rulebooks import rulebooks as verbs
from desk.common.errors import DeskError, Invalid
from desk.people.permissions import Permission
from desk.rulebooks import text as as_text
from desk.rulebooks.models import RulebookVersion, document_of
from desk.web import lines, rulebook_fields, try_box, typed_documents
from desk.web.forms import Field, filled, show_form
from desk.web.guards import person, signed_in
from desk.web.rulebook_fields import Form
from desk.web.show.rulebook_diff import differences
from policies.plain_language import title_of
from policies.registry import RULES
from policies.rulebook import Rulebook
from policies.rulebook_states import State

WRITE = Permission.WRITE_RULEBOOK
TEMPLATE = "desk/administration/rulebook/edit.html"


@dataclass(frozen=True)
class Part:
    """One page of the editor: what its form is called, shows, and puts into the document."""

    title: str
    anchor: str  # where its words stand on the page of the version
    known: QueryDict  # what the document says, as the form would send it
    fields: Callable[[QueryDict, DeskError | None], list[Field]]
    put: Callable[[Form, QueryDict], Form]  # the document with what is typed
    at_fields: Callable[[DeskError], DeskError] = lambda refused: refused
    groups: Callable[[QueryDict, DeskError | None], list[list[Field]]] | None = None
    code: str = ""


@signed_in(WRITE)
def rule(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """What one rule does, for the company and where it differs."""
    found = next((one for one in RULES if one.code == code), None)
    if found is None:
        raise Http404
    version = _draft(number)

    def put(document: Form, values: QueryDict) -> Form:
        return {**document, "rules": {**document["rules"], code: rulebook_fields.rule_of(values, found)}}

    part = Part(
        title_of(found, get_language() or "en"),
        code,
        rulebook_fields.typed_rule(_whole(version)["rules"][code], found),
        lambda values, refused: rulebook_fields.rule_fields(found, values, refused),
        put,
        lambda refused: rulebook_fields.at_rule_fields(refused, code),
        lambda values, refused: rulebook_fields.override_fields(found, values, refused),
        code,
    )
    return _edit(request, version, part)


@signed_in(WRITE)
def frame(request: HttpRequest, number: int) -> HttpResponse:
    """How one signs, how long an approver has, what this version is about."""
    version = _draft(number)
    known = QueryDict(mutable=True)
    known.update(
        {name: str(value) for name, value in rulebook_fields.typed_frame(_whole(version), version.summary).items()}
    )
    part = Part(
        _("Signature, approval and summary"),
        "rules-head",
        known,
        rulebook_fields.frame_fields,
        lambda document, values: {**document, **rulebook_fields.frame_of(values)},
    )
    return _edit(request, version, part)


@signed_in(WRITE)
def example(request: HttpRequest, number: int, place: int | None = None) -> HttpResponse:
    """A text with what it must give; `place` counts from 0, and without it the example is new."""
    version = _draft(number)
    examples = list(_whole(version)["examples"])
    if place is not None and place >= len(examples):
        raise Http404
    at = len(examples) if place is None else place

    def put(document: Form, values: QueryDict) -> Form:
        kept = list(document["examples"])
        if "remove" in values:
            return {**document, "examples": [*kept[:at], *kept[at + 1 :]]}
        kept[at : at + 1] = [rulebook_fields.example_of(values)]
        return {**document, "examples": kept}

    part = Part(
        _("New example") if place is None else _("Example %(number)d") % {"number": at + 1},
        "examples-head",
        rulebook_fields.typed_example(_suggested(request, version) if place is None else examples[at]),
        rulebook_fields.example_fields,
        put,
        lambda refused: rulebook_fields.at_example_fields(refused, at),
    )
    return _edit(request, version, part, removable=place is not None)


@signed_in(WRITE)
def document(request: HttpRequest, number: int) -> HttpResponse:
    """All of it as text."""
    version = _draft(number)
    known = QueryDict(mutable=True)
    known["document"] = as_text.written(_whole(version), "yaml")

    def put(_document: Form, values: QueryDict) -> Form:
        found: Form = typed_documents.read(values.get("document", ""))
        return found

    fields = [Field("document", _("In YAML or JSON"), "area", language=rulebook_fields.NO_LANGUAGE)]
    part = Part(
        _("The whole document"),
        "rules-head",
        known,
        lambda values, refused: filled(fields, values, refused),
        put,
        lambda refused: Invalid(refused.message, errors={"document": _with_paths(refused)}),
    )
    return _edit(request, version, part)


def _edit(request: HttpRequest, version: RulebookVersion, part: Part, *, removable: bool = False) -> HttpResponse:
    """Try a text under what is typed, give the form back with its lines as a button wants them, or keep it."""
    if request.method == "POST" and "try_box" in request.GET:
        return _try(request, version, part)
    values, refused, goes_on = part.known, None, None
    context: dict[str, Any] = {"seen": request.POST.get("seen") or version.changed_at.isoformat()}
    if lines.DO in request.POST:
        values, goes_on = lines.rearranged(request.POST, rulebook_fields.OVERRIDES, rulebook_fields.EMPTY)
    elif request.method == "POST" and "seen" in request.POST:
        values = request.POST
        try:
            typed = part.put(_whole(version), values)
            seen, summary = typed_documents.seen(context["seen"]), values.get("summary")
            verbs.change_draft(person(request), version.number, document=typed, summary=summary, seen=seen)
            messages.success(request, _("The draft is kept."))
            return redirect(reverse("administration-rulebook", args=[version.number]) + f"#{part.anchor}")
        except DeskError as problem:
            refused = part.at_fields(problem) if problem.errors else problem
            if problem.code == "stale":
                context |= _what_differs(version, typed)
    own, groups = part.fields(values, refused), part.groups(values, refused) if part.groups else []
    fields = [*own, *(field for group in groups for field in group)]
    context |= {"version": version, "part": part, "own": own, "groups": groups}
    context["grouped"] = part.groups is not None
    context |= {"goes_on": goes_on, "removable": removable, **try_box.context({})}
    return show_form(request, TEMPLATE, fields, context, refused)


def _try(request: HttpRequest, version: RulebookVersion, part: Part) -> HttpResponse:
    try:
        rulebook: Rulebook = verbs.read(part.put(_whole(version), request.POST))
    except DeskError as refused:
        return render(request, try_box.TEMPLATE, {"unclear": refused.message})
    return render(request, try_box.TEMPLATE, try_box.verdict(request, rulebook))


def _what_differs(version: RulebookVersion, typed: Form) -> dict[str, Any]:
    """What the draft says now beside what is typed; to keep it once more puts the latter in its place."""
    current = get_object_or_404(RulebookVersion, pk=version.pk)
    found = differences(current.rulebook(), verbs.read(typed))
    return {"seen": current.changed_at.isoformat(), "differences": found, "is_stale": True}


def _draft(number: int) -> RulebookVersion:
    version: RulebookVersion = get_object_or_404(RulebookVersion.objects.select_related("author"), number=number)
    if version.state != State.DRAFT:
        raise Http404
    return version


def _whole(version: RulebookVersion) -> Form:
    """The document with the rules that came with an upgrade since it was written."""
    return document_of(version.rulebook())


def _suggested(request: HttpRequest, version: RulebookVersion) -> Form:
    """A new example: what stands in the box beside, with what is found in it now."""
    if not request.POST.get("try_text"):
        return {"text": "", "findings": []}
    return try_box.example(request, version.rulebook())


def _with_paths(refused: DeskError) -> list[str]:
    return [
        f"{path}: {sentence}" if path != "document" else str(sentence)
        for path, said in refused.errors.items()
        for sentence in said
    ]
