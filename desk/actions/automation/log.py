"""The log of automation: what fired when, on what grounds, and what became of it. Kept for 90 days."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from desk.automation.models import Firing
from desk.people.models import User
from desk.people.permissions import Permission, require

KEPT = timedelta(days=90)
_PORTION = 5_000


def firings(reader: User, *, rule: str = "", ticket_id: int | None = None) -> "QuerySet[Firing]":
    """All, or those of one rule or on one ticket, by indexes in their order: the newest first."""
    require(reader, Permission.WRITE_AUTOMATION)
    rows = Firing.objects.select_related("version").order_by("-id")
    rows = rows.filter(rule=rule) if rule else rows
    return rows.filter(ticket=ticket_id) if ticket_id is not None else rows


def forget_old(now: datetime) -> int:
    """What is older than is kept; how many."""
    total = 0
    while True:
        old = Firing.objects.filter(at__lt=now - KEPT).order_by("at").values_list("pk", flat=True)[:_PORTION]
        gone, _kinds = Firing.objects.filter(pk__in=list(old)).delete()
        total += gone
        if gone < _PORTION:
            return total
