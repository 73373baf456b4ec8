"""Causes in figures, and improvements with what they did, as the API writes them."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from desk.actions.causes.cause_figures import PERIODS, CauseFigures, Line
from desk.actions.causes.cause_tables import hours
from desk.actions.causes.digests import Digest
from desk.actions.causes.improvement_effect import Effect
from desk.actions.causes.improvements import LONGEST_REPLY
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer
from desk.api.paging import PageQuery
from desk.causes.models import Improvement, Told
from policies.improvement_states import Event, State


class PeriodQuery(serializers.Serializer[Any]):
    period = serializers.ChoiceField(
        choices=tuple(PERIODS), default="month", help_text="7, 28 or 91 whole days up to yesterday."
    )


class RateChangeSerializer(serializers.Serializer[Any]):
    """What was counted against what the same weekdays before let expect, without crises and blind days."""

    counted = serializers.IntegerField()
    expected = serializers.FloatField()
    ratio = serializers.FloatField()
    low = serializers.FloatField(help_text="The true ratio lies from here")
    high = serializers.FloatField(help_text="to here with 95 % certainty.")
    chance = serializers.FloatField(help_text="How likely such a difference is where nothing changed.")
    days_before = serializers.IntegerField()
    days_after = serializers.IntegerField()


class CauseLineSerializer(serializers.Serializer[Line]):
    """One cause with all that lies below it."""

    cause = serializers.IntegerField(source="place.cause.pk")
    path = serializers.CharField(source="place.words")
    tickets = serializers.IntegerField()
    today = serializers.IntegerField()
    negative = serializers.IntegerField(help_text="Tickets whose first message sounded negative.")
    on_time = serializers.IntegerField(help_text="First responses that were in time,")
    late = serializers.IntegerField(help_text="and that were late.")
    hours = serializers.FloatField(
        help_text="Of colleagues, estimated: the time before each step of theirs, up to 10 minutes."
    )
    change = RateChangeSerializer(allow_null=True)
    striking = serializers.BooleanField(help_text="More than chance, all causes seen together.")


class CauseFiguresSerializer(serializers.Serializer[Any]):
    period = serializers.ChoiceField(choices=tuple(PERIODS))
    first = serializers.DateField()
    last = serializers.DateField()
    compared_since = serializers.DateField()
    at = MomentField()
    resolved = serializers.IntegerField(help_text="Tickets of the period that are resolved,")
    said = serializers.IntegerField(help_text="and how many of them have a cause.")
    crisis_days = serializers.ListField(child=serializers.DateField(), help_text="In no comparison, as are")
    blind_days = serializers.ListField(child=serializers.DateField(), help_text="these.")
    causes = CauseLineSerializer(many=True)


class MeasuredEffectSerializer(serializers.Serializer[Effect]):
    first = serializers.DateField()
    last = serializers.DateField()
    change = RateChangeSerializer(allow_null=True, help_text="Null: too early.")
    others = RateChangeSerializer(allow_null=True, help_text="All other causes together, in the same days.")
    left_out = serializers.IntegerField(help_text="Days of crises, and days that were seen in part.")
    per_week = serializers.FloatField(help_text="How many tickets a week fewer; negative: more.")
    shown = serializers.BooleanField(help_text="It is more than chance.")


class ImprovementSerializer(serializers.Serializer[Improvement]):
    id = serializers.IntegerField()
    cause = serializers.IntegerField(source="cause_id")
    what = serializers.CharField()
    owner = ColleagueSerializer(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=tuple(State))
    done_on = serializers.DateField(allow_null=True)
    changed = serializers.CharField()
    created_at = MomentField()


class OneImprovementSerializer(ImprovementSerializer):
    effect = MeasuredEffectSerializer(allow_null=True, help_text="Once it is done.")


class ImprovementQuery(PageQuery):
    state = serializers.ChoiceField(choices=tuple(State), required=False)
    cause = IdField(required=False, help_text="With all that lies below it.")


class WriteImprovementSerializer(serializers.Serializer[Any]):
    what = serializers.CharField(max_length=500)
    owner = IdField(allow_null=True, required=False)
    due_on = serializers.DateField(allow_null=True, required=False)


class ProposeImprovementSerializer(WriteImprovementSerializer):
    cause = IdField()


class StepImprovementSerializer(serializers.Serializer[Any]):
    event = serializers.ChoiceField(choices=tuple(Event))
    changed = serializers.CharField(max_length=500, required=False, help_text="Of finish: what was changed.")
    done_on = serializers.DateField(required=False, help_text="Of finish: since when; today where it is left out.")


class TellSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_REPLY)


class ToldSerializer(serializers.Serializer[Told]):
    ticket = serializers.IntegerField(source="ticket_id")
    reply = serializers.IntegerField(source="reply_id", allow_null=True)
    code = serializers.CharField(help_text="Why none was handed in.")
    at = MomentField()


def figures_form(figures: CauseFigures) -> dict[str, Any]:
    form = {
        "period": figures.period,
        "first": figures.first,
        "last": figures.last,
        "compared_since": figures.before,
        "at": figures.now,
        "resolved": figures.resolved,
        "said": figures.said,
        "crisis_days": figures.crisis_days,
        "blind_days": figures.blind_days,
    }
    lines = [_line(line) for line in figures.lines]
    written = CauseFiguresSerializer({**form, "causes": []}).data
    return {**written, "causes": lines}


def _line(line: Line) -> dict[str, Any]:
    return {
        "cause": line.place.cause.pk,
        "path": line.place.words,
        "tickets": line.tickets,
        "today": line.today,
        "negative": line.negative,
        "on_time": line.on_time,
        "late": line.late,
        "hours": hours(line.work),
        "change": RateChangeSerializer(line.change).data if line.change else None,
        "striking": line.striking,
    }


def improvement_form(one: Improvement, effects: Mapping[int, Effect]) -> dict[str, Any]:
    effect = effects.get(one.pk)
    return {
        **ImprovementSerializer(one).data,
        "effect": MeasuredEffectSerializer(effect).data if effect is not None else None,
    }


class QuoteSerializer(serializers.Serializer[Any]):
    ticket = serializers.IntegerField()
    said = serializers.CharField()
    language = serializers.CharField()


class DigestSerializer(serializers.Serializer[Any]):
    department = serializers.IntegerField()
    name = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()
    tickets = serializers.IntegerField()
    hours = serializers.FloatField()
    causes = CauseLineSerializer(many=True)
    quotes = QuoteSerializer(many=True)
    improvements = OneImprovementSerializer(many=True)


class DigestSubscriptionSerializer(serializers.Serializer[Any]):
    department = serializers.IntegerField(source="department_id")
    next_at = MomentField()


def digest_form(digest: Digest) -> dict[str, Any]:
    effects = {one.pk: effect for one, effect in digest.improvements if effect is not None}
    return {
        "department": digest.department.pk,
        "name": digest.department.name,
        "first": digest.figures.first.isoformat(),
        "last": digest.figures.last.isoformat(),
        "tickets": digest.tickets,
        "hours": hours(digest.work),
        "causes": [_line(line) for line in digest.lines],
        "quotes": [QuoteSerializer(one).data for one in digest.quotes],
        "improvements": [improvement_form(one, effects) for one, _effect in digest.improvements],
    }
