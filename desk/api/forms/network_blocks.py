"""Accounts that were shut out on their network, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.api.fields import MomentField
from desk.inboxes.words import told
from desk.tickets.models import NetworkBlock


class NetworkBlockSerializer(serializers.Serializer[NetworkBlock]):
    """What was asked last of the network about the account that wrote a ticket."""

    inbox = serializers.IntegerField(source="inbox_id")
    profile = serializers.IntegerField(source="profile_id")
    blocked = serializers.BooleanField(help_text="What was asked: true to shut it out, false to let it in.")
    state = serializers.ChoiceField(choices=NetworkBlock.State.choices)
    problem = serializers.SerializerMethodField(help_text="Why the network did not do it.")
    asked_at = MomentField()

    def get_problem(self, row: NetworkBlock) -> str:
        return told(row.problem)


def network_block_form(row: NetworkBlock | None) -> dict[str, Any]:
    return {"block": NetworkBlockSerializer(row).data if row is not None else None}


class HeldBlockSerializer(serializers.Serializer[Any]):
    block = NetworkBlockSerializer(allow_null=True, help_text="Null: nothing that still holds was asked.")
