"""Reports that people keep under a name: for themselves, for a team, or for everybody who may see reports."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.reports.report_wishes import Wish, refuse_lost
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.people.models import Team, User, audit
from desk.people.permissions import Permission, require
from desk.reports.models import SavedReport

CHANGEABLE = ("name", "sharing", "team_id", "wish")


def saved(actor: User) -> "QuerySet[SavedReport]":
    """Those that a person may open: their own, their teams', and those shared with all. Raises NotPermitted."""
    require(actor, Permission.SEE_REPORTS)
    return SavedReport.objects.filter(_open_to(actor)).select_related("owner", "team")


def open_report(actor: User, report_id: int) -> SavedReport:
    """One of them. Raises Missing, NotPermitted."""
    return _found(saved(actor), report_id)


def may_open(person: User, report: SavedReport) -> bool:
    """Whether a person who wants a report by e-mail may still see it."""
    return person.may(Permission.SEE_REPORTS) and SavedReport.objects.filter(_open_to(person), pk=report.pk).exists()


def may_change(person: User, report: SavedReport) -> bool:
    """The owner may; what is shared may be changed by who manages reports as well."""
    if report.owner_id == person.pk:
        return person.may(Permission.SEE_REPORTS)
    return report.sharing != SavedReport.Sharing.PRIVATE and person.may(Permission.MANAGE_REPORTS)


def save_report(
    actor: User, *, name: str, wish: Wish, sharing: str = "private", team_id: int | None = None,
    now: datetime | None = None,
) -> SavedReport:  # fmt: skip
    """Keep what a screen shows. Raises NotPermitted, Invalid, and Conflict where the name is taken."""
    require(actor, Permission.SEE_REPORTS)
    now = now or timezone.now()
    report = SavedReport(owner=actor, created_at=now, changed_at=now)
    _apply(actor, report, {"name": name, "sharing": sharing, "team_id": team_id, "wish": wish}, now)
    with transaction.atomic():
        _save(report)
        audit(actor, "report_saved", report, **_told(report))
    return report


def change_report(actor: User, report_id: int, *, now: datetime | None = None, **changes: Any) -> SavedReport:
    """What is left out of CHANGEABLE stays. Raises NotPermitted, Missing, Invalid, Conflict."""
    now = now or timezone.now()
    with transaction.atomic():
        report = _to_change(actor, report_id)
        before = _told(report)
        _apply(actor, report, changes, now)
        report.changed_at = now
        _save(report)
        after = _told(report)
        changed = [name for name in after if after[name] != before[name]]
        audit(
            actor, "saved_report_changed", report,
            before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
        )  # fmt: skip
    return report


def delete_report(actor: User, report_id: int) -> None:
    """Nobody gets it by e-mail any more. Raises NotPermitted, Missing."""
    with transaction.atomic():
        report = _to_change(actor, report_id)
        audit(actor, "saved_report_deleted", report, **_told(report), subscribers=report.subscriptions.count())
        report.delete()


def _open_to(person: User) -> Q:
    team = Q(sharing=SavedReport.Sharing.TEAM, team__in=person.teams.all())
    return Q(owner=person) | Q(sharing=SavedReport.Sharing.COMPANY) | team


def _to_change(actor: User, report_id: int) -> SavedReport:
    report = _found(saved(actor).select_for_update(of=("self",)), report_id)
    if not may_change(actor, report):
        raise NotPermitted(_("This report belongs to %(name)s.") % {"name": report.owner.name})
    return report


def _found(reports: "QuerySet[SavedReport]", report_id: int) -> SavedReport:
    report = reports.filter(pk=report_id).first()
    if report is None:
        raise Missing(_("There is no such saved report, or it is not shared with you."))
    return report


def _apply(actor: User, report: SavedReport, changes: dict[str, Any], now: datetime) -> None:
    if unknown := set(changes) - set(CHANGEABLE):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    wish = changes.get("wish")
    for name, value in changes.items():
        setattr(report, name, value.strip() if isinstance(value, str) else value)
    if wish is not None:
        refuse_lost(wish, now)
        report.wish = wish.as_json()
    errors: dict[str, list[str]] = {}
    try:
        report.clean_fields(exclude=["team", "wish"])
    except ValidationError as problem:
        errors = dict(problem.message_dict)
    if report.sharing != SavedReport.Sharing.TEAM:
        report.team_id = None
    elif "sharing" in changes or "team_id" in changes:
        errors.update(_errors_of_team(actor, report))
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)


def _errors_of_team(actor: User, report: SavedReport) -> dict[str, list[str]]:
    if report.team_id is None:
        return {"team": [_("Choose the team.")]}
    if not Team.objects.filter(pk=report.team_id).exists():
        return {"team": [_("There is no such team.")]}
    if not actor.may(Permission.MANAGE_REPORTS) and not actor.teams.filter(pk=report.team_id).exists():
        return {"team": [_("You are not in this team.")]}
    return {}


def _save(report: SavedReport) -> None:
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError:
        raise Conflict(
            _("There is a report of this name already. Choose another."),
            code="taken",
            errors={"name": [_("This name is taken.")]},
        ) from None


def _told(report: SavedReport) -> dict[str, Any]:
    return {"name": report.name, "sharing": report.sharing, "team": report.team_id, "shows": dict(report.wish)}
