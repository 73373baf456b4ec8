"""Administration of crisis webhooks: other systems that may tell the desk of a crisis."""

from django.conf import settings
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.crises import crisis_hooks as verbs
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.crises.models import CrisisHook, HookCall
from desk.people.permissions import Permission
from desk.web.forms import Field, choice, filled, show_form
from desk.web.guards import person, signed_in
from desk.web.show.crises import LEVEL_WORDS

MANAGE = Permission.MANAGE_CRISES
PAGE = 50
MADE = "desk/administration/crisis_hook_made.html"


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """Each webhook, with what it was told last."""
    rows = CrisisHook.objects.filter(revoked_at=None).select_related("owner")
    page = slice_after(rows, ("name", "id"), request.GET.get("cursor", ""), PAGE)
    last = HookCall.objects.filter(hook=OuterRef("pk")).order_by("-at").values("pk")[:1]
    those = CrisisHook.objects.filter(pk__in=[row.pk for row in page.rows])
    calls = HookCall.objects.filter(pk__in=those.values(last=Subquery(last))).select_related("crisis")
    told = {call.hook_id: call for call in calls}
    lines = [(row, LEVEL_WORDS[row.level], address_of(row), told.get(row.pk)) for row in page.rows]
    return render(request, "desk/administration/crisis_hooks.html", {"lines": lines, "page": page})


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A new one. The secret that signs what is told is on this one answer and nowhere else."""
    refused = None
    if request.method == "POST":
        try:
            level = choice(request.POST, "level")
            hook, secret = verbs.create_hook(
                person(request), name=request.POST.get("name", ""), level=-1 if level is None else level
            )
        except DeskError as problem:
            refused = problem
        else:
            return _made(request, hook, secret)
    shown = filled(_fields(), request.POST if refused else {"level": "0"}, refused)
    return show_form(request, "desk/administration/crisis_hook_new.html", shown, {}, refused)


@require_POST
@signed_in(MANAGE)
def rotate(request: HttpRequest, hook_id: int) -> HttpResponse:
    """Another secret, shown once; the one before is good for a day more, unless it is to end at once."""
    try:
        hook, secret = verbs.rotate_hook(person(request), hook_id, at_once="at_once" in request.POST)
    except DeskError as refused:
        messages.error(request, str(refused.message))
        return redirect("administration-crisis-hooks")
    return _made(request, hook, secret)


@require_POST
@signed_in(MANAGE)
def revoke(request: HttpRequest, hook_id: int) -> HttpResponse:
    try:
        verbs.revoke_hook(person(request), hook_id)
    except DeskError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("Nothing is taken there any more. What it started goes on."))
    return redirect("administration-crisis-hooks")


def address_of(hook: CrisisHook) -> str:
    return f"{settings.WEB_URL}{reverse('crisis-hook', args=[hook.pk])}"


def _made(request: HttpRequest, hook: CrisisHook, secret: str) -> HttpResponse:
    answer = render(request, MADE, {"hook": hook, "secret": secret, "address": address_of(hook)})
    answer["Cache-Control"] = "no-store"
    return answer


def _fields() -> list[Field]:
    return [
        Field("name", gettext_lazy("Name of the system")),
        Field(
            "level",
            gettext_lazy("What it starts"),
            kind="choice",
            choices=tuple((str(int(level)), LEVEL_WORDS[level]) for level in verbs.LEVELS),
            help=gettext_lazy("At the most. A suspicion has no effect until somebody starts it; level 3 takes people."),
        ),
    ]
