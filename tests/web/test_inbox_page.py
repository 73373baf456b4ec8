"""The page of an inbox: its limits, its breaker, the end of its credentials, and how it compares with its network."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from desk.actions.inboxes import reconcile
from desk.actions.reports import report_compared
from desk.actions.reports.report_files import of
from desk.actions.reports.report_wishes import Wish
from desk.inboxes import budgets
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import CoverageGap, Inbox, Reconciliation
from desk.people.permissions import Role
from policies.call_budget import Left
from tests.actions.connected import Connected
from tests.api.sandbox import running_sandbox
from tests.web.browsing import Browser
from tests.web.colleagues import colleague

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


@pytest.fixture
def administrator() -> Browser:
    return Browser(colleague(Role.ADMINISTRATOR))


@pytest.fixture
def inbox() -> Inbox:
    inbox = Inbox(network="x", name="Vlotlijn", handle="vlotlijn", own_id="7", base_url="http://127.0.0.1:9")
    inbox.credentials = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "7-x")
    inbox.save()
    budgets.forget(inbox.pk)
    return inbox


def page_of(browser: Browser, inbox: Inbox) -> str:
    return browser.page(f"/administration/inboxes/{inbox.pk}/")


def test_what_is_left_of_calls_and_money_is_shown(administrator: Browser, inbox: Inbox) -> None:
    now = timezone.now()
    budgets.told(inbox.pk, "public_replies", Left(100, 93, now + timedelta(minutes=9)), now)
    Inbox.objects.update(monthly_budget=200, cost_month=Decimal("199.99"), month_of_cost=now.date().replace(day=1))
    page = page_of(administrator, inbox)
    for words in ("Limits and budget", "public replies", "dollars this month", "199.99"):
        assert words in page
    assert re.search(r'<td class="num"[^>]*>7</td><td class="num"[^>]*>100</td>', page)
    budgets.forget(inbox.pk)


def test_an_account_that_rests_and_one_that_will_be_signed_out_say_so(administrator: Browser, inbox: Inbox) -> None:
    now = timezone.now()
    assert "did not answer" not in page_of(administrator, inbox)
    Inbox.objects.update(breaker_failures=3, breaker_until=now + timedelta(minutes=5))
    assert "answers are tried one at a time" in page_of(administrator, inbox)
    Inbox.objects.update(breaker_until=now - timedelta(minutes=5), credentials_end_at=now + timedelta(days=5))
    page = page_of(administrator, inbox)
    assert "one call at a time" in page
    assert "The credentials end on" in page


def test_comparing_is_asked_on_the_page_and_its_result_is_a_page(administrator: Browser, origin: str) -> None:
    desk = Connected.to(origin)
    (missing,) = desk.says("hoi")
    page = page_of(administrator, desk.inbox)
    assert "Compare with the network" in page
    assert "may cost about $" in page
    answer = administrator.send(f"/administration/inboxes/{desk.inbox.pk}/compare/", days="3", fix="on")
    run = Reconciliation.objects.get()
    address = f"/administration/inboxes/{desk.inbox.pk}/comparisons/{run.pk}/"
    assert (answer.headers["HX-Redirect"], run.fix) == (address, True)
    assert "being compared" in administrator.page(address)
    assert "every 3s" in administrator.page(address)
    reconcile.carry_out(run.pk, timezone.now())
    shown = administrator.page(address)
    for words in ("Missing at the desk", missing, "1 of them was taken in.", "The network charged"):
        assert words in shown
    assert "every 3s" not in shown
    assert "1 missing" in page_of(administrator, desk.inbox)
    again = administrator.send(f"/administration/inboxes/{desk.inbox.pk}/compare/", days="0")
    assert again.status_code == 400


def test_a_comparison_that_went_wrong_says_why(administrator: Browser, inbox: Inbox) -> None:
    run = reconcile.ask(None, inbox.pk, days=1)
    reconcile.carry_out(run.pk, timezone.now())
    shown = administrator.page(f"/administration/inboxes/{inbox.pk}/comparisons/{run.pk}/")
    assert "could not be compared" in shown
    assert "X can&#x27;t be reached" in shown


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.EXPERT])
def test_only_administrators_compare(role: Role, inbox: Inbox) -> None:
    browser = Browser(colleague(role))
    run = reconcile.ask(None, inbox.pk, days=1)
    client = browser.client
    assert client.get(f"/administration/inboxes/{inbox.pk}/comparisons/{run.pk}/").status_code == 403
    assert client.post(f"/administration/inboxes/{inbox.pk}/compare/", {"days": 1}).status_code == 403


def test_the_page_of_a_network_is_connected_with_what_it_can_do(administrator: Browser, origin: str) -> None:
    assert "What Facebook can do" in administrator.page("/administration/inboxes/new/facebook_page/")
    desk = Connected.to(origin)
    form = {f"credentials.{name}": value for name, value in desk.account["credentials"].items()}
    tested = administrator.send("/administration/inboxes/test/x/", base_url=desk.account["base_url"], **form)
    for words in ("It works", "What X can do", "mentions: the newest 800; direct messages: 30 days"):
        assert words in tested.content.decode()


def test_the_matrix_has_every_network_and_says_limits_history_and_cost(administrator: Browser) -> None:
    page = administrator.page("/administration/networks/")
    for network in all_networks():
        assert network.label in page
    for words in ("Looks back", "the newest 800", "400 an hour", "Costs", "Limits count", "Tells when credentials end"):
        assert words in page


# ── when the desk was blind ──────────────────────────────────────────────────────────────────────────────────────────


def test_files_of_reports_list_when_and_why_the_desk_was_blind(inbox: Inbox) -> None:
    person, now = colleague(Role.SUPERVISOR), timezone.now()
    began, reason = now - timedelta(hours=2), CoverageGap.Reason.HISTORY
    CoverageGap.objects.create(inbox=inbox, started_at=began, ended_at=now - timedelta(hours=1), reason=reason)
    wish = Wish(period="week")
    compared = report_compared.read(person, wish, now=now)
    csv = of(compared, "csv").content.decode()
    assert "When we were blind" in csv
    assert f"Vlotlijn,{date_format(localtime(began), 'j M Y H:i')}," in csv
    assert "The network no longer tells what was said then" in csv
    with translation.override("nl"):
        assert "Wanneer we blind waren" in of(compared, "csv").content.decode()


def test_the_tickets_behind_a_figure_stand_beside_when_the_desk_was_blind(inbox: Inbox) -> None:
    now = timezone.now()
    CoverageGap.objects.create(inbox=inbox, started_at=now - timedelta(minutes=5), reason=CoverageGap.Reason.OUTAGE)
    browser = Browser(colleague(Role.SUPERVISOR))
    for address in ("/reports/tickets/?period=week", "/reports/?period=week", "/"):
        page = browser.page(address)
        assert "Vlotlijn was blind from" in page, address
        assert "The network did not answer" in page, address
