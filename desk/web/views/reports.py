"""Reports: the figures of a period, the tickets behind each, and both as a file."""

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from desk.actions import report, report_compared, report_files
from desk.actions.report_tables import figures, shown
from desk.actions.report_wishes import Wish
from desk.common.errors import Invalid
from desk.people.permissions import Permission
from desk.web import report_plots as plots
from desk.web.guards import person, signed_in
from desk.web.report_asked import ReportForm, asked, wished

PERCENTILES = (("median", 50), ("p90", 90), ("p95", 95))


@require_safe
@signed_in(Permission.SEE_REPORTS)
def page(request: HttpRequest) -> HttpResponse:
    form, wish = wished(request.GET.dict())
    return shown_page(request, form, wish)


def shown_page(request: HttpRequest, form: ReportForm, wish: Wish, **more: object) -> HttpResponse:
    """The page of what was asked; `more` is what else its template is told."""
    query = wish.address()
    compared = report_compared.read(person(request), wish)
    found = compared.report
    context = {
        "form": form,
        "report": found,
        "compared": compared,
        "query": urlencode(query),
        "tables": report_compared.sheets(compared, query),
        "trend": plots.trend(found),
        "heat": plots.heat(found),
        "bars": plots.bars(found),
        "share": None if found.all.compliance is None else shown(figures(found.all)[1]),
        "until": found.chosen.until - timedelta(seconds=1),
        "times": [(name, found.all.percentile(percent)) for name, percent in PERCENTILES],
        **more,
    }
    return render(request, "desk/reports/page.html", context)


@require_safe
@signed_in(Permission.SEE_REPORTS)
def export(request: HttpRequest, form: str) -> HttpResponse:
    _form, wish = wished(request.GET.dict())
    file = report_files.of(report_compared.read(person(request), wish), form)
    return HttpResponse(file.content, file.type, headers={"Content-Disposition": file.disposition})


@require_safe
@signed_in(Permission.SEE_REPORTS)
def tickets(request: HttpRequest) -> HttpResponse:
    """The tickets behind one figure."""
    _asked, chosen, query = asked(request.GET.dict(), timezone.now())
    place = {name: _number(request.GET.get(name, ""), 24) for name in ("weekday", "hour")}
    kind = request.GET.get("kind", "")
    found = report.cycles(person(request), chosen, kind=kind, cursor=request.GET.get("cursor", ""), **place)
    kept = {**query, **{name: value for name in ("kind", "weekday", "hour") if (value := request.GET.get(name))}}
    context = {"page": found, "query": urlencode(kept), "back": urlencode(query)}
    return render(request, "desk/reports/tickets.html", context)


def _number(text: str, below: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:3]) < below):
        raise Invalid(_("There is no such figure."))
    return int(text)
