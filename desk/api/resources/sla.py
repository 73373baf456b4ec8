"""Response times: policies, calendars, and what a change of them would do."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.sla import calendars as calendar_verbs
from desk.actions.sla import sla_change
from desk.actions.sla import sla_policies as verbs
from desk.api.forms.sla import (
    ApplySerializer,
    CalendarSerializer,
    CalendarVersionSerializer,
    ChangeCalendarSerializer,
    ChangePolicySerializer,
    EffectSerializer,
    OrderSerializer,
    PolicySerializer,
    PolicyVersionSerializer,
    RenewedClockSerializer,
    WriteCalendarSerializer,
    WritePolicySerializer,
    calendar_form,
    calendar_version_form,
    effect_form,
    policy_columns,
    policy_form,
    policy_version_form,
    renewed_form,
)
from desk.api.forms.tickets import TicketSerializer
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.resources.tickets import ticket_of, written
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.sla.models import BusinessCalendar, CalendarVersion, SlaPolicy, SlaPolicyVersion


class SlaPolicies(Resource):
    @operation("sla_policies_list", "List SLA policies", asks=PageQuery, gives=PolicySerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """In the order in which they are asked; the default one comes last."""
        return Page(
            slice_after(_policies(), ("position", "id"), query["cursor"], query["page_size"]), each(policy_form)
        )

    @operation(
        "sla_policies_create", "Add an SLA policy", takes=WritePolicySerializer, gives=PolicySerializer, status=201
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Behind the others and before the default one."""
        return _policy(verbs.create_policy(self.person, **policy_columns(wish)).pk)


class PreviewNewPolicy(Resource):
    @operation(
        "sla_policies_preview_new",
        "What a new policy would do to open clocks",
        takes=WritePolicySerializer,
        gives=EffectSerializer,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        columns = policy_columns(wish)
        return effect_form(sla_change.preview(lambda: verbs.create_policy(self.person, **columns)))


class SlaPolicyOrder(Resource):
    @operation("sla_policies_order", "Put the policies in another order", takes=OrderSerializer, status=204)
    def post(self, request: Request, wish: dict[str, Any]) -> None:
        verbs.reorder_policies(self.person, wish["order"], apply_to_open=wish["apply_to_open"])


class OneSlaPolicy(Resource):
    @operation("sla_policies_read", "Read an SLA policy", gives=PolicySerializer)
    def get(self, request: Request, policy_id: int) -> Any:
        return _policy(policy_id)

    @operation("sla_policies_change", "Change an SLA policy", takes=ChangePolicySerializer, gives=PolicySerializer)
    def patch(self, request: Request, policy_id: int, wish: dict[str, Any]) -> Any:
        """New conditions, targets or another calendar make a new version. Clocks that ended keep theirs for ever."""
        return _policy(verbs.change_policy(self.person, policy_id, **policy_columns(wish)).pk)

    @operation("sla_policies_delete", "Remove an SLA policy", asks=ApplySerializer, status=204)
    def delete(self, request: Request, policy_id: int, query: dict[str, Any]) -> None:
        """Kept for the clocks that were promised under it. The default one can't be removed."""
        verbs.delete_policy(self.person, policy_id, apply_to_open=query["apply_to_open"])


class PreviewSlaPolicy(Resource):
    @operation(
        "sla_policies_preview",
        "What a change of a policy would do to open clocks",
        takes=ChangePolicySerializer,
        gives=EffectSerializer,
    )
    def post(self, request: Request, policy_id: int, wish: dict[str, Any]) -> Any:
        columns = policy_columns(wish)
        return effect_form(sla_change.preview(lambda: verbs.change_policy(self.person, policy_id, **columns)))


class SlaPolicyVersions(Resource):
    @operation(
        "sla_policies_versions_list",
        "List the versions of a policy",
        asks=PageQuery,
        gives=PolicyVersionSerializer,
        paged=True,
    )
    def get(self, request: Request, policy_id: int, query: dict[str, Any]) -> Page:
        """The newest first; also of a policy that was removed."""
        rows = SlaPolicyVersion.objects.filter(policy=policy_id).select_related("author")
        key, cursor, size = ("number",), query["cursor"], query["page_size"]
        return Page(slice_after(rows, key, cursor, size, descending=True), each(policy_version_form))


class Calendars(Resource):
    @operation("calendars_list", "List business calendars", asks=PageQuery, gives=CalendarSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """By name."""
        rows = slice_after(_calendars(), ("name", "id"), query["cursor"], query["page_size"])
        return Page(rows, each(calendar_form))

    @operation(
        "calendars_create",
        "Add a business calendar",
        takes=WriteCalendarSerializer,
        gives=CalendarSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        return _calendar(calendar_verbs.create_calendar(self.person, **wish).pk)


class OneCalendar(Resource):
    @operation("calendars_read", "Read a business calendar", gives=CalendarSerializer)
    def get(self, request: Request, calendar_id: int) -> Any:
        return _calendar(calendar_id)

    @operation(
        "calendars_change", "Change a business calendar", takes=ChangeCalendarSerializer, gives=CalendarSerializer
    )
    def patch(self, request: Request, calendar_id: int, wish: dict[str, Any]) -> Any:
        """A new form makes a new version. Deadlines that were computed under an older one stay as they are."""
        return _calendar(calendar_verbs.change_calendar(self.person, calendar_id, **wish).pk)

    @operation("calendars_delete", "Remove a business calendar", status=204)
    def delete(self, request: Request, calendar_id: int) -> None:
        """Kept for the clocks that ran by it. Refused while a policy counts by it."""
        calendar_verbs.delete_calendar(self.person, calendar_id)


class EffectOfCalendar(Resource):
    @operation(
        "calendars_effect",
        "What a change of a calendar would do to open clocks",
        takes=ChangeCalendarSerializer,
        gives=EffectSerializer,
    )
    def post(self, request: Request, calendar_id: int, wish: dict[str, Any]) -> Any:
        change = calendar_verbs.change_calendar
        return effect_form(sla_change.preview(lambda: change(self.person, calendar_id, **wish)))


class CalendarVersions(Resource):
    @operation(
        "calendars_versions_list",
        "List the versions of a calendar",
        asks=PageQuery,
        gives=CalendarVersionSerializer,
        paged=True,
    )
    def get(self, request: Request, calendar_id: int, query: dict[str, Any]) -> Page:
        """The newest first; also of a calendar that was removed."""
        rows = CalendarVersion.objects.filter(calendar=calendar_id).select_related("author")
        key, cursor, size = ("number",), query["cursor"], query["page_size"]
        return Page(slice_after(rows, key, cursor, size, descending=True), each(calendar_version_form))


class RenewPromise(Resource):
    @operation(
        "tickets_renewal_read",
        "See what the policies promise a ticket now",
        gives=RenewedClockSerializer,
        many=True,
    )
    def get(self, request: Request, ticket_id: int) -> Any:
        """Each open clock that would get another promise; none where the policies promise the same."""
        found = sla_change.preview_ticket(self.person, ticket_of(self.person, ticket_id))
        return [renewed_form(one, timezone.now()) for one in found]

    @operation("tickets_renew_promise", "Promise a ticket what the policies promise now", gives=TicketSerializer)
    def post(self, request: Request, ticket_id: int) -> dict[str, Any]:
        """After a new priority, a tag or a move to a private thread: open clocks otherwise keep what they had."""
        sla_change.renew_ticket(self.person, ticket_of(self.person, ticket_id))
        return written(self.person, ticket_id)


def _policies() -> QuerySet[SlaPolicy]:
    return SlaPolicy.objects.filter(deleted_at=None).select_related("current__author", "current__calendar__current")


def _policy(policy_id: int) -> Any:
    policy = _policies().filter(pk=policy_id).first()
    if policy is None:
        raise Missing(_("There is no such policy."))
    return policy_form(policy)


def _calendars() -> QuerySet[BusinessCalendar]:
    return BusinessCalendar.objects.filter(deleted_at=None).select_related("current__author")


def _calendar(calendar_id: int) -> Any:
    calendar = _calendars().filter(pk=calendar_id).first()
    if calendar is None:
        raise Missing(_("There is no such calendar."))
    return calendar_form(calendar)
