"""Saved reports by e-mail: who gets which one when, and queuing them as their time comes.

A subscription keeps the next instant at which it is due. Whoever moves that instant owes the mail, and writes it in the
same transaction: so several sweeps queue each once, and one that is killed leaves it to the next.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.alerts import mails
from desk.actions.reports.report_letters import letter
from desk.actions.reports.saved_reports import open_report
from desk.alerts.models import ReportMail
from desk.common.background import enqueue
from desk.common.bulk import insert_rows
from desk.common.errors import Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.reports.models import ReportSubscription
from policies.duty import known_zone
from policies.report_periods import LAST_DAY

CHOSEN = ("rhythm", "weekday", "day", "hour", "timezone")
PORTION = 200  # subscriptions in one transaction
_MAIL = ("subscription_id", "state", "attempts", "created_at", "next_attempt_at", "problem")
_BOUNDS = {"weekday": (1, 7), "day": (1, LAST_DAY), "hour": (0, 23)}


def subscriptions(actor: User) -> "QuerySet[ReportSubscription]":
    """What a person gets by e-mail. Raises NotPermitted."""
    require(actor, Permission.SEE_REPORTS)
    return ReportSubscription.objects.filter(user=actor)


def subscribe(actor: User, report_id: int, *, now: datetime | None = None, **choice: Any) -> ReportSubscription:
    """From now on `actor` gets a report at the time of their `choice` (CHOSEN), Mondays at 8 if they choose nothing.

    Who gets it already changes the time. Raises NotPermitted, Missing, Invalid.
    """
    now = now or timezone.now()
    report = open_report(actor, report_id)
    if not actor.email:
        raise Invalid(_("No e-mail address is known of you. Ask an administrator to write it down."))
    with transaction.atomic():
        begun = {"created_at": now, "next_at": now, "timezone": settings.TIME_ZONE}
        ReportSubscription.objects.get_or_create(report=report, user=actor, defaults=begun)
        wanted = ReportSubscription.objects.select_for_update().get(report=report, user=actor)
        _choose(wanted, choice)
        wanted.next_at = wanted.next_after(now)
        wanted.save()
        audit(actor, "report_subscribed", report, name=report.name, **{name: getattr(wanted, name) for name in CHOSEN})
    return wanted


def unsubscribe(actor: User, report_id: int) -> None:
    """No longer. A report that is no longer shared can be left as well. Raises NotPermitted, Missing."""
    found = subscriptions(actor).filter(report=report_id).select_related("report", "user").first()
    if found is None:
        raise Missing(_("You do not get this report by e-mail."))
    _end(found, by="screen")


# ── the link in the mail ─────────────────────────────────────────────────────
def link_of(subscription_id: int) -> str:
    """The address that ends a subscription for whoever has the mail, without signing in. It never runs out."""
    return f"{settings.WEB_URL}/reports/unsubscribe/{_signer().sign(str(subscription_id))}/"


def subscription_of_link(token: str) -> ReportSubscription | None:
    """What the link is about, None where it has ended already. Raises Missing for a link that we never gave."""
    try:
        number = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        raise Missing(_("This link is damaged. Copy all of it from the mail.")) from None
    return ReportSubscription.objects.filter(pk=number).select_related("report", "user").first()


def unsubscribe_by_link(token: str) -> None:
    """End it; again and again does no harm. Raises Missing for a link that we never gave."""
    found = subscription_of_link(token)
    if found is not None:
        _end(found, by="mail")


# ── sweeps ───────────────────────────────────────────────────────────────────
def queue_due(now: datetime) -> int:
    """Queue a mail for each subscription whose time has come; how many.

    Times that were missed while the desk was down make one mail together. Who has left or may no longer see reports
    is passed over, and again when the mail is written.
    """
    total = 0
    while taken := _queue_portion(now):
        total += taken
    return total


@transaction.atomic
def _queue_portion(now: datetime) -> int:
    due = ReportSubscription.objects.filter(next_at__lte=now).order_by("next_at")
    rows = list(due.select_related("user").select_for_update(skip_locked=True, of=("self",))[:PORTION])
    for row in rows:
        row.next_at = row.next_after(now)
    ReportSubscription.objects.bulk_update(rows, ["next_at"])
    wanting = [row for row in rows if settings.MAIL_IS_SENT and row.user.email and row.user.may(Permission.SEE_REPORTS)]
    insert_rows(ReportMail, _MAIL, [(row.pk, ReportMail.State.QUEUED, 0, now, now, "") for row in wanting])
    if wanting:
        enqueue("desk.tasks.send_report_mails")
    return len(rows)


def send_due(now: datetime) -> int:
    """Write and send some of the reports that wait; how many were tried."""
    return mails.deliver(ReportMail, lambda mail: letter(mail, link_of(mail.subscription_id)), now)


def _choose(wanted: ReportSubscription, choice: dict[str, Any]) -> None:
    if unknown := set(choice) - set(CHOSEN):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in choice.items():
        setattr(wanted, name, value)
    errors: dict[str, list[str]] = {}
    try:
        wanted.clean_fields(exclude=["report", "user"])
    except ValidationError as problem:
        errors = dict(problem.message_dict)
    for name, (least, most) in _BOUNDS.items():
        if name not in errors and not least <= getattr(wanted, name) <= most:
            errors[name] = [_("Give a number from %(least)d to %(most)d.") % {"least": least, "most": most}]
    if "timezone" not in errors and not known_zone(wanted.timezone):
        errors["timezone"] = [_("There is no time zone “%(name)s”. Write it as Europe/Amsterdam.") % {
            "name": wanted.timezone
        }]  # fmt: skip
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)


@transaction.atomic
def _end(subscription: ReportSubscription, *, by: str) -> None:
    audit(subscription.user, "report_unsubscribed", subscription.report, name=subscription.report.name, by=by)
    subscription.delete()


def _signer() -> Signer:
    return Signer(salt="desk.reports.unsubscribe")
