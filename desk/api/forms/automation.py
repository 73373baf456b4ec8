"""Automation and macros, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.automation.macros import LONGEST_NAME
from desk.actions.automation.trials import MOST_DAYS, USUAL_DAYS
from desk.actions.rulebooks.versions import LONGEST_SUMMARY
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.rulebooks import RulebookVersionSerializer, version_form
from desk.api.paging import PageQuery
from desk.automation.models import AutomationVersion, Firing, Macro, Trial
from policies.automation import On
from policies.automation_steps import BY_PEOPLE, LONGEST_TEXT, MOST_STEPS, Do


class AutomationVersionSerializer(RulebookVersionSerializer):
    """One version without its rules. Exactly one is active; what was active is never changed."""


class WholeAutomationSerializer(AutomationVersionSerializer):
    """A version with its rules, as `policies/README.md` describes them, all defaults written out."""

    document = serializers.DictField()


class WriteAutomationSerializer(serializers.Serializer[Any]):
    """Without a document the draft begins as the active version."""

    document = serializers.DictField(required=False)
    summary = serializers.CharField(max_length=LONGEST_SUMMARY, allow_blank=True, default="")


class ChangeAutomationSerializer(serializers.Serializer[Any]):
    """`seen` is the `changed_at` that you began from: a 409 `stale` where somebody changed the draft since."""

    document = serializers.DictField()
    summary = serializers.CharField(max_length=LONGEST_SUMMARY, allow_blank=True, required=False)
    seen = MomentField(required=False)


class AskTrialSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(default=USUAL_DAYS, min_value=1, max_value=MOST_DAYS)


class SampleTicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.IntegerField()
    at = MomentField(help_text="When the rule would have fired on it.")


class TriedRuleSerializer(serializers.Serializer[Any]):
    """What one rule would have done."""

    key = serializers.CharField()
    name = serializers.CharField()
    heard = serializers.IntegerField(help_text="How often it was set off, whatever its conditions said.")
    fired = serializers.IntegerField()
    tickets = serializers.IntegerField(help_text="On how many different ones.")
    today = serializers.ListField(
        child=serializers.CharField(), help_text="Conditions that were held against the ticket as it is today."
    )
    sample = SampleTicketSerializer(many=True)


class TrialResultSerializer(serializers.Serializer[Any]):
    whole = serializers.BooleanField(help_text="False where there was more than is looked through.")
    fired = serializers.IntegerField()
    tickets = serializers.IntegerField()
    rules = TriedRuleSerializer(many=True)


class TrialSerializer(serializers.Serializer[Trial]):
    """What a version would have done. Conditions are held against what the ticket was, as far as its timeline tells."""

    id = IdField()
    version = serializers.IntegerField()
    asked_by = ColleagueSerializer(allow_null=True)
    asked_at = MomentField()
    days = serializers.IntegerField(help_text="Until it was asked.")
    state = serializers.ChoiceField(choices=Trial.State.values)
    ended_at = MomentField(allow_null=True)
    result = TrialResultSerializer(allow_null=True, help_text="Null while it is running.")


class FiringQuery(PageQuery):
    rule = serializers.CharField(required=False, max_length=40, help_text="The key of a rule.")
    ticket = IdField(required=False)


class VerdictSerializer(serializers.Serializer[Any]):
    """A condition that held, with what was asked and what was found."""

    name = serializers.CharField()
    wanted = serializers.JSONField()
    found = serializers.JSONField(allow_null=True)
    holds = serializers.BooleanField()


class OutcomeSerializer(serializers.Serializer[Any]):
    """A step and what became of it: `done`, `unchanged`, `refused` with a reason, or `failed`."""

    do = serializers.ChoiceField(choices=tuple(Do))
    value = serializers.CharField(required=False)
    text = serializers.CharField(required=False)
    became = serializers.CharField()
    why = serializers.CharField(required=False)


class FiringSerializer(serializers.Serializer[Firing]):
    """A rule that fired on a ticket."""

    id = serializers.IntegerField()
    at = MomentField()
    version = serializers.IntegerField(help_text="The number of the version under which it fired.")
    rule = serializers.CharField(help_text="Its key.")
    name = serializers.CharField()
    ticket = serializers.IntegerField()
    on = serializers.ChoiceField(choices=tuple(On))
    cause = serializers.CharField(help_text="What set it off: a line of the timeline, a wait, the end of a crisis.")
    chain = serializers.ListField(child=serializers.CharField(), help_text="The rules that led to it, itself the last.")
    conditions = VerdictSerializer(many=True)
    outcomes = OutcomeSerializer(many=True)


class MacroStepSerializer(serializers.Serializer[Any]):
    """One step, as `policies/README.md` describes it."""

    do = serializers.ChoiceField(choices=BY_PEOPLE)
    value = serializers.CharField(required=False, allow_blank=True, max_length=200)
    text = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TEXT)


class MacroSerializer(serializers.Serializer[Macro]):
    """Steps that an agent takes at once."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    shared = serializers.BooleanField(help_text="Everybody has it; else it is the caller's own.")
    steps = MacroStepSerializer(many=True)
    author = ColleagueSerializer(allow_null=True)
    changed_at = MomentField()
    times_used = serializers.IntegerField()


class WriteMacroSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME)
    steps = serializers.ListField(child=MacroStepSerializer(), min_length=1, max_length=MOST_STEPS)
    shared = serializers.BooleanField(default=False)


class ChangeMacroSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    steps = serializers.ListField(child=MacroStepSerializer(), min_length=1, max_length=MOST_STEPS, required=False)
    shared = serializers.BooleanField(required=False)


def whole_form(version: AutomationVersion) -> dict[str, Any]:
    return version_form(version) | {"document": version.document}


def trial_form(trial: Trial) -> dict[str, Any]:
    """Comes with its version and who asked."""
    return {
        "id": trial.pk, "version": trial.version.number if trial.version else None,
        "asked_by": colleague(trial.asked_by), "asked_at": trial.asked_at, "days": trial.days, "state": trial.state,
        "ended_at": trial.ended_at, "result": trial.result and TrialResultSerializer(trial.result).data,
    }  # fmt: skip


def firing_form(firing: Firing) -> dict[str, Any]:
    """Comes with its version."""
    return {
        "id": firing.pk, "at": firing.at, "version": firing.version.number, "rule": firing.rule, "name": firing.name,
        "ticket": firing.ticket_id, "on": firing.on, "cause": firing.cause, "chain": firing.chain,
        "conditions": firing.conditions, "outcomes": firing.outcomes,
    }  # fmt: skip


def macro_form(macro: Macro) -> dict[str, Any]:
    """Comes with its author."""
    return {
        "id": macro.pk, "name": macro.name, "shared": macro.owner_id is None, "steps": macro.form,
        "author": colleague(macro.author), "changed_at": macro.changed_at, "times_used": macro.times_used,
    }  # fmt: skip
