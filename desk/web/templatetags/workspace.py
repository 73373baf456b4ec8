"""Filters of the workspace: times, numbers, and text that strangers wrote."""

from collections.abc import Collection
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from desk.web.show import markup, numbers, text, times, wallboard
from desk.web.show.rows import Row
from desk.web.show.tiles import Tile, tile

register = template.Library()


@register.filter
def hour(moment: datetime | None) -> str:
    """“09:18” in the desk's zone."""
    return times.hour(moment) if moment else ""


@register.filter
def when(moment: datetime | None) -> str:
    """“09:18” today, “12 Feb” this year, “12 Feb 2024” before."""
    return times.short_date(moment, timezone.now()) if moment else ""


@register.filter
def exactly(moment: datetime | None) -> str:
    """“09:18” today, otherwise “12 Feb 09:18”."""
    return times.exact(moment, timezone.now()) if moment else ""


@register.filter
def until(moment: datetime | None) -> str:
    """How long from now: “59 min”, “3 h 10”."""
    return times.length(moment - timezone.now()) if moment else ""


@register.filter
def epoch(moment: datetime | None) -> int | str:
    """Milliseconds since 1970, for scripts."""
    return times.epoch(moment) if moment else ""


@register.filter
def reach(followers: int | None) -> str:
    """“48.1k”."""
    return numbers.reach(followers)


@register.filter
def grouped(number: int) -> str:
    """“2,310”."""
    return numbers.grouped(number)


@register.filter
def figure(words: str) -> SafeString:
    """“3 h 10”, its units small."""
    return wallboard.figure(words)


@register.filter
def language_words(code: str) -> str:
    """“Dutch”; the code itself where Django has no name for it."""
    return text.language(code)


@register.filter
def said(value: str) -> SafeString:
    """A stranger's message: escaped, tricks visible, links inert until clicked."""
    return text.said(value)


@register.filter
def one_line(value: str) -> SafeString:
    """A stranger's text on one line, without links."""
    return text.line(value)


@register.filter
def name_of(profile: object) -> str:
    """The name of a profile, or its handle, or its id on the network."""
    return text.name(*(str(getattr(profile, field, "")) for field in ("name", "handle", "external_id")))


@register.simple_tag
def ticket_row(row: Row, query: str, current: str = "", belonging: Collection[str] | None = None) -> SafeString:
    """One row of the queue."""
    return markup.ticket_row(row, query, current, belonging or ())


@register.simple_tag
def network_tile(slug: str, private: bool = False) -> Tile:
    """Code and label of a channel."""
    return tile(slug, private=private)
