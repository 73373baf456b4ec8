"""Finding what the company knows, in words that the articles do not have."""

from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.utils import timezone

from desk.actions.knowledge import article_use, articles
from desk.common.errors import Conflict, Missing, NotPermitted
from desk.knowledge.counting import count_words
from desk.knowledge.models import Article, ArticleText, ArticleUse, WordCount
from desk.knowledge.search import find_articles, find_messages
from desk.people.models import User
from desk.people.permissions import Role
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.articles import an_article, reads
from tests.tickets.test_search import plans_of

pytestmark = pytest.mark.django_db

FILLER = ("Fiets\nMag mee na negenen.", "Lift\nBel het stationsnummer.", "Boete\nBezwaar maken kan binnen zes weken.")


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("suze", role=Role.AGENT)


@pytest.fixture
def ticket() -> Ticket:
    said = "@vlotlijn hoe krijg ik mijn centen terug voor die vertraging van gisteren? https://x.example/1"
    take_in(an_inbox(), [a_mention("1", text=said)])
    return Ticket.objects.get()


def found(asked: str, language: str = "nl") -> list[str]:
    return [one.text.title for one in find_articles(asked, language=language)]


def test_one_rare_word_of_a_long_question_is_enough() -> None:
    an_article("Geld terug\nBij een half uur vertraging krijg je de helft terug.")
    for text in FILLER:
        an_article(text)
    count_words()
    asked = "Ik sta hier al uren en vraag me af wat er nu met die vertragingen gebeurt, iemand een idee?"
    assert found(asked)[0] == "Geld terug"
    assert found("xyzzy") == found("") == found("' | \\ & !") == []


def test_what_was_written_a_moment_ago_is_found_whatever_was_counted() -> None:
    count_words()
    made = articles.create_article(
        None, texts=reads(nl="Nachttrein\nRijdt niet op zondag.", en="Night train\nNot on Sundays.")
    )
    assert found("rijdt de nachttrein zondag") == ["Nachttrein"]
    articles.change_article(None, made.pk, texts=reads(nl="Slaaptrein\nRijdt niet op zondag."))
    assert found("slaaptrein") == ["Slaaptrein"]
    assert found("night train", "en") == []
    articles.delete_article(None, made.pk)
    assert found("slaaptrein") == []


def test_compounds_and_typing_errors_are_forgiven() -> None:
    an_article("Kaartje voor de trein\nKoop het in de app.")
    an_article("Trein te laat\nSorry.")
    for text in FILLER:
        an_article(text)
    for word in ("trein", "kaartje"):
        an_article(f"{word}\nWoorden die de desk kent: {word}.", audience="internal")
    count_words()
    assert "Kaartje voor de trein" in found("mijn treinkaartje")
    assert found("waar koop ik een kaartje voor de app")[0] == "Kaartje voor de trein"


def test_an_article_shows_in_the_language_of_the_customer() -> None:
    both = an_article("Hond\nMag gratis mee.", en="Dog\nTravels for free.")
    assert [(one.text.language, one.article) for one in find_articles("hond", language="en")] == [("en", both)]
    only = an_article("Kat\nMag gratis mee in een mand.")
    assert [(one.text.language, one.article) for one in find_articles("kat", language="en")] == [("nl", only)]


def test_it_is_found_beside_the_ticket_and_while_typing(agent: User, ticket: Ticket) -> None:
    refund = an_article("Vergoeding\nBij vertraging krijg je geld terug.")
    dog = an_article("Hond\nMag gratis mee.")
    assert [one.article for one in article_use.fitting(agent, ticket)] == [refund]
    assert dog in [one.article for one in article_use.fitting(agent, ticket, "Je hond mag")]
    assert article_use.question_of(ticket).startswith("@vlotlijn hoe krijg")


def test_words_and_address_are_counted_once_for_each_ticket(agent: User, ticket: Ticket) -> None:
    public = an_article("Hond\nMag **gratis** mee.", audience="public")
    assert article_use.use_article(agent, ticket, public.pk, how="text") == "Mag gratis mee."
    address = article_use.use_article(agent, ticket, public.pk, how="link")
    assert address.endswith(f"/help/nl/{public.pk}/")
    assert (Article.objects.get().times_used, ArticleUse.objects.get().how) == (1, "link")
    for helpful, counts in ((True, (1, 0)), (True, (1, 0)), (False, (0, 1))):
        article_use.rate_article(agent, ticket, public.pk, helpful=helpful)
        article = Article.objects.get()
        assert (article.times_helpful, article.times_unhelpful) == counts


def test_what_was_rated_before_it_was_used_is_counted_as_used(agent: User, ticket: Ticket) -> None:
    article = an_article("Hond\nMag mee.")
    article_use.rate_article(agent, ticket, article.pk, helpful=True)
    assert Article.objects.get().times_used == 0
    article_use.use_article(agent, ticket, article.pk, how="text")
    article_use.use_article(agent, ticket, article.pk, how="text")
    assert (Article.objects.get().times_used, ArticleUse.objects.get().how) == (1, "text")


def test_who_reads_an_article_by_itself_says_once_whether_it_helped(agent: User, ticket: Ticket) -> None:
    article = an_article("Hond\nMag mee.")
    joris = User.objects.create_user("joris", role=Role.AGENT)
    article_use.rate_article(agent, ticket, article.pk, helpful=True)
    for person, helpful, counts in ((agent, True, (2, 0)), (agent, False, (1, 1)), (joris, True, (2, 1))):
        article_use.rate_article(person, None, article.pk, helpful=helpful)
        found = Article.objects.get()
        assert (found.times_helpful, found.times_unhelpful) == counts
    assert ArticleUse.objects.filter(ticket=None).count() == 2
    with pytest.raises(Missing):
        article_use.rate_article(agent, None, 0x7FFFFFFF, helpful=True)


def test_what_is_for_colleagues_is_not_put_into_replies(agent: User, ticket: Ticket) -> None:
    inside = an_article("Storing\nDe server staat in Weidam.", audience="internal")
    replies = an_article("Hond\nMag mee.")
    refused: list[Callable[[], object]] = [
        lambda: article_use.use_article(agent, ticket, inside.pk, how="text"),
        lambda: article_use.use_article(agent, ticket, replies.pk, how="link"),
    ]
    for attempt in refused:
        with pytest.raises(Conflict):
            attempt()
    with pytest.raises(Missing):
        article_use.use_article(agent, ticket, 0x7FFFFFFF, how="text")
    expert = User.objects.create_user("ali", role=Role.EXPERT)
    with pytest.raises(NotPermitted):
        article_use.use_article(expert, ticket, replies.pk, how="text")


def test_tickets_of_customers_who_asked_the_like_are_found(ticket: Ticket) -> None:
    take_in(an_inbox(name="@ander", own_id="2"), [a_mention("9", by="tom", text="Mag mijn hond mee in de bus?")])
    Message.objects.update(language="nl")
    count_words()
    assert WordCount.objects.filter(kind="message", language="nl", word="").get().texts == 2
    (hit,) = find_messages("en een hond dan?", language="nl")
    assert Message.objects.get(pk=hit.id).external_id == "9"
    Message.objects.filter(pk=hit.id).update(deleted_at="2026-03-10T12:00Z")
    assert find_messages("en een hond dan?", language="nl") == []


def test_what_is_looked_for_is_read_from_the_index_however_many_there_are(agent: User) -> None:
    inbox = an_inbox()
    take_in(inbox, [a_mention(str(n), by=f"k{n % 50}", text=f"de trein van {n} is te laat") for n in range(2_000)])
    take_in(inbox, [a_mention("rare", text="mijn surfplank ligt nog in de trein")])
    Message.objects.update(language="nl")
    now = timezone.now()
    rows = Article.objects.bulk_create(
        Article(title=f"Trein {n}", audience="replies", created_at=now, changed_at=now) for n in range(2_000)
    )
    ArticleText.objects.bulk_create(
        ArticleText(article=one, language="nl", title=one.title, body="Over treinen die te laat zijn.") for one in rows
    )
    an_article("Surfplank\nMag mee.")
    count_words()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    looks: dict[str, Callable[[], Sequence[object]]] = {
        "article_search": lambda: find_articles("mag een surfplank mee in de trein?", language="nl", languages=["nl"]),
        "message_search": lambda: find_messages("mag een surfplank mee in de trein?", language="nl"),
    }
    for index, look in looks.items():
        assert look()
        plans = "\n".join(plans_of(look))
        assert f"Bitmap Index Scan on {index}" in plans or f"Index Scan using {index}" in plans, plans
        assert "Seq Scan on tickets_message" not in plans
        assert "Seq Scan on knowledge_articletext" not in plans
