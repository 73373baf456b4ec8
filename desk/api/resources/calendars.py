"""Calendars: a look at what one would count."""

from datetime import timedelta
from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.request import Request

from desk.api.forms.calendars import MOST_SHOWN, CalendarPreviewSerializer, PreviewCalendarSerializer
from desk.api.operation import operation
from desk.api.views import Resource
from policies.business_time import OutOfHours

MINUTE = timedelta(minutes=1)


class Preview(Resource):
    @operation(
        "calendars_preview",
        "See when a target would be due in a calendar",
        takes=PreviewCalendarSerializer,
        gives=CalendarPreviewSerializer,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """The due time with each interval that was counted; nothing is kept.

        A target that ends exactly at closing time is due at closing time; a target of 0 is due at the start itself.
        """
        hours, start, language = wish["calendar"], wish["start"], get_language() or ""
        try:
            due = hours.add(start, wish["minutes"] * MINUTE)
        except OutOfHours as problem:
            raise serializers.ValidationError({"minutes": [problem.said(language)]}) from None
        counted = hours.explain(start, due, limit=MOST_SHOWN + 1)
        return CalendarPreviewSerializer(
            {
                "due_at": due,
                "intervals": [
                    {"start": stretch.start, "end": stretch.end, "minutes": stretch.length / MINUTE}
                    for stretch in counted[:MOST_SHOWN]
                ],
                "complete": len(counted) <= MOST_SHOWN,
                "next_holidays": [{"date": day, "name": name} for day, name in hours.next_holidays(start, language)],
            }
        ).data
