"""The backlog over time: what came into it and what left it by day, kept with every cycle that is counted."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from desk.reports.counting import Chosen, desk_zone, held, local_day, midnight
from desk.reports.models import CountedCycle, DayFlow

_KEY = "day, resolves, inbox_id, private, team_id, assignee_id, priority, language"
_MOVE = f"""
INSERT INTO reports_dayflow ({_KEY}, came, went)
SELECT {_KEY}, %(sign)s * sum(came), %(sign)s * sum(went) FROM (
    SELECT (open_from AT TIME ZONE %(zone)s)::date AS day, metric = 'resolution' AS resolves, 1 AS came, 0 AS went,
        inbox_id, private, team_id, assignee_id, priority, language
    FROM reports_countedcycle WHERE open_from IS NOT NULL AND {{which}}
    UNION ALL
    SELECT (open_until AT TIME ZONE %(zone)s)::date, metric = 'resolution', 0, 1,
        inbox_id, private, team_id, assignee_id, priority, language
    FROM reports_countedcycle WHERE open_until IS NOT NULL AND {{which}}
) AS moved GROUP BY {_KEY}
ON CONFLICT ({_KEY}) DO UPDATE SET came = reports_dayflow.came + excluded.came,
    went = reports_dayflow.went + excluded.went
"""  # noqa: S608 our own words

_BY_DAY = """
SELECT resolves, greatest(day, %(before)s::date), sum(came - went)::int FROM reports_dayflow
WHERE day < %(cut)s {held} GROUP BY 1, 2
"""
_BY_MOMENT = """
SELECT metric = 'resolution', width_bucket(at, %(moments)s::timestamptz[]), sum(moved)::int FROM (
    SELECT metric, open_from AS at, 1 AS moved FROM reports_countedcycle
    WHERE open_from >= %(since)s AND open_from < %(until)s {held}
    UNION ALL
    SELECT metric, open_until, -1 FROM reports_countedcycle
    WHERE open_until >= %(since)s AND open_until < %(until)s {held}
) AS moves GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What was there at an instant: tickets that were not resolved, and those of them where a customer waited."""

    at: datetime
    tickets: int
    unanswered: int


def take_out(ticket_ids: Sequence[int]) -> None:
    """Before the cycles of these tickets are thrown away, in the same transaction."""
    _move(-1, "ticket_id = ANY(%(ids)s)", ticket_ids)


def put_in(ticket_ids: Sequence[int]) -> None:
    """When the cycles of these tickets have been made anew, in the same transaction."""
    _move(1, "ticket_id = ANY(%(ids)s)", ticket_ids)


@transaction.atomic
def anew() -> None:
    """All days from all cycles. The caller lets nobody else count meanwhile."""
    DayFlow.objects.all().delete()
    _move(1, "true", ())


def open_at(at: datetime, *, resolves: bool) -> QuerySet[CountedCycle]:
    """The cycles for which a ticket was in the backlog just before an instant: one for each ticket."""
    metric = Q(metric="resolution") if resolves else ~Q(metric="resolution")
    return CountedCycle.objects.filter(metric, Q(open_until=None) | Q(open_until__gte=at), open_from__lt=at)


def backlog(chosen: Chosen, moments: Sequence[datetime]) -> list[Backlog]:
    """What was there just before each of these instants, in their order: whole days by day, the rest cycle by cycle."""
    if not moments:
        return []
    broken = next((at for at in moments if at != midnight(local_day(at))), None)
    cut = midnight(local_day(broken)) if broken else moments[-1]
    found = {}
    for resolves, changes in _changes(chosen, moments, cut, is_broken=broken is not None).items():
        found[resolves] = list(accumulate(changes))
    return [Backlog(*one) for one in zip(moments, found[True], found[False], strict=True)]


def _changes(chosen: Chosen, moments: Sequence[datetime], cut: datetime, *, is_broken: bool) -> dict[bool, list[int]]:
    """By how much the backlog had changed at each instant since the one before; at the first one, since ever."""
    changes = {resolves: [0] * len(moments) for resolves in (True, False)}
    days = [local_day(at) for at in moments]
    parameters: dict[str, Any] = {"before": days[0] - timedelta(days=1), "cut": local_day(cut), **chosen.filters}
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY.format(held=held(chosen.filters)), parameters)
        for resolves, day, change in cursor.fetchall():
            changes[resolves][bisect_right(days, day)] += change
        if is_broken:
            parameters |= {"moments": list(moments), "since": cut, "until": moments[-1]}
            cursor.execute(_BY_MOMENT.format(held=held(chosen.filters)), parameters)
            for resolves, number, change in cursor.fetchall():
                changes[resolves][number] += change
    return changes


def _move(sign: int, which: str, ticket_ids: Sequence[int]) -> None:
    parameters: dict[str, Any] = {"sign": sign, "zone": str(desk_zone()), "ids": list(ticket_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE.format(which=which), parameters)
