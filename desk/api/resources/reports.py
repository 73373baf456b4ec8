"""Reports: the figures of the screen, with what each of them means."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from rest_framework import serializers
from rest_framework.request import Request

from desk.actions.reports import report_compared, report_files
from desk.actions.reports.definitions import DEFINITIONS
from desk.actions.reports.report import Line, Report
from desk.actions.reports.report_compared import Compared, Earlier
from desk.actions.reports.report_wishes import COMPARISONS, PERIODS, Wish
from desk.api.fields import IdField, MomentField, PriorityField
from desk.api.operation import operation
from desk.api.views import Resource
from desk.people.models import User
from desk.people.permissions import Permission
from desk.reports.counting import Tally
from desk.tickets.models import Priority

_OF_NOBODY = "0 for none."
_DIFFERENCES = ("compliance", "median", "p90", "p95", "arrived", "unanswered")
_NONE, _SECOND = timedelta(), timedelta(seconds=1)


class ReportQuerySerializer(serializers.Serializer[Any]):
    """What is left out filters nothing."""

    period = serializers.ChoiceField(
        choices=list(PERIODS),
        default="week",
        help_text="Days of the desk's time zone: today included, whole ones that are over (yesterday, last_week, "
        "last_month), or own.",
    )
    first = serializers.DateField(
        required=False, default=None, allow_null=True, help_text="First day, for the period own."
    )
    last = serializers.DateField(
        required=False, default=None, allow_null=True, help_text="Last day, for the period own."
    )
    metric = serializers.ChoiceField(
        choices=["first_response", "next_response", "resolution"], default="first_response"
    )
    time = serializers.ChoiceField(choices=["business", "wall"], default="business")
    compare = serializers.ChoiceField(
        choices=list(COMPARISONS), default="before", help_text="With the period before; year adds the year before."
    )
    network = serializers.CharField(
        required=False, default=None, allow_null=True, max_length=40, help_text="Such as x."
    )
    inbox = IdField(required=False, default=None, allow_null=True)
    private = serializers.BooleanField(required=False, default=None, allow_null=True)
    team = IdField(min_value=0, required=False, default=None, allow_null=True, help_text=_OF_NOBODY)
    agent = IdField(min_value=0, required=False, default=None, allow_null=True, help_text=_OF_NOBODY)
    priority = PriorityField(required=False, default=None, allow_null=True)
    language = serializers.CharField(
        required=False, default=None, allow_null=True, allow_blank=True, max_length=5,
        help_text="Such as nl; empty for unknown.",
    )  # fmt: skip


class TallySerializer(serializers.Serializer[Tally]):
    """Times are seconds, of the answered only; `unanswered` are beside them."""

    arrived = serializers.IntegerField()
    answered = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    cancelled = serializers.IntegerField(help_text="In time: no promise was kept or broken.")
    resolved_unanswered = serializers.IntegerField(help_text="Resolved without an answer.")
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
    stream = serializers.CharField(help_text="The stream that could not be seen; empty for all of the inbox.")
    started_at = MomentField()
    ended_at = MomentField(allow_null=True)
    reason = serializers.CharField()


class MovedSerializer(serializers.Serializer[Any]):
    """Cases of one network that began in public and moved to private."""

    network = serializers.CharField()
    invited = serializers.IntegerField(help_text="Asked by us to write in private, with the way there.")
    moved = serializers.IntegerField()
    closed = serializers.IntegerField(help_text="Of those that moved: with a word of ours in public afterwards.")
    median = serializers.FloatField(allow_null=True, help_text="Seconds from the first public to the first private.")
    p90 = serializers.FloatField(allow_null=True)


class DifferencesSerializer(serializers.Serializer[Any]):
    """Now less then, in the same units; null where one of them is not known."""

    compliance = serializers.FloatField(allow_null=True, help_text="A share of 1.")
    median = serializers.IntegerField(allow_null=True)
    p90 = serializers.IntegerField(allow_null=True)
    p95 = serializers.IntegerField(allow_null=True)
    arrived = serializers.IntegerField(allow_null=True)
    unanswered = serializers.IntegerField(allow_null=True)


class EarlierSerializer(serializers.Serializer[Any]):
    """A period that the report is compared with. `figures` is null where nothing was counted, or not all of it."""

    period = serializers.ChoiceField(choices=list(COMPARISONS))
    since = MomentField()
    until = MomentField()
    figures = TallySerializer(allow_null=True)
    differences = DifferencesSerializer()


class ReportSerializer(serializers.Serializer[Any]):
    """`until` is not included. Days of more than three months are weeks."""

    now = MomentField()
    since = MomentField()
    until = MomentField()
    figures = TallySerializer()
    earlier = EarlierSerializer(many=True)
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
    moved = MovedSerializer(many=True)
    gaps = GapSerializer(many=True)
    definitions = serializers.DictField(child=serializers.CharField())


class Reports(Resource):
    reads = Permission.SEE_REPORTS

    @operation("reports_read", "Read a report", asks=ReportQuerySerializer, gives=ReportSerializer)
    def get(self, request: Request, query: dict[str, Any]) -> Any:
        """The figures of the report screen for the same filters, and the definition of each."""
        return told(report_compared.read(self.person, Wish(**query)))


class ReportAsCsv(Resource):
    reads = Permission.SEE_REPORTS

    @operation("reports_csv_read", "Read a report as CSV", asks=ReportQuerySerializer, file="text/csv")
    def get(self, request: Request, query: dict[str, Any]) -> Any:
        """The tables of the report screen, in your own language."""
        return file_of(self.person, Wish(**query), "csv")


class ReportAsXlsx(Resource):
    reads = Permission.SEE_REPORTS

    @operation("reports_xlsx_read", "Read a report as XLSX", asks=ReportQuerySerializer, file=report_files.XLSX)
    def get(self, request: Request, query: dict[str, Any]) -> Any:
        """The tables of the report screen, one on each sheet, in your own language."""
        return file_of(self.person, Wish(**query), "xlsx")


def file_of(person: User, wish: Wish, form: str) -> HttpResponse:
    """What the screen of this person offers to download."""
    with translation.override(person.language):
        file = report_files.of(report_compared.read(person, wish), form)
    return HttpResponse(file.content, file.type, headers={"Content-Disposition": file.disposition})


def told(compared: Compared) -> Any:
    """A report in the form of `ReportSerializer`."""
    earlier = [_earlier(compared, one) for one in compared.earlier]
    return ReportSerializer({**_told(compared.report), "earlier": earlier}).data


def _earlier(compared: Compared, one: Earlier) -> dict[str, Any]:
    now, then = _figures(compared.report.all), _figures(one.all) if one.all is not None else None
    return {
        "period": one.name,
        "since": one.since,
        "until": one.until,
        "figures": then,
        "differences": {name: _less(now[name], then[name] if then else None) for name in _DIFFERENCES},
    }


def _less(now: float | None, then: float | None) -> float | None:
    return None if now is None or then is None else now - then


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
        "moved": [
            {
                "network": one.network,
                "invited": one.invited,
                "moved": one.moved,
                "closed": one.closed,
                "median": None if one.median is None else one.median / _SECOND,
                "p90": None if one.p90 is None else one.p90 / _SECOND,
            }
            for one in found.moved
        ],
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
            {
                "inbox": gap.inbox_id,
                "stream": gap.stream,
                "started_at": gap.started_at,
                "ended_at": gap.ended_at,
                "reason": gap.reason,
            }
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
    counts = ("arrived", "answered", "on_time", "late", "unanswered", "cancelled", "resolved_unanswered", "compliance")
    return {
        **{name: getattr(one, name) for name in counts},
        **{
            name: None if found is None else found.seconds
            for name, found in zip(("median", "p90", "p95"), one.percentiles(50, 90, 95), strict=True)
        },
    }
