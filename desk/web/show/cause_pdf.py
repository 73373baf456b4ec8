"""A cause, and the digest of a department, on paper: what their pages say, in the same order and the same words."""

from collections.abc import Sequence

from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from desk.actions.causes.cause_figures import CauseFigures, Line
from desk.actions.causes.cause_story import CauseStory, Example
from desk.actions.causes.cause_tables import hours, left_out, percent, trend
from desk.actions.causes.digests import Digest
from desk.common.dates import date_format
from desk.web import cause_plots
from desk.web.paper import Paper
from desk.web.show.improvements import Shown
from desk.web.show.numbers import grouped


def pdf_of_cause(story: CauseStory, improvements: Sequence[Shown]) -> bytes:
    """Its figures, its weeks, what is done about it, what lies below, and what customers said."""
    paper = Paper(story.path, get_language() or "en")
    paper.title_of(story.path, _standing(story.line, story.figures))
    if story.line is not None:
        _figures(paper, story.line)
    paper.heading(_("Week by week"), _("tickets; the last week still runs"))
    plot = cause_plots.weeks(story.weeks, story.improvements)
    paper.weeks(plot)
    if any(week.left_out for week in story.weeks):
        paper.muted(_("Grey: weeks with days that are left out of comparisons."))
    for mark in plot.marks:
        paper.muted(f"{mark.number}  " + _("What we changed: %(words)s") % {"words": mark.words})
    _improvements(paper, _("Improvements"), improvements)
    if story.below:
        paper.heading(_("What lies below it"))
        _lines(paper, story.below)
    _said(paper, story.examples)
    _how(paper, story.figures)
    return paper.bytes()


def pdf_of_digest(digest: Digest, improvements: Sequence[Shown]) -> bytes:
    """The page of a department, to be read in two minutes."""
    paper = Paper(digest.department.name, get_language() or "en")
    days = {
        "first": date_format(digest.figures.first, "j F"),
        "last": date_format(digest.figures.last, "j F Y"),
    }
    paper.title_of(digest.department.name, _("The voice of the customer, %(first)s to %(last)s.") % days)
    words = ngettext(
        "%(number)s customer asked something that is yours to change, which took colleagues about %(hours)s hours.",
        "%(number)s customers asked something that is yours to change, which took colleagues about %(hours)s hours.",
        digest.tickets,
    )
    paper.said(words % {"number": grouped(digest.tickets), "hours": hours(digest.work)})
    paper.heading(_("What came back most"))
    _lines(paper, digest.lines)
    _said(paper, digest.quotes)
    _improvements(paper, _("What changes about it"), improvements)
    _how(paper, digest.figures)
    return paper.bytes()


def _standing(line: Line | None, figures: CauseFigures) -> str:
    days = _("%(first)s to %(last)s") % {
        "first": date_format(figures.first, "j F Y"),
        "last": date_format(figures.last, "j F Y"),
    }
    as_of = _("As of %(time)s.") % {"time": date_format(localtime(figures.now), "j M Y H:i")}
    whose = [one.name for one in (line.department, line.owner) if one] if line else []
    return " · ".join([*whose, days, as_of])


def _figures(paper: Paper, line: Line) -> None:
    negative = percent(line.negative / line.tickets if line.tickets else None)
    paper.grid(
        ("", "", ""),
        [
            (_("Tickets"), grouped(line.tickets), _("%(count)d today so far") % {"count": line.today}),
            (_("Hours of colleagues"), str(hours(line.work)), _("estimated, from below")),
            (_("Responded in time"), percent(line.compliance), _("%(count)d late") % {"count": line.late}),
            (_("Negative"), negative, _("of what customers wrote first")),
            (_("Against the same weekdays before"), "", trend(line.change, striking=line.striking)),
        ],
        (5, 2, 6),
    )


def _lines(paper: Paper, lines: Sequence[Line]) -> None:
    if not lines:
        paper.muted(_("Nothing came in."))
        return
    head = (_("Cause"), _("Tickets"), _("Hours"), _("Against the same weekdays before"))
    rows = [
        (
            one.place.cause.name,
            grouped(one.tickets),
            str(hours(one.work)),
            trend(one.change, striking=one.striking),
        )
        for one in lines
    ]
    paper.grid(head, rows, (5, 2, 2, 6))


def _improvements(paper: Paper, title: str, improvements: Sequence[Shown]) -> None:
    paper.heading(title)
    if not improvements:
        paper.muted(_("None yet. Anybody may propose one."))
    for one in improvements:
        paper.said(f"{one.one.changed or one.one.what} ({one.state})")
        for sentence in one.effect:
            paper.muted(sentence)


def _said(paper: Paper, examples: Sequence[Example]) -> None:
    paper.heading(_("What customers said"), _("personal data is masked"))
    if not examples:
        paper.muted(_("Nothing in this period."))
    for one in examples:
        paper.said(f"“{one.said}”")


def _how(paper: Paper, figures: CauseFigures) -> None:
    if words := left_out(figures):
        paper.heading(_("How this is counted"))
        paper.muted(words)
