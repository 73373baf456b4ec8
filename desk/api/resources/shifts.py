"""Working hours, absences, and who is at work now."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.people import shifts as verbs
from desk.api.forms.shifts import (
    AbsenceQuery,
    AbsenceSerializer,
    ChangeAbsenceSerializer,
    ChangeShiftSerializer,
    CreateAbsenceSerializer,
    CreateShiftSerializer,
    ShiftQuery,
    ShiftSerializer,
    StandingSerializer,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, serialized
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.duty import standings
from desk.people.models import Absence, Shift, User
from desk.people.permissions import Permission

_NAMES = {"user": "user_id", "team": "team_id"}


class Shifts(Resource):
    @operation("shifts_list", "List working hours", asks=ShiftQuery, gives=ShiftSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        wanted = {name: query[name] for name in ("user", "team") if name in query}
        rows = Shift.objects.filter(**wanted).select_related("user", "team")
        return Page(slice_after(rows, ("id",), query["cursor"], query["page_size"]), serialized(ShiftSerializer))

    @operation("shifts_create", "Add working hours", takes=CreateShiftSerializer, gives=ShiftSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Of a person or of a team."""
        return ShiftSerializer(verbs.create_shift(self.person, **_columns(wish))).data


class OneShift(Resource):
    @operation("shifts_read", "Read working hours", gives=ShiftSerializer)
    def get(self, request: Request, shift_id: int) -> Any:
        shift = Shift.objects.select_related("user", "team").filter(pk=shift_id).first()
        if shift is None:
            raise Missing(_("There is no such shift."))
        return ShiftSerializer(shift).data

    @operation("shifts_change", "Change working hours", takes=ChangeShiftSerializer, gives=ShiftSerializer)
    def patch(self, request: Request, shift_id: int, wish: dict[str, Any]) -> Any:
        """What is left out stays."""
        return ShiftSerializer(verbs.change_shift(self.person, shift_id, **_columns(wish))).data

    @operation("shifts_delete", "Remove working hours", status=204)
    def delete(self, request: Request, shift_id: int) -> None:
        """Whoever has none left counts as on duty while they are not away."""
        verbs.delete_shift(self.person, shift_id)


class Absences(Resource):
    reads = Permission.MANAGE_SHIFTS  # why somebody is not there is not for everybody

    @operation("absences_list", "List absences", asks=AbsenceQuery, gives=AbsenceSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The latest beginning first."""
        rows = Absence.objects.select_related("user")
        if "user" in query:
            rows = rows.filter(user=query["user"])
        found = slice_after(rows, ("starts_at", "id"), query["cursor"], query["page_size"], descending=True)
        return Page(found, serialized(AbsenceSerializer))

    @operation("absences_create", "Add an absence", takes=CreateAbsenceSerializer, gives=AbsenceSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Once it has begun, a team that assigns gives what waits for this person's answer to others."""
        return AbsenceSerializer(verbs.create_absence(self.person, **_columns(wish))).data


class OneAbsence(Resource):
    reads = Permission.MANAGE_SHIFTS

    @operation("absences_read", "Read an absence", gives=AbsenceSerializer)
    def get(self, request: Request, absence_id: int) -> Any:
        absence = Absence.objects.select_related("user").filter(pk=absence_id).first()
        if absence is None:
            raise Missing(_("There is no such absence."))
        return AbsenceSerializer(absence).data

    @operation("absences_change", "Change an absence", takes=ChangeAbsenceSerializer, gives=AbsenceSerializer)
    def patch(self, request: Request, absence_id: int, wish: dict[str, Any]) -> Any:
        """What is left out stays."""
        return AbsenceSerializer(verbs.change_absence(self.person, absence_id, **_columns(wish))).data

    @operation("absences_delete", "Remove an absence", status=204)
    def delete(self, request: Request, absence_id: int) -> None:
        verbs.delete_absence(self.person, absence_id)


class OnDuty(Resource):
    @operation("duty_list", "List who is at work now", asks=PageQuery, gives=StandingSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """Everybody who works here, on duty or not, and until when that lasts."""
        rows = User.objects.filter(is_active=True)
        return Page(slice_after(rows, ("id",), query["cursor"], query["page_size"]), _standing)


def _standing(people: list[User]) -> list[Any]:
    known = standings(people, timezone.now())
    rows = [
        {"user": one, "on_duty": known[one.pk].on_duty, "duty": known[one.pk].duty, "until": known[one.pk].until}
        for one in people
    ]
    return list(StandingSerializer(rows, many=True).data)


def _columns(wish: dict[str, Any]) -> dict[str, Any]:
    return {_NAMES.get(name, name): value for name, value in wish.items()}
