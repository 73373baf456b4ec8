"""A report beside the period before: the same figures, the difference in words, nothing where nothing was counted."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from desk.actions.reports import report_compared, reports
from desk.actions.reports.report_compared import Compared, in_words, sheets
from desk.actions.reports.report_wishes import Wish
from desk.actions.sla import clock_sweep
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.reports.counting import Chosen, tally
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, own_words, take_in
from tests.actions.promised import promise

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 12, 13, 0, tzinfo=UTC)  # a Thursday, 14:00 in Amsterdam


@pytest.fixture
def inbox() -> Inbox:
    promise(first=30)
    return an_inbox()


@pytest.fixture
def suze(inbox: Inbox) -> User:
    return User.objects.create_user("suze", role="supervisor")


def asked(inbox: Inbox, at: datetime, answered_after: int | None = None) -> None:
    """A question, and its answer that many minutes later."""
    number = Ticket.objects.count()
    items = [a_mention(f"q{number}", by=f"c{number}", created_at=at)]
    if answered_after is not None:
        moment = at + timedelta(minutes=answered_after)
        items.append(own_words(f"a{number}", parent_id=f"q{number}", at=0, created_at=moment))
    take_in(inbox, items, now=at + timedelta(minutes=answered_after or 0))


def read(suze: User, *, now: datetime = NOW, **wish: Any) -> Compared:
    clock_sweep.sweep(now)
    reports.count_changes()
    return report_compared.read(suze, Wish(time="wall", **wish), now=now)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def test_each_main_figure_has_what_it_was_and_the_difference_in_words(inbox: Inbox, suze: User) -> None:
    asked(inbox, days_ago(20), 5)
    for minutes in (20, 20, 40, 40):
        asked(inbox, days_ago(9), minutes)
    for minutes in (10, 10, 10):
        asked(inbox, days_ago(1), minutes)
    asked(inbox, days_ago(0.01))
    found = read(suze, period="week")
    (before,) = found.earlier
    assert before.all is not None
    assert [(key, report_compared.figure(found.report.all, key)) for key in ("compliance", "volume")] == [
        ("compliance", 100), ("volume", 4),
    ]  # fmt: skip
    assert {key: report_compared.then(found, before, key) for key in report_compared.MAIN} == {
        "compliance": "50 % before, 50 points better",
        "median": "20.1 min before, 10.1 min faster",
        "p90": "40.3 min before, 30.3 min faster",
        "p95": "40.3 min before, 30.3 min faster",
        "volume": "4 before, the same",
        "unanswered": "0 before, 1 more",
    }
    table = sheets(found, {})[0]
    assert table.head[1:] == ["This period", before.label, "Difference"]
    assert [row.cells[1:] for row in table.rows if row.cells[0] == "Volume"] == [[4, 4, "the same"]]


def test_a_period_that_still_goes_on_is_compared_with_as_much_of_the_one_before(inbox: Inbox, suze: User) -> None:
    asked(inbox, days_ago(20))
    asked(inbox, days_ago(1) - timedelta(hours=1))
    asked(inbox, days_ago(1) + timedelta(hours=1))  # yesterday, later than it is now
    asked(inbox, days_ago(0.01))
    (before,) = read(suze, period="today").earlier
    assert before.all is not None
    assert before.all.arrived == 1
    assert before.label == "Before: 11 Mar to 11 Mar 2026 14:00"


def test_the_earlier_figures_are_those_of_a_report_of_then(inbox: Inbox, suze: User) -> None:
    for hours in range(0, 24 * 40, 7):
        asked(inbox, NOW - timedelta(hours=hours, minutes=1), hours % 50 if hours % 3 else None)
    found = read(suze, period="last_week", compare="year")
    before, year = found.earlier
    then = read(suze, period="own", first=date(2026, 2, 23), last=date(2026, 3, 1))
    assert before.all == then.report.all
    assert year.all is None


def test_a_year_before_is_compared_where_it_is_chosen(inbox: Inbox, suze: User) -> None:
    asked(inbox, NOW - timedelta(days=800), 5)
    asked(inbox, datetime(2025, 3, 12, 9, 0, tzinfo=UTC), 60)
    asked(inbox, days_ago(0.1), 10)
    before, year = read(suze, period="today", compare="year").earlier
    assert before.all is None
    assert year.all is not None
    assert (year.all.arrived, year.label) == (1, "A year before: 12 Mar to 12 Mar 2025 14:00")


def test_nothing_is_compared_with_days_that_were_not_counted(inbox: Inbox, suze: User) -> None:
    asked(inbox, days_ago(9), 10)  # the desk began in the middle of the week before
    asked(inbox, days_ago(1), 10)
    found = read(suze, period="week")
    (before,) = found.earlier
    assert before.all is None
    assert report_compared.then(found, before, "median") == "before: nothing was counted then"
    assert [cell for row in sheets(found, {})[0].rows for cell in row.cells[2:]] == [
        None, "nothing was counted then",
    ] * 6  # fmt: skip


def test_a_figure_that_there_was_not_is_not_compared(inbox: Inbox, suze: User) -> None:
    asked(inbox, days_ago(20))
    asked(inbox, days_ago(9))
    asked(inbox, days_ago(1), 10)
    found = read(suze, period="week")
    assert report_compared.then(found, found.earlier[0], "median") == "before: nothing to compare"


def test_a_period_to_come_is_compared_with_nothing(inbox: Inbox, suze: User) -> None:
    asked(inbox, days_ago(1), 10)
    assert read(suze, period="own", first=date(2026, 5, 1), last=date(2026, 5, 2)).earlier == ()


def test_filters_hold_for_the_period_before_too(inbox: Inbox, suze: User) -> None:
    asked(inbox, days_ago(20))
    asked(inbox, days_ago(9))
    asked(inbox, days_ago(9))
    Ticket.objects.filter(pk=Ticket.objects.latest("id").pk).update(team=Team.objects.create(name="Rail"))
    found = read(suze, period="week", team=Team.objects.get().pk)
    (before,) = found.earlier
    assert before.all is not None
    assert before.all.arrived == 1
    assert tally(Chosen(before.since, before.until, business=False))["all"][""].arrived == 2


@pytest.mark.parametrize(
    ("key", "value", "then", "says"),
    [
        ("compliance", 90, 80.5, "9.5 points better"),
        ("compliance", 80.5, 90, "9.5 points worse"),
        ("median", 10, 12.5, "2.5 min faster"),
        ("p95", 12.5, 10, "2.5 min slower"),
        ("volume", 2_000, 500, "1,500 more"),
        ("unanswered", 1, 3, "2 fewer"),
        ("unanswered", 3, 3, "the same"),
    ],
)
def test_differences_are_words(key: str, value: float, then: float, says: str) -> None:
    with translation.override("en"):
        assert in_words(key, value, then) == says
