"""The figures of causes as tables and in sentences: screen, file and mail say the same."""

from datetime import timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.actions.causes.cause_figures import CauseFigures, Line
from desk.actions.reports.report_files import CSV, XLSX, File
from desk.actions.reports.report_tables import Row, Table, as_csv, as_xlsx
from desk.common.dates import date_format
from policies.rate_change import Change

MOST_TIMES = 10  # beyond that the number says nothing


def hours(work: timedelta) -> float:
    """With one decimal below ten."""
    value = work.total_seconds() / 3600
    return round(value, 1) if value < 10 else round(value)


def percent(share: float | None) -> str:
    """“93 %”; a dash where there is none."""
    return "–" if share is None else f"{number_format(round(share * 100))} %"


def moved(ratio: float) -> str:
    """“+45 %”, “−12 %”, “3.2 times”."""
    if ratio >= MOST_TIMES:
        return _("over %(times)s times") % {"times": MOST_TIMES}
    if ratio >= 2:
        return _("%(times)s times") % {"times": number_format(ratio, 1)}
    share = round((ratio - 1) * 100)
    return f"{'+' if share > 0 else '−' if share < 0 else ''}{number_format(abs(share))} %"


def trend(change: Change | None, *, striking: bool) -> str:
    """Against the same weekdays before, with the interval in which it lies with 95 % certainty."""
    if change is None:
        return _("too little to say")
    words = {"change": moved(change.ratio), "low": moved(change.low), "high": moved(change.high)}
    if striking:
        return _("%(change)s (%(low)s to %(high)s)") % words
    if change.low > 1 or change.high < 1:  # by itself, but not among as many causes as there are
        return _("may be chance among so many causes (%(low)s to %(high)s)") % words
    return _("no more than chance (%(low)s to %(high)s)") % words


def direction(line: Line) -> str:
    """“up”, “down” or nothing: the class of what is more than chance."""
    if line.change is None or not line.striking:
        return ""
    return "up" if line.change.ratio > 1 else "down"


def tables(figures: CauseFigures) -> list[Table]:
    """What a file holds."""
    heads = [
        _("Cause"), _("Department"), _("Owner"), _("Tickets"), _("Today so far"), _("Hours of colleagues"),
        _("Responded in time, %"), _("Negative, %"), _("Against the same weekdays before"),
        _("Expected"), _("Ratio"), _("Lowest"), _("Highest"), _("More than chance"),
    ]  # fmt: skip
    rows = [Row(_cells(line)) for line in figures.lines]
    days = [
        Row([date_format(day, "j M Y"), reason])
        for several, reason in ((figures.crisis_days, _("crisis")), (figures.blind_days, _("blind for over an hour")))
        for day in several
    ]
    return [Table(_("Causes"), heads, rows), Table(_("Days left out"), [_("Day"), _("Why")], days)]


def _cells(line: Line) -> list[str | int | float | None]:
    one = line.change
    return [
        line.place.words,
        line.department.name if line.department else None,
        line.owner.name if line.owner else None,
        line.tickets,
        line.today,
        hours(line.work),
        None if line.compliance is None else round(line.compliance * 100, 1),
        round(line.negative / line.tickets * 100, 1) if line.tickets else None,
        trend(one, striking=line.striking),
        *((None,) * 4 if one is None else (round(n, 2) for n in (one.expected, one.ratio, one.low, one.high))),
        int(line.striking),
    ]


def file_of(figures: CauseFigures, form: str) -> File:
    """`form` is "csv" or "xlsx"."""
    name = f"causes-{figures.first}.{form}"
    if form == "csv":
        return File(name, CSV, as_csv(tables(figures)).encode())
    return File(name, XLSX, as_xlsx(tables(figures)))


def left_out(figures: CauseFigures) -> str:
    """Which days no comparison has; empty where it has all of them."""
    parts = []
    if count := len(figures.crisis_days):
        parts.append(ngettext("%(count)d day of a crisis", "%(count)d days of crises", count) % {"count": count})
    if count := len(set(figures.blind_days) - set(figures.crisis_days)):
        parts.append(
            ngettext("%(count)d day that was seen in part", "%(count)d days that were seen in part", count)
            % {"count": count}
        )
    return _("Left out of every comparison: %(days)s.") % {"days": ", ".join(parts)} if parts else ""
