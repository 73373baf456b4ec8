"""What was answered becomes a suggestion, without the people in it, once; a person judges it."""

from datetime import datetime

import pytest
from django.utils import timezone

from desk.actions.customers import erasing
from desk.actions.customers.erasing.tickets import erase_tickets
from desk.actions.knowledge import articles, suggesting, suggestions
from desk.actions.tickets import tickets
from desk.common.errors import Conflict, NotPermitted
from desk.inboxes.models import Inbox
from desk.knowledge.models import Article, Suggestion
from desk.knowledge.search import find_articles
from desk.people.models import User
from desk.people.permissions import Role
from desk.questions.models import Entry, Question
from desk.tickets.models import Ticket
from policies.knowledge_suggestions import title_of, without_people
from tests.actions.builders import a_mention, an_inbox, minutes, own_words, take_in
from tests.articles import a_suggestion

pytestmark = pytest.mark.django_db

ANSWER = "Hoi Marit, de nachttrein rijdt alleen op vrijdag en zaterdag, vanaf half een uit Oudmeer. ^SV"


@pytest.fixture
def supervisor() -> User:
    return User.objects.create_user("joris", role=Role.SUPERVISOR)


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def resolved(inbox: Inbox, number: int, asked: str, answer: str = ANSWER, by: str = "marit") -> Ticket:
    first = a_mention(f"q{number}", at=number, by=by, text=asked)
    take_in(inbox, [first, own_words(f"a{number}", parent_id=f"q{number}", at=number + 0.5, text=answer)])
    ticket = Ticket.objects.get(messages__external_id=f"q{number}")
    colleague, _new = User.objects.get_or_create(username="suze", defaults={"role": Role.AGENT})
    tickets.transition(colleague, ticket.pk, "resolve")
    return ticket


def swept(now: datetime | None = None) -> list[Suggestion]:
    suggesting.sweep(now or timezone.now())
    return list(Suggestion.objects.filter(same_as=None).order_by("pk"))


def test_a_resolved_ticket_is_suggested_without_the_people_in_it(inbox: Inbox) -> None:
    asked = "@vlotlijn Rijdt de nachttrein op zondag? Mijn nummer is 0612345678, groet Marit"
    ticket = resolved(inbox, 1, asked)
    (one,) = swept()
    assert (one.kind, one.ticket, one.state, one.times) == ("ticket", ticket, "pending", 1)
    assert one.answer == "Hoi …, de nachttrein rijdt alleen op vrijdag en zaterdag, vanaf half een uit Oudmeer."
    for personal in ("Marit", "0612345678", "@vlotlijn"):
        assert personal.lower() not in one.question.lower()
    assert "nachttrein" in one.question
    assert [one.pk for one in swept()] == [one.pk], "looked at once"


def test_the_same_question_and_the_same_answer_are_suggested_once(inbox: Inbox) -> None:
    resolved(inbox, 1, "Rijdt de nachttrein in het weekend ook op zondag of niet?")
    assert [one.times for one in swept()] == [1]
    resolved(inbox, 2, "Rijdt de nachttrein in het weekend ook op zondag of niet dan?", "Heel wat anders. " * 5, "tom")
    resolved(inbox, 3, "Kan ik zondagnacht nog thuis komen met de trein vanaf Oudmeer?", ANSWER, "lotte")
    resolved(
        inbox,
        4,
        "Mag mijn hond mee?",
        "Ja hoor! Een hond mag gratis mee in de trein en in de bus, als hij is aangelijnd.",
    )
    assert [one.times for one in swept()] == [3, 1]
    assert [one.times for one in swept()] == [3, 1], "what was counted once is not counted again"


def test_a_courtesy_and_a_ticket_that_goes_on_are_not_suggested(inbox: Inbox) -> None:
    resolved(inbox, 1, "Rijdt de nachttrein op zondag?", "Graag gedaan!")
    resolved(inbox, 2, "Bedankt!", ANSWER, "tom")
    again = resolved(inbox, 3, "Hoe laat gaat de laatste bus?", ANSWER, "lotte")
    tickets.transition(User.objects.get(username="suze"), again.pk, "reopen")
    assert swept() == []


def test_an_answer_of_a_colleague_is_suggested(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")])
    ticket = Ticket.objects.get()
    expert = User.objects.create_user("ali", role=Role.EXPERT)
    now = minutes(60)
    question = Question.objects.create(
        ticket=ticket,
        text="Marit vraagt: rijdt lijn 4 bij vorst?",
        minutes=60,
        created_at=now,
        held_since=now,
        due_at=now,
    )
    Entry.objects.create(question=question, author=expert, text="Dat zoek ik uit.", created_at=now)
    Entry.objects.create(
        question=question, author=expert, text="Nee, onder min zes niet.", answers=True, created_at=now
    )
    (one,) = swept()
    assert (one.kind, one.author, one.question, one.answer) == (
        "answer", expert, "… vraagt: rijdt lijn 4 bij vorst?", "Nee, onder min zes niet.",
    )  # fmt: skip


def test_once_approved_the_next_colleague_finds_it(supervisor: User, inbox: Inbox) -> None:
    resolved(inbox, 1, "Rijdt de nachttrein op zondag?")
    (one,) = swept()
    assert find_articles("nachttrein op zondag", language="nl") == [], "nothing is published by itself"
    article = suggestions.approve_suggestion(supervisor, one.pk)
    one.refresh_from_db()
    assert (one.state, one.article, one.decided_by) == ("approved", article, supervisor)
    assert (article.title, article.audience) == ("Rijdt de nachttrein op zondag?", "replies")
    assert find_articles("nachttrein op zondag", language="nl")[0].article == article
    with pytest.raises(Conflict):
        suggestions.reject_suggestion(supervisor, one.pk)


def test_other_words_are_an_edit_and_rejected_is_not_suggested_again(supervisor: User, inbox: Inbox) -> None:
    edited = a_suggestion(resolved(inbox, 1, "Rijdt de nachttrein op zondag?"))
    article = suggestions.approve_suggestion(supervisor, edited.pk, body="Alleen in het weekend.", topics=["Nacht"])
    edited.refresh_from_db()
    assert (edited.state, articles.said(article)[0]["body"], article.topics) == (
        "edited", "Alleen in het weekend.", ["nacht"],
    )  # fmt: skip
    with pytest.raises(Conflict):
        suggestions.approve_suggestion(supervisor, a_suggestion(edited.ticket).pk, audience="public")
    with pytest.raises(NotPermitted):
        suggestions.approve_suggestion(User.objects.get(username="suze"), edited.pk)
    Suggestion.objects.all().delete()
    resolved(inbox, 2, "Kan ik zondag laat nog met de trein naar huis?", by="tom")
    (one,) = swept()
    suggestions.reject_suggestion(supervisor, one.pk, reason="Klopt niet meer")
    resolved(inbox, 3, "Kan ik zondag laat nog met de trein naar huis?", by="lotte")
    assert not Suggestion.objects.filter(state="pending", same_as=None, ticket__messages__external_id="q3").exists()


def test_erasing_takes_suggestions_away_and_leaves_the_article(supervisor: User, inbox: Inbox) -> None:
    ticket = resolved(inbox, 1, "Rijdt de nachttrein op zondag?")
    (one,) = swept()
    suggestions.approve_suggestion(supervisor, one.pk)
    erase_tickets([ticket.pk], timezone.now())
    assert not Suggestion.objects.exists()
    assert Article.objects.get().title == "Rijdt de nachttrein op zondag?"
    assert swept() == []
    assert erasing.GONE == "…"


def test_people_are_taken_out_and_words_that_only_look_like_them_stay() -> None:
    names = ["Jan de Vries", "jdv"]
    assert without_people("Dag Jan, dank @jan_88! Januari is voorbij, JDV's tas ook. ^AB", names) == (
        "Dag …, dank …! Januari is voorbij, … tas ook."
    )
    assert (
        title_of("Hoi. Ik sta hier al uren. Wanneer komt de bus nou eindelijk?") == "Wanneer komt de bus nou eindelijk?"
    )
    assert without_people("@jan_88 @vlotlijn: Dat klopt, *JK", []) == "Dat klopt,"
    assert len(title_of("woord " * 60)) <= 110
