"""Questions to colleagues, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.actions.questions.knowers import Knower
from desk.actions.questions.questions import DEFAULT_TARGET, LONGEST, LONGEST_TARGET
from desk.api.fields import IdField, MomentField
from desk.api.forms.files import KeptFileSerializer, WithFilesSerializer, file_form, left_out_field
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.questions.models import LONGEST_ABOUT, Entry, Question


class EntrySerializer(serializers.Serializer[Entry]):
    """What a colleague said on a question."""

    id = serializers.IntegerField()
    author = ColleagueSerializer(allow_null=True)
    text = serializers.CharField()
    answers = serializers.BooleanField(help_text="It is an answer, and no word about the question.")
    via = serializers.ChoiceField(choices=Entry.Via.values)
    created_at = MomentField()
    used_at = MomentField(allow_null=True, help_text="When it was taken into a reply.")
    used_by = ColleagueSerializer(allow_null=True)
    reply = serializers.IntegerField(allow_null=True, help_text="The reply that left with it.")
    files = KeptFileSerializer(many=True, help_text="Their bytes are at `answer-files/{id}/`.")
    left_out = left_out_field()


class ColleagueQuestionSerializer(serializers.Serializer[Question]):
    """A question to a colleague about one ticket."""

    id = serializers.IntegerField()
    ticket = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Question.State.values)
    text = serializers.CharField()
    about = serializers.CharField(help_text="By which who knows was looked for; may be empty.")
    asked_by = ColleagueSerializer(allow_null=True)
    holder = ColleagueSerializer(allow_null=True, help_text="Whose word is waited for.")
    team = serializers.IntegerField(allow_null=True, help_text="Where a team was asked.")
    minutes = serializers.IntegerField(help_text="Of opening time that whoever holds it has.")
    created_at = MomentField()
    due_at = MomentField()
    escalated_at = MomentField(allow_null=True, help_text="When a deputy was asked as well, or nobody was found.")
    answered_at = MomentField(allow_null=True)
    entries = EntrySerializer(many=True)


class AddresseeSerializer(serializers.Serializer[Any]):
    """Give one of both."""

    user_id = IdField(required=False, help_text="A colleague, with a seat or without.")
    team_id = IdField(required=False, help_text="Whoever's turn it is in this team.")


class AskSerializer(AddresseeSerializer):
    text = serializers.CharField(max_length=LONGEST)
    about = serializers.CharField(max_length=LONGEST_ABOUT, required=False, allow_blank=True)
    minutes = serializers.IntegerField(
        min_value=1, max_value=LONGEST_TARGET, default=DEFAULT_TARGET, help_text="Of opening time."
    )


class WordSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST)


class WordWithFilesSerializer(WithFilesSerializer):
    text = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    answers = serializers.BooleanField(default=True, help_text="Otherwise it is a word about the question.")


class WhoKnowsQuery(serializers.Serializer[Any]):
    about = serializers.CharField(
        max_length=LONGEST_ABOUT, default="", allow_blank=True, help_text="A word or two; the ticket's tags otherwise."
    )


class KnowerSerializer(serializers.Serializer[Knower]):
    """Somebody who may know."""

    user = ColleagueSerializer()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why the desk thinks so, in words.")
    on_duty = serializers.BooleanField()
    waiting = serializers.IntegerField(help_text="Questions that wait for them.")


def question_form(question: Question, eyes: Eyes) -> dict[str, Any]:
    """One question; it comes with its people, and its entries with theirs."""
    return {
        "id": question.pk,
        "ticket": question.ticket_id,
        "state": question.state,
        "text": eyes.read(question.text, by=question.asked_by_id),
        "about": question.about,
        "asked_by": colleague(question.asked_by),
        "holder": colleague(question.holder),
        "team": question.team_id,
        "minutes": question.minutes,
        "created_at": question.created_at,
        "due_at": question.due_at,
        "escalated_at": question.escalated_at,
        "answered_at": question.answered_at,
        "entries": [entry_form(one, eyes) for one in question.entries.all()],
    }


def entry_form(entry: Entry, eyes: Eyes) -> dict[str, Any]:
    """One word on it; it comes with its people and files."""
    return {
        "id": entry.pk,
        "author": colleague(entry.author),
        "text": eyes.read(entry.text, by=entry.author_id),
        "answers": entry.answers,
        "via": entry.via,
        "created_at": entry.created_at,
        "used_at": entry.used_at,
        "used_by": colleague(entry.used_by),
        "reply": entry.reply_id,
        "files": [file_form(one, eyes, entry.author_id) for one in entry.files.all()],
        "left_out": [eyes.read(line, by=entry.author_id) for line in entry.left_out],
    }


def knower_form(knower: Knower) -> dict[str, Any]:
    """One suggestion."""
    return {
        "user": colleague(knower.user),
        "reasons": knower.reasons,
        "on_duty": knower.on_duty,
        "waiting": knower.waiting,
    }
