"""Crises and their logs, as the API writes them."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from desk.actions.crises.crises import LONGEST_NAME, LONGEST_TEXT
from desk.actions.crises.crisis_scope import MOST_VALUES
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.paging import PageQuery
from desk.crises.models import Crisis, CrisisEntry
from desk.tickets.models import Tier
from policies.crisis_scope import LISTS, LONGEST_TOPIC

LEVELS = "1 watch, 2 elevated, 3 crisis"


class CrisisScopeSerializer(serializers.Serializer[Any]):
    """Whom a crisis covers. What is empty asks nothing, so nothing at all is everything; of several values one is
    enough; all that is asked must hold.
    """

    networks = serializers.ListField(child=serializers.CharField(max_length=40), max_length=MOST_VALUES, default=list)
    inboxes = serializers.ListField(child=IdField(), max_length=MOST_VALUES, default=list)
    languages = serializers.ListField(child=serializers.CharField(max_length=3), max_length=MOST_VALUES, default=list)
    topics = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TOPIC),
        max_length=MOST_VALUES,
        default=list,
        help_text="Each some words that all stand in what the customer wrote; with a star a part of one: *storing.",
    )
    brands = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=MOST_VALUES, default=list, help_text="Of the inbox."
    )
    tiers = serializers.ListField(
        child=serializers.ChoiceField(choices=Tier.values),
        max_length=MOST_VALUES,
        default=list,
        help_text="Of the customer: 0 standard, 1 important, 2 VIP.",
    )


class CrisisSerializer(serializers.Serializer[Crisis]):
    """A crisis as it stands now."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=Crisis.State.values)
    level = serializers.IntegerField(help_text=f"That holds now: {LEVELS}; 0 unless it is active.")
    scope = CrisisScopeSerializer()
    drill = serializers.BooleanField(help_text="It belongs to a drill, and covers nothing real.")
    plan = serializers.IntegerField(
        allow_null=True, help_text="The number of the crisis plan's version that it started with; null: only suspected."
    )
    owner = ColleagueSerializer(allow_null=True)
    waits_for_second = serializers.BooleanField(help_text="Level 3 on the word of one person.")
    lapses_at = MomentField(allow_null=True, help_text="When that lapses to level 2 unless a second person confirms.")
    asked_by = ColleagueSerializer(allow_null=True, help_text="Who asked for level 3 last.")
    confirmed_by = ColleagueSerializer(allow_null=True, help_text="The second person behind it.")
    created_at = MomentField()
    started_at = MomentField(allow_null=True)
    level_since = MomentField(allow_null=True)
    ended_at = MomentField(allow_null=True, help_text="When it was stood down or dismissed.")
    version = serializers.IntegerField(help_text="Send it back with a step, to be refused if somebody was quicker.")
    log_length = serializers.IntegerField()
    log_digest = serializers.CharField(help_text="Of the last entry of the log.")


class CrisisEntrySerializer(serializers.Serializer[CrisisEntry]):
    """One line of the log. `digest` is SHA-256 over `before`, a line feed, and its facts as sorted JSON."""

    number = serializers.IntegerField()
    at = MomentField()
    actor = ColleagueSerializer(allow_null=True, help_text="Null: the desk itself.")
    kind = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    data = serializers.JSONField()  # type: ignore[assignment]  # a field, and not what a serializer gives back
    before = serializers.CharField(help_text="The digest of the entry before.")
    digest = serializers.CharField()


class LogCheckSerializer(serializers.Serializer[Any]):
    """Whether anybody has changed the log afterwards."""

    holds = serializers.BooleanField()
    entries = serializers.IntegerField()
    broken_at = serializers.IntegerField(allow_null=True, help_text="The number of the first entry that does not hold.")
    problem = serializers.ChoiceField(choices=("missing", "moved", "changed", "shortened", "added"), allow_null=True)


class CrisisQuery(PageQuery):
    state = serializers.ChoiceField(choices=Crisis.State.values, required=False)


def _reason(**more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_TEXT, **more)


class CrisisStepSerializer(serializers.Serializer[Any]):
    """`version`: what you last saw of the crisis. Where it has changed since, the step is refused (409)."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class CrisisReasonSerializer(CrisisStepSerializer):
    reason = _reason()


class CrisisLevelSerializer(CrisisReasonSerializer):
    level = serializers.IntegerField(min_value=1, max_value=3, help_text=LEVELS + ".")


class ChangeCrisisScopeSerializer(CrisisReasonSerializer):
    scope = CrisisScopeSerializer()


class CrisisOwnerSerializer(CrisisStepSerializer):
    owner = IdField(help_text="A colleague who may manage crises.")


class CrisisReviewSerializer(CrisisStepSerializer):
    conclusion = _reason()


class CrisisNoteSerializer(serializers.Serializer[Any]):
    text = _reason()


class StartCrisisSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(
        max_length=LONGEST_NAME, required=False, help_text="Left out: the beginning of the reason."
    )
    reason = _reason()
    level = serializers.IntegerField(
        min_value=0, max_value=3, default=1, help_text=f"{LEVELS}; 0 only suspects, without effect."
    )
    scope = CrisisScopeSerializer(required=False)
    drill = serializers.BooleanField(default=False, help_text="Of the drill that runs: it covers that one's inbox.")


def crisis_form(crisis: Crisis, now: datetime) -> dict[str, Any]:
    """Needs plan, owner, asked_by and confirmed_by at hand."""
    waits = crisis.standing.waits_for_second and not crisis.standing.has_lapsed(now)
    scope = crisis.scope
    return {
        "id": crisis.pk,
        "name": crisis.name,
        "reason": crisis.reason,
        "state": crisis.state,
        "level": crisis.level_at(now),
        "scope": {name: sorted(getattr(scope, name)) for name in LISTS},
        "drill": crisis.drill,
        "plan": crisis.plan.number if crisis.plan else None,
        "owner": colleague(crisis.owner),
        "waits_for_second": waits,
        "lapses_at": crisis.lapses_at if waits else None,
        "asked_by": colleague(crisis.asked_by),
        "confirmed_by": colleague(crisis.confirmed_by),
        "created_at": crisis.created_at,
        "started_at": crisis.started_at,
        "level_since": crisis.level_since,
        "ended_at": crisis.ended_at,
        "version": crisis.version,
        "log_length": crisis.log_length,
        "log_digest": crisis.log_digest,
    }


def entry_form(entry: CrisisEntry) -> dict[str, Any]:
    """Needs the actor at hand."""
    return {
        "number": entry.number,
        "at": entry.at,
        "actor": colleague(entry.actor),
        "kind": entry.kind,
        "text": entry.text,
        "data": entry.data,
        "before": entry.before,
        "digest": entry.digest,
    }
