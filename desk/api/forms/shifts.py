"""Working hours, absences, and who is at work, as the API writes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, TeamSerializer
from desk.api.paging import PageQuery
from desk.people.models import Absence, Shift
from policies.duty import DAYS, Duty

_SPANS = {"type": "array", "items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}}
_EXAMPLE = '{"mon": [["09:00", "12:30"], ["13:00", "17:30"]], "fri": [["22:00", "06:00"]]}'


@extend_schema_field({"type": "object", "properties": dict.fromkeys(DAYS, _SPANS)})
class WeekField(serializers.JSONField):
    """Hours by day, in the form of a calendar's `week`."""

    def __init__(self, **options: Any) -> None:
        words = f"Such as {_EXAMPLE}. An end at or before its start lies on the next day."
        super().__init__(help_text=words, **options)


class ShiftQuery(PageQuery):
    user = IdField(required=False)
    team = IdField(required=False)


class ShiftSerializer(serializers.Serializer[Shift]):
    """Weekly hours of one person, or of everybody in one team who has no shift of their own."""

    id = serializers.IntegerField()
    user = ColleagueSerializer(allow_null=True)
    team = TeamSerializer(allow_null=True)
    timezone = serializers.CharField()
    week = WeekField()
    first_day = serializers.DateField(allow_null=True)
    last_day = serializers.DateField(allow_null=True)


class ChangeShiftSerializer(serializers.Serializer[Any]):
    """What is left out stays. Give `user` or `team`."""

    user = IdField(allow_null=True, required=False)
    team = IdField(allow_null=True, required=False)
    timezone = serializers.CharField(max_length=50, required=False, help_text="Such as Europe/Amsterdam.")
    week = WeekField(required=False)
    first_day = serializers.DateField(allow_null=True, required=False)
    last_day = serializers.DateField(allow_null=True, required=False)


class CreateShiftSerializer(ChangeShiftSerializer):
    timezone = serializers.CharField(max_length=50, help_text="Such as Europe/Amsterdam.")
    week = WeekField()


class AbsenceQuery(PageQuery):
    user = IdField(required=False)


class AbsenceSerializer(serializers.Serializer[Absence]):
    """From `starts_at` until `ends_at`; null is until further notice."""

    id = serializers.IntegerField()
    user = ColleagueSerializer()
    starts_at = MomentField()
    ends_at = MomentField(allow_null=True)
    reason = serializers.CharField()


class ChangeAbsenceSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    user = IdField(required=False)
    starts_at = MomentField(required=False)
    ends_at = MomentField(allow_null=True, required=False)
    reason = serializers.CharField(max_length=200, allow_blank=True, required=False)


class CreateAbsenceSerializer(ChangeAbsenceSerializer):
    user = IdField()
    starts_at = MomentField(required=False, help_text="Now, where it is left out.")


class StandingSerializer(serializers.Serializer[Any]):
    """Whether somebody is at work, why, and until when that lasts."""

    user = ColleagueSerializer()
    on_duty = serializers.BooleanField()
    duty = serializers.ChoiceField(choices=[duty.value for duty in Duty])
    until = MomentField(allow_null=True)
