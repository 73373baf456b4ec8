"""A report as people read it: the tallies of a period with names, what waits now, and when connectors were blind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.figures import blind_time
from desk.common.errors import Invalid
from desk.common.paging import Slice, slice_after
from desk.inboxes.models import CoverageGap, Inbox
from desk.people.models import Team, User
from desk.people.permissions import Permission, require
from desk.reports.counting import Chosen, Tally, midnight, tally
from desk.reports.models import CountedCycle
from desk.tickets.models import OPEN_STATES, Priority, Ticket
from policies.report_periods import CALENDAR_PERIODS, calendar_days

PERIODS = {"today": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}  # days, today included
LONGEST_PERIOD = 1_100  # days
KINDS = ("answered", "on_time", "late", "unanswered", "cancelled", "dropped")


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a dimension. `name` is empty for nobody, no team and an unknown language."""

    value: str
    name: str
    tally: Tally
    private: bool | None = None
    blind: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Report:
    chosen: Chosen
    now: datetime
    all: Tally
    backlog: int  # open tickets now
    channels: list[Line]
    teams: list[Line]
    agents: list[Line]
    priorities: list[Line]
    languages: list[Line]
    days: list[Line]  # every day of the period, or every week of a longer one, by its first day
    hours: Mapping[tuple[int, int], Tally]  # ISO weekday and hour
    gaps: list[CoverageGap] = field(default_factory=list)


def period(name: str, first: date | None, last: date | None, now: datetime) -> tuple[datetime, datetime]:
    """From when until when a report goes: a name of PERIODS or CALENDAR_PERIODS, or `first` to `last` for "own".

    Raises Invalid.
    """
    today = timezone.localtime(now).date()
    if name in CALENDAR_PERIODS:
        first, last = calendar_days(name, today)
    if name in PERIODS:
        return midnight(today - timedelta(days=PERIODS[name] - 1)), midnight(today + timedelta(days=1))
    if first is None or last is None or last < first:
        raise Invalid(_("Give a first and a last day, in this order."), errors={"first": [_("Give two days.")]})
    if (last - first).days >= LONGEST_PERIOD or last.year > today.year + 1:
        raise Invalid(_("A report covers at most three years."), errors={"last": [_("Choose a shorter period.")]})
    return midnight(first), midnight(last + timedelta(days=1))


def read(user: User, chosen: Chosen, *, now: datetime | None = None) -> Report:
    """The figures of a period. Raises NotPermitted."""
    require(user, Permission.SEE_REPORTS)
    now = now or timezone.now()
    found = tally(chosen)
    gaps = _gaps(chosen, now)
    names = dict(Inbox.objects.values_list("pk", "name"))
    teams = {0: "", **dict(Team.objects.values_list("pk", "name"))}
    agents = {0: "", **{one.pk: one.get_full_name() or one.username for one in User.objects.all()}}
    priorities = {number: str(label) for number, label in Priority.choices}
    return Report(
        chosen=chosen,
        now=now,
        all=found["all"].get("", Tally()),
        backlog=_backlog(chosen),
        channels=[_channel(value, one, names, gaps, chosen, now) for value, one in sorted(found["channel"].items())],
        teams=_named(found["team"], teams),
        agents=_named(found["agent"], agents),
        priorities=_named(found["priority"], priorities),
        languages=[Line(value, value, one) for value, one in _most_first(found["language"])],
        days=_over_time(found["day"], chosen),
        hours={divmod(int(value), 24): one for value, one in found["hour"].items()},
        gaps=gaps,
    )


def cycles(
    user: User, chosen: Chosen, *, kind: str = "", weekday: int | None = None, hour: int | None = None, cursor: str = ""
) -> Slice[CountedCycle]:
    """The tickets behind a figure, newest first: exactly those that were counted. Raises NotPermitted and Invalid."""
    require(user, Permission.SEE_REPORTS)
    rows = CountedCycle.objects.filter(
        metric=chosen.metric, started_at__gte=chosen.since, started_at__lt=chosen.until, **chosen.filters
    ).select_related("ticket__profile", "ticket__inbox", "ticket__assignee")
    if kind and kind not in KINDS:
        raise Invalid(_("There is no such figure."), errors={"kind": [_("Unknown figure.")]})
    if kind:
        rows = rows.filter(wall__isnull=False) if kind == "answered" else rows.filter(**{kind: True})
    if weekday is not None:
        rows = rows.alias(weekday=ExtractIsoWeekDay("started_at")).filter(weekday=weekday)
    if hour is not None:
        rows = rows.alias(hour=ExtractHour("started_at")).filter(hour=hour)
    return slice_after(rows, ("started_at", "clock_id"), cursor, 50, descending=True)


def _backlog(chosen: Chosen) -> int:
    rows = Ticket.objects.filter(state__in=OPEN_STATES)
    for column, value in chosen.filters.items():
        wanted: Any = None if column in ("team_id", "assignee_id") and value == 0 else value
        rows = rows.filter(**{"conversation__private" if column == "private" else column: wanted})
    return rows.count()


def _gaps(chosen: Chosen, now: datetime) -> list[CoverageGap]:
    rows = CoverageGap.objects.filter(Q(ended_at=None) | Q(ended_at__gt=chosen.since), started_at__lt=chosen.until)
    if chosen.inbox is not None:
        rows = rows.filter(inbox=chosen.inbox)
    return list(rows.filter(started_at__lte=now).select_related("inbox").order_by("started_at"))


def _channel(
    value: str, one: Tally, names: Mapping[int, str], gaps: list[CoverageGap], chosen: Chosen, now: datetime
) -> Line:
    inbox, private = map(int, value.split())
    until = min(chosen.until, now)
    blind = sum((blind_time(gap, chosen.since, until) for gap in gaps if gap.inbox_id == inbox), timedelta())
    return Line(value, names.get(inbox, f"#{inbox}"), one, bool(private), blind)


def _named(found: Mapping[str, Tally], names: Mapping[int, str]) -> list[Line]:
    return [Line(value, names.get(int(value), f"#{value}"), one) for value, one in _most_first(found)]


def _most_first(found: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    return sorted(found.items(), key=lambda entry: (-entry[1].arrived, entry[0]))


def _over_time(found: Mapping[str, Tally], chosen: Chosen) -> list[Line]:
    """Days for up to three months, weeks from Monday beyond. Days on which nothing came in are there, and empty."""
    first = timezone.localtime(chosen.since).date()
    count = (timezone.localtime(chosen.until).date() - first).days
    steps: dict[date, Tally] = {}
    for number in range(count):
        day = first + timedelta(days=number)
        step = day if count <= 92 else max(day - timedelta(days=day.weekday()), first)
        whole = steps.setdefault(step, Tally())
        if (one := found.get(day.isoformat())) is not None:
            whole.add(one)
    return [Line(step.isoformat(), step.isoformat(), one) for step, one in steps.items()]
