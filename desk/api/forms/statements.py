"""Statements of a crisis and their posts, as the API writes them."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.actions.statements.statement_texts import Cell, Row
from desk.actions.statements.statements import LONGEST_POST, LONGEST_PROMISE, LONGEST_REASON, MOST_POSTS
from desk.api.fields import IdField, MomentField
from desk.api.forms.canned import STAGES
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.inboxes.words import told
from desk.statements.models import NextUpdate, Post, Publication
from policies.crisis_plan import LANGUAGES
from policies.reply_states import State


class CellSerializer(serializers.Serializer[Any]):
    network = serializers.CharField()
    language = serializers.ChoiceField(choices=LANGUAGES)
    state = serializers.ChoiceField(choices=tuple(Cell))
    statement = serializers.IntegerField(allow_null=True, help_text="The canned response that says it.")


class ReadyRowSerializer(serializers.Serializer[Row]):
    """One stage of one scenario, and what there is to say by network and language."""

    scenario = serializers.CharField()
    stage = serializers.ChoiceField(choices=STAGES)
    cells = CellSerializer(many=True)


class OwnPostSerializer(serializers.Serializer[Post]):
    """Words on their way to one account, or out there."""

    id = serializers.IntegerField()
    publication = serializers.IntegerField()
    inbox = serializers.IntegerField()
    network = serializers.CharField()
    language = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=tuple(State))
    prepared = serializers.BooleanField(help_text="Exactly the words of an approved holding statement.")
    needs = serializers.ListField(
        child=serializers.CharField(), help_text="Reasons for which a colleague's word is missing."
    )
    findings = serializers.JSONField()
    approved_by = ColleagueSerializer(allow_null=True)
    approved_at = MomentField(allow_null=True)
    reason = serializers.CharField(help_text="Why somebody rejected it.")
    sent_at = MomentField(allow_null=True)
    external_id = serializers.CharField()
    url = serializers.CharField(help_text="Where everybody reads it.")
    problem_code = serializers.CharField()
    problem = serializers.CharField()


class PublicationSerializer(serializers.Serializer[Publication]):
    """One statement on all its accounts."""

    id = serializers.IntegerField()
    crisis = serializers.IntegerField()
    author = ColleagueSerializer()
    at = MomentField()
    statement = serializers.IntegerField(allow_null=True, help_text="The canned response that it began as.")
    stage = serializers.ChoiceField(choices=STAGES)
    update_minutes = serializers.IntegerField(allow_null=True)
    posts = OwnPostSerializer(many=True)
    answers = serializers.IntegerField(allow_null=True, help_text="The batch of answers that says it as replies.")


class WishSerializer(serializers.Serializer[Any]):
    inbox = IdField()
    language = serializers.ChoiceField(choices=LANGUAGES)
    text = serializers.CharField(max_length=LONGEST_POST, trim_whitespace=False)


class PublishSerializer(serializers.Serializer[Any]):
    posts = WishSerializer(many=True, help_text=f"1 to {MOST_POSTS}.")
    idempotency_key = serializers.CharField(max_length=100, help_text="The same again gives back the same publication.")
    statement = IdField(required=False, allow_null=True, default=None, help_text="The holding statement it begins as.")
    stage = serializers.ChoiceField(choices=STAGES, default="", allow_blank=True, help_text="Empty: the statement's.")
    update_minutes = serializers.IntegerField(
        min_value=1,
        max_value=LONGEST_PROMISE,
        required=False,
        allow_null=True,
        default=None,
        help_text="It promises the next update that long after its first post is out.",
    )
    answers = serializers.BooleanField(
        default=False,
        help_text="Also as replies to who waits on these networks, in these languages: a batch that starts by itself.",
    )


class WhySerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class NextUpdateSerializer(serializers.Serializer[Any]):
    """What is promised and not out yet; null: nothing."""

    promised = serializers.BooleanField()
    publication = serializers.IntegerField(allow_null=True)
    made_at = MomentField(allow_null=True)
    due_at = MomentField(allow_null=True)


def row_form(row: Row) -> dict[str, Any]:
    cells = [
        {"network": network, "language": language, "state": state, "statement": statement}
        for network, language, state, statement in row.cells
    ]
    return {"scenario": row.scenario, "stage": row.stage, "cells": cells}


def post_form(post: Post, eyes: Eyes, author_id: int) -> dict[str, Any]:
    """Needs the inbox and who approved at hand."""
    return {
        "id": post.pk,
        "publication": post.publication_id,
        "inbox": post.inbox_id,
        "network": post.inbox.network,
        "language": post.language,
        "text": eyes.read(post.text, by=author_id),
        "state": post.state,
        "prepared": post.prepared,
        "needs": post.needs,
        "findings": post.findings,
        "approved_by": colleague(post.approved_by),
        "approved_at": post.approved_at,
        "reason": post.reason,
        "sent_at": post.sent_at,
        "external_id": post.external_id,
        "url": post.url,
        "problem_code": post.problem_code,
        "problem": told(post.problem),
    }


def publication_form(publication: Publication, posts: Sequence[Post], eyes: Eyes) -> dict[str, Any]:
    """Needs the author and the answers at hand."""
    answers = getattr(publication, "answers", None)
    return {
        "id": publication.pk,
        "crisis": publication.crisis_id,
        "author": colleague(publication.author),
        "at": publication.at,
        "statement": publication.statement_id,
        "stage": publication.stage,
        "update_minutes": publication.update_minutes,
        "posts": [post_form(post, eyes, publication.author_id) for post in posts],
        "answers": answers.pk if answers is not None else None,
    }


def update_form(promised: NextUpdate | None) -> dict[str, Any]:
    return {
        "promised": promised is not None,
        "publication": promised.publication_id if promised else None,
        "made_at": promised.made_at if promised else None,
        "due_at": promised.due_at if promised else None,
    }
