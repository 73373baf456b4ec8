"""Forms for customers, as the API writes them."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from desk.actions.forms import form_links
from desk.api.fields import MomentField
from desk.forms.models import FormLink


class CustomerFormSerializer(serializers.Serializer[Any]):
    """A form that a customer can use once. `address` is empty once it was used: it is its sender's alone then."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=FormLink.State.choices)
    address = serializers.CharField(help_text="For the public reply.")
    text = serializers.CharField(help_text="Words in the customer's language that offer it.")
    language = serializers.CharField()
    made_at = MomentField()
    expires_at = MomentField(help_text="Of the form; once it is used, of the customer's page.")
    used_at = MomentField(allow_null=True)
    looked_at = MomentField(allow_null=True, help_text="When the customer last looked at the page with our answers.")
    by_mail = serializers.BooleanField(help_text="Whether answers go to an address that the customer left.")


def customer_form(link: FormLink, now: datetime) -> dict[str, Any]:
    is_open = link.state(now) is FormLink.State.OPEN
    return {
        "id": link.pk,
        "state": link.state(now),
        "address": form_links.address_of(link) if is_open else "",
        "text": form_links.invitation(link) if is_open else "",
        "language": link.language,
        "made_at": link.made_at,
        "expires_at": link.expires_at,
        "used_at": link.used_at,
        "looked_at": link.looked_at,
        "by_mail": bool(link.email),
    }
