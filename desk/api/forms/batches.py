"""Answers in batches, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.actions.statements.batch_answers import MOST_PER_MINUTE, USUAL_PER_MINUTE, counts_of
from desk.actions.statements.batch_approval import words_of
from desk.actions.statements.batch_choice import MOST, Chosen
from desk.api.fields import IdField, MomentField
from desk.api.forms.canned import CannedTextSerializer
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.replies import VISIBILITIES, FindingSerializer
from desk.api.paging import PageQuery
from desk.replies.models import AnswerBatch, AnswerLine


class ChosenTicketsSerializer(serializers.Serializer[Any]):
    """Which tickets of the crisis; what is left out asks nothing."""

    networks = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=50)
    languages = serializers.ListField(child=serializers.CharField(max_length=5), required=False, max_length=50)
    unanswered = serializers.BooleanField(default=True, help_text="Only whose customer waits for an answer.")
    like = IdField(required=False, allow_null=True, help_text="Only whose first words almost repeat this ticket's.")
    tickets = serializers.ListField(child=IdField(), required=False, max_length=MOST, help_text="Only these.")


class PrepareBatchSerializer(serializers.Serializer[Any]):
    """To whom, in which words, how fast. Give `texts` or `canned_response`."""

    chosen = ChosenTicketsSerializer(required=False)
    texts = CannedTextSerializer(
        many=True,
        required=False,
        help_text="“[Hi|Hello] {{customer}}” offers wordings, of which each customer gets one. None goes out more "
        "often than the rulebook lets it.",
    )
    fallback = serializers.CharField(
        max_length=5, default="", allow_blank=True, help_text="For customers in whose language there is no text."
    )
    canned_response = IdField(required=False, allow_null=True)
    visibility = serializers.ChoiceField(choices=VISIBILITIES, default="public")
    per_minute = serializers.IntegerField(
        default=USUAL_PER_MINUTE,
        min_value=1,
        max_value=MOST_PER_MINUTE,
        help_text="At most, in each inbox; fewer where its network takes fewer.",
    )


class BatchSerializer(serializers.Serializer[AnswerBatch]):
    """`preparing` until each ticket was looked at; nothing leaves before it was started."""

    id = IdField()
    crisis = IdField()
    author = ColleagueSerializer(help_text="In whose name the replies go.")
    state = serializers.ChoiceField(choices=AnswerBatch.States.values)
    paused_because = serializers.CharField(help_text="Where it paused by itself; else empty.")
    visibility = serializers.ChoiceField(choices=VISIBILITIES)
    texts = CannedTextSerializer(many=True)
    canned_response = IdField(allow_null=True)
    publication = IdField(allow_null=True, help_text="The statement of which these are the replies.")
    words = serializers.CharField(help_text="What stands in it now: hand it back to approve all of it.")
    per_minute = serializers.IntegerField()
    total = serializers.IntegerField()
    new = serializers.IntegerField(help_text="Not looked at yet.")
    waiting = serializers.IntegerField()
    answered = serializers.IntegerField(help_text="Handed in as replies.")
    left_out = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="Can't be answered so.")
    created_at = MomentField()
    ended_at = MomentField(allow_null=True)


class BatchLineSerializer(serializers.Serializer[AnswerLine]):
    """One ticket: what it gets, or why it gets nothing."""

    id = IdField()
    ticket = IdField()
    state = serializers.ChoiceField(choices=AnswerLine.States.values)
    expects = serializers.ChoiceField(
        choices=AnswerLine.Expects.values, allow_blank=True, help_text="What becomes of it, as things stood."
    )
    code = serializers.CharField(help_text="Why it was left out or can't be answered; else empty.")
    text = serializers.CharField()
    findings = FindingSerializer(many=True)
    approved_by = ColleagueSerializer(allow_null=True, help_text="Who agreed with these words before its turn.")
    reply = IdField(allow_null=True, help_text="The reply that it became.")


class StatementAnswersSerializer(serializers.Serializer[Any]):
    visibility = serializers.ChoiceField(choices=VISIBILITIES, default="public")
    per_minute = serializers.IntegerField(default=USUAL_PER_MINUTE, min_value=1, max_value=MOST_PER_MINUTE)


class ApproveBatchSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=40, help_text="As you read them: `words` of the batch.")


class BatchLinesQuery(PageQuery):
    state = serializers.ChoiceField(choices=AnswerLine.States.values, required=False)


def chosen_of(wish: dict[str, Any]) -> Chosen:
    """What the verb takes."""
    return Chosen(
        networks=tuple(wish.get("networks", ())),
        languages=tuple(wish.get("languages", ())),
        unanswered=wish.get("unanswered", True),
        like=wish.get("like"),
        tickets=tuple(wish.get("tickets", ())),
    )


def batch_form(batch: AnswerBatch) -> dict[str, Any]:
    """Needs its author at hand."""
    return batch_forms([batch])[0]


def batch_forms(batches: list[AnswerBatch]) -> list[dict[str, Any]]:
    """Need their authors at hand; two queries."""
    found, words = counts_of(batches), words_of(batches)
    return [_form(batch, found[batch.pk], words[batch.pk]) for batch in batches]


def _form(batch: AnswerBatch, found: dict[str, int], words: str) -> dict[str, Any]:
    return {
        "id": batch.pk,
        "crisis": batch.crisis_id,
        "author": colleague(batch.author),
        "state": batch.state,
        "paused_because": batch.paused_because,
        "visibility": batch.visibility,
        "texts": [{name: one[name] for name in ("language", "network", "text")} for one in batch.texts],
        "canned_response": batch.canned_response_id,
        "publication": batch.publication_id,
        "words": words,
        "per_minute": batch.per_minute,
        "total": batch.total,
        **found,
        "created_at": batch.created_at,
        "ended_at": batch.ended_at,
    }


def line_form(line: AnswerLine, author: int, eyes: Eyes) -> dict[str, Any]:
    return {
        "id": line.pk,
        "ticket": line.ticket_id,
        "state": line.state,
        "expects": line.expects,
        "code": line.code,
        "text": eyes.read(line.text, by=author),
        "findings": line.findings,
        "approved_by": colleague(line.approved_by),
        "reply": line.reply_id,
    }
