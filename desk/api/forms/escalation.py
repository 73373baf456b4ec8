"""A crisis's chain, who was called up, and on-call rotas, as the API writes them."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from desk.actions.crises.escalation_people import turns_now
from desk.alerts.models import CrisisMessage
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.paging import PageQuery
from desk.crises.models import CallUp, Escalation, EscalationStep
from desk.people.models import OnCall, Rota, RotaSwap
from policies.escalation import clock
from policies.rota import LONGEST_TURN, MOST_MEMBERS, Turn

HANDOVER = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class CrisisMessageSerializer(serializers.Serializer[CrisisMessage]):
    """One message of a step, to one person or one webhook, and what became of it."""

    id = serializers.IntegerField()
    means = serializers.ChoiceField(choices=CrisisMessage.Means.values)
    person = ColleagueSerializer(allow_null=True)
    webhook = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=CrisisMessage.State.values)
    attempts = serializers.IntegerField()
    sent_at = MomentField(allow_null=True)
    delivered_at = MomentField(allow_null=True, help_text="Where whoever took it said so.")
    problem = serializers.CharField()


class EscalationStepSerializer(serializers.Serializer[EscalationStep]):
    """A step that was told or passed over."""

    step = serializers.IntegerField(help_text="Its number in the chain, from 1.")
    lap = serializers.IntegerField(help_text="Each return begins one.")
    at = MomentField()
    passed = serializers.CharField(help_text="Empty where it was told; level, hours, nobody or acknowledged.")
    messages = CrisisMessageSerializer(many=True)


class EscalationSerializer(serializers.Serializer[Escalation]):
    """A chain of the plan's version with which it began. `state` is running, acknowledged, ended or stopped."""

    id = serializers.IntegerField()
    level = serializers.IntegerField()
    plan = serializers.IntegerField(help_text="The number of the version.")
    state = serializers.ChoiceField(choices=("running", "acknowledged", "ended", "stopped"))
    began_at = MomentField()
    next_at = MomentField(allow_null=True, help_text="When it goes on or comes back.")
    acknowledged_by = ColleagueSerializer(allow_null=True)
    acknowledged_at = MomentField(allow_null=True)
    stopped_at = MomentField(allow_null=True)
    stopped_why = serializers.CharField()
    steps = EscalationStepSerializer(many=True)


class CallUpSerializer(serializers.Serializer[CallUp]):
    """Somebody off duty who was asked to come."""

    person = ColleagueSerializer()
    asked_at = MomentField()
    comes = serializers.BooleanField(allow_null=True, help_text="Null: no answer yet.")
    answered_at = MomentField(allow_null=True)


class AnswerCallUpSerializer(serializers.Serializer[Any]):
    comes = serializers.BooleanField()


class TurnSerializer(serializers.Serializer[Turn]):
    person = IdField(allow_null=True, help_text="The id of a user; null: nobody.")
    start = MomentField(allow_null=True)
    end = MomentField(allow_null=True)
    swapped = serializers.BooleanField(help_text="Somebody stands in.")


class RotaSwapSerializer(serializers.Serializer[RotaSwap]):
    id = serializers.IntegerField()
    person = ColleagueSerializer()
    starts_at = MomentField()
    ends_at = MomentField()


class RotaSerializer(serializers.Serializer[Rota]):
    """Members have turns of `days` days in this order; `handover` is a time of the wall clock in `timezone`."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    timezone = serializers.CharField()
    first_day = serializers.DateField()
    handover = serializers.CharField(help_text="HH:MM")
    days = serializers.IntegerField()
    members = serializers.ListField(child=IdField())
    now = TurnSerializer(help_text="Who is on call.")


class WriteRotaSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(max_length=80, required=False)
    timezone = serializers.CharField(max_length=50, required=False)
    first_day = serializers.DateField(required=False)
    handover = serializers.RegexField(HANDOVER, required=False)
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_TURN, required=False)
    members = serializers.ListField(child=IdField(), min_length=1, max_length=MOST_MEMBERS, required=False)


class CreateRotaSerializer(WriteRotaSerializer):
    name = serializers.CharField(max_length=80)
    timezone = serializers.CharField(max_length=50)
    first_day = serializers.DateField()
    handover = serializers.RegexField(HANDOVER)
    members = serializers.ListField(child=IdField(), min_length=1, max_length=MOST_MEMBERS)


class TurnsQuery(serializers.Serializer[Any]):
    since = MomentField(required=False)
    until = MomentField(required=False)


class OnCallSerializer(serializers.Serializer[OnCall]):
    """Who was on call, as the desk knew it then."""

    person = ColleagueSerializer(allow_null=True, help_text="Null: nobody.")
    start = MomentField()
    end = MomentField(help_text="Of whoever is on call now: this moment.")
    swapped = serializers.BooleanField(help_text="They stood in.")


class HistoryQuery(PageQuery):
    at = MomentField(required=False, help_text="Only who was on call at this moment.")


class SwapSerializer(serializers.Serializer[Any]):
    user_id = IdField()
    starts_at = MomentField()
    ends_at = MomentField()


def rota_forms(rotas: Sequence[Rota]) -> list[dict[str, Any]]:
    """With who is on call now, in three queries for however many."""
    turns = turns_now(rotas, timezone.now())
    return [_rota_form(rota, turns[rota.pk]) for rota in rotas]


def _rota_form(rota: Rota, turn: Turn) -> dict[str, Any]:
    return {
        "id": rota.pk,
        "name": rota.name,
        "timezone": rota.timezone,
        "first_day": rota.first_day,
        "handover": clock(rota.handover),
        "days": rota.days,
        "members": rota.members,
        "now": turn_form(turn),
    }


def turn_form(turn: Turn) -> dict[str, Any]:
    return {"person": turn.person, "start": turn.start, "end": turn.end, "swapped": turn.swapped}


def on_call_form(row: OnCall) -> dict[str, Any]:
    return {"person": colleague(row.user), "start": row.starts_at, "end": row.ends_at, "swapped": row.swapped}


def swap_form(swap: RotaSwap) -> dict[str, Any]:
    return {"id": swap.pk, "person": colleague(swap.user), "starts_at": swap.starts_at, "ends_at": swap.ends_at}


def call_up_form(row: CallUp) -> dict[str, Any]:
    return {
        "person": colleague(row.user),
        "asked_at": row.asked_at,
        "comes": row.comes,
        "answered_at": row.answered_at,
    }


def escalation_form(row: Escalation) -> dict[str, Any]:
    """Comes with its plan's number, who acknowledged it, and its steps with their messages."""
    return {
        "id": row.pk,
        "level": row.level,
        "plan": row.plan.number,
        "state": _state(row),
        "began_at": row.began_at,
        "next_at": row.look_at if row.stopped_at is None else None,
        "acknowledged_by": colleague(row.acknowledged_by),
        "acknowledged_at": row.acknowledged_at,
        "stopped_at": row.stopped_at,
        "stopped_why": row.stopped_why,
        "steps": [_step_form(step) for step in row.steps.all()],
    }


def _state(row: Escalation) -> str:
    if row.stopped_at is not None:
        return "stopped"
    if row.acknowledged_at is not None:
        return "acknowledged"
    return "running" if row.due_at is not None else "ended"


def _step_form(step: EscalationStep) -> dict[str, Any]:
    messages = [
        {
            "id": one.pk,
            "means": one.means,
            "person": colleague(one.user),
            "webhook": one.webhook_id,
            "state": one.state,
            "attempts": one.attempts,
            "sent_at": one.sent_at,
            "delivered_at": one.delivered_at,
            "problem": one.problem,
        }
        for one in step.messages.all()
    ]
    return {"step": step.step + 1, "lap": step.lap, "at": step.at, "passed": step.passed, "messages": messages}
