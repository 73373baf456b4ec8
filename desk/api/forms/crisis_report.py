"""The report of a crisis, as the API writes it."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from rest_framework import serializers

from desk.actions.crisis_report import LONGEST_ACTION, LONGEST_SUMMARY, Action, CrisisReport
from desk.actions.masking import Eyes
from desk.actions.wallboard_figures import Today
from desk.api.fields import IdField, MomentField
from desk.api.forms.crises import LogCheckSerializer
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.war_room import CurveSerializer, PostSerializer, curve_form, posts_form


class TookSerializer(serializers.Serializer[Any]):
    """Seconds; null where it did not happen."""

    noticed = serializers.IntegerField(allow_null=True, help_text="From its first message to its first line.")
    started = serializers.IntegerField(allow_null=True, help_text="From there until it was active.")
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


class CrisisReportSerializer(serializers.Serializer[CrisisReport]):
    now = MomentField()
    summary = serializers.CharField(help_text="The newest; earlier ones are in the log.")
    tickets = serializers.IntegerField()
    took = TookSerializer()
    inside = ResponsesSerializer(help_text="On tickets of the crisis.")
    outside = ResponsesSerializer(help_text="On all others.")
    curve = CurveSerializer()
    posts = PostSerializer(many=True)
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
        "tickets": report.tickets,
        "took": {name: None if span is None else int(span.total_seconds()) for name, span in took.items()},
        "inside": _responses(report.inside),
        "outside": _responses(report.outside),
        "curve": curve_form(report.curve),
        "posts": posts_form(report.posts, eyes),
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
        "median_seconds": None if found.median is None else int(found.median.total_seconds()),
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "number": action.number,
        "text": action.text,
        "owner": colleague(action.owner),
        "due": action.due,
        "done_at": action.done_at,
        "done_by": colleague(action.done_by),
    }
