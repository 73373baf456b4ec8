"""The bell: what counts, what is listed, and the word that stops an alert."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from desk.actions.alerts import notices
from desk.actions.sla import clock_sweep
from desk.actions.tickets import notes, tickets
from desk.alerts.models import Alert, Notification
from desk.alerts.notices import Notice, notify
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Ticket
from tests.web.browsing import Browser, asked_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def alerted(inbox: Inbox, suze: User) -> Ticket:
    """Marit has waited for 35 of her 60 minutes, and Suze was told."""
    ticket = asked_by(inbox, "marit", "Waar blijft de trein?", minutes_ago=35)
    tickets.assign(suze, ticket.pk, assignee_id=suze.pk)
    assert clock_sweep.sweep(timezone.now()).alerts == 1
    return ticket


def test_the_bell_counts_what_is_unseen(browser: Browser, alerted: Ticket) -> None:
    notice = Notification.objects.get()
    page = browser.page("/queue/")
    assert f'data-last="{notice.pk}"' in page
    assert ">1</span>" in page.split("data-bell-count")[1][:20]
    told = browser.client.get("/notices/bell/").json()
    assert told["count"] == "1"
    assert told["newest"]["waits"]
    assert told["newest"]["words"].startswith("50 % of the time is gone: answer Marit, ticket")
    notices.see(browser.person)
    assert browser.client.get("/notices/bell/").json() == {"count": "", "newest": None}


def test_the_bell_stops_counting_at_99(browser: Browser) -> None:
    now = timezone.now()
    notify([Notice(browser.person.pk, "needs_reauthorisation") for _number in range(101)], now)
    assert browser.client.get("/notices/bell/").json()["count"] == "99+"
    page = browser.page("/notices/")
    assert page.count("data-notice=") == 50
    cursor = page.split("?cursor=")[1].split('"')[0]
    assert browser.page(f"/notices/?cursor={cursor}").count("data-notice=") == 50


def test_the_list_says_what_became_of_an_alert(browser: Browser, alerted: Ticket, sanne: User) -> None:
    page = browser.page("/notices/")
    assert "50 % of the time is gone" in page
    assert "Acknowledge" in page
    notices.acknowledge_ticket(sanne, alerted.pk)
    page = browser.page("/notices/")
    assert "acknowledged by Sanne Bakker" in page
    assert "/acknowledge/" not in page


def test_a_notice_leads_to_its_ticket_and_counts_as_seen(browser: Browser, alerted: Ticket) -> None:
    notice = Notification.objects.get()
    answer = browser.client.get(f"/notices/{notice.pk}/")
    assert answer.headers["Location"] == f"/tickets/{alerted.pk}/"
    notice.refresh_from_db()
    assert notice.seen_at is not None


def test_a_notice_of_somebody_else_is_not_there(browser: Browser, alerted: Ticket, sanne: User) -> None:
    other = Browser(sanne)
    notice = Notification.objects.get()
    assert other.client.get(f"/notices/{notice.pk}/").headers["Location"] == "/notices/"
    assert other.client.post(f"/notices/{notice.pk}/acknowledge/").status_code == 404
    assert "of the time is gone" not in other.page("/notices/")


def test_all_are_seen_at_once(browser: Browser, alerted: Ticket) -> None:
    assert "Mark all as seen" in browser.page("/notices/")
    assert browser.client.post("/notices/see/").headers["Location"] == "/notices/"
    assert "Mark all as seen" not in browser.page("/notices/")


def test_an_alert_is_acknowledged_from_the_list_and_from_the_ticket(browser: Browser, alerted: Ticket) -> None:
    assert "Alerted at" in browser.part(f"/tickets/{alerted.pk}/")
    answer = browser.send(f"/tickets/{alerted.pk}/acknowledge/")
    assert "Alerted at" not in answer.content.decode()
    assert Alert.objects.get().acknowledged_by == browser.person
    notice = Notification.objects.get()
    again = browser.client.post(f"/notices/{notice.pk}/acknowledge/", headers={"X-Requested-With": "fetch"})
    assert again.status_code == 409


def test_an_expert_sees_the_alert_on_the_ticket_and_has_no_button(alerted: Ticket, expert: User) -> None:
    part = Browser(expert).part(f"/tickets/{alerted.pk}/")
    assert "Alerted at" in part
    assert f"/tickets/{alerted.pk}/acknowledge/" not in part


def test_a_mention_is_a_notice(browser: Browser, ticket: Ticket, sanne: User) -> None:
    notes.add_note(sanne, ticket.pk, "Weet jij dit, @suze?")
    assert f"Sanne Bakker named you in a note on ticket {ticket.pk}" in browser.page("/notices/")


def test_the_words_are_the_readers(browser: Browser, alerted: Ticket) -> None:
    User.objects.update(language="nl")
    assert "50 % van de tijd is om" in browser.page("/notices/")


def test_the_list_takes_the_same_few_queries_however_long_it_is(
    browser: Browser, inbox: Inbox, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    for number in range(20):
        ticket = asked_by(inbox, f"klant{number}", "vraag", minutes_ago=35)
        tickets.assign(browser.person, ticket.pk, assignee_id=browser.person.pk)
    assert clock_sweep.sweep(now + timedelta(seconds=5)).alerts == 20
    browser.page("/notices/")
    with django_assert_max_num_queries(4):  # the person, the bell, the crisis banner, the list
        assert browser.page("/notices/").count("data-notice=") == 20


def test_switches_for_mail_and_browser_are_kept(browser: Browser) -> None:
    browser.client.post("/me/", {"mail_notices": "off"})
    browser.client.post("/me/", {"browser_notices": "on"})
    browser.person.refresh_from_db()
    assert (browser.person.mail_notices, browser.person.browser_notices) == (False, True)
    assert 'data-browser-notices="on"' in browser.page("/queue/")
