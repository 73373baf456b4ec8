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
from desk.web import calendar_fields, lines
from desk.web.change_fields import Form, fields, form_of, values_typed
from desk.web.forms import filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.show import proposals as show
from desk.web.views.proposals import seen
from policies.change_states import State

CALENDAR = "calendar"
NAMED = 6  # owners
Verb = Callable[[dict[str, Any] | None], int]


@signed_in()
def propose(request: HttpRequest, kind: str, thing: int = 0) -> HttpResponse:
    """A new one: about one thing, or about something new of its kind."""
    sort, reader = kind_of(kind), person(request)
    row = sort.found(thing) if thing else None
    form = form_of(sort, reader) if row is not None else None

    def verb(values: dict[str, Any] | None) -> int:
        typed = request.POST
        made = verbs.draft(
            reader, kind, thing, what=typed.get("what", ""), why=typed.get("why", ""), values=values,
            propose="draft" not in typed,
        )  # fmt: skip
        words = _("It is proposed: whoever decides about it is told.") if made.proposed_at else _("The draft is kept.")
        messages.success(request, words)
        return made.pk

    known = form.known(sort.values(row)) if form else {}
    context = {"title": sort.title(row) if row is not None else str(sort.label), "new": True, "thing": thing}
    return _edit(request, sort, row, form, known, context, verb)


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
    row = sort.found(one.thing) if one.thing else None
    form = form_of(sort, reader) if row is not None else None
    began = request.POST.get("seen") or one.changed_at.isoformat()

    def verb(values: dict[str, Any] | None) -> int:
        typed = request.POST
        verbs.rewrite(
            reader, change_id, what=typed.get("what", ""), why=typed.get("why", ""), values=values, seen=seen(began)
        )
        messages.success(request, _("The changes are kept."))
        return change_id

    typed_before = form.known({**sort.values(row), **(one.values or {})}) if form else {}
    known = {**typed_before, "what": one.what, "why": one.why}
    return _edit(request, sort, row, form, known, {"one": one, "title": one.title, "seen": began}, verb)


def _edit(
    request: HttpRequest,
    sort: Kind,
    row: Any,
    form: Form | None,
    known: Mapping[str, object],
    context: dict[str, Any],
    verb: Verb,
) -> HttpResponse:
    """Show the form, give it back with its days as a button wants them, or keep it."""
    typed: QueryDict = request.POST
    refused, focus = None, None
    if lines.DO in typed:
        typed, focus = lines.rearranged(request.POST, calendar_fields.EXCEPTIONS, calendar_fields.EMPTY)
    elif request.method == "POST":
        try:
            return leave(request, "change", verb(values_typed(form, sort, row, request.POST)))
        except DeskError as problem:
            refused = calendar_fields.at_fields(problem, request.POST) if sort.slug == CALENDAR else problem
    values: Mapping[str, object] = typed or known
    context |= {
        "kind": sort,
        "owners": owners_of(sort)[:NAMED],
        "editor": show.editor_of(sort, row, person(request)),
        "structured": form is not None,
    }
    shown = fields(form, row, values, refused)
    if form is not None and sort.slug == CALENDAR:
        as_typed = typed or _as_typed(known)
        week = calendar_fields.fields(str(values.get("country", "")), is_new=True)
        rows = calendar_fields.exceptions(as_typed, refused, focus)
        context |= {"rows": rows, "full": calendar_fields.full(rows), "empty": focus is not None and not rows}
        shown += filled(week, values, refused)
    return show_form(request, "desk/changes/form.html", shown, context, refused)


def _as_typed(known: Mapping[str, object]) -> QueryDict:
    """What is known, as the form would send it."""
    values = QueryDict(mutable=True)
    values.update({name: str(value) for name, value in known.items()})
    return values
