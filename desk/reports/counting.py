"""Cycles counted by what they have in common, in one statement: whole months from their cells, the rest row by row."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from policies import reports as rules

_FAST_CLOCKS = timedelta(minutes=5)  # of networks: nothing is later than this


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a report is about. Times are instants, `since` included and `until` not; None filters nothing."""

    since: datetime
    until: datetime
    metric: str = "first_response"
    business: bool = True
    inbox: int | None = None
    inboxes: tuple[int, ...] | None = None  # those of a network
    private: bool | None = None
    team: int | None = None  # 0: tickets of no team
    agent: int | None = None  # 0: tickets of nobody
    priority: int | None = None
    language: str | None = None

    @property
    def filters(self) -> dict[str, Any]:
        """The columns that are held to a value, or to one of several, as `filter` takes them."""
        values = {
            "inbox_id": self.inbox,
            "inbox_id__in": None if self.inboxes is None else list(self.inboxes),
            "private": self.private,
            "team_id": self.team,
            "assignee_id": self.agent,
            "priority": self.priority,
            "language": self.language,
        }
        return {column: value for column, value in values.items() if value is not None}


@dataclass(slots=True)
class Tally:
    """Cycles counted together. `times`: how many of the answered took how long, by bucket."""

    arrived: int = 0
    on_time: int = 0
    late: int = 0
    unanswered: int = 0
    cancelled: int = 0
    dropped: int = 0
    times: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, other: "Tally") -> None:
        self.arrived += other.arrived
        self.on_time += other.on_time
        self.late += other.late
        self.unanswered += other.unanswered
        self.cancelled += other.cancelled
        self.dropped += other.dropped
        for bucket, count in other.times.items():
            self.times[bucket] += count

    @property
    def answered(self) -> int:
        return sum(self.times.values())

    @property
    def compliance(self) -> float | None:
        return rules.compliance(self.on_time, self.late)

    def percentile(self, percent: int) -> int | None:
        """Seconds."""
        return rules.percentile(self.times.items(), percent)

    def percentiles(self, *percents: int) -> list[rules.Percentile | None]:
        """Several at once, ascending."""
        return rules.percentiles(self.times.items(), percents)


# Each cell belongs to one dimension; its value is text, so that all dimensions fit one column.
_CELLS = """
SELECT {keys} {dimension} AS dimension, {value} AS value, {bucket} AS bucket, count(*)::int AS arrived,
    count(*) FILTER (WHERE on_time)::int AS on_time, count(*) FILTER (WHERE late)::int AS late,
    count(*) FILTER (WHERE unanswered)::int AS unanswered, count(*) FILTER (WHERE cancelled)::int AS cancelled,
    count(*) FILTER (WHERE dropped)::int AS dropped
FROM (
    SELECT metric, inbox_id, private::int, team_id, assignee_id, priority, language, {columns}, lag,
        on_time, late, unanswered, cancelled, dropped, (started_at AT TIME ZONE %(zone)s)::date AS day,
        date_trunc('week', started_at AT TIME ZONE %(zone)s)::date AS week,
        (extract(isodow FROM started_at AT TIME ZONE %(zone)s) * 24
            + extract(hour FROM started_at AT TIME ZONE %(zone)s))::int AS slot
    FROM {rows}
) AS cycle
GROUP BY {keys} GROUPING SETS ({sets})
"""
_COLUMNS = {  # of each dimension, whose values together are its value
    "all": (),
    "channel": ("inbox_id", "private"),
    "team": ("team_id",),
    "agent": ("assignee_id",),
    "priority": ("priority",),
    "language": ("language",),
    "day": ("day",),
    "week": ("week",),
    "hour": ("slot",),
    "lag": ("inbox_id", "private"),
}
DIMENSIONS = tuple(_COLUMNS)

_ADDED = """
SELECT dimension, value, sum(arrived)::int, sum(on_time)::int, sum(late)::int, sum(unanswered)::int,
    sum(cancelled)::int, sum(dropped)::int, array_agg(bucket) FILTER (WHERE bucket IS NOT NULL),
    array_agg(arrived) FILTER (WHERE bucket IS NOT NULL)
FROM (
    SELECT dimension, value, bucket, sum(arrived)::int AS arrived, sum(on_time) AS on_time, sum(late) AS late,
        sum(unanswered) AS unanswered, sum(cancelled) AS cancelled, sum(dropped) AS dropped
    FROM ({cells}) AS cell GROUP BY dimension, value, bucket
) AS added GROUP BY dimension, value HAVING sum(arrived) > 0
"""

_OF_MONTHS = """
UNION ALL SELECT dimension, value, bucket, arrived, on_time, late, unanswered, cancelled, dropped FROM reports_monthcell
WHERE month = ANY(%(months)s::date[]) AND metric = %(metric)s AND business = %(business)s
    AND dimension = ANY(%(dimensions)s) AND arrived > 0
"""


def tally(chosen: Chosen, dimensions: Sequence[str] = DIMENSIONS) -> dict[str, dict[str, Tally]]:
    """Tallies by dimension and value. Values: "3 1" (inbox and whether private), ids, "nl", "2026-03-10" (of a week its
    Monday), and for hours the ISO weekday × 24 + hour, all by the desk's time zone. The times of "lag" are those until
    a message of that channel reached us."""
    months = [] if chosen.filters else _whole_months(chosen)
    parameters = {**_parameters(chosen), "months": months, "dimensions": list(dimensions)}
    rows = f"reports_countedcycle WHERE metric = %(metric)s AND ({_between(chosen, months, parameters)})"
    time = "business" if chosen.business else "wall"
    cells = cells_of(rows + held(chosen.filters), f"{time} AS bucket", dimensions)
    if months:
        cells += _OF_MONTHS
    found: dict[str, dict[str, Tally]] = {dimension: {} for dimension in dimensions}
    with connection.cursor() as cursor:
        cursor.execute(_ADDED.format(cells=cells), parameters)
        for dimension, value, *numbers, buckets, counts in cursor.fetchall():
            one = Tally(*numbers)
            one.times.update(zip(buckets or (), counts or (), strict=True))
            found[dimension][value] = one
    return found


def cells_of(rows: str, columns: str, dimensions: Sequence[str] = DIMENSIONS, keys: str = "") -> str:
    """The cells of `rows` (what stands behind FROM) as a statement; `columns` name `bucket`, and `keys` if any."""
    sets = {one: (*_COLUMNS[one], "lag" if one == "lag" else "bucket") for one in dimensions}
    grouped = list(dict.fromkeys(column for several in sets.values() for column in several))
    values = [column for column in grouped if column not in ("bucket", "lag")]
    # GROUPING has a bit for each of its columns, set where rows of several values were put together.
    marks = {one: sum(1 << place for place, column in enumerate(reversed(grouped)) if column not in several)
             for one, several in sets.items()}  # fmt: skip
    names = " ".join(f"WHEN {mark} THEN '{one}'" for one, mark in marks.items())
    return _CELLS.format(
        rows=rows,
        columns=columns,
        keys=keys,
        sets=", ".join(f"({', '.join(several)})" for several in sets.values()),
        dimension=f"CASE GROUPING({', '.join(grouped)}) {names} END",
        value=f"concat_ws(' ', {', '.join(values)})" if values else "''",
        bucket=f"coalesce({', '.join(column for column in grouped if column in ('lag', 'bucket'))})",
    )


def month_of(at: datetime) -> date:
    """The month of an instant, by the desk's time zone."""
    return local_day(at).replace(day=1)


def local_day(at: datetime) -> date:
    """The day of an instant, by the desk's time zone."""
    return at.astimezone(desk_zone()).date()


def bounds_of(month: date) -> tuple[datetime, datetime]:
    """The instants at which a month begins and ends."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return midnight(month), midnight(following)


def midnight(day: date) -> datetime:
    """When a day begins, by the desk’s time zone."""
    return datetime(day.year, day.month, day.day, tzinfo=desk_zone())


def desk_zone() -> ZoneInfo:
    """The zone of the desk's days and hours."""
    return ZoneInfo(timezone.get_default_timezone_name())


def _whole_months(chosen: Chosen) -> list[date]:
    """Those that lie wholly inside. The present one does where the period ends in the future."""
    months, month = [], month_of(chosen.since)
    while midnight(month) < chosen.until:
        since, until = bounds_of(month)
        if since >= chosen.since and (until <= chosen.until or chosen.until > timezone.now() + _FAST_CLOCKS):
            months.append(month)
        month = local_day(until)
    return months


def _between(chosen: Chosen, months: list[date], parameters: dict[str, Any]) -> str:
    """What no month covers, as SQL over the index of start times; adds the bounds to the parameters."""
    parts, reached = [], chosen.since
    for number, (since, until) in enumerate([*map(bounds_of, months), (chosen.until, chosen.until)]):
        if since > reached:
            parameters |= {f"from{number}": reached, f"to{number}": since}
            parts.append(f"started_at >= %(from{number})s AND started_at < %(to{number})s")
        reached = until
    return " OR ".join(parts) or "false"


def held(filters: Mapping[str, Any]) -> str:
    """`Chosen.filters` as conditions of a statement that has them among its parameters."""
    sides = {name: f"{name} = %({name})s" for name in filters}
    if "inbox_id__in" in sides:
        sides["inbox_id__in"] = "inbox_id = ANY(%(inbox_id__in)s)"
    return "".join(f" AND {side}" for side in sides.values())


def _parameters(chosen: Chosen) -> dict[str, Any]:
    return {
        "zone": str(desk_zone()),
        "metric": chosen.metric,
        "business": chosen.business,
        "since": chosen.since,
        "until": chosen.until,
        **chosen.filters,
    }
