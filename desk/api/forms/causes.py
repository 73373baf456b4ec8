"""Causes and departments as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.tickets.ticket_causes import Suggested
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.causes.models import LONGEST_NAME, Cause, CauseAsking, Department, TicketCause
from desk.causes.tree import Tree


class DepartmentSerializer(serializers.Serializer[Department]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class WriteDepartmentSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME)


class CauseSerializer(serializers.Serializer[Cause]):
    """A cause where it stands in the tree."""

    id = serializers.IntegerField()
    name_nl = serializers.CharField()
    name_en = serializers.CharField()
    path = serializers.CharField(help_text="From the top down, in the caller's language.")
    below = serializers.IntegerField(allow_null=True, help_text="The cause above it; null: at the top.")
    department = DepartmentSerializer(allow_null=True, help_text="Its own, or that of the nearest above it.")
    owner = ColleagueSerializer(allow_null=True, help_text="Its own, or that of the nearest above it.")
    archived_at = MomentField(allow_null=True)
    merged_into = serializers.IntegerField(allow_null=True, help_text="For which its tickets are counted.")


class WriteCauseSerializer(serializers.Serializer[Any]):
    """Null: at the top, and as the one above it."""

    name_nl = serializers.CharField(max_length=LONGEST_NAME)
    name_en = serializers.CharField(max_length=LONGEST_NAME)
    below = IdField(allow_null=True, required=False)
    department = IdField(allow_null=True, required=False)
    owner = IdField(allow_null=True, required=False)


class ChangeCauseSerializer(WriteCauseSerializer):
    """What is left out stays."""

    name_nl = serializers.CharField(max_length=LONGEST_NAME, required=False)
    name_en = serializers.CharField(max_length=LONGEST_NAME, required=False)


class MergeCauseSerializer(serializers.Serializer[Any]):
    into = IdField(help_text="The cause for which its tickets are counted from now on.")


class CauseAskingSerializer(serializers.Serializer[Any]):
    asked = serializers.ChoiceField(
        choices=CauseAsking.Asked.values,
        help_text="`optional`: nobody is asked; `ask`: screens ask when a ticket is resolved; `required`: nothing is "
        "resolved without one (409 `cause_missing`).",
    )


class CauseReasonSerializer(serializers.Serializer[Any]):
    """A word of the ticket that speaks for a cause."""

    word = serializers.CharField()
    here = serializers.IntegerField(help_text="In how many tickets of this cause it stood,")
    of = serializers.IntegerField(help_text="of how many;")
    elsewhere = serializers.IntegerField(help_text="and in how many")
    of_others = serializers.IntegerField(help_text="of all others.")
    named = serializers.BooleanField(help_text="It stands in the name of the cause.")


class SuggestedCauseSerializer(serializers.Serializer[Any]):
    cause = serializers.IntegerField()
    path = serializers.CharField()
    likely = serializers.FloatField(min_value=0, max_value=1)
    reasons = CauseReasonSerializer(many=True)


class CauseOfTicketSerializer(serializers.Serializer[Any]):
    """What somebody said that a ticket was about, and what its words speak for."""

    cause = serializers.IntegerField(allow_null=True, help_text="As it is counted today, also after a merge.")
    chosen = serializers.IntegerField(allow_null=True, help_text="The very one that was chosen.")
    path = serializers.CharField()
    by = ColleagueSerializer(allow_null=True)
    at = MomentField(allow_null=True)
    suggested = SuggestedCauseSerializer(many=True)


class ChooseCauseSerializer(serializers.Serializer[Any]):
    cause = IdField(allow_null=True, help_text="Null: nobody knows.")
    resolve = serializers.BooleanField(default=False, help_text="In the same step.")


def cause_form(cause: Cause, tree: Tree) -> dict[str, Any]:
    department, owner = tree.department(cause), tree.owner(cause)
    return {
        "id": cause.pk,
        "name_nl": cause.name_nl,
        "name_en": cause.name_en,
        "path": tree.words(cause),
        "below": tree.now(cause.parent_id).pk if cause.parent_id is not None else None,
        "department": DepartmentSerializer(department).data if department else None,
        "owner": colleague(owner),
        "archived_at": MomentField().to_representation(cause.archived_at) if cause.archived_at else None,
        "merged_into": cause.merged_into_id,
    }


def cause_of_ticket_form(said: TicketCause | None, suggested: list[Suggested], tree: Tree) -> dict[str, Any]:
    now = tree.now(said.cause_id) if said else None
    form = {
        "cause": now and now.pk,
        "chosen": said and said.cause_id,
        "path": tree.words(now) if now else "",
        "by": said and said.by,
        "at": said and said.at,
        "suggested": [
            {
                "cause": one.place.cause.pk,
                "path": one.place.words,
                "likely": round(one.guess.likely, 3),
                "reasons": one.guess.reasons,
            }
            for one in suggested
        ],
    }
    return dict(CauseOfTicketSerializer(form).data)
