"""Finding what the company knows, also beside a ticket."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from desk.actions.knowledge import article_links as links
from desk.actions.knowledge import article_use as verbs
from desk.actions.knowledge.searches import is_answered, remember_unanswered
from desk.actions.knowledge.similar import beside, similar_tickets
from desk.api.forms.articles import (
    CannedLinkSerializer,
    FittingQuery,
    HitSerializer,
    KnowledgeGapSerializer,
    KnowledgeQuery,
    LinkSerializer,
    RateArticleSerializer,
    UseArticleSerializer,
    UsedArticleSerializer,
    canned_link_form,
    hit_form,
    similar_form,
)
from desk.api.operation import operation
from desk.api.resources.tickets import ticket_of
from desk.api.views import Resource
from desk.knowledge.models import Gap
from desk.knowledge.search import find_articles
from desk.people.permissions import Permission


class Search(Resource):
    @operation("knowledge_search_list", "Find articles or tickets", asks=KnowledgeQuery, gives=HitSerializer, many=True)
    def get(self, request: Request, query: dict[str, Any]) -> Any:
        """What answers a question, or tickets of customers who asked the like; the best first."""
        if query["kind"] == "tickets":
            similar = similar_tickets(self.person, query["q"], language=query["language"], most=query["most"])
            return [similar_form(one) for one in similar]
        found = find_articles(query["q"], language=query["language"], most=query["most"])
        if not is_answered(found):
            remember_unanswered(query["q"], language=query["language"], by=self.person, now=timezone.now())
        return [hit_form(one) for one in found]


class Gaps(Resource):
    @operation("knowledge_gaps_list", "List what nothing is written of", gives=KnowledgeGapSerializer, many=True)
    def get(self, request: Request) -> Any:
        """Words of at least three customers, questions to colleagues or searches in seven days that no article has."""
        return [KnowledgeGapSerializer(one).data for one in Gap.objects.all()]


class Fitting(Resource):
    @operation(
        "tickets_articles_list", "List articles that fit a ticket", asks=FittingQuery, gives=HitSerializer, many=True
    )
    def get(self, request: Request, ticket_id: int, query: dict[str, Any]) -> Any:
        """By what its customer asked and what is being typed."""
        return [hit_form(one) for one in verbs.fitting(self.person, ticket_of(self.person, ticket_id), query["q"])]


class Similar(Resource):
    @operation("tickets_similar_list", "List tickets of customers who asked the like", gives=HitSerializer, many=True)
    def get(self, request: Request, ticket_id: int) -> Any:
        """Those that you may read, with personal data masked as for you; no drills beside real ones."""
        return [similar_form(one) for one in beside(self.person, ticket_of(self.person, ticket_id))]


class LinkedArticles(Resource):
    @operation("tickets_articles_linked_list", "List articles linked to a ticket", gives=LinkSerializer, many=True)
    def get(self, request: Request, ticket_id: int) -> Any:
        """What a person said to be about it, the newest first."""
        return [LinkSerializer(one).data for one in links.of_ticket(ticket_of(self.person, ticket_id).pk)]


class LinkedArticle(Resource):
    @operation("tickets_articles_link", "Link an article to a ticket", gives=LinkSerializer)
    def put(self, request: Request, ticket_id: int, article_id: int) -> Any:
        """Whether or not anything of it was said to the customer."""
        return LinkSerializer(links.link_ticket(self.person, ticket_of(self.person, ticket_id).pk, article_id)).data

    @operation("tickets_articles_unlink", "Take an article off a ticket", status=204)
    def delete(self, request: Request, ticket_id: int, article_id: int) -> None:
        links.unlink_ticket(self.person, ticket_of(self.person, ticket_id).pk, article_id)


class CannedOfArticle(Resource):
    @operation(
        "articles_canned_list", "List canned responses that use an article", gives=CannedLinkSerializer, many=True
    )
    def get(self, request: Request, article_id: int) -> Any:
        """By name; `stale` where the article is to be reviewed, or reads otherwise since somebody compared the two."""
        return [canned_link_form(one) for one in links.of_article(article_id)]


class ArticlesOfCanned(Resource):
    @operation("canned_articles_list", "List articles behind a canned response", gives=CannedLinkSerializer, many=True)
    def get(self, request: Request, canned_id: int) -> Any:
        """By title."""
        return [canned_link_form(one) for one in links.of_canned(canned_id)]


class CannedLink(Resource):
    reads = Permission.EDIT_CANNED

    @operation("articles_canned_link", "Link a canned response to an article", gives=CannedLinkSerializer)
    def put(self, request: Request, article_id: int, canned_id: int) -> Any:
        """Said again: the two still fit each other."""
        return canned_link_form(links.link_canned(self.person, article_id, canned_id))

    @operation("articles_canned_unlink", "Take a canned response off an article", status=204)
    def delete(self, request: Request, article_id: int, canned_id: int) -> None:
        links.unlink_canned(self.person, article_id, canned_id)


class Use(Resource):
    @operation(
        "tickets_articles_use", "Take words of an article", takes=UseArticleSerializer, gives=UsedArticleSerializer
    )
    def post(self, request: Request, ticket_id: int, article_id: int, wish: dict[str, Any]) -> Any:
        """Nothing is sent; that it was used here is counted. 409: it may not be said to customers."""
        ticket = ticket_of(self.person, ticket_id)
        return {"text": verbs.use_article(self.person, ticket, article_id, how=wish["how"])}


class Rate(Resource):
    @operation("tickets_articles_rate", "Say whether an article helped", takes=RateArticleSerializer, status=204)
    def post(self, request: Request, ticket_id: int, article_id: int, wish: dict[str, Any]) -> None:
        """On this ticket; one word of each colleague."""
        verbs.rate_article(self.person, ticket_of(self.person, ticket_id), article_id, helpful=wish["helpful"])


class RateItself(Resource):
    @operation(
        "articles_rate", "Say whether an article helped, beside no ticket", takes=RateArticleSerializer, status=204
    )
    def post(self, request: Request, article_id: int, wish: dict[str, Any]) -> None:
        """Beside no ticket; one word of each colleague, and another one later takes the first back."""
        verbs.rate_article(self.person, None, article_id, helpful=wish["helpful"])
