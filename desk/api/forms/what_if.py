"""What-ifs, as the API writes them."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from desk.actions.rulebooks.what_if import LONGEST_NAME, LONGEST_PERIOD
from desk.actions.rulebooks.what_if_file import REASONS
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.replies import VISIBILITIES
from desk.api.paging import PageQuery
from desk.rulebooks import what_if_results as results
from desk.rulebooks.models import WhatIf, WhatIfCount, WhatIfText
from policies.findings import Severity

_SEVERITIES = tuple(Severity)
_LISTED = (WhatIfCount.Kind.RULE, WhatIfCount.Kind.TEAM, WhatIfCount.Kind.AGENT)


class AskWhatIfSerializer(serializers.Serializer[Any]):
    """Either `days` or `csv`. The texts of a CSV are checked instead of the desk's own replies."""

    days = serializers.IntegerField(
        required=False, min_value=1, max_value=LONGEST_PERIOD, help_text="Replies that left in the last so many days."
    )
    csv = serializers.CharField(
        required=False,
        trim_whitespace=False,
        help_text="Columns text, network, visibility and language, perhaps team and agent, named in the first line; "
        "6 MB with everything around it. The screen takes larger ones.",
    )
    file_name = serializers.CharField(max_length=LONGEST_NAME, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("days" in attrs) == ("csv" in attrs):
            raise serializers.ValidationError({"days": ["Give either days or csv."]})
        return attrs


class WhatIfRefusedSerializer(serializers.Serializer[Any]):
    """A line of the file that can't be used; the others were."""

    line = serializers.IntegerField()
    column = serializers.CharField(help_text="Empty: the line as a whole.")
    reason = serializers.ChoiceField(choices=tuple(REASONS))
    said = serializers.CharField()


class WhatIfSerializer(serializers.Serializer[WhatIf]):
    """One run of a version. `checked` of `total` texts have been looked at."""

    id = IdField()
    version = serializers.IntegerField()
    compared_with = serializers.IntegerField(help_text="The version that was active when it was asked.")
    asked_by = ColleagueSerializer(allow_null=True)
    asked_at = MomentField()
    days = serializers.IntegerField(allow_null=True, help_text="Null: it runs over a file.")
    file_name = serializers.CharField()
    state = serializers.ChoiceField(choices=WhatIf.State.values)
    total = serializers.IntegerField()
    checked = serializers.IntegerField()
    ended_at = MomentField(allow_null=True)
    refused_count = serializers.IntegerField()


class WhatIfFiguresSerializer(serializers.Serializer[Any]):
    """How many texts. `block`, `approve`, `warn`: of which that is the gravest, under this version and the active one.

    `added`: texts with something that the active version does not say; `gone`: with something that it alone says.
    """

    checked = serializers.IntegerField()
    found = serializers.IntegerField(help_text="In which either version finds something.")
    block = serializers.IntegerField()
    approve = serializers.IntegerField()
    warn = serializers.IntegerField()
    block_before = serializers.IntegerField()
    approve_before = serializers.IntegerField()
    warn_before = serializers.IntegerField()
    added = serializers.IntegerField()
    gone = serializers.IntegerField()


class WhatIfCountSerializer(WhatIfFiguresSerializer):
    """The figures of one rule, team or agent."""

    name = serializers.CharField(help_text="The code of the rule, the team, or the username; empty: none.")


class WholeWhatIfSerializer(WhatIfSerializer):
    """With its figures so far; `templates` are the texts of canned responses."""

    replies = WhatIfFiguresSerializer()
    templates = WhatIfFiguresSerializer()
    refused = WhatIfRefusedSerializer(many=True, help_text="The first hundred.")


class WhatIfCountsQuery(PageQuery):
    by = serializers.ChoiceField(choices=_LISTED)


class WhatIfTextsQuery(PageQuery):
    """What is left out asks nothing."""

    rule = serializers.CharField(required=False, max_length=60)
    team = serializers.CharField(required=False, max_length=80, allow_blank=True)
    agent = serializers.CharField(required=False, max_length=150, allow_blank=True)
    severity = serializers.ChoiceField(required=False, choices=_SEVERITIES)
    change = serializers.ChoiceField(required=False, choices=results.CHANGES)
    templates = serializers.BooleanField(default=False, help_text="Canned responses instead of replies.")


class WhatIfFindingSerializer(serializers.Serializer[Any]):
    """What a rule says of the text from `start` to `end` (code points; both 0 where it is about the whole)."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=_SEVERITIES, allow_null=True, help_text="Null: no longer found.")
    before = serializers.ChoiceField(choices=_SEVERITIES, allow_null=True, help_text="Null: not found until now.")
    message = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class WhatIfPlaceSerializer(serializers.Serializer[Any]):
    network = serializers.CharField()
    visibility = serializers.ChoiceField(choices=VISIBILITIES)


class WhatIfTextSerializer(serializers.Serializer[WhatIfText]):
    """A text in which one of both versions finds something."""

    id = IdField()
    kind = serializers.ChoiceField(choices=WhatIfText.Kind.values)
    ticket = IdField(allow_null=True)
    reply = IdField(allow_null=True)
    line = serializers.IntegerField(allow_null=True, help_text="Of the file.")
    canned_response = IdField(allow_null=True)
    name = serializers.CharField(help_text="Of the canned response.")
    text = serializers.CharField()
    places = WhatIfPlaceSerializer(many=True)
    team = serializers.CharField()
    agent = serializers.CharField()
    severity = serializers.ChoiceField(choices=_SEVERITIES, allow_null=True)
    before = serializers.ChoiceField(choices=_SEVERITIES, allow_null=True)
    findings = WhatIfFindingSerializer(many=True)


def run_form(run: WhatIf) -> dict[str, Any]:
    """Needs both versions and who asked at hand."""
    plain = ("id", "asked_at", "days", "file_name", "state", "total", "checked", "ended_at", "refused_count")
    return {name: getattr(run, name) for name in plain} | {
        "version": run.version.number,
        "compared_with": run.compared.number,
        "asked_by": colleague(run.asked_by),
    }


def whole_form(run: WhatIf) -> dict[str, Any]:
    return run_form(run) | {
        "replies": _figures(run, WhatIfCount.Kind.ALL),
        "templates": _figures(run, WhatIfCount.Kind.TEMPLATES),
        "refused": [{**one, "said": REASONS[one["reason"]]} for one in run.refused],
    }


def count_form(count: WhatIfCount) -> dict[str, Any]:
    return {name: getattr(count, name) for name in ("name", *WhatIfCount.FIGURES)}


def text_form(text: WhatIfText) -> dict[str, Any]:
    """Needs what `what_if_results.texts` gives along."""
    return {
        "id": text.pk,
        "kind": text.kind,
        "ticket": text.reply.ticket_id if text.reply else None,
        "reply": text.reply_id,
        "line": text.line.number if text.line else None,
        "canned_response": text.template_id,
        "name": text.name,
        "text": results.words(text),
        "places": [{"network": network, "visibility": visibility} for network, visibility in results.places(text)],
        "team": text.team,
        "agent": text.agent,
        "severity": text.severity or None,
        "before": text.before or None,
        "findings": [
            {
                "code": one.code,
                "severity": one.severity or None,
                "before": one.before or None,
                "message": one.message,
                "start": one.start,
                "end": one.end,
            }
            for one in results.said(text, get_language() or "en")
        ],
    }


def _figures(run: WhatIf, kind: str) -> dict[str, int]:
    count = results.counts(run, kind).first() or WhatIfCount()
    return {name: getattr(count, name) for name in WhatIfCount.FIGURES}
