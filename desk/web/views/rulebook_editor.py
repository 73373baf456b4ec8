"""Writing a draft: a rule, an example, what belongs to no rule, or the whole document as text.

Each page shows one part of the draft's document and puts that part back, so that colleagues who write at different
rules lose nothing. Who began from older words is told what differs, with their own words still in the form.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from desk.actions import rulebooks as verbs
from desk.common.errors import DeskError, Invalid
from desk.people.permissions import Permission
from desk.rulebooks import text as as_text
from desk.rulebooks.models import RulebookVersion
from desk.web import lines, rulebook_fields, try_box
from desk.web.forms import Field, filled, show_form
from desk.web.guards import person, signed_in
from desk.web.rulebook_fields import Form
from policies.registry import RULES
from policies.rulebook import Rulebook
from policies.rulebook_diff import diff
from policies.rulebook_states import State

WRITE = Permission.WRITE_RULEBOOK
TEMPLATE = "desk/administration/rulebook/edit.html"


@dataclass(frozen=True)
class Part:
    """One page of the editor: what its form is called, shows, and puts into the document."""

    title: "str | Promise"
    known: QueryDict  # what the document says, as the form would send it
    fields: Callable[[QueryDict, DeskError | None], list[Field]]
    put: Callable[[Form, QueryDict], Form]  # the document with what is typed
    at_fields: Callable[[DeskError], DeskError] = lambda refused: refused
    groups: Callable[[QueryDict, DeskError | None], list[list[Field]]] | None = None
    intro: str = ""


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
        code,
        rulebook_fields.typed_rule(version.document.get("rules", {}).get(code, {}), found),
        lambda values, refused: rulebook_fields.rule_fields(found, values, refused),
        put,
        lambda refused: rulebook_fields.at_rule_fields(refused, code),
        lambda values, refused: rulebook_fields.override_fields(found, values, refused),
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
    known["document"] = as_text.written(version.document, "yaml")

    def put(_document: Form, values: QueryDict) -> Form:
        try:
            found: Form = as_text.read(values.get("document", ""))
        except as_text.TextRefused as refused:
            where = _("Line %(number)d: %(problem)s") % {"number": refused.line, "problem": refused}
            said = where if refused.line else str(refused)
            raise Invalid(_("This is neither YAML nor JSON."), errors={"document": [said]}) from None
        return found

    fields = [Field("document", _("The document, in YAML or JSON"), "area")]
    part = Part(
        _("The whole document"),
        known,
        lambda values, refused: filled(fields, values, refused),
        put,
        lambda refused: DeskError(refused.message, errors={"document": _with_paths(refused)}),
    )
    return _edit(request, version, part)


def _edit(request: HttpRequest, version: RulebookVersion, part: Part, *, removable: bool = False) -> HttpResponse:
    """Try a text under what is typed, give the form back with its lines as a button wants them, or keep it."""
    values, refused, focus = part.known, None, False
    if request.method == "POST" and "try_box" in request.GET:
        return _try(request, version, part)
    context: dict[str, Any] = {"seen": version.changed_at.isoformat()}
    if lines.DO in request.POST:
        values, focus = lines.rearranged(request.POST, rulebook_fields.OVERRIDES, rulebook_fields.EMPTY)[0], True
        context["seen"] = request.POST.get("seen", "")
    elif request.method == "POST" and "seen" in request.POST:
        values = request.POST
        context["seen"] = values.get("seen", "")
        try:
            typed = part.put(deepcopy(_whole(version)), values)
            verbs.change_draft(
                person(request),
                version.number,
                document=typed,
                summary=values.get("summary"),
                seen=parse_datetime(context["seen"]),
            )
            messages.success(request, _("The draft is kept."))
            return redirect("administration-rulebook", version.number)
        except DeskError as problem:
            refused = part.at_fields(problem) if problem.errors else problem
            if problem.code == "stale":
                context |= _what_differs(version, typed)
    fields = part.fields(values, refused)
    groups = part.groups(values, refused) if part.groups else []
    context |= {
        "version": version,
        "title": part.title,
        "groups": groups,
        "grouped": part.groups is not None,
        "own": fields,
        "removable": removable,
        "focus_last": focus,
        **try_box.context({}),
    }
    return show_form(request, TEMPLATE, [*fields, *(field for group in groups for field in group)], context, refused)


def _try(request: HttpRequest, version: RulebookVersion, part: Part) -> HttpResponse:
    try:
        rulebook: Rulebook = verbs.read(part.put(deepcopy(_whole(version)), request.POST))
    except DeskError as refused:
        return render(request, "desk/administration/rulebook/_tried.html", {"unclear": refused.message})
    return try_box.answer(request, rulebook, timezone.now())


def _what_differs(version: RulebookVersion, typed: Form) -> dict[str, Any]:
    """What the draft says now beside what is typed; to keep it once more puts the latter in its place."""
    current = get_object_or_404(RulebookVersion, pk=version.pk)
    changes = diff(current.rulebook(), verbs.read(typed))
    return {
        "seen": current.changed_at.isoformat(),
        "stale": [change.said(get_language() or "en") for change in changes],
        "is_stale": True,
    }


def _draft(number: int) -> RulebookVersion:
    version: RulebookVersion = get_object_or_404(RulebookVersion.objects.select_related("author"), number=number)
    if version.state != State.DRAFT:
        raise Http404
    return version


def _whole(version: RulebookVersion) -> Form:
    """The document with the rules that came with an upgrade since it was written."""
    return dict(version.rulebook().document)


def _suggested(request: HttpRequest, version: RulebookVersion) -> Form:
    """A new example: what stands in the box beside, with what is found in it now."""
    chosen = {**try_box.USUAL, **request.POST.dict()}
    text = str(chosen.get("try_text", ""))
    if not text:
        return {"text": "", "findings": []}
    checked = try_box.checked(request, version.rulebook(), timezone.now())
    facts = {name: chosen[f"try_{name}"] for name in ("network", "visibility", "language") if chosen[f"try_{name}"]}
    return {"text": text, **facts, "findings": sorted({finding.code for finding in checked.findings})}


def _with_paths(refused: DeskError) -> list[str]:
    return [
        f"{path}: {sentence}" if path != "document" else str(sentence)
        for path, said in refused.errors.items()
        for sentence in said
    ]
