"""The report as a supervisor sees it, as CSV, and as XLSX: the same figures, each with its tickets."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from desk.actions import reports, sweeps
from desk.actions.report_tables import safe, shown
from desk.inboxes.models import CoverageGap, Inbox
from desk.people.models import Team, User
from desk.reports.counting import Chosen
from desk.tickets.models import Ticket
from tests.actions.builders import own_words, take_in
from tests.actions.promised import promise
from tests.web.browsing import Browser, asked_by

PAGE = "/reports/?period=month&time=wall"


@pytest.fixture
def supervisor(db: None) -> Browser:
    return Browser(User.objects.create_user("mila", first_name="Mila", role="supervisor"))


@pytest.fixture
def month(inbox: Inbox) -> Inbox:
    """Twelve questions of the last hours: a third unanswered, some late."""
    promise(first=30)
    now = timezone.now()
    for number in range(12):
        ago = 60 + number * 5
        ticket = asked_by(inbox, f"k{number}", "Waar blijft de trein?", minutes_ago=ago)
        if number % 3:
            asked = ticket.messages.get()
            answer = own_words(
                f"a{number}", parent_id=asked.external_id, at=0,
                created_at=asked.created_at + timedelta(minutes=8 * number),
            )  # fmt: skip
            take_in(inbox, [answer], now=now)
    Ticket.objects.filter(pk__lt=Ticket.objects.latest("id").pk - 6).update(
        team=Team.objects.create(name='=HYPERLINK("x")')
    )
    sweeps.breaches(now)
    reports.count_changes()
    return inbox


def screen(text: str) -> list[list[str]]:
    """The rows of all tables, in words."""
    found = []
    for table in re.findall(r"<table class=\"table\" data-report-table>(.*?)</table>", text, re.DOTALL):
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL):
            cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
            found.append(
                [html.unescape(re.sub(r"<span class=\"tag.*?</span>|<[^>]+>", "", cell)).strip() for cell in cells]
            )
    return found


def test_screen_csv_and_xlsx_hold_the_same_cells(supervisor: Browser, month: Inbox) -> None:
    on_screen = screen(supervisor.page(PAGE))
    assert len(on_screen) > 25
    text = supervisor.client.get(PAGE.replace("/?", "/report.csv?"))
    from_csv = [row for row in csv.reader(io.StringIO(text.content.decode())) if len(row) > 1]
    book = load_workbook(io.BytesIO(supervisor.client.get(PAGE.replace("/?", "/report.xlsx?")).content))
    from_xlsx = [list(row) for sheet in book for row in sheet.iter_rows(values_only=True)]
    in_words = [[str(safe(cell)) if isinstance(cell, str) else shown(cell) for cell in row] for row in from_xlsx]
    assert [[cell.removeprefix("'") for cell in row] for row in in_words] == on_screen
    assert [["" if cell is None else str(cell) for cell in row] for row in from_xlsx] == from_csv


def test_no_name_becomes_a_formula(supervisor: Browser, month: Inbox) -> None:
    text = supervisor.client.get(PAGE.replace("/?", "/report.csv?")).content.decode()
    assert "'=HYPERLINK" in text
    book = load_workbook(io.BytesIO(supervisor.client.get(PAGE.replace("/?", "/report.xlsx?")).content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x00=1"])
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert str(safe(text))[0] == "'"


def test_each_figure_opens_exactly_its_tickets(supervisor: Browser, month: Inbox) -> None:
    def listed(more: str) -> int:
        return len(re.findall(r'href="/tickets/\d+/', supervisor.page(PAGE.replace("/?", "/tickets/?") + more)))

    text = supervisor.page(PAGE)
    rows = {row[0]: row for row in screen(text)}
    everything = rows["All"]
    assert (listed(""), listed("&kind=late"), listed("&kind=unanswered")) == tuple(
        int(everything[at]) for at in (1, 3, 7)
    )
    drills = re.findall(
        r'<th scope="row"><a class="link" href="/reports/tickets/\?([^"]*)">(.*?)</a></th><td class="num">(\d+)', text
    )
    assert len(drills) > 6
    for query, _name, count in drills:
        found = supervisor.page(f"/reports/tickets/?{html.unescape(query)}")
        assert len(re.findall(r'href="/tickets/\d+/', found)) == int(count), query


def test_the_blind_interval_of_a_connector_is_said(supervisor: Browser, month: Inbox) -> None:
    now = timezone.now()
    CoverageGap.objects.create(
        inbox=month, started_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1), reason="outage"
    )
    text = supervisor.page(PAGE)
    assert "was blind from" in text
    assert "blind 60 min" in text
    assert 'class="blind"' in text


def test_the_page_takes_the_same_few_queries_however_much_there_is(supervisor: Browser, month: Inbox) -> None:
    supervisor.page(PAGE)
    with CaptureQueriesContext(connection) as captured:
        supervisor.page(PAGE)
    assert len(captured) <= 16
    with CaptureQueriesContext(connection) as drilled:
        supervisor.page(PAGE.replace("/?", "/tickets/?"))
    assert len(drilled) <= 10


def test_an_empty_period_says_so(supervisor: Browser) -> None:
    assert "Nothing came in." in supervisor.page("/reports/?period=own&first=2020-01-01&last=2020-01-31")


@pytest.mark.parametrize(
    "query", ["period=ever", "inbox=999", "period=own", "period=own&first=2026-02-02&last=2026-02-01", "metric=x",
              "period=own&first=2000-01-01&last=2026-01-01", "team=1%00"],
)  # fmt: skip
def test_a_report_that_makes_no_sense_is_refused(supervisor: Browser, query: str) -> None:
    assert supervisor.client.get(f"/reports/?{query}").status_code == 400


@pytest.mark.parametrize("address", ["/reports/", "/reports/tickets/", "/reports/report.csv"])
def test_an_agent_sees_no_reports(browser: Browser, address: str) -> None:
    assert browser.client.get(address).status_code == 403
    assert 'href="/reports/"' not in browser.page("/queue/")


def test_a_chosen_report_filters_nothing_by_itself() -> None:
    assert Chosen(timezone.now(), timezone.now()).filters == {}
