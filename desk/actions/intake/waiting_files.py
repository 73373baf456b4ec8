"""Files that wait in rows for a worker who fetches them: each for one at a time, and again where that went wrong.

The rows have `next_attempt_at` and `attempts`.
"""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Model, QuerySet

MOST_ATTEMPTS = 5
_LEASE = timedelta(minutes=2)

Waiting = TypeVar("Waiting", bound=Model)


def leased(rows: "QuerySet[Waiting]", now: datetime, limit: int) -> list[Waiting]:
    """Some of those that are due, which nobody else is given before the lease ends; one attempt more is counted."""
    with transaction.atomic():
        due = rows.filter(next_attempt_at__lte=now).order_by("next_attempt_at")
        given: list[Any] = list(due.select_for_update(skip_locked=True, of=("self",))[:limit])
        counted: dict[str, Any] = {"next_attempt_at": now + _LEASE, "attempts": F("attempts") + 1}
        rows.model._default_manager.filter(pk__in=[row.pk for row in given]).update(**counted)
    for row in given:
        row.attempts += 1
    return given


def again_at(attempts: int, now: datetime) -> datetime:
    """When a file is asked for once more after so many attempts: 40 seconds, then each time four times as long."""
    return now + timedelta(seconds=10 * 4**attempts)
