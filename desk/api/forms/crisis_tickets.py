"""Which tickets are part of which crises, as the API writes it."""

from typing import Any

from rest_framework import serializers

from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.crises.models import Crisis, CrisisTicket


class PutInSerializer(serializers.Serializer[Any]):
    crisis = IdField(help_text="One that is active.")


class CrisisOfTicketSerializer(serializers.Serializer[CrisisTicket]):
    """A crisis that a ticket is part of."""

    crisis = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=Crisis.State.values)
    how = serializers.ChoiceField(
        choices=CrisisTicket.How.values,
        help_text="By the scope of the crisis; almost the words of one that was put in by hand; by hand; with a ticket "
        "that was merged into it or that it was split from.",
    )
    at = MomentField()
    by = ColleagueSerializer(allow_null=True, help_text="Who put it in by hand.")


def crisis_of_ticket_form(row: CrisisTicket) -> dict[str, Any]:
    """Needs the crisis and `by` at hand."""
    return {
        "crisis": row.crisis_id,
        "name": row.crisis.name,
        "state": row.crisis.state,
        "how": row.how,
        "at": row.at,
        "by": colleague(row.by),
    }
