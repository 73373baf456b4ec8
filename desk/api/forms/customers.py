"""Customers and their profiles, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.blocking import LONGEST_REASON
from desk.actions.masking import Eyes
from desk.api.fields import MomentField, TierField
from desk.api.paging import PageQuery
from desk.tickets.models import Customer, Profile


class ProfileSerializer(serializers.Serializer[Profile]):
    """An account of a customer on one network, under the network's own id."""

    id = serializers.IntegerField()
    network = serializers.CharField()
    external_id = serializers.CharField()
    handle = serializers.CharField()
    name = serializers.CharField()
    followers = serializers.IntegerField(allow_null=True)
    verified = serializers.BooleanField()
    updated_at = MomentField()


class CustomerSerializer(serializers.Serializer[Customer]):
    """One person over all networks."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    language = serializers.CharField()
    about = serializers.CharField(help_text="What colleagues wrote down about this person.")
    tier = TierField(help_text="Response times may ask for it.")
    blocked_at = MomentField(allow_null=True, help_text="Since when nobody answers this person; null: they are.")
    erased_at = MomentField(allow_null=True, help_text="Since when nothing of this person is kept.")
    created_at = MomentField()
    profiles = ProfileSerializer(many=True)


class ChangeCustomerSerializer(serializers.Serializer[Any]):
    tier = TierField()


class BlockSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Why; kept in the audit log.")


class CustomerQuery(PageQuery):
    q = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="How words of a name or handle begin."
    )


def customer_form(customer: Customer, eyes: Eyes) -> dict[str, Any]:
    """Needs the profiles at hand."""
    return {**CustomerSerializer(customer).data, "about": eyes.read(customer.about)}
