"""Suggestions for articles, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.knowledge.suggestions import suggested_title
from desk.api.fields import MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.paging import PageQuery
from desk.knowledge.models import LONGEST_BODY, LONGEST_SUMMARY, LONGEST_TITLE, LONGEST_TOPIC, MOST_TOPICS, Suggestion
from policies.knowledge_suggestions import State

STATES = tuple(State)


class SuggestionQuery(PageQuery):
    state = serializers.ChoiceField(choices=STATES, default=State.PENDING)


class ArticleSuggestionSerializer(serializers.Serializer[Suggestion]):
    """What was answered once, without the people in it."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=tuple(Suggestion.Kind.values))
    ticket = serializers.IntegerField()
    author = ColleagueSerializer(allow_null=True, help_text="Who gave the answer.")
    language = serializers.CharField()
    title = serializers.CharField(help_text="How the article would be called.")
    question = serializers.CharField()
    answer = serializers.CharField()
    times = serializers.IntegerField(help_text="How often the same was asked or answered.")
    state = serializers.ChoiceField(choices=STATES)
    article = serializers.IntegerField(allow_null=True, help_text="That it became.")
    decided_by = ColleagueSerializer(allow_null=True)
    decided_at = MomentField(allow_null=True)
    reason = serializers.CharField()
    created_at = MomentField()


class ApproveSuggestionSerializer(serializers.Serializer[Any]):
    """What is left out stays as it was suggested."""

    title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    body = serializers.CharField(max_length=LONGEST_BODY, required=False)
    audience = serializers.ChoiceField(choices=("internal", "replies"), default="replies")
    topics = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TOPIC), max_length=MOST_TOPICS, default=list
    )


class RejectSuggestionSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_SUMMARY, default="", allow_blank=True)


def suggestion_form(one: Suggestion) -> dict[str, Any]:
    """Needs author and decided_by at hand."""
    return {
        "id": one.pk,
        "kind": one.kind,
        "ticket": one.ticket_id,
        "author": colleague(one.author),
        "language": one.language,
        "title": suggested_title(one),
        "question": one.question,
        "answer": one.answer,
        "times": one.times,
        "state": one.state,
        "article": one.article_id,
        "decided_by": colleague(one.decided_by),
        "decided_at": one.decided_at,
        "reason": one.reason,
        "created_at": one.created_at,
    }
