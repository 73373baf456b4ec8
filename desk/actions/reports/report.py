"""A report as people read it: the tallies of a period with names, its backlog, and when connectors were blind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from desk.common.errors import Invalid
from desk.inboxes.coverage import gaps_between, hides
from desk.inboxes.gateway import network as connector
from desk.inboxes.models import CoverageGap, Inbox
from desk.people.models import Team, User
from desk.people.permissions import Permission, require
from desk.reports import flow
from desk.reports.counting import DIMENSIONS, Chosen, Tally, desk_zone, midnight, tally
from desk.reports.moved import Moved, moved
from desk.tickets.models import Priority
from policies.coverage import HOUR, Span, by_weekday_and_hour, length_within, together
from policies.report_periods import CALENDAR_PERIODS, calendar_days

PERIODS = {"today": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}  # days, today included
LONGEST_PERIOD = 1_100  # days
DAYS_SHOWN = 92  # at most, one by one; a longer period goes by weeks, and a much shorter one by hours
DAYS_BY_HOUR = 2
SHOWN = tuple(one for one in DIMENSIONS if one != "week")  # the days of a long period are weeks


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a dimension. `name` is empty for nobody, no team and an unknown language."""

    value: str
    name: str
    tally: Tally
    private: bool | None = None
    blind: timedelta = timedelta()  # in which a message of its could not be seen


@dataclass(frozen=True, slots=True)
class Level:
    """The backlog just before an instant; `blind` is of the time since the level before."""

    since: datetime
    at: datetime
    tickets: int  # that were not resolved
    unanswered: int
    blind: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Report:
    chosen: Chosen
    now: datetime
    all: Tally
    channels: list[Line]  # networks, public and private apart
    inboxes: list[Line]
    teams: list[Line]
    agents: list[Line]
    priorities: list[Line]
    languages: list[Line]
    days: list[Line]  # every day of the period, or every week of a longer one, by its first day
    hours: Mapping[tuple[int, int], Tally]  # ISO weekday and hour
    lags: list[Line]  # inboxes, public and private apart: times until a message reached us
    levels: list[Level]  # the backlog at the end of every hour, day or week, up to now
    gaps: list[CoverageGap] = field(default_factory=list)
    blind: timedelta = timedelta()
    blind_hours: Mapping[tuple[int, int], timedelta] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)  # to private, by network

    @property
    def backlog(self) -> int:
        """Tickets that are not resolved, at the end of the period or now."""
        return self.levels[-1].tickets if self.levels else 0


@dataclass(frozen=True, slots=True)
class Blindness:
    """When each inbox was blind, within a period."""

    since: datetime
    until: datetime
    spans: Mapping[tuple[int, bool], list[Span]]  # by inbox, to what is public or to what is private
    all: list[Span]  # when any of them was

    def of(self, inbox_ids: Iterable[int], *kinds: bool) -> timedelta:
        """How long any of these was, to what is private (True), public (False) or, without `kinds`, either."""
        keys = {(inbox_id, private) for inbox_id in inbox_ids for private in kinds or (False, True)}
        spans = together(span for key in keys for span in self.spans.get(key, ()))
        return length_within(spans, self.since, self.until)

    def within(self, since: datetime, until: datetime) -> timedelta:
        """How long any inbox was, between two instants."""
        return length_within(self.all, max(since, self.since), min(until, self.until))


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


def inboxes_of(network: str) -> tuple[int, ...]:
    """The inboxes of a network, also those that are gone from it."""
    return tuple(Inbox.objects.filter(network=network).order_by("pk").values_list("pk", flat=True))


def read(user: User, chosen: Chosen, *, now: datetime | None = None, dimensions: Iterable[str] = SHOWN) -> Report:
    """The figures of a period, or those of some dimensions only: the lines of others are empty. Raises NotPermitted."""
    require(user, Permission.SEE_REPORTS)
    now, dimensions = now or timezone.now(), tuple(dimensions)
    found: dict[str, dict[str, Tally]] = {dimension: {} for dimension in DIMENSIONS}
    step = "week" if _is_long(chosen) else "day"
    found |= tally(chosen, [step if one == "day" else one for one in dimensions])
    inboxes = {inbox.pk: inbox for inbox in Inbox.objects.all()}
    gaps = gaps_of(chosen, now)
    blind = _blindness(gaps, chosen, now)
    everywhere = blind.within(chosen.since, chosen.until)
    teams = {0: "", **dict(Team.objects.values_list("pk", "name"))}
    agents = {0: "", **{one.pk: one.get_full_name() or one.username for one in User.objects.all()}}
    priorities = {number: str(label) for number, label in Priority.choices}
    names = {pk: inbox.name for pk, inbox in inboxes.items()}
    return Report(
        chosen=chosen,
        now=now,
        all=found["all"].get("", Tally()),
        channels=_channels(found["channel"], inboxes, blind),
        inboxes=_inboxes(found["channel"], names, blind),
        teams=_named(found["team"], teams, everywhere),
        agents=_named(found["agent"], agents, everywhere),
        priorities=_named(found["priority"], priorities, everywhere),
        languages=[Line(value, value, one, blind=everywhere) for value, one in _most_first(found["language"])],
        days=_over_time(found[step], chosen, blind),
        hours={divmod(int(value), 24): one for value, one in found["hour"].items()},
        lags=_lags(found["lag"], names, blind),
        levels=_levels(chosen, blind, now),
        gaps=gaps,
        blind=everywhere,
        blind_hours=by_weekday_and_hour(blind.all, desk_zone()),
        moved=moved(chosen) if "channel" in dimensions else [],
    )


def gaps_of(chosen: Chosen, now: datetime) -> list[CoverageGap]:
    """When the inboxes of a report were blind in its period."""
    inboxes = chosen.inboxes
    if chosen.inbox is not None:
        inboxes = tuple(one for one in (chosen.inbox,) if inboxes is None or one in inboxes)
    return gaps_between(chosen.since, chosen.until, now, inboxes=inboxes)


def _blindness(gaps: Iterable[CoverageGap], chosen: Chosen, now: datetime) -> Blindness:
    until = min(chosen.until, now)
    spans: dict[tuple[int, bool], list[Span]] = {}
    for gap in gaps:
        span = (max(gap.started_at, chosen.since), min(gap.ended_at or now, until))
        for private in (False, True):
            if hides(gap, private=private):
                spans.setdefault((gap.inbox_id, private), []).append(span)
    return Blindness(chosen.since, until, spans, together(span for several in spans.values() for span in several))


def _channels(found: Mapping[str, Tally], inboxes: Mapping[int, Inbox], blind: Blindness) -> list[Line]:
    """By network, public before private."""
    tallies: dict[tuple[str, int], Tally] = {}
    for value, one in found.items():
        inbox_id, private = map(int, value.split())
        network = inboxes[inbox_id].network if inbox_id in inboxes else ""
        tallies.setdefault((network, private), Tally()).add(one)
    members: dict[str, list[int]] = {}
    for inbox in inboxes.values():
        members.setdefault(inbox.network, []).append(inbox.pk)
    return [
        Line(
            f"{network} {private}",
            label_of(network),
            one,
            bool(private),
            blind.of(members.get(network, ()), bool(private)),
        )
        for (network, private), one in sorted(tallies.items())
    ]


def label_of(network: str) -> str:
    """What people call a network."""
    try:
        return connector(network).label
    except LookupError:  # its connector is gone
        return network


def _inboxes(found: Mapping[str, Tally], names: Mapping[int, str], blind: Blindness) -> list[Line]:
    tallies: dict[int, Tally] = {}
    for value, one in found.items():
        tallies.setdefault(int(value.split()[0]), Tally()).add(one)
    return [Line(str(pk), names.get(pk, f"#{pk}"), one, blind=blind.of([pk])) for pk, one in sorted(tallies.items())]


def _lags(found: Mapping[str, Tally], names: Mapping[int, str], blind: Blindness) -> list[Line]:
    lines = []
    for value, one in sorted(found.items()):
        inbox_id, private = map(int, value.split())
        lines.append(
            Line(value, names.get(inbox_id, f"#{inbox_id}"), one, bool(private), blind.of([inbox_id], bool(private)))
        )
    return lines


def _named(found: Mapping[str, Tally], names: Mapping[int, str], blind: timedelta) -> list[Line]:
    return [Line(value, names.get(int(value), f"#{value}"), one, blind=blind) for value, one in _most_first(found)]


def _most_first(found: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    return sorted(found.items(), key=lambda entry: (-entry[1].arrived, entry[0]))


def _is_long(chosen: Chosen) -> bool:
    return chosen.until - chosen.since > timedelta(days=DAYS_SHOWN, hours=12)  # a day may have 25 hours


def _steps(chosen: Chosen) -> list[date]:
    """The first days of what a report is divided into, and the day after it: weeks from Monday where it is long."""
    first, end = timezone.localtime(chosen.since).date(), timezone.localtime(chosen.until).date()
    days = [first + timedelta(days=number) for number in range((end - first).days)]
    if _is_long(chosen):
        days = [day for day in days if day == first or day.weekday() == 0]
    return [*days, end]


def _over_time(found: Mapping[str, Tally], chosen: Chosen, blind: Blindness) -> list[Line]:
    """Those in which nothing came in are there, and empty."""
    steps = _steps(chosen)
    lines = []
    for step, following in pairwise(steps):
        one = found.get(step.isoformat())
        if one is None and step == steps[0]:  # a week that the period cuts is found under its Monday
            one = found.get((step - timedelta(days=step.weekday())).isoformat())
        seconds = blind.within(midnight(step), midnight(following))
        lines.append(Line(step.isoformat(), step.isoformat(), one or Tally(), blind=seconds))
    return lines


def _levels(chosen: Chosen, blind: Blindness, now: datetime) -> list[Level]:
    """By hour for two days, else by the steps of the report. The last is the hour that runs now, or the end."""
    last = min(chosen.until, now.replace(minute=0, second=0, microsecond=0) + HOUR)
    if last <= chosen.since:
        return []
    steps = _steps(chosen)
    if len(steps) - 1 <= DAYS_BY_HOUR:
        hours = int((last - chosen.since) / HOUR)
        ends = [chosen.since + HOUR * number for number in range(1, hours + 1)]
    else:
        ends = [end for day in steps[1:] if (end := midnight(day)) < last]
    moments = [*(end for end in ends if end < last), last]
    counted = flow.backlog(chosen, moments)
    return [
        Level(since, one.at, one.tickets, one.unanswered, blind.within(since, one.at))
        for since, one in zip([chosen.since, *moments], counted, strict=False)
    ]
