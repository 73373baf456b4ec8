"""The live line's address, and where browsers say what their people do."""

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from desk.common.errors import Invalid
from desk.crises.models import Crisis
from desk.live.hub import Position, hub, position_of
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.threads.reading import readable
from desk.tickets import presence
from desk.tickets.queries import visible_tickets

NEVER: Position = (0, 0)  # older than anything: the browser is told to load again


@require_safe
async def line(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events for a signed-in person, from `Last-Event-ID` or `?since=` on. HEAD says whether one may."""
    user = await request.auser()
    if not isinstance(user, User):
        return HttpResponse(status=401)
    require(user, Permission.READ_TICKETS)
    if request.method == "HEAD":
        return HttpResponse(status=204)
    since = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    await sync_to_async(_let_go_of_the_database)()  # a line is open for minutes and needs no database
    answer = StreamingHttpResponse(hub().listen(user.pk, _position(since)), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"  # nginx would keep events back to fill its buffer
    return answer


@require_POST
def say_presence(request: HttpRequest) -> HttpResponse:
    """`ticket` and `state` (viewing, typing, left): what this person does at a ticket. `crisis`: in its war room.

    `thread`: in a thread between colleagues. Of a private one nobody is told: all screens hear who is where.
    """
    if not isinstance(request.user, User):
        return HttpResponse(status=401)
    try:
        crisis, thread = request.POST.get("crisis", ""), request.POST.get("thread", "")
        number, doing = (
            int(crisis or thread or request.POST.get("ticket", "")),
            presence.Doing(request.POST.get("state", "")),
        )
    except ValueError:
        raise Invalid(_("Say which ticket, and one of: viewing, typing, left.")) from None
    require(request.user, Permission.SEE_CRISES if crisis else Permission.READ_TICKETS)
    if crisis and Crisis.objects.filter(pk=number).exists():
        presence.say(presence.room(number), request.user, doing)
    elif thread and readable(request.user).filter(pk=number, private=False).exists():
        presence.say(presence.thread(number), request.user, doing)
    elif not crisis and not thread and visible_tickets(request.user).filter(pk=number).exists():
        presence.say(number, request.user, doing)
    return HttpResponse(status=204)


def _let_go_of_the_database() -> None:
    connections.close_all()  # looked up in the thread of this request, whose connection it is


def _position(since: str) -> Position | None:
    try:
        return position_of(since) if since else None
    except ValueError:
        return NEVER
