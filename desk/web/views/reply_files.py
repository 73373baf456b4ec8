"""What goes along with a reply that is being written, and looking at it: to signed-in people only."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from desk.actions.customers.masking import Eyes
from desk.actions.replies import reply_files as verbs
from desk.common.errors import Invalid, Missing
from desk.common.media.captions import MOST_BYTES
from desk.common.ranges import served
from desk.people.permissions import Permission
from desk.web import asked, reading
from desk.web.guards import person, signed_in
from desk.web.show.composer import media

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4"})
_DAY = 86_400


@signed_in(Permission.REPLY)
@require_POST
def attach(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """A file, or those of a canned response, an answer or a reply that failed, as items of the composer's list."""
    writer, values = person(request), request.POST
    ticket = reading.ticket_for(writer, ticket_id)
    visibility = values.get("visibility", "")
    if (canned := asked.number(values.get("canned", ""))) is not None:
        made = verbs.attach_canned(writer, ticket.pk, canned, visibility=visibility)
    elif (reply := asked.number(values.get("reply", ""))) is not None:
        made = verbs.attach_again(writer, reply)
    elif (shared := asked.number(values.get("answer_file", ""))) is not None:
        made = verbs.attach_answer_file(writer, ticket.pk, shared, visibility=visibility)
    else:
        given = request.FILES.get("file")
        try:
            made = [
                verbs.attach(
                    writer,
                    ticket.pk,
                    content=given.read(verbs.LARGEST + 1) if given else b"",
                    name=given.name or "" if given else "",
                    visibility=visibility,
                    seen_event_id=asked.number(values.get("seen", "")),
                )
            ]
        except Invalid as refused:
            return HttpResponse(str(refused.message), status=refused.status, content_type="text/plain; charset=utf-8")
    return render(request, "desk/ticket/_attachments.html", {"attached": made, **media(ticket)})


@signed_in(Permission.REPLY)
@require_POST
def order(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """As they go out."""
    verbs.put_in_order(person(request), ticket_id, asked.numbers([request.POST.get("ids", "")]))
    return HttpResponse(status=204)


@signed_in(Permission.REPLY)
@require_POST
def describe(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """For whoever can't see it."""
    verbs.describe(person(request), attachment_id, request.POST.get("alt_text", ""))
    return HttpResponse(status=204)


@signed_in(Permission.REPLY)
@require_POST
def caption(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Captions of a film, or none; the item of the composer's list anew."""
    writer, given = person(request), request.FILES.get("file")
    content = given.read(MOST_BYTES + 1) if given else b""
    try:
        row = verbs.caption(writer, attachment_id, content, request.POST.get("language", ""))
    except Invalid as refused:
        return HttpResponse(str(refused.message), status=refused.status, content_type="text/plain; charset=utf-8")
    ticket = reading.ticket_for(writer, row.draft.ticket_id if row.draft else 0)
    return render(request, "desk/ticket/_attachments.html", {"attached": [row], **media(ticket)})


@signed_in(Permission.READ_TICKETS)
@require_GET
def captions(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """As a track of the film."""
    return track(verbs.open_attachment(person(request), attachment_id).captions, Eyes(person(request)))


def track(text: str, eyes: Eyes) -> HttpResponse:
    """Captions as browsers read them, masked for whoever may not see personal data. Raises Missing."""
    if not text:
        raise Missing(_("This film has no captions."))
    answer = HttpResponse(eyes.read(text), content_type="text/vtt; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


@signed_in(Permission.REPLY)
@require_POST
def remove(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """It does not go along."""
    verbs.take_off(person(request), attachment_id)
    return HttpResponse(status=204)


@signed_in(Permission.READ_TICKETS)
@require_GET
def file(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """Pictures and films are shown; what else there is can only be saved."""
    found = verbs.open_attachment(person(request), attachment_id)
    answer = served(
        request,
        found.file,
        tag=f"reply-{found.pk}",
        content_type=found.content_type,
        filename=found.name,
        shown=found.content_type in SHOWN,
    )
    answer["Cache-Control"] = f"private, max-age={_DAY}"
    return answer
