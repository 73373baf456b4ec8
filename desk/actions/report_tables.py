"""A report as tables: the screen, the CSV and the XLSX show the same cells."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from desk.actions.report import Line, Report
from desk.reports.counting import Tally
from policies.reports import distribution

Cell = str | int | float | None
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Row:
    """`query` leads to the tickets that are counted here, where one filter names them."""

    cells: list[Cell]
    query: str = ""
    blind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    head: list[str]
    rows: list[Row] = field(default_factory=list)
    folded: bool = False  # stands behind a plot


def tables(report: Report, query: dict[str, str]) -> list[Table]:
    """All tables of a report. `query`: what was asked, as the address has it; drills add to it."""

    def table(name: str, first: str, lines: Sequence[Line], parameter: str) -> Table:
        rows = [
            Row([line.name or _("nobody"), *figures(line.tally)], _narrowed(query, parameter, line), _blind(line))
            for line in lines
        ]
        return Table(name, [first, *_heads()], rows)

    everything = Row([_("All"), *figures(report.all)], urlencode(query))
    channels = [
        Line(one.value, _("%(name)s, private") % {"name": one.name} if one.private else one.name, one.tally,
             one.private, one.blind)
        for one in report.channels
    ]  # fmt: skip
    named = table(_("By channel"), _("Channel"), channels, "channel")
    unknown = [Line(one.value, one.name or _("unknown"), one.tally) for one in report.languages]
    ends = [*(one.value for one in report.days[1:]), timezone.localtime(report.chosen.until).date().isoformat()]
    days = [
        Row(
            [_day(one.value), *figures(one.tally)],
            urlencode({**query, "period": "own", "first": one.value, "last": _day_before(end)}),
        )
        for one, end in zip(report.days, ends, strict=True)
    ]
    return [
        Table(named.name, named.head, [*named.rows, everything]),
        table(_("By team"), _("Team"), report.teams, "team"),
        table(_("By agent"), _("Agent"), report.agents, "agent"),
        table(_("By priority"), _("Priority"), report.priorities, "priority"),
        table(_("By language"), _("Language"), unknown, "language"),
        Table(_("Over time"), [_("From"), *_heads()], days, folded=True),
        Table(
            _("By weekday and hour"),
            [_("Weekday and hour"), *_heads()],
            [
                Row(
                    [f"{weekday_name(weekday)} {hour:02d}:00", *figures(one)],
                    urlencode({**query, "weekday": weekday, "hour": hour}),
                )
                for (weekday, hour), one in sorted(report.hours.items())
            ],
            folded=True,
        ),
        Table(
            _("How long people waited"),
            [_("Minutes"), _("Answered")],
            [Row([band_name(band.above, band.to), band.count]) for band in distribution(report.all.times.items())],
            folded=True,
        ),
    ]


def figures(one: Tally) -> list[Cell]:
    """In the order of `_heads`; times in minutes."""
    share = one.compliance
    return [
        one.arrived,
        None if share is None else tenths(share * 100),
        one.late,
        *(minutes(one.percentile(percent)) for percent in (50, 90, 95)),
        one.unanswered,
        one.cancelled,
        one.dropped,
    ]


def shown(cell: Cell) -> str:
    """As the screen has it; a dash for what is not known."""
    if cell is None:
        return "–"
    return cell if isinstance(cell, str) else number_format(cell, force_grouping=True)


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
    """“5–10”, in minutes."""
    low = max(above, 0) // 60
    return f"{low}–{to // 60}" if to else _("over %(minutes)s") % {"minutes": low}


def _heads() -> list[str]:
    return [
        _("Came in"), _("On time, %"), _("Late"), _("Median, min"), _("p90, min"), _("p95, min"), _("Unanswered"),
        _("Cancelled"), _("Resolved unanswered"),
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


def _blind(line: Line) -> str:
    whole = int(line.blind.total_seconds()) // 60
    return _("blind %(minutes)s min") % {"minutes": whole} if line.blind else ""


def _narrowed(query: dict[str, str], parameter: str, line: Line) -> str:
    if parameter == "channel":
        inbox, _private = line.value.split()
        return urlencode({**query, "inbox": inbox, "private": "yes" if line.private else "no"})
    if parameter == "language":
        return urlencode({**query, "language": line.value or "none"})
    return urlencode({**query, parameter: line.value})
