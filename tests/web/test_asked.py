"""What somebody who was asked sees and does by their link alone; and what nobody sees by any other."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from desk.actions.changes import changes
from desk.actions.questions import question_links as links
from desk.actions.questions import questions
from desk.alerts.models import Notification
from desk.alerts.words import sentence
from desk.changes.models import Change
from desk.people.models import User
from desk.people.permissions import Permission, Role, permissions_of
from desk.questions.models import Entry, Link, Question
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.web.links import expired, revoked

pytestmark = pytest.mark.django_db
SECRET = "06-12345678"
DEEDS: list[dict[str, str]] = [
    {"do": "answer", "text": "Ja"},
    {"do": "say", "text": "Welke trein?"},
    {"do": "not_mine"},
    {"do": "pass_on", "to": "user:1"},
    {"do": "knows", "knows": "treinen"},
    {"do": "propose", "kind": "canned", "what": "Een antwoord over liften"},
]


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("sanne", role="agent", first_name="Sanne")


@pytest.fixture
def piet() -> User:
    return User.objects.create_user("piet", role="colleague", first_name="Piet", email="piet@vlotlijn.nl")


@pytest.fixture
def question(agent: User, piet: User) -> Question:
    take_in(an_inbox(), [a_mention("1", text=f"Bel @marit op {SECRET}, groet Marit")], now=timezone.now())
    return questions.ask(agent, Ticket.objects.get().pk, text=f"Rijdt hij? {SECRET}", user_id=piet.pk)


def page(link: Link) -> str:
    return reverse("asked", args=[links.token_of(link.pk)])


def test_the_conversation_is_there_without_names_and_personal_data(question: Question, client: Client) -> None:
    answer = client.get(page(question.links.get()))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Rijdt hij?" in shown
    assert "The customer" in shown
    for hidden in (SECRET, "12345678", "Marit", "marit", "id-marit"):
        assert hidden not in shown
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


def test_looking_does_nothing(question: Question, client: Client) -> None:
    client.get(page(question.links.get()))
    client.head(page(question.links.get()))
    question.refresh_from_db()
    assert (question.state, Entry.objects.count()) == ("waiting", 0)


def test_an_answer_is_given_once_however_often_the_page_is_loaded(question: Question, client: Client) -> None:
    where = page(question.links.get())
    answer = client.post(where, {"do": "answer", "text": "Ja, tot één uur"}, follow=True)
    client.post(where, {"do": "answer", "text": "Ja, tot één uur"})
    assert "Thank you. Sanne has your answer." in answer.content.decode()
    entry = Entry.objects.get()
    assert (entry.text, entry.via, entry.answers, entry.author) == ("Ja, tot één uur", "link", True, question.holder)
    client.get(answer.redirect_chain[-1][0])
    assert Entry.objects.count() == 1


def test_what_is_refused_keeps_what_was_typed(question: Question, client: Client) -> None:
    answer = client.post(page(question.links.get()), {"do": "pass_on", "text": "Dit wist ik nog"})
    assert answer.status_code == 400
    assert "Dit wist ik nog" in answer.content.decode()
    assert client.post(page(question.links.get()), {"do": "answer", "text": " "}).status_code == 400


def test_passing_on_and_not_mine_end_the_link(question: Question, client: Client) -> None:
    kim = User.objects.create_user("kim", role="colleague", email="kim@vlotlijn.nl")
    first = question.links.get()
    assert client.post(page(first), {"do": "pass_on", "to": f"user:{kim.pk}"}).status_code == 200
    assert client.get(page(first)).status_code == 404
    second = question.links.get(user=kim)
    assert client.post(page(second), {"do": "not_mine"}).status_code == 200
    assert client.get(page(second)).status_code == 404
    question.refresh_from_db()
    assert question.state == "returned"


def test_what_one_can_be_asked_about_is_kept(question: Question, piet: User, client: Client) -> None:
    client.post(page(question.links.get()), {"do": "knows", "knows": "Nachttreinen, lift"})
    piet.refresh_from_db()
    assert piet.knows == ["lift", "nachttreinen"]


def left(link: Link) -> None:
    User.objects.filter(pk=link.user_id).update(is_active=False)


@pytest.mark.parametrize("end", [expired, revoked, left])
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed["do"])
def test_a_link_that_has_ended_shows_nothing_and_does_nothing(
    question: Question, client: Client, end: Callable[[Link], None], deed: dict[str, str]
) -> None:
    link = question.links.get()
    end(link)
    told = [client.get(page(link)), client.post(page(link), deed)]
    for answer in told:
        assert answer.status_code == 404
        assert "Rijdt hij" not in answer.content.decode()
    question.refresh_from_db()
    assert (question.state, question.holder, Entry.objects.count()) == ("waiting", link.user, 0)


@pytest.mark.parametrize("spoilt", ["", "1", "1.x", "{pk}", "{token}x", "x{token}", "{other}"])
def test_a_link_that_nobody_gave_leads_nowhere(question: Question, client: Client, spoilt: str) -> None:
    token = links.token_of(question.links.get().pk)
    pk = question.links.get().pk
    other = f"{pk + 1}.{token.partition('.')[2]}"
    made = spoilt.format(pk=pk, token=token, other=other) or "0"
    assert client.get(reverse("asked", args=[made])).status_code == 404


def test_the_link_of_another_ticket_says_nothing_of_this_one(question: Question, agent: User, client: Client) -> None:
    take_in(an_inbox(name="b"), [a_mention("2", by="tom", text="Heel iets anders")], now=timezone.now())
    other_ticket = Ticket.objects.exclude(pk=question.ticket_id).get()
    kim = User.objects.create_user("kim", role="colleague", email="kim@vlotlijn.nl")
    other = questions.ask(agent, other_ticket.pk, text="En dit dan?", user_id=kim.pk)
    shown = client.get(page(other.links.get())).content.decode()
    assert "Heel iets anders" in shown
    assert "Rijdt hij" not in shown
    client.post(page(other.links.get()), {"do": "answer", "text": "Dat kan"})
    question.refresh_from_db()
    assert question.state == "waiting"
    assert Entry.objects.get().question == other


def doors(question: Question, entry: Entry) -> list[tuple[str, Permission, dict[str, Any]]]:
    """Every address of the desk that leads to a question, what it asks of a role, and what is posted there."""
    ticket = question.ticket_id
    do = {deed: reverse("question-do", args=[question.pk, deed]) for deed in ("say", "answer", "withdraw")}
    return [
        (reverse("ticket", args=[ticket]), Permission.READ_TICKETS, {}),
        (reverse("ticket-timeline", args=[ticket]), Permission.READ_TICKETS, {}),
        (reverse("questions"), Permission.READ_TICKETS, {}),
        (f"{reverse('dialog-ask')}?ids={ticket}", Permission.WORK_TICKETS, {}),
        (f"{reverse('ticket-knowers', args=[ticket])}?about=trein", Permission.WORK_TICKETS, {}),
        (
            reverse("ticket-ask", args=[ticket]),
            Permission.WORK_TICKETS,
            {"text": "Wie?", "to": f"user:{entry.author_id}"},
        ),
        (do["say"], Permission.WRITE_NOTES, {"text": "Hoi"}),
        (do["withdraw"], Permission.WORK_TICKETS, {"text": ""}),
        (do["answer"], Permission.WRITE_NOTES, {"text": "Hallo"}),
        (reverse("answer-use", args=[entry.pk]), Permission.REPLY, {"text": ""}),
    ]


@pytest.mark.parametrize("role", Role.values)
def test_who_may_do_what_with_questions(question: Question, piet: User, agent: User, client: Client, role: str) -> None:
    """Holding the link of another question opens no door more."""
    entry = questions.answer(piet, questions.ask(agent, question.ticket_id, text="En?", user_id=piet.pk).pk, "Ja")
    person = User.objects.create_user("iemand", role=role, email="iemand@vlotlijn.nl")
    questions.ask(agent, question.ticket_id, text="Nog iets", user_id=person.pk)
    client.force_login(person)
    for address, needs, values in doors(question, entry):
        with transaction.atomic():
            answer = client.post(address, values) if values else client.get(address)
            transaction.set_rollback(True)  # each finds the same question
        wanted = (200, 204) if needs in permissions_of(role) else (403,)
        assert answer.status_code in wanted, address


def test_nobody_without_a_seat_gets_in_by_the_door(piet: User, client: Client) -> None:
    assert not piet.has_seat
    assert not client.login(username="piet", password="")
    piet.set_password("een lange zin hier")
    piet.save()
    client.force_login(piet)
    for name in ("home", "queue", "reports", "crises", "notices", "administration-people", "approvals"):
        assert client.get(reverse(name)).status_code in (302, 403), name


def test_who_has_no_seat_proposes_a_change_by_their_link_and_hears_of_it(
    question: Question, client: Client, piet: User
) -> None:
    link = page(question.links.get())
    assert "Should we do something differently?" in client.get(link).content.decode()
    assert client.post(link, {"do": "propose", "kind": "canned", "what": ""}).status_code == 400
    client.post(link, {"do": "propose", "kind": "canned", "what": "Een antwoord over liften"})
    one = Change.objects.get()
    assert (one.author, one.state, one.thing) == (piet, "proposed", 0)
    changes.decline(User.objects.create_user("mila", role="supervisor"), one.pk, reason="Dat is er al")
    told = Notification.objects.get(user=piet, kind="change_declined")
    assert sentence(told).endswith("Dat is er al")
