"""The backlog over time, against a recount of what the timelines and the messages say."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from desk.actions.reports import report, reports
from desk.actions.reports.report import Report
from desk.actions.reports.report_tickets import Figure, behind, how_many
from desk.actions.tickets import tickets
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.reports.counting import Chosen, local_day, midnight
from desk.tickets.models import Message, Ticket, TicketEvent
from policies.ticket_states import State
from tests.actions.builders import a_mention, a_message, an_inbox, deleted, minutes, own_words, take_in
from tests.actions.promised import promise

pytestmark = pytest.mark.django_db
DAY = 1_440  # minutes
DAYS = 8
CLOSED = (State.RESOLVED, State.SPAM)


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="supervisor")


@pytest.fixture
def lived(suze: User) -> datetime:
    """Eight days in which people ask, are answered, resolved, reopened, and taken for spam by mistake."""
    promise(first=30, following=60, resolution=240)
    chance = random.Random(11)
    inboxes = [an_inbox(), an_inbox(network="facebook_page", name="Vlotlijn", own_id="2", handle="vlotlijn")]
    teams = [Team.objects.create(name=name) for name in ("Rail", "Bus")]
    at = 0.0
    for step in range(150):
        at += chance.expovariate(150 / (DAYS * DAY))
        alive = list(Ticket.objects.filter(original_gone=False).order_by("id"))
        if step % 3 == 0 or not alive:
            ask(chance.choice(inboxes), step, at, delay=chance.choice((0, 1, 20)), private=chance.random() < 0.3)
        else:
            live(suze, chance, teams, chance.choice(alive), step, at)
        if step % 40 == 0:
            reports.count_changes()
    reports.count_changes()
    return minutes(at + 1)


def ask(inbox: Inbox, step: int, at: float, *, delay: int, private: bool) -> None:
    make = a_message if private else a_mention
    take_in(inbox, [make(f"m{step}", at=at - delay, by=f"k{step}")], now=minutes(at))


def live(suze: User, chance: random.Random, teams: list[Team], ticket: Ticket, step: int, at: float) -> None:
    """One of the things that happen to a ticket, where it can."""
    question = Message.objects.filter(ticket=ticket, outgoing=False).order_by("id")[0]
    author, thread = question.profile.handle if question.profile else "", ticket.conversation.thread_id
    spoken: dict[str, Any] = {"parent_id": question.external_id, "thread_id": thread, "private": question.private}
    match chance.choice(("reply", "reply", "ask", "resolve", "resolve", "reopen", "spam", "assign", "delete")):
        case "reply":
            take_in(ticket.inbox, [own_words(f"m{step}", at=at, **spoken)], now=minutes(at))
        case "ask" if ticket.state != State.SPAM:
            make = a_message if question.private else a_mention
            take_in(ticket.inbox, [make(f"m{step}", at=at, by=author, thread_id=thread)], now=minutes(at))
        case "resolve" if ticket.state not in CLOSED:
            tickets.transition(suze, ticket.pk, "resolve", now=minutes(at))
        case "reopen" if ticket.state in CLOSED:
            event = "reopen" if ticket.state == State.RESOLVED else "not_spam"
            tickets.transition(suze, ticket.pk, event, now=minutes(at))
        case "spam" if ticket.state not in CLOSED:
            tickets.transition(suze, ticket.pk, "mark_spam", now=minutes(at))
        case "assign":
            tickets.assign(suze, ticket.pk, team_id=chance.choice(teams).pk, assignee_id=suze.pk, now=minutes(at))
        case "delete" if ticket.messages.count() == 1 and ticket.state not in CLOSED:
            make = a_message if question.private else a_mention
            said = make(question.external_id, created_at=question.created_at)
            take_in(ticket.inbox, [deleted(said, at=at)], now=minutes(at))


# ── the recount ──────────────────────────────────────────────────────────────
Line = tuple[str, datetime, dict[str, str]]  # of a timeline: kind, when, data


def lines(ticket: Ticket) -> list[Line]:
    rows = TicketEvent.objects.filter(ticket=ticket).order_by("at", "id")
    return list(rows.values_list("kind", "at", "data"))


def was_unresolved(told: list[Line], at: datetime) -> bool:
    """From the lines of the timeline alone. Spam counts nowhere; who was no spam after all never was."""
    stretches: list[tuple[datetime, datetime | None, str]] = []
    for kind, when, data in told:
        before, after = data.get("from"), data.get("to")
        if kind == "ticket_opened" or (before in CLOSED and after not in CLOSED):
            begun = stretches.pop()[0] if before == State.SPAM else when
            stretches.append((begun, None, ""))
        elif kind == "message_deleted" or (before != after and after in CLOSED):
            begun, _end, _as = stretches.pop()
            stretches.append((begun, when, after or ""))
    return any(
        begun < at and (end is None or end >= at) and ended_as != State.SPAM for begun, end, ended_as in stretches
    )


def was_unanswered(told: list[Line], messages: list[Message], at: datetime) -> bool:
    """Message by message: until an answer, a decision, or until it was taken back. On spam only answers count."""
    answers = [one.created_at for one in messages if one.outgoing]
    steps = [(when, data["from"], data["to"]) for _kind, when, data in told if data.get("from") != data.get("to")]
    pardons = [when for when, before, _after in steps if before == State.SPAM]
    is_spam = bool(steps) and steps[-1][2] == State.SPAM
    decisions = [
        when
        for when, _before, after in steps
        if after in CLOSED and not (after == State.SPAM and any(pardon > when for pardon in pardons))
    ]
    for one in messages:
        ends = [when for when in (*answers, *decisions) if when > one.created_at]
        ends += [one.deleted_at] if one.deleted_at else []
        counts = not one.outgoing and not (is_spam and ends and min(ends) not in answers)
        if counts and one.created_at < at and (not ends or min(ends) >= at):
            return True
    return False


def read(suze: User, now: datetime, since: datetime, until: datetime, **more: object) -> Report:
    return report.read(suze, Chosen(since, until, **more), now=now)  # type: ignore[arg-type] # as the tests name them


def test_the_backlog_is_what_the_timelines_say(suze: User, lived: datetime) -> None:
    since, until = midnight(local_day(minutes(0))), midnight(local_day(lived) + timedelta(days=1))
    found = read(suze, lived, since, until)
    assert_as_told(suze, found, Ticket.objects.all())
    assert len(found.levels) > DAYS
    assert max(level.tickets for level in found.levels) > 10
    assert min(level.unanswered for level in found.levels) < found.levels[-1].tickets
    assert found.levels[-1].at <= lived + timedelta(hours=1)
    by_hour_and_filter(suze, lived)
    call_command("rebuild_reports")
    assert read(suze, lived, since, until).levels == found.levels


def by_hour_and_filter(suze: User, lived: datetime) -> None:
    day = local_day(lived - timedelta(days=3))
    private = Ticket.objects.filter(conversation__private=True)
    inbox, team = Inbox.objects.all()[0], Team.objects.all()[0]
    for filters, kept in (
        ({}, Ticket.objects.all()),
        ({"inbox": inbox.pk}, Ticket.objects.filter(inbox=inbox)),
        ({"inboxes": (inbox.pk,), "private": True}, private.filter(inbox=inbox)),
        ({"team": team.pk}, Ticket.objects.filter(team=team)),
    ):
        found = read(suze, lived, midnight(day), midnight(day + timedelta(days=1)), **filters)
        assert len(found.levels) == 24
        assert_as_told(suze, found, kept)


def assert_as_told(suze: User, found: Report, of_tickets: Iterable[Ticket]) -> None:
    """The tickets behind each level are those that the recount finds, and the figure is their number."""
    told = {one.pk: (lines(one), list(Message.objects.filter(ticket=one))) for one in of_tickets}
    for level in found.levels:
        unresolved = {pk for pk, (line, _messages) in told.items() if was_unresolved(line, level.at)}
        unanswered = {pk for pk, (line, messages) in told.items() if was_unanswered(line, messages, level.at)}
        for kind, count, expected in (
            ("backlog", level.tickets, unresolved), ("backlog_unanswered", level.unanswered, unanswered),
        ):  # fmt: skip
            figure = Figure(kind=kind, at=level.at)
            opened = [row.ticket_id for row in behind(suze, found.chosen, figure).rows]
            assert set(opened) == expected, level
            assert how_many(suze, found.chosen, figure) == count == len(expected) == len(opened), level


def test_a_period_that_has_not_begun_has_no_backlog(suze: User) -> None:
    found = read(suze, minutes(0), minutes(10 * DAY), minutes(11 * DAY))
    assert (found.levels, found.backlog) == ([], 0)
