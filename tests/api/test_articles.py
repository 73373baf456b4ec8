"""Articles over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.knowledge.models import Searched
from desk.tickets.models import Message, Ticket
from tests.api.caller import Caller
from tests.articles import an_article, reads
from tests.canned import a_canned
from tests.web.browsing import asked_by

pytestmark = pytest.mark.django_db


def test_an_article_is_written_changed_and_deleted(supervisor: Caller, agent: Caller) -> None:
    body = {
        "texts": reads(nl="Nachttrein\nRijdt niet op zondag.", en="Night train\nNot on Sundays."),
        "topics": ["Nacht"],
    }
    made = supervisor.post("articles/", **body, audience="public")
    assert (made.status, made.body["topics"], made.body["version"]) == (201, ["nacht"], 1)
    address = f"articles/{made.body['id']}/"
    assert agent.get(address).body == agent.results("articles/")[0] == made.body
    assert agent.patch(address, topics=[]).problem == (403, "not_permitted")
    changed = supervisor.patch(address, texts=reads(nl="Nachttrein\nRijdt elke dag."), based_on=1, summary="Nieuw")
    assert (changed.status, changed.body["version"]) == (200, 2)
    assert supervisor.patch(address, texts=reads(nl="a\nb"), based_on=1).problem == (409, "conflict")
    versions = agent.results(f"{address}versions/")
    assert [(one["number"], one["summary"]) for one in versions] == [(2, "Nieuw"), (1, "")]
    assert supervisor.post(f"{address}versions/1/restore/").body["texts"] == body["texts"]
    assert supervisor.post("articles/", texts=[]).status == 400
    assert agent.delete(address).problem == (403, "not_permitted")
    assert supervisor.delete(address).status == 204
    assert agent.get(address).problem == (404, "not_found")


def test_a_list_of_many_asks_the_database_no_more_often(agent: Caller) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            agent.results("articles/?q=rijdt&language=nl&audience=replies&topic=nacht&due=unused")
        return len(seen)

    an_article(topics=["nacht"])
    queries()
    few = queries()
    for number in range(20):
        an_article(f"Trein {number}\nRijdt.", topics=["nacht"])
    assert queries() == few
    page = agent.get("articles/?page_size=8").body
    assert len(page["results"]) == 8
    assert page["next"]
    for ordering in ("used", "helped", "review", "changed"):  # each page behind the other, and every article once
        first = agent.get(f"articles/?page_size=12&ordering={ordering}").body
        then = agent.results(first["next"].partition("/api/v1/")[2])
        assert len({one["id"] for one in [*first["results"], *then]}) == 21, ordering
    assert agent.get("articles/?ordering=colour").problem == (400, "invalid")
    assert agent.results("articles/?q=zzz") == agent.results("articles/?due=review") == []


def test_articles_are_found_used_and_rated_beside_a_ticket(agent: Caller, ticket: Ticket) -> None:
    Message.objects.update(language="nl", text="Waar blijft de nachttrein?")
    public = an_article("Nachttrein\nRijdt **niet** op zondag.", audience="public")
    (hit,) = agent.get("knowledge/search/?q=rijdt de nachttrein").body
    assert (hit["kind"], hit["id"], hit["title"], hit["audience"]) == ("article", public.pk, "Nachttrein", "public")
    assert hit["url"].endswith(f"/help/nl/{public.pk}/")
    assert 0 < hit["share"] <= 1
    address = f"tickets/{ticket.pk}/articles/"
    assert [one["id"] for one in agent.get(address).body] == [public.pk]
    assert [one["id"] for one in agent.get(f"{address}?q=zondag").body] == [public.pk]
    assert agent.post(f"{address}{public.pk}/use/").body == {"text": "Rijdt niet op zondag."}
    assert agent.post(f"{address}{public.pk}/use/", how="link").body == {"text": hit["url"]}
    assert agent.post(f"{address}{public.pk}/rate/", helpful=True).status == 204
    assert agent.post(f"articles/{public.pk}/rate/", helpful=True).status == 204
    assert agent.get(f"articles/{public.pk}/").body["times_helpful"] == 2
    assert agent.post("articles/999/rate/", helpful=True).problem == (404, "not_found")
    inside = an_article("Weidam\nDaar staat hij.", audience="internal")
    assert agent.post(f"{address}{inside.pk}/use/").problem == (409, "conflict")
    assert agent.post(f"{address}999999/use/").problem == (404, "not_found")
    (other,) = agent.get("knowledge/search/?kind=tickets&q=de nachttrein kwam niet").body
    assert (other["kind"], other["id"], other["title"]) == ("ticket", ticket.pk, "Waar blijft de nachttrein?")


def test_an_article_belongs_to_tickets_and_canned_responses(supervisor: Caller, agent: Caller, ticket: Ticket) -> None:
    article, canned = an_article(), a_canned()
    address = f"tickets/{ticket.pk}/articles/{article.pk}/link/"
    made = agent.put(address)
    assert (made.status, made.body["title"], made.body["by"]["username"]) == (200, "Nachttrein", "sanne")
    assert supervisor.put(address).body == made.body, "said again it stays whose it was"
    assert agent.get(f"tickets/{ticket.pk}/articles/linked/").body == [made.body]
    assert [one["kind"] for one in agent.results(f"tickets/{ticket.pk}/events/")].count("article_linked") == 1
    assert agent.delete(address).status == 204
    assert agent.get(f"tickets/{ticket.pk}/articles/linked/").body == []
    assert agent.put(f"tickets/{ticket.pk}/articles/999/link/").problem == (404, "not_found")

    address = f"articles/{article.pk}/canned-responses/"
    assert agent.put(f"{address}{canned.pk}/").problem == (403, "not_permitted")
    link = supervisor.put(f"{address}{canned.pk}/").body
    assert (link["name"], link["stale"]) == ("Dank", False)
    assert agent.get(address).body == agent.get(f"canned-responses/{canned.pk}/articles/").body == [link]
    supervisor.patch(f"articles/{article.pk}/", texts=reads(nl="Nachttrein\nRijdt elke dag."))
    assert agent.get(address).body[0]["stale"] is True
    assert supervisor.put(f"{address}{canned.pk}/").body["stale"] is False
    supervisor.patch(f"articles/{article.pk}/", review_on="2026-01-01")
    assert agent.get(address).body[0]["stale"] is True
    assert supervisor.delete(f"{address}{canned.pk}/").status == 204
    assert agent.get(address).body == []


def test_similar_tickets_are_those_one_may_read_masked(expert: Caller, ticket: Ticket) -> None:
    """`expert` sees no personal data."""
    other = asked_by(ticket.inbox, "tom", "Waar blijft mijn geld van de nachttrein? Bel 06-12345678")
    again = asked_by(ticket.inbox, "kim", "Mijn geld van de nachttrein is er niet")
    Message.objects.update(language="nl")
    found = expert.get(f"tickets/{again.pk}/similar/").body
    assert [one["id"] for one in found] == [other.pk]
    assert "12345678" not in found[0]["title"]
    assert expert.get("tickets/999/similar/").problem == (404, "not_found")


def test_a_search_without_an_answer_is_a_gap_in_the_making(agent: Caller) -> None:
    an_article()
    agent.get("knowledge/search/", q="nachttrein zondag")
    assert not Searched.objects.exists()
    agent.get("knowledge/search/", q="Mag een surfplank mee?")
    assert Searched.objects.get().words == ["surfplank"]
