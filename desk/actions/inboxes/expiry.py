"""What is asked of a network once a day: when credentials end, and what its server allows.

That credentials end is announced to administrators beforehand.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from desk.alerts.notices import Notice, notify
from desk.common.encryption import Unsealable
from desk.common.live import publish
from desk.common.logs import logger
from desk.inboxes.calls import connect
from desk.inboxes.gateway import NetworkError, RateLimited, has_own_limits
from desk.inboxes.models import Inbox
from desk.people.models import User, audit
from desk.people.permissions import Role

WARNED_BEFORE = (14, 7, 1)  # days
ASKED_EVERY = timedelta(days=1)
AGAIN_AFTER = timedelta(hours=1)  # where the network could not be asked
PORTION = 5  # accounts in one sweep: those that hang must not hold a worker for long


def ask_due(now: datetime) -> int:
    """Ask the networks of accounts whose day has come; how many were asked."""
    due = Q(credentials_asked_at=None) | Q(credentials_asked_at__lte=now - ASKED_EVERY)
    rows = Inbox.objects.filter(due, state=Inbox.State.ACTIVE, drill=False).order_by("credentials_asked_at", "id")
    inboxes = list(rows[:PORTION])
    for inbox in inboxes:
        _ask(inbox, now)
    return len(inboxes)


def warn_due(now: datetime) -> int:
    """Tell administrators of what ends within 14, 7 and 1 day, each once; how many warnings."""
    ending = Inbox.objects.filter(
        state=Inbox.State.ACTIVE, drill=False, credentials_end_at__lte=now + timedelta(days=WARNED_BEFORE[0])
    )
    return sum(_warn(inbox, now) for inbox in ending.order_by("id"))


def _ask(inbox: Inbox, now: datetime) -> None:
    claimed = Inbox.objects.filter(pk=inbox.pk, credentials_asked_at=inbox.credentials_asked_at)
    if not claimed.update(credentials_asked_at=now):
        return
    try:
        network = connect(inbox)
        ends = network.credentials_end()
        limits = dict(network.limits()) if has_own_limits(inbox) else inbox.limits
    except (NetworkError, Unsealable) as problem:
        # A dead token is for the next poll to find; here it is only not known when it ends.
        logger.info("could not ask when credentials end", inbox=inbox.pk, problem=str(problem))
        if isinstance(problem, RateLimited):
            Inbox.objects.filter(pk=inbox.pk).update(credentials_asked_at=now - ASKED_EVERY + AGAIN_AFTER)
        return
    if ends != inbox.credentials_end_at:
        Inbox.objects.filter(pk=inbox.pk).update(credentials_end_at=ends, credentials_warned_days=None)
        publish("inbox", {"id": inbox.pk, "state": inbox.state})
    if limits and limits != inbox.limits:  # a server that says nothing today has not lost its limits
        Inbox.objects.filter(pk=inbox.pk).update(limits=limits)


def _warn(inbox: Inbox, now: datetime) -> bool:
    ends = inbox.credentials_end_at
    if ends is None:
        return False
    stage = min(days for days in WARNED_BEFORE if ends - now <= timedelta(days=days))
    with transaction.atomic():
        not_yet = Q(credentials_warned_days=None) | Q(credentials_warned_days__gt=stage)
        if not Inbox.objects.filter(not_yet, pk=inbox.pk, credentials_end_at=ends).update(
            credentials_warned_days=stage
        ):
            return False
        audit(None, "inbox_credentials_ending", inbox, days=stage)
        params = {"inbox_name": inbox.name, "ends_at": ends.isoformat()}
        people = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
        notify([Notice(one.pk, "credentials_end", inbox_id=inbox.pk, params=params) for one in people], now)
    return True


def days_left(inbox: Inbox, now: datetime | None = None) -> int | None:
    """Whole days until the credentials end, 0 on the last; None where that is far or not known."""
    ends = inbox.credentials_end_at
    if ends is None:
        return None
    left = (ends - (now or timezone.now())).days
    return max(left, 0) if left < WARNED_BEFORE[0] else None
