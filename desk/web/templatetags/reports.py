"""What the templates of reports ask for."""

from datetime import timedelta

from django import template
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from desk.actions.reports import report_compared, report_tables
from desk.actions.reports.definitions import DEFINITIONS
from desk.web.show import times
from policies.reports import upper_bound

register = template.Library()
register.filter("shown", report_tables.shown)


@register.simple_tag
def define(name: str) -> str:
    """The name of a figure, with its definition on hover and focus."""
    return render_to_string("desk/reports/define.html", {"name": name, "definition": DEFINITIONS[name]})


@register.filter
def bucket_minutes(bucket: int | None) -> str:
    """The minutes of a counted time."""
    return minutes_of(None if bucket is None else upper_bound(bucket))


@register.filter
def seconds_of(bucket: int) -> str:
    """The seconds of a counted time."""
    return report_tables.shown(upper_bound(bucket))


@register.filter
def minutes_of(seconds: int | None) -> str:
    """Minutes as the tables have them; a dash where nobody was answered."""
    return report_tables.shown(report_tables.minutes(seconds))


@register.inclusion_tag("desk/reports/then.html")
def then(compared: report_compared.Compared, name: str) -> dict[str, list[str]]:
    """What a figure was in the periods that the report is compared with."""
    return {"lines": [report_compared.then(compared, one, name) for one in compared.earlier]}


@register.simple_tag
def blind_mark(length: timedelta) -> SafeString:
    """“blind 2 h 10”, hatched, where something could not be seen; nothing where all was."""
    if not length:
        return SafeString("")
    words = times.length(max(length, timedelta(minutes=1)))
    said = escape(_("blind %(length)s") % {"length": words})
    why = escape(_("The connection saw nothing for %(length)s of this time.") % {"length": words})
    return mark_safe(f' <span class="tag blind" title="{why}">{said}</span>')  # noqa: S308 escaped above


@register.simple_tag
def row_of_figures(row: report_tables.Row, tickets: str) -> SafeString:
    """One row of a table, each figure a link to its tickets at the address `tickets`. Built by hand: pages hold
    thousands of them, and a template takes twenty times as long."""
    address = f"{escape(tickets)}?{escape(row.query)}"
    name, *figures = (escape(report_tables.shown(cell)) for cell in row.cells)
    head = f'<a class="link" href="{address}">{name}</a>' if row.drills and row.drills[0] == "" else name
    parts = [f'<tr><th scope="row">{head}{blind_mark(row.blind)}</th>']
    drills = row.drills or [None] * len(figures)
    for figure, cell, drill in zip(figures, row.cells[1:], drills, strict=True):
        shown = f'<a href="{address}{escape(drill)}">{figure}</a>' if drill is not None and cell else figure
        parts.append(f'<td class="num">{shown}</td>')
    return mark_safe("".join([*parts, "</tr>"]))  # noqa: S308 every piece is escaped above
