"""Versions of the crisis plan, and what a crisis asks of its team, as the API writes them."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.actions.rulebooks.versions import LONGEST_SUMMARY
from desk.api.fields import IdField, MomentField
from desk.api.forms.crises import CrisisStepSerializer
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.replies import ReplySerializer, reply_form
from desk.api.forms.rulebooks import RulebookVersionSerializer, version_form
from desk.crises.checklist import ToDo
from desk.crises.models import CrisisPlanVersion
from desk.replies.models import Reply
from desk.tickets.models import Message


class CrisisPlanVersionSerializer(RulebookVersionSerializer):
    """One version without its document. Exactly one is active; a crisis keeps the one that it started with."""


class WholeCrisisPlanSerializer(CrisisPlanVersionSerializer):
    """A version with its document, as `policies/README.md` describes it, all defaults written out."""

    document = serializers.DictField()


class WriteCrisisPlanSerializer(serializers.Serializer[Any]):
    """Without a document the draft begins as the active version."""

    document = serializers.DictField(required=False)
    summary = serializers.CharField(max_length=LONGEST_SUMMARY, allow_blank=True, default="")


class ChangeCrisisPlanSerializer(serializers.Serializer[Any]):
    """`seen` is the `changed_at` that you began from: a 409 `stale` where somebody changed the draft since."""

    document = serializers.DictField()
    summary = serializers.CharField(max_length=LONGEST_SUMMARY, allow_blank=True, required=False)
    seen = MomentField(required=False)


class TextInBothSerializer(serializers.Serializer[Any]):
    """A text in each language of the desk."""

    nl = serializers.CharField(allow_blank=True)
    en = serializers.CharField(allow_blank=True)


class CrisisTaskSerializer(serializers.Serializer[ToDo]):
    """One task of the checklist, from the plan that the crisis keeps."""

    key = serializers.CharField()
    level = serializers.IntegerField(help_text="From which level on it is to be done.")
    text = TextInBothSerializer()
    role = serializers.CharField(help_text="A key of the plan's roles, or empty.")
    due_at = MomentField()
    done_by = ColleagueSerializer(allow_null=True)
    done_at = MomentField(allow_null=True, help_text="Null: not done.")


class TickSerializer(serializers.Serializer[Any]):
    done = serializers.BooleanField(default=True)


class RoleHolderSerializer(serializers.Serializer[Any]):
    """A role of the crisis's plan and who holds it."""

    role = serializers.CharField()
    name = TextInBothSerializer()
    holder = IdField(allow_null=True, help_text="The id of a user; null: nobody.")


class GiveRolesSerializer(CrisisStepSerializer):
    """By the key of a role the id of a user, or null for nobody; what is not named stays."""

    holders = serializers.DictField(child=IdField(allow_null=True))


class NewerWordsSerializer(serializers.Serializer[Message]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    created_at = MomentField()


class HeldReplySerializer(serializers.Serializer[Reply]):
    """A reply that a crisis held, and what its customer has written since."""

    reply = ReplySerializer()
    newer = NewerWordsSerializer(many=True)


def whole_plan_form(version: CrisisPlanVersion) -> dict[str, Any]:
    return version_form(version) | {"document": version.document}


def task_form(one: ToDo) -> dict[str, Any]:
    return {
        "key": one.task.key,
        "level": one.level,
        "text": one.task.text,
        "role": one.task.role,
        "due_at": one.due_at,
        "done_by": colleague(one.done.actor) if one.done else None,
        "done_at": one.done.at if one.done else None,
    }


def held_form(reply: Reply, newer: Sequence[Message], eyes: Eyes) -> dict[str, Any]:
    words = [{"id": one.pk, "text": eyes.read(one.text), "created_at": one.created_at} for one in newer]
    return {"reply": reply_form(reply, eyes), "newer": words}
