"""A report as a file, for the screen, the API and the mail: the same tables in the language that is active."""

from dataclasses import dataclass

from django.utils import timezone

from desk.actions.reports.report_compared import Compared, sheets
from desk.actions.reports.report_tables import as_csv, as_xlsx, gaps_table, hours_table

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class File:
    name: str
    type: str
    content: bytes

    @property
    def disposition(self) -> str:
        return f'attachment; filename="{self.name}"'


def of(found: Compared, form: str) -> File:
    """`form` is "csv" or "xlsx"."""
    name = f"report-{timezone.localtime(found.report.chosen.since).date()}.{form}"
    written = [*sheets(found, {}), hours_table(found.report, {}), gaps_table(found.report)]
    if form == "csv":
        return File(name, CSV, as_csv(written).encode())
    return File(name, XLSX, as_xlsx(written))
