"""Articles: what the company knows."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.knowledge import articles as verbs
from desk.api.forms.articles import (
    ArticleQuery,
    ArticleSerializer,
    ArticleVersionSerializer,
    ChangeArticleSerializer,
    WriteArticleSerializer,
    article_form,
    version_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.knowledge.listed import ArticleFilter, page_of
from desk.knowledge.models import Article


class Articles(Resource):
    @operation("articles_list", "List articles", asks=ArticleQuery, gives=ArticleSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """By title, unless another order is asked for."""
        cursor, size, ordering = query.pop("cursor"), query.pop("page_size"), query.pop("ordering")
        rows = ArticleFilter(**_columns(query)).rows(timezone.localdate())
        return Page(page_of(rows, ordering, cursor, size), each(article_form))

    @operation("articles_create", "Write an article", takes=WriteArticleSerializer, gives=ArticleSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Everybody may write for colleagues; other audiences need the permission to publish."""
        return article_form(verbs.create_article(self.person, **_columns(wish)))


class OneArticle(Resource):
    @operation("articles_read", "Read an article", gives=ArticleSerializer)
    def get(self, request: Request, article_id: int) -> Any:
        return article_form(_article(article_id))

    @operation("articles_change", "Change an article", takes=ChangeArticleSerializer, gives=ArticleSerializer)
    def patch(self, request: Request, article_id: int, wish: dict[str, Any]) -> Any:
        """What is left out stays; other words are a new version. 409: a colleague was quicker."""
        verbs.change_article(self.person, article_id, **_columns(wish))
        return article_form(_article(article_id))

    @operation("articles_delete", "Delete an article", status=204)
    def delete(self, request: Request, article_id: int) -> None:
        """With its versions."""
        verbs.delete_article(self.person, article_id)


class ArticleVersions(Resource):
    @operation(
        "articles_versions_list",
        "List the versions of an article",
        asks=PageQuery,
        gives=ArticleVersionSerializer,
        paged=True,
    )
    def get(self, request: Request, article_id: int, query: dict[str, Any]) -> Page:
        """The newest first, each with all of its words."""
        rows = _article(article_id).versions.select_related("author")
        found = slice_after(rows, ("number",), query["cursor"], query["page_size"], descending=True)
        return Page(found, each(version_form))


class RestoreVersion(Resource):
    @operation("articles_versions_restore", "Let an article read as it did", gives=ArticleSerializer)
    def post(self, request: Request, article_id: int, number: int) -> Any:
        """A new version with the old words."""
        verbs.restore_version(self.person, article_id, number)
        return article_form(_article(article_id))


def _article(article_id: int) -> Article:
    article = Article.objects.select_related("owner").prefetch_related("texts").filter(pk=article_id).first()
    if article is None:
        raise Missing(_("There is no such article."))
    return article


def _columns(wish: dict[str, Any]) -> dict[str, Any]:
    """By the names that the verbs and the list know."""
    return {"owner_id" if name == "owner" else name: value for name, value in wish.items()}
