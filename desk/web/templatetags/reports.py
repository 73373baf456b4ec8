"""What the templates of reports ask for."""

from django import template
from django.template.loader import render_to_string

from desk.actions import report_compared, report_tables
from desk.actions.definitions import DEFINITIONS

register = template.Library()
register.filter("shown", report_tables.shown)


@register.simple_tag
def define(name: str) -> str:
    """The name of a figure, with its definition on hover and focus."""
    return render_to_string("desk/reports/define.html", {"name": name, "definition": DEFINITIONS[name]})


@register.filter
def minutes_of(seconds: int | None) -> str:
    """Minutes as the tables have them; a dash where nobody was answered."""
    return report_tables.shown(report_tables.minutes(seconds))


@register.inclusion_tag("desk/reports/then.html")
def then(compared: report_compared.Compared, name: str) -> dict[str, list[str]]:
    """What a figure was in the periods that the report is compared with."""
    return {"lines": [report_compared.then(compared, one, name) for one in compared.earlier]}
