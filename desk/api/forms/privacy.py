"""Erasures, what is held about somebody, and rules of retention, as the API writes them."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from desk.actions.customers.erasure import Held
from desk.actions.customers.retention import Due, Rules
from desk.api.fields import MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.privacy.models import LONGEST_KEPT, Erasure, Retention


class HeldSerializer(serializers.Serializer[Held]):
    """How much an erasure would take away."""

    to_type = serializers.CharField(help_text="What to give as `handle` to erase this person.")
    profiles = serializers.IntegerField()
    tickets = serializers.IntegerField(help_text="They stay, without words.")
    open_tickets = serializers.IntegerField()
    messages = serializers.IntegerField(help_text="Of the customer.")
    private_messages = serializers.IntegerField()
    answers = serializers.IntegerField(help_text="Ours, sent or not.")
    notes = serializers.IntegerField()
    drafts = serializers.IntegerField()
    files = serializers.IntegerField()
    erased_at = MomentField(allow_null=True)
    erased_before = serializers.IntegerField(
        allow_null=True, help_text="The erasure of the same person before they wrote again."
    )


class EraseSerializer(serializers.Serializer[Any]):
    handle = serializers.CharField(max_length=200, help_text="`to_type`, so that nobody is erased by a slip.")
    ground = serializers.ChoiceField(choices=Erasure.Ground.values, help_text="By article 17(1) of the GDPR.")


class ErasureSerializer(serializers.Serializer[Erasure]):
    """A tombstone. It names nobody."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField()
    ground = serializers.ChoiceField(choices=Erasure.Ground.values)
    state = serializers.ChoiceField(choices=Erasure.State.values)
    asked_by = ColleagueSerializer(allow_null=True)
    asked_at = MomentField()
    ended_at = MomentField(allow_null=True)
    total = serializers.IntegerField(help_text="Messages when it began, ours to the person included.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="What went so far, by kind.")


def _days(of: str) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LONGEST_KEPT, allow_null=True, help_text=of)


class RulesSerializer(serializers.Serializer[Any]):
    """After how many days something loses its words; null: never.

    Open tickets are never touched, but for what their customers deleted on the network.
    """

    private_days = _days("Private messages, from their own hour.")
    public_days = _days("Public messages, from their own hour.")
    ticket_days = _days("Tickets with all that is written on them, from when they were resolved.")
    deleted_days = serializers.IntegerField(
        min_value=1,
        max_value=LONGEST_KEPT,
        allow_null=True,
        default=None,
        help_text="What customers deleted, from when they did, whatever the ticket's state. That it was there stays.",
    )


class RetentionSerializer(RulesSerializer):
    began_at = MomentField(allow_null=True, help_text="Of the last round; there is one a day.")
    ended_at = MomentField(allow_null=True, help_text="Null while it goes on.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="What went in it, by kind.")


class DueSerializer(serializers.Serializer[Due]):
    """What would lose its words now."""

    private_messages = serializers.IntegerField()
    public_messages = serializers.IntegerField()
    tickets = serializers.IntegerField()
    deleted_messages = serializers.IntegerField()


_COUNTED = (
    "to_type", "profiles", "tickets", "open_tickets", "messages", "private_messages", "answers", "notes", "drafts",
    "files",
)  # fmt: skip
_TOLD = ("id", "ground", "state", "asked_at", "ended_at", "total", "counts")


def held_form(held: Held) -> dict[str, Any]:
    before = held.erased_before
    return {
        **{name: getattr(held, name) for name in _COUNTED},
        "erased_at": held.customer.erased_at,
        "erased_before": before.pk if before else None,
    }


def erasure_form(erasure: Erasure) -> dict[str, Any]:
    """Needs who asked at hand."""
    return {
        **{name: getattr(erasure, name) for name in _TOLD},
        "customer": erasure.customer_id,
        "asked_by": colleague(erasure.asked_by),
    }


def retention_form(kept: Retention) -> dict[str, Any]:
    return {**asdict(Rules.of(kept)), "began_at": kept.began_at, "ended_at": kept.ended_at, "counts": kept.counts}
