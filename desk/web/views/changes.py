"""Everything that can be changed without a release: what is in force, who changed it, what is drafted and planned."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from desk.actions.changes import changes as verbs
from desk.actions.changes import overview as reading
from desk.actions.changes.change_notices import owners_of
from desk.actions.changes.kinds import FIRST_VERSIONS, THE_ONE, Kind
from desk.actions.changes.registry import ALL, kind_of
from desk.common.errors import DeskError, Invalid, NotPermitted
from desk.common.paging import slice_after
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.web import asked
from desk.web.forms import number
from desk.web.guards import person, signed_in
from desk.web.show import audited
from desk.web.show import proposals as show
from policies.change_states import State

PAGE = 50
SOME = 10  # proposals on the first page, and of one thing
NAMED = 6  # owners


@require_safe
@signed_in()
def overview(request: HttpRequest) -> HttpResponse:
    """Each kind with its newest change, what waits for a decision, and whatever a search finds."""
    reader, words = person(request), request.GET.get("q", "").strip()
    last, waiting = reading.last_of_kinds(), reading.open_by_kind(reader)
    found = [
        (kind, [show.thing_line(kind, row, reader, None, {}) for row in rows]) for kind, rows in reading.search(words)
    ]
    context = {
        "kinds": [show.kind_line(kind, reader, last.get(kind.slug), waiting.get(kind.slug, {})) for kind in ALL],
        "proposed": verbs.seen_by(reader).filter(state=State.PROPOSED).order_by("-id")[:SOME],
        "planned": verbs.seen_by(reader).filter(state=State.PLANNED).order_by("planned_for", "id")[:SOME],
        "adopted": verbs.adopted().count(),
        "own_adopted": verbs.adopted().filter(author=reader).count(),
        "q": words,
        "found": found,
    }
    return render(request, "desk/changes/overview.html", context)


@require_safe
@signed_in()
def things(request: HttpRequest, kind: str) -> HttpResponse:
    """All things of one kind."""
    reader, sort, words = person(request), kind_of(kind), request.GET.get("q", "").replace("\x00", "").strip()
    if sort.single:
        return redirect("change-thing", kind, THE_ONE)
    rows = sort.rows()
    if words and sort.searched:
        rows = rows.filter(**{f"{sort.searched}__icontains": words[: reading.LONGEST_SEARCH]})
    page = slice_after(rows, sort.key, request.GET.get("cursor", ""), PAGE)
    last = reading.last_of_things(sort, page.rows)
    waiting = reading.open_by_thing(reader, sort, page.rows)
    query = request.GET.copy()
    query.pop("cursor", None)
    context = {
        "kind": sort,
        "lines": [
            show.thing_line(sort, row, reader, last.get(row.pk), waiting.get(sort.identity(row), {}))
            for row in page.rows
        ],
        "page": page,
        "query": query.urlencode(),
        "q": words,
        "owners": owners_of(sort)[:NAMED],
    }
    return render(request, "desk/changes/things.html", context)


@require_safe
@signed_in()
def thing(request: HttpRequest, kind: str, thing: int) -> HttpResponse:
    """One thing: how it reads now, its versions, and what somebody wants to change of it."""
    reader, sort = person(request), kind_of(kind)
    row = sort.found(thing)
    reads = sort.reads is None or reader.may(sort.reads)
    decides = reader.may(sort.permission)
    looks = _looks(reader, sort)
    changes = verbs.of_thing(reader, sort, row)
    page = slice_after(changes, ("id",), request.GET.get("cursor", ""), SOME, descending=True)
    context = {
        **_head(sort, row),
        "first_versions": FIRST_VERSIONS,
        "latest": reading.LATEST,
        "now": sort.read_now(row) if reads else [],
        "versions": sort.versions(row) if reads else [],
        "waiting": sort.waiting(row) if reads else [],
        "changes": page.rows,
        "page": page,
        "log": [audited.line(entry) for entry in reading.log_of(sort, row)[: reading.LATEST]] if looks else [],
        "decides": decides,
        "editor": show.editor_of(sort, row, reader),
        "owners": owners_of(sort)[:NAMED],
    }
    return render(request, "desk/changes/thing.html", context)


@require_safe
@signed_in()
def versions(request: HttpRequest, kind: str, thing: int) -> HttpResponse:
    """All versions of one thing, the newest first, each with its way back."""
    reader, sort = person(request), kind_of(kind)
    row = sort.found(thing)
    if sort.reads is not None:
        require(reader, sort.reads)
    page = slice_after(
        sort.version_rows(row), (sort.version_key,), request.GET.get("cursor", ""), PAGE, descending=True
    )
    context = {
        **_head(sort, row),
        "versions": [sort.version(row, one) for one in page.rows],
        "page": page,
        "decides": reader.may(sort.permission),
    }
    return render(request, "desk/changes/versions.html", context)


@require_safe
@signed_in()
def log(request: HttpRequest, kind: str, thing: int) -> HttpResponse:
    """Who changed what of one thing, the newest first."""
    reader, sort = person(request), kind_of(kind)
    row = sort.found(thing)
    if not _looks(reader, sort):
        raise NotPermitted(_("Who changed what of it is for who decides about it, and for who reads the audit trail."))
    page = slice_after(reading.log_of(sort, row), ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    context = {**_head(sort, row), "log": [audited.line(entry) for entry in page.rows], "page": page}
    return render(request, "desk/changes/log.html", context)


@require_POST
@signed_in()
def roll_back(request: HttpRequest, kind: str, thing: int) -> HttpResponse:
    """One click to an earlier version, as a new one."""
    try:
        became = verbs.roll_back(person(request), kind, thing, number(request.POST, "number"))
    except DeskError as refused:
        messages.error(request, str(refused.message))
    else:
        words = _("Version %(number)d is in force.") % {"number": became} if became else _("It is as it was.")
        messages.success(request, words)
    return redirect("change-thing", kind, thing)


@require_POST
@signed_in()
def plan_version(request: HttpRequest, kind: str) -> HttpResponse:
    """A version that was handed in, switched on at a moment."""
    try:
        at = asked.moment(request.POST.get("at", ""))
        if at is None:
            raise Invalid(_("Choose a moment that is still to come, within a year."))
        verbs.plan_version(person(request), kind, number(request.POST, "number"), at=at, now=timezone.now())
    except DeskError as refused:
        messages.error(request, str(refused.message))
        return redirect("change-thing", kind, THE_ONE)
    messages.success(request, _("It is planned, and is switched on by itself."))
    return redirect("change-thing", kind, THE_ONE)


def _head(kind: Kind, row: Any) -> dict[str, Any]:
    return {"kind": kind, "thing": kind.identity(row), "title": kind.title(row), "number": kind.number(row)}


def _looks(reader: User, kind: Kind) -> bool:
    """Whether this person reads who changed things of the kind."""
    return reader.may(Permission.SEE_AUDIT) or reader.may(kind.permission)
