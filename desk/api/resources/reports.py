"""Reports: the figures of the screen, with what each of them means."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from desk.actions import report
from desk.actions.definitions import DEFINITIONS
from desk.actions.report import PERIODS, Line, Report
from desk.api.fields import IdField, MomentField, PriorityField
from desk.api.operation import operation
from desk.api.views import Resource
from desk.people.permissions import Permission
from desk.reports.counting import Chosen, Tally
from desk.tickets.models import Priority

_OF_NOBODY = "0 for none."
_NONE, _SECOND = timedelta(), timedelta(seconds=1)


class ReportQuerySerializer(serializers.Serializer[Any]):
    """What is left out filters nothing."""

    period = serializers.ChoiceField(
        choices=[*PERIODS, "own"], default="week", help_text="Days of the desk's time zone, today included."
    )
    first = serializers.DateField(required=False, default=None, help_text="First day, for the period own.")
    last = serializers.DateField(required=False, default=None, help_text="Last day, for the period own.")
    metric = serializers.ChoiceField(
        choices=["first_response", "next_response", "resolution"], default="first_response"
    )
    time = serializers.ChoiceField(choices=["business", "wall"], default="business")
    network = serializers.CharField(required=False, default=None, max_length=40, help_text="Such as x.")
    inbox = IdField(required=False, default=None)
    private = serializers.BooleanField(required=False, default=None, allow_null=True)
    team = IdField(min_value=0, required=False, default=None, help_text=_OF_NOBODY)
    agent = IdField(min_value=0, required=False, default=None, help_text=_OF_NOBODY)
    priority = PriorityField(required=False, default=None)
    language = serializers.CharField(required=False, default=None, max_length=5, help_text="Such as nl.")


class TallySerializer(serializers.Serializer[Tally]):
    """Times are seconds, of the answered only; `unanswered` are beside them."""

    arrived = serializers.IntegerField()
    answered = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    compliance = serializers.FloatField(allow_null=True, help_text="A share of 1.")
    median = serializers.IntegerField(allow_null=True)
    p90 = serializers.IntegerField(allow_null=True)
    p95 = serializers.IntegerField(allow_null=True)


class LineSerializer(serializers.Serializer[Line]):
    """One value of a dimension: an id (0 for none), a language, a day, or a network or an inbox with 0 or 1 for
    private."""

    value = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    blind = serializers.FloatField(help_text="Seconds in which a message of it could not be seen.")
    figures = TallySerializer()


class LagSerializer(LineSerializer):
    """An inbox's id and 0 or 1 for private; the times are those until a message reached us."""


class LevelSerializer(serializers.Serializer[Any]):
    """The backlog just before an instant, whatever the metric. `blind` is of the time since the level before."""

    at = MomentField()
    tickets = serializers.IntegerField(help_text="Not resolved.")
    unanswered = serializers.IntegerField(help_text="Of them, where a customer waited.")
    blind = serializers.FloatField(help_text="Seconds.")


class HourSerializer(serializers.Serializer[Any]):
    weekday = serializers.IntegerField(help_text="1 is Monday.")
    hour = serializers.IntegerField()
    blind = serializers.FloatField(help_text="Seconds of this hour on all days together.")
    figures = TallySerializer()


class GapSerializer(serializers.Serializer[Any]):
    """An interval in which an inbox could not see."""

    inbox = serializers.IntegerField()
    started_at = MomentField()
    ended_at = MomentField(allow_null=True)
    reason = serializers.CharField()


class ReportSerializer(serializers.Serializer[Any]):
    """`until` is not included. Days of more than three months are weeks."""

    now = MomentField()
    since = MomentField()
    until = MomentField()
    figures = TallySerializer()
    backlog = serializers.IntegerField(help_text="Tickets not resolved at the end, or now.")
    blind = serializers.FloatField(help_text="Seconds in which any inbox could not see.")
    channels = LineSerializer(many=True)
    inboxes = LineSerializer(many=True)
    teams = LineSerializer(many=True)
    agents = LineSerializer(many=True)
    priorities = LineSerializer(many=True)
    languages = LineSerializer(many=True)
    days = LineSerializer(many=True)
    hours = HourSerializer(many=True)
    lags = LagSerializer(many=True)
    levels = LevelSerializer(many=True)
    gaps = GapSerializer(many=True)
    definitions = serializers.DictField(child=serializers.CharField())


class Reports(Resource):
    reads = Permission.SEE_REPORTS

    @operation("reports_read", "Read a report", asks=ReportQuerySerializer, gives=ReportSerializer)
    def get(self, request: Request, query: dict[str, Any]) -> Any:
        """The figures of the report screen for the same filters, and the definition of each."""
        now = timezone.now()
        since, until = report.period(query["period"], query["first"], query["last"], now)
        columns = ("inbox", "private", "team", "agent", "priority", "language", "metric")
        held: dict[str, Any] = {name: query[name] for name in columns}
        held["inboxes"] = None if query["network"] is None else report.inboxes_of(query["network"])
        chosen = Chosen(since, until, business=query["time"] == "business", **held)
        return ReportSerializer(_told(report.read(self.person, chosen, now=now))).data


def _told(found: Report) -> dict[str, Any]:
    return {
        "now": found.now,
        "since": found.chosen.since,
        "until": found.chosen.until,
        "figures": _figures(found.all),
        "backlog": found.backlog,
        "blind": found.blind / _SECOND,
        **{
            name: [_line(line) for line in getattr(found, name)]
            for name in ("channels", "inboxes", "teams", "agents", "languages", "days", "lags")
        },
        "priorities": [{**_line(line), "name": Priority(int(line.value)).name.lower()} for line in found.priorities],
        "hours": [
            {
                "weekday": weekday,
                "hour": hour,
                "blind": found.blind_hours.get((weekday, hour), _NONE) / _SECOND,
                "figures": _figures(one),
            }
            for (weekday, hour), one in sorted(found.hours.items())
        ],
        "levels": [
            {"at": one.at, "tickets": one.tickets, "unanswered": one.unanswered, "blind": one.blind / _SECOND}
            for one in found.levels
        ],
        "gaps": [
            {"inbox": gap.inbox_id, "started_at": gap.started_at, "ended_at": gap.ended_at, "reason": gap.reason}
            for gap in found.gaps
        ],
        "definitions": {name: str(definition.says) for name, definition in DEFINITIONS.items()},
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "value": line.value,
        "name": line.name,
        "blind": line.blind / _SECOND,
        "figures": _figures(line.tally),
    }


def _figures(one: Tally) -> Mapping[str, Any]:
    counts = ("arrived", "answered", "on_time", "late", "unanswered", "cancelled", "compliance")
    return {
        **{name: getattr(one, name) for name in counts},
        **{
            name: None if found is None else found.seconds
            for name, found in zip(("median", "p90", "p95"), one.percentiles(50, 90, 95), strict=True)
        },
    }
