"""A colleague is asked about a ticket: the ticket keeps owner and clocks, and the question has a life of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.questions import question_links as links
from desk.actions.questions import question_sweep, questions
from desk.actions.questions.knowers import who_knows
from desk.actions.tickets import tickets
from desk.alerts.models import Notification
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.knowledge.counting import count_words
from desk.knowledge.models import ArticleVersion
from desk.people.models import Absence, Team, User
from desk.questions.models import Question
from desk.sla.models import Clock
from desk.tickets.models import Message, Ticket, TicketEvent
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.promised import a_calendar, a_policy, promise
from tests.articles import an_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("sanne", role="agent", first_name="Sanne")


@pytest.fixture
def piet() -> User:
    return User.objects.create_user("piet", role="colleague", first_name="Piet", email="piet@vlotlijn.nl")


@pytest.fixture
def ticket(agent: User) -> Ticket:
    promise(first=30)
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    found = Ticket.objects.get()
    tickets.claim(agent, found.pk)
    return Ticket.objects.get()


def rail(*members: User) -> Team:
    team = Team.objects.create(name="Rail")
    team.members.set(members)
    return team


def people(*names: str) -> list[User]:
    return [User.objects.create_user(name, role="colleague", email=f"{name}@vlotlijn.nl") for name in names]


def told(person: User) -> list[str]:
    return list(Notification.objects.filter(user=person).order_by("id").values_list("kind", flat=True))


def test_the_ticket_waits_for_a_colleague_and_keeps_its_owner_and_its_clock(
    ticket: Ticket, agent: User, piet: User
) -> None:
    before = Clock.objects.get(metric="first_response")
    question = questions.ask(agent, ticket.pk, text="Rijdt de nachttrein?", user_id=piet.pk, minutes=60)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == ("waiting_for_colleague", agent)
    after = Clock.objects.get(pk=before.pk)
    assert (after.state, after.due_at, after.pauses.count()) == (before.state, before.due_at, 0)
    assert (question.holder, question.due_at - question.created_at) == (piet, timedelta(hours=1))
    assert told(piet) == ["question_asked"]
    questions.answer(piet, question.pk, "Ja, tot één uur")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == ("open", agent)
    assert told(agent) == ["question_answered"]
    kinds = TicketEvent.objects.filter(kind__startswith="question").order_by("id").values_list("kind", "actor")
    assert list(kinds) == [("question_asked", agent.pk), ("question_answered", piet.pk)]


def test_the_ticket_waits_until_the_last_of_its_questions_has_a_word(ticket: Ticket, agent: User, piet: User) -> None:
    (other,) = people("kim")
    first, second = (questions.ask(agent, ticket.pk, text="Weet jij dit?", user_id=one.pk) for one in (piet, other))
    questions.answer(piet, first.pk, "Nee hoor")
    assert Ticket.objects.get().state == "waiting_for_colleague"
    questions.withdraw(agent, second.pk)
    assert Ticket.objects.get().state == "open"


def test_a_team_is_asked_in_turn_and_who_is_away_is_passed_over(ticket: Ticket, agent: User) -> None:
    first, away, third = people("een", "twee", "drie")
    team = rail(first, away, third)
    Absence.objects.create(user=away, starts_at=timezone.now() - timedelta(hours=1))
    asked = [questions.ask(agent, ticket.pk, text="Wie weet dit?", team_id=team.pk).holder for _round in range(3)]
    assert asked == [first, third, first]


def test_who_has_as_many_questions_as_one_person_bears_gets_no_more_of_a_team(ticket: Ticket, agent: User) -> None:
    busy, free = people("een", "twee")
    for _round in range(5):
        questions.ask(agent, ticket.pk, text="En dit?", user_id=busy.pk)
    assert questions.ask(agent, ticket.pk, text="Wie?", team_id=rail(busy, free).pk).holder == free
    with pytest.raises(Conflict):
        questions.ask(agent, ticket.pk, text="Wie?", team_id=Team.objects.create(name="Leeg").pk)


def test_not_mine_goes_to_the_next_of_the_team_and_then_back(ticket: Ticket, agent: User) -> None:
    first, second = people("een", "twee")
    question = questions.ask(agent, ticket.pk, text="Wie weet dit?", team_id=rail(first, second).pk)
    assert questions.not_mine(first, question.pk).holder == second
    with pytest.raises(NotPermitted):
        questions.answer(first, question.pk, "Toch wel")
    returned = questions.not_mine(second, question.pk)
    assert (returned.state, returned.holder) == ("returned", None)
    assert Ticket.objects.get().state == "open"
    assert told(agent) == ["question_returned"]


def test_whoever_it_was_passed_on_to_answers_and_nobody_before_them_gets_in(
    ticket: Ticket, agent: User, piet: User
) -> None:
    (kim,) = people("kim")
    question = questions.ask(agent, ticket.pk, text="Wie weet dit?", user_id=piet.pk)
    token = links.token_of(question.links.get().pk)
    questions.pass_on(piet, question.pk, user_id=kim.pk)
    with pytest.raises(Missing):
        links.link_of(token, timezone.now())
    questions.answer(kim, question.pk, "Ik")
    assert Question.objects.get().state == "answered"
    assert told(kim) == ["question_passed"]


def test_a_reminder_half_way_then_a_deputy_then_a_word_to_who_asked(ticket: Ticket, agent: User) -> None:
    first, second = people("een", "twee")
    rail(first, second)
    now = timezone.now()
    question = questions.ask(agent, ticket.pk, text="Weet jij dit?", user_id=first.pk, minutes=60, now=now)
    question_sweep.sweep(now + timedelta(minutes=29))
    assert told(first) == ["question_asked"]
    question_sweep.sweep(now + timedelta(minutes=31))
    question_sweep.sweep(now + timedelta(minutes=32))
    assert told(first) == ["question_asked", "question_reminder"]
    question_sweep.sweep(now + timedelta(minutes=61))
    assert told(second) == ["question_escalated"]
    assert Question.objects.get().holder == second
    question_sweep.sweep(now + timedelta(minutes=100))
    assert told(second) == ["question_escalated"], "whose time is not over"
    question_sweep.sweep(now + timedelta(minutes=122))
    assert told(agent) == ["question_overdue"]
    assert question_sweep.sweep(now + timedelta(days=9)) == 0
    questions.answer(first, question.pk, "Beter laat dan nooit")
    assert Ticket.objects.get().state == "open"


def test_the_time_of_a_question_counts_while_the_desk_is_open(ticket: Ticket, agent: User, piet: User) -> None:
    hours = {"timezone": "Europe/Amsterdam", "week": {"mon": [["10:00", "18:00"]]}}
    a_policy("Kantoor", first=30, calendar=a_calendar("Kantoor", hours))
    friday = datetime(2026, 11, 27, 18, tzinfo=UTC)
    question = questions.ask(agent, ticket.pk, text="Weet jij dit?", user_id=piet.pk, minutes=60, now=friday)
    assert question.due_at.isoformat() == "2026-11-30T10:00:00+00:00"


def test_a_question_on_a_ticket_that_is_done_ends_without_a_reminder(ticket: Ticket, agent: User, piet: User) -> None:
    now = timezone.now()
    questions.ask(agent, ticket.pk, text="Weet jij dit?", user_id=piet.pk, now=now)
    tickets.transition(agent, ticket.pk, "resolve")
    question_sweep.sweep(now + timedelta(hours=2))
    assert Question.objects.get().state == "withdrawn"
    assert Ticket.objects.get().state == "resolved"
    assert told(piet) == ["question_asked", "question_withdrawn"]


@pytest.mark.parametrize(
    "wish",
    [{"text": " "}, {"user_id": None}, {"team_id": 1}, {"minutes": 0}, {"user_id": 999_999}, {"text": "x" * 5001}],
)
def test_a_question_that_makes_no_sense_is_refused(
    ticket: Ticket, agent: User, piet: User, wish: dict[str, Any]
) -> None:
    values: dict[str, Any] = {"text": "Weet jij dit?", "user_id": piet.pk}
    with pytest.raises(Invalid):
        questions.ask(agent, ticket.pk, **{**values, **wish})
    with pytest.raises(Invalid):
        questions.ask(agent, ticket.pk, text="Weet ik dit?", user_id=agent.pk)
    assert Ticket.objects.get().state == "open"


def test_who_knows_says_why(ticket: Ticket, agent: User, piet: User) -> None:
    kim, tom = people("kim", "tom")
    User.objects.filter(pk=kim.pk).update(knows=["refunds"])
    User.objects.filter(pk=tom.pk).update(skills=["refund"], away=True)
    for _round in range(2):
        asked = questions.ask(agent, ticket.pk, text="What about a refund?", user_id=piet.pk)
        questions.answer(piet, asked.pk, "Within a week")
    resolver = User.objects.create_user("noor", role="agent")
    take_in(an_inbox(name="b"), [a_mention("9", by="tom", text="I want a refund", language="en")], now=timezone.now())
    other = Ticket.objects.exclude(pk=ticket.pk).get()
    Ticket.objects.filter(pk=other.pk).update(state="resolved", assignee=resolver)
    found = who_knows(agent, ticket, "refunds", timezone.now())
    assert [(one.user, one.reasons) for one in found] == [
        (piet, ["answered 2 questions on refunds"]),
        (kim, ["says: ask me about refunds"]),
        (resolver, ["resolved 1 ticket on refunds"]),
        (tom, ["has the skill refund"]),
    ]
    assert [one.on_duty for one in found] == [True, True, True, False]
    assert who_knows(agent, ticket, "", timezone.now()) == []
    assert {one.user for one in who_knows(agent, ticket, "refunds zonnebril", timezone.now())} >= {piet, kim}


def test_who_wrote_about_it_knows_and_rare_words_say_more_than_common_ones(ticket: Ticket, agent: User) -> None:
    writer, other = people("kim", "tom")
    article = an_article("Surfplank\nEen surfplank mag niet mee in de trein.")
    ArticleVersion.objects.filter(article=article).update(author=writer)
    for number in range(3):
        text = "Rijdt de trein vandaag? De trein!"
        take_in(an_inbox(name=f"t{number}"), [a_mention(f"t{number}", by=f"t{number}", text=text)], now=timezone.now())
    Message.objects.update(language="nl")
    count_words()
    Ticket.objects.exclude(pk=ticket.pk).update(state="resolved", assignee=other)
    found = who_knows(agent, ticket, "trein surfplank", timezone.now())
    assert [(one.user, one.reasons) for one in found] == [(writer, ["wrote 1 article on trein surfplank"])]
    assert {one.user for one in who_knows(agent, ticket, "trein", timezone.now())} == {other, writer}
