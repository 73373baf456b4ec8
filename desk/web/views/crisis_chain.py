"""What people answer to a crisis's chain: on its page, and by the link in a message, which works without signing in."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from desk.actions.crises import crisis_messages
from desk.actions.crises import escalation as verbs
from desk.common.errors import DeskError, Missing
from desk.crises.models import Crisis
from desk.people.permissions import Permission
from desk.web.guards import person, signed_in
from desk.web.show.escalation import standing

TEMPLATE = "desk/crises/message.html"
LARGEST_REPORT = 10_000  # bytes


@require_POST
@signed_in(Permission.READ_TICKETS)
def acknowledge(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """“I see to it.”"""
    try:
        verbs.acknowledge(person(request), crisis_id)
        messages.success(request, _("You see to it. Nobody else is called meanwhile."))
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("crisis", crisis_id)


@require_POST
@signed_in(Permission.READ_TICKETS)
def call_up(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """Whether one comes."""
    try:
        verbs.answer_call_up(person(request), crisis_id, comes=request.POST.get("comes") == "1")
        messages.success(request, _("Your answer is known."))
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("crisis", crisis_id)


@csrf_exempt  # the signed link is what allows it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button: nothing happens by looking, because programs that guard a mailbox look at every link."""
    try:
        message = crisis_messages.message_of_link(token)
    except Missing as damaged:
        return _private(render(request, TEMPLATE, {"damaged": damaged}, status=damaged.status))
    assert message.user is not None  # noqa: S101 a link is to a person
    with translation.override(message.user.language):
        done, refused = False, None
        if request.method == "POST":
            try:
                if message.call_up is not None:
                    comes = request.POST.get("comes") == "1"
                    verbs.answer_call_up(message.user, message.crisis_id, comes=comes)
                else:
                    verbs.acknowledge(message.user, message.crisis_id, message=message)
                done = True
            except DeskError as problem:
                refused = problem
        context = {
            "message": message,
            "crisis": message.crisis,
            "done": done,
            "refused": refused,
            "comes": request.POST.get("comes") == "1",
            "standing": _standing(message.crisis),
        }
        return _private(render(request, TEMPLATE, context, status=refused.status if refused else 200))


@csrf_exempt
@require_POST
def report(request: HttpRequest, token: str) -> HttpResponse:
    """What a gateway for text messages says became of one."""
    try:
        told = json.loads(request.body[:LARGEST_REPORT])
        status, problem = str(told["status"]), str(told.get("problem", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"detail": "Give a JSON object with a status."}, status=400)
    try:
        crisis_messages.report(token, status, problem.replace("\x00", ""), timezone.now())
    except Missing as unknown:
        return JsonResponse({"detail": str(unknown.message)}, status=unknown.status)
    return HttpResponse(status=204)


def _standing(crisis: Crisis) -> str:
    row = verbs.running_of(crisis)
    return standing(row, timezone.now()) if row is not None else ""


def _private(answer: HttpResponse) -> HttpResponse:
    """The address lets its holder speak for somebody, so it goes nowhere else."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
