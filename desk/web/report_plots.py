"""The plots of a report, as coordinates like those of `desk.web.plots`."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from desk.actions.report import Report
from desk.actions.report_tables import band_name, weekday_name
from desk.web.plots import FLOOR, LEFT, STEPS, TOP, WIDTH
from policies.reports import distribution, shade

_LABELS = 8  # at most below a plot


@dataclass(frozen=True, slots=True)
class HeatCell:
    hour: int
    minutes: int | None
    level: str  # the class of its shade
    says: str


@dataclass(frozen=True, slots=True)
class Trend:
    median: str  # points of a polyline
    p90: str
    grid: list[tuple[str, str, int]]  # y, y of the text, minutes
    labels: list[tuple[str, str]]
    blind: list[tuple[str, str]]  # x, width
    slowest: tuple[str, int] | None  # day, minutes


@dataclass(frozen=True, slots=True)
class Column:
    x: str
    middle: str
    y: str
    top: str
    height: str
    label: str
    count: int


def trend(report: Report) -> Trend:
    """Median and p90 in minutes over the period; days without an answer are left out."""
    steps = report.days
    width = (WIDTH - LEFT) / max(len(steps), 1)
    values = [(one.tally.percentile(50), one.tally.percentile(90)) for one in steps]
    highest = max((p90 / 60 for _median, p90 in values if p90 is not None), default=0)
    step = next((step for step in STEPS if step * 3 >= highest), STEPS[-1])
    scale = (FLOOR - TOP) / (step * 3)

    def points(which: int) -> str:
        return " ".join(
            f"{LEFT + (number + 0.5) * width:.1f},{FLOOR - seconds / 60 * scale:.1f}"
            for number, pair in enumerate(values)
            if (seconds := pair[which]) is not None
        )

    every = -(-len(steps) // _LABELS)
    slow = [(p90, one.value) for one, (_median, p90) in zip(steps, values, strict=True) if p90 is not None]
    worst = max(slow, default=None)
    return Trend(
        points(0),
        points(1),
        [(f"{FLOOR - line * step * scale:.1f}", f"{FLOOR - line * step * scale + 4:.1f}", line * step)
         for line in (1, 2, 3)],
        [(f"{LEFT + (number + 0.5) * width:.1f}", _day(steps[number].value)) for number in range(0, len(steps), every)],
        _blind(report),
        (_day(worst[1]), round(worst[0] / 60)) if worst else None,
    )  # fmt: skip


def heat(report: Report) -> list[tuple[str, int, list[HeatCell]]]:
    """A row for each weekday, with the p90 in minutes of each hour."""
    values = {place: one.percentile(90) for place, one in report.hours.items()}
    highest = max((value for value in values.values() if value is not None), default=0)
    return [
        (
            weekday_name(day),
            day,
            [
                HeatCell(
                    hour,
                    None if (value := values.get((day, hour))) is None else -(-value // 60),
                    f"h{shade(value, highest)}",
                    f"{weekday_name(day)} {hour:02d}:00",
                )
                for hour in range(24)
            ],
        )
        for day in range(1, 8)
    ]


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
                f"{height:.1f}", band_name(band.above, band.to), band.count,
            )
        )  # fmt: skip
    return found


def _day(value: str) -> str:
    return date_format(date.fromisoformat(value), "j M")


def _blind(report: Report) -> list[tuple[str, str]]:
    since, until = report.chosen.since, report.chosen.until
    unit = (WIDTH - LEFT) / (until - since).total_seconds()
    spans = []
    for gap in report.gaps:
        start = (max(gap.started_at, since) - since).total_seconds() * unit
        end = (min(gap.ended_at or report.now, until) - since).total_seconds() * unit
        spans.append((f"{LEFT + start:.1f}", f"{max(end - start, 2):.1f}"))
    return spans
