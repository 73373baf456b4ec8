"""Reading the timeline once: every line is given out exactly once, in the transaction that moves `Reading` on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection

from desk.automation.models import Reading
from desk.tickets.models import TicketEvent

Gap = tuple[int, int, float]  # from, to, and when it was missed, in seconds
_NOW = "SELECT extract(epoch FROM clock_timestamp())::float8"
# Whoever has written something, or is about to: a number is taken before the writer is known as one.
_OLDEST_WRITER = """
SELECT extract(epoch FROM min(xact_start))::float8 FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
AND (backend_xid IS NOT NULL OR query ILIKE 'insert%')
"""


@dataclass(frozen=True, slots=True)
class HeardLine:
    """One line of a timeline, as far as rules can hear it."""

    id: int
    ticket_id: int
    kind: str
    data: dict[str, Any]


def begun(now: datetime) -> None:
    """A desk begins to listen now: nothing of its past sets anything off."""
    Reading.objects.get_or_create(pk=1, defaults={"reached": newest(), "looked_at": now})


def begin_anew(now: datetime) -> None:
    """The same for a desk that listened before and then did not. In a transaction."""
    begun(now)
    reading = Reading.objects.select_for_update().get(pk=1)
    skip(reading)
    reading.looked_at = max(reading.looked_at, now)
    reading.save()


def held() -> Reading | None:
    """The one row, for whoever reads now; None while somebody else does. In a transaction."""
    return Reading.objects.select_for_update(skip_locked=True).filter(pk=1).first()


def newest() -> int:
    return TicketEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def last_before(moment: datetime) -> int:
    """The number of about the last line that was written before a moment, by halving: numbers follow time."""
    low, high = 0, newest()
    while low < high:
        middle = (low + high + 1) // 2
        line = TicketEvent.objects.filter(id__gte=middle).order_by("id").values_list("at", flat=True).first()
        if line is None or line > moment:
            high = middle - 1
        else:
            low = middle
    return low


def skip(reading: Reading) -> None:
    """Nobody listens: what is there by now is never heard."""
    reading.reached, reading.gaps = newest(), []


def take(reading: Reading, most: int) -> tuple[list[HeardLine], bool]:
    """The next lines, what came late among them, and whether there are more. The caller saves the row."""
    missed_at, oldest = _seconds(_NOW), _seconds(_OLDEST_WRITER)  # asked first: what is settled by now is seen below
    gaps: list[Gap] = [(low, high, missed) for low, high, missed in reading.gaps]
    late = _lines_in(gaps)
    rows = TicketEvent.objects.filter(id__gt=reading.reached).order_by("id")
    fresh = [HeardLine(*row) for row in rows.values_list("id", "ticket_id", "kind", "data")[:most]]
    waited_for = [gap for gap in gaps if oldest is not None and gap[2] >= oldest]
    left = _without(waited_for, [line.id for line in late])
    numbers = [reading.reached, *(line.id for line in fresh)]
    new = [(low + 1, high - 1, missed_at) for low, high in pairwise(numbers) if high - low > 1]
    reading.reached, reading.gaps = numbers[-1], [*left, *new]
    return late + fresh, len(fresh) == most


def _lines_in(gaps: Sequence[Gap]) -> list[HeardLine]:
    if not gaps:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT event.id FROM unnest(%s::bigint[], %s::bigint[]) AS gap (low, high)
            JOIN tickets_ticketevent AS event ON event.id BETWEEN gap.low AND gap.high""",
            [[gap[0] for gap in gaps], [gap[1] for gap in gaps]],
        )
        found = [number for (number,) in cursor.fetchall()]
    rows = TicketEvent.objects.filter(id__any_of=found).order_by("id") if found else TicketEvent.objects.none()
    return [HeardLine(*row) for row in rows.values_list("id", "ticket_id", "kind", "data")]


def _without(gaps: Sequence[Gap], numbers: Sequence[int]) -> list[Gap]:
    """What is still missing of them."""
    left: list[Gap] = []
    for low, high, missed in gaps:
        begins = low
        for number in sorted(number for number in numbers if low <= number <= high):
            if number > begins:
                left.append((begins, number - 1, missed))
            begins = number + 1
        if begins <= high:
            left.append((begins, high, missed))
    return left


def _seconds(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]
