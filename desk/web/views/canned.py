"""Administration of canned responses: the texts that colleagues start from."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.actions.knowledge.article_links import is_stale, of_canned, with_stale_articles
from desk.actions.replies import canned as verbs
from desk.actions.replies.canned_preview import preview as look
from desk.actions.replies.canned_use import statistics
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.replies.canned_list import CannedFilter
from desk.replies.models import CannedResponse
from desk.web import canned_fields, lines
from desk.web.forms import filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.show import canned as show
from policies.canned_states import BY_PEOPLE, Event
from policies.canned_variables import BuiltIn

PAGE = 100
EDIT = Permission.EDIT_CANNED
LIST, ONE = "administration-canned", "administration-canned-one"
LONGEST_ID = 19  # digits


@signed_in(EDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """Those that are asked for, by name."""
    fields = canned_fields.filter_fields()
    asked = {field.name: request.GET.get(field.name, "").strip() for field in fields}
    team = asked["team"]
    wanted = CannedFilter(
        q=asked["q"],
        state=asked["state"],
        kind=asked["kind"],
        network=asked["network"],
        due=asked["due"],
        team_id=int(team) if team.isdecimal() and len(team) < LONGEST_ID else None,
    )
    today = timezone.localdate()
    page = slice_after(wanted.rows(today), ("name",), request.GET.get("cursor", ""), PAGE)
    context = {
        "responses": [show.row(one, today) for one in page.rows],
        "stale": with_stale_articles([one.pk for one in page.rows], today),
        "page": page,
        "filters": filled(fields, asked),
        "narrowed": any(asked.values()),
        "query": urlencode({name: value for name, value in asked.items() if value}),
    }
    return render(request, "desk/administration/canned.html", context)


@signed_in(EDIT)
def add(request: HttpRequest) -> HttpResponse:
    """A new one; it is a draft."""

    def verb(values: dict[str, Any]) -> int:
        response = verbs.create_canned(person(request), **values)
        messages.success(request, _("“%(name)s” is kept as a draft.") % {"name": response.name})
        return response.pk

    return _edit(request, canned_fields.begun(person(request)), {}, verb)


@signed_in(EDIT)
def one(request: HttpRequest, canned_id: int) -> HttpResponse:
    """Edit one. Replies that were written with it stay as they are."""
    response = get_object_or_404(CannedResponse, pk=canned_id)

    def verb(values: dict[str, Any]) -> int:
        verbs.change_canned(person(request), canned_id, **values)
        messages.success(request, _("The changes are kept."))
        return canned_id

    context = {
        "response": response,
        "row": show.row(response, timezone.localdate()),
        "may_approve": person(request).may(Permission.APPROVE) and response.words_by_id != person(request).pk,
        "statistics": statistics(person(request), canned_id),
        "attached": list(response.attachments.all()),
        "articles": [(one, is_stale(one, timezone.localdate())) for one in of_canned(canned_id)],
    }
    return _edit(request, canned_fields.typed(response), context, verb)


@require_POST
@signed_in(EDIT)
def move(request: HttpRequest, canned_id: int, event: str) -> HttpResponse:
    """Put it on offer, or take it off."""
    if event not in BY_PEOPLE:
        raise Http404
    try:
        if event == Event.ACTIVATE:
            verbs.activate_canned(person(request), canned_id)
            messages.success(request, _("It is on offer now."))
        else:
            verbs.withdraw_canned(person(request), canned_id)
            messages.success(request, _("It is a draft again."))
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect(ONE, canned_id)


@require_POST
@signed_in(EDIT)
def preview(request: HttpRequest) -> HttpResponse:
    """How it will read, while it is typed."""
    return render(request, "desk/administration/_canned_preview.html", _preview(request, request.POST))


@require_POST
@signed_in(EDIT)
def delete(request: HttpRequest, canned_id: int) -> HttpResponse:
    """It is no longer on offer."""
    verbs.delete_canned(person(request), canned_id)
    messages.success(request, _("The canned response is deleted."))
    return redirect(LIST)


def _edit(
    request: HttpRequest, known: QueryDict, context: dict[str, Any], verb: Callable[[dict[str, Any]], int]
) -> HttpResponse:
    """Show the form, give it back with its lines as a button wants them, or keep it."""
    values, refused = request.POST or known, None
    focus = dict.fromkeys(canned_fields.LISTS)
    if lines.DO in request.POST:
        name = request.POST[lines.DO].partition(":")[0]
        if name in canned_fields.LISTS:
            values, focus[name] = lines.rearranged(request.POST, name, canned_fields.EMPTY[name])
    elif request.method == "POST":
        values = canned_fields.without_empty(request.POST)
        try:
            return leave(request, ONE, verb(canned_fields.values_of(values)))
        except DeskError as problem:
            refused = canned_fields.at_fields(problem) if problem.errors else problem
    several = {name: canned_fields.line_fields(name, values, refused, focus[name]) for name in canned_fields.LISTS}
    top = filled(canned_fields.top_fields(), values, refused)
    scope = filled(canned_fields.scope_fields(), values, refused)
    actions = filled(canned_fields.action_fields(), values, refused)
    (fallback,) = filled([canned_fields.fallback_field()], values, refused)
    everything = {**context, "top": top, "scope": scope, "actions": actions, "fallback": fallback, **several}
    everything |= _preview(request, values)
    everything["built_in"] = [str(name) for name in BuiltIn]
    everything["empty"] = {name: focus[name] is not None and not several[name] for name in canned_fields.LISTS}
    fields = [*top, *scope, *actions, fallback, *(field for one in several.values() for line in one for field in line)]
    answer = show_form(request, "desk/administration/canned_one.html", fields, everything, refused)
    if lines.DO in request.POST:
        answer["HX-Trigger-After-Swap"] = "lines"  # the preview looks again
    return answer


def _preview(request: HttpRequest, values: QueryDict) -> dict[str, Any]:
    """How the texts read as they are typed now; or what keeps them from being read."""
    saying = canned_fields.values_of(canned_fields.without_empty(values))
    if not saying["texts"]:
        return {"readings": []}
    names = ("texts", "fallback", "variables", "visibility", "networks", "team_id")
    try:
        unsaved = verbs.unsaved(**{name: saying[name] for name in names})
        previewed = look(person(request), unsaved, saying["inbox_ids"])
    except DeskError as refused:
        return {"unclear": [words for said in refused.errors.values() for words in said]}
    return {"readings": show.readings(previewed), "objections": show.objections(previewed), "previewed": previewed}
