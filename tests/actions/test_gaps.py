"""What many ask about and nothing is written of."""

from datetime import timedelta

import pytest

from desk.actions.knowledge.gaps import find_gaps
from desk.actions.knowledge.searches import remember_unanswered
from desk.inboxes.models import Inbox
from desk.knowledge.counting import count_words
from desk.knowledge.models import Gap, Searched
from desk.people.models import User
from desk.questions.models import Question
from desk.tickets.models import Message, Ticket
from policies.knowledge_gaps import Asked, as_written, gaps, is_name
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.articles import an_article

pytestmark = pytest.mark.django_db
QUESTIONS = (
    "Rijdt de nachttrein zondag?",
    "Is de nachttrein duur?",
    "Waar stopt die nachttrein?",
    "Mag mijn hond mee?",
)


@pytest.fixture
def inbox() -> Inbox:
    inbox = an_inbox()
    take_in(inbox, [a_mention(str(at), by=f"klant{at}", text=text) for at, text in enumerate(QUESTIONS)])
    Message.objects.update(language="nl")
    count_words()
    return inbox


def a_question(ticket: Ticket, by: User, *, text: str) -> Question:
    at = minutes(75)
    return Question.objects.create(
        ticket=ticket, asked_by=by, text=text, minutes=60, created_at=at, held_since=at, due_at=at + timedelta(hours=1)
    )


def test_what_three_customers_asked_about_and_no_article_says_is_a_gap(inbox: Inbox) -> None:
    assert find_gaps(minutes(90)) == 1
    gap = Gap.objects.get()
    assert (gap.words, gap.tickets, len(gap.examples), gap.language) == (["nachttrein"], 3, 3, "nl")
    an_article("De nachttrein\nRijdt in het weekend.")
    count_words()
    assert find_gaps(minutes(91)) == 0


def test_what_was_asked_long_ago_or_in_a_drill_is_no_gap(inbox: Inbox) -> None:
    assert find_gaps(minutes(90) + timedelta(days=8)) == 0


def test_words_of_the_same_customers_are_one_gap_and_the_rare_ones_come_first() -> None:
    asked = [
        Asked("vakantie", 1.0, frozenset({1, 2, 3})),
        Asked("koffers", 3.0, frozenset({1, 2, 3})),
        Asked("trein", 2.0, frozenset(range(9))),
        Asked("twee", 5.0, frozenset({1, 2})),
        Asked("hond", 9.0, frozenset({4, 5, 6})),
        Asked("bus", 9.0, frozenset({4, 5, 7})),
    ]
    assert [one.words for one in gaps(asked, {"hond"})] == [["trein"], ["koffers", "vakantie"]]
    assert as_written("vertrag", ["Alweer Vertraging!", "vertragingen, bah"]) == "vertraging"
    assert as_written("xyz", ["niets"]) == "xyz"


def test_questions_to_colleagues_and_searches_without_an_answer_count_along(inbox: Inbox) -> None:
    suze, joris = (User.objects.create_user(name, role="agent") for name in ("suze", "joris"))
    tickets = list(Ticket.objects.order_by("pk"))
    for ticket in tickets[:2]:
        a_question(ticket, suze, text="Mag een surfplank mee?")
    assert find_gaps(minutes(90)) == 1, "two customers are too few"
    for by in (suze, suze, joris):
        remember_unanswered("Surfplank!", language="nl", by=by, now=minutes(80))
    assert Searched.objects.count() == 2, "the same person within the hour is one search"
    assert find_gaps(minutes(91)) == 2
    gap = Gap.objects.get(tickets=0)
    assert (gap.words, gap.questions, gap.searches) == (["surfplank"], 2, 2)
    assert gap.examples == [tickets[1].pk, tickets[0].pk]
    an_article("Een surfplank\nMag niet mee.")
    count_words()
    assert find_gaps(minutes(92)) == 1
    find_gaps(minutes(81) + timedelta(days=7))
    assert not Searched.objects.exists()


def test_what_was_asked_about_a_customer_who_asks_it_themselves_is_no_other_person(inbox: Inbox) -> None:
    suze = User.objects.create_user("suze", role="agent")
    dog = Message.objects.get(text__contains="hond").ticket
    assert dog is not None
    for _time in range(4):
        a_question(dog, suze, text="Mag een hond mee?")
    assert find_gaps(minutes(90)) == 1
    assert Gap.objects.get().words == ["nachttrein"]


@pytest.mark.parametrize("text", ["NL91 ABNA 0417 1643 00", "06-12345678", "@marit_de_vries", "jan@post.nl", ""])
def test_nothing_that_says_who_somebody_is_is_kept_of_a_search(text: str) -> None:
    remember_unanswered(text, language="nl", by=None, now=minutes(80))
    assert not {"marit", "abna", "post"} & {word for one in Searched.objects.all() for word in one.words}


def test_neither_what_all_say_nor_the_company_itself_is_a_gap() -> None:
    inbox = an_inbox(name="Vlotlijn")
    texts = (
        "vlotlijn dank jullie, maar waarom?",
        "Vlotlijn: jullie komen altijd later",
        "Waarom komen jullie, vlotlijn",
    )
    take_in(inbox, [a_mention(str(at), by=f"klant{at}", text=text) for at, text in enumerate(texts)])
    Message.objects.update(language="nl")
    count_words()
    assert find_gaps(minutes(90)) == 0


def test_a_place_that_customers_mention_is_a_gap_once_a_colleague_looks_for_it() -> None:
    texts = ("Staan stil bij Zandhaven!", "Geen bus in Zandhaven", "Alles vol, ook in Zandhaven.")
    take_in(an_inbox(), [a_mention(str(at), by=f"klant{at}", text=text) for at, text in enumerate(texts)])
    Message.objects.update(language="nl")
    count_words()
    assert find_gaps(minutes(90)) == 0
    suze = User.objects.create_user("suze", role="agent")
    remember_unanswered("zandhaven", language="nl", by=suze, now=minutes(91))
    assert find_gaps(minutes(92)) == 1


def test_a_name_has_its_capital_where_no_sentence_begins() -> None:
    assert is_name("zandhav", ["Bij Zandhaven.", "Zandhaven weer", "@vlotlijn zandhaven"])
    assert not is_name("nachttrein", ["Nachttrein kwijt. Nachttreinen!", "@vlotlijn Nachttrein"])
    assert not is_name("nachttrein", ["De Nachttrein", "de nachttrein"])
