"""A report as tables: the screen, the CSV and the XLSX show the same cells."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from desk.actions.reports.report import Level, Line, Report, label_of
from desk.actions.reports.report_drills import Drill, behind_figures, in_band, narrowed, slowest
from desk.common.dates import date_format
from desk.reports.counting import Tally
from policies.coverage import HOUR
from policies.reports import distribution

Cell = str | int | float | None
_NONE = timedelta()
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Row:
    """`query` leads to the tickets that are counted here, and with what `drills` add to those behind each figure."""

    cells: list[Cell]
    query: str = ""
    drills: list[Drill] = field(default_factory=list)
    blind: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    head: list[str]
    rows: list[Row] = field(default_factory=list)
    folded: bool = False  # stands behind a plot
    definition: str = ""  # the name of what is defined beside it


def tables(report: Report, query: dict[str, str]) -> list[Table]:
    """The tables of a report, but `hours_table`. `query`: what was asked, as the address has it; drills add to it."""

    def table(name: str, first: str, lines: Sequence[Line], parameter: str) -> Table:
        rows = [_row(line.name or _("nobody"), line, narrowed(query, parameter, line)) for line in lines]
        return Table(name, [first, *_heads()], rows)

    everything = _row(_("All"), Line("", "", report.all, blind=report.blind), urlencode(query))
    channels = table(_("By channel"), _("Channel"), [_spoken(line) for line in report.channels], "channel")
    unknown = [replace(line, name=line.name or _("unknown")) for line in report.languages]
    return [
        replace(channels, rows=[*channels.rows, everything]),
        table(_("By inbox"), _("Inbox"), report.inboxes, "inbox"),
        table(_("By team"), _("Team"), report.teams, "team"),
        table(_("By agent"), _("Agent"), report.agents, "agent"),
        table(_("By priority"), _("Priority"), report.priorities, "priority"),
        table(_("By language"), _("Language"), unknown, "language"),
        *([_moved_table(report)] if report.moved else []),
        _lag_table(report, query),
        _days_table(report, query),
        _backlog_table(report, query),
        _waited_table(report, query),
    ]


def hours_table(report: Report, query: dict[str, str]) -> Table:
    """Weekdays and hours with their figures."""
    rows = [
        _row(
            f"{weekday_name(weekday)} {hour:02d}:00",
            Line(
                "", "", report.hours.get((weekday, hour), Tally()), blind=report.blind_hours.get((weekday, hour), _NONE)
            ),
            urlencode({**query, "weekday": weekday, "hour": hour}),
        )
        for weekday, hour in sorted({*report.hours, *report.blind_hours})
    ]
    return Table(_("By weekday and hour"), [_("Weekday and hour"), *_heads()], rows, folded=True)


def gaps_table(report: Report) -> Table:
    """When which inbox was blind and why: what the figures can't know. Files have it; pages say it in sentences."""
    rows = [
        Row([gap.what, _moment(gap.started_at), _moment(gap.ended_at), gap.get_reason_display()], "")
        for gap in report.gaps
    ]
    return Table(_("When we were blind"), [_("Inbox"), _("From"), _("To"), _("Why")], rows)


def _moment(moment: datetime | None) -> str:
    """“10 Mar 2026 09:18” in the zone of the desk; “now” where it is not over."""
    return date_format(timezone.localtime(moment), "j M Y H:i") if moment else _("now")


def _row(name: str, line: Line, query: str) -> Row:
    return Row([name, *figures(line.tally, line.blind)], query, behind_figures(line.tally), line.blind)


def _spoken(line: Line) -> Line:
    return replace(line, name=_("%(name)s, private") % {"name": line.name}) if line.private else line


def _lag_table(report: Report, query: dict[str, str]) -> Table:
    rows = []
    for line in map(_spoken, report.lags):
        found = line.tally.percentiles(50, 90, 95)
        rows.append(
            Row(
                [
                    line.name,
                    line.tally.arrived,
                    *(None if one is None else one.seconds for one in found),
                    _minutes_of(line.blind),
                ],
                narrowed(query, "lag", line),
                ["", *(slowest(one, lag=True) for one in found), None],
                line.blind,
            )
        )
    head = [_("Inbox"), _("Came in"), _("Median, s"), _("p90, s"), _("p95, s"), _("Blind, min")]
    return Table(_("How long messages took to reach us"), head, rows, definition="lag")


def _moved_table(report: Report) -> Table:
    rows = [
        Row(
            [
                label_of(one.network), one.invited, one.moved,
                *(None if took is None else round(took.total_seconds() / 60, 1) for took in (one.median, one.p90)),
                one.closed,
            ]
        )
        for one in report.moved
    ]  # fmt: skip
    head = [_("Channel"), _("Invited"), _("Moved"), _("Median, min"), _("p90, min"), _("Closed in public")]
    return Table(_("Moved to private"), head, rows, definition="moved")


def _days_table(report: Report, query: dict[str, str]) -> Table:
    ends = [*(one.value for one in report.days[1:]), timezone.localtime(report.chosen.until).date().isoformat()]
    days = [
        _row(
            _day(line.value),
            line,
            urlencode({**query, "period": "own", "first": line.value, "last": _day_before(end)}),
        )
        for line, end in zip(report.days, ends, strict=True)
    ]
    return Table(_("Over time"), [_("From"), *_heads()], days, folded=True)


def _backlog_table(report: Report, query: dict[str, str]) -> Table:
    rows = [
        Row(
            [level_name(level, report.now), level.tickets, level.unanswered, _minutes_of(level.blind)],
            urlencode({**query, "at": level.at.isoformat()}),
            ["&kind=backlog", "&kind=backlog_unanswered", None],
            level.blind,
        )
        for level in report.levels
    ]
    head = [_("At the end of"), _("Backlog"), _("Unanswered"), _("Blind, min")]
    return Table(_("Backlog over time"), head, rows, folded=True, definition="backlog_then")


def _waited_table(report: Report, query: dict[str, str]) -> Table:
    rows = [
        Row([band_name(band.above, band.to), band.count], urlencode(query), [in_band(band)])
        for band in distribution(report.all.times.items())
    ]
    rows.append(Row([_("not answered"), report.all.unanswered], urlencode(query), ["&kind=unanswered"]))
    return Table(_("How long people waited"), [_("Minutes"), _("Messages")], rows, folded=True)


def figures(one: Tally, blind: timedelta = _NONE) -> list[Cell]:
    """In the order of `_heads`; times in minutes."""
    share = one.compliance
    return [
        one.arrived,
        None if share is None else tenths(share * 100),
        one.late,
        *(minutes(None if found is None else found.seconds) for found in one.percentiles(50, 90, 95)),
        one.unanswered,
        one.cancelled,
        one.resolved_unanswered,
        _minutes_of(blind),
    ]


@lru_cache(maxsize=8_192)
def _number(cell: int | float, language: str) -> str:
    return number_format(cell, force_grouping=True)


def shown(cell: Cell) -> str:
    """As the screen has it; a dash for what is not known."""
    if cell is None:
        return "–"
    return cell if isinstance(cell, str) else _number(cell, get_language() or "")


def as_csv(report_tables: Iterable[Table]) -> str:
    """One file: a line with the name, a head and rows for each table, a blank line between."""
    out = io.StringIO()
    writer = csv.writer(out)
    for number, table in enumerate(report_tables):
        writer.writerows([[]] if number else [])
        writer.writerow([safe(table.name)])
        writer.writerow([safe(name) for name in table.head])
        writer.writerows([safe(cell) for cell in row.cells] for row in table.rows)
    return out.getvalue()


def as_xlsx(report_tables: Iterable[Table]) -> bytes:
    """One sheet for each table."""
    from openpyxl import Workbook  # with the first export and not at the start: it takes 10 MB that few ever need

    book = Workbook(write_only=True)
    for table in report_tables:
        sheet = book.create_sheet(table.name[:31])
        sheet.append([safe(name) for name in table.head])
        for row in table.rows:
            sheet.append([safe(cell) for cell in row.cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe(cell: Cell) -> Cell:
    """A name that a spreadsheet would take for a formula is text; signs that no file may hold are left out."""
    if not isinstance(cell, str):
        return cell
    cell = "".join(sign for sign in cell if sign.isprintable())
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell


def weekday_name(weekday: int) -> str:
    """Of an ISO weekday."""
    return date_format(date(2024, 1, weekday), "l")  # 2024 began on a Monday


def band_name(above: int, to: int | None) -> str:
    """“5–10” or “> 1440”, in minutes: as short as the foot of a bar is wide."""
    low = max(above, 0) // 60
    return f"{low}–{to // 60}" if to else f"> {low}"


def _heads() -> list[str]:
    return [
        _("Came in"), _("On time, %"), _("Late"), _("Median, min"), _("p90, min"), _("p95, min"), _("Unanswered"),
        _("Cancelled"), _("Resolved unanswered"), _("Blind, min"),
    ]  # fmt: skip


def minutes(seconds: int | None) -> float | None:
    """Of a percentile."""
    return None if seconds is None else tenths(seconds / 60)


def tenths(value: float) -> float:
    """With one decimal, and none where it is zero: as a spreadsheet gives it back."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _day(value: str) -> str:
    return date_format(date.fromisoformat(value), "j M Y")


def _day_before(value: str) -> str:
    return (date.fromisoformat(value) - timedelta(days=1)).isoformat()


def level_name(level: Level, now: datetime) -> str:
    """The day or the hour at whose end the backlog was so; that of now is by the minute."""
    if level.at - level.since > HOUR:
        return date_format(timezone.localtime(level.at - timedelta(seconds=1)), "j M Y")
    return date_format(timezone.localtime(min(level.at, now)), "j M H:i")


def _minutes_of(length: timedelta) -> int:
    """What was blind at all is not 0."""
    return max(length // timedelta(minutes=1), 1) if length else 0
