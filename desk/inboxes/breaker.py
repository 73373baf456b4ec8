"""A circuit breaker for each account, so that a broken one never slows the others.

closed     calls go out
open       after three calls in a row without an answer the account rests, ever longer; polls and enrichment wait
half open  the rest is over: one call at a time is let through, until one is answered

Answers of people are let through at any time, one at a time while it rests (`desk.actions.replies.send`): they are
probes too.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import F

from desk.inboxes.models import Inbox

OPENS_AT = 3  # calls in a row without an answer
FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=15)


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


def circuit_of(inbox: Inbox, now: datetime) -> Circuit:
    if inbox.breaker_failures < OPENS_AT:
        return Circuit.CLOSED
    return Circuit.OPEN if inbox.breaker_until is not None and inbox.breaker_until > now else Circuit.HALF_OPEN


def rest(failures: int) -> timedelta:
    """How long an account rests after so many calls in a row without an answer; none before the third."""
    if failures < OPENS_AT:
        return timedelta()
    pause: timedelta = min(FIRST_REST * 2 ** min(failures - OPENS_AT, 10), LONGEST_REST)
    return pause


def no_answer(inbox: Inbox, now: datetime) -> None:
    """One more call came to nothing. `inbox` is as it is afterwards."""
    Inbox.objects.filter(pk=inbox.pk).update(breaker_failures=F("breaker_failures") + 1)
    inbox.refresh_from_db(fields=["breaker_failures"])
    if pause := rest(inbox.breaker_failures):
        inbox.breaker_until = now + pause
        Inbox.objects.filter(pk=inbox.pk).update(breaker_until=inbox.breaker_until)


def answered(inbox: Inbox, now: datetime) -> None:
    """The network answers. Where the account rested, all of its streams are read now and not after their pauses."""
    if not inbox.breaker_failures:
        return
    rested = inbox.breaker_failures >= OPENS_AT
    inbox.breaker_failures, inbox.breaker_until = 0, None
    Inbox.objects.filter(pk=inbox.pk).update(breaker_failures=0, breaker_until=None)
    if rested:
        inbox.streams.filter(failures__gt=0, next_poll_at__gt=now).update(next_poll_at=now)
