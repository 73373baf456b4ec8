"""Mails about questions: what they say to whom, and what becomes of an answer to one."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from desk.actions.alerts import mails
from desk.actions.questions import questions
from desk.actions.replies.settle import settle
from desk.alerts.models import Mail
from desk.inboxes.gateway import Author, Item, SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.questions.models import Entry, Question
from desk.replies.models import Reply
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, a_message, an_inbox, take_in
from tests.actions.what_ifs import sent

pytestmark = pytest.mark.django_db
ADDRESS, SECRET = "help@vlotlijn.example", "06-12345678"


@pytest.fixture(autouse=True)
def mail_is_sent(settings: Settings) -> None:
    settings.MAIL_IS_SENT = True


@pytest.fixture
def mailbox() -> Inbox:
    return an_inbox(network="mail", own_id=ADDRESS, handle=ADDRESS, limits={"tagged_addresses": True})


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("sanne", role="agent", first_name="Sanne", email="sanne@vlotlijn.nl")


@pytest.fixture
def piet() -> User:
    return User.objects.create_user("piet", role="colleague", first_name="Piet", email="piet@vlotlijn.nl")


@pytest.fixture
def question(agent: User, piet: User) -> Question:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    ticket = Ticket.objects.get()
    return questions.ask(agent, ticket.pk, text=f"Rijdt hij? Bel {SECRET}", user_id=piet.pk)


def letter(person: User) -> tuple[str, list[str]]:
    """The newest mail to somebody: its words, and where an answer goes."""
    message = mails.message_of(Mail.objects.filter(user=person).latest("id"), person)
    return f"{message.body}\n{message.alternatives[0][0]!s}", list(message.reply_to)


def an_answer(reply_to: str, *, by: str = "piet@vlotlijn.nl", name: str = "1", text: str = "Ja, tot één uur") -> Item:
    tag = reply_to.partition("+")[2].partition("@")[0]
    return a_message(
        name, network="mail", tag=tag, text=text, created_at=timezone.now(), author=Author(by, by, "Piet"),
        raw={"subject": "Re: vraag", "text": text, "message_id": f"{name}@x"},
    )  # fmt: skip


def test_an_answer_to_the_mail_lands_in_the_same_thread(mailbox: Inbox, question: Question, piet: User) -> None:
    words, reply_to = letter(piet)
    assert "Rijdt hij?" in words
    assert SECRET not in words
    assert "/asked/" in words
    (address,) = reply_to
    take_in(mailbox, [an_answer(address)], now=timezone.now())
    entry = Entry.objects.get()
    assert (entry.text, entry.author, entry.via, entry.answers) == ("Ja, tot één uur", piet, "mail", True)
    assert Question.objects.get().state == "answered"
    assert Ticket.objects.count() == 1


def test_somebody_elses_answer_and_one_to_a_link_that_ended_count_for_nobody(
    mailbox: Inbox, question: Question, agent: User, piet: User
) -> None:
    (address,) = letter(piet)[1]
    take_in(mailbox, [an_answer(address, by="jan@elders.nl")], now=timezone.now())
    questions.withdraw(agent, question.pk)
    take_in(mailbox, [an_answer(address, name="2")], now=timezone.now())
    assert not Entry.objects.exists()
    assert Message.objects.filter(inbox=mailbox).count() == 2, "somebody reads them in the queue"


def test_without_a_mailbox_the_link_is_the_way(question: Question, piet: User) -> None:
    words, reply_to = letter(piet)
    assert reply_to == []
    assert "/asked/" in words
    assert "Answer this mail" not in words


def test_thanks_go_back_with_what_became_of_it(question: Question, agent: User, piet: User) -> None:
    entry = questions.answer(piet, question.pk, "Ja, tot één uur")
    assert "Ja, tot één uur" in letter(agent)[0]
    questions.use(agent, entry.pk)
    reply = sent(Ticket.objects.get(), agent, f"Hij rijdt tot één uur. {SECRET}", state="sending", sent_at=None)
    settle(Reply.objects.get(pk=reply.pk), SendResult("out-1", timezone.now()), timezone.now())
    entry.refresh_from_db()
    assert entry.reply == reply
    words, _reply_to = letter(piet)
    assert "Hij rijdt tot één uur" in words
    assert SECRET not in words
    assert "Thank you: Sanne used your answer" in words


def test_a_reply_that_used_nothing_thanks_nobody(question: Question, agent: User, piet: User) -> None:
    questions.answer(piet, question.pk, "Ja, tot één uur")
    before = Mail.objects.filter(user=piet).count()
    reply = sent(Ticket.objects.get(), agent, "We zoeken het uit", state="sending", sent_at=None)
    settle(Reply.objects.get(pk=reply.pk), SendResult("out-1", timezone.now()), timezone.now())
    assert Mail.objects.filter(user=piet).count() == before
