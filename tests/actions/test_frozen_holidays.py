"""A newer list of public holidays changes no promise that was given under an older one."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import holidays
import pytest

from desk.actions.sla.calendars import change_calendar, create_calendar
from desk.actions.tickets import tickets
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.sla import promises
from desk.sla.audit import differences
from desk.sla.models import BusinessCalendar, CalendarVersion
from desk.tickets.models import Ticket
from policies import calendars, public_holidays
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.actions.promised import a_policy, clocks, past_noon, promise

pytestmark = pytest.mark.django_db

OFFICE: dict[str, Any] = {
    "timezone": "Europe/Amsterdam",
    "week": {"tue": [["09:00", "17:30"]], "wed": [["09:00", "17:30"]]},
    "holidays": {"country": "NL", "subdivision": None},
    "exceptions": {},
}
WEDNESDAY = date(2026, 3, 11)


def forget() -> None:
    """As a process that has just started."""
    promises._read.clear()
    calendars._parsed.cache_clear()
    public_holidays.public_holidays.cache_clear()


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A library that knows one more day off in the Netherlands, and no Christmas."""
    older = holidays.country_holidays

    def newer(country: str, **asked: Any) -> Any:
        found = older(country, **asked)
        years = asked["years"]
        return {day: name for day, name in found.items() if day.month != 12} | (
            {WEDNESDAY: "Dag van het Spoor"} if years == WEDNESDAY.year else {}
        )

    def upgraded() -> None:
        monkeypatch.setattr(holidays, "country_holidays", newer)
        forget()

    yield upgraded
    monkeypatch.undo()
    forget()


@pytest.fixture
def office() -> BusinessCalendar:
    return create_calendar(None, name="Kantoor", form=OFFICE)


@pytest.fixture
def inbox(office: BusinessCalendar) -> Inbox:
    promise(first=30)
    a_policy("Office", first=300, resolution=600, calendar=office, networks=frozenset({"x"}))
    return an_inbox()


def test_due_times_stay_after_an_upgrade_and_the_audit_finds_nothing(inbox: Inbox, upgrade: Callable[[], None]) -> None:
    take_in(inbox, [a_mention("1", at=0)])  # Tuesday 13:00 in Amsterdam: half an hour is left for Wednesday
    before = clocks()
    assert before[0][3] == past_noon(datetime.fromisoformat("2026-03-11T08:30Z"))
    upgrade()
    assert list(differences(Ticket.objects.all())) == []
    suze = User.objects.create_user("suze", role="agent")
    ticket = Ticket.objects.get()
    tickets.transition(suze, ticket.pk, "mark_spam", now=minutes(3))
    tickets.transition(suze, ticket.pk, "not_spam", now=minutes(4))  # all of it worked out again
    assert [row[3] for row in clocks("first_response")] == [before[0][3]] * 2
    assert list(differences(Ticket.objects.all())) == []


def test_who_saves_the_same_form_after_an_upgrade_gets_the_new_holidays_in_a_new_version(
    inbox: Inbox, office: BusinessCalendar, upgrade: Callable[[], None]
) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    assert change_calendar(None, office.pk, form=OFFICE).versions.count() == 1  # nothing is new
    upgrade()
    assert change_calendar(None, office.pk, form=OFFICE).versions.count() == 2
    take_in(inbox, [a_mention("2", at=0, by="tom")])
    assert [row[3] for row in clocks("first_response")] == [
        past_noon(datetime.fromisoformat("2026-03-11T08:30Z")),
        past_noon(datetime.fromisoformat("2026-03-17T08:30Z")),
    ]
    assert list(differences(Ticket.objects.all())) == []


def test_a_version_keeps_the_holidays_of_every_year_that_a_promise_may_touch(office: BusinessCalendar) -> None:
    version = CalendarVersion.objects.get(calendar=office)
    assert date(2026, 4, 27) in version.holidays
    assert version.holidays == sorted(version.holidays)
    assert {day.year for day in version.holidays} >= set(range(1970, 2100))
    assert version.form == OFFICE
    assert CalendarVersion.objects.get(calendar__name="24/7").holidays == []
