"""Files of customers, from our own store and to signed-in people only: the network never learns who looked."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from desk.actions.customers.masking import Eyes
from desk.actions.replies import kept
from desk.common.errors import Missing
from desk.common.ranges import served
from desk.inboxes.models import RawItem
from desk.people.permissions import Permission
from desk.tickets import queries
from desk.tickets.models import Message
from desk.web.guards import person, signed_in
from desk.web.views.reply_files import track

SHOWN = frozenset(
    "image/png image/jpeg image/gif image/webp video/mp4 video/webm audio/mpeg audio/mp4 audio/ogg audio/aac".split()
)
_DAY = 86_400


@signed_in(Permission.READ_TICKETS)
@require_GET
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """Pictures, sound and film are shown; whatever else a stranger sent can only be saved."""
    found = kept.open_file(person(request), attachment_id)
    answer = served(
        request,
        found.file,
        tag=f"customer-{found.pk}",
        content_type=found.content_type,
        filename=(found.file.name or "").rpartition("/")[2],
        shown=found.content_type in SHOWN,
    )
    deleted = found.message.deleted_at is not None
    answer["Cache-Control"] = "no-store" if deleted else f"private, max-age={_DAY}"
    return answer


@signed_in(Permission.READ_TICKETS)
@require_GET
def captions(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Those of a film, as a track of it."""
    return track(kept.open_file(person(request), attachment_id).captions, Eyes(person(request)))


@signed_in(Permission.READ_TICKETS)
@require_GET
def whole_text(request: HttpRequest, message_id: int) -> HttpResponse:
    """A message that is too long for the thread, as plain text."""
    seen = queries.visible_tickets(person(request))
    found = Message.objects.filter(pk=message_id, ticket__in=seen, deleted_at=None).defer("search").first()
    if found is None:
        raise Missing(_("There is no such message."))
    return _plain(Eyes(person(request)).read(found.text, by=found.sender_id))


@signed_in(Permission.READ_TICKETS)
@require_GET
def whole_mail(request: HttpRequest, message_id: int) -> HttpResponse:
    """A mail with its headers and all that stood below what is new, as plain text."""
    seen = queries.visible_tickets(person(request))
    rows = Message.objects.filter(pk=message_id, ticket__in=seen, deleted_at=None, erased_at=None)
    kept = RawItem.objects.filter(pk__in=rows.values("raw_item_id")).values_list("item__raw", flat=True).first()
    if not isinstance(kept, dict) or "headers" not in kept:
        raise Missing(_("There is no such message."))
    head = "\n".join(f"{name}: {value}" for name, value in kept["headers"].items())
    return _plain(Eyes(person(request)).read(f"{head}\n\n{kept.get('text', '')}"))


def _plain(words: str) -> HttpResponse:
    answer = HttpResponse(words, content_type="text/plain; charset=utf-8")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
