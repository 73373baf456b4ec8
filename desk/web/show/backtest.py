"""What the watch would have told, as a curve and a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.signal_backtest import Backtest
from desk.web.plots import FLOOR, LEFT, STEPS, TOP, WIDTH
from desk.web.show import times
from policies.backtest import Would
from policies.listening import Measure
from policies.signals import Kind
from policies.time_buckets import FIVE

STEPS_OF_TIME = tuple(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24))
MOST_COLUMNS = 180
MOST_LISTED = 50
_LABELS = 7
_NEAR = 22  # units of the plot in which two numbers do not fit
_KINDS: dict[Kind, Promise] = {Kind.SURGE: gettext_lazy("Surge"), Kind.BUSY_HOUR: gettext_lazy("Busy hour")}
_MEASURES = {Measure.MESSAGES: gettext_lazy("messages"), Measure.NEGATIVE: gettext_lazy("negative messages")}


@dataclass(frozen=True, slots=True)
class Column:
    x: str
    width: str
    y: str
    height: str
    negative_y: str
    negative_height: str
    words: str


@dataclass(frozen=True, slots=True)
class AlertShown:
    """One that there would have been."""

    number: int
    when: str
    kind: Promise
    what: Promise
    counted: int
    expected: int


@dataclass(frozen=True, slots=True)
class Plot:
    columns: list[Column]
    expected: str  # points of a polyline
    grid: list[tuple[str, str, int]]
    labels: list[tuple[str, str]]
    marks: list[tuple[str, str, str]]  # x, x of the text, numbers
    step: str
    says: str


def plot(found: Backtest) -> Plot:
    """Columns of what was said, a line of what was expected, numbers where there would have been an alert."""
    step = next((one for one in STEPS_OF_TIME if (found.until - found.since) / one <= MOST_COLUMNS), STEPS_OF_TIME[-1])
    size = step // FIVE
    sums = [
        (
            sum(one.messages for one in found.buckets[at : at + size]),
            sum(one.negative for one in found.buckets[at : at + size]),
            sum(found.expected[at : at + size]) / 6,  # of half an hour each
        )
        for at in range(0, len(found.buckets), size)
    ]
    unit = (WIDTH - LEFT) / max(len(sums), 1)
    highest = max((max(said, expected) for said, _bad, expected in sums), default=0)
    grid = next((one for one in STEPS if one * 3 >= highest), max(-(-int(highest) // 3), STEPS[-1]))
    scale = (FLOOR - TOP) / (grid * 3)
    every = -(-len(sums) // _LABELS) or 1
    return Plot(
        columns=[
            Column(
                f"{LEFT + number * unit + 0.3:.1f}", f"{max(unit - 0.6, 0.5):.1f}",
                f"{FLOOR - said * scale:.1f}", f"{said * scale:.1f}",
                f"{FLOOR - bad * scale:.1f}", f"{bad * scale:.1f}",
                _("%(when)s: %(said)d messages, %(bad)d of them negative") % {
                    "when": _moment(found.since + number * step), "said": said, "bad": bad,
                },
            )
            for number, (said, bad, _expected) in enumerate(sums)
            if said
        ],
        expected=" ".join(
            f"{LEFT + (number + 0.5) * unit:.1f},{FLOOR - expected * scale:.1f}"
            for number, (_said, _bad, expected) in enumerate(sums)
        ),
        grid=[(f"{FLOOR - value * scale:.1f}", f"{FLOOR - value * scale + 4:.1f}", value)
              for value in (grid, grid * 2, grid * 3)],
        labels=[
            (f"{LEFT + (number + 0.5) * unit:.1f}", date_format(timezone.localtime(found.since + number * step), "j M"))
            for number in range(0, len(sums), every)
        ],
        marks=_marks(found, (WIDTH - LEFT) / max((found.until - found.since).total_seconds(), 1)),
        step=times.length(step),
        says=verdict(found),
    )  # fmt: skip


def verdict(found: Backtest) -> str:
    """“3 alerts in 28 days.”"""
    days = (found.until - found.since).days
    told = ngettext("%(count)d alert", "%(count)d alerts", len(found.alerts)) % {"count": len(found.alerts)}
    return ngettext("%(alerts)s in %(days)d day", "%(alerts)s in %(days)d days", days) % {"alerts": told, "days": days}


def alerts(found: Sequence[Would]) -> list[AlertShown]:
    """The newest first."""
    shown = [
        AlertShown(
            number,
            _moment(one.candidate.reading.at),
            _KINDS[one.decision.kind],
            _MEASURES[one.candidate.measure],
            round(one.candidate.reading.counted),
            round(one.candidate.reading.expected),
        )
        for number, one in enumerate(found, start=1)
    ]
    return shown[::-1][:MOST_LISTED]


def _marks(found: Backtest, unit: float) -> list[tuple[str, str, str]]:
    near: list[tuple[float, list[int]]] = []
    for number, one in enumerate(found.alerts, start=1):
        x = LEFT + (one.candidate.reading.at - found.since).total_seconds() * unit
        if near and x - near[-1][0] < _NEAR:
            near[-1][1].append(number)
        else:
            near.append((x, [number]))
    marks = []
    for x, numbers in near:
        words = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
        room = 4 + 7 * len(words)
        marks.append((f"{x:.1f}", f"{x + 3 if x + room < WIDTH else x - room:.1f}", words))
    return marks


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "D j M H:i")
