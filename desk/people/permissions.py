"""Roles and what they allow. Verbs ask `require`, so that no screen, API call or command gets round it."""

from enum import StrEnum
from functools import cache
from typing import Protocol

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from desk.common.errors import NotPermitted


class Role(TextChoices):
    AGENT = "agent", _("Agent")
    TRAINEE = "trainee", _("Trainee")
    SUPERVISOR = "supervisor", _("Supervisor")
    COMMS = "comms", _("Communications")
    ADMINISTRATOR = "administrator", _("Administrator")
    EXPERT = "expert", _("Expert")
    COLLEAGUE = "colleague", _("Colleague without a seat")  # answers by links alone, and never signs in


class Permission(StrEnum):
    READ_TICKETS = "read_tickets"
    WRITE_NOTES = "write_notes"
    WORK_TICKETS = "work_tickets"  # claim, transition, tag, snooze, prioritise, merge, split
    ASSIGN_OTHERS = "assign_others"
    REPLY = "reply"
    REPLY_ALONE = "reply_alone"  # without it one only drafts: every reply waits for a colleague's approval
    APPROVE = "approve"  # replies of colleagues, never one's own
    MODERATE = "moderate"  # like, hide, delete on the network
    SEE_DELETED = "see_deleted"  # what a customer took back; each look is logged
    SEE_PERSONAL_DATA = "see_personal_data"  # in what customers write; to whom it is given is a setting of the company
    UNMASK = "unmask"  # one message at a time, with a reason; each look is logged
    BULK = "bulk"
    ERASE_CUSTOMERS = "erase_customers"  # for good, with a tombstone; and how long what they write is kept
    EXPORT_CUSTOMERS = "export_customers"  # all that the desk holds about one
    BLOCK_CUSTOMERS = "block_customers"  # nobody answers them until somebody unblocks them
    EDIT_CANNED = "edit_canned"
    WRITE_ARTICLES = "write_articles"  # for colleagues; no rank is needed to know something
    PUBLISH_ARTICLES = "publish_articles"  # what replies may say and customers may read; and judge suggestions
    WRITE_RULEBOOK = "write_rulebook"
    REVIEW_RULEBOOK = "review_rulebook"  # read what a colleague wrote, switch it on, roll back
    SEE_REPORTS = "see_reports"
    MANAGE_REPORTS = "manage_reports"  # shared reports of colleagues: rename, change, delete
    MANAGE_SLA = "manage_sla"  # policies and calendars of response times, and alert chains
    MANAGE_SHIFTS = "manage_shifts"  # working hours and absences
    MANAGE_CAUSES = "manage_causes"  # the tree of causes, departments, and whether one is asked for
    MANAGE_ROTAS = "manage_rotas"  # who is on call when
    MANAGE_INBOXES = "manage_inboxes"
    MANAGE_PEOPLE = "manage_people"
    SEE_AUDIT = "see_audit"
    MANAGE_WALLBOARDS = "manage_wallboards"
    ANSWER_IN_BATCHES = "answer_in_batches"  # many customers of a crisis, each as a reply of one's own
    RENEW_PROMISES = "renew_promises"  # give open clocks what the policies promise now
    SEE_CRISES = "see_crises"  # their log; that there is one, and at which level, everybody sees
    MANAGE_CRISES = "manage_crises"
    MANAGE_DRILLS = "manage_drills"  # plan, start and end them, and turn one into the real thing
    WRITE_CRISIS_PLAN = "write_crisis_plan"
    REVIEW_CRISIS_PLAN = "review_crisis_plan"  # read what a colleague wrote, switch it on, roll back
    WRITE_AUTOMATION = "write_automation"  # rules of automation, and the macros that everybody has
    REVIEW_AUTOMATION = "review_automation"  # read what a colleague wrote, switch it on, roll back


_AGENT = frozenset(
    {
        Permission.READ_TICKETS,
        Permission.WRITE_NOTES,
        Permission.WORK_TICKETS,
        Permission.ASSIGN_OTHERS,
        Permission.REPLY,
        Permission.REPLY_ALONE,
        Permission.MODERATE,
        Permission.SEE_DELETED,
        Permission.UNMASK,
        Permission.BULK,
        Permission.WRITE_ARTICLES,
    }
)
_TRAINEE = _AGENT - {Permission.REPLY_ALONE, Permission.MODERATE, Permission.BULK}
_SUPERVISOR = _AGENT | {
    Permission.APPROVE,
    Permission.BLOCK_CUSTOMERS,
    Permission.EDIT_CANNED,
    Permission.PUBLISH_ARTICLES,
    Permission.WRITE_RULEBOOK,
    Permission.REVIEW_RULEBOOK,
    Permission.SEE_REPORTS,
    Permission.SEE_AUDIT,
    Permission.ANSWER_IN_BATCHES,
    Permission.RENEW_PROMISES,
    Permission.SEE_CRISES,
    Permission.MANAGE_ROTAS,
    Permission.MANAGE_CAUSES,
    Permission.WRITE_AUTOMATION,
    Permission.REVIEW_AUTOMATION,
}

_ALLOWED: dict[str, frozenset[Permission]] = {
    Role.AGENT: _AGENT,
    Role.TRAINEE: _TRAINEE,
    Role.SUPERVISOR: _SUPERVISOR
    | {Permission.MANAGE_REPORTS, Permission.MANAGE_SLA, Permission.MANAGE_SHIFTS, Permission.MANAGE_WALLBOARDS},
    Role.COMMS: _SUPERVISOR
    | {
        Permission.MANAGE_CRISES,
        Permission.MANAGE_DRILLS,
        Permission.WRITE_CRISIS_PLAN,
        Permission.REVIEW_CRISIS_PLAN,
    },
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.EXPERT: frozenset(
        {Permission.READ_TICKETS, Permission.WRITE_NOTES, Permission.UNMASK, Permission.WRITE_ARTICLES}
    ),
    Role.COLLEAGUE: frozenset(),
}


class Person(Protocol):
    """Anybody who can be asked what they may do."""

    def may(self, permission: Permission) -> bool: ...


def permissions_of(role: str) -> frozenset[Permission]:
    """What a role allows; an unknown role allows nothing."""
    return _permissions(role, sees_personal_data=role in settings.SEE_PERSONAL_DATA)


@cache
def _permissions(role: str, *, sees_personal_data: bool) -> frozenset[Permission]:
    allowed = _ALLOWED.get(role, frozenset())
    if allowed and sees_personal_data:
        return allowed | {Permission.SEE_PERSONAL_DATA}
    return allowed - {Permission.SEE_PERSONAL_DATA}


def require(person: Person, permission: Permission) -> None:
    """Refuse with a sentence that says what is missing. Raises NotPermitted."""
    if not person.may(permission):
        raise NotPermitted(_("Your role does not allow this. Ask a supervisor or an administrator."))
