"""What saved searches found: read, answered on the network itself, or made a ticket of."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from desk.actions.customers.masking import Eyes
from desk.actions.intake import found
from desk.common.errors import DeskError
from desk.people.permissions import Permission
from desk.tickets.models import Message
from desk.web.guards import person, signed_in
from desk.web.show import numbers, text, times
from desk.web.show.tiles import tile

LONGEST = 600  # characters of a post in the list


@require_safe
@signed_in(Permission.READ_TICKETS)
def listed(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    reader, now = person(request), timezone.now()
    eyes, page = Eyes(reader), found.page(person(request), request.GET.get("cursor", ""))
    lines = [_line(one, eyes) | {"when": times.exact(one.created_at, now)} for one in page.rows]
    may_take_up = reader.may(Permission.WORK_TICKETS)
    return render(request, "desk/monitoring.html", {"lines": lines, "page": page, "may_take_up": may_take_up})


@require_POST
@signed_in(Permission.WORK_TICKETS)
def take_up(request: HttpRequest, message_id: int) -> HttpResponse:
    """Make a ticket of it."""
    try:
        found.take_up(person(request), message_id)
    except DeskError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("It comes into the queue like a mention."))
    return redirect("monitoring")


def _line(message: Message, eyes: Eyes) -> dict[str, object]:
    author = message.profile
    return {
        "pk": message.pk,
        "at": message.created_at,
        "tile": tile(message.inbox.network),
        "inbox": message.inbox.name,
        "name": text.name(author.name, author.handle, author.external_id) if author else _("Unknown"),
        "verified": bool(author and author.verified),
        "reach": numbers.reach(author.followers) if author else "",
        "text": text.said(eyes.read(message.text[: 2 * LONGEST])[:LONGEST]),
        "language": message.language,
        "url": message.url if message.url.startswith("https://") else "",
    }
