"""Macros: those that somebody may use, their forms, and using one on a ticket or on all that are picked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from desk.actions.automation import macros as verbs
from desk.actions.automation.automations import Known
from desk.actions.automation.step_words import step_words
from desk.automation.models import Macro
from desk.common.errors import DeskError, Invalid
from desk.people.permissions import Permission
from desk.web import asked, automation_fields, lines, reading
from desk.web.forms import Field, filled, leave, show_form
from desk.web.guards import person, signed_in
from policies.automation_steps import BY_PEOPLE, MOST_STEPS, Do

WORK = Permission.WORK_TICKETS


@signed_in(WORK)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """One's own and those of everybody."""
    actor = person(request)
    return render(
        request, "desk/macros/list.html", {"macros": _lines(request), "shares": _shares(request), "me": actor}
    )


@signed_in(WORK)
def add(request: HttpRequest) -> HttpResponse:
    return _form(request, None)


@signed_in(WORK)
def one(request: HttpRequest, macro_id: int) -> HttpResponse:
    return _form(request, verbs.macro_of(person(request), macro_id))


@signed_in(WORK)
@require_POST
def delete(request: HttpRequest, macro_id: int) -> HttpResponse:
    verbs.delete_macro(person(request), macro_id)
    messages.success(request, _("The macro is gone."))
    return redirect("macros")


@signed_in(WORK)
@require_GET
def dialog(request: HttpRequest) -> HttpResponse:
    """What can be used here, each with what it will do."""
    ids = asked.numbers(request.GET.getlist("ids"))
    single = len(ids) == 1 and request.GET.get("bulk") != "1"
    ticket = reading.ticket_for(person(request), ids[0]) if single else None
    action = reverse("ticket-macro", args=ids) if single else reverse("bulk")
    context = {"ids": ids, "ticket": ticket, "action": action, "verb": "macro", "macros": _lines(request)}
    return render(request, "desk/dialogs/macro.html", context)


@signed_in(WORK)
@require_POST
def apply(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The ticket afterwards."""
    applied = verbs.apply_macro(person(request), ticket_id, chosen(request))
    wrote = any(step.do is Do.DRAFT for step in applied.macro.steps)
    opened = reading.glance(person(request), ticket_id)
    return render(request, "desk/ticket/_opened.html", {"opened": opened, "anew": wrote})


def chosen(request: HttpRequest) -> int:
    """Which macro. Raises Invalid."""
    macro_id = asked.number(request.POST.get("macro", ""))
    if macro_id is None:
        raise Invalid(_("Choose a macro."), errors={"macro": [_("Choose a macro.")]})
    return macro_id


def _form(request: HttpRequest, macro: Macro | None) -> HttpResponse:
    values: QueryDict = request.POST
    refused, focus = None, None
    if lines.DO in request.POST:
        values, focus = lines.rearranged(request.POST, "steps", automation_fields.EMPTY)
    elif request.method == "POST":
        try:
            _keep(request, macro)
            return leave(request, "macros")
        except DeskError as problem:
            refused = automation_fields.at_fields(problem, 0)
    elif macro is None:
        values = request.GET.copy()
        values.update({"steps.0.do": "tag"})
    else:
        values = request.GET.copy()
        values.update({"name": macro.name, **({"shared": "on"} if macro.owner_id is None else {})})
        values = lines.written(values, "steps", [automation_fields.line_of(step) for step in macro.steps])
    own = [Field("name", gettext_lazy("Name"))]
    if _shares(request):
        own.append(Field("shared", gettext_lazy("For everybody"), "tick"))
    fields = filled(own, values, refused)
    typed = automation_fields.step_fields(values, Known(), BY_PEOPLE, refused, focus)
    context = {
        "macro": macro,
        "own": fields,
        "steps": typed,
        "full": len(typed) >= MOST_STEPS,
        "empty": focus is not None and not typed,
        "action": reverse("macro", args=[macro.pk]) if macro else reverse("macro-new"),
        "may_change": macro is None or macro.owner_id is not None or _shares(request),
    }
    every = [*fields, *(field for step in typed for field in step)]
    return show_form(request, "desk/macros/form.html", every, context, refused)


def _keep(request: HttpRequest, macro: Macro | None) -> None:
    typed: dict[str, Any] = {
        "name": request.POST.get("name", ""),
        "steps": automation_fields.steps_of(request.POST),
        "shared": "shared" in request.POST,
    }
    if macro is None:
        verbs.create_macro(person(request), **typed)
    else:
        verbs.change_macro(person(request), macro.pk, **typed)
    messages.success(request, _("The macro is kept."))


def _lines(request: HttpRequest) -> list[tuple[Macro, list[str]]]:
    """Each with what it does, in words."""
    found = list(verbs.macros_of(person(request)))
    known = Known() if found else None
    return [(macro, [step_words(step, known) for step in macro.steps]) for macro in found if known is not None]


def _shares(request: HttpRequest) -> bool:
    return person(request).may(Permission.WRITE_AUTOMATION)
