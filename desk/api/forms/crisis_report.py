"""The report of a crisis, as the API writes it."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from rest_framework import serializers

from desk.actions.crises.crisis_report import LONGEST_ACTION, LONGEST_SUMMARY, Action, Approvals, CrisisReport
from desk.actions.customers.masking import Eyes
from desk.actions.reports.wallboard_figures import Today
from desk.api.fields import IdField, MomentField
from desk.api.forms.crises import LogCheckSerializer
from desk.api.forms.escalation import OnCallSerializer, on_call_form
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.war_room import BlindSerializer, CurveSerializer, PostSerializer, curve_form, posts_form


class TookSerializer(serializers.Serializer[Any]):
    """Seconds; null where it did not happen."""

    noticed = serializers.IntegerField(allow_null=True, help_text="From its first message to its first line.")
    started = serializers.IntegerField(allow_null=True, help_text="From there until it was active.")
    acknowledged = serializers.IntegerField(allow_null=True, help_text="From its start until somebody sees to it.")
    confirmed = serializers.IntegerField(allow_null=True, help_text="From asking for level 3 to the second person.")
    answered = serializers.IntegerField(allow_null=True, help_text="From its start to our first answer.")
    stated = serializers.IntegerField(allow_null=True, help_text="From its start until the first statement was out.")
    lasted = serializers.IntegerField(allow_null=True, help_text="Active, so far where it is not over.")


class ResponsesSerializer(serializers.Serializer[Today]):
    """First responses to what came in while it was active."""

    met = serializers.IntegerField()
    breached = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    median_seconds = serializers.IntegerField(allow_null=True)


class CrisisActionSerializer(serializers.Serializer[Action]):
    number = serializers.IntegerField(help_text="Of its line in the log.")
    text = serializers.CharField()
    owner = ColleagueSerializer(allow_null=True)
    due = serializers.DateField(allow_null=True)
    done_at = MomentField(allow_null=True)
    done_by = ColleagueSerializer(allow_null=True)


class ApprovalTimesSerializer(serializers.Serializer[Approvals]):
    """How long colleagues took to decide about its replies and posts."""

    decided = serializers.IntegerField()
    median_seconds = serializers.IntegerField(allow_null=True)
    longest_seconds = serializers.IntegerField(allow_null=True)


class OnCallThenSerializer(OnCallSerializer):
    rota = serializers.IntegerField()


class CrisisReportSerializer(serializers.Serializer[CrisisReport]):
    now = MomentField()
    summary = serializers.CharField(help_text="The newest; earlier ones are in the log.")
    findings = serializers.ListField(child=serializers.CharField(), help_text="Of its swarms, the oldest first.")
    worked = serializers.CharField(help_text="What went well; likewise.")
    tickets = serializers.IntegerField()
    took = TookSerializer()
    approvals = ApprovalTimesSerializer()
    on_call = OnCallThenSerializer(many=True, help_text="By the rotas of its plan, as the desk knew it then.")
    inside = ResponsesSerializer(help_text="On tickets of the crisis.")
    outside = ResponsesSerializer(help_text="On all others.")
    curve = CurveSerializer()
    posts = PostSerializer(many=True)
    gaps = BlindSerializer(many=True)
    actions = CrisisActionSerializer(many=True)
    log = LogCheckSerializer()


class SummarySerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_SUMMARY)
    seen = serializers.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        help_text="Line of the summary that you saw, 0 for none.",
    )


class NewActionSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_ACTION)
    owner = IdField(required=False, allow_null=True)
    due = serializers.DateField(required=False, allow_null=True)


def report_form(report: CrisisReport, entries: int, eyes: Eyes) -> dict[str, Any]:
    took: dict[str, timedelta | None] = asdict(report.times)
    return {
        "now": report.now,
        "summary": report.summary.text if report.summary else "",
        "worked": report.worked.text if report.worked else "",
        "findings": [eyes.read(one.finding, by=one.closed_by_id) for one in report.found],
        "tickets": report.tickets,
        "took": {name: _seconds(span) for name, span in took.items()},
        "approvals": {
            "decided": report.approvals.decided,
            "median_seconds": _seconds(report.approvals.median),
            "longest_seconds": _seconds(report.approvals.longest),
        },
        "on_call": [{**on_call_form(row), "rota": row.rota_id} for row in report.on_call],
        "inside": _responses(report.inside),
        "outside": _responses(report.outside),
        "curve": curve_form(report.curve),
        "posts": posts_form(report.posts, eyes),
        "gaps": BlindSerializer(report.gaps, many=True).data,
        "actions": [_action(action) for action in report.actions],
        "log": {
            "holds": report.broken is None,
            "entries": entries,
            "broken_at": report.broken.number if report.broken else None,
            "problem": report.broken.problem if report.broken else None,
        },
    }


def _responses(found: Today) -> dict[str, Any]:
    return {
        "met": found.met,
        "breached": found.breached,
        "unanswered": found.unanswered,
        "median_seconds": _seconds(found.median),
    }


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _action(action: Action) -> dict[str, Any]:
    return {
        "number": action.number,
        "text": action.text,
        "owner": colleague(action.owner),
        "due": action.due,
        "done_at": action.done_at,
        "done_by": colleague(action.done_by),
    }
