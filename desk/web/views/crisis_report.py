"""The report of a crisis: read, printed, written on, and its log as a file that anybody can check."""

import json
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from desk.actions.crises import crisis_report as verbs
from desk.actions.customers.masking import Eyes
from desk.common.errors import DeskError, Invalid
from desk.crises.log import facts_of, start_of
from desk.crises.models import Crisis, CrisisEntry
from desk.people.models import User
from desk.people.permissions import Permission
from desk.web import asked
from desk.web.forms import Field, filled
from desk.web.guards import person, signed_in
from desk.web.show import crises as show
from desk.web.show import threads as talk
from desk.web.show import war_room as shown
from desk.web.views.crises import known_crisis, log_lines, scope_names

PDF = "application/pdf"
_TEXTS = {verbs.SUMMARY: verbs.write_summary, verbs.WORKED: verbs.write_worked}
# For whoever checks the file with another program, and so in English.
HOW = "digest = SHA-256, in hexadecimal, of: before, a line feed, facts as JSON (keys sorted, no spaces, UTF-8)"


@signed_in(Permission.SEE_CRISES)
@require_GET
def page(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Everything, as it is now."""
    return _shown(request, known_crisis(crisis_id))


@signed_in(Permission.MANAGE_CRISES)
@require_POST
def write(request: HttpRequest, crisis_id: int, name: str) -> HttpResponse:
    """`summary`, `worked`, `action`, or `done` with the line of an action."""
    values, who = request.POST, person(request)
    try:
        if name in _TEXTS:
            _TEXTS[name](who, crisis_id, values.get("text", ""), seen=asked.number(values.get("seen", "")))
        elif name == "action":
            owner = asked.number(values.get("owner", ""))
            verbs.add_action(who, crisis_id, values.get("text", ""), owner_id=owner, due=_day(values.get("due", "")))
        else:
            verbs.finish_action(who, crisis_id, asked.number(values.get("action", "")) or 0)
    except DeskError as refused:
        return _shown(request, known_crisis(crisis_id), refused_form=name, refused=refused)
    return redirect("crisis-report", crisis_id)


@signed_in(Permission.SEE_CRISES)
@require_GET
def pdf(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """The same on paper."""
    return pdf_answer(known_crisis(crisis_id), person(request))


def pdf_answer(crisis: Crisis, reader: User) -> HttpResponse:
    """A file with everything that this reader sees on the page."""
    from desk.web.show.crisis_pdf import Parts, pdf_of  # 40 MB of fonts and what sets them, for a page that few ask for

    now, names = timezone.now(), scope_names()
    found = verbs.report_of(crisis, now)
    parts = Parts(
        crisis=crisis,
        standing=show.standing(crisis, now),
        scope=show.scope_words(crisis.scope, *names),
        report=found,
        found=[Eyes(reader).read(one.finding, by=one.closed_by_id) for one in found.found],
        plot=shown.plot(found.curve),
        posts=shown.posts(found.posts, now, Eyes(reader)),
        log=log_lines(crisis, found.entries, now, names),
        now=now,
    )
    disposition = f'attachment; filename="crisis-{crisis.pk}.pdf"'
    return HttpResponse(pdf_of(parts), PDF, headers={"Content-Disposition": disposition})


@signed_in(Permission.SEE_CRISES)
@require_GET
def log_file(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """The log as JSON, each entry with the very facts that its digest is made of."""
    crisis = known_crisis(crisis_id)
    rows = CrisisEntry.objects.filter(crisis=crisis).order_by("number").iterator()
    entries = [{"facts": facts_of(entry), "before": entry.before, "digest": entry.digest} for entry in rows]
    told = {
        "crisis": crisis.pk,
        "how": HOW,
        "start": start_of(crisis),
        "entries": entries,
    }
    answer = HttpResponse(json.dumps(told, ensure_ascii=False, indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="crisis-{crisis.pk}-log.json"'
    return answer


def _shown(
    request: HttpRequest, crisis: Crisis, *, refused_form: str = "", refused: DeskError | None = None
) -> HttpResponse:
    now, reader = timezone.now(), person(request)
    found = verbs.report_of(crisis, now)
    names = scope_names()
    today = timezone.localdate(now)
    fields = _action_fields()
    if refused is not None and refused_form == "action":
        fields = filled(fields, request.POST, refused)
    context: dict[str, Any] = {
        "crisis": crisis,
        "standing": show.standing(crisis, now),
        "scope": show.scope_words(crisis.scope, *names),
        "report": found,
        "plot": shown.plot(found.curve),
        "posts": shown.posts(found.posts, now, Eyes(reader)),
        "log": log_lines(crisis, found.entries, now, names),
        "digests": [entry.digest for entry in found.entries],
        "actions": [(one, one.is_late(today)) for one in found.actions],
        "broken": show.BROKEN[found.broken.problem] if found.broken else "",
        "found": talk.lines(found.found, reader, now),
        "may_write": reader.may(Permission.MANAGE_CRISES),
        "summary": request.POST.get("text", "") if refused_form == verbs.SUMMARY else _text_of(found.summary),
        "worked": request.POST.get("text", "") if refused_form == verbs.WORKED else _text_of(found.worked),
        "action_fields": fields,
        "refused_form": refused_form,
        "refused": refused,
        "now": now,
    }
    return render(request, "desk/crises/report.html", context, status=refused.status if refused else 200)


def _text_of(entry: CrisisEntry | None) -> str:
    return entry.text if entry else ""


def _action_fields() -> list[Field]:
    people = tuple((str(one.pk), one.name) for one in User.objects.filter(is_active=True))
    return [
        Field("text", gettext_lazy("What is to be done")),
        Field("owner", gettext_lazy("Who does it"), kind="choice", choices=(("", "–"), *people), required=False),
        Field("due", gettext_lazy("Until when"), kind="date", required=False),
    ]


def _day(value: str) -> date | None:
    """Raises Invalid."""
    if not value:
        return None
    try:
        day = parse_date(value)
    except ValueError:
        day = None
    if day is None:
        raise Invalid(_("This is no date. Write it as 2026-03-10."), errors={"due": [_("This is no date.")]})
    return day
