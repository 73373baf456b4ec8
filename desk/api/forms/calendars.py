"""The form of a calendar, and what a preview takes and gives."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.settings import api_settings

from desk.api.fields import MomentField
from policies.business_time import OpeningHours
from policies.calendar_overlaps import DAYS
from policies.calendar_problems import CalendarProblem
from policies.calendars import END, FIRST_DAY, LAST_DAY, MOST_EXCEPTIONS, MOST_INTERVALS, TIME, parse

LONGEST_PREVIEW = 366 * 24 * 60  # minutes
MOST_SHOWN = 1_000  # intervals in one preview
_INTERVALS = {
    "type": "array",
    "maxItems": MOST_INTERVALS,
    "items": {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "items": {"type": "string", "pattern": f"^({TIME}|{END})$"},
    },
}
_HOLIDAYS = {
    "type": "object",
    "nullable": True,
    "required": ["country"],
    "additionalProperties": False,
    "properties": {
        "country": {"type": "string", "description": "Two capitals of ISO 3166."},
        "subdivision": {"type": "string", "nullable": True, "description": "A code of ISO 3166-2 without the country."},
    },
}


@extend_schema_field(
    {
        "type": "object",
        "description": (
            "Opening hours by the wall clock of a time zone. A missing day is closed. An interval is a start and an "
            "end; 24:00 is a valid end, and an end at or before its start lies on the next day while the interval "
            "belongs to the day on which it starts. Public holidays remove the intervals that start on them; an "
            "exception replaces the intervals of its date, holidays included. Intervals may not overlap. What lies "
            "between start and end counts in real elapsed time, so that a night over the end of summer time is an hour "
            "longer. A time that does not exist means the first instant after the gap; one that exists twice means "
            "the first for a start and the second for an end."
        ),
        "required": ["timezone"],
        "additionalProperties": False,
        "properties": {
            "timezone": {"type": "string", "description": "A name of the IANA list."},
            "week": {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(DAYS, _INTERVALS)},
            "holidays": _HOLIDAYS,
            "exceptions": {
                "type": "object",
                "description": f"Intervals by date, from {FIRST_DAY} to {LAST_DAY}.",
                "maxProperties": MOST_EXCEPTIONS,
                "additionalProperties": _INTERVALS,
            },
        },
        "example": {
            "timezone": "Europe/Amsterdam",
            "week": {"mon": [["09:00", "12:30"], ["13:00", "17:30"]], "fri": [["22:00", "06:00"]]},
            "holidays": {"country": "NL", "subdivision": None},
            "exceptions": {"2026-12-24": [["09:00", "13:00"]], "2026-12-25": []},
        },
    }
)
class CalendarField(serializers.Field[OpeningHours, Any, Any, Any]):
    """The form of a calendar outside, opening hours inside. Each problem comes with its path through the form."""

    def to_internal_value(self, data: Any) -> OpeningHours:
        try:
            return parse(data)
        except CalendarProblem as problem:
            errors: dict[str, list[str]] = {}
            for path, sentence in problem.said(get_language() or ""):
                errors.setdefault(path or api_settings.NON_FIELD_ERRORS_KEY, []).append(sentence)
            raise serializers.ValidationError(errors) from None


class PreviewCalendarSerializer(serializers.Serializer[Any]):
    calendar = CalendarField()
    start = MomentField(help_text=f"From {FIRST_DAY} to {LAST_DAY}.")
    minutes = serializers.IntegerField(
        min_value=0, max_value=LONGEST_PREVIEW, help_text="The target; at most a year around the clock."
    )

    def validate_start(self, start: Any) -> Any:
        if not FIRST_DAY <= start.date() <= LAST_DAY:
            raise serializers.ValidationError(
                _("Give a moment from %(first)s to %(last)s.") % {"first": FIRST_DAY, "last": LAST_DAY}
            )
        return start


class CountedSerializer(serializers.Serializer[Any]):
    """A stretch of time that counted."""

    start = MomentField()
    end = MomentField()
    minutes = serializers.FloatField()


class HolidaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    name = serializers.CharField(help_text="In the caller's language where it is known, else in the country's.")


class CalendarPreviewSerializer(serializers.Serializer[Any]):
    due_at = MomentField(help_text="The earliest instant at which the target is used up.")
    intervals = CountedSerializer(many=True, help_text=f"What was counted, in order; the first {MOST_SHOWN} of it.")
    complete = serializers.BooleanField(help_text=f"False where more than {MOST_SHOWN} intervals were counted.")
    next_holidays = HolidaySerializer(many=True, help_text="The public holidays of the year that begins at the start.")
