"""Wallboards, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.api.fields import IdField, MomentField
from desk.api.forms.people import LANGUAGES, TeamSerializer
from desk.api.forms.tickets import InboxNameSerializer
from desk.wallboards.models import Wallboard


class WallboardSerializer(serializers.Serializer[Wallboard]):
    """A screen on a wall, and what it shows: the whole desk (`everything`), or these teams and inboxes."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    language = serializers.ChoiceField(choices=LANGUAGES)
    theme = serializers.ChoiceField(choices=Wallboard.Theme.values)
    everything = serializers.BooleanField()
    teams = TeamSerializer(many=True)
    inboxes = InboxNameSerializer(many=True)
    created_at = MomentField()
    code_expires_at = MomentField(allow_null=True, help_text="Until when a code that was given out works.")
    paired_at = MomentField(allow_null=True)
    last_seen_at = MomentField(allow_null=True, help_text="Noted once a minute.")


class NewWallboardSerializer(WallboardSerializer):
    """With the code that pairs its screen, which nobody can read again."""

    code = serializers.CharField()


class ChangeWallboardSerializer(serializers.Serializer[Any]):
    """What is left out stays; both lists empty means the whole desk."""

    name = serializers.CharField(max_length=60, required=False)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    theme = serializers.ChoiceField(choices=Wallboard.Theme.values, required=False)
    teams = serializers.ListField(child=IdField(), max_length=100, required=False)
    inboxes = serializers.ListField(child=IdField(), max_length=100, required=False)


class CreateWallboardSerializer(ChangeWallboardSerializer):
    name = serializers.CharField(max_length=60)
