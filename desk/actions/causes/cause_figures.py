"""What each cause costs: how many tickets, how many hours of colleagues, how well they were answered, and whether it
is more or less than before.

Tickets count on the day on which the customer wrote, by the desk's time zone, for the cause that they have now; no
drills, no spam, no tickets that were merged into another. Days of a crisis, and days on which an inbox was blind for
longer than `BLIND`, are in the numbers and in no comparison.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.causes.models import Department
from desk.causes.tree import Place, Tree
from desk.common.errors import Invalid
from desk.common.kept import kept_a_while
from desk.crises.models import Crisis
from desk.inboxes.coverage import gaps_between
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.reports.counting import desk_zone, midnight
from policies.coverage import length_within, together
from policies.handling import FIRST, LONGEST
from policies.rate_change import Change, Spread, beyond_chance, change, spread, steadier
from policies.reports import compliance

PERIODS = {"week": 7, "month": 28, "quarter": 91}  # whole days up to yesterday: each has every weekday as often
BEFORE, SHORTEST_BEFORE = 3, 84  # times as long is what a period is compared with; days, at least
BLIND = timedelta(hours=1)  # of a day, and it is compared with no other
DAY = timedelta(days=1)
FRESH = timedelta(seconds=60)

_COUNTED = """
FROM causes_ticketcause AS said
JOIN tickets_ticket AS ticket ON ticket.id = said.ticket_id
JOIN inboxes_inbox AS inbox ON inbox.id = ticket.inbox_id
{join} WHERE ticket.created_at >= %(since)s AND ticket.created_at < %(until)s
    AND NOT inbox.drill AND ticket.state <> 'spam' AND ticket.merged_into_id IS NULL
"""
_BY_DAY = f"""
SELECT said.cause_id, (ticket.created_at AT TIME ZONE %(zone)s)::date, count(*)::int,
    count(*) FILTER (WHERE ticket.sentiment = 'negative')::int
{_COUNTED.format(join="")} GROUP BY 1, 2
"""
_CYCLE = "JOIN reports_countedcycle AS cycle ON cycle.ticket_id = ticket.id AND cycle.metric = 'first_response'"
_PROMISES = f"""
SELECT said.cause_id, count(*) FILTER (WHERE cycle.on_time)::int, count(*) FILTER (WHERE cycle.late)::int
{_COUNTED.format(join=_CYCLE)} GROUP BY 1
"""
# Each step counts the time since the step before it of the same colleague, on whatever ticket that was.
_WORK = f"""
WITH step AS (
    SELECT ticket_id, at - lag(at) OVER (PARTITION BY actor_id ORDER BY at, id) AS since
    FROM tickets_ticketevent WHERE actor_id IS NOT NULL AND at >= %(since)s
), work AS (
    SELECT ticket_id, sum(CASE WHEN since IS NULL OR since > %(longest)s THEN %(first)s ELSE since END) AS lasted
    FROM step GROUP BY ticket_id
)
SELECT said.cause_id, extract(epoch FROM sum(work.lasted))::float
{_COUNTED.format(join="JOIN work ON work.ticket_id = ticket.id")} GROUP BY 1
"""  # noqa: S608 our own statement
_SAID = """
SELECT count(*)::int, count(said.ticket_id)::int FROM tickets_ticket AS ticket
JOIN inboxes_inbox AS inbox ON inbox.id = ticket.inbox_id
LEFT JOIN causes_ticketcause AS said ON said.ticket_id = ticket.id
WHERE ticket.created_at >= %(since)s AND ticket.created_at < %(until)s AND ticket.state = 'resolved'
    AND NOT inbox.drill AND ticket.merged_into_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One cause with all that lies below it. `striking`: the change is more than chance, all causes seen together."""

    place: Place
    department: Department | None
    owner: User | None
    tickets: int
    today: int
    negative: int
    on_time: int
    late: int
    work: timedelta
    change: Change | None
    striking: bool

    @property
    def compliance(self) -> float | None:
        """The share of first responses that were in time; None where none was promised."""
        return compliance(self.on_time, self.late)


@dataclass(frozen=True, slots=True)
class CauseFigures:
    """`first` to `last` are the days of the period; `before` is the first day of what it is compared with."""

    now: datetime
    period: str
    first: date
    last: date
    before: date
    lines: list[Line]
    resolved: int  # tickets of the period that are resolved,
    said: int  # and how many of them have a cause
    crisis_days: list[date]  # left out of comparisons, as are
    blind_days: list[date]

    @property
    def work(self) -> timedelta:
        return sum((line.work for line in self.lines if not line.place.depth), timedelta())

    @property
    def tickets(self) -> int:
        return sum(line.tickets for line in self.lines if not line.place.depth)


@dataclass(frozen=True, slots=True)
class Excluded:
    """Days that are compared with no other."""

    crisis: frozenset[date]
    blind: frozenset[date]

    def out_of(self, days: Mapping[date, int]) -> dict[date, int]:
        """The days that can be compared."""
        return {day: count for day, count in days.items() if day not in self.crisis and day not in self.blind}


def read(reader: User, period: str, *, now: datetime | None = None) -> CauseFigures:
    """The figures of a period of PERIODS, at most a minute old. Raises NotPermitted, Invalid."""
    require(reader, Permission.READ_TICKETS)
    if period not in PERIODS:
        raise Invalid(_("Choose a week, a month or a quarter."))
    now = now or timezone.now()
    return kept_a_while(f"causes:{period}", now, FRESH, lambda: _work_out(period, now))


def _work_out(period: str, now: datetime) -> CauseFigures:
    today = timezone.localtime(now).date()
    length = PERIODS[period]
    first = today - DAY * length
    before = first - DAY * max(BEFORE * length, SHORTEST_BEFORE)
    tree = Tree()
    by_day = counts_by_day(tree, before, today)
    recent = {"since": midnight(first), "until": midnight(today)}
    promises = _added(tree, _PROMISES, recent)
    work = _added(tree, _WORK, {**recent, "longest": LONGEST, "first": FIRST})
    places = tree.places(archived=True)
    under = {place.cause.pk: _living(tree, tree.under(place.cause)) for place in places}
    out = excluded(before, today, now)
    days = {cause: added(by_day, causes) for cause, causes in under.items()}
    known_since = max(before, min((day for counted in days.values() for day in counted), default=before))
    changes = _changes(days, known_since, first, today, out)
    striking = beyond_chance({cause: one.chance for cause, one in changes.items()})
    negative = {
        cause: sum(bad for day, (_count, bad) in by_day.get(cause, {}).items() if first <= day < today)
        for cause in under
    }
    lines = []
    for place in places:
        cause, causes = place.cause.pk, under[place.cause.pk]
        on_time, late = (sum(int(promises.get(one, (0, 0))[at]) for one in causes) for at in (0, 1))
        line = Line(
            place=place,
            department=tree.department(place.cause),
            owner=tree.owner(place.cause),
            tickets=sum(count for day, count in days[cause].items() if first <= day < today),
            today=days[cause].get(today, 0),
            negative=sum(negative[one] for one in causes),
            on_time=on_time,
            late=late,
            work=timedelta(seconds=sum(work.get(one, (0.0,))[0] for one in causes)),
            change=changes.get(cause),
            striking=cause in striking,
        )
        if line.tickets or line.today or line.change or place.cause.archived_at is None:
            lines.append(line)
    ((resolved, said),) = _rows(_SAID, recent)
    days_of_all = {before + DAY * number for number in range((today - before).days)}
    return CauseFigures(
        now, period, first, today - DAY, known_since, lines, resolved, said,
        sorted(out.crisis & days_of_all), sorted(out.blind & days_of_all),
    )  # fmt: skip


def counts_by_day(tree: Tree, first: date, last: date) -> dict[int, dict[date, tuple[int, int]]]:
    """Tickets and those that sounded negative, by the cause as which they are counted today and by day."""
    found: dict[int, dict[date, tuple[int, int]]] = {}
    for cause_id, day, count, bad in _rows(_BY_DAY, {"since": midnight(first), "until": midnight(last + DAY)}):
        days = found.setdefault(tree.now(cause_id).pk, {})
        counted, sounded = days.get(day, (0, 0))
        days[day] = counted + count, sounded + bad
    return found


def added(by_day: Mapping[int, Mapping[date, tuple[int, int]]], causes: Iterable[int]) -> dict[date, int]:
    """Tickets by day of several causes together; days without any are missing."""
    days: dict[date, int] = {}
    for cause in causes:
        for day, (count, _bad) in by_day.get(cause, {}).items():
            days[day] = days.get(day, 0) + count
    return days


def whole(days: Mapping[date, int], first: date, until: date) -> dict[date, int]:
    """The same with every day from `first` up to `until`, which is not in it."""
    every = (first + DAY * number for number in range((until - first).days))
    return {day: days.get(day, 0) for day in every}


def excluded(first: date, last: date, now: datetime) -> Excluded:
    """The days of crises (no drills), and those on which any inbox was blind for longer than BLIND."""
    since, until = midnight(first), midnight(last + DAY)
    over = Q(ended_at=None, state=Crisis.State.ACTIVE) | Q(ended_at__gt=since)
    crises = Crisis.objects.filter(over, drill=False, started_at__lt=until).values_list("started_at", "ended_at")
    crisis = {
        day
        for started, ended in crises
        if started is not None
        for day in _days(max(started, since), min(ended or now, until - timedelta(microseconds=1)))
    }
    spans = together((gap.started_at, gap.ended_at or now) for gap in gaps_between(since, until, now))
    days = (first + DAY * number for number in range((last - first).days + 1))
    blind = {day for day in days if length_within(spans, midnight(day), midnight(day + DAY)) > BLIND}
    return Excluded(frozenset(crisis), frozenset(blind))


def _days(since: datetime, until: datetime) -> list[date]:
    first, last = timezone.localtime(since).date(), timezone.localtime(until).date()
    return [first + DAY * number for number in range((last - first).days + 1)]


def _changes(
    days: Mapping[int, Mapping[date, int]], since: date, first: date, today: date, out: Excluded
) -> dict[int, Change]:
    """Of every cause of which enough is known, with what all causes together teach of how counts vary.

    `since`: before the first cause was ever chosen nothing is known.
    """
    before = {cause: out.out_of(whole(counted, since, first)) for cause, counted in days.items()}
    after = {cause: out.out_of(whole(counted, first, today)) for cause, counted in days.items()}
    spreads: dict[int, Spread] = {cause: spread(counted) for cause, counted in before.items()}
    found = {
        cause: change(before[cause], after[cause], steadier(one, list(spreads.values())))
        for cause, one in spreads.items()
    }
    return {cause: one for cause, one in found.items() if one is not None}


def _living(tree: Tree, causes: Collection[int]) -> set[int]:
    """Those that are counted under a name of their own."""
    return {cause for cause in causes if tree[cause].merged_into_id is None}


def _added(tree: Tree, sql: str, parameters: Mapping[str, Any]) -> dict[int, tuple[float, ...]]:
    found: dict[int, tuple[float, ...]] = {}
    for cause_id, *numbers in _rows(sql, parameters):
        cause = tree.now(cause_id).pk
        known: Sequence[float] = found.get(cause, (0.0,) * len(numbers))
        found[cause] = tuple(one + (other or 0) for one, other in zip(known, numbers, strict=True))
    return found


def _rows(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"zone": str(desk_zone()), **parameters})
        return list(cursor.fetchall())
