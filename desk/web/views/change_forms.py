"""Writing a change down: in words for anything, and as values in the fields of its kind where it can carry them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from desk.actions.changes import changes as verbs
from desk.actions.changes.change_notices import owners_of
from desk.actions.changes.kinds import Kind
from desk.actions.changes.registry import kind_of
from desk.common.errors import DeskError, Missing
from desk.people.permissions import require
from desk.web import lines
from desk.web.change_fields import Form, fields, form_of, values_typed
from desk.web.change_lines import as_query
from desk.web.forms import leave, show_form
from desk.web.guards import person, signed_in
from desk.web.show import proposals as show
from desk.web.views.proposals import seen
from policies.change_states import State

NAMED = 6  # owners
Verb = Callable[[dict[str, Any] | None], int]


@signed_in()
def propose(request: HttpRequest, kind: str, thing: int = 0) -> HttpResponse:
    """A new one: about one thing, or about something new of its kind."""
    sort, reader = kind_of(kind), person(request)
    row = sort.meant(thing)
    form = form_of(sort, row, reader)

    def verb(values: dict[str, Any] | None) -> int:
        typed = request.POST
        made = verbs.draft(
            reader, kind, thing, what=typed.get("what", ""), why=typed.get("why", ""), values=values,
            propose="draft" not in typed,
        )  # fmt: skip
        words = _("It is proposed: whoever decides about it is told.") if made.proposed_at else _("The draft is kept.")
        messages.success(request, words)
        return made.pk

    began = sort.values(row) if form else {}
    context = {"title": sort.title(row) if row is not None else str(sort.label), "new": True, "thing": thing}
    return _edit(request, sort, row, form, began, {}, context, verb)


@signed_in()
def edit(request: HttpRequest, change_id: int) -> HttpResponse:
    """Another wording of a draft or a proposal."""
    reader = person(request)
    one = verbs.one_seen_by(reader, change_id)
    sort = kind_of(one.kind)
    if one.author_id != reader.pk:
        require(reader, sort.permission)
    if one.state not in (State.DRAFT, State.PROPOSED) or "version" in (one.values or {}):
        raise Missing(_("Only a draft or a proposal can be changed."))
    row = sort.meant(one.thing)
    form = form_of(sort, row, reader)
    began = request.POST.get("seen") or one.changed_at.isoformat()

    def verb(values: dict[str, Any] | None) -> int:
        typed = request.POST
        verbs.rewrite(
            reader, change_id, what=typed.get("what", ""), why=typed.get("why", ""), values=values, seen=seen(began)
        )
        messages.success(request, _("The changes are kept."))
        return change_id

    values = {**sort.values(row), **(one.values or {})} if form else {}
    words = {"what": one.what, "why": one.why}
    context = {"one": one, "title": one.title if one.thing else str(sort.label), "seen": began}
    return _edit(request, sort, row, form, values, words, context, verb)


def _edit(
    request: HttpRequest,
    sort: Kind,
    row: Any,
    form: Form | None,
    began: Mapping[str, Any],
    words: Mapping[str, str],
    context: dict[str, Any],
    verb: Verb,
) -> HttpResponse:
    """Show the form, give it back with its lines as a button wants them, or keep it."""
    typed: QueryDict = request.POST
    refused, focus = None, None
    own = form.lines if form is not None else None
    if lines.DO in typed and own is not None:
        typed, focus = own.rearranged(typed)
    elif request.method == "POST":
        try:
            return leave(request, "change", verb(values_typed(form, sort, row, request.POST, began)))
        except DeskError as problem:
            refused = own.at_fields(problem, request.POST) if own is not None else problem
    values = typed or _known(form, began, words)
    shown = fields(form, row, began, values, refused)
    context |= {
        "kind": sort,
        "owners": owners_of(sort)[:NAMED],
        "editor": show.editor_of(sort, row, person(request)),
        "structured": form is not None,
        "is_new": row is None,
        "plain": shown,
    }
    if own is not None:
        context |= own.context(values, refused, focus)
        shown = [*shown, *(field for line in context["rows"] for field in line)]
    return show_form(request, "desk/changes/form.html", shown, context, refused)


def _known(form: Form | None, began: Mapping[str, Any], words: Mapping[str, str]) -> QueryDict:
    """What the form begins with, as it would be sent."""
    known = form.known(began) if form is not None else {}
    values = known.copy() if isinstance(known, QueryDict) else as_query(known)
    for name, said in words.items():
        values[name] = said
    return values
