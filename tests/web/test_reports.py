"""The report as a supervisor sees it, as CSV, and as XLSX: the same figures, each with its tickets."""

import csv
import html
import io
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from desk.actions.reports import reports
from desk.actions.reports.report_tables import safe, shown
from desk.actions.sla import clock_sweep
from desk.inboxes.models import CoverageGap, Inbox
from desk.people.models import Team, User
from desk.reports.counting import Chosen
from desk.tickets.models import Ticket
from tests.actions.builders import an_inbox, own_words, take_in
from tests.actions.promised import promise
from tests.web.browsing import Browser, asked_by

PAGE = "/reports/?period=month&time=wall"
HOURS = PAGE.replace("/?", "/hours/?")
BLIND = ["Inbox", "From", "To", "Why"]


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
    clock_sweep.sweep(now)
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
    on_screen = screen(supervisor.page(PAGE)) + screen(supervisor.page(HOURS))
    assert len(on_screen) > 25
    text = supervisor.client.get(PAGE.replace("/?", "/report.csv?"))
    from_csv = [row for row in csv.reader(io.StringIO(text.content.decode())) if len(row) > 1]
    book = load_workbook(io.BytesIO(supervisor.client.get(PAGE.replace("/?", "/report.xlsx?")).content))
    from_xlsx = [list(row) for sheet in book for row in sheet.iter_rows(values_only=True)]
    in_words = [[str(safe(cell)) if isinstance(cell, str) else shown(cell) for cell in row] for row in from_xlsx]
    assert in_words.pop() == BLIND  # the last table of a file, which the page tells in sentences
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


def number(shown_as: str) -> float:
    return float(shown_as.replace(",", ""))


def test_each_figure_of_the_page_opens_exactly_its_tickets(supervisor: Browser, month: Inbox) -> None:
    text = supervisor.page(PAGE) + supervisor.page(HOURS)
    figures = re.findall(r'<td class="num"><a href="(/reports/tickets/[^"]*)">([\d.,]+)</a>', text)
    bars = re.findall(r'<a href="(/reports/tickets/[^"]*)" aria-label="[^"]* minutes: (\d+)">', text)
    cells = re.findall(r'<a href="(/reports/tickets/[^"]*)" aria-label="[^"]*[:;] (\d+) came in', text)
    tiles = re.findall(r'<dd[^>]*><a href="(/reports/tickets/[^"]*)">([\d.,]+)(?: <small>.*?</small>)?</a>', text)
    links = re.findall(r'<a class="link" href="(/reports/tickets/[^"]*)">(\d+) [^<]*</a></dd>', text)
    assert len(figures) > 60
    assert (len(bars), len(tiles) > 5, len(links) > 4) == (4, True, True)
    assert sum(int(count) for _address, count in cells) == 12
    for address, figure in {*figures, *bars, *cells, *tiles, *links}:
        found = supervisor.page(html.unescape(address))
        (said,) = re.findall(r'data-count="(\d+)"', found)
        times = [number(cell) for cell in re.findall(r'<td class="num"[^>]*>([\d.,]+)</td>', found)]
        listed = len(re.findall(r'href="/tickets/\d+/', found))
        assert listed == int(said), address
        if re.search(r"above=\d+&amp;(kind=answered|lag=1)", address):
            assert times == sorted(times, reverse=True)
            assert times[-1] == number(figure), address  # the last of them took as long as the figure says
        elif "kind=promised" in address:
            late = len(re.findall(r">late(?:, unanswered)?<", found))
            assert round((1 - late / listed) * 100, 1) == number(figure), address
        else:
            assert listed == number(figure), address


def test_a_percentile_says_how_many_took_as_long(supervisor: Browser, month: Inbox) -> None:
    text = supervisor.page(PAGE)
    tiles = re.findall(r'<a href="([^"]*above=[^"]*)">[^<]*<small>min</small></a></dd><dd>(\d+) took as long', text)
    assert len(tiles) == 3
    for address, beyond in tiles:
        assert f'data-count="{beyond}"' in supervisor.page(html.unescape(address))


def test_the_tickets_of_a_backlog_are_those_of_any_time(supervisor: Browser, month: Inbox) -> None:
    text = supervisor.page("/reports/?period=own&first=2020-01-01&last=2020-01-02")
    assert "At the end of" in text
    at = quote((timezone.now() + timedelta(minutes=1)).isoformat())
    found = supervisor.page(f"/reports/tickets/?period=own&first=2020-01-01&last=2020-01-02&kind=backlog&at={at}")
    assert 'data-count="12"' in found


@pytest.mark.parametrize(
    "more", ["kind=x", "kind=backlog", "kind=backlog&at=soon", "kind=backlog&at=2026-01-01T00:00", "above=-4",
             "above=x", "to=99999999999999999999", "weekday=8", "hour=24"],
)  # fmt: skip
def test_a_figure_that_is_none_is_refused(supervisor: Browser, more: str) -> None:
    assert supervisor.client.get(f"/reports/tickets/?{more}").status_code == 400


def test_blind_intervals_and_unanswered_tickets_are_marked_beside_every_figure(
    supervisor: Browser, month: Inbox
) -> None:
    now = timezone.localtime().replace(second=0, microsecond=0)
    other = an_inbox(network="facebook_page", name="Vlotlijn", own_id="2", handle="vlotlijn")
    asked_by(other, "piet", "En mijn trein?", minutes_ago=50)
    reports.count_changes()
    since = now - timedelta(hours=5)
    CoverageGap.objects.create(inbox=month, started_at=since, ended_at=since + timedelta(minutes=130), reason="outage")
    text, hours = supervisor.page(PAGE), supervisor.page(HOURS)
    assert "was blind from" in text
    assert 'class="blind"' in text
    assert text.count('title="The connection saw nothing for 2 h 10 of this time.">blind 2 h 10</span>') > 12
    rows = {row[0]: row for row in screen(text)}
    assert (rows["X"][-1], rows["@vlotlijn"][-1], rows["All"][-1], rows["Normal"][-1]) == ("130",) * 4
    assert (rows["Facebook"][-1], rows["Vlotlijn"][-1]) == ("0", "0")
    assert sum(int(row[-1]) for row in screen(hours)[1:]) == 130
    cells = re.findall(r'<td class="h\d([^"]*)">(.*?)</td>', hours)
    assert [len(cells), sum("blind" in marks for marks, _cell in cells) in (3, 4)] == [168, True]
    for marks, cell in cells:
        says = re.findall(r'aria-label="([^"]*)"', cell)
        assert ("blind" in marks) == any(re.search(r"blind \d+ min|blind 1 h 00", words) for words in says)
        assert ("unanswered" in marks) == any(re.search(r"\d+ unanswered", words) for words in says)
    assert sum("unanswered" in marks for marks, _cell in cells) >= 1


def test_channels_are_networks_and_inboxes_are_accounts(supervisor: Browser, month: Inbox) -> None:
    second = an_inbox(name="@vlotlijn_helpt", own_id="3", handle="vlotlijn_helpt")
    asked_by(second, "piet", "En mijn trein?", minutes_ago=50)
    reports.count_changes()
    rows = {row[0]: row[1] for row in screen(supervisor.page(PAGE))}
    assert (rows["X"], rows["@vlotlijn"], rows["@vlotlijn_helpt"]) == ("13", "12", "1")
    by_inbox = {row[0]: row[1] for row in screen(supervisor.page(f"{PAGE}&inbox={second.pk}"))}
    assert (by_inbox["All"], by_inbox["X"]) == ("1", "1")
    assert {row[0]: row[1] for row in screen(supervisor.page(f"{PAGE}&network=x"))}["All"] == "13"


def test_the_page_takes_the_same_few_queries_however_much_there_is(supervisor: Browser, month: Inbox) -> None:
    supervisor.page(PAGE)
    with CaptureQueriesContext(connection) as captured:
        supervisor.page(PAGE)
    assert len(captured) <= 16
    with CaptureQueriesContext(connection) as later:
        supervisor.page(HOURS)
    assert len(later) <= 16
    with CaptureQueriesContext(connection) as drilled:
        supervisor.page(PAGE.replace("/?", "/tickets/?"))
    assert len(drilled) <= 10


def test_an_empty_period_says_so(supervisor: Browser) -> None:
    assert "Nothing came in." in supervisor.page("/reports/?period=own&first=2020-01-01&last=2020-01-31")


@pytest.mark.parametrize(
    "query", ["period=ever", "inbox=999", "period=own", "period=own&first=2026-02-02&last=2026-02-01", "metric=x",
              "network=y", "period=own&first=2000-01-01&last=2026-01-01", "team=1%00"],
)  # fmt: skip
def test_a_report_that_makes_no_sense_is_refused(supervisor: Browser, query: str) -> None:
    assert supervisor.client.get(f"/reports/?{query}").status_code == 400


@pytest.mark.parametrize("address", ["/reports/", "/reports/hours/", "/reports/tickets/", "/reports/report.csv"])
def test_an_agent_sees_no_reports(browser: Browser, address: str) -> None:
    assert browser.client.get(address).status_code == 403
    assert 'href="/reports/"' not in browser.page("/queue/")


def test_a_chosen_report_filters_nothing_by_itself() -> None:
    assert Chosen(timezone.now(), timezone.now()).filters == {}
