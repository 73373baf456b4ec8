"""What the watch would have told, as a curve and a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.signals.signal_backtest import Backtest
from desk.common.dates import date_format
from desk.web.plots import FLOOR, LEFT, STEPS, TOP, WIDTH
from desk.web.show import times
from desk.web.show.numbers import reach as shortly
from policies.backtest import Would
from policies.signals import Kind, Measure
from policies.time_buckets import FIVE

STEPS_OF_TIME = tuple(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24))
MOST_COLUMNS = 180
MOST_LISTED = 50
_LABELS = 7
_IN_HALF_AN_HOUR = timedelta(minutes=30) // FIVE
_SHORTENED = 10_000  # from here on numbers are written as “12.0k”
_NEAR = 22  # units of the plot in which two numbers do not fit
_KINDS: dict[Kind, Promise] = {Kind.SURGE: gettext_lazy("Surge"), Kind.BUSY_HOUR: gettext_lazy("Busy hour")}
_MEASURES = {
    Measure.MESSAGES: gettext_lazy("messages"),
    Measure.NEGATIVE: gettext_lazy("negative messages"),
    Measure.REACH: gettext_lazy("followers reached"),
}


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
    grid: list[tuple[str, str, str]]
    labels: list[tuple[str, str]]
    marks: list[tuple[str, str, str]]  # x, x of the text, numbers
    step: str
    says: str


def plot(found: Backtest) -> Plot:
    """Columns of what was said, a line of what was expected, numbers where there would have been an alert."""
    step = _step(found)
    size = step // FIVE
    columns = [
        (
            sum(one.messages for one in found.buckets[at : at + size]),
            sum(one.negative for one in found.buckets[at : at + size]),
            sum(found.expected[at : at + size]) / _IN_HALF_AN_HOUR,
        )
        for at in range(0, len(found.buckets), size)
    ]
    says = gettext_lazy("%(when)s: %(said)d messages, %(bad)d of them negative")
    counts = [one for one in found.alerts if one.candidate.measure is not Measure.REACH]
    return _plot(found, step, columns, says, counts, verdict(found))


def reach_plot(found: Backtest) -> Plot | None:
    """The same of how many followers it reached; None where no network told of any."""
    step = _step(found)
    size = step // FIVE
    columns = [
        (
            sum(one.reach for one in found.buckets[at : at + size]),
            0,
            sum(found.expected_reach[at : at + size]) / _IN_HALF_AN_HOUR,
        )
        for at in range(0, len(found.buckets), size)
    ]
    if not any(reach for reach, _bad, _expected in columns):
        return None
    says = gettext_lazy("%(when)s: %(said)d followers reached")
    told = [one for one in found.alerts if one.candidate.measure is Measure.REACH]
    words = ngettext("%(count)d alert for its reach", "%(count)d alerts for its reach", len(told))
    return _plot(found, step, columns, says, told, words % {"count": len(told)})


def _step(found: Backtest) -> timedelta:
    return next((one for one in STEPS_OF_TIME if (found.until - found.since) / one <= MOST_COLUMNS), STEPS_OF_TIME[-1])


def _plot(
    found: Backtest,
    step: timedelta,
    sums: Sequence[tuple[int, int, float]],
    column_says: Promise,
    told: Sequence[Would],
    says: str,
) -> Plot:
    """`sums`: what was counted, what of it was negative, and what was expected, column by column."""
    unit = (WIDTH - LEFT) / max(len(sums), 1)
    highest = max((max(said, expected) for said, _bad, expected in sums), default=0)
    grid = _grid(highest)
    scale = (FLOOR - TOP) / (grid * 3)
    every = -(-len(sums) // _LABELS) or 1
    return Plot(
        columns=[
            Column(
                f"{LEFT + number * unit + 0.3:.1f}", f"{max(unit - 0.6, 0.5):.1f}",
                f"{FLOOR - said * scale:.1f}", f"{said * scale:.1f}",
                f"{FLOOR - bad * scale:.1f}", f"{bad * scale:.1f}",
                str(column_says) % {"when": _moment(found.since + number * step), "said": said, "bad": bad},
            )
            for number, (said, bad, _expected) in enumerate(sums)
            if said
        ],
        expected=" ".join(
            f"{LEFT + (number + 0.5) * unit:.1f},{FLOOR - expected * scale:.1f}"
            for number, (_said, _bad, expected) in enumerate(sums)
        ),
        grid=[(f"{FLOOR - value * scale:.1f}", f"{FLOOR - value * scale + 4:.1f}", _short(value))
              for value in (grid, grid * 2, grid * 3)],
        labels=[
            (f"{LEFT + (number + 0.5) * unit:.1f}", date_format(timezone.localtime(found.since + number * step), "j M"))
            for number in range(0, len(sums), every)
        ],
        marks=_marks(found, told, (WIDTH - LEFT) / max((found.until - found.since).total_seconds(), 1)),
        step=times.length(step),
        says=says,
    )  # fmt: skip


def _grid(highest: float) -> int:
    """What a third of the height stands for."""
    if highest > STEPS[-1] * 3:
        power = 10 ** (len(str(int(highest / 3))) - 1)
        return int(-(-highest / 3 // power) * power)
    return next(one for one in STEPS if one * 3 >= highest)


def _short(value: int) -> str:
    return str(value) if value < _SHORTENED else shortly(value)


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


def _marks(found: Backtest, told: Sequence[Would], unit: float) -> list[tuple[str, str, str]]:
    """At the alerts that the plot shows, with their numbers in the list of all."""
    near: list[tuple[float, list[int]]] = []
    for number, one in enumerate(found.alerts, start=1):
        if one not in told:
            continue
        x = LEFT + (one.candidate.reading.at - found.since).total_seconds() * unit
        if near and x - near[-1][0] < _NEAR:
            near[-1][1].append(number)
        else:
            near.append((x, [number]))
    marks = []
    for x, numbers in near:
        whole = numbers[-1] - numbers[0] == len(numbers) - 1
        words = f"{numbers[0]}–{numbers[-1]}" if whole and len(numbers) > 1 else ", ".join(map(str, numbers))
        room = 4 + 7 * len(words)
        marks.append((f"{x:.1f}", f"{x + 3 if x + room < WIDTH else x - room:.1f}", words))
    return marks


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "D j M H:i")
