"""Where networks knock, and other systems that tell of a crisis. A network's delivery is verified and stored, a worker
does the rest.

Deliveries come here only where something else than `desk.asgi` serves the desk; there `desk.web.deliveries` takes them.
"""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from desk.actions.crises import hook_calls
from desk.actions.inboxes import webhooks
from desk.common.errors import DeskError


@csrf_exempt
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """GET: the network checks the address. POST: a delivery. 403: bad signature, 404: no such inbox, 413: too large."""
    try:
        if request.method == "GET":
            body, content_type = webhooks.handshake(inbox_id, request.GET.dict())
            return HttpResponse(body, content_type=content_type)
        webhooks.receive(inbox_id, {name.lower(): value for name, value in request.headers.items()}, request.body)
    except DeskError as refused:
        return HttpResponse(f"{refused.message}\n", status=refused.status, content_type="text/plain; charset=utf-8")
    except RequestDataTooBig:
        return HttpResponse("A delivery may have 5 MB at most.\n", status=413, content_type="text/plain")
    return HttpResponse(status=200)


@csrf_exempt
@require_POST
def crisis_hook(request: HttpRequest, hook_id: int) -> HttpResponse:
    """201: a crisis began; 200: told before, or a line of one that goes on. Problems are answered as the API does."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        taken = hook_calls.take(hook_id, headers, request.body, timezone.now())
    except RequestDataTooBig:
        return JsonResponse({"detail": "This is too large.", "code": "too_large", "errors": {}}, status=413)
    except DeskError as refused:
        told = {"detail": str(refused.message), "code": refused.code, "errors": refused.errors}
        return JsonResponse(told, status=refused.status)
    crisis = taken.crisis
    answer = {
        "crisis": crisis.pk,
        "state": crisis.state,
        "level": crisis.level_at(timezone.now()),
        "url": f"{settings.WEB_URL}/crises/{crisis.pk}/",
        "repeated": taken.repeated,
        "joined": taken.joined,
    }
    return JsonResponse(answer, status=200 if taken.repeated or taken.joined else 201)
