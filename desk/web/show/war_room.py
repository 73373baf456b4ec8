"""The war room in words and coordinates: its curve, its posts, who waits, who looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.actions.crises.war_room import Curve, Mark, Post, RoomFigures
from desk.actions.crises.war_room import Waiting as LongWait
from desk.actions.customers.masking import Eyes
from desk.common.dates import date_format
from desk.web.plots import FLOOR, LEFT, STEPS, TOP, WIDTH
from desk.web.show import text, times
from desk.web.show.tiles import Tile, tile

_LABELS = 8  # at most below the curve
_DAY = timedelta(days=1)
_NEAR = 24  # units of the plot in which two numbers do not fit
_NO_LEVEL = ("note", "scope", "published")
SHOWN_OF_A_POST = 220  # characters


@dataclass(frozen=True, slots=True)
class Column:
    """One step: everything said, its negative part, and how much we answered."""

    x: str
    width: str
    y: str
    height: str
    negative_y: str
    negative_height: str
    words: str


@dataclass(frozen=True, slots=True)
class MarkAt:
    """Lines of the log that stand so near to each other that one mark is for all of them."""

    x: str
    text_x: str
    words: str  # “3”, “3–5”
    grave: bool  # the level changed


@dataclass(frozen=True, slots=True)
class Plot:
    columns: list[Column]
    answers: str  # points of a polyline
    grid: list[tuple[str, str, int]]  # y, y of the text, value
    labels: list[tuple[str, str]]
    marks: list[MarkAt]
    says: str
    step: str
    rows: list[tuple[str, int, int, int, int]]  # when, said, negative, positive, answered


@dataclass(frozen=True, slots=True)
class PostShown:
    ticket: int
    tile: Tile
    name: str
    reach: int
    hour: str
    text: str


@dataclass(frozen=True, slots=True)
class WaitShown:
    ticket: int
    tile: Tile
    name: str
    since: datetime
    holder: str


def plot(curve: Curve) -> Plot:
    """Columns for what was said with the negative part at the foot, a line for our answers, marks for what we did."""
    points = curve.points
    unit = (WIDTH - LEFT) / max(len(points), 1)
    highest = max((max(point.messages, point.answers) for point in points), default=0)
    step = next((step for step in STEPS if step * 3 >= highest), max(-(-highest // 3), STEPS[-1]))
    scale = (FLOOR - TOP) / (step * 3)
    days = bool(points) and points[-1].at - points[0].at > _DAY
    every = -(-len(points) // _LABELS) or 1
    lines = [step * line for line in (1, 2, 3)]
    return Plot(
        columns=[
            Column(
                f"{LEFT + number * unit + 0.5:.1f}", f"{max(unit - 1, 0.5):.1f}",
                f"{FLOOR - point.messages * scale:.1f}", f"{point.messages * scale:.1f}",
                f"{FLOOR - point.negative * scale:.1f}", f"{point.negative * scale:.1f}",
                f"{_moment(point.at, days)}: {_said(point.messages, point.negative, point.answers)}",
            )
            for number, point in enumerate(points)
            if point.messages
        ],
        answers=" ".join(
            f"{LEFT + (number + 0.5) * unit:.1f},{FLOOR - point.answers * scale:.1f}"
            for number, point in enumerate(points)
        ),
        grid=[(f"{FLOOR - value * scale:.1f}", f"{FLOOR - value * scale + 4:.1f}", value) for value in lines],
        labels=[
            (f"{LEFT + (number + 0.5) * unit:.1f}", _moment(points[number].at, days))
            for number in range(0, len(points), every)
        ],
        marks=_marks(curve, unit),
        says=_said(curve.messages, curve.negative, curve.answers),
        step=times.length(curve.step),
        rows=[
            (_moment(point.at, days), point.messages, point.negative, point.positive, point.answers)
            for point in points
            if point.messages or point.answers
        ],
    )  # fmt: skip


def posts(found: list[Post], now: datetime, eyes: Eyes) -> list[PostShown]:
    """What customers said, as this reader may see it."""
    return [
        PostShown(
            one.ticket,
            tile(one.network),
            text.name(one.name, one.handle),
            one.reach,
            times.exact(one.at, now),
            Truncator(eyes.start(one.text)).chars(SHOWN_OF_A_POST),
        )
        for one in found
    ]


def waits(found: list[LongWait]) -> list[WaitShown]:
    return [
        WaitShown(one.ticket, tile(one.network, private=one.private), text.name(one.name), one.since, one.holder)
        for one in found
    ]


def share(figures: RoomFigures) -> int | None:
    """Whole per cent of what was said that is negative; None where nothing was said."""
    said = figures.curve.messages
    return round(figures.curve.negative * 100 / said) if said else None


def _marks(curve: Curve, unit: float) -> list[MarkAt]:
    near: list[list[tuple[float, Mark]]] = []
    for mark in curve.marks if curve.points else []:
        x = LEFT + (mark.at - curve.points[0].at) / curve.step * unit
        if not LEFT <= x <= WIDTH:
            continue
        if near and x - near[-1][0][0] < _NEAR:
            near[-1].append((x, mark))
        else:
            near.append([(x, mark)])
    return [_mark(together) for together in near]


def _mark(together: list[tuple[float, Mark]]) -> MarkAt:
    (x, first), last = together[0], together[-1][1]
    words = str(first.number) if first is last else f"{first.number}–{last.number}"
    room = 4 + 7 * len(words)
    grave = any(mark.kind not in _NO_LEVEL for _x, mark in together)
    return MarkAt(f"{x:.1f}", f"{x + 3 if x + room < WIDTH else x - room:.1f}", words, grave)


def _said(messages: int, negative: int, answers: int) -> str:
    """“120 messages, 80 of them negative; 14 answers”."""
    said = ngettext("%(count)d message", "%(count)d messages", messages) % {"count": messages}
    answered = ngettext("%(count)d answer", "%(count)d answers", answers) % {"count": answers}
    return _("%(said)s, %(negative)d of them negative; %(answered)s") % {
        "said": said,
        "negative": negative,
        "answered": answered,
    }


def _moment(moment: datetime, days: bool) -> str:
    local = timezone.localtime(moment)
    return date_format(local, "j M H:i") if days else date_format(local, "H:i")
