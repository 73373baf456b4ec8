"""Administration of response times: what is promised to whom."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.actions.sla import sla_policies as policy_verbs
from desk.actions.sla.sla_change import preview
from desk.common.errors import DeskError
from desk.people.permissions import Permission
from desk.sla.models import BusinessCalendar, SlaPolicy
from desk.web import calendar_fields, sla_fields
from desk.web.forms import Field, filled, leave, show_form
from desk.web.guards import person, signed_in

MANAGE = Permission.MANAGE_SLA
PREVIEW = "preview"  # the name of the button that only looks


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """Policies in the order in which they are asked, and calendars."""
    calendars = BusinessCalendar.objects.filter(deleted_at=None).select_related("current")
    context = {
        "policies": policy_verbs.policies_in_order(),
        "calendars": [(one, calendar_fields.summary(one.current.form)) for one in calendars if one.current is not None],
    }
    return render(request, "desk/administration/response_times.html", context)


@signed_in(MANAGE)
def add_policy(request: HttpRequest) -> HttpResponse:
    """A new one, before the default policy."""

    def verb() -> object:
        values = sla_fields.policy_values(request.POST, is_default=False)
        return policy_verbs.create_policy(person(request), **values)

    fields = sla_fields.policy_fields(is_default=False)
    return _form(request, fields, {"enabled": True}, {}, verb)


@signed_in(MANAGE)
def policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Change one."""
    found = get_object_or_404(SlaPolicy.objects.select_related("current"), pk=policy_id, deleted_at=None)

    def verb() -> object:
        values = sla_fields.policy_values(request.POST, is_default=found.is_default)
        return policy_verbs.change_policy(person(request), policy_id, **values)

    fields, known = sla_fields.policy_fields(is_default=found.is_default), sla_fields.values_of_policy(found)
    return _form(request, fields, known, {"policy": found}, verb)


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


def look_or_keep(
    request: HttpRequest, verb: Callable[[], object], context: dict[str, Any]
) -> tuple[HttpResponse | None, DeskError | None]:
    """Look at what a change would do, or make it: the answer where there is one already, and what was refused."""
    try:
        if PREVIEW not in request.POST:
            verb()
            messages.success(request, _("The changes are kept."))
            return leave(request, "administration-response-times"), None
        context["effect"] = preview(verb)
    except DeskError as problem:
        return None, problem
    if request.headers.get("HX-Request"):
        return render(request, "desk/administration/_effect.html", context), None
    return None, None


def _form(
    request: HttpRequest,
    fields: list[Field],
    known: Mapping[str, object],
    context: dict[str, Any],
    verb: Callable[[], object],
) -> HttpResponse:
    """Show a policy, look at what it would do, or keep it."""
    answer, refused = look_or_keep(request, verb, context) if request.method == "POST" else (None, None)
    if answer is not None:
        return answer
    values = request.POST or known
    return show_form(request, "desk/administration/policy.html", filled(fields, values, refused), context, refused)
