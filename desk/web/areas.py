"""The parts of administration, by group, each with who may open it. Its menu, its door and the finder read this."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.people.permissions import Permission, Person


class Area(NamedTuple):
    permission: Permission | None  # None: whoever signs in
    label: Promise | str
    page: str  # the name of its address

    def opens_for(self, person: Person) -> bool:
        return self.permission is None or person.may(self.permission)


GROUPS: tuple[tuple[Promise | str, tuple[Area, ...]], ...] = (
    (
        _("Networks"),
        (
            Area(Permission.MANAGE_INBOXES, _("Inboxes"), "administration-inboxes"),
            Area(Permission.MANAGE_INBOXES, _("What networks can do"), "administration-networks"),
        ),
    ),
    (
        _("People"),
        (
            Area(Permission.MANAGE_PEOPLE, _("People"), "administration-people"),
            Area(Permission.MANAGE_PEOPLE, _("Teams"), "administration-teams"),
            Area(Permission.MANAGE_SHIFTS, _("Shifts"), "administration-shifts"),
            Area(Permission.MANAGE_ROTAS, _("On-call rotas"), "administration-rotas"),
        ),
    ),
    (
        _("Answering"),
        (
            Area(Permission.EDIT_CANNED, _("Canned responses"), "administration-canned"),
            Area(Permission.WRITE_RULEBOOK, _("Rulebook"), "administration-rulebooks"),
            Area(Permission.WRITE_RULEBOOK, _("What if"), "administration-what-ifs"),
            Area(Permission.WRITE_AUTOMATION, _("Automation"), "administration-automations"),
            Area(Permission.WRITE_AUTOMATION, _("Automation log"), "administration-firings"),
            Area(Permission.MANAGE_CAUSES, _("Causes"), "administration-causes"),
        ),
    ),
    (
        _("Time"),
        (
            Area(Permission.MANAGE_SLA, _("Response times"), "administration-response-times"),
            Area(Permission.MANAGE_SLA, _("Alert chains"), "administration-chains"),
            Area(Permission.MANAGE_WALLBOARDS, _("Wallboards"), "administration-wallboards"),
        ),
    ),
    (
        _("Crisis"),
        (
            Area(Permission.SEE_CRISES, _("Crisis plan"), "administration-crisis-plans"),
            Area(Permission.MANAGE_CRISES, _("Crisis webhooks"), "administration-crisis-hooks"),
        ),
    ),
    (
        _("Accountability"),
        (
            Area(Permission.ERASE_CUSTOMERS, _("Personal data"), "administration-personal-data"),
            Area(Permission.SEE_AUDIT, _("Audit log"), "administration-audit"),
            Area(None, _("Changes"), "changes"),
        ),
    ),
)
AREAS = tuple(area for _label, areas in GROUPS for area in areas)
