"""Policies and calendars of response times, as the API writes them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from desk.actions.sla.calendars import LONGEST_NAME
from desk.actions.sla.sla_policies import MOST_CONDITIONS, MOST_POLICIES
from desk.api.fields import PRIORITIES, TIERS, IdField, MomentField, PriorityField, TierField
from desk.api.forms.calendars import CalendarField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.sla.models import BusinessCalendar, CalendarVersion, Clock, SlaPolicy, SlaPolicyVersion
from desk.sla.renewal import Effect, Renewal
from policies.scopes import RATINGS
from policies.sla import LONGEST_TARGET

_MOST_MINUTES = LONGEST_TARGET // 60


class ConditionsSerializer(serializers.Serializer[Any]):
    """Whom a policy is for. What is empty asks nothing; of several values one is enough; everything asked must hold."""

    networks = serializers.ListField(child=serializers.CharField(), max_length=MOST_CONDITIONS, default=list)
    inboxes = serializers.ListField(child=IdField(), max_length=MOST_CONDITIONS, default=list)
    private = serializers.BooleanField(
        allow_null=True,
        default=None,
        help_text="Whether the message that starts the clock is private; null asks nothing.",
    )
    priorities = serializers.ListField(child=PriorityField(), max_length=MOST_CONDITIONS, default=list)
    tiers = serializers.ListField(
        child=TierField(), max_length=MOST_CONDITIONS, default=list, help_text="Of the customer."
    )
    ratings = serializers.ListField(
        child=serializers.IntegerField(min_value=RATINGS[0], max_value=RATINGS[-1]),
        max_length=MOST_CONDITIONS,
        default=list,
        help_text="Stars of the review that it is about.",
    )
    languages = serializers.ListField(
        child=serializers.CharField(max_length=3), max_length=MOST_CONDITIONS, default=list
    )
    tags = serializers.ListField(child=serializers.CharField(max_length=50), max_length=MOST_CONDITIONS, default=list)
    profiles = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=MOST_CONDITIONS,
        default=list,
        help_text="Only where the plan of a crisis that covers the ticket brings one of them as the clock begins: "
        "`levels.3.sla_profile` of the crisis plan.",
    )


class CalendarNameSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    version = serializers.IntegerField()


class PolicySerializer(serializers.Serializer[SlaPolicy]):
    """A policy as it reads now. The first whose conditions hold speaks for a ticket; the default one comes last."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    enabled = serializers.BooleanField()
    is_default = serializers.BooleanField()
    position = serializers.IntegerField()
    version = serializers.IntegerField()
    conditions = ConditionsSerializer()
    first_response_minutes = serializers.IntegerField(allow_null=True, help_text="Null promises nothing.")
    next_response_minutes = serializers.IntegerField(allow_null=True)
    resolution_minutes = serializers.IntegerField(allow_null=True)
    calendar = CalendarNameSerializer()
    alert_chain = serializers.IntegerField(allow_null=True, help_text="Null: the default chain.")
    author = ColleagueSerializer(allow_null=True, help_text="Who wrote this version.")
    changed_at = MomentField()


class PolicyVersionSerializer(serializers.Serializer[SlaPolicyVersion]):
    """One wording of a policy: clocks name the one that they were promised under."""

    version = serializers.IntegerField()
    conditions = ConditionsSerializer()
    first_response_minutes = serializers.IntegerField(allow_null=True)
    next_response_minutes = serializers.IntegerField(allow_null=True)
    resolution_minutes = serializers.IntegerField(allow_null=True)
    calendar = serializers.IntegerField(help_text="The id of the calendar.")
    alert_chain = serializers.IntegerField(allow_null=True, help_text="Its id. Null: the default chain.")
    author = ColleagueSerializer(allow_null=True)
    at = MomentField()


def _target(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=_MOST_MINUTES, allow_null=True, **more)


class WritePolicySerializer(serializers.Serializer[Any]):
    """`apply_to_open` gives open clocks what the policies promise from now on; without it only new clocks get it."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    enabled = serializers.BooleanField(default=True)
    conditions = ConditionsSerializer(default=dict)
    first_response_minutes = _target(default=None)
    next_response_minutes = _target(default=None)
    resolution_minutes = _target(default=None)
    calendar = IdField()
    alert_chain = IdField(default=None, allow_null=True, help_text="Null: the default chain.")
    apply_to_open = serializers.BooleanField(default=False)


class ChangePolicySerializer(serializers.Serializer[Any]):
    """What is left out stays; `conditions` are replaced as a whole."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    enabled = serializers.BooleanField(required=False)
    conditions = ConditionsSerializer(required=False)
    first_response_minutes = _target(required=False)
    next_response_minutes = _target(required=False)
    resolution_minutes = _target(required=False)
    calendar = IdField(required=False)
    alert_chain = IdField(required=False, allow_null=True)
    apply_to_open = serializers.BooleanField(default=False)


class OrderSerializer(serializers.Serializer[Any]):
    """Every policy but the default one, in the order in which they are asked."""

    order = serializers.ListField(child=IdField(), max_length=MOST_POLICIES)
    apply_to_open = serializers.BooleanField(default=False)


class ApplySerializer(serializers.Serializer[Any]):
    """Whether open clocks get what the policies promise from now on."""

    apply_to_open = serializers.BooleanField(default=False)


class EffectSerializer(serializers.Serializer[Effect]):
    """What a change would do to the open clocks if it were applied to them. Nothing has been changed."""

    looked_at = serializers.IntegerField(help_text="Open clocks that were counted.")
    complete = serializers.BooleanField(help_text="False: there are more, and the newest were counted.")
    moved = serializers.IntegerField(help_text="Due times that would move.")
    breached = serializers.IntegerField(help_text="Of them those that would be late at once.")
    relieved = serializers.IntegerField(help_text="Of them those that are late now and would no longer be.")


class RenewedClockSerializer(serializers.Serializer[Renewal]):
    """An open clock that would get another promise, as it is and as it would be."""

    clock = serializers.IntegerField()
    metric = serializers.ChoiceField(choices=Clock.Metric.values)
    due_before = MomentField(allow_null=True)
    due_at = MomentField(allow_null=True)
    late = serializers.BooleanField(help_text="Whether it would be late at once.")
    policy = serializers.IntegerField(help_text="The id of the policy that would speak for it.")


@extend_schema_field(CalendarField)
class CalendarFormField(serializers.DictField):
    """The form of a calendar as it was written; the verb says what is wrong in it."""


class CalendarSerializer(serializers.Serializer[BusinessCalendar]):
    """A calendar as it reads now."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    form = CalendarFormField()
    author = ColleagueSerializer(allow_null=True, help_text="Who wrote this version.")
    changed_at = MomentField()


class CalendarVersionSerializer(serializers.Serializer[CalendarVersion]):
    """One wording of a calendar: clocks name the one that they count by."""

    version = serializers.IntegerField()
    form = CalendarFormField()
    author = ColleagueSerializer(allow_null=True)
    at = MomentField()


class WriteCalendarSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME)
    form = CalendarFormField()


class ChangeCalendarSerializer(serializers.Serializer[Any]):
    """What is left out stays. `apply_to_open`: open clocks count by the new version too."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    form = CalendarFormField(required=False)
    apply_to_open = serializers.BooleanField(default=False)


def policy_form(policy: SlaPolicy) -> dict[str, Any]:
    """Needs current, its author, its calendar and the calendar's current version at hand."""
    version = _current(policy)
    calendar = version.calendar
    return {
        "id": policy.pk,
        "name": policy.name,
        "enabled": policy.enabled,
        "is_default": policy.is_default,
        "position": policy.position,
        "version": version.number,
        **_promised(version),
        "calendar": {
            "id": calendar.pk,
            "name": calendar.name,
            "version": calendar.current.number if calendar.current else 0,
        },
        "author": colleague(version.author),
        "changed_at": version.at,
    }


def policy_version_form(version: SlaPolicyVersion) -> dict[str, Any]:
    """Needs the author at hand."""
    return {
        "version": version.number,
        **_promised(version),
        "calendar": version.calendar_id,
        "author": colleague(version.author),
        "at": version.at,
    }


def calendar_form(calendar: BusinessCalendar) -> dict[str, Any]:
    """Needs current and its author at hand."""
    version = calendar.current
    if version is None:
        raise LookupError(f"calendar {calendar.pk} has no version")
    return {
        "id": calendar.pk,
        "name": calendar.name,
        "version": version.number,
        "form": version.form,
        "author": colleague(version.author),
        "changed_at": version.at,
    }


def calendar_version_form(version: CalendarVersion) -> dict[str, Any]:
    """Needs the author at hand."""
    return {"version": version.number, "form": version.form, "author": colleague(version.author), "at": version.at}


def effect_form(effect: Effect) -> dict[str, Any]:
    return asdict(effect)


def renewed_form(renewal: Renewal, now: datetime) -> dict[str, Any]:
    clock = renewal.clock
    return {
        "clock": clock.pk,
        "metric": clock.metric,
        "due_before": renewal.due_before,
        "due_at": clock.due_at,
        "late": renewal.late(now),
        "policy": clock.policy_version.policy_id,
    }


_COLUMNS = {"calendar": "calendar_id", "alert_chain": "alert_chain_id"}


def policy_columns(wish: dict[str, Any]) -> dict[str, Any]:
    """A wish in the words of the verbs."""
    columns = {_COLUMNS.get(name, name): value for name, value in wish.items()}
    if "conditions" in columns:
        columns["conditions"] = {
            name: value for name, value in columns["conditions"].items() if value not in (None, [])
        }
    return columns


def _current(policy: SlaPolicy) -> SlaPolicyVersion:
    if policy.current is None:
        raise LookupError(f"policy {policy.pk} has no version")
    return policy.current


def _promised(version: SlaPolicyVersion) -> dict[str, Any]:
    conditions = version.conditions
    targets = version.targets
    return {
        "conditions": {
            "networks": sorted(conditions.networks),
            "inboxes": sorted(conditions.inboxes),
            "private": conditions.private,
            "priorities": [PRIORITIES[priority] for priority in sorted(conditions.priorities)],
            "tiers": [TIERS[tier] for tier in sorted(conditions.tiers)],
            "ratings": sorted(conditions.ratings),
            "languages": sorted(conditions.languages),
            "tags": sorted(conditions.tags),
            "profiles": sorted(conditions.profiles),
        },
        "first_response_minutes": _minutes(targets.first_response),
        "next_response_minutes": _minutes(targets.next_response),
        "resolution_minutes": _minutes(targets.resolution),
        "alert_chain": version.alert_chain_id,
    }


def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else seconds // 60
