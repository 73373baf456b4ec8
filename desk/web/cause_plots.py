"""The weeks of a cause as coordinates like those of `desk.web.plots`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from desk.actions.causes.cause_story import Week
from desk.causes.models import Improvement
from desk.common.dates import date_format
from desk.web.plots import FLOOR, LEFT, STEPS, TOP, WIDTH

_LABEL_EVERY = 4  # weeks


@dataclass(frozen=True, slots=True)
class Column:
    x: str
    width: str
    middle: str
    y: str
    height: str
    label: str  # empty for most
    week: Week


@dataclass(frozen=True, slots=True)
class Mark:
    """An improvement on the curve: a line in the middle of the week in which it was done."""

    x: str
    number: int  # as the list beside it counts
    words: str


@dataclass(frozen=True, slots=True)
class Weeks:
    columns: list[Column]
    grid: list[tuple[str, str, int]]  # y, y of the text, value
    most: Week | None
    marks: list[Mark]


def weeks(found: Sequence[Week], improvements: Sequence[Improvement] = ()) -> Weeks:
    """A bar for each week, and a line for each improvement that was done in one."""
    highest = max((week.tickets for week in found), default=0)
    step = next((step for step in STEPS if step * 3 >= highest), STEPS[-1])
    scale, space = (FLOOR - TOP) / (step * 3), (WIDTH - LEFT) / max(len(found), 1)
    columns = [
        Column(
            x=_number(LEFT + number * space + 1.5),
            width=_number(space - 3),
            middle=_number(LEFT + (number + 0.5) * space),
            y=_number(FLOOR - week.tickets * scale),
            height=_number(week.tickets * scale),
            label=date_format(week.monday, "j M") if number % _LABEL_EVERY == 0 else "",
            week=week,
        )
        for number, week in enumerate(found)
    ]
    grid = [(_number(FLOOR - step * n * scale), _number(FLOOR - step * n * scale + 4), step * n) for n in (1, 2, 3)]
    most = max(found, key=lambda week: week.tickets, default=None)
    marks = [
        Mark(column.middle, number, one.changed)
        for number, one in enumerate((one for one in improvements if one.done_on), start=1)
        for column in columns
        if one.done_on and column.week.monday <= one.done_on < column.week.monday + timedelta(days=7)
    ]
    return Weeks(columns, grid, most if most and most.tickets else None, marks)


def _number(value: float) -> str:
    """Never in the reader's locale: SVG wants a point."""
    return f"{value:.1f}"
