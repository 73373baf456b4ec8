"""Where the networks knock. A delivery is verified and stored, a worker does the rest.

Deliveries come here only where something else than `desk.asgi` serves the desk; there `desk.web.deliveries` takes them.
"""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from desk.actions import webhooks
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
