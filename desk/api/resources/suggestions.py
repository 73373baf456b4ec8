"""Suggestions for articles: read and judged."""

from typing import Any

from rest_framework.request import Request

from desk.actions.knowledge import suggestions as verbs
from desk.api.forms.articles import ArticleSerializer, article_form
from desk.api.forms.suggestions import (
    ApproveSuggestionSerializer,
    ArticleSuggestionSerializer,
    RejectSuggestionSerializer,
    SuggestionQuery,
    suggestion_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, each
from desk.api.views import Resource
from desk.common.paging import slice_after
from desk.knowledge.models import Suggestion
from desk.people.permissions import Permission


class Suggestions(Resource):
    reads = Permission.PUBLISH_ARTICLES

    @operation(
        "knowledge_suggestions_list",
        "List suggestions for articles",
        asks=SuggestionQuery,
        gives=ArticleSuggestionSerializer,
        paged=True,
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """What was asked most often first."""
        rows = Suggestion.objects.filter(same_as=None, state=query["state"]).select_related("author", "decided_by")
        found = slice_after(rows, ("times", "id"), query["cursor"], query["page_size"], descending=True)
        return Page(found, each(suggestion_form))


class Approve(Resource):
    reads = Permission.PUBLISH_ARTICLES

    @operation(
        "knowledge_suggestions_approve",
        "Make an article of a suggestion",
        takes=ApproveSuggestionSerializer,
        gives=ArticleSerializer,
    )
    def post(self, request: Request, suggestion_id: int, wish: dict[str, Any]) -> Any:
        """As it is, or in other words. 409: it is judged already."""
        return article_form(verbs.approve_suggestion(self.person, suggestion_id, **wish))


class Reject(Resource):
    reads = Permission.PUBLISH_ARTICLES

    @operation(
        "knowledge_suggestions_reject",
        "Reject a suggestion",
        takes=RejectSuggestionSerializer,
        gives=ArticleSuggestionSerializer,
    )
    def post(self, request: Request, suggestion_id: int, wish: dict[str, Any]) -> Any:
        """What asks or answers the same is not suggested again."""
        return suggestion_form(verbs.reject_suggestion(self.person, suggestion_id, **wish))
