"""What every page of the desk shares: its sections, icons, and where the live line starts."""

import time
from dataclasses import dataclass

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.people.models import User
from desk.people.permissions import Permission

register = template.Library()

RENDERING_SECONDS = 2  # a page asks for events from before its own queries ran, so that none falls in between


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the main navigation."""

    label: str
    url: str
    icon: str
    current: bool


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
    if any(user.may(permission) for permission in ADMINISTRATION):
        add(_("Administration"), reverse("administration"), "settings")
    return found


ADMINISTRATION = (Permission.MANAGE_INBOXES, Permission.MANAGE_PEOPLE, Permission.EDIT_CANNED, Permission.SEE_AUDIT)


@register.simple_tag
def live_since() -> str:
    """The id in the live stream from which this page must hear everything: Redis ids begin with milliseconds."""
    return f"{int((time.time() - RENDERING_SECONDS) * 1000)}-0"


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; words stand beside it, so it says nothing itself."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)
