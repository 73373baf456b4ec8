"""Dates in the reader's language: the one place where they become words."""

from datetime import date

from django.utils import formats
from django.utils.translation import pgettext


def date_format(value: date, form: str) -> str:
    """A date or a moment by a format of Django, such as “j M Y”."""
    return formats.date_format(value, in_language(form))


def in_language(form: str) -> str:
    """The format as the language in use wants it: Django writes the short month of `M` with a capital in every one."""
    return form.replace("M", pgettext("short month in a date format, as in j M", "M"))
