"""What leaves the desk for colleagues: claimed by one worker at a time, tried again later, given up in the end.

A claim is a lease. What a killed worker had in hand is queued again: a notice or a call that comes twice does no harm.
Of what must not come twice its own module says what is *unknown*.
"""

from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import F, QuerySet

from desk.alerts.models import Outgoing

Kind = TypeVar("Kind", bound=Outgoing)

FIRST_PAUSE = timedelta(seconds=20)  # doubled at each attempt
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 12  # spread over some five hours
STUCK_AFTER = timedelta(minutes=3)  # longer than one portion may take
PORTION = 10  # what one claim takes: even a slow other side is done before the claim runs out
_LAST_WORDS = 300  # characters of a problem that are kept


def claim(kind: type[Kind], now: datetime, **only: str) -> list[Kind]:
    """Some rows whose time has come (`only`: with these values), for this caller alone, each with one attempt more."""
    with transaction.atomic():
        due = kind._default_manager.filter(state=Outgoing.State.QUEUED, next_attempt_at__lte=now, **only)
        rows = list(due.order_by("next_attempt_at").select_for_update(skip_locked=True, of=("self",))[:PORTION])
        kind._default_manager.filter(pk__in=[row.pk for row in rows]).update(
            state=Outgoing.State.SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
    for row in rows:
        row.state, row.claimed_at, row.attempts = Outgoing.State.SENDING, now, row.attempts + 1
    return rows


def is_due(kind: type[Outgoing], now: datetime) -> bool:
    """Whether there is anything to claim."""
    return kind._default_manager.filter(state=Outgoing.State.QUEUED, next_attempt_at__lte=now).exists()


def sent(row: Outgoing, now: datetime) -> bool:
    """It has arrived. False where the claim had run out, and somebody else has it."""
    return _settle(row, state=Outgoing.State.SENT, sent_at=now, problem="")


def refused(row: Outgoing, problem: str, now: datetime, *, for_good: bool) -> bool:
    """It did not arrive: tried again later, or never where it is `for_good` or was tried often enough."""
    if for_good or row.attempts >= MOST_ATTEMPTS:
        return _settle(row, state=Outgoing.State.FAILED, problem=problem[:_LAST_WORDS])
    pause = min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
    return _settle(row, state=Outgoing.State.QUEUED, next_attempt_at=now + pause, problem=problem[:_LAST_WORDS])


def unknown(row: Outgoing, problem: str) -> bool:
    """It may have arrived or not, and is not tried again. False where somebody else has it."""
    return _settle(row, state=Outgoing.State.UNKNOWN, problem=problem[:_LAST_WORDS])


def stuck(kind: type[Kind], now: datetime) -> "QuerySet[Kind]":
    """What killed workers had in hand."""
    return kind._default_manager.filter(state=Outgoing.State.SENDING, claimed_at__lt=now - STUCK_AFTER)


def release_stuck(kind: type[Outgoing], now: datetime) -> int:
    """Queue again what killed workers had in hand; how many."""
    return stuck(kind, now).update(state=Outgoing.State.QUEUED, next_attempt_at=now)


def _settle(row: Outgoing, **columns: object) -> bool:
    held = [Outgoing.State.SENDING, Outgoing.State.UNKNOWN]  # of which the worker that was only slow knows more
    mine = type(row)._default_manager.filter(
        pk=row.pk, state__in=held, claimed_at=row.claimed_at, attempts=row.attempts
    )
    settled = mine.update(**columns)
    for name, value in columns.items():
        setattr(row, name, value)
    return bool(settled)
