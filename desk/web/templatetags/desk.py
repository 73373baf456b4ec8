"""What every page of the desk shares: its sections, icons, and where the live line starts."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.alerts.notices import newest_unseen
from desk.inboxes.feeds import call_name, feed_name, kind_name
from desk.people.models import User
from desk.people.permissions import Permission
from desk.web.areas import AREAS, GROUPS, Area
from desk.web.forms import Field
from desk.web.show import notices, times

register = template.Library()

MOST_TABS = 5  # in the bar of a phone
RENDERING_SECONDS = 2  # a page asks for events from before its own queries ran, so that none falls in between


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the main navigation."""

    label: str
    url: str
    icon: str
    current: bool
    count_url: str = ""  # of a badge that counts by itself, so that no page waits for it
    counts: str = "approvals"  # what that badge counts, by which its script finds it


@register.simple_tag(takes_context=True)
def sections(context: Context) -> list[Section]:
    """The sections that exist for this person, in the order of the day."""
    request = context["request"]
    user: User = request.user
    found: list[Section] = []

    def add(label: str, url: str, icon: str, *prefixes: str) -> None:
        found.append(Section(label, url, icon, any(request.path.startswith(prefix) for prefix in (url, *prefixes))))

    if user.may(Permission.SEE_REPORTS):
        home = reverse("home")
        found.append(Section(_("Home"), home, "home", request.path == home))
    if user.may(Permission.READ_TICKETS):
        add(_("Queue"), reverse("queue"), "list", "/tickets/")
    if user.may(Permission.APPROVE):
        url = reverse("approvals")
        found.append(Section(_("Approvals"), url, "check", request.path.startswith(url), reverse("approvals-count")))
    if user.may(Permission.SEE_CRISES):
        add(_("Crisis"), reverse("crises"), "megaphone", reverse("signals"))
    if user.may(Permission.READ_TICKETS):
        url = reverse("threads")
        here = request.path.startswith(url)
        found.append(Section(_("Threads"), url, "talk", here, reverse("threads-count"), "threads"))
        add(_("Knowledge"), reverse("knowledge"), "note")
    if user.may(Permission.SEE_REPORTS):
        add(_("Reports"), reverse("reports"), "report", reverse("causes"))
    elif user.may(Permission.READ_TICKETS):
        add(_("Causes"), reverse("causes"), "report")
    if any(area.permission is not None and area.opens_for(user) for area in AREAS):
        add(_("Administration"), reverse("administration"), "settings")
    else:  # who administers nothing proposes
        add(_("Changes"), reverse("changes"), "settings")
    return found


@register.simple_tag
def further(sections: list[Section]) -> list[Section]:
    """Those that a phone's bar has no room for: it shows as many as fit, the last of them opens the others."""
    return sections[MOST_TABS - 1 :] if len(sections) > MOST_TABS else []


@register.simple_tag(takes_context=True)
def administration_areas(context: Context) -> list[tuple[str, list[Section]]]:
    """The parts of administration that this person may open, by group."""
    request = context["request"]
    user: User = request.user
    pages = [reverse(area.page) for area in AREAS if area.opens_for(user)]
    here = max((url for url in pages if request.path.startswith(url)), key=len, default="")

    def section(area: Area) -> Section:
        url = reverse(area.page)
        return Section(str(area.label), url, "", url == here)

    groups = [(str(label), [section(one) for one in areas if one.opens_for(user)]) for label, areas in GROUPS]
    return [(label, found) for label, found in groups if found]


@register.simple_tag(takes_context=True)
def unseen_notices(context: Context) -> notices.Bell:
    """What the bell says: how many notices this person has not seen."""
    return notices.Bell.of(newest_unseen(context["request"].user))


@register.simple_tag(takes_context=True)
def may_work(context: Context) -> bool:
    """Whether this person works on tickets."""
    user: User = context["request"].user
    return user.may(Permission.WORK_TICKETS)


@register.simple_tag
def live_since() -> str:
    """The id in the live stream from which this page must hear everything: Redis ids begin with milliseconds."""
    return f"{int((time.time() - RENDERING_SECONDS) * 1000)}-0"


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; words stand beside it, so it says nothing itself."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.filter
def promised(seconds: int | None) -> str:
    """A target as “59 min”, “3 h 10”; a dash where nothing is promised."""
    return times.length(timedelta(seconds=seconds)) if seconds is not None else "–"


@register.filter
def span(length: timedelta | None) -> str:
    """“59 min”, “3 h 10”; a dash where there is nothing to tell."""
    return times.length(length) if length is not None else "–"


@register.filter
def since(moment: datetime | None) -> str:
    """How long ago: “59 min”."""
    return times.length(timezone.now() - moment) if moment else "–"


@register.filter
def lasted(start: datetime, end: datetime) -> str:
    """“59 min”, “3 h 10”."""
    return times.length(end - start)


@register.filter
def lag(milliseconds: int | None) -> str:
    """“0.4 s”, “9 s”, “3 min”."""
    if milliseconds is None:
        return "–"
    if milliseconds < 10_000:
        return _("%(seconds)s s") % {"seconds": number_format(max(milliseconds, 0) / 1000, 1)}
    return times.countdown(timedelta(milliseconds=milliseconds))


@register.filter
def share(part: int, whole: int) -> str:
    """“93.4 %” in the reader's own way of writing."""
    return f"{number_format(part / whole * 100, 1)} %" if whole else "–"


@register.filter
def named(fields: Iterable[Field], prefixes: str) -> list[Field]:
    """Those of the fields whose names begin so, for a page that puts them in different places."""
    return [field for field in fields if field.name.startswith(tuple(prefixes.split()))]


@register.filter
def feed(stream: str) -> str:
    """“direct messages”."""
    return feed_name(stream)


@register.filter
def call(kind: str) -> str:
    """“public replies”: a kind of call that has a limit of its own."""
    return call_name(kind)


@register.filter
def message_kind(kind: str) -> str:
    """“mention”, “direct message”."""
    return kind_name(kind)


@register.simple_tag
def greeting() -> str:
    """What the desk says at the door, by its own clock."""
    hour = timezone.localtime().hour
    if hour < 6:
        return _("Good night.")
    if hour < 12:
        return _("Good morning.")
    return _("Good afternoon.") if hour < 18 else _("Good evening.")
