"""What a mailbox holds that a machine wrote: listed, and made a case of where a person wrote it after all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from desk.actions.customers.masking import Eyes
from desk.actions.intake import set_aside
from desk.common.errors import DeskError
from desk.inboxes.models import Inbox
from desk.people.permissions import Permission
from desk.web.guards import person, signed_in
from desk.web.show.tiles import tile

LONGEST = 300  # characters of a mail in the list
MANAGE = Permission.MANAGE_INBOXES


@require_safe
@signed_in(MANAGE)
def listed(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """The newest first."""
    inbox, eyes = get_object_or_404(Inbox, pk=inbox_id), Eyes(person(request))
    page = set_aside.page(person(request), inbox_id, request.GET.get("cursor", ""))
    lines = [
        {
            "pk": one.pk,
            "at": one.created_at,
            "sender": one.profile.handle or one.profile.name if one.profile else "",
            "text": eyes.read(" ".join(one.text[: 2 * LONGEST].split())[:LONGEST]),
            "ticket": one.conversation.current_ticket_id,
        }
        for one in page.rows
    ]
    context = {"inbox": inbox, "tile": tile(inbox.network), "lines": lines, "page": page}
    return render(request, "desk/administration/set_aside.html", context)


@require_POST
@signed_in(MANAGE)
def take_up(request: HttpRequest, inbox_id: int, message_id: int) -> HttpResponse:
    """Make a case of it."""
    try:
        set_aside.take_up(person(request), inbox_id, message_id)
    except DeskError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("It comes into the queue like any other mail."))
    return redirect("administration-set-aside", inbox_id)
