"""Articles, as the API writes them."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from desk.actions.knowledge.article_links import is_stale
from desk.actions.knowledge.articles import said
from desk.actions.knowledge.help_pages import address_of
from desk.actions.knowledge.similar import Similar
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.paging import PageQuery
from desk.knowledge.listed import ORDERINGS, WHAT
from desk.knowledge.models import (
    LANGUAGES,
    LONGEST_BODY,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    LONGEST_TOPIC,
    MOST_TOPICS,
    Article,
    ArticleVersion,
    CannedLink,
    Gap,
    TicketLink,
)
from desk.knowledge.search import Found

AUDIENCES = tuple(Article.Audience.values)


class ArticleTextSerializer(serializers.Serializer[Any]):
    """An article in one language; `body` is Markdown."""

    language = serializers.ChoiceField(choices=LANGUAGES)
    title = serializers.CharField(max_length=LONGEST_TITLE)
    body = serializers.CharField(max_length=LONGEST_BODY)


class ArticleSerializer(serializers.Serializer[Article]):
    id = serializers.IntegerField()
    texts = ArticleTextSerializer(many=True)
    audience = serializers.ChoiceField(
        choices=AUDIENCES, help_text="`internal`: colleagues only; `replies`: may be said in replies; `public`: all."
    )
    topics = serializers.ListField(child=serializers.CharField())
    owner = ColleagueSerializer(allow_null=True, help_text="Who answers for its words, and is told on `review_on`.")
    review_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField(help_text="The number of its newest version.")
    times_used = serializers.IntegerField(help_text="How often it was put into what colleagues wrote on a ticket.")
    times_helpful = serializers.IntegerField()
    times_unhelpful = serializers.IntegerField()
    readers_helped = serializers.IntegerField(help_text="Of the help page, who said that it helped.")
    readers_unhelped = serializers.IntegerField()
    created_at = MomentField()
    changed_at = MomentField(help_text="When its words changed last.")


class WriteArticleSerializer(serializers.Serializer[Any]):
    texts = ArticleTextSerializer(many=True)
    audience = serializers.ChoiceField(choices=AUDIENCES, default=Article.Audience.INTERNAL)
    topics = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TOPIC), max_length=MOST_TOPICS, default=list
    )
    owner = IdField(allow_null=True, required=False, help_text="The caller where nobody is named.")
    review_on = serializers.DateField(allow_null=True, default=None)


class ChangeArticleSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    texts = ArticleTextSerializer(many=True, required=False)
    audience = serializers.ChoiceField(choices=AUDIENCES, required=False)
    topics = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TOPIC), max_length=MOST_TOPICS, required=False
    )
    owner = IdField(allow_null=True, required=False)
    review_on = serializers.DateField(allow_null=True, required=False)
    based_on = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, help_text="The version you began with; 409 if it is older."
    )
    summary = serializers.CharField(
        max_length=LONGEST_SUMMARY, required=False, allow_blank=True, help_text="What is different."
    )


class ArticleQuery(PageQuery):
    q = serializers.CharField(default="", allow_blank=True, max_length=200, help_text="Words that begin like this.")
    audience = serializers.ChoiceField(choices=AUDIENCES, default="", allow_blank=True)
    topic = serializers.CharField(default="", allow_blank=True, max_length=LONGEST_TOPIC)
    language = serializers.ChoiceField(choices=LANGUAGES, default="", allow_blank=True)
    owner = IdField(required=False)
    due = serializers.ChoiceField(choices=WHAT, default="", allow_blank=True)
    ordering = serializers.ChoiceField(
        choices=tuple(ORDERINGS),
        default="title",
        help_text="Most used, most helpful and last changed first; by review the day that comes first, and those "
        "without one last.",
    )


class ArticleVersionSerializer(serializers.Serializer[ArticleVersion]):
    number = serializers.IntegerField()
    texts = ArticleTextSerializer(many=True)
    summary = serializers.CharField(help_text="What is different, in the words of its author.")
    author = ColleagueSerializer(allow_null=True)
    at = MomentField()


def article_form(article: Article) -> dict[str, Any]:
    """Needs texts and owner at hand."""
    return {
        "id": article.pk,
        "texts": said(article),
        "audience": article.audience,
        "topics": article.topics,
        "owner": colleague(article.owner),
        "review_on": article.review_on,
        "version": article.version,
        "times_used": article.times_used,
        "times_helpful": article.times_helpful,
        "times_unhelpful": article.times_unhelpful,
        "readers_helped": article.readers_helped,
        "readers_unhelped": article.readers_unhelped,
        "created_at": article.created_at,
        "changed_at": article.changed_at,
    }


def version_form(version: ArticleVersion) -> dict[str, Any]:
    """Needs the author at hand."""
    return {
        "number": version.number,
        "texts": version.texts,
        "summary": version.summary,
        "author": colleague(version.author),
        "at": version.at,
    }


KINDS = ("articles", "tickets")
MOST_HITS = 50


class KnowledgeQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=2_000, help_text="A question in anybody's own words.")
    language = serializers.ChoiceField(choices=LANGUAGES, default=LANGUAGES[0])
    kind = serializers.ChoiceField(choices=KINDS, default=KINDS[0])
    most = serializers.IntegerField(default=5, min_value=1, max_value=MOST_HITS)


class FittingQuery(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=2_000, default="", allow_blank=True, help_text="What is being typed; the customer's words go along."
    )


class HitSerializer(serializers.Serializer[Any]):
    """Something that may answer, the best first."""

    kind = serializers.ChoiceField(choices=("article", "ticket"))
    id = serializers.IntegerField(help_text="Of the article or of the ticket.")
    title = serializers.CharField(help_text="Of the article, or how the customer's message begins.")
    language = serializers.CharField()
    audience = serializers.ChoiceField(choices=AUDIENCES, allow_null=True, help_text="Null for a ticket.")
    url = serializers.CharField(allow_blank=True, help_text="Where everybody reads it, where it is public.")
    score = serializers.FloatField(help_text="Compares hits of one question, and no others.")
    share = serializers.FloatField(help_text="0 to 1: how much of what was asked stands in it.")


class KnowledgeGapSerializer(serializers.Serializer[Gap]):
    language = serializers.CharField()
    words = serializers.ListField(child=serializers.CharField(), help_text="As customers write them.")
    tickets = serializers.IntegerField(help_text="Of customers who asked.")
    questions = serializers.IntegerField(help_text="To colleagues.")
    searches = serializers.IntegerField(help_text="Without an answer.")
    examples = serializers.ListField(child=serializers.IntegerField(), help_text="Numbers of some of the tickets.")
    at = MomentField(help_text="When it was looked for.")


class LinkSerializer(serializers.Serializer[TicketLink]):
    """A person said that an article is about a ticket."""

    article = serializers.IntegerField(source="article_id")
    title = serializers.CharField(source="article.title")
    ticket = serializers.IntegerField(source="ticket_id")
    by = ColleagueSerializer(allow_null=True)
    at = MomentField()


class CannedLinkSerializer(serializers.Serializer[Any]):
    """A canned response says what an article knows."""

    article = serializers.IntegerField()
    title = serializers.CharField(help_text="Of the article.")
    canned_response = serializers.IntegerField()
    name = serializers.CharField(help_text="Of the canned response.")
    by = ColleagueSerializer(allow_null=True)
    at = MomentField(help_text="When somebody last found that the two fit each other.")
    stale = serializers.BooleanField(help_text="The article is to be reviewed, or reads otherwise since then.")


class UseArticleSerializer(serializers.Serializer[Any]):
    how = serializers.ChoiceField(choices=("text", "link"), default="text")


class UsedArticleSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="Words for the reply: its own without markup, or its public address.")


class RateArticleSerializer(serializers.Serializer[Any]):
    helpful = serializers.BooleanField()


def canned_link_form(link: CannedLink) -> dict[str, Any]:
    """Needs article, canned response and person at hand."""
    return {
        "article": link.article_id,
        "title": link.article.title,
        "canned_response": link.canned_id,
        "name": link.canned.name,
        "by": colleague(link.by),
        "at": link.at,
        "stale": is_stale(link, timezone.localdate()),
    }


def similar_form(found: Similar) -> dict[str, Any]:
    """A ticket that was found."""
    return {
        "kind": "ticket",
        "id": found.ticket.pk,
        "title": found.said[:LONGEST_TITLE],
        "language": found.language,
        "audience": None,
        "url": "",
        "score": found.score,
        "share": found.share,
    }


def hit_form(found: Found) -> dict[str, Any]:
    """An article that was found."""
    public = found.article.audience == Article.Audience.PUBLIC
    return {
        "kind": "article",
        "id": found.article.pk,
        "title": found.text.title,
        "language": found.text.language,
        "audience": found.article.audience,
        "url": address_of(found.text) if public else "",
        "score": found.score,
        "share": min(found.share, 1.0),
    }
