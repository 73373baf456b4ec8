"""Administration of response times: what is typed becomes a policy or a calendar, looked at before it is kept."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from desk.actions.sla.calendars import create_calendar
from desk.inboxes.models import Inbox
from desk.people.permissions import Role
from desk.sla.models import BusinessCalendar, Clock, SlaPolicy
from policies.calendars import MOST_EXCEPTIONS
from tests.actions.builders import a_mention, minutes, own_words, take_in
from tests.actions.promised import a_calendar, a_policy, promise
from tests.web.browsing import PART, Browser
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db
LIST = "/administration/response-times/"


@pytest.fixture
def supervisor() -> Client:
    return signed_in(Role.SUPERVISOR)


@pytest.fixture
def always() -> BusinessCalendar:
    return BusinessCalendar.objects.get(name="24/7")


def default() -> SlaPolicy:
    return SlaPolicy.objects.select_related("current").get(is_default=True)


def test_the_list_shows_policies_in_order_and_calendars(supervisor: Client) -> None:
    a_policy("Urgent", first=15, priorities=frozenset({3}))
    page = supervisor.get(LIST).content.decode()
    assert page.index("Urgent") < page.index("Default")
    assert "15 min" in page
    assert "24/7" in page
    assert "7 days a week, UTC" in page


def test_a_policy_is_written_with_its_conditions(supervisor: Client, always: BusinessCalendar, inbox: Inbox) -> None:
    form = {
        "name": "Private on X", "networks": ["x"], "inboxes": [str(inbox.pk)], "private": "private",
        "priorities": ["2", "3"], "languages": "NL, en", "tags": "", "tiers": ["1", "2"],
        "ratings": ["1", "2"], "first_response_minutes": "15",
        "next_response_minutes": "", "resolution_minutes": "480", "calendar": str(always.pk), "enabled": "on",
    }  # fmt: skip
    assert supervisor.post(f"{LIST}policies/new/", form).headers["Location"] == LIST
    policy = SlaPolicy.objects.select_related("current").get(name="Private on X")
    assert policy.current is not None
    assert policy.current.conditions_form == {
        "networks": ["x"], "inboxes": [inbox.pk], "private": True, "priorities": [2, 3], "languages": ["en", "nl"],
        "tiers": [1, 2], "ratings": [1, 2],
    }  # fmt: skip
    assert (policy.current.first_response_seconds, policy.current.next_response_seconds) == (900, None)
    page = supervisor.get(f"{LIST}policies/{policy.pk}/").content.decode()
    assert 'value="en, nl"' in page
    assert page.count(" checked") == 9


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    supervisor: Client, always: BusinessCalendar
) -> None:
    form = {"name": "New", "tags": "nobody has this", "calendar": str(always.pk)}
    answer = supervisor.post(f"{LIST}policies/new/", form)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'value="nobody has this"' in page
    assert "tags: this can&#x27;t be used: nobody has this." in page


def test_a_change_is_looked_at_before_it_is_kept(supervisor: Client, always: BusinessCalendar, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    form = {"name": "Default", "first_response_minutes": "30", "calendar": str(always.pk), "preview": "1"}
    address = f"{LIST}policies/{default().pk}/"
    for headers in ({}, PART):
        part = supervisor.post(address, form, headers=headers).content.decode()
        assert "1 due time would move" in part
        assert "Nothing has been changed yet." in part
    assert default().versions.count() == 1
    del form["preview"]
    supervisor.post(address, form)
    current = default().current
    assert current is not None
    assert (current.number, current.first_response_seconds) == (2, 1_800)
    assert Clock.objects.get(metric="first_response").target_seconds == 3_600


def test_a_policy_moves_up_and_is_deleted(supervisor: Client) -> None:
    one, two = a_policy("one", position=1), a_policy("two", position=2)
    supervisor.post(f"{LIST}policies/{two.pk}/move/")
    assert list(SlaPolicy.objects.values_list("name", flat=True)) == ["two", "one", "Default"]
    supervisor.post(f"{LIST}policies/{one.pk}/delete/")
    assert supervisor.get(f"{LIST}policies/{one.pk}/").status_code == 404


def test_a_week_is_typed_as_people_write_it(supervisor: Client) -> None:
    form = {
        "name": "Office", "timezone": "Europe/Amsterdam", "week.mon": "9:00-12:30, 13:00 – 17:30",
        "week.fri": "22:00-06:00", "country": "NL", "subdivision": "", "exceptions.0.day": "2026-12-24",
        "exceptions.0.hours": "09:00-13:00", "exceptions.7.day": "2026-12-31", "exceptions.7.hours": "",
    }  # fmt: skip
    assert supervisor.post(f"{LIST}calendars/new/", form).headers["Location"] == LIST
    office = BusinessCalendar.objects.select_related("current").get(name="Office")
    assert office.current is not None
    assert office.current.form == {
        "timezone": "Europe/Amsterdam",
        "week": {"mon": [["09:00", "12:30"], ["13:00", "17:30"]], "fri": [["22:00", "06:00"]]},
        "holidays": {"country": "NL", "subdivision": None},
        "exceptions": {"2026-12-24": [["09:00", "13:00"]], "2026-12-31": []},
    }
    page = supervisor.get(f"{LIST}calendars/{office.pk}/").content.decode()
    assert 'value="09:00–12:30, 13:00–17:30"' in page
    assert 'name="exceptions.1.day" type="date" value="2026-12-31"' in page
    assert '<option value="NL" selected>' in page


def test_hours_that_are_none_are_said_at_their_day(supervisor: Client) -> None:
    form = {
        "name": "Office", "timezone": "Mars", "week.mon": "9 to 5", "country": "Holland",
        "exceptions.0.day": "tomorrow", "exceptions.0.hours": "", "exceptions.1.day": "2026-12-24",
        "exceptions.1.hours": "nine",
    }  # fmt: skip
    page = supervisor.post(f"{LIST}calendars/new/", form).content.decode()
    for field in ("timezone", "week.mon", "country", "exceptions.0.day", "exceptions.1.hours"):
        start = page.index(f'id="problem-{field}"')
        assert "“" in page[start : start + 300] or "interval" in page[start : start + 300], field


def test_days_that_are_not_as_their_week_are_added_and_removed(supervisor: Client) -> None:
    form = {
        "name": "Office", "timezone": "UTC", "week.mon": "09:00-17:00", "exceptions.0.day": "2026-12-24",
        "exceptions.0.hours": "09:00-13:00", "exceptions.1.day": "2026-12-25", "exceptions.1.hours": "",
    }  # fmt: skip

    def days(what: str) -> list[str]:
        page = supervisor.post(f"{LIST}calendars/new/", {**form, "do": what})
        assert page.status_code == 200
        assert 'value="09:00-17:00"' in page.content.decode(), "nothing else of the form changes"
        return [row.day.value for row in page.context["rows"]]

    assert days("exceptions:add") == ["2026-12-24", "2026-12-25", ""]
    assert days("exceptions:remove:0") == ["2026-12-25"]
    twice = supervisor.post(f"{LIST}calendars/new/", {**form, "exceptions.1.day": "2026-12-24"}).content.decode()
    start = twice.index('id="problem-exceptions.1.day"')
    assert "stands here twice" in twice[start : start + 300]
    assert not BusinessCalendar.objects.filter(name="Office").exists()


def test_a_calendar_takes_as_many_other_days_as_it_may(supervisor: Client) -> None:
    form = {"name": "Office", "timezone": "UTC", "week.mon": "09:00-17:00"}
    for number in range(MOST_EXCEPTIONS + 1):
        day = date(2026, 1, 1) + timedelta(days=number)
        form |= {f"exceptions.{number}.day": day.isoformat(), f"exceptions.{number}.hours": ""}
    refused = supervisor.post(f"{LIST}calendars/new/", form)
    assert refused.status_code == 400
    assert "a calendar takes 1000" in refused.content.decode()
    del form["exceptions.7.day"], form["exceptions.7.hours"]
    assert supervisor.post(f"{LIST}calendars/new/", form).status_code == 302


def test_the_holidays_of_a_country_are_shown_before_they_are_kept(supervisor: Client) -> None:
    part = supervisor.post(f"{LIST}calendars/holidays/", {"country": "DE", "subdivision": "BY"}, headers=PART)
    (this_year, days), (next_year, _more) = part.context["years"]
    assert next_year == this_year + 1
    words = part.content.decode()
    assert (date(this_year, 1, 6), "Epiphany") in days
    assert f"{this_year}, {len(days)} days" in words
    assert '<option value="BY" selected>BY (Bayern)</option>' in words
    assert 'id="holiday-part" hx-swap-oob="true"' in words
    for values in ({"country": ""}, {"country": "XX"}, {"country": "NL", "subdivision": "BY"}):
        answer = supervisor.post(f"{LIST}calendars/holidays/", values, headers=PART)
        assert answer.status_code == 200, values
        assert bool(answer.context["years"]) == (values["country"] == "NL")


def test_a_calendar_is_tried_out_while_it_is_typed(supervisor: Client) -> None:
    form = {
        "timezone": "Europe/Amsterdam", "week.mon": "09:00-17:00", "week.tue": "09:00-17:00",
        "exceptions.0.day": "2026-03-10", "exceptions.0.hours": "", "try_minutes": "120",
        "try_start": "2026-03-09T16:00",
    }  # fmt: skip
    page = supervisor.post(f"{LIST}calendars/try/", form, headers=PART)
    assert page.context["due"] == "Monday 16 March 10:00", "the Tuesday is closed"
    assert [(first, last) for first, last, _length in page.context["counted"]] == [
        ("16:00", "17:00"),
        ("Monday 16 March 09:00", "10:00"),
    ]
    for wrong in ({"try_minutes": "-1"}, {"try_minutes": "x"}, {"try_start": "soon"}, {"week.mon": "9 to 5"}):
        page = supervisor.post(f"{LIST}calendars/try/", {**form, **wrong}, headers=PART)
        assert (page.status_code, bool(page.context["unclear"])) == (200, True), wrong


def test_a_calendar_that_is_used_says_who_uses_it(supervisor: Client, always: BusinessCalendar) -> None:
    page = supervisor.post(f"{LIST}calendars/{always.pk}/delete/", follow=True).content.decode()
    assert "These policies count by this calendar: Default." in page
    unused = create_calendar(None, name="Unused", form={"timezone": "UTC", "week": {"mon": [["09:00", "17:00"]]}})
    supervisor.post(f"{LIST}calendars/{unused.pk}/delete/")
    assert not BusinessCalendar.objects.filter(deleted_at=None, name="Unused").exists()


def test_a_ticket_explains_a_clock_with_opening_hours_and_pauses(browser: Browser, inbox: Inbox) -> None:
    promise(first=30)
    office = {"timezone": "UTC", "week": {"tue": [["12:00", "12:20"], ["12:30", "18:00"]]}}
    a_policy("Office", first=None, resolution=90_000, calendar=a_calendar("Office", office))
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=5)], now=minutes(6))
    take_in(inbox, [a_mention("3", at=15, thread_id="1")], now=minutes(16))
    clock = Clock.objects.get(metric="resolution")
    part = browser.part(reverse("ticket", args=[clock.ticket_id]))
    assert "Office, version 1" in part
    assert "Counted, in more intervals" in part
    assert "Paused" in part
    assert "−10 min" in part
    assert "Resolution" in part
    assert 'data-warn="' in part
