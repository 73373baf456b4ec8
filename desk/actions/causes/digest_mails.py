"""Digests of departments by e-mail: whoever wants one subscribes, and they are queued and sent as reports are.

A subscription keeps the next instant at which it is due; whoever moves that instant owes the mail (`report_mails`).
"""

from datetime import datetime
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.actions.alerts import mails
from desk.actions.causes import digests
from desk.actions.causes.cause_tables import hours, trend
from desk.alerts.models import DigestMail
from desk.causes.models import DigestSubscription
from desk.common.background import enqueue
from desk.common.bulk import insert_rows
from desk.common.errors import Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from policies.report_periods import Rhythm

PORTION = 200  # subscriptions in one transaction
HOUR = 8
_MAIL = ("subscription_id", "state", "attempts", "created_at", "next_attempt_at", "problem")


def subscribe(actor: User, department_id: int, *, now: datetime | None = None) -> DigestSubscription:
    """From now on `actor` gets the digest of a department on Mondays. Raises NotPermitted, Missing, Invalid."""
    require(actor, Permission.READ_TICKETS)
    now = now or timezone.now()
    department = digests.department_of(department_id)
    if not actor.email:
        raise Invalid(_("No e-mail address is known of you. Ask an administrator to write it down."))
    with transaction.atomic():
        begun = {"created_at": now, "next_at": _next(now)}
        found, made = DigestSubscription.objects.get_or_create(department=department, user=actor, defaults=begun)
        if made:
            audit(actor, "digest_subscribed", department, name=department.name)
    return found


def unsubscribe(actor: User, department_id: int) -> None:
    """No longer. Raises NotPermitted, Missing."""
    require(actor, Permission.READ_TICKETS)
    rows = DigestSubscription.objects.select_related("department", "user")
    found = rows.filter(department=department_id, user=actor).first()
    if found is None:
        raise Missing(_("You do not get this digest by e-mail."))
    _end(found, by="screen")


def link_of(subscription_id: int) -> str:
    """The address that ends a subscription for whoever has the mail, without signing in. It never runs out."""
    return f"{settings.WEB_URL}/causes/unsubscribe/{_signer().sign(str(subscription_id))}/"


def subscription_of_link(token: str) -> DigestSubscription | None:
    """What the link is about, None where it has ended already. Raises Missing for a link that we never gave."""
    try:
        number = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        raise Missing(_("This link is damaged. Copy all of it from the mail.")) from None
    return DigestSubscription.objects.filter(pk=number).select_related("department", "user").first()


def unsubscribe_by_link(token: str) -> None:
    """End it; again and again does no harm. Raises Missing for a link that we never gave."""
    found = subscription_of_link(token)
    if found is not None:
        _end(found, by="mail")


def queue_due(now: datetime) -> int:
    """Queue a mail for each subscription whose time has come; how many. Times that were missed make one mail."""
    total = 0
    while taken := _queue_portion(now):
        total += taken
    return total


def send_due(now: datetime) -> int:
    """Write and send some of the digests that wait; how many were tried."""
    return mails.deliver(DigestMail, letter, now)


def letter(mail: DigestMail) -> EmailMultiAlternatives | None:
    """In its reader's language, of the week before it was due. None where nobody wants it any more."""
    wanted = DigestSubscription.objects.filter(pk=mail.subscription_id).select_related("department", "user").first()
    if wanted is None or not wanted.user.email or not wanted.user.may(Permission.READ_TICKETS):
        return None
    with translation.override(wanted.user.language):
        return _written(mail, wanted)


def _written(mail: DigestMail, wanted: DigestSubscription) -> EmailMultiAlternatives:
    reader, digest = wanted.user, digests.read(wanted.user, wanted.department_id, now=mail.created_at)
    unsubscribe_at = link_of(wanted.pk)
    context = {
        "digest": digest,
        "language": reader.language,
        "hours": hours(digest.work),
        "lines": [(line, trend(line.change, striking=line.striking)) for line in digest.lines],
        "address": f"{settings.WEB_URL}/causes/departments/{wanted.department_id}/",
        "unsubscribe": unsubscribe_at,
    }
    subject = _("What customers say to %(department)s") % {"department": wanted.department.name}
    message = EmailMultiAlternatives(
        " ".join(subject.split()),
        render_to_string("alerts/digest.txt", context),
        to=[formataddr((reader.name, reader.email))],
        headers={
            **mails.headers(f"digest-{mail.pk}"),
            "List-Unsubscribe": f"<{unsubscribe_at}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(render_to_string("alerts/digest.html", context), "text/html")
    return message


@transaction.atomic
def _queue_portion(now: datetime) -> int:
    due = DigestSubscription.objects.filter(next_at__lte=now).order_by("next_at")
    rows = list(due.select_related("user").select_for_update(skip_locked=True, of=("self",))[:PORTION])
    for row in rows:
        row.next_at = _next(now)
    DigestSubscription.objects.bulk_update(rows, ["next_at"])
    able = Permission.READ_TICKETS
    wanting = [row for row in rows if settings.MAIL_IS_SENT and row.user.email and row.user.may(able)]
    insert_rows(DigestMail, _MAIL, [(row.pk, DigestMail.State.QUEUED, 0, now, now, "") for row in wanting])
    if wanting:
        enqueue("desk.tasks.send_digest_mails")
    return len(rows)


def _next(now: datetime) -> datetime:
    return Rhythm("weekly", HOUR, settings.TIME_ZONE).next_after(now)


@transaction.atomic
def _end(subscription: DigestSubscription, *, by: str) -> None:
    audit(subscription.user, "digest_unsubscribed", subscription.department, name=subscription.department.name, by=by)
    subscription.delete()


def _signer() -> Signer:
    return Signer(salt="desk.causes.unsubscribe")
