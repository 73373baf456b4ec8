"""Agents correct what a message sounds like; the desk learns from it and shows its own mistakes."""

import pytest
from django.db.models import Sum

from desk.actions.intake import sentiment
from desk.actions.signals.watching import watch
from desk.common.errors import Invalid, Missing
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.signals.models import MentionCount, Mood, SentimentCorrection
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, an_inbox, minutes, own_words, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="agent")


def said(inbox: Inbox, number: int, text: str) -> Message:
    take_in(inbox, [a_mention(str(number), text=text, by=f"k{number}", at=number)])
    return Message.objects.get(external_id=str(number))


def negative() -> int:
    return MentionCount.objects.aggregate(all=Sum("negative"))["all"] or 0


def test_the_next_message_with_those_words_is_read_as_the_agent_did(inbox: Inbox, suze: User) -> None:
    texts = ("Wat een spoorfeest vanmorgen", "Gezellig, het spoorfeest", "Weer zo'n spoorfeest hier", "Spoorfeest dus")
    for number, text in enumerate(texts):
        judged = sentiment.correct(suze, said(inbox, number, text).pk, "negative")
        assert (judged.sentiment, judged.sure, judged.corrected) == ("negative", 1.0, True)
    assert Mood.objects.get().language == "nl"
    assert set(Ticket.objects.values_list("sentiment", flat=True)) == {"negative"}
    later = said(inbox, 9, "Morgen zeker weer spoorfeest")
    assert later.ticket is not None
    assert later.ticket.sentiment == "negative"
    assert 0 < sentiment.sounds(later).sure < 1


def test_the_history_is_counted_as_it_was_corrected(inbox: Inbox, suze: User) -> None:
    message = said(inbox, 1, "Wat een spoorfeest vanmorgen")
    watch(minutes(61))
    assert negative() == 0
    for _again in range(2):
        sentiment.correct(suze, message.pk, "negative")
        assert negative() == 1
    sentiment.correct(suze, message.pk, "positive")
    assert negative() == 0
    kept = SentimentCorrection.objects.get()
    assert (kept.was, kept.sentiment, kept.by) == ("neutral", "positive", suze)


def test_only_what_customers_say_is_corrected_and_only_by_the_three_words(inbox: Inbox, suze: User) -> None:
    message = said(inbox, 1, "Waar blijft hij?")
    take_in(inbox, [own_words("2", parent_id="1", at=5)])
    with pytest.raises(Missing):
        sentiment.correct(suze, Message.objects.get(external_id="2").pk, "negative")
    with pytest.raises(Invalid):
        sentiment.correct(suze, message.pk, "furious")
    assert not Mood.objects.exists()


def test_the_ticket_is_as_its_first_message_sounds(inbox: Inbox, suze: User) -> None:
    first = said(inbox, 1, "Waar blijft hij?")
    take_in(inbox, [a_mention("2", by="k1", thread_id="1", parent_id="1", at=5, text="Hallo?")])
    sentiment.correct(suze, Message.objects.get(external_id="2").pk, "negative")
    assert Ticket.objects.get().sentiment != "negative"
    sentiment.correct(suze, first.pk, "negative")
    assert Ticket.objects.get().sentiment == "negative"
