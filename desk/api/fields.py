"""Kinds of values that several forms share."""

from datetime import UTC
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from desk.tickets.models import Priority, Tier

LARGEST_ID = 2**63 - 1
PRIORITIES = tuple(priority.name.lower() for priority in Priority)
TIERS = tuple(tier.name.lower() for tier in Tier)
_ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST_ID}


class MomentField(serializers.DateTimeField):
    """An instant in UTC, ISO 8601. One without a zone is taken as UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class IdField(serializers.IntegerField):
    """A number that the desk gave to something."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST_ID, **options})


@extend_schema_field({"type": "string", "enum": list(PRIORITIES)})
class PriorityField(serializers.Field[int, Any, str, Any]):
    """`low`, `normal`, `high` or `urgent` outside, a number inside."""

    default_error_messages = {"wrong": "Choose low, normal, high or urgent."}

    def to_internal_value(self, data: Any) -> int:
        if data not in PRIORITIES:
            self.fail("wrong")
        return PRIORITIES.index(data)

    def to_representation(self, value: int) -> str:
        return PRIORITIES[value]


@extend_schema_field({"type": "string", "enum": list(TIERS)})
class TierField(serializers.Field[int, Any, str, Any]):
    """`standard`, `important` or `vip` outside, a number inside."""

    default_error_messages = {"wrong": "Choose standard, important or vip."}

    def to_internal_value(self, data: Any) -> int:
        if data not in TIERS:
            self.fail("wrong")
        return TIERS.index(data)

    def to_representation(self, value: int) -> str:
        return TIERS[value]


@extend_schema_field({"oneOf": [_ID, {"type": "string", "enum": ["me"]}]})
class AssigneeField(serializers.Field[int | str, Any, Any, Any]):
    """The id of a colleague, `me`, or null for nobody."""

    default_error_messages = {"wrong": "Give the id of a colleague, me, or null for nobody."}

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_internal_value(self, data: Any) -> int | str:
        is_id = isinstance(data, int) and not isinstance(data, bool) and 1 <= data <= LARGEST_ID
        if not is_id and data != "me":
            self.fail("wrong")
        return int(data) if is_id else "me"
