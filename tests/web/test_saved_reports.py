"""Saved reports as people meet them: the list, an address that stays, settings, the mail, and the link that ends it."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.actions.reports import report_mails, saved_reports
from desk.actions.reports.report_wishes import Wish
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, Team, User
from desk.reports.models import ReportSubscription, SavedReport
from tests.web.browsing import Browser

TIMES = {"rhythm": "weekly", "weekday": "1", "day": "1", "hour": "8", "timezone": "Europe/Amsterdam"}


@pytest.fixture
def mila(db: None) -> User:
    return User.objects.create_user("mila", "mila@example.com", None, first_name="Mila", role="supervisor")


@pytest.fixture
def supervisor(mila: User) -> Browser:
    return Browser(mila)


@pytest.fixture
def comms(db: None) -> Browser:
    return Browser(User.objects.create_user("cas", "cas@example.com", None, first_name="Cas", role="comms"))


def kept(owner: User, name: str = "Week", **more: Any) -> SavedReport:
    return saved_reports.save_report(owner, **{"name": name, "wish": Wish(), "sharing": "company", **more})


def test_what_is_on_screen_is_kept_and_opened_again(supervisor: Browser, inbox: Inbox) -> None:
    page = supervisor.page(f"/reports/?period=last_month&inbox={inbox.pk}&private=no&metric=resolution&compare=year")
    link = html.unescape(re.findall(r'href="(/reports/saved/new/[^"]*)"', page)[0])
    assert "The period moves along with the days." in supervisor.page(link)
    assert "These days stay the same." in supervisor.page(
        "/reports/saved/new/?period=own&first=2026-03-01&last=2026-03-07"
    )
    answer = supervisor.send(link, name="Vorige maand", sharing="private")
    report = SavedReport.objects.get()
    address = f"/reports/saved/{report.pk}/"
    assert answer["HX-Redirect"] == address
    assert Wish.of_json(report.wish) == Wish(
        "last_month", metric="resolution", compare="year", inbox=inbox.pk, private=False
    )
    opened = supervisor.page(address)
    assert "<h1>Vorige maand</h1>" in opened
    for chosen in ("last_month", "resolution", "year", str(inbox.pk), "no"):
        assert f'<option value="{chosen}" selected>' in opened
    assert "A year before: " in opened


def test_its_address_stays_whatever_becomes_of_it(supervisor: Browser) -> None:
    report = kept(supervisor.person)
    address = f"/reports/saved/{report.pk}/"
    supervisor.send(f"{address}settings/", name="Anders", sharing="private")
    supervisor.client.post(f"{address}replace/?period=today&metric=resolution")
    opened = supervisor.page(address)
    assert "<h1>Anders</h1>" in opened
    assert '<option value="today" selected>' in opened


def test_other_filters_are_seen_beside_it_and_kept_in_it_on_demand(supervisor: Browser, comms: Browser) -> None:
    address = f"/reports/saved/{kept(supervisor.person).pk}/"
    assert "Save this in" not in supervisor.page(address)
    assert "Save this in" not in supervisor.page(f"{address}?period=week&metric=first_response&time=business&inbox=")
    changed = supervisor.page(f"{address}?period=today")
    assert f'action="{address}replace/?period=today' in changed
    assert "as it was saved" in changed
    assert "Save this in" not in comms.page(f"{address}?period=today")
    assert comms.client.post(f"{address}replace/?period=today").status_code == 403
    supervisor.client.post(f"{address}replace/?period=today")
    assert SavedReport.objects.get().wish["period"] == "today"


def test_a_refused_name_keeps_what_was_typed(supervisor: Browser) -> None:
    kept(supervisor.person)
    answer = supervisor.send("/reports/saved/new/?period=week", name="Week", sharing="private")
    assert answer.status_code == 409
    assert "This name is taken." in answer.content.decode()


def test_the_list_has_pages_and_the_same_few_queries(supervisor: Browser) -> None:
    for number in range(60):
        report = kept(supervisor.person, f"Week {number:02d}", wish=Wish(team=0, agent=supervisor.person.pk))
        report_mails.subscribe(supervisor.person, report.pk)
    with CaptureQueriesContext(connection) as captured:
        first = supervisor.page("/reports/saved/")
    assert len(captured) <= 13
    assert "Week 49" in first
    assert "Week 50" not in first
    following = html.unescape(re.findall(r'href="(\?cursor=[^"]*)"', first)[0])
    assert "Week 59" in supervisor.page(f"/reports/saved/{following}")


def test_a_private_one_of_others_is_not_there(supervisor: Browser, comms: Browser) -> None:
    report = kept(comms.person, "Geheim", sharing="private")
    assert "Geheim" not in supervisor.page("/reports/saved/")
    for place in ("", "settings/"):
        assert supervisor.client.get(f"/reports/saved/{report.pk}/{place}").status_code == 404
    assert supervisor.client.post(f"/reports/saved/{report.pk}/delete/").status_code == 404


def test_an_agent_has_none(browser: Browser, supervisor: Browser) -> None:
    report = kept(supervisor.person)
    for address in ("", "new/", f"{report.pk}/", f"{report.pk}/settings/"):
        assert browser.client.get(f"/reports/saved/{address}").status_code == 403
    assert browser.client.post(f"/reports/saved/{report.pk}/subscribe/", TIMES).status_code == 403


def test_who_may_not_change_it_sees_no_way_to(supervisor: Browser, comms: Browser) -> None:
    settings_page = comms.page(f"/reports/saved/{kept(supervisor.person).pk}/settings/")
    assert "Delete this report" not in settings_page
    assert "Get it by e-mail" in settings_page


def test_it_is_deleted_with_its_mails(supervisor: Browser) -> None:
    report = kept(supervisor.person)
    report_mails.subscribe(supervisor.person, report.pk)
    assert "1 person gets it by e-mail" in supervisor.page(f"/reports/saved/{report.pk}/settings/")
    answer = supervisor.client.post(f"/reports/saved/{report.pk}/delete/")
    assert answer["Location"] == "/reports/saved/"
    assert not ReportSubscription.objects.exists()


def test_one_whose_filter_is_gone_says_what_to_do(supervisor: Browser) -> None:
    team = Team.objects.create(name="Rail")
    report = kept(supervisor.person, wish=Wish(team=team.pk))
    team.delete()
    answer = supervisor.client.get(f"/reports/saved/{report.pk}/")
    assert answer["Location"] == f"/reports/saved/{report.pk}/settings/"
    assert "is no longer there, so it has no figures" in supervisor.page(answer["Location"])
    assert "Team: no longer there" in supervisor.page("/reports/saved/")


def test_it_is_had_by_e_mail_and_stopped_with_a_button_in_the_list(comms: Browser, mila: User) -> None:
    report = kept(mila)
    settings_page = comms.page(f"/reports/saved/{report.pk}/settings/")
    for chosen in ('value="weekly" selected', 'value="1" selected', 'value="8" selected', 'value="Europe/Amsterdam"'):
        assert chosen in settings_page
    answer = comms.send(f"/reports/saved/{report.pk}/subscribe/", **{**TIMES, "weekday": "2", "hour": "9"})
    assert answer["HX-Redirect"] == f"/reports/saved/{report.pk}/settings/"
    assert "Every Tuesday at 09:00" in comms.page("/reports/saved/")
    comms.client.post(f"/reports/saved/{report.pk}/unsubscribe/")
    assert "Every Tuesday" not in comms.page("/reports/saved/")
    assert [entry.verb for entry in AuditEntry.objects.order_by("id")][-2:] == [
        "report_subscribed", "report_unsubscribed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"), [("timezone", "Mars/Olympus"), ("day", "29"), ("day", "x"), ("rhythm", "yearly"), ("hour", "")]
)
def test_a_time_that_makes_no_sense_is_refused_in_place(supervisor: Browser, field: str, value: str) -> None:
    report = kept(supervisor.person)
    answer = supervisor.send(f"/reports/saved/{report.pk}/subscribe/", **{**TIMES, field: value})
    assert answer.status_code == 400
    assert f"problem-{field}" in answer.content.decode()


@pytest.fixture
def link(mila: User) -> str:
    subscription = report_mails.subscribe(mila, kept(mila).pk)
    return report_mails.link_of(subscription.pk).partition("//")[2].partition("/")[2]


def test_the_link_of_the_mail_works_for_who_is_not_signed_in_and_looking_changes_nothing(link: str) -> None:
    stranger = Client(enforce_csrf_checks=True)
    for _look in range(2):
        page = stranger.get(f"/{link}")
        assert (page.status_code, page["Cache-Control"].count("no-store")) == (200, 1)
        assert "“Week” goes to Mila." in page.content.decode()
    stranger.head(f"/{link}")
    assert ReportSubscription.objects.exists()
    assert "This mail has stopped." in stranger.post(f"/{link}").content.decode()
    assert not ReportSubscription.objects.exists()
    assert "You do not get this report by e-mail." in stranger.post(f"/{link}").content.decode()
    assert stranger.put(f"/{link}").status_code == 405


def test_it_speaks_the_language_of_its_reader(link: str, mila: User) -> None:
    User.objects.update(language="nl")
    assert "Deze mail stoppen?" in Client().get(f"/{link}", headers={"Accept-Language": "en"}).content.decode()


def test_a_damaged_link_says_so(link: str) -> None:
    answer = Client().post(f"/{link[:-3]}x/")
    assert answer.status_code == 404
    assert "This link is damaged." in answer.content.decode()
    assert ReportSubscription.objects.exists()


def test_a_report_opens_with_few_queries(supervisor: Browser) -> None:
    address = f"/reports/saved/{kept(supervisor.person).pk}/"
    supervisor.page(address)
    with CaptureQueriesContext(connection) as captured:
        supervisor.page(address)
    assert len(captured) <= 24
