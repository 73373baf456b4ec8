"""Drills as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.drills.drills import FASTEST, LONGEST_NAME, LONGEST_REASON, MOST_REPEAT_DAYS, Wish
from desk.api.fields import IdField, MomentField
from desk.api.forms.crises import LEVELS, CrisisScopeSerializer
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.drills.models import Drill
from desk.drills.scenarios import shipped
from policies.drill_scenario import Scenario
from policies.drill_score import Verdict, What


class ScenarioSerializer(serializers.Serializer[Any]):
    """A scenario that comes with the desk. `document` is its form, to begin one of your own from."""

    key = serializers.CharField()
    title = serializers.DictField(child=serializers.CharField())
    about = serializers.DictField(child=serializers.CharField())
    level = serializers.IntegerField(help_text="That the plan should reach.")
    minutes = serializers.FloatField(help_text="At normal speed.")
    posts = serializers.IntegerField()
    document = serializers.DictField()


class ScoreLineSerializer(serializers.Serializer[Any]):
    """Seconds for a time, percent for a share; null: it did not happen, or there was nothing to measure."""

    what = serializers.ChoiceField(choices=[str(one) for one in What])
    measured = serializers.FloatField(allow_null=True)
    target = serializers.FloatField()
    verdict = serializers.ChoiceField(choices=[str(one) for one in Verdict])


class ScoreCardSerializer(serializers.Serializer[Any]):
    """Times are real ones, however fast the customers wrote."""

    passed = serializers.BooleanField()
    lines = ScoreLineSerializer(many=True)
    figures = serializers.DictField(child=serializers.IntegerField())
    people = serializers.ListField(child=serializers.IntegerField(), help_text="Who took part.")


class DrillSerializer(serializers.Serializer[Drill]):
    """One drill as it stands now."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    scenario = serializers.CharField(help_text="The key of its scenario.")
    inbox = serializers.IntegerField()
    language = serializers.ChoiceField(choices=Drill.Language.values)
    speed = serializers.IntegerField()
    announced = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Drill.State.values)
    planned_at = MomentField(allow_null=True, help_text="When it starts by itself.")
    repeat_days = serializers.IntegerField(allow_null=True)
    planned_by = ColleagueSerializer()
    started_at = MomentField(allow_null=True)
    ends_at = MomentField(allow_null=True, help_text="When it ends by itself.")
    ended_at = MomentField(allow_null=True)
    plan = serializers.IntegerField(allow_null=True, help_text="The number of the crisis plan's version that it tries.")
    crisis = serializers.IntegerField(allow_null=True)
    became = serializers.IntegerField(allow_null=True, help_text="The real crisis that ended it.")
    card = ScoreCardSerializer(allow_null=True)
    possible = serializers.ListField(child=serializers.CharField(), help_text="What may be done with it now.")


class PlanDrillSerializer(serializers.Serializer[Any]):
    inbox = IdField(help_text="One that is for drills.")
    scenario = serializers.CharField(
        max_length=40, required=False, help_text="The key of one that comes with the desk."
    )
    document = serializers.DictField(required=False, help_text="Or a scenario of your own.")
    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    language = serializers.ChoiceField(choices=Drill.Language.values, default=Drill.Language.DUTCH)
    speed = serializers.IntegerField(min_value=1, max_value=FASTEST, default=1)
    announced = serializers.BooleanField(default=True)
    planned_at = MomentField(required=False, allow_null=True)
    repeat_days = serializers.IntegerField(min_value=1, max_value=MOST_REPEAT_DAYS, required=False, allow_null=True)


class CancelDrillSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True)


class TurnRealSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON)
    level = serializers.IntegerField(
        min_value=1, max_value=3, required=False, help_text=f"{LEVELS}. Left out: as the crisis of the drill."
    )
    scope = CrisisScopeSerializer(required=False)


class DrillInboxSerializer(serializers.Serializer[Any]):
    """Its account is made on the sandbox by the desk, so no credentials are taken."""

    network = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=80)
    team = IdField(required=False, allow_null=True)


class ProofSerializer(serializers.Serializer[Any]):
    """Whether the active crisis plan is proven; all null where no drill has met its targets."""

    plan = serializers.IntegerField()
    proven = serializers.BooleanField(help_text="Now: false once it has lapsed.")
    drill = serializers.IntegerField(allow_null=True)
    proven_at = MomentField(allow_null=True)
    lapses_at = MomentField(allow_null=True)
    people = ColleagueSerializer(many=True)


def wish_of(values: dict[str, Any]) -> Wish:
    return Wish(inbox_id=values.pop("inbox"), **values)


def scenario_form(scenario: Scenario) -> dict[str, Any]:
    return {
        "key": scenario.key,
        "title": dict(scenario.title),
        "about": dict(scenario.about),
        "level": scenario.level,
        "minutes": scenario.length.total_seconds() / 60,
        "posts": scenario.posts,
        "document": dict(scenario.document),
    }


def drill_form(drill: Drill, possible: list[str]) -> dict[str, Any]:
    """Needs plan and planned_by at hand."""
    card = {name: drill.card[name] for name in ("passed", "lines", "figures", "people")} if drill.card else None
    return {
        "id": drill.pk,
        "name": drill.name,
        "scenario": drill.scenario_form["key"],
        "inbox": drill.inbox_id,
        "language": drill.language,
        "speed": drill.speed,
        "announced": drill.announced,
        "state": drill.state,
        "planned_at": drill.planned_at,
        "repeat_days": drill.repeat_days,
        "planned_by": colleague(drill.planned_by),
        "started_at": drill.started_at,
        "ends_at": drill.ends_at,
        "ended_at": drill.ended_at,
        "plan": drill.plan.number if drill.plan else None,
        "crisis": drill.crisis_id,
        "became": drill.became_id,
        "card": card,
        "possible": possible,
    }


def all_scenarios() -> list[dict[str, Any]]:
    return [scenario_form(scenario) for scenario in shipped().values()]
