"""What the templates of reports ask for."""

from django import template
from django.template.loader import render_to_string

from desk.actions.definitions import DEFINITIONS
from desk.web import report_tables

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
