"""The war room of a crisis in figures."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from desk.actions.crises.war_room import room_of
from desk.api.forms.war_room import RoomSerializer, room_form
from desk.api.operation import operation
from desk.api.resources.crises import known_crisis
from desk.api.views import Resource
from desk.people.permissions import Permission


class Room(Resource):
    reads = Permission.SEE_CRISES

    @operation("crises_room_read", "Read the figures of a war room", gives=RoomSerializer)
    def get(self, request: Request, crisis_id: int) -> dict[str, Any]:
        """Tickets by status, who waits longest, held replies, posts by reach, and what is said every five minutes."""
        return room_form(room_of(known_crisis(crisis_id), timezone.now()), self.eyes)
