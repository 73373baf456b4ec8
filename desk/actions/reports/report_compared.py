"""A report beside earlier periods of the same length: each main figure, what it was then, the difference in words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from desk.actions.reports import report
from desk.actions.reports.definitions import DEFINITIONS
from desk.actions.reports.report import Report
from desk.actions.reports.report_tables import Cell, Row, Table, minutes, shown, tables, tenths
from desk.actions.reports.report_wishes import Wish
from desk.common.dates import date_format
from desk.people.models import User
from desk.reports.counting import Chosen, Tally, tally
from desk.reports.models import CountedCycle
from policies.report_periods import Window, before, year_before

MAIN = ("compliance", "median", "p90", "p95", "volume", "unanswered")  # by the names of their definitions


@dataclass(frozen=True, slots=True)
class Earlier:
    """A period that a report is compared with; `all` is None where the desk counted nothing, or not all of it."""

    name: str  # "before" or "year"
    since: datetime
    until: datetime
    all: Tally | None

    @property
    def label(self) -> str:
        """“7 days before: 2 Mar to 8 Mar 2026”."""
        first, until = timezone.localtime(self.since), timezone.localtime(self.until)
        whole = until.time() == until.min.time()
        last = date_format(until - timedelta(days=1), "j M Y") if whole else date_format(until, "j M Y H:i")
        values = {"first": date_format(first, "j M"), "last": last}
        if self.name == "year":
            return _("A year before: %(first)s to %(last)s") % values
        return _("Before: %(first)s to %(last)s") % values


@dataclass(frozen=True, slots=True)
class Compared:
    """A report with the periods that it is compared with."""

    report: Report
    earlier: tuple[Earlier, ...]


def read(user: User, wish: Wish, *, now: datetime | None = None, dimensions: Iterable[str] = report.SHOWN) -> Compared:
    """The figures of a period (as `report.read`) and of those it is compared with. Raises NotPermitted and Invalid."""
    now = now or timezone.now()
    chosen = wish.chosen(now)
    found = report.read(user, chosen, now=now, dimensions=dimensions)
    return Compared(found, _earlier(chosen, wish.compare == "year", now))


def sheets(found: Compared, query: dict[str, str]) -> list[Table]:
    """The tables of the screen, the files and the mail, but `hours_table`; `query` as in `report_tables.tables`."""
    rows = [Row([name_with_unit(key), figure(found.report.all, key), *_then(found, key)]) for key in MAIN]
    head = [_("Figure"), _("This period")]
    for one in found.earlier:
        head += [one.label, _("Difference")]
    return [Table(_("Compared"), head, rows, folded=True), *tables(found.report, query)]


def figure(one: Tally, key: str) -> float | None:
    """A main figure as the tables have it: per cent, minutes, or a count."""
    match key:
        case "compliance":
            return None if one.compliance is None else tenths(one.compliance * 100)
        case "volume":
            return one.arrived
        case "unanswered":
            return one.unanswered
    return minutes(one.percentile({"median": 50, "p90": 90, "p95": 95}[key]))


def in_words(key: str, value: float, then: float) -> str:
    """What became of a figure: “3.2 points better”, “2 min faster”, “12 more”. Never said by a colour."""
    change = tenths(value - then)
    if not change:
        return _("the same")
    amount = {"count": number_format(abs(change), force_grouping=True)}
    if key == "compliance":
        return (_("%(count)s points better") if change > 0 else _("%(count)s points worse")) % amount
    if key in ("median", "p90", "p95"):
        return (_("%(count)s min slower") if change > 0 else _("%(count)s min faster")) % amount
    return (_("%(count)s more") if change > 0 else _("%(count)s fewer")) % amount


def then(found: Compared, earlier: Earlier, key: str) -> str:
    """“84.1 % before, 3.2 points better”."""
    says, year = difference(found, earlier, key), earlier.name == "year"
    value = None if earlier.all is None else figure(earlier.all, key)
    if value is None:
        return (_("a year before: %(says)s") if year else _("before: %(says)s")) % {"says": says}
    values = {"value": f"{shown(value)} {unit(key)}".strip(), "says": says}
    return (_("%(value)s a year before, %(says)s") if year else _("%(value)s before, %(says)s")) % values


def unit(key: str) -> str:
    """Of a main figure; empty for a count."""
    return {"compliance": "%", "volume": "", "unanswered": ""}.get(key, _("min"))


def difference(found: Compared, earlier: Earlier, key: str) -> str:
    """What became of a figure, also where there is nothing to compare."""
    if earlier.all is None:
        return _("nothing was counted then")
    value, then = figure(found.report.all, key), figure(earlier.all, key)
    if value is None or then is None:
        return _("nothing to compare")
    return in_words(key, value, then)


def name_with_unit(key: str) -> str:
    """“Median, min”."""
    return f"{DEFINITIONS[key].name}, {unit(key)}" if unit(key) else str(DEFINITIONS[key].name)


def _then(found: Compared, key: str) -> list[Cell]:
    cells: list[Cell] = []
    for one in found.earlier:
        cells += [None if one.all is None else figure(one.all, key), difference(found, one, key)]
    return cells


def _earlier(chosen: Chosen, year: bool, now: datetime) -> tuple[Earlier, ...]:
    """What has not begun yet is compared with nothing."""
    if now <= chosen.since:
        return ()
    zone = ZoneInfo(timezone.get_default_timezone_name())
    first, after = (at.astimezone(zone).date() for at in (chosen.since, chosen.until))
    reached = now.astimezone(zone).replace(tzinfo=None)
    windows = {"before": before(first, after, reached)} | ({"year": year_before(first, after, reached)} if year else {})
    begun = CountedCycle.objects.filter(metric=chosen.metric).order_by("started_at")
    counted_from = begun.values_list("started_at", flat=True).first()
    return tuple(_counted(name, window, zone, chosen, counted_from) for name, window in windows.items())


def _counted(name: str, window: Window, zone: ZoneInfo, chosen: Chosen, counted_from: datetime | None) -> Earlier:
    """A desk that began in the middle of a period, or heard nothing in it, has no figures that compare."""
    since, until = (at.replace(tzinfo=zone).astimezone(UTC) for at in (window.since, window.until))
    if counted_from is None or counted_from.astimezone(zone).date() > window.since.date():
        return Earlier(name, since, until, None)
    found = tally(replace(chosen, since=since, until=until), ("all",))["all"].get("")
    return Earlier(name, since, until, found if found is not None and found.arrived else None)
