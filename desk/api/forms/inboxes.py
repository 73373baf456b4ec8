"""Connected accounts and what the networks can do, as the API writes them. Credentials go in and never out."""

from dataclasses import fields
from typing import Any

from rest_framework import serializers

from desk.actions.inboxes import health, webhook_address
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import LANGUAGES, TeamSerializer
from desk.api.forms.reply_files import MediaSerializer
from desk.inboxes.models import Inbox


class StreamSerializer(serializers.Serializer[Any]):
    """One feed of an account, with a cursor of its own."""

    name = serializers.CharField()
    last_poll_at = MomentField(allow_null=True)
    next_poll_at = MomentField(allow_null=True)
    rate_limit = serializers.IntegerField(allow_null=True)
    rate_remaining = serializers.IntegerField(allow_null=True)
    rate_reset_at = MomentField(allow_null=True)


class HealthSerializer(serializers.Serializer[Any]):
    """What really happened, not what is configured."""

    state = serializers.ChoiceField(choices=Inbox.State.values)
    last_poll_at = MomentField(allow_null=True)
    last_event_at = MomentField(allow_null=True, help_text="When an event last really reached the desk.")
    last_webhook_at = MomentField(allow_null=True)
    lag_ms = serializers.IntegerField(allow_null=True, help_text="Receipt of the last event minus the network's time.")
    streams = StreamSerializer(many=True)
    last_error = serializers.CharField(help_text="In plain words; empty where all is well.")
    last_error_code = serializers.CharField()
    last_error_at = MomentField(allow_null=True)
    blind_since = MomentField(allow_null=True, help_text="Since when messages may be missing.")
    blind_because = serializers.CharField(help_text="outage, rate_limit, token, quota, paused; or empty.")
    unreadable = serializers.IntegerField(help_text="Entries of the network that could not be read, counted to 100.")
    cost_total = serializers.FloatField(help_text="US dollars.")
    cost_month = serializers.FloatField(help_text="US dollars, in this calendar month (UTC).")


class InboxSerializer(serializers.Serializer[Any]):
    """A connected account. `state` says whether it is read."""

    id = serializers.IntegerField()
    network = serializers.CharField()
    name = serializers.CharField()
    base_url = serializers.CharField(help_text="Empty: the network's own server.")
    own_id = serializers.CharField()
    handle = serializers.CharField()
    state = serializers.ChoiceField(choices=Inbox.State.values)
    team = TeamSerializer(allow_null=True)
    brand = serializers.CharField(help_text="By which a rulebook may differ; empty where the company has one.")
    language = serializers.CharField()
    poll_seconds = serializers.IntegerField()
    conversation_window_hours = serializers.IntegerField()
    monthly_budget = serializers.IntegerField(
        allow_null=True, help_text="US dollars; reading stops at it, answers go on. Null: no limit."
    )
    webhook_url = serializers.CharField(help_text="To paste into the network's own settings.")
    created_at = MomentField()


class InboxWithHealthSerializer(InboxSerializer):
    """A connected account, with its health and the times of its streams."""

    health = HealthSerializer()


class CredentialsField(serializers.DictField):
    """By name, as `networks/` lists them. Kept encrypted, shown to nobody."""

    def __init__(self, **options: Any) -> None:
        child = serializers.CharField(max_length=5_000, allow_blank=True)
        super().__init__(child=child, write_only=True, allow_empty=False, **options)


class TestAccountSerializer(serializers.Serializer[Any]):
    network = serializers.CharField(max_length=40)
    base_url = serializers.CharField(max_length=300, allow_blank=True, default="")
    credentials = CredentialsField()


class CreateInboxSerializer(TestAccountSerializer):
    name = serializers.CharField(max_length=80)
    poll_seconds = serializers.IntegerField(min_value=1, max_value=86_400, default=60)
    team = IdField(allow_null=True, default=None)
    brand = serializers.CharField(max_length=80, allow_blank=True, default="")
    language = serializers.ChoiceField(choices=LANGUAGES, default="nl")


class ChangeInboxSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(max_length=80, required=False)
    base_url = serializers.CharField(max_length=300, allow_blank=True, required=False)
    poll_seconds = serializers.IntegerField(min_value=1, max_value=86_400, required=False)
    team = IdField(allow_null=True, required=False)
    brand = serializers.CharField(max_length=80, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    conversation_window_hours = serializers.IntegerField(min_value=1, max_value=24 * 365, required=False)
    monthly_budget = serializers.IntegerField(min_value=1, max_value=1_000_000, allow_null=True, required=False)


class CredentialsSerializer(serializers.Serializer[Any]):
    credentials = CredentialsField()


class AccountSerializer(serializers.Serializer[Any]):
    """What the network says of an account. `problems` say what to mend; empty when all is well."""

    own_id = serializers.CharField()
    handle = serializers.CharField()
    name = serializers.CharField()
    problems = serializers.ListField(child=serializers.CharField())


class CredentialFieldSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the framework allows
    help = serializers.CharField()
    secret = serializers.BooleanField()
    required = serializers.BooleanField()  # type: ignore[assignment]  # a field of this name, as the framework allows


class NetworkSerializer(serializers.Serializer[Any]):
    """A network that the desk can speak to."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the framework allows
    default_base_url = serializers.CharField()
    credential_fields = CredentialFieldSerializer(many=True)
    reply_public = serializers.BooleanField(source="capabilities.reply_public")
    reply_private = serializers.BooleanField(source="capabilities.reply_private")
    public_media = MediaSerializer(source="capabilities.public_media", allow_null=True)
    private_media = MediaSerializer(source="capabilities.private_media", allow_null=True)
    own_post = serializers.SerializerMethodField(help_text="Whether statements can be posted there.")
    actions = serializers.SerializerMethodField(help_text="What can be done to a message.")

    def get_own_post(self, network: Any) -> bool:
        return network.capabilities.post_length is not None

    def get_actions(self, network: Any) -> list[str]:
        return sorted(network.capabilities.actions)


def inbox_form(inbox: Inbox) -> dict[str, Any]:
    """Needs the team at hand."""
    return {
        "id": inbox.pk,
        "network": inbox.network,
        "name": inbox.name,
        "base_url": inbox.base_url,
        "own_id": inbox.own_id,
        "handle": inbox.handle,
        "state": inbox.state,
        "team": {"id": inbox.team.pk, "name": inbox.team.name} if inbox.team else None,
        "brand": inbox.brand,
        "language": inbox.language,
        "poll_seconds": inbox.poll_seconds,
        "conversation_window_hours": inbox.conversation_window_hours,
        "monthly_budget": inbox.monthly_budget,
        "webhook_url": webhook_address(inbox),
        "created_at": inbox.created_at,
    }


def inbox_with_health_form(inbox: Inbox) -> dict[str, Any]:
    """Three small queries."""
    found = health(inbox)
    gap = found.open_gap
    plain = {field.name: getattr(found, field.name) for field in fields(found)}
    shown = {**plain, "blind_since": gap.started_at if gap else None, "blind_because": gap.reason if gap else ""}
    return {**inbox_form(inbox), "health": HealthSerializer(shown).data}
