"""The plots of a report, as coordinates like those of `desk.web.plots`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.actions.reports.report import Report
from desk.actions.reports.report_drills import in_band
from desk.actions.reports.report_tables import band_name, level_name, weekday_name
from desk.common.dates import date_format
from desk.reports.counting import Tally
from desk.web.plots import FLOOR, LEFT, STEPS, TOP, WIDTH
from desk.web.show import times
from policies.coverage import HOUR
from policies.reports import distribution, shade

_LABELS = 8  # at most below a plot
_NONE = timedelta()


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of a weekday; `minutes` are its p90, where anybody was answered."""

    hour: int
    minutes: int | None
    level: str  # the class of its shade
    says: str
    arrived: int
    unanswered: int
    blind: bool


@dataclass(frozen=True, slots=True)
class Curves:
    """Two lines over the same steps."""

    first: str  # points of a polyline
    second: str
    grid: list[tuple[str, str, int]]  # y, y of the text, value
    labels: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Trend:
    curves: Curves
    blind: list[tuple[str, str]]  # x, width
    worst: tuple[str, int] | None  # when, and how much


@dataclass(frozen=True, slots=True)
class Column:
    x: str
    middle: str
    y: str
    top: str
    height: str
    label: str
    count: int
    drill: str


def trend(report: Report) -> Trend:
    """Median and p90 in minutes over the period; days without an answer are left out."""
    found = [one.tally.percentiles(50, 90) for one in report.days]
    pairs = [[None if one is None else one.seconds / 60 for one in pair] for pair in found]
    names = [_day(one.value) for one in report.days]
    slow = [(pair[1], one.value) for pair, one in zip(pairs, report.days, strict=True) if pair[1] is not None]
    worst = max(slow, default=None)
    return Trend(
        _curves(pairs, names),
        _blind(report, report.chosen.since, report.chosen.until),
        (_day(worst[1]), round(worst[0])) if worst else None,
    )


def levels(report: Report) -> Trend | None:
    """What was not resolved, and where a customer waited, at the end of each hour, day or week."""
    if not report.levels:
        return None
    pairs: list[list[float | None]] = [[level.tickets, level.unanswered] for level in report.levels]
    by_hour = all(level.at - level.since <= HOUR for level in report.levels)
    names = [
        date_format(timezone.localtime(level.at), "H:i")
        if by_hour
        else date_format(timezone.localtime(level.at - timedelta(seconds=1)), "j M")
        for level in report.levels
    ]
    most = max(report.levels, key=lambda level: level.tickets)
    return Trend(
        _curves(pairs, names),
        _blind(report, report.levels[0].since, report.levels[-1].at),
        (level_name(most, report.now), most.tickets),
    )


def heat(report: Report) -> list[tuple[str, int, list[HeatCell]]]:
    """A row for each weekday, with the p90 in minutes of each hour."""
    values = {place: one.percentile(90) for place, one in report.hours.items()}
    highest = max((value for value in values.values() if value is not None), default=0)

    def cell(day: int, hour: int) -> HeatCell:
        value, blind = values.get((day, hour)), report.blind_hours.get((day, hour), _NONE)
        one = report.hours.get((day, hour), Tally())
        minutes = None if value is None else -(-value // 60)
        return HeatCell(
            hour, minutes, f"h{shade(value, highest)}", _says(day, hour, minutes, one, blind),
            one.arrived, one.unanswered, bool(blind),
        )  # fmt: skip

    return [(weekday_name(day), day, [cell(day, hour) for hour in range(24)]) for day in range(1, 8)]


def bars(report: Report) -> list[Column]:
    """How many took how long."""
    bands = distribution(report.all.times.items())
    highest = max(band.count for band in bands) or 1
    width = (WIDTH - LEFT) / len(bands)
    found = []
    for number, band in enumerate(bands):
        height = band.count / highest * (FLOOR - TOP - 14)
        x = LEFT + number * width
        found.append(
            Column(
                f"{x + 3:.1f}", f"{x + width / 2:.1f}", f"{FLOOR - height:.1f}", f"{FLOOR - height - 5:.1f}",
                f"{height:.1f}", band_name(band.above, band.to), band.count, in_band(band),
            )
        )  # fmt: skip
    return found


def _curves(pairs: Sequence[Sequence[float | None]], names: Sequence[str]) -> Curves:
    """Values in their own unit, from the floor up; what is not known breaks no line."""
    width = (WIDTH - LEFT) / max(len(pairs), 1)
    highest = max((value for pair in pairs for value in pair if value is not None), default=0)
    step = next((step for step in STEPS if step * 3 >= highest), STEPS[-1])
    scale = (FLOOR - TOP) / (step * 3)

    def points(which: int) -> str:
        return " ".join(
            f"{LEFT + (number + 0.5) * width:.1f},{FLOOR - value * scale:.1f}"
            for number, pair in enumerate(pairs)
            if (value := pair[which]) is not None
        )

    lines = [step * line for line in (1, 2, 3)]
    every = -(-len(names) // _LABELS)
    return Curves(
        points(0),
        points(1),
        [(f"{FLOOR - value * scale:.1f}", f"{FLOOR - value * scale + 4:.1f}", value) for value in lines],
        [(f"{LEFT + (number + 0.5) * width:.1f}", names[number]) for number in range(0, len(names), every)],
    )


def _says(day: int, hour: int, minutes: int | None, one: Tally, blind: timedelta) -> str:
    """The whole cell in words: “Monday 10:00: p90 12 min; 4 came in; 1 unanswered; blind 40 min”."""
    told = [] if minutes is None else [_("p90 %(minutes)d min") % {"minutes": minutes}]
    told.append(_("%(count)d came in") % {"count": one.arrived})
    if one.unanswered:
        told.append(
            ngettext("%(count)d unanswered", "%(count)d unanswered", one.unanswered) % {"count": one.unanswered}
        )
    if blind:
        told.append(_("blind %(length)s") % {"length": times.length(blind)})
    return f"{weekday_name(day)} {hour:02d}:00: {'; '.join(told)}"


def _day(value: str) -> str:
    return date_format(date.fromisoformat(value), "j M")


def _blind(report: Report, since: datetime, until: datetime) -> list[tuple[str, str]]:
    unit = (WIDTH - LEFT) / (until - since).total_seconds()
    spans = []
    for gap in report.gaps:
        start = (max(gap.started_at, since) - since).total_seconds() * unit
        end = (min(gap.ended_at or report.now, until) - since).total_seconds() * unit
        spans.append((f"{LEFT + start:.1f}", f"{max(end - start, 2):.1f}"))
    return spans
