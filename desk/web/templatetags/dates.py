"""Django's `date` in templates, with months as the reader's language writes them. Every template has it."""

from datetime import date

from django import template
from django.template import defaultfilters

from desk.common.dates import in_language

register = template.Library()


@register.filter("date", expects_localtime=True, is_safe=False)
def date_words(value: date | None, form: str) -> str:
    """As Django's own; nothing for None."""
    return str(defaultfilters.date(value, in_language(form)))
