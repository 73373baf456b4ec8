"""Signals, the streams that are watched and what a past would have told, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.signals.signal_backtest import PERIODS, Backtest
from desk.actions.signals.signal_streams import HIGHEST, HIGHEST_REACH, LONGEST_COOLDOWN, LONGEST_NAME
from desk.actions.signals.signals import LONGEST_REASON
from desk.api.fields import MomentField
from desk.api.forms.crises import LEVELS, CrisisScopeSerializer
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.paging import PageQuery
from desk.signals import words
from desk.signals.models import Rules, Signal, Stream
from policies.crisis_scope import LISTS, LONGEST_TOPIC, Scope
from policies.signals import Kind, Measure, Sensitivity
from policies.triage import Sentiment
from policies.trigger_words import MOST_WORDS

SENSITIVITIES = tuple(map(str, Sensitivity))
VERDICTS = ("open", Signal.Verdict.CRISIS.value, Signal.Verdict.NONE.value)


class SignalStreamSerializer(serializers.Serializer[Stream]):
    """A part of what customers say, counted every minute."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    inbox = serializers.IntegerField(allow_null=True, help_text="Whose own stream it is; made by the desk.")
    scope = CrisisScopeSerializer(help_text="At most one topic.")
    brand = serializers.CharField(allow_blank=True)
    sensitivity = serializers.ChoiceField(choices=SENSITIVITIES)
    floor = serializers.FloatField(help_text="Fewest messages in half an hour.")
    reach_floor = serializers.FloatField(help_text="Fewest followers of those who wrote in half an hour.")
    cooldown_hours = serializers.FloatField()
    is_on = serializers.BooleanField()
    read_until = MomentField(allow_null=True)
    created_at = MomentField()


class ChangeSignalStreamSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    scope = CrisisScopeSerializer(required=False)
    brand = serializers.CharField(max_length=80, allow_blank=True, required=False)
    sensitivity = serializers.ChoiceField(choices=SENSITIVITIES, required=False)
    floor = serializers.FloatField(min_value=0, max_value=HIGHEST, required=False)
    reach_floor = serializers.FloatField(min_value=0, max_value=HIGHEST_REACH, required=False)
    cooldown_hours = serializers.FloatField(min_value=0, max_value=LONGEST_COOLDOWN, required=False)
    is_on = serializers.BooleanField(required=False)


class CreateSignalStreamSerializer(ChangeSignalStreamSerializer):
    name = serializers.CharField(max_length=LONGEST_NAME)


class BacktestWishSerializer(serializers.Serializer[Any]):
    """Settings to try; what is left out is as the stream has it."""

    days = serializers.ChoiceField(choices=[int(days) for days in PERIODS], default=28)
    sensitivity = serializers.ChoiceField(choices=SENSITIVITIES, required=False)
    floor = serializers.FloatField(min_value=0, max_value=HIGHEST, required=False)
    reach_floor = serializers.FloatField(min_value=0, max_value=HIGHEST_REACH, required=False)
    cooldown_hours = serializers.FloatField(min_value=0, max_value=LONGEST_COOLDOWN, required=False)


class WouldSerializer(serializers.Serializer[Any]):
    """An alert that there would have been."""

    at = MomentField()
    kind = serializers.ChoiceField(choices=list(map(str, Kind)))
    measure = serializers.ChoiceField(choices=list(map(str, Measure)))
    counted = serializers.FloatField(help_text="In half an hour: messages, or followers where reach is measured.")
    expected = serializers.FloatField(help_text="In such a half hour.")
    rare_days = serializers.FloatField(help_text="So much comes once in so many days.")


class PastHourSerializer(serializers.Serializer[Any]):
    at = MomentField()
    messages = serializers.IntegerField()
    negative = serializers.IntegerField()
    expected = serializers.FloatField(help_text="Messages.")
    reach = serializers.IntegerField(help_text="Followers of those who wrote.")
    expected_reach = serializers.FloatField()


class BacktestSerializer(serializers.Serializer[Any]):
    """What would have been told, and the curve hour by hour."""

    since = MomentField()
    until = MomentField()
    known_from = MomentField(allow_null=True, help_text="The first that was counted; null where nothing was.")
    alerts = WouldSerializer(many=True)
    silences = serializers.ListField(child=MomentField())
    hours = PastHourSerializer(many=True)


class SignalSerializer(serializers.Serializer[Signal]):
    """Something out of the ordinary, and what explains it."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Signal.Kind.values)
    measure = serializers.ChoiceField(choices=Signal.Measure.values)
    stream = serializers.IntegerField(allow_null=True)
    at = MomentField()
    raised_at = MomentField()
    explanation = serializers.ListField(
        child=serializers.CharField(), help_text="What was counted; what was expected; why that is told."
    )
    facts = serializers.JSONField(help_text="The figures behind it.")
    scope = CrisisScopeSerializer(help_text="Of the crisis that it may be.")
    messages = serializers.ListField(child=serializers.IntegerField())
    crisis = serializers.IntegerField(allow_null=True)
    verdict = serializers.ChoiceField(choices=VERDICTS)
    judged_at = MomentField(allow_null=True)
    judged_by = ColleagueSerializer(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class SignalQuery(PageQuery):
    verdict = serializers.ChoiceField(choices=VERDICTS, required=False)
    kind = serializers.ChoiceField(choices=Signal.Kind.values, required=False)


class DismissSignalSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class StartFromSignalSerializer(serializers.Serializer[Any]):
    level = serializers.IntegerField(min_value=1, max_value=3, default=1, help_text=LEVELS + ".")
    reason = serializers.CharField(
        max_length=LONGEST_REASON, default="", allow_blank=True, help_text="Left out: what the signal says."
    )


class SoundsSerializer(serializers.Serializer[Any]):
    """What a message of a customer sounds like."""

    sentiment = serializers.ChoiceField(choices=list(map(str, Sentiment)))
    sure = serializers.FloatField(help_text="0 to 1.")
    corrected = serializers.BooleanField(help_text="An agent said so.")


class CorrectSentimentSerializer(serializers.Serializer[Any]):
    sentiment = serializers.ChoiceField(choices=list(map(str, Sentiment)))


class SignalRulesSerializer(serializers.Serializer[Rules]):
    """What is told beside counts."""

    words = serializers.ListField(child=serializers.CharField())
    least_reach = serializers.IntegerField(help_text="Followers from which a word is told.")
    words_on = serializers.BooleanField()
    least_people = serializers.IntegerField(help_text="People who write almost the same from which that is told.")
    alike_on = serializers.BooleanField()


class ChangeSignalRulesSerializer(serializers.Serializer[Any]):
    """What is left out stays. Words are written as topics: all words of one, a star for more letters."""

    words = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TOPIC), max_length=MOST_WORDS, required=False
    )
    least_reach = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    words_on = serializers.BooleanField(required=False)
    least_people = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    alike_on = serializers.BooleanField(required=False)


def scope_form(scope: Scope) -> dict[str, Any]:
    return {name: sorted(getattr(scope, name)) for name in LISTS}


def stream_form(stream: Stream) -> dict[str, Any]:
    return {
        "id": stream.pk,
        "name": stream.name,
        "inbox": stream.inbox_id,
        "scope": scope_form(stream.scope),
        "brand": stream.brand,
        "sensitivity": stream.sensitivity,
        "floor": stream.floor,
        "reach_floor": stream.reach_floor,
        "cooldown_hours": stream.cooldown_hours,
        "is_on": stream.is_on,
        "read_until": stream.read_until,
        "created_at": stream.created_at,
    }


def signal_form(signal: Signal) -> dict[str, Any]:
    """Needs who judged it at hand."""
    return {
        "id": signal.pk,
        "kind": signal.kind,
        "measure": signal.measure,
        "stream": signal.stream_id,
        "at": signal.at,
        "raised_at": signal.raised_at,
        "explanation": list(words.parts(signal)),
        "facts": signal.facts,
        "scope": scope_form(Scope.from_json(signal.scope_form)),
        "messages": signal.posts,
        "crisis": signal.crisis_id,
        "verdict": signal.verdict or "open",
        "judged_at": signal.judged_at,
        "judged_by": colleague(signal.judged_by),
        "reason": signal.reason,
    }


def backtest_form(found: Backtest) -> dict[str, Any]:
    return {
        "since": found.since,
        "until": found.until,
        "known_from": found.known_from,
        "alerts": [
            {
                "at": one.candidate.reading.at,
                "kind": str(one.decision.kind),
                "measure": str(one.candidate.measure),
                "counted": one.candidate.reading.counted,
                "expected": round(one.candidate.reading.expected, 1),
                "rare_days": round(one.candidate.reading.rare_days, 2),
            }
            for one in found.alerts
        ],
        "silences": found.silences,
        "hours": [
            {
                "at": hour.at,
                "messages": hour.messages,
                "negative": hour.negative,
                "expected": round(hour.expected, 1),
                "reach": hour.reach,
                "expected_reach": round(hour.expected_reach, 1),
            }
            for hour in found.hours()
        ],
    }
