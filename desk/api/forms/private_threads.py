"""A ticket's private conversation beside its words, as the API writes it."""

from typing import Any

from rest_framework import serializers

from desk.api.fields import MomentField
from desk.inboxes.gateway import Control, Handover
from desk.tickets.models import Conversation


class PrivateThreadSerializer(serializers.Serializer[Any]):
    """What is known of it; all null or empty where the network tells nothing of the kind."""

    read_until = MomentField(allow_null=True, help_text="The customer has read what we wrote up to then.")
    control = serializers.ChoiceField(
        choices=["", *Control],
        help_text="Which app of the company has it: ours, theirs, asked (they ask for it); empty: no other is known.",
    )
    control_at = MomentField(allow_null=True, help_text="Since when.")


class HandoverSerializer(serializers.Serializer[Any]):
    do = serializers.ChoiceField(
        choices=list(Handover), help_text="take it over from the other app, ask for it, or give it back."
    )


def private_thread_form(row: Conversation | None) -> dict[str, Any]:
    row = row or Conversation()
    return dict(PrivateThreadSerializer(row).data)
