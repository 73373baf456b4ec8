"""What people do with their notices: look, mark as seen, acknowledge. And forgetting the old ones."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.tickets.announce import announce
from desk.actions.tickets.timeline import record
from desk.alerts.models import Alert, DigestMail, FormMail, Mail, Notification, ReportMail, WebhookCall
from desk.alerts.notices import changed
from desk.common.errors import Conflict, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.sla.models import Clock
from desk.tickets.models import Ticket

KEPT = timedelta(days=90)
_PORTION = 5_000


def mine(actor: User) -> "QuerySet[Notification]":
    """A person's notices, with what their lines show."""
    return Notification.objects.filter(user=actor).select_related("alert__acknowledged_by")


def see(actor: User, ids: Collection[int] | None = None, *, now: datetime | None = None) -> int:
    """Mark some of one's notices as seen, or all where none are named; how many were not yet."""
    rows = Notification.objects.filter(user=actor, seen_at=None)
    if ids is not None:
        rows = rows.filter(pk__any_of=list(ids))
    with transaction.atomic():
        count = rows.update(seen_at=now or timezone.now())
        if count:
            changed([actor.pk])
    return count


def acknowledge(actor: User, notice_id: int, *, now: datetime | None = None) -> Notification:
    """“I see to it.” Acknowledging an alert stops its chain for everybody. Raises Missing, Conflict."""
    now = now or timezone.now()
    with transaction.atomic():
        notice = mine(actor).filter(pk=notice_id).first()
        if notice is None:
            raise Missing(_("There is no such notice."))
        if notice.alert is not None:
            _acknowledge(actor, notice.alert.ticket_id, [notice.alert.clock_id], now)
        Notification.objects.filter(pk=notice_id, acknowledged_at=None).update(acknowledged_at=now)
        Notification.objects.filter(pk=notice_id, seen_at=None).update(seen_at=now)
        changed([actor.pk])
    return mine(actor).get(pk=notice_id)


def acknowledge_ticket(actor: User, ticket_id: int, *, now: datetime | None = None) -> int:
    """Acknowledge every open alert of a ticket; how many there were. Raises Missing, Conflict where there is none."""
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        if not Ticket.objects.filter(pk=ticket_id).exists():
            raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
        clocks = set(open_alerts(ticket_id).values_list("clock_id", flat=True))
        return _acknowledge(actor, ticket_id, clocks, now)


def open_alerts(ticket_id: int) -> "QuerySet[Alert]":
    """Alerts of a ticket that wait for somebody's word."""
    return Alert.objects.filter(ticket=ticket_id, acknowledged_at=None, stopped_at=None)


def _acknowledge(actor: User, ticket_id: int, clock_ids: Collection[int], now: datetime) -> int:
    """Ticket before clock, as everywhere, so that a sweep and this never wait for each other in a circle."""
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
    clocks = Clock.objects.filter(pk__in=clock_ids)
    list(clocks.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    alerts = Alert.objects.filter(clock__in=clock_ids, acknowledged_at=None, stopped_at=None)
    ids = list(alerts.values_list("pk", flat=True))
    if not ids:
        raise Conflict(_("This alert is over: somebody acknowledged it, or nobody waits any more."), code="over")
    Alert.objects.filter(pk__in=ids).update(acknowledged_at=now, acknowledged_by=actor)
    record(ticket, "alert_acknowledged", at=now, actor=actor, alerts=ids)
    audit(actor, "alert_acknowledged", ticket, alerts=ids)
    Notification.objects.filter(alert__in=ids, user=actor, acknowledged_at=None).update(acknowledged_at=now)
    unseen = Notification.objects.filter(alert__clock__in=clock_ids, seen_at=None)
    told = list(unseen.values_list("user_id", flat=True))
    unseen.update(seen_at=now)
    changed([*told, actor.pk])
    announce([(ticket, "change")])
    return len(ids)


def forget_old(now: datetime) -> int:
    """Delete notices, mails and calls that are older than KEPT, in portions; how many."""
    total = 0
    for kind in (Notification, Mail, ReportMail, DigestMail, FormMail, WebhookCall):
        while True:
            old = kind._default_manager.filter(created_at__lt=now - KEPT).order_by("created_at")
            ids = list(old.values_list("pk", flat=True)[:_PORTION])
            kind._default_manager.filter(pk__in=ids).delete()
            total += len(ids)
            if len(ids) < _PORTION:
                break
    return total
