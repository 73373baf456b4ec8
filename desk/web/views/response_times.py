"""Administration of response times: what is promised to whom, and when time counts."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.actions import calendars as calendar_verbs
from desk.actions import sla_policies as policy_verbs
from desk.actions.sla_change import preview
from desk.common.errors import DeskError
from desk.people.permissions import Permission
from desk.sla.models import BusinessCalendar, SlaPolicy
from desk.web import sla_fields
from desk.web.forms import Field, filled, show_form
from desk.web.guards import person, signed_in

MANAGE = Permission.MANAGE_SLA
PREVIEW = "preview"  # the name of the button that only looks


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """Policies in the order in which they are asked, and calendars."""
    calendars = BusinessCalendar.objects.filter(deleted_at=None).select_related("current")
    context = {
        "policies": policy_verbs.policies_in_order(),
        "calendars": [(one, sla_fields.summary(one.current.form)) for one in calendars if one.current is not None],
    }
    return render(request, "desk/administration/response_times.html", context)


@signed_in(MANAGE)
def add_policy(request: HttpRequest) -> HttpResponse:
    """A new one, before the default policy."""

    def verb() -> object:
        values = sla_fields.policy_values(request.POST, is_default=False)
        return policy_verbs.create_policy(person(request), **values)

    fields = sla_fields.policy_fields(is_default=False)
    return _form(request, "desk/administration/policy.html", fields, {"enabled": True}, {}, verb)


@signed_in(MANAGE)
def policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Change one."""
    found = get_object_or_404(SlaPolicy.objects.select_related("current"), pk=policy_id, deleted_at=None)

    def verb() -> object:
        values = sla_fields.policy_values(request.POST, is_default=found.is_default)
        return policy_verbs.change_policy(person(request), policy_id, **values)

    fields, known = sla_fields.policy_fields(is_default=found.is_default), sla_fields.values_of_policy(found)
    return _form(request, "desk/administration/policy.html", fields, known, {"policy": found}, verb)


@require_POST
@signed_in(MANAGE)
def move_policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    """One place up: it is asked before the one that was above it."""
    order = [one.pk for one in policy_verbs.policies_in_order() if not one.is_default]
    if policy_id in order[1:]:
        place = order.index(policy_id)
        order[place - 1 : place + 1] = [policy_id, order[place - 1]]
        policy_verbs.reorder_policies(person(request), order)
    return redirect("administration-response-times")


@require_POST
@signed_in(MANAGE)
def delete_policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Clocks that were promised under it keep what they have."""
    policy_verbs.delete_policy(person(request), policy_id)
    messages.success(request, _("The policy is deleted. Clocks that run keep what it promised."))
    return redirect("administration-response-times")


@signed_in(MANAGE)
def add_calendar(request: HttpRequest) -> HttpResponse:
    """A new one."""

    def verb() -> object:
        form = sla_fields.calendar_form(request.POST)
        return calendar_verbs.create_calendar(person(request), name=request.POST.get("name", ""), form=form)

    fields = [field for field in sla_fields.calendar_fields() if field.kind != "tick"]  # no clock counts by it yet
    known = {"timezone": "Europe/Amsterdam"}
    return _form(request, "desk/administration/calendar.html", fields, known, {}, verb)


@signed_in(MANAGE)
def calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Change one."""
    found = get_object_or_404(BusinessCalendar.objects.select_related("current"), pk=calendar_id, deleted_at=None)

    def verb() -> object:
        return calendar_verbs.change_calendar(
            person(request),
            calendar_id,
            name=request.POST.get("name", ""),
            form=sla_fields.calendar_form(request.POST),
            apply_to_open="apply_to_open" in request.POST,
        )

    known = sla_fields.values_of_calendar(found.name, found.current.form if found.current else {})
    fields = sla_fields.calendar_fields()
    return _form(request, "desk/administration/calendar.html", fields, known, {"calendar": found}, verb)


@require_POST
@signed_in(MANAGE)
def delete_calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Refused while a policy counts by it."""
    try:
        calendar_verbs.delete_calendar(person(request), calendar_id)
    except DeskError as refused:
        messages.error(request, str(refused.message))
        return redirect("administration-calendar", calendar_id)
    messages.success(request, _("The calendar is deleted."))
    return redirect("administration-response-times")


def _form(
    request: HttpRequest,
    template: str,
    fields: list[Field],
    known: Mapping[str, object],
    context: dict[str, Any],
    verb: Callable[[], object],
) -> HttpResponse:
    """Show a form, look at what it would do, or do it."""
    refused = None
    looks = PREVIEW in request.POST
    if request.method == "POST":
        try:
            if looks:
                context["effect"] = preview(verb)
            else:
                verb()
                messages.success(request, _("The changes are kept."))
                page = redirect("administration-response-times")
                by_script = request.headers.get("HX-Request")
                return HttpResponse(headers={"HX-Redirect": page.url}) if by_script else page
        except DeskError as problem:
            refused = sla_fields.at_fields(problem)
    if looks and refused is None and request.headers.get("HX-Request"):
        return render(request, "desk/administration/_effect.html", context)
    values = request.POST if request.method == "POST" else known
    return show_form(request, template, filled(fields, values, refused), context, refused)
