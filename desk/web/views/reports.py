"""Reports: the figures of a period, the tickets behind each, and both as a file."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from desk.actions.reports import report, report_compared, report_files
from desk.actions.reports.report_drills import slowest
from desk.actions.reports.report_tables import figures, hours_table, shown
from desk.actions.reports.report_tickets import COUNTED_TO, LEVELS, Figure, behind, how_many
from desk.actions.reports.report_wishes import Wish
from desk.common.errors import Invalid
from desk.people.permissions import Permission
from desk.web import report_plots as plots
from desk.web.guards import person, signed_in
from desk.web.report_asked import ReportForm, asked, wished
from policies.reports import LONGEST

PERCENTILES = (50, 90, 95)
_HOURS = ("hour",)  # come after the page: there are as many of them as of all others together


@require_safe
@signed_in(Permission.SEE_REPORTS)
def page(request: HttpRequest) -> HttpResponse:
    form, wish = wished(request.GET.dict())
    return shown_page(request, form, wish)


def shown_page(request: HttpRequest, form: ReportForm, wish: Wish, **more: object) -> HttpResponse:
    """The page of what was asked, without its hours; `more` is what else its template is told."""
    query = wish.address()
    dimensions = [one for one in report.SHOWN if one not in _HOURS]
    compared = report_compared.read(person(request), wish, dimensions=dimensions)
    found = compared.report
    times = found.all.percentiles(*PERCENTILES)
    context = {
        "form": form,
        "report": found,
        "compared": compared,
        "query": urlencode(query),
        "tables": report_compared.sheets(compared, query),
        "trend": plots.trend(found),
        "levels": plots.levels(found),
        "bars": plots.bars(found),
        "share": None if found.all.compliance is None else shown(figures(found.all)[1]),
        "until": found.chosen.until - timedelta(seconds=1),
        "times": [(name, one, slowest(one)) for name, one in zip(("median", "p90", "p95"), times, strict=True)],
        **more,
    }
    return render(request, "desk/reports/page.html", context)


@require_safe
@signed_in(Permission.SEE_REPORTS)
def hours(request: HttpRequest) -> HttpResponse:
    """The heat map of weekdays and hours with its table, for a page that is there already."""
    _form, chosen, query = asked(request.GET.dict(), timezone.now())
    found = report.read(person(request), chosen, dimensions=_HOURS)
    context = {"heat": plots.heat(found), "query": urlencode(query), "table": hours_table(found, query)}
    return render(request, "desk/reports/hours.html", context)


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
    figure = _figure(request.GET.dict())
    found = behind(person(request), chosen, figure, cursor=request.GET.get("cursor", ""))
    kept = {**query, **{name: value for name in _NARROWS if (value := request.GET.get(name))}}
    count = how_many(person(request), chosen, figure)
    context = {
        "page": found,
        "figure": figure,
        "of_backlog": figure.kind in LEVELS,
        "gaps": report.gaps_of(chosen, timezone.now()),
        "count": min(count, COUNTED_TO),
        "more": count > COUNTED_TO,
        "query": urlencode(kept),
        "back": urlencode(query),
        "business": chosen.business,
    }
    return render(request, "desk/reports/tickets.html", context)


_NARROWS = ("kind", "weekday", "hour", "above", "to", "lag", "at")


def _figure(asked_for: dict[str, str]) -> Figure:
    def number(name: str, below: int) -> int | None:
        text = asked_for.get(name, "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and int(text[:10]) < below):
            raise Invalid(_("There is no such figure."))
        return int(text)

    return Figure(
        kind=asked_for.get("kind", ""),
        weekday=number("weekday", 8),
        hour=number("hour", 24),
        above=number("above", LONGEST),
        to=number("to", LONGEST),
        lag=asked_for.get("lag", "") == "1",
        at=_instant(asked_for.get("at", "")),
    )


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(_("There is no such figure.")) from None
    if at is not None and (at.tzinfo is None or not 1970 < at.year < 9999):
        raise Invalid(_("There is no such figure."))
    return at
