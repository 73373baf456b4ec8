"""Months added up: their cells move with every cycle that is counted, so that a year is read without its cycles."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min

from desk.reports.counting import bounds_of, cells_of, desk_zone, month_of
from desk.reports.models import CountedCycle, MonthCell

_KEY = "month, metric, business, dimension, value, bucket"
_COUNTS = ("arrived", "on_time", "late", "unanswered", "cancelled", "dropped")
_MOVE = f"""
INSERT INTO reports_monthcell ({_KEY}, {", ".join(_COUNTS)})
SELECT {_KEY}, {", ".join(f"%(sign)s * {name}" for name in _COUNTS)} FROM ({{cells}}) AS cell
ON CONFLICT ({_KEY}) DO UPDATE
SET {", ".join(f"{name} = reports_monthcell.{name} + excluded.{name}" for name in _COUNTS)}
"""  # noqa: S608 our own words
_BOTH_TIMES = """reports_countedcycle AS row
CROSS JOIN LATERAL (VALUES (true, row.business), (false, row.wall)) AS time (is_business, bucket) WHERE"""
_COLUMNS = """date_trunc('month', started_at AT TIME ZONE %(zone)s)::date AS month, is_business AS business, bucket"""


def take_out(ticket_ids: Sequence[int]) -> None:
    """Before the cycles of these tickets are thrown away, in the same transaction."""
    _move(-1, "ticket_id = ANY(%(ids)s)", ids=list(ticket_ids))


def put_in(ticket_ids: Sequence[int]) -> None:
    """When the cycles of these tickets have been made anew, in the same transaction."""
    _move(1, "ticket_id = ANY(%(ids)s)", ids=list(ticket_ids))


@transaction.atomic
def anew() -> None:
    """All months from all cycles, each by itself: more would not fit into memory at once. The caller lets nobody else
    count meanwhile."""
    MonthCell.objects.all().delete()
    ends = CountedCycle.objects.aggregate(first=Min("started_at"), last=Max("started_at"))
    if ends["first"] is None:
        return
    month, last = month_of(ends["first"]), month_of(ends["last"])
    while month <= last:
        since, until = bounds_of(month)
        for metric in ("first_response", "next_response", "resolution"):
            which = "metric = %(metric)s AND started_at >= %(since)s AND started_at < %(until)s"
            _move(1, which, metric=metric, since=since, until=until)
        month = month_of(until)


def _move(sign: int, which: str, **parameters: Any) -> None:
    cells = cells_of(f"{_BOTH_TIMES} {which}", _COLUMNS, keys="month, metric, business,")
    with connection.cursor() as cursor:
        cursor.execute(_MOVE.format(cells=cells), {"sign": sign, "zone": str(desk_zone()), **parameters})
