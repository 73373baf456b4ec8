"""What stands on the wall is what the verbs made of it, for the part of the desk that the board is for."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.actions.people import people
from desk.actions.replies import reply
from desk.actions.reports import wallboards
from desk.actions.reports.wallboard_figures import (
    BoardFigures,
    Connection,
    Health,
    Scope,
    Today,
    connection_of,
    figures_of,
    scope_of,
    work_out,
)
from desk.actions.tickets import tickets
from desk.inboxes.models import CoverageGap, Inbox
from desk.people.models import Absence, Shift, Team, User
from desk.people.permissions import Role
from desk.tickets.models import Message, Ticket
from policies.duty import Duty
from tests.actions.builders import a_mention, a_message, an_inbox, minutes, own_words, take_in

pytestmark = pytest.mark.django_db
NOW = minutes(60)  # 14:00 in Amsterdam
QUERIES = 9  # three of them say who is at work, and are not made where nobody is


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", first_name="Suze", role=Role.AGENT)


def _asks(inbox: Inbox, name: str, at: float, **more: Any) -> Ticket:
    """A customer writes, `at` minutes past noon."""
    take_in(inbox, [a_mention(name, by=name, at=at, **more)], now=max(NOW, minutes(at)))
    ticket = Message.objects.get(inbox=inbox, external_id=name).ticket
    assert ticket is not None
    return ticket


def _answered(inbox: Inbox, name: str, at: float, after: float) -> None:
    _asks(inbox, name, at)
    take_in(inbox, [own_words(f"{name}-answer", parent_id=name, at=at + after)], now=NOW)


def _seen(now: datetime = NOW, scope: Scope | None = None) -> BoardFigures:
    return work_out(scope or Scope(), now)


def test_who_waits_who_is_late_and_who_is_about_to_be(inbox: Inbox, suze: User) -> None:
    late = _asks(inbox, "late", -5)
    edge = _asks(inbox, "edge", 0)  # due at this very instant: still in time
    risk = _asks(inbox, "risk", 12)  # four fifths used at this very instant
    calm = _asks(inbox, "calm", 13)
    tickets.claim(suze, late.pk, now=NOW)
    seen = _seen()
    assert (seen.open, seen.overdue, seen.at_risk, seen.unassigned) == (4, 1, 2, 3)
    assert (seen.waiting_since, seen.longest_is_overdue) == (minutes(-5), True)
    assert [row.number for row in seen.rows] == [late.pk, edge.pk, risk.pk, calm.pk]
    assert [row.holder for row in seen.rows] == ["Suze", "", "", ""]


def test_answered_snoozed_and_resolved_tickets_do_not_wait(inbox: Inbox, suze: User) -> None:
    _answered(inbox, "answered", 1, 5)
    tickets.snooze(suze, _asks(inbox, "snoozed", 2).pk, NOW + timedelta(hours=1), now=NOW)
    tickets.transition(suze, _asks(inbox, "resolved", 3).pk, "resolve", now=NOW)
    waits = _asks(inbox, "waits", 40)
    seen = _seen()
    assert [row.number for row in seen.rows] == [waits.pk]
    assert (seen.waiting_since, seen.longest_is_overdue) == (minutes(40), False)


def test_compliance_counts_whoever_is_overdue_and_unanswered_as_breached(inbox: Inbox) -> None:
    for number, after in enumerate((10, 20, 60)):  # the last one at the very end of its target
        _answered(inbox, f"in-time-{number}", -30, after)
    _answered(inbox, "too-late", -40, 61)
    _asks(inbox, "overdue", -10)
    _asks(inbox, "undecided", 50)
    seen = _seen()
    assert seen.today == Today(met=3, breached=2, unanswered=2, median=timedelta(minutes=40))
    assert seen.today.compliance == 60


def test_resolving_whoever_waited_too_long_leaves_them_breached(inbox: Inbox, suze: User) -> None:
    for name, at in (("in-time", 50), ("too-late", -30)):
        tickets.transition(suze, _asks(inbox, name, at).pk, "resolve", now=NOW)
    assert _seen().today == Today(met=0, breached=1, unanswered=0, median=None)


def test_a_hundred_per_cent_means_all_of_them() -> None:
    assert Today(met=999, breached=1, unanswered=0, median=None).compliance == 99
    assert Today(met=1, breached=0, unanswered=0, median=None).compliance == 100
    assert Today(met=0, breached=0, unanswered=3, median=None).compliance is None


def test_today_begins_at_midnight_of_the_desk(inbox: Inbox) -> None:
    _answered(inbox, "yesterday", -13 * 60 - 1, 5)  # 23:59 in Amsterdam
    _answered(inbox, "today", -13 * 60, 5)
    assert _seen().today == Today(met=1, breached=0, unanswered=0, median=timedelta(minutes=5))


def test_spam_is_in_no_figure(inbox: Inbox, suze: User) -> None:
    tickets.transition(suze, _asks(inbox, "spam", -90).pk, "mark_spam", now=NOW)
    seen = _seen()
    assert (seen.open, seen.overdue, seen.today) == (0, 0, Today(0, 0, 0, None))


def test_a_reply_that_has_not_left_yet_answers_nobody(inbox: Inbox, suze: User) -> None:
    ticket = _asks(inbox, "asks", 55)
    reply.submit(suze, ticket.pk, text="We zoeken het uit.", visibility="public", idempotency_key="1", now=NOW)
    assert _seen().today.unanswered == 1  # it waits its ten seconds


def test_who_is_at_work_with_what_they_hold(inbox: Inbox, suze: User) -> None:
    daan = User.objects.create_user("daan", first_name="Daan", role=Role.AGENT, ticket_cap=2)
    ilse = User.objects.create_user("ilse", first_name="Ilse", role=Role.AGENT)
    rik = User.objects.create_user("rik", first_name="Rik", role=Role.AGENT)
    noor = User.objects.create_user("noor", first_name="Noor", role=Role.AGENT)
    mila = User.objects.create_user("mila", role=Role.SUPERVISOR)
    User.objects.create_user("left", role=Role.AGENT, is_active=False)
    User.objects.create_user("expert", role=Role.EXPERT)
    for number, holder in enumerate((daan, daan, ilse, mila, noor)):
        tickets.claim(holder, _asks(inbox, f"asks-{number}", number).pk, now=NOW)
    Absence.objects.create(user=ilse, starts_at=minutes(0), ends_at=minutes(90))
    people.change_own(rik, away=True)  # away, and holds nothing
    hours = {"timezone": "Europe/Amsterdam", "week": {"tue": [["09:00", "13:30"]]}}  # it is a Tuesday, 14:00
    Shift.objects.create(user=noor, **hours)
    Shift.objects.create(user=suze, **{**hours, "week": {"tue": [["13:30", "17:00"]]}})
    assert [(one.name, one.duty, one.load, one.cap) for one in _seen().people] == [
        ("Daan", Duty.NO_HOURS, 2, 2),
        ("mila", Duty.NO_HOURS, 1, None),
        ("Suze", Duty.ON_SHIFT, 0, None),
        ("Ilse", Duty.ABSENT, 1, None),
        ("Noor", Duty.OFF_SHIFT, 1, None),
    ]
    assert [one.name for one in _seen(minutes(91)).people if one.on_duty] == ["Daan", "Ilse", "mila", "Suze"]


def test_a_board_for_a_team_shows_its_tickets_its_people_and_its_accounts(suze: User) -> None:
    night = Team.objects.create(name="Nacht")
    suze.teams.add(night)
    User.objects.create_user("daan", role=Role.AGENT)
    theirs, other = an_inbox(name="theirs", team=night), an_inbox(name="other", own_id="2", handle="other")
    mine = _asks(theirs, "mine", 10)
    given = _asks(other, "given", 20)
    _asks(other, "elsewhere", 30)
    tickets.assign(suze, given.pk, team_id=night.pk, now=NOW)
    seen = _seen(scope=Scope(False, teams=(night.pk,)))
    assert [row.number for row in seen.rows] == [mine.pk, given.pk]
    assert seen.today.unanswered == 2
    assert [one.name for one in seen.people] == ["Suze"]
    assert [one.name for one in seen.connections] == ["theirs"]
    seen = _seen(scope=Scope(False, inboxes=(other.pk,)))
    assert (seen.open, [one.name for one in seen.connections]) == (2, ["other"])
    assert [one.name for one in seen.people] == ["daan", "Suze"]  # no team owns it, so everybody works for it
    seen = _seen(scope=Scope(False, inboxes=(theirs.pk,)))
    assert [one.name for one in seen.people] == ["Suze"]


def test_a_board_whose_part_of_the_desk_is_gone_shows_nothing(inbox: Inbox, suze: User) -> None:
    mila = User.objects.create_user("mila", role=Role.SUPERVISOR)
    team = Team.objects.create(name="Nacht")
    board, _code = wallboards.create(mila, name="Hal", team_ids=[team.pk])
    _asks(inbox, "asks", 1)
    team.delete()
    seen = _seen(scope=scope_of(board))
    assert (seen.open, seen.rows, seen.people, seen.connections, seen.today.unanswered) == (0, [], [], [], 0)


def test_no_word_and_no_name_of_a_customer_is_read(inbox: Inbox) -> None:
    _asks(inbox, "marit", 10, text="Mijn rekening is NL91ABNA0417164300")
    take_in(inbox, [a_message("dm", by="joost", at=20, text="geheim")], now=NOW)
    with CaptureQueriesContext(connection) as queries:
        seen = _seen()
    assert "marit" not in repr(seen).lower()
    assert "joost" not in repr(seen).lower()
    for query in queries:
        for table_or_column in ("tickets_message", "tickets_profile", "tickets_customer", '"preview"', "sealed"):
            assert table_or_column not in query["sql"]


@pytest.mark.parametrize("many", [1, 12])
def test_it_takes_the_same_few_queries_however_much_there_is(inbox: Inbox, many: int) -> None:
    for number in range(many):
        an_inbox(name=f"inbox {number}", own_id=f"o{number}")
        holder = User.objects.create_user(f"agent{number}", role=Role.AGENT)
        tickets.claim(holder, _asks(inbox, f"asks-{number}", number).pk, now=NOW)
    team = Team.objects.create(name="Nacht")
    for scope in (Scope(), Scope(False, (team.pk,), (inbox.pk,))):
        with CaptureQueriesContext(connection) as queries:
            _seen(scope=scope)
        assert len(queries) == QUERIES


def test_ten_screens_cost_what_one_costs_for_a_few_seconds(inbox: Inbox, suze: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        for _ in range(10):
            figures_of(Scope(), now=NOW)
    assert len(queries) == QUERIES
    _asks(inbox, "asks", 1)
    assert figures_of(Scope(), now=NOW + timedelta(seconds=2)).open == 0
    assert figures_of(Scope(False), now=NOW).open == 0  # another part of the desk is kept beside it
    with CaptureQueriesContext(connection) as queries:
        assert figures_of(Scope(), now=NOW + timedelta(seconds=4)).open == 1
    assert len(queries) == QUERIES


def test_while_one_works_the_figures_out_the_others_go_on_with_the_old(inbox: Inbox) -> None:
    figures_of(Scope(), now=NOW)
    cache.add(f"{Scope().key}:turn", 1, 3)  # somebody is at it
    with CaptureQueriesContext(connection) as queries:
        assert figures_of(Scope(), now=NOW + timedelta(seconds=4)).now == NOW
    assert not queries


@pytest.mark.parametrize(
    ("columns", "blind_since", "health", "since"),
    [
        ({}, None, Health.WELL, minutes(50)),
        ({"last_event_at": None}, None, Health.WELL, None),
        ({"state": "paused"}, minutes(40), Health.PAUSED, minutes(40)),
        ({"state": "needs_reauthorisation"}, minutes(40), Health.SIGNED_OUT, minutes(40)),
        ({"failures_in_a_row": 3}, minutes(55), Health.BLIND, minutes(55)),
        ({"failures_in_a_row": 1}, None, Health.FAULTS, minutes(59)),
        ({"last_poll_at": minutes(57)}, None, Health.SILENT, minutes(57)),
        ({"last_poll_at": minutes(57), "poll_seconds": 61}, None, Health.WELL, minutes(50)),
        ({"last_poll_at": None, "created_at": minutes(57)}, None, Health.SILENT, None),
        ({"last_poll_at": None, "created_at": minutes(59)}, None, Health.WELL, minutes(50)),
    ],
)
def test_a_connection_is_as_well_as_what_happened_to_it(
    columns: dict[str, Any], blind_since: datetime | None, health: Health, since: datetime | None
) -> None:
    usual = {"last_event_at": minutes(50), "last_poll_at": minutes(59), "poll_seconds": 30, "created_at": minutes(0)}
    inbox = Inbox(network="x", name="@vlotlijn", **{**usual, **columns})
    assert connection_of(inbox, blind_since, NOW) == Connection("x", "@vlotlijn", health, since)


def test_trouble_stands_first(inbox: Inbox) -> None:
    Inbox.objects.update(last_poll_at=NOW)
    bad = an_inbox(name="bad", own_id="2", last_poll_at=NOW, failures_in_a_row=2)
    CoverageGap.objects.create(inbox=bad, started_at=minutes(30), reason="outage")
    assert [(one.name, one.health) for one in _seen().connections] == [
        ("bad", Health.BLIND),
        ("@vlotlijn", Health.WELL),
    ]
