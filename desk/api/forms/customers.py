"""Customers and their profiles, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.customers.blocking import LONGEST_REASON
from desk.actions.customers.masking import Eyes
from desk.actions.customers.same_person_hints import Reason, Suggestion
from desk.api.fields import IdField, MomentField, TierField
from desk.api.paging import PageQuery
from desk.tickets.models import Customer, Profile
from policies.same_person import Hint


class ProfileSerializer(serializers.Serializer[Profile]):
    """An account of a customer on one network, under the network's own id."""

    id = serializers.IntegerField()
    network = serializers.CharField()
    external_id = serializers.CharField()
    handle = serializers.CharField()
    name = serializers.CharField()
    followers = serializers.IntegerField(allow_null=True)
    verified = serializers.BooleanField()
    links = serializers.SerializerMethodField(help_text="Addresses that its owner put into the network's profile.")
    spam_at = MomentField(allow_null=True, help_text="Since when what it writes is taken for spam.")
    updated_at = MomentField()

    def get_links(self, profile: Profile) -> list[str]:
        return profile.links.split()


class CustomerSerializer(serializers.Serializer[Customer]):
    """One person over all networks."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    language = serializers.CharField()
    about = serializers.CharField(help_text="What colleagues wrote down about this person.")
    tier = TierField(help_text="Response times may ask for it.")
    blocked_at = MomentField(allow_null=True, help_text="Since when nobody answers this person; null: they are.")
    muted_at = MomentField(
        allow_null=True, help_text="Since when what this person writes is put aside; null: it is not."
    )
    erased_at = MomentField(allow_null=True, help_text="Since when nothing of this person is kept.")
    created_at = MomentField()
    profiles = ProfileSerializer(many=True)


class ChangeCustomerSerializer(serializers.Serializer[Any]):
    tier = TierField()


class BlockSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Why; kept in the audit log.")


class OtherCustomerSerializer(serializers.Serializer[Any]):
    other = IdField(help_text="The other customer's id.")


class ReasonSerializer(serializers.Serializer[Reason]):
    """Why two accounts may be one person's."""

    hint = serializers.ChoiceField(choices=tuple(Hint))
    said = serializers.CharField(help_text="The handle, address or reference; masked for whoever may not see it.")
    profile = serializers.IntegerField(help_text="The account of this customer.")
    other_profile = serializers.IntegerField(help_text="The account of the other one.")


class SuggestionSerializer(serializers.Serializer[Suggestion]):
    """Another customer who may be the same person."""

    customer = CustomerSerializer()
    reasons = ReasonSerializer(many=True, help_text="The strongest first.")


class CustomerQuery(PageQuery):
    q = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="How words of a name or handle begin."
    )


def suggestion_form(suggestion: Suggestion, eyes: Eyes) -> dict[str, Any]:
    reasons = [
        {
            "hint": reason.hint,
            "said": eyes.read(reason.said),
            "profile": reason.ours.pk,
            "other_profile": reason.theirs.pk,
        }
        for reason in suggestion.reasons
    ]
    return {"customer": customer_form(suggestion.customer, eyes), "reasons": reasons}


def customer_form(customer: Customer, eyes: Eyes) -> dict[str, Any]:
    """Needs the profiles at hand."""
    return {**CustomerSerializer(customer).data, "about": eyes.read(customer.about)}
