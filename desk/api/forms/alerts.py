"""Notices, alert chains and webhooks, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.alerts.alert_chains import LONGEST_ADDRESS, LONGEST_NAME
from desk.alerts.models import Alert, AlertChain, AlertChainVersion, Notification, Webhook
from desk.alerts.words import sentence
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.paging import PageQuery
from policies.alerts import LONGEST_OFFSET, MOST_NAMED, MOST_STEPS, Recipient

MOST_SEEN = 1_000


class NotificationQuery(PageQuery):
    unseen = serializers.BooleanField(required=False, default=False, help_text="Only what was not seen yet.")


class NotificationSerializer(serializers.Serializer[Notification]):
    """Something that the caller should know. `words` is a sentence in their language."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="alert, mentioned, needs_reauthorisation; there may be more one day.")
    words = serializers.SerializerMethodField()
    params = serializers.DictField()
    ticket = serializers.IntegerField(source="ticket_id", allow_null=True)
    inbox = serializers.IntegerField(source="inbox_id", allow_null=True)
    created_at = MomentField()
    seen_at = MomentField(allow_null=True)
    acknowledged_at = MomentField(allow_null=True)
    waits = serializers.SerializerMethodField()

    def get_words(self, notice: Notification) -> str:
        return sentence(notice)

    def get_waits(self, notice: Notification) -> bool:
        """Whether it is an alert that still waits for somebody's word."""
        alert = notice.alert
        return alert is not None and alert.acknowledged_at is None and alert.stopped_at is None


class SeenSerializer(serializers.Serializer[Any]):
    """Which; all of them where it is left out."""

    ids = serializers.ListField(child=IdField(), required=False, max_length=MOST_SEEN)


class CountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class StepSerializer(serializers.Serializer[Any]):
    """Who is told, and when: one of `percent` of the target, `before_minutes` and `after_minutes`.

    Minutes before the due time are minutes of opening time; minutes after it are minutes on the wall.
    """

    percent = serializers.IntegerField(min_value=1, max_value=100, required=False)
    before_minutes = serializers.IntegerField(min_value=1, max_value=LONGEST_OFFSET, required=False)
    after_minutes = serializers.IntegerField(min_value=0, max_value=LONGEST_OFFSET, required=False)
    to = serializers.ListField(
        child=serializers.ChoiceField(choices=tuple(Recipient)), max_length=len(Recipient), required=False
    )
    people = serializers.ListField(child=IdField(), max_length=MOST_NAMED, required=False)
    webhooks = serializers.ListField(child=IdField(), max_length=MOST_NAMED, required=False)
    breaks_through = serializers.BooleanField(required=False, help_text="Told also while the calendar is closed.")


class WriteChainSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME)
    steps = serializers.ListField(
        child=StepSerializer(),
        max_length=MOST_STEPS,
        help_text="In the order in which they fall due; none alerts nobody.",
    )


class ChangeChainSerializer(WriteChainSerializer):
    """What is left out stays. Other steps make a new version; clocks that run keep theirs."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    steps = serializers.ListField(child=StepSerializer(), max_length=MOST_STEPS, required=False)


class ChainVersionSerializer(serializers.Serializer[AlertChainVersion]):
    """One wording of a chain, which never changes."""

    number = serializers.IntegerField()
    steps = serializers.SerializerMethodField()
    author = serializers.SerializerMethodField()
    at = MomentField()

    def get_steps(self, version: AlertChainVersion) -> list[dict[str, Any]]:
        return list(version.form["steps"])

    def get_author(self, version: AlertChainVersion) -> dict[str, Any] | None:
        return colleague(version.author)


class ChainSerializer(serializers.Serializer[AlertChain]):
    """A chain with its newest version."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    is_default = serializers.BooleanField(help_text="Used where a policy names no chain.")
    version = serializers.IntegerField(source="current.number")
    steps = serializers.ListField(child=StepSerializer(), source="current.form.steps")


class AlertSerializer(serializers.Serializer[Alert]):
    """One step of a chain that was taken for a ticket."""

    id = serializers.IntegerField()
    clock = serializers.IntegerField(source="clock_id")
    chain = serializers.IntegerField(source="chain_version.chain_id")
    version = serializers.IntegerField(source="chain_version.number")
    step = serializers.IntegerField(help_text="From 0.")
    due_at = MomentField()
    fired_at = MomentField()
    acknowledged_at = MomentField(allow_null=True)
    acknowledged_by = ColleagueSerializer(allow_null=True)
    stopped_at = MomentField(allow_null=True)
    stopped_why = serializers.ChoiceField(choices=Alert.Stopped.values, allow_blank=True)


class WebhookSerializer(serializers.Serializer[Webhook]):
    """An address that is told of alerts."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    created_at = MomentField()


class NewWebhookSerializer(WebhookSerializer):
    """With the secret that signs what it is told, which nobody can read again."""

    secret = serializers.CharField()


class WriteWebhookSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME)
    url = serializers.CharField(max_length=LONGEST_ADDRESS)
