"""Plots as coordinates: a template writes them into SVG attributes, so that no style and no script is needed.

All of them are 660 wide; `width` and `x` are in the same units. Each says its finding in words as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.actions.reports.figures import Figures, Speed

WIDTH, LEFT, TOP, FLOOR = 660.0, 34.0, 14.0, 176.0
STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
HOURS_SHOWN_AT_LEAST = 8


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a stacked bar; `kind` is the class that colours it."""

    kind: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour."""

    x: str
    width: str
    middle: str
    label: str
    total: int
    top: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A line across with its value."""

    y: str
    text_y: str
    label: int


@dataclass(frozen=True, slots=True)
class Blind:
    """An interval in which an inbox saw nothing."""

    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One value of a line, to be read on its own."""

    x: str
    y: str
    label: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Bars:
    """What became of what came in, hour by hour."""

    bars: list[Bar]
    grid: list[Grid]
    blind: list[Blind]
    busiest: Bar | None


@dataclass(frozen=True, slots=True)
class Lines:
    """Median and p90 by hour, in minutes. Hours without an answer break the line."""

    median: list[str]
    p90: list[str]
    dots: list[Dot]
    grid: list[Grid]
    hours: list[tuple[str, str]]
    slowest: Dot | None


def arrivals(figures: Figures) -> Bars:
    """Stacked bars: answered on time, answered late, not answered yet."""
    columns = _columns(len(figures.hours))
    grid, scale = _grid(max((hour.arrived for hour in figures.hours), default=0))
    bars = [_bar(hour, speed, columns, scale) for hour, speed in enumerate(figures.hours)]
    busiest = max(bars, key=lambda bar: bar.total, default=None)
    return Bars(bars, grid, _blind(figures, columns), busiest if busiest and busiest.total else None)


def speed(figures: Figures) -> Lines:
    """Two lines over the hours of the day."""
    columns = _columns(len(figures.hours))
    highest = max((_minutes(hour.p90) for hour in figures.hours), default=0)
    grid, scale = _grid(highest)
    middles = [_number(LEFT + (hour + 0.5) * columns) for hour in range(len(figures.hours))]
    slow = [
        Dot(x, _y(_minutes(one.p90), scale), f"{hour:02d}", round(_minutes(one.p90)))
        for hour, (x, one) in enumerate(zip(middles, figures.hours, strict=True))
        if one.p90
    ]
    return Lines(
        median=_runs(middles, [one.median for one in figures.hours], scale),
        p90=_runs(middles, [one.p90 for one in figures.hours], scale),
        dots=[
            Dot(x, _y(_minutes(one.median), scale), f"{hour:02d}", round(_minutes(one.median)))
            for hour, (x, one) in enumerate(zip(middles, figures.hours, strict=True))
            if one.median
        ],
        grid=grid,
        hours=[(x, f"{hour:02d}") for hour, x in enumerate(middles) if _labelled(hour, len(middles))],
        slowest=max(slow, key=lambda dot: dot.minutes, default=None),
    )


def _bar(hour: int, one: Speed, columns: float, scale: float) -> Bar:
    x, width = LEFT + hour * columns + 1.5, columns - 3
    parts, height = [], 0.0
    for kind, count in (("all", one.on_time), ("negative", one.answered_late), ("waiting", one.unanswered)):
        if count:
            parts.append(Part(kind, _number(FLOOR - (height + count) * scale), _number(count * scale)))
            height += count
    return Bar(
        _number(x),
        _number(width),
        _number(x + width / 2),
        f"{hour:02d}",
        one.arrived,
        _number(FLOOR - height * scale - 5),
        tuple(parts),
    )


def _blind(figures: Figures, columns: float) -> list[Blind]:
    def at(moment: datetime) -> float:
        return LEFT + max((moment - figures.since).total_seconds() / 3600, 0) * columns

    spans = [(at(gap.started_at), at(gap.ended_at or figures.now)) for gap in figures.gaps]
    return [Blind(_number(start), _number(max(end - start, 2.0))) for start, end in spans]


def _columns(hours: int) -> float:
    return (WIDTH - LEFT) / max(hours, HOURS_SHOWN_AT_LEAST)


def _grid(highest: float) -> tuple[list[Grid], float]:
    """Three lines at round values, and the units for one."""
    step = next((step for step in STEPS if step * 3 >= highest), STEPS[-1])
    scale = (FLOOR - TOP) / (step * 3)
    values = [step * line for line in (1, 2, 3)]
    return [Grid(_number(FLOOR - value * scale), _number(FLOOR - value * scale + 4), value) for value in values], scale


def _runs(middles: Sequence[str], values: Sequence[timedelta | None], scale: float) -> list[str]:
    """Polylines of neighbouring hours that have a value."""
    runs: list[list[str]] = [[]]
    for x, value in zip(middles, values, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{x},{_y(_minutes(value), scale)}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _labelled(hour: int, hours: int) -> bool:
    return hours <= 12 or hour % 2 == 0


def _minutes(span: timedelta | None) -> float:
    return span.total_seconds() / 60 if span else 0.0


def _y(value: float, scale: float) -> str:
    return _number(FLOOR - value * scale)


def _number(value: float) -> str:
    """Never in the reader's locale: SVG wants a point."""
    return f"{value:.1f}"
