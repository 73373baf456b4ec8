"""What causes cost: counted by day, without what must not count, and compared with what was usual."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from desk.actions.causes import cause_figures, cause_story, cause_tables, causes
from desk.actions.causes.cause_figures import CauseFigures, Line
from desk.common.errors import Invalid
from desk.crises.models import Crisis
from desk.crises.plans import active_plan
from desk.inboxes.models import CoverageGap, Inbox
from desk.people.models import User
from desk.people.permissions import Role
from desk.reports.counting import midnight
from desk.reports.models import CountedCycle
from desk.tickets.models import Message, Ticket, TicketEvent
from tests.actions.builders import an_inbox
from tests.actions.causes import a_cause, a_department, said_of

pytestmark = pytest.mark.django_db
NOW = midnight(date(2026, 6, 1)) + timedelta(hours=15)  # a Monday
TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def boss() -> User:
    return User.objects.create_user("mila", role=Role.SUPERVISOR)


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def steady(per_day: int, since: int = 112, until: int = 0) -> dict[date, int]:
    """So many on each day from `since` days ago up to `until` days ago."""
    return {ago(number): per_day for number in range(since, until, -1)}


def read(reader: User, period: str = "month") -> CauseFigures:
    cache.clear()
    return cause_figures.read(reader, period, now=NOW)


def line(figures: CauseFigures, name: str) -> Line:
    return next(one for one in figures.lines if one.place.cause.name_en == name)


def test_a_cause_counts_with_what_lies_below_and_was_merged_into_it(boss: User, inbox: Inbox) -> None:
    trains = a_cause("Treinen", "Trains")
    delay, late = a_cause("Vertraging", "Delay", below=trains), a_cause("Te laat", "Late")
    said_of(inbox, delay, {ago(1): 3, ago(0): 2, ago(29): 7})
    said_of(inbox, late, {ago(28): 4}, sentiment="negative")
    causes.merge(boss, late.pk, delay.pk)
    figures = read(boss)
    assert [one.place.words for one in figures.lines] == ["Trains", "Trains › Delay"]
    assert [(one.tickets, one.today, one.negative) for one in figures.lines] == [(7, 2, 4)] * 2
    assert (figures.first, figures.last, figures.tickets) == (ago(28), ago(1), 7)


def test_drills_spam_and_merged_tickets_are_not_counted(boss: User, inbox: Inbox) -> None:
    delay = a_cause("Vertraging", "Delay")
    (kept,) = said_of(inbox, delay, {ago(2): 1})
    said_of(an_inbox(drill=True, own_id="9"), delay, {ago(2): 5})
    said_of(inbox, delay, {ago(2): 5}, state="spam")
    said_of(inbox, delay, {ago(2): 5}, merged_into=kept)
    said_of(inbox, None, {ago(2): 3})
    figures = read(boss)
    assert line(figures, "Delay").tickets == 1
    assert (figures.resolved, figures.said) == (4, 1)


def test_hours_are_the_time_before_each_step_up_to_ten_minutes(boss: User, inbox: Inbox) -> None:
    delay, refund = a_cause("Vertraging", "Delay"), a_cause("Geld terug", "Refund")
    one, other = said_of(inbox, delay, {ago(2): 1})[0], said_of(inbox, refund, {ago(2): 1})[0]
    begin = midnight(ago(2)) + timedelta(hours=13)
    colleague = User.objects.create_user("suze", role=Role.AGENT)

    def step(ticket: Ticket, minutes: float, by: User | None) -> None:
        TicketEvent.objects.create(ticket=ticket, kind="note", actor=by, at=begin + timedelta(minutes=minutes))

    step(one, 0, boss)  # the first step: 2 minutes
    step(one, 5, boss)  # 5
    step(other, 9, boss)  # 4, for the other
    step(one, 60, boss)  # after a pause: 2
    step(one, 61, None)  # the desk itself
    step(one, 6, colleague)  # somebody else's first: 2
    figures = read(boss)
    assert (line(figures, "Delay").work, line(figures, "Refund").work) == (timedelta(minutes=11), timedelta(minutes=4))
    assert figures.work == timedelta(minutes=15)


def test_promises_are_those_of_the_reports(boss: User, inbox: Inbox) -> None:
    delay = a_cause("Vertraging", "Delay")
    for number, ticket in enumerate(said_of(inbox, delay, {ago(3): 4})):
        CountedCycle.objects.create(
            clock_id=number, ticket=ticket, metric="first_response", started_at=ticket.created_at, inbox_id=inbox.pk,
            private=False, team_id=0, assignee_id=0, priority=1, language="nl", on_time=number > 0, late=number == 0,
            unanswered=False, cancelled=False, resolved_unanswered=False, lag=0,
        )  # fmt: skip
    assert line(read(boss), "Delay").compliance == 0.75


def test_what_doubles_is_named_and_what_stays_is_not(boss: User, inbox: Inbox) -> None:
    for name in ("Vertraging", "Geld terug", "App", "Lift"):
        said_of(inbox, a_cause(name), steady(3))
    said_of(inbox, a_cause("Vertraging"), steady(4, since=28))
    figures = read(boss)
    assert [one.place.cause.name for one in figures.lines if one.striking] == ["Vertraging"]
    found = line(figures, "Vertraging").change
    assert found is not None
    assert found.low > 1.5
    assert cause_tables.direction(line(figures, "Vertraging")) == "up"
    assert cause_tables.trend(found, striking=True).startswith("2.3 times")
    assert "no more than chance" in cause_tables.trend(line(figures, "App").change, striking=False)
    assert line(figures, "App").place.cause.name in cause_tables.file_of(figures, "csv").content.decode()
    book = load_workbook(BytesIO(cause_tables.file_of(figures, "xlsx").content))
    assert book.sheetnames == ["Causes", "Days left out"]


def test_days_of_a_crisis_and_blind_days_are_counted_but_not_compared(boss: User, inbox: Inbox) -> None:
    delay = a_cause("Vertraging", "Delay")
    said_of(inbox, delay, steady(3))
    said_of(inbox, delay, {ago(5): 60})
    start = midnight(ago(5)) + timedelta(hours=9)
    a_crisis(start, start + timedelta(hours=3))
    a_crisis(midnight(ago(9)), midnight(ago(8)), drill=True)
    CoverageGap.objects.create(
        inbox=inbox, reason="outage", started_at=midnight(ago(20)), ended_at=midnight(ago(20)) + timedelta(hours=2)
    )
    CoverageGap.objects.create(
        inbox=inbox, reason="outage", started_at=midnight(ago(22)), ended_at=midnight(ago(22)) + timedelta(minutes=5)
    )
    figures = read(boss)
    assert (figures.crisis_days, figures.blind_days) == ([ago(5)], [ago(20)])
    found = line(figures, "Delay").change
    assert found is not None
    assert (line(figures, "Delay").tickets, found.counted, found.days_after) == (84 + 60, 78, 26)
    assert cause_tables.left_out(figures) == (
        "Left out of every comparison: 1 day of a crisis, 1 day that was seen in part."
    )
    story = cause_story.of_cause(boss, delay.pk, "month", now=NOW)
    assert sum(week.left_out for week in story.weeks) == 2
    assert (story.weeks[-1].runs, story.weeks[-1].monday, story.weeks[-2].tickets) == (True, TODAY, 21 + 60)


def test_before_the_first_cause_was_chosen_nothing_is_known(boss: User, inbox: Inbox) -> None:
    """A company that begins today sees no rise from nothing to something."""
    said_of(inbox, a_cause("Vertraging", "Delay"), steady(3, since=20))
    assert line(read(boss), "Delay").change is None


def test_examples_are_masked_for_whoever_reads_them(boss: User, inbox: Inbox) -> None:
    delay = a_cause("Vertraging", "Delay")
    texts = [
        "Bel mij op 06-12345678 over de trein van gisteren, @vlotlijn en @jan.de.wit",
        "kort",
        "Mijn rekening is NL91ABNA0417164300 en ik wil mijn geld terug",
    ]
    for number, (ticket, text) in enumerate(zip(said_of(inbox, delay, {ago(2): 3}), texts, strict=True)):
        Message.objects.create(
            ticket=ticket, conversation=ticket.conversation, inbox=inbox, external_id=f"m{number}", kind="mention",
            text=text, language="nl", created_at=ticket.created_at, received_at=ticket.created_at,
        )  # fmt: skip
    said = [one.said for one in cause_story.of_cause(boss, delay.pk, "month", now=NOW).examples]
    assert len(said) == 2
    assert not any(secret in words for words in said for secret in ("12345678", "0417164300", "jan.de.wit"))


def test_no_cause_more_costs_a_query_more(boss: User, inbox: Inbox) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            read(boss)
        return len(found)

    said_of(inbox, a_cause("Vertraging"), steady(1))
    before = queries()
    for name in "ABCDEFGH":
        said_of(inbox, a_cause(name, below=a_cause("Vertraging")), steady(1), sentiment="negative")
    a_department("Materieel")
    assert queries() == before


def test_a_period_that_is_none_is_refused(boss: User) -> None:
    with pytest.raises(Invalid):
        cause_figures.read(boss, "century")


def a_crisis(started: datetime, ended: datetime, **columns: bool) -> None:
    Crisis.objects.create(
        name="Storing", reason="Alles staat stil", state="stood_down", level=3, created_at=started, started_at=started,
        ended_at=ended, plan=active_plan(), **columns,
    )  # fmt: skip


def test_the_running_week_is_shown_as_such(boss: User, inbox: Inbox) -> None:
    said_of(inbox, a_cause("Vertraging"), {timezone.localtime(NOW).date(): 2})
    story = cause_story.of_cause(boss, a_cause("Vertraging").pk, "week", now=NOW)
    assert (story.weeks[-1].tickets, story.weeks[-1].runs) == (2, True)
