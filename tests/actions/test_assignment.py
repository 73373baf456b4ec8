"""Tickets find people: those on duty, each in turn or by load; and move on when somebody goes away."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.intake.batch import Batch
from desk.actions.people import people
from desk.actions.tickets import assignment, tickets
from desk.alerts.models import Notification
from desk.common.errors import Conflict
from desk.inboxes.models import Inbox
from desk.people.models import Absence, Shift, Team, User
from desk.tickets.models import Tag, Ticket, TicketEvent
from tests.actions.builders import NOON, a_mention, an_inbox, minutes, own_words, take_in

pytestmark = pytest.mark.django_db(transaction=True)
NOW = minutes(60)
LONDON = {"timezone": "UTC", "week": {"tue": [["09:00", "12:30"]]}}  # noon of the builders is a Tuesday


@pytest.fixture
def team() -> Team:
    return Team.objects.create(name="Reisinformatie", assignment=Team.Assignment.ROUND_ROBIN)


@pytest.fixture
def inbox(team: Team) -> Inbox:
    return an_inbox(team=team)


@pytest.fixture
def join(team: Team) -> Callable[..., User]:
    """A new colleague of the team."""

    def add(username: str, **columns: Any) -> User:
        user = User.objects.create_user(username, first_name=username.title(), **columns)
        user.teams.add(team)
        return user

    return add


def write(inbox: Inbox, count: int, *, start: int = 0, **more: Any) -> list[Ticket]:
    """So many customers ask something, each in a thread of their own."""
    numbers = range(start, start + count)
    take_in(inbox, [a_mention(f"m{n}", at=n / 100, by=f"klant{n}", **more) for n in numbers], now=NOW)
    return list(Ticket.objects.order_by("-id")[:count][::-1])


def owners() -> Counter[str | None]:
    return Counter(Ticket.objects.values_list("assignee__username", flat=True))


def events(ticket: Ticket) -> list[tuple[str, dict[str, Any]]]:
    rows = TicketEvent.objects.filter(ticket=ticket, kind__in=assignment.OWNERSHIP).order_by("id")
    return list(rows.values_list("kind", "data"))


def test_new_tickets_are_shared_out_each_in_turn(inbox: Inbox, team: Team, join: Callable[..., User]) -> None:
    for name in ("anna", "bo", "cas"):
        join(name)
    write(inbox, 7)
    assert assignment.assign(team.pk, NOW) == 7
    assert owners() == {"anna": 3, "bo": 2, "cas": 2}
    assert set(Ticket.objects.values_list("state", flat=True)) == {"open"}
    write(inbox, 2, start=7)
    assignment.assign(team.pk, NOW)
    assert owners() == {"anna": 3, "bo": 3, "cas": 3}, "turns go on where the last run stopped"
    (given,) = events(Ticket.objects.latest("id"))
    cas = User.objects.get(username="cas").pk
    assert given == ("given", {"assignee": cas, "reason": "next_in_turn", "from": "new", "to": "open"})


def test_without_a_policy_nothing_changes(inbox: Inbox, team: Team, join: Callable[..., User]) -> None:
    Team.objects.update(assignment=Team.Assignment.NONE)
    join("anna", away=True)
    (ticket,) = write(inbox, 1)
    Ticket.objects.update(assignee=User.objects.get())
    assert assignment.sweep(NOW) == 0
    assert assignment.assign(team.pk, NOW) == 0
    ticket.refresh_from_db()
    assert ticket.assignee is not None
    with CaptureQueriesContext(connection) as queries:
        assignment.sweep(NOW)
    assert len(queries) == 1


def test_the_least_loaded_gets_it_and_nobody_more_than_their_cap(
    inbox: Inbox, team: Team, join: Callable[..., User]
) -> None:
    Team.objects.update(assignment=Team.Assignment.LEAST_LOADED)
    busy, free = join("anna"), join("bo", ticket_cap=3)
    write(inbox, 3)
    Ticket.objects.update(assignee=busy, state="open")
    write(inbox, 2, start=10)
    assignment.assign(team.pk, NOW)
    assert owners() == {"anna": 3, "bo": 2}
    User.objects.filter(pk=busy.pk).update(ticket_cap=3)
    write(inbox, 5, start=20)
    assignment.assign(team.pk, NOW)
    assert owners() == {"anna": 3, "bo": 3, None: 4}, "both are full"
    tickets.transition(free, Ticket.objects.filter(assignee=free).earliest("id").pk, "resolve", now=NOW)
    assert assignment.sweep(NOW) == 1, "who has room again is found by the sweep"


def test_only_people_on_shift_and_not_away_are_given_tickets(
    inbox: Inbox, team: Team, join: Callable[..., User]
) -> None:
    join("anna", away=True)
    on_leave, off_shift, at_work, left = join("bo"), join("cas"), join("dirk"), join("eva", is_active=False)
    join("ruben", role="expert")
    Absence.objects.create(user=on_leave, starts_at=NOON, ends_at=minutes(120))
    Shift.objects.create(user=off_shift, **LONDON)
    write(inbox, 3)
    assert not left.is_active
    assignment.assign(team.pk, NOW)
    assert owners() == {at_work.username: 3}
    write(inbox, 2, start=3)
    assignment.assign(team.pk, minutes(121))
    assert owners() == {"dirk": 4, "bo": 1}, "whose absence has ended is back"


def test_hours_of_the_team_hold_for_who_has_none_of_their_own(
    inbox: Inbox, team: Team, join: Callable[..., User]
) -> None:
    join("anna")
    own = join("bo")
    Shift.objects.create(team=team, **LONDON)
    Shift.objects.create(user=own, timezone="UTC", week={"tue": [["12:30", "18:00"]]})
    write(inbox, 2)
    assignment.assign(team.pk, NOW)
    assert owners() == {"bo": 2}


def test_languages_and_skills_matter_where_the_team_says_so(
    inbox: Inbox, team: Team, join: Callable[..., User]
) -> None:
    join("anna", languages=["en"], skills=[])
    join("bo", languages=["nl"], skills=["refund"])
    (dutch,) = write(inbox, 1)
    assert dutch.language == "nl"
    dutch.tags.add(Tag.objects.create(name="Refund"))
    assignment.assign(team.pk, NOW)
    assert owners() == {"anna": 1}
    Ticket.objects.update(assignee=None)
    Team.objects.update(match_language=True, match_skills=True, turn_after=0)
    TicketEvent.objects.all().delete()
    assignment.assign(team.pk, NOW)
    assert owners() == {"bo": 1}
    Ticket.objects.update(assignee=None, language="de")
    assert assignment.sweep(NOW) == 0
    assert assignment.sweep(NOW) == 0
    said = [kind for kind, data in events(dutch) if data["reason"] == "nobody_speaks"]
    assert said == ["found_nobody"], "said once, not at each sweep"


def test_a_ticket_that_opens_again_stays_with_its_last_owner_or_waits_for_them_first(
    inbox: Inbox, team: Team, join: Callable[..., User]
) -> None:
    anna, bo = join("anna"), join("bo")
    (ticket,) = write(inbox, 1)
    tickets.claim(anna, ticket.pk, now=NOW)
    tickets.transition(anna, ticket.pk, "resolve", now=NOW)
    take_in(inbox, [a_mention("again", at=61, by="klant0", thread_id="m0", parent_id="m0")], now=minutes(62))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == ("open", anna)

    tickets.transition(anna, ticket.pk, "resolve", now=minutes(63))
    Shift.objects.create(user=anna, **LONDON)  # and she went home at half past twelve
    Absence.objects.create(user=bo, starts_at=minutes(60), ends_at=minutes(90))
    take_in(inbox, [a_mention("third", at=64, by="klant0", thread_id="m0", parent_id="m0")], now=minutes(65))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == ("open", None)
    assert events(ticket)[-1] == ("released", {"last_owner": anna.pk})
    assert assignment.sweep(minutes(70)) == 0
    Shift.objects.all().delete()
    assert assignment.sweep(minutes(95)) == 1
    ticket.refresh_from_db()
    assert ticket.assignee == anna
    assert events(ticket)[-1][1]["reason"] == "last_owner"


def test_who_hands_a_ticket_back_does_not_get_it_again(inbox: Inbox, team: Team, join: Callable[..., User]) -> None:
    anna = join("anna")
    (ticket,) = write(inbox, 1)
    assignment.assign(team.pk, NOW)
    tickets.assign(anna, ticket.pk, assignee_id=None, now=NOW)
    assert assignment.sweep(NOW) == 0
    assert events(ticket)[-1] == ("found_nobody", {"reason": "nobody_else", "last_owner": None, "not_for": [anna.pk]})
    bo = join("bo")
    assert assignment.sweep(NOW) == 1
    ticket.refresh_from_db()
    assert ticket.assignee == bo


def test_what_somebody_leaves_behind_moves_on_and_they_are_told_once(
    inbox: Inbox, team: Team, join: Callable[..., User]
) -> None:
    anna, bo = join("anna"), join("bo", ticket_cap=2)
    waiting = write(inbox, 3)
    answered, *_rest = write(inbox, 1, start=5)
    take_in(inbox, [own_words("o", parent_id="m5", at=59)], now=NOW)
    Ticket.objects.update(assignee=anna)
    people.change_own(anna, away=True)
    assert assignment.hand_over(NOW) == 3
    answered.refresh_from_db()
    assert answered.assignee == anna, "nobody waits there"
    assert owners() == {"anna": 1, "bo": 2, None: 1}, "beyond Bo's cap it is visible as nobody's"
    lines = [events(ticket)[-1] for ticket in waiting]
    assert [(kind, data["last_owner"]) for kind, data in lines] == [("handed_over", anna.pk)] * 3
    assert [data["assignee"] for _kind, data in lines] == [bo.pk, bo.pk, None]
    assert assignment.hand_over(NOW) == 0
    people.change_own(anna, away=False)
    assert assignment.sweep(NOW) == 1
    assert owners() == {"anna": 2, "bo": 2}, "what found nobody comes back to her"
    assert assignment.moved_meanwhile(anna, NOW) == 3
    assert assignment.moved_meanwhile(anna, NOW) == 0
    assert Notification.objects.get().params["tickets"] == [ticket.pk for ticket in waiting]


def test_an_absence_moves_tickets_when_it_begins_and_not_before(
    inbox: Inbox, team: Team, join: Callable[..., User]
) -> None:
    anna = join("anna")
    join("bo")
    write(inbox, 2)
    Ticket.objects.update(assignee=anna)
    Absence.objects.create(user=anna, starts_at=minutes(90))
    assignment.sweep(minutes(89))
    assert owners() == {"anna": 2}
    assignment.sweep(minutes(90))
    assert owners() == {"bo": 2}


def test_an_agent_who_claims_meanwhile_keeps_the_ticket(inbox: Inbox, team: Team, join: Callable[..., User]) -> None:
    anna = join("anna")
    bo = join("bo", away=True)
    first, second = write(inbox, 2)
    with transaction.atomic():
        tickets.claim(bo, first.pk, now=NOW)
        with ThreadPoolExecutor(1) as other:
            assert other.submit(_in_a_thread, assignment.assign, team.pk).result(20) == 1, "it waits for nobody"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.assignee, second.assignee) == (bo, anna)


def test_of_a_claim_and_the_desk_at_once_one_wins_and_the_other_is_told(
    inbox: Inbox, team: Team, join: Callable[..., User]
) -> None:
    join("anna")
    bo = join("bo", ticket_cap=0)
    ids = [ticket.pk for ticket in write(inbox, 40)]

    def claims(_team: int, _now: object) -> int:
        won = 0
        for ticket_id in ids:
            try:
                tickets.claim(bo, ticket_id, now=NOW)
                won += 1
            except Conflict:
                pass
        return won

    with ThreadPoolExecutor(2) as both:
        mine = both.submit(_in_a_thread, claims, team.pk)
        both.submit(_in_a_thread, assignment.assign, team.pk).result(30)
        won = mine.result(30)
    assignment.assign(team.pk, NOW)
    assert owners() == Counter({"bo": won, "anna": 40 - won}) - Counter()
    said = Counter(TicketEvent.objects.filter(kind__in=["claimed", "given"]).values_list("ticket_id", flat=True))
    assert said == dict.fromkeys(ids, 1)


def test_sweeps_at_once_give_each_ticket_once_and_nobody_more_than_their_cap(
    inbox: Inbox, team: Team, join: Callable[..., User]
) -> None:
    anna, bo = join("anna", ticket_cap=30), join("bo", ticket_cap=10)
    second = Team.objects.create(name="Klantenservice", assignment=Team.Assignment.LEAST_LOADED)
    anna.teams.add(second)
    bo.teams.add(second)
    write(inbox, 30)
    write(an_inbox(name="two", team=second), 30, start=100)
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(_in_a_thread, lambda _team, now: assignment.sweep(now), 0) for _ in range(4)]
        assert sum(run.result(60) for run in runs) == 40
    assert owners() == {"anna": 30, "bo": 10, None: 20}
    said = Counter(TicketEvent.objects.filter(kind="given").values_list("ticket_id", flat=True))
    assert set(said.values()) == {1}


def test_five_hundred_tickets_take_the_same_few_statements_as_one(
    inbox: Inbox, team: Team, join: Callable[..., User]
) -> None:
    for number in range(12):
        join(f"agent{number}")

    def statements(count: int, start: int) -> int:
        write(inbox, count, start=start)
        with CaptureQueriesContext(connection) as queries:
            assert assignment.assign(team.pk, NOW) == count
        return len(queries)

    assert statements(1, 0) == statements(400, 10) <= 16


def test_a_sweep_with_nothing_to_do_asks_little(inbox: Inbox, team: Team, join: Callable[..., User]) -> None:
    for number in range(5):
        join(f"agent{number}")
        Team.objects.create(name=f"team{number}", assignment=Team.Assignment.LEAST_LOADED)
    write(inbox, 10)
    assert assignment.sweep(NOW) == 10
    with CaptureQueriesContext(connection) as queries:
        assert assignment.sweep(NOW) == 0
    assert len(queries) <= 7, [query["sql"] for query in queries]  # with the beginning and the end of a transaction


def test_one_task_is_asked_for_however_many_tickets_came(
    inbox: Inbox, team: Team, join: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(assignment, "enqueue", lambda task, *arguments: asked.append((task, *arguments)))
    join("anna")
    write(inbox, 20)
    write(inbox, 1, start=20)
    assert asked == [("desk.tasks.assign_tickets", team.pk)]
    assignment.assign(team.pk, NOW)
    write(inbox, 1, start=21)
    assert len(asked) == 2, "what comes after the first look wakes another"
    Team.objects.update(assignment=Team.Assignment.NONE)
    write(inbox, 1, start=30)
    assert len(asked) == 2


def test_ingest_does_not_wait_for_assignment_and_asks_no_more_for_it(
    inbox: Inbox, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    run = Batch.run

    def counting(batch: Batch) -> set[int]:
        with CaptureQueriesContext(connection) as queries:
            again = run(batch)
        counted.append(len(queries))
        return again

    write(inbox, 1, start=50)  # what is loaded once is there now
    monkeypatch.setattr(Batch, "run", counting)
    write(inbox, 5)
    Team.objects.update(assignment=Team.Assignment.NONE)
    write(inbox, 5, start=10)
    assert counted[0] == counted[1]


def test_a_wake_up_that_never_came_is_made_up_for_by_the_sweep(inbox: Inbox, join: Callable[..., User]) -> None:
    join("anna")
    write(inbox, 1)
    assert owners() == {None: 1}
    assert assignment.sweep(timezone.now() + timedelta(seconds=5)) == 1


def _in_a_thread(verb: Callable[..., int], team_id: int) -> int:
    try:
        return verb(team_id, NOW)
    finally:
        connections.close_all()
