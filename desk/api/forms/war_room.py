"""The figures of a war room, as the API writes them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rest_framework import serializers

from desk.actions.crises.war_room import Curve, Post, RoomFigures
from desk.actions.customers.masking import Eyes
from desk.api.fields import MomentField


class PointSerializer(serializers.Serializer[Any]):
    at = MomentField(help_text="The beginning of the step, by the networks' clocks.")
    messages = serializers.IntegerField(help_text="Of customers, on tickets of the crisis.")
    negative = serializers.IntegerField()
    positive = serializers.IntegerField()
    answers = serializers.IntegerField(help_text="Of ours, also in the networks' apps.")


class MarkSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Of the line in the log.")
    at = MomentField()
    kind = serializers.CharField()


class CurveSerializer(serializers.Serializer[Curve]):
    step_seconds = serializers.IntegerField(help_text="300; more where the crisis lasts longer than six hours.")
    points = PointSerializer(many=True)
    marks = MarkSerializer(many=True)


class PostSerializer(serializers.Serializer[Any]):
    ticket = serializers.IntegerField()
    network = serializers.CharField()
    name = serializers.CharField()
    handle = serializers.CharField()
    reach = serializers.IntegerField(help_text="Followers when it joined; 0 where the network does not tell.")
    at = MomentField()
    text = serializers.CharField()


class LongWaitSerializer(serializers.Serializer[Any]):
    ticket = serializers.IntegerField()
    network = serializers.CharField()
    private = serializers.BooleanField()
    name = serializers.CharField()
    since = MomentField()


class BlindSerializer(serializers.Serializer[Any]):
    """An interval in which an inbox could not see."""

    inbox = serializers.IntegerField(source="inbox_id")
    started_at = MomentField()
    ended_at = MomentField(allow_null=True)
    reason = serializers.CharField()


class RoomSerializer(serializers.Serializer[RoomFigures]):
    """At most three seconds old."""

    now = MomentField()
    tickets = serializers.IntegerField()
    states = serializers.DictField(child=serializers.IntegerField(), help_text="Tickets by status.")
    waiting_since = MomentField(allow_null=True, help_text="Of whoever waits longest for us.")
    held_replies = serializers.IntegerField()
    waits_longest = LongWaitSerializer(many=True)
    posts = PostSerializer(many=True, help_text="Public ones, the greatest reach first.")
    curve = CurveSerializer()
    gaps = BlindSerializer(many=True)


def posts_form(posts: Sequence[Post], eyes: Eyes) -> list[Any]:
    """What customers said, as this reader may see it."""
    return list(PostSerializer([replace(post, text=eyes.start(post.text)) for post in posts], many=True).data)


def room_form(figures: RoomFigures, eyes: Eyes) -> dict[str, Any]:
    return {
        "now": figures.now,
        "tickets": figures.tickets,
        "states": figures.states,
        "waiting_since": figures.waiting_since,
        "held_replies": figures.held,
        "waits_longest": LongWaitSerializer(figures.oldest, many=True).data,
        "posts": posts_form(figures.posts, eyes),
        "curve": curve_form(figures.curve),
        "gaps": BlindSerializer(figures.gaps, many=True).data,
    }


def curve_form(curve: Curve) -> dict[str, Any]:
    return {
        "step_seconds": int(curve.step.total_seconds()),
        "points": PointSerializer(curve.points, many=True).data,
        "marks": MarkSerializer(curve.marks, many=True).data,
    }
