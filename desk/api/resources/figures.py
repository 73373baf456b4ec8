"""What a supervisor sees first: how the desk does today."""

from datetime import timedelta
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from desk.actions.reports.figures import Channel, Figures, Speed, today
from desk.api.fields import MomentField
from desk.api.forms.tickets import InboxNameSerializer
from desk.api.operation import operation
from desk.api.views import Resource
from desk.inboxes.models import CoverageGap
from desk.people.permissions import Permission


@extend_schema_field(OpenApiTypes.FLOAT)
class SecondsField(serializers.Field[timedelta, Any, float, Any]):
    """A length of time in seconds."""

    def to_representation(self, value: timedelta) -> float:
        return value.total_seconds()


class SpeedSerializer(serializers.Serializer[Speed]):
    """First responses to what came in; median and p90 are of the answered only."""

    arrived = serializers.IntegerField()
    answered = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Answered late, or overdue and not answered.")
    unanswered = serializers.IntegerField()
    median = SecondsField(allow_null=True, help_text="Seconds.")
    p90 = SecondsField(allow_null=True, help_text="Seconds.")


class ChannelFiguresSerializer(serializers.Serializer[Channel]):
    """One inbox, public or private."""

    inbox = InboxNameSerializer()
    private = serializers.BooleanField()
    open = serializers.IntegerField()
    unassigned = serializers.IntegerField()
    overdue = serializers.IntegerField()
    waiting_since = MomentField(allow_null=True)
    speed = SpeedSerializer()
    blind = SecondsField(help_text="Seconds of today in which the inbox could not see.")


class GapOfTodaySerializer(serializers.Serializer[CoverageGap]):
    """An interval in which an inbox could not see."""

    inbox = InboxNameSerializer()
    stream = serializers.CharField(help_text="The stream that could not be seen; empty for all of the inbox.")
    started_at = MomentField()
    ended_at = MomentField(allow_null=True)
    reason = serializers.CharField()


class FiguresSerializer(serializers.Serializer[Figures]):
    """The desk since midnight in its own time zone."""

    now = MomentField()
    since = MomentField()
    open = serializers.IntegerField()
    unassigned = serializers.IntegerField()
    overdue = serializers.IntegerField()
    today = SpeedSerializer()
    last_week = SpeedSerializer(help_text="The same weekday up to the same time.")
    hours = SpeedSerializer(many=True, help_text="By the hour of arrival, from midnight.")
    channels = ChannelFiguresSerializer(many=True)
    gaps = GapOfTodaySerializer(many=True)


class TodaysFigures(Resource):
    reads = Permission.SEE_REPORTS

    @operation("figures_read", "Read the figures of today", gives=FiguresSerializer)
    def get(self, request: Request) -> Any:
        return FiguresSerializer(today(self.person)).data
