"""What the company knows on the screen: beside a ticket, on its own page, behind canned responses."""

import re
from datetime import date

import pytest
from django.db import connection
from django.utils import translation

from desk.actions.knowledge.article_links import link_canned
from desk.knowledge.listed import ORDERINGS
from desk.knowledge.models import Article, CannedLink, Gap, TicketLink
from desk.people.models import User
from desk.tickets.models import Message, Ticket
from tests.actions.builders import minutes
from tests.articles import an_article
from tests.canned import a_canned
from tests.web.browsing import Browser, asked_by, number_of_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor() -> Browser:
    return Browser(User.objects.create_user("mila", role="supervisor", first_name="Mila"))


def test_a_colleague_links_an_article_and_everybody_sees_it_beside_the_ticket(browser: Browser, ticket: Ticket) -> None:
    article = an_article("Kaartje kwijt\nDaar is niets aan te doen.")
    beside, dialog = f"/tickets/{ticket.pk}/knowledge/", f"/tickets/{ticket.pk}/knowledge/{article.pk}/"
    assert "Kaartje kwijt" not in browser.send(beside).content.decode()
    assert "Link it to this ticket" in browser.part(dialog)
    assert "Take the link off" in browser.send(f"{dialog}link/", do="on").content.decode()
    assert "linked by a colleague" in browser.send(beside).content.decode()
    assert f"#{ticket.pk}" in browser.page(f"/knowledge/{article.pk}/")
    assert "An article was linked" in browser.part(f"/tickets/{ticket.pk}/timeline/")
    browser.send(f"{dialog}link/", do="off")
    assert not TicketLink.objects.exists()


def test_tickets_that_asked_the_like_stand_beside_it_with_what_we_said(
    browser: Browser, expert: User, ticket: Ticket
) -> None:
    other = asked_by(ticket.inbox, "tom", "Waar blijft mijn geld van de nachttrein? Bel 06-12345678")
    again = asked_by(ticket.inbox, "kim", "Mijn geld van de nachttrein is er niet")
    Message.objects.update(language="nl")
    Message.objects.create(
        ticket=other, conversation=other.conversation, inbox=other.inbox, external_id="ours", kind="mention",
        outgoing=True, text="Binnen een week, op 06-12345678", created_at=minutes(5), received_at=minutes(5),
    )  # fmt: skip
    reader = Browser(expert)
    beside = reader.send(f"/tickets/{again.pk}/knowledge/").content.decode()
    address = f"/tickets/{again.pk}/similar/{other.pk}/"
    assert address in beside
    assert f"/similar/{ticket.pk}/" not in beside
    assert "Binnen een week" in reader.part(address)
    for seen in (beside, reader.part(address)):
        assert "12345678" not in seen
    assert reader.client.get(f"/tickets/{again.pk}/similar/999/").status_code == 404


def test_an_article_reads_in_the_readers_own_language_first(browser: Browser) -> None:
    article = an_article("Hond mee\nMag mee.", en="Dogs\nThey may come.")
    page = browser.page(f"/knowledge/{article.pk}/")
    assert page.index("They may come") < page.index("Mag mee")
    assert '<h1 lang="en"><bdi>Dogs</bdi></h1>' in page
    browser.person.language = "nl"
    browser.person.save()
    with translation.override("nl"):
        page = browser.page(f"/knowledge/{article.pk}/")
    assert page.index("Mag mee") < page.index("They may come")


def test_a_canned_response_shows_its_articles_and_is_marked_where_one_is_stale(
    browser: Browser, supervisor: Browser
) -> None:
    article, canned = an_article(), a_canned()
    address, page = f"/knowledge/{article.pk}/canned/", f"/administration/canned-responses/{canned.pk}/"
    assert browser.send(address, canned=canned.pk, do="on").status_code == 403
    supervisor.send(address, canned=canned.pk, do="on")
    assert "Dank" in browser.page(f"/knowledge/{article.pk}/")
    assert "What it rests on" in supervisor.page(page)
    assert "may not fit any more" not in supervisor.page(page)
    assert "its article is stale" not in supervisor.page("/administration/canned-responses/")
    Article.objects.update(review_on=date(2026, 1, 1))
    assert "may not fit any more" in supervisor.page(page)
    assert "its article is stale" in supervisor.page("/administration/canned-responses/")
    assert "It still fits" in supervisor.page(f"/knowledge/{article.pk}/")
    supervisor.send(address, canned=canned.pk, do="off")
    assert not CannedLink.objects.exists()


def test_more_canned_responses_cost_no_query_more(supervisor: Browser) -> None:
    address = "/administration/canned-responses/"
    link_canned(supervisor.person, an_article().pk, a_canned().pk)
    few = number_of_queries(address, supervisor)
    for number in range(9):
        link_canned(supervisor.person, an_article().pk, a_canned(f"Dank{number}").pk)
    assert number_of_queries(address, supervisor) == few


def test_the_list_says_how_much_articles_helped(browser: Browser) -> None:
    an_article("Hond\nMag mee.", times_helpful=3, readers_helped=2, readers_unhelped=9)
    an_article("Kat\nMag mee.", times_helpful=4)
    page = browser.page("/knowledge/")
    assert "5 : 9" in page
    assert "Kat" not in browser.page("/knowledge/?due=unhelpful")


def test_the_list_stands_in_the_order_that_is_asked_for_by_an_index(browser: Browser) -> None:
    an_article("Kat", times_used=9, times_helpful=1, readers_unhelped=3, review_on=date(2030, 5, 1))
    an_article("Hond", times_used=2, times_helpful=4, changed_at=minutes(-900))
    an_article("Aap", times_used=5, readers_helped=2, review_on=date(2029, 1, 1), changed_at=minutes(-500))
    for asked, names in {
        "": "Aap Hond Kat", "used": "Kat Aap Hond", "helped": "Hond Aap Kat", "review": "Aap Kat Hond",
        "changed": "Kat Aap Hond", "colour": "Aap Hond Kat",
    }.items():  # fmt: skip
        page = browser.page(f"/knowledge/?ordering={asked}")
        assert re.findall(r">(Aap|Hond|Kat)</a>", page) == names.split(), asked
    assert "review on 1 May 2030" in browser.page("/knowledge/?ordering=review")
    assert "Show all" not in page
    for key, descending in ORDERINGS.values():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # three rows are read whole otherwise
        rows = Article.objects.order_by(*(("-" if descending else "") + name for name in key))
        plan = rows[:50].explain()
        assert "Index Scan" in plan, plan
        assert "Sort" not in plan, plan


def test_an_article_asks_on_its_own_page_whether_it_helped(browser: Browser) -> None:
    address = f"/knowledge/{an_article('Hond').pk}/"
    for said, counted in (("yes", "1 yes, 0 no"), ("no", "0 yes, 1 no")):
        browser.send(f"{address}helped/", helpful=said)
        page = browser.page(address)
        assert counted in page
        (pressed,) = re.findall(r'name="helpful" value="(\w+)"[^>]*aria-pressed="true"', page)
        assert pressed == said
    reader = Browser(User.objects.create_user("ali", role="expert"))
    assert "Did this help?" in reader.page(address)


def test_gaps_say_who_asked(browser: Browser) -> None:
    Gap.objects.create(
        language="nl", words=["surfplank"], tickets=2, questions=1, searches=3, examples=[], at=minutes(1)
    )
    page = browser.page("/knowledge/gaps/")
    assert "2 customers, 1 question to a colleague, 3 searches without an answer" in page
