"""The figures of today: five set-based queries, so that a supervisor may look every few seconds.

A first response belongs to the hour and the channel in which the customer's message came in, by the network's clock.
Who still waits is in no median and no percentile, and is always counted beside them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from desk.inboxes.coverage import gaps_between, hides
from desk.inboxes.models import CoverageGap, Inbox
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.tickets.models import OPEN_STATES, Ticket
from desk.tickets.queries import rows_ready_to_show, visible_tickets
from policies.coverage import length_within, together

LONGEST_SHOWN = 8
OPEN_KEPT_SECONDS = 5  # counting all open tickets is the one query that grows with them


@dataclass(frozen=True, slots=True)
class Speed:
    """First responses to what came in during some time. `median` and `p90` are of the answered only."""

    arrived: int = 0
    answered: int = 0
    on_time: int = 0
    late: int = 0  # answered late, or overdue and not answered, however the ticket ended; spam is nobody
    unanswered: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None

    @property
    def decided(self) -> int:
        """Promises that were kept or broken: what compliance is a share of."""
        return self.on_time + self.late

    @property
    def answered_late(self) -> int:
        return self.answered - self.on_time


@dataclass(slots=True)
class Channel:
    """One inbox, public or private: what waits there now, and how today's first responses went."""

    inbox: Inbox
    private: bool
    open: int = 0
    unassigned: int = 0
    overdue: int = 0
    waiting_since: datetime | None = None
    speed: Speed = field(default_factory=Speed)
    blind: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Figures:
    """What a supervisor sees first."""

    now: datetime
    since: datetime  # midnight, in the desk's time zone
    open: int
    unassigned: int
    overdue: int
    waiting_longest: list[Ticket]
    today: Speed
    last_week: Speed  # the same weekday up to the same time
    hours: list[Speed]  # by the hour of arrival, from midnight to now
    channels: list[Channel]
    gaps: list[CoverageGap]  # when an inbox was blind today
    inboxes: list[Inbox]


def today(user: User, *, now: datetime | None = None) -> Figures:
    """The desk today, from midnight in the desk's time zone. Raises NotPermitted."""
    require(user, Permission.SEE_REPORTS)
    now = now or timezone.now()
    since = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    inboxes = list(Inbox.objects.filter(drill=False))
    channels: dict[tuple[int, bool], Channel] = {}
    by_id = {inbox.pk: inbox for inbox in inboxes}

    def channel(inbox_id: int, private: bool) -> Channel:
        return channels.setdefault((inbox_id, private), Channel(by_id[inbox_id], private))

    for inbox_id, private, count, unassigned, overdue, oldest in _open_by_channel(now):
        if inbox_id in by_id:
            one = channel(inbox_id, private)
            one.open, one.unassigned, one.overdue, one.waiting_since = count, unassigned, overdue, oldest
    total, hours = Speed(), {}
    for row in _speeds(since, now, now, by_hour_and_channel=True):
        if row["inbox"] is not None and row["inbox"] in by_id:
            channel(row["inbox"], row["private"]).speed = row["speed"]
        elif row["hour"] is not None:
            hours[row["hour"]] = row["speed"]
        elif row["inbox"] is None:
            total = row["speed"]
    week = timedelta(days=7)
    last_week = next(
        (row["speed"] for row in _speeds(since - week, now - week, now, by_hour_and_channel=False)), Speed()
    )
    gaps = gaps_between(since, now, now)
    for one in channels.values():
        one.blind = blind_time(
            (gap for gap in gaps if gap.inbox_id == one.inbox.pk and hides(gap, private=one.private)), since, now
        )
    rows = visible_tickets(user).filter(state__in=OPEN_STATES, waiting_since__isnull=False, inbox__drill=False)
    ordered = sorted(channels.values(), key=lambda one: (one.inbox.pk, one.private))
    return Figures(
        now=now,
        since=since,
        open=sum(one.open for one in ordered),
        unassigned=sum(one.unassigned for one in ordered),
        overdue=sum(one.overdue for one in ordered),
        waiting_longest=list(
            rows_ready_to_show(rows).prefetch_related(None).order_by("waits_from", "id")[:LONGEST_SHOWN]
        ),
        today=total,
        last_week=last_week,
        hours=[hours.get(hour, Speed()) for hour in range(timezone.localtime(now).hour + 1)],
        channels=ordered,
        gaps=gaps,
        inboxes=inboxes,
    )


def blind_time(gaps: Iterable[CoverageGap], since: datetime, now: datetime) -> timedelta:
    """How much of the time between two instants lies in gaps, which may overlap."""
    return length_within(together((gap.started_at, gap.ended_at or now) for gap in gaps), since, now)


_OPEN = """
SELECT inbox_id, private, count(*), count(*) FILTER (WHERE assignee_id IS NULL), count(*) FILTER (WHERE due_at < %s),
       min(waiting_since)
FROM tickets_ticket WHERE state IN ('new', 'open') GROUP BY inbox_id, private
"""

_SPEEDS = """
count(*), count(met_at), count(*) FILTER (WHERE met_at <= due_at),
       count(*) FILTER (WHERE coalesce(met_at, %s) > due_at),
       count(*) FILTER (WHERE met_at IS NULL AND cancelled_at IS NULL),
       percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM met_at - started_at))
           FILTER (WHERE met_at IS NOT NULL)
FROM (
    SELECT ticket.inbox_id, conversation.private, extract(hour FROM clock.started_at AT TIME ZONE %s)::int AS hour,
           clock.started_at, clock.due_at, clock.met_at, clock.cancelled_at
    FROM sla_clock AS clock
    JOIN tickets_ticket AS ticket ON ticket.id = clock.ticket_id
    JOIN inboxes_inbox AS inbox ON inbox.id = ticket.inbox_id AND NOT inbox.drill
    JOIN tickets_conversation AS conversation ON conversation.id = ticket.conversation_id
    WHERE clock.metric = 'first_response' AND clock.started_at BETWEEN %s AND %s
        AND (clock.state <> 'cancelled' OR (clock.breached_at IS NOT NULL AND ticket.state <> 'spam'))
) AS clocks
"""


def _open_by_channel(now: datetime) -> list[tuple[int, bool, int, int, int, datetime | None]]:
    def counted() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, [now])
            return list(cursor.fetchall())

    return cache.get_or_set("figures:open", counted, OPEN_KEPT_SECONDS) or []


def _speeds(since: datetime, until: datetime, now: datetime, *, by_hour_and_channel: bool) -> list[dict[str, Any]]:
    groups = "(inbox_id, private), (hour), ()" if by_hour_and_channel else "()"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_columns(by_hour_and_channel)} {_SPEEDS} GROUP BY GROUPING SETS ({groups})",
            [now, timezone.get_current_timezone_name(), since, until],
        )
        return [_row(*row) for row in cursor.fetchall()]


def _columns(by_hour_and_channel: bool) -> str:
    return "inbox_id, private, hour," if by_hour_and_channel else "NULL, NULL, NULL,"


def _row(
    inbox: int | None, private: bool | None, hour: int | None, arrived: int, answered: int, on_time: int, late: int,
    unanswered: int, percentiles: list[float] | None,
) -> dict[str, Any]:  # fmt: skip
    median, p90 = (
        (timedelta(seconds=value) for value in percentiles)
        if percentiles and percentiles[0] is not None
        else (None, None)
    )
    speed = Speed(arrived, answered, on_time, late, unanswered, median, p90)
    return {"inbox": inbox, "private": private, "hour": hour, "speed": speed}
