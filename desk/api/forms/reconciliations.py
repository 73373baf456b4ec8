"""Comparisons of an inbox with its network, as the API writes them."""

from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from desk.actions.inboxes.reconcile import LONGEST
from desk.api.fields import MomentField
from desk.inboxes.models import Reconciliation
from desk.inboxes.words import told

_DAYS: dict[str, Any] = {"min_value": 1, "max_value": LONGEST, "help_text": "Back from now."}


class DaysQuery(serializers.Serializer[Any]):
    days = serializers.IntegerField(default=1, **_DAYS)


class AskReconciliationSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(default=1, **_DAYS)
    fix = serializers.BooleanField(default=False, help_text="Take in what is missing.")


class EstimateSerializer(serializers.Serializer[Any]):
    """What a comparison may take, by what the desk has of that time and the network's prices."""

    messages = serializers.IntegerField()
    dollars = serializers.FloatField()
    left = serializers.FloatField(allow_null=True, help_text="Of this month's budget; null where there is none.")
    too_dear = serializers.BooleanField(help_text="It would be refused.")


class ComparedStreamSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    pages = serializers.IntegerField()
    read = serializers.IntegerField()
    complete = serializers.BooleanField()
    since = MomentField(allow_null=True, help_text="From when on it was read, where that is not all of it.")


class FoundSerializer(serializers.Serializer[Any]):
    """One message that differs. `external_id` is the network's; `message` and `ticket` are ours, where we have it."""

    external_id = serializers.CharField(required=False)
    message = serializers.IntegerField(required=False)
    ticket = serializers.IntegerField(required=False, allow_null=True)
    kind = serializers.CharField()
    private = serializers.BooleanField()
    outgoing = serializers.BooleanField(required=False)
    created_at = MomentField()


class ReconciliationSerializer(serializers.Serializer[Any]):
    """What a network tells beside what the desk has. Lists name 200 messages each at most; all are counted."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Reconciliation.State.values)
    since = MomentField()
    until = MomentField(allow_null=True)
    fix = serializers.BooleanField()
    created_at = MomentField()
    ended_at = MomentField(allow_null=True)
    complete = serializers.BooleanField(allow_null=True, help_text="Everything of that time was read.")
    problem = serializers.CharField(help_text="What stopped it, in plain words; or empty.")
    cost = serializers.FloatField(help_text="US dollars.")
    missing_count = serializers.IntegerField()
    changed_count = serializers.IntegerField()
    extra_count = serializers.IntegerField()
    fixed = serializers.IntegerField(help_text="Of missing and changed, how many were taken in.")
    streams = ComparedStreamSerializer(many=True)
    missing = FoundSerializer(many=True)
    changed = FoundSerializer(many=True)
    extra = FoundSerializer(many=True)


def reconciliation_form(run: Reconciliation) -> dict[str, Any]:
    """The row with its result."""
    result = run.result
    return {
        "id": run.pk,
        "state": run.state,
        "since": run.since,
        "until": parse_datetime(result.get("until", "")),
        "fix": run.fix,
        "created_at": run.created_at,
        "ended_at": run.ended_at,
        "complete": result.get("complete"),
        "problem": told(run.problem) or told(result.get("problem", {})),
        "cost": result.get("cost", 0.0),
        **{name: result.get(name, 0) for name in ("missing_count", "changed_count", "extra_count", "fixed")},
        "streams": [{**one, "since": parse_datetime(one["since"] or "")} for one in result.get("streams", ())],
        **{name: [_dated(one) for one in result.get(name, ())] for name in ("missing", "changed", "extra")},
    }


def _dated(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "created_at": parse_datetime(one["created_at"])}
