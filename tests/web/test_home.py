"""The supervisor's figures are right, quick, and never hide who still waits."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone

from desk.actions.reports import figures
from desk.common.errors import NotPermitted
from desk.inboxes.models import CoverageGap, Inbox
from desk.people.permissions import Role
from desk.sla.models import CalendarVersion, Clock, SlaPolicyVersion
from desk.tickets.models import NO_DUE, Conversation, Customer, Profile, Ticket
from desk.web import plots
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))  # a Tuesday, in the desk's own zone


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox.objects.create(network="x", name="Vlotlijn", handle="vlotlijn")


def _ticket(
    inbox: Inbox, at: datetime, answered_after: timedelta | None, *, private: bool = False, state: str = "open"
) -> Ticket:
    """A ticket with its first-response clock of one hour."""
    number = str(Ticket.objects.count())
    profile = Profile.objects.create(customer=Customer.objects.create(), network="x", external_id=number)
    conversation = Conversation.objects.create(inbox=inbox, thread_id=number, private=private)
    due = at + timedelta(hours=1)
    ticket = Ticket.objects.create(
        inbox=inbox,
        conversation=conversation,
        customer=profile.customer,
        profile=profile,
        state="resolved" if answered_after is not None else state,
        private=private,
        created_at=at,
        received_at=at,
        last_message_at=at,
        waiting_since=None if answered_after is not None else at,
        due_at=NO_DUE if answered_after is not None else due,
        warn_at=None if answered_after is not None else due - timedelta(minutes=12),
        clock_started_at=None if answered_after is not None else at,
    )
    met = None if answered_after is None else at + answered_after
    Clock.objects.create(
        ticket=ticket, metric="first_response", state="met" if met else "running",
        started_at=at, received_at=at, target_seconds=3600, due_at=due, met_at=met,
        policy_version=SlaPolicyVersion.objects.get(), calendar_version=CalendarVersion.objects.get(),
    )  # fmt: skip
    return ticket


def _minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_median_and_p90_are_of_the_answered_and_the_others_stand_beside_them(inbox: Inbox) -> None:
    for minutes in (10, 20, 30, 40, 90):
        _ticket(inbox, NOW - timedelta(hours=3), _minutes(minutes))
    _ticket(inbox, NOW - timedelta(hours=3), None)  # overdue
    waits = _ticket(inbox, NOW - _minutes(5), None)
    seen = figures.today(colleague(Role.SUPERVISOR), now=NOW)
    assert seen.today == figures.Speed(
        arrived=7, answered=5, on_time=4, late=2, unanswered=2, median=_minutes(30), p90=_minutes(70)
    )
    assert seen.today.decided == 6
    assert (seen.open, seen.unassigned, seen.overdue) == (2, 2, 1)
    assert [ticket.pk for ticket in seen.waiting_longest][-1] == waits.pk
    assert seen.hours[9].arrived == 6
    assert seen.hours[9].answered_late == 1
    assert seen.hours[12].unanswered == 1
    assert len(seen.hours) == 13


def test_resolving_whoever_waited_too_long_hides_nobody_and_spam_is_nobody(inbox: Inbox) -> None:
    for state, late in (("resolved", True), ("resolved", False), ("spam", True)):
        ticket = _ticket(inbox, NOW - timedelta(hours=3), None, state=state)
        clock = Clock.objects.get(ticket=ticket)
        clock.state, clock.cancelled_at = "cancelled", NOW
        clock.breached_at = clock.due_at if late else None
        clock.save()
    assert figures.today(colleague(Role.SUPERVISOR), now=NOW).today == figures.Speed(arrived=1, late=1)


def test_whoever_waits_too_long_is_not_on_time(inbox: Inbox) -> None:
    now = timezone.now()
    _ticket(inbox, now, _minutes(0))
    late = _ticket(inbox, now, None)
    Clock.objects.filter(ticket=late).update(due_at=now - _minutes(1))
    page = signed_in(Role.SUPERVISOR).get("/").content.decode()
    assert "of 2 that came in; 50.0 % on time" in " ".join(page.split())


def test_yesterday_is_not_today_and_last_week_stops_at_this_hour(inbox: Inbox) -> None:
    midnight = NOW.replace(hour=0, minute=0)
    _ticket(inbox, midnight - _minutes(1), _minutes(5))
    _ticket(inbox, midnight, _minutes(15))
    _ticket(inbox, NOW - timedelta(days=7) - _minutes(1), _minutes(25))
    _ticket(inbox, NOW - timedelta(days=7) + _minutes(1), _minutes(35))
    seen = figures.today(colleague(Role.SUPERVISOR), now=NOW)
    assert (seen.today.arrived, seen.today.median) == (1, _minutes(15))
    assert (seen.last_week.arrived, seen.last_week.median) == (1, _minutes(25))


def test_channels_keep_public_and_private_apart_and_say_how_long_they_were_blind(inbox: Inbox) -> None:
    _ticket(inbox, NOW - _minutes(30), _minutes(10))
    _ticket(inbox, NOW - _minutes(30), None, private=True)
    _ticket(inbox, NOW - _minutes(30), None, state="snoozed")
    CoverageGap.objects.create(
        inbox=inbox, started_at=NOW - timedelta(days=1), ended_at=NOW.replace(hour=1, minute=0), reason="outage"
    )
    CoverageGap.objects.create(inbox=inbox, started_at=NOW - _minutes(15), reason="token")
    seen = figures.today(colleague(Role.SUPERVISOR), now=NOW)
    public, private = seen.channels
    assert (public.private, public.open, public.speed.arrived, public.speed.median) == (False, 0, 2, _minutes(10))
    assert (private.private, private.open, private.speed.unanswered, private.speed.median) == (True, 1, 1, None)
    assert public.blind == timedelta(hours=1, minutes=15)
    assert len(seen.gaps) == 2


def test_who_may_not_see_reports_is_refused() -> None:
    with pytest.raises(NotPermitted):
        figures.today(colleague(Role.AGENT), now=NOW)


@pytest.mark.parametrize("tickets", [1, 30])
def test_the_page_takes_the_same_few_queries_however_much_there_is(
    inbox: Inbox, tickets: int, django_assert_max_num_queries: object
) -> None:
    now = timezone.now()
    for number in range(tickets):
        _ticket(inbox, now - _minutes(number), None if number % 2 else _minutes(1))
    browser = signed_in(Role.SUPERVISOR)
    browser.get("/command/")  # the session is in the cache now
    cache.delete("figures:open")
    with django_assert_max_num_queries(9):  # type: ignore[operator]  # person, bell, crisis banner, and six for the figures
        page = browser.get("/").content.decode()
    assert "Waiting longest" in page
    assert 'role="img"' in page


def test_an_empty_desk_says_what_to_do_first() -> None:
    assert "Connect the first account." in signed_in(Role.ADMINISTRATOR).get("/").content.decode()


def test_plots_stay_inside_their_frame_and_use_points_not_commas(inbox: Inbox) -> None:
    for minutes in (1, 2, 500):
        _ticket(inbox, NOW - timedelta(hours=10), _minutes(minutes))
    _ticket(inbox, NOW - timedelta(hours=1), None)
    CoverageGap.objects.create(inbox=inbox, started_at=NOW - timedelta(days=3), reason="outage")
    seen = figures.today(colleague(Role.SUPERVISOR), now=NOW)
    bars, lines = plots.arrivals(seen), plots.speed(seen)
    for bar in bars.bars:
        assert plots.LEFT <= float(bar.x) <= plots.WIDTH - float(bar.width)
        assert all(plots.TOP <= float(part.y) <= plots.FLOOR for part in bar.parts)
    assert sum(bar.total for bar in bars.bars) == 4
    assert float(bars.blind[0].x) == plots.LEFT
    assert lines.slowest is not None
    assert lines.slowest.label == "02"
    assert all(plots.TOP <= float(dot.y) <= plots.FLOOR for dot in lines.dots)
