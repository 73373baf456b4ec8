"""Causes for everybody who reads tickets: what comes back, what it costs, and whether it is more than before."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from desk.actions.causes import cause_figures, cause_story
from desk.actions.causes.cause_figures import CauseFigures, Line
from desk.actions.causes.cause_tables import direction, file_of, hours, left_out, percent, trend
from desk.actions.causes.improvement_effect import effects
from desk.people.models import User
from desk.people.permissions import Permission
from desk.web import cause_plots
from desk.web.guards import person, signed_in
from desk.web.show.improvements import shown

READ = Permission.READ_TICKETS
PDF = "application/pdf"
PERIODS = {
    "week": gettext_lazy("7 days"),
    "month": gettext_lazy("4 weeks"),
    "quarter": gettext_lazy("13 weeks"),
}


@require_safe
@signed_in(READ)
def overview(request: HttpRequest) -> HttpResponse:
    """All causes of a period, live."""
    figures = cause_figures.read(person(request), _period(request))
    context = {**_shared(request, figures), "rows": [_row(line) for line in figures.lines]}
    return render(request, "desk/causes/overview.html", context)


@require_safe
@signed_in(READ)
def export(request: HttpRequest, form: str) -> HttpResponse:
    file = file_of(cause_figures.read(person(request), _period(request)), form)
    return HttpResponse(file.content, file.type, headers={"Content-Disposition": file.disposition})


@require_safe
@signed_in(READ)
def one(request: HttpRequest, cause_id: int) -> HttpResponse:
    """One cause with what lies below it."""
    story = cause_story.of_cause(person(request), cause_id, _period(request))
    measured, today = effects(story.improvements), timezone.localdate()
    context = {
        **_shared(request, story.figures),
        "story": story,
        "row": _row(story.line) if story.line else None,
        "rows": [_row(line) for line in story.below],
        "plot": cause_plots.weeks(story.weeks, story.improvements),
        "improvements": [shown(found, story.path, measured.get(found.pk), today) for found in story.improvements],
    }
    return render(request, "desk/causes/one.html", context)


@require_safe
@signed_in(READ)
def pdf(request: HttpRequest, cause_id: int) -> HttpResponse:
    """The same on paper."""
    return pdf_answer(cause_id, _period(request), person(request))


def pdf_answer(cause_id: int, period: str, reader: User) -> HttpResponse:
    """A file with what the page says. Raises NotPermitted, Missing, Invalid."""
    from desk.web.show.cause_pdf import pdf_of_cause  # fonts, and what sets them, for a page that few ask for

    story = cause_story.of_cause(reader, cause_id, period)
    measured, today = effects(story.improvements), timezone.localdate()
    improvements = [shown(found, story.path, measured.get(found.pk), today) for found in story.improvements]
    return on_paper(pdf_of_cause(story, improvements), f"cause-{story.cause.pk}-{story.figures.first}.pdf")


def on_paper(content: bytes, name: str) -> HttpResponse:
    """A PDF to be kept under this name."""
    return HttpResponse(content, PDF, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _period(request: HttpRequest) -> str:
    return request.GET.get("period", "month")


def _shared(request: HttpRequest, figures: CauseFigures) -> dict[str, object]:
    return {
        "figures": figures,
        "periods": PERIODS,
        "hours": hours(figures.work),
        "left_out": left_out(figures),
        "manages": person(request).may(Permission.MANAGE_CAUSES),
    }


def _row(line: Line) -> dict[str, object]:
    return {
        "line": line,
        "hours": hours(line.work),
        "in_time": percent(line.compliance),
        "negative": percent(line.negative / line.tickets if line.tickets else None),
        "trend": trend(line.change, striking=line.striking),
        "direction": direction(line),
    }
