"""Webhooks at which other systems tell of a crisis, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.crises.crisis_hooks import LEVELS, LONGEST_NAME
from desk.api.fields import MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.crises.models import CrisisHook


class CrisisHookSerializer(serializers.Serializer[CrisisHook]):
    """Without its secret. `address` is the path at which it is told, by POST."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    level = serializers.IntegerField(help_text="The highest that it starts: 0 a suspicion, 1 watch, 2 elevated.")
    owner = ColleagueSerializer(help_text="Who owns what it starts.")
    address = serializers.CharField()
    created_at = MomentField()
    before_until = MomentField(allow_null=True, help_text="Until when the secret before the newest is good too.")


class NewCrisisHookSerializer(CrisisHookSerializer):
    secret = serializers.CharField(help_text="Shown this once.")


class WriteCrisisHookSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME)
    level = serializers.IntegerField(min_value=min(LEVELS), max_value=max(LEVELS), default=0)


class RotateCrisisHookSerializer(serializers.Serializer[Any]):
    at_once = serializers.BooleanField(default=False, help_text="The secret before this one ends now, not after a day.")


def hook_form(hook: CrisisHook) -> dict[str, Any]:
    """Needs its owner at hand."""
    return {
        "id": hook.pk,
        "name": hook.name,
        "level": hook.level,
        "owner": colleague(hook.owner),
        "address": f"/webhooks/crises/{hook.pk}/",
        "created_at": hook.created_at,
        "before_until": hook.before_until,
    }
