"""Files of customers, from our own store and to signed-in people only: the network never learns who looked."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from desk.actions import kept
from desk.actions.masking import Eyes
from desk.common.errors import Missing
from desk.people.permissions import Permission
from desk.tickets import queries
from desk.tickets.models import Message
from desk.web.guards import person, signed_in

SHOWN = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "audio/mpeg", "audio/mp4", "audio/ogg"}
)
_DAY = 86_400


@signed_in(Permission.READ_TICKETS)
@require_GET
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """Pictures, sound and film are shown; whatever else a stranger sent can only be saved."""
    found = kept.open_file(person(request), attachment_id)
    shown = found.content_type in SHOWN
    try:
        file = found.file.open("rb")
    except FileNotFoundError as gone:
        raise Missing(_("This file is not here (any more).")) from gone
    answer = FileResponse(
        file,
        as_attachment=not shown,
        filename=(found.file.name or "").rpartition("/")[2],
        content_type=found.content_type if shown else "application/octet-stream",
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    deleted = found.message.deleted_at is not None
    answer["Cache-Control"] = "no-store" if deleted else f"private, max-age={_DAY}"
    return answer


@signed_in(Permission.READ_TICKETS)
@require_GET
def whole_text(request: HttpRequest, message_id: int) -> HttpResponse:
    """A message that is too long for the thread, as plain text."""
    seen = queries.visible_tickets(person(request))
    found = Message.objects.filter(pk=message_id, ticket__in=seen, deleted_at=None).defer("search").first()
    if found is None:
        raise Missing(_("There is no such message."))
    whole = Eyes(person(request)).read(found.text, by=found.sender_id)
    answer = HttpResponse(whole, content_type="text/plain; charset=utf-8")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
