"""Reports: the figures of a period, the tickets behind each, and both as a file."""

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from desk.actions import report
from desk.common.errors import Invalid
from desk.people.permissions import Permission
from desk.web import report_plots as plots
from desk.web.guards import person, signed_in
from desk.web.report_asked import asked
from desk.web.report_tables import as_csv, as_xlsx, figures, shown, tables

PERCENTILES = (("median", 50), ("p90", 90), ("p95", 95))
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@signed_in(Permission.SEE_REPORTS)
def page(request: HttpRequest) -> HttpResponse:
    form, chosen, query = asked(request.GET.dict(), timezone.now())
    found = report.read(person(request), chosen)
    context = {
        "form": form,
        "report": found,
        "query": urlencode(query),
        "tables": tables(found, query),
        "trend": plots.trend(found),
        "heat": plots.heat(found),
        "bars": plots.bars(found),
        "share": None if found.all.compliance is None else shown(figures(found.all)[1]),
        "until": chosen.until - timedelta(seconds=1),
        "times": [(name, found.all.percentile(percent)) for name, percent in PERCENTILES],
    }
    return render(request, "desk/reports/page.html", context)


@require_safe
@signed_in(Permission.SEE_REPORTS)
def export(request: HttpRequest, form: str) -> HttpResponse:
    _asked, chosen, query = asked(request.GET.dict(), timezone.now())
    found = tables(report.read(person(request), chosen), query)
    if form == "csv":
        answer = HttpResponse(as_csv(found), "text/csv; charset=utf-8")
    else:
        answer = HttpResponse(as_xlsx(found), _XLSX)
    answer["Content-Disposition"] = f'attachment; filename="report-{timezone.localtime(chosen.since).date()}.{form}"'
    return answer


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
