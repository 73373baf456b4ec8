"""What goes along with a canned response: attached, described, taken off on its page."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.actions.replies import canned_files as verbs
from desk.actions.replies.canned_check import CannedBlocked
from desk.actions.replies.reply_files import LARGEST
from desk.common.errors import DeskError
from desk.people.permissions import Permission
from desk.replies.models import ReplyAttachment
from desk.web.guards import person, signed_in

ONE = "administration-canned-one"


@signed_in(Permission.EDIT_CANNED)
@require_POST
def attach(request: HttpRequest, canned_id: int) -> HttpResponse:
    given, alt_text = request.FILES.get("file"), request.POST.get("alt_text", "")
    content, name = (given.read(LARGEST + 1), given.name or "") if given else (b"", "")
    return _done(
        request,
        canned_id,
        lambda: verbs.attach_to_canned(person(request), canned_id, content=content, name=name, alt_text=alt_text),
    )


@signed_in(Permission.EDIT_CANNED)
@require_POST
def describe(request: HttpRequest, attachment_id: int) -> HttpResponse:
    words = request.POST.get("alt_text", "")
    return _done(
        request, _canned_of(attachment_id), lambda: verbs.describe_canned_file(person(request), attachment_id, words)
    )


@signed_in(Permission.EDIT_CANNED)
@require_POST
def earlier(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """It goes out before the one that stood before it."""
    canned_id = _canned_of(attachment_id)
    order = list(ReplyAttachment.objects.filter(canned_response=canned_id).values_list("pk", flat=True))
    place = order.index(attachment_id)
    order.insert(max(place - 1, 0), order.pop(place))
    return _done(request, canned_id, lambda: verbs.put_canned_files_in_order(person(request), canned_id, order))


@signed_in(Permission.EDIT_CANNED)
@require_POST
def remove(request: HttpRequest, attachment_id: int) -> HttpResponse:
    return _done(request, _canned_of(attachment_id), lambda: verbs.take_off_canned(person(request), attachment_id))


def _canned_of(attachment_id: int) -> int:
    row = get_object_or_404(ReplyAttachment, pk=attachment_id, canned_response__isnull=False)
    return cast(int, row.canned_response_id)  # just asked for


def _done(request: HttpRequest, canned_id: int, verb: Callable[[], object]) -> HttpResponse:
    try:
        verb()
    except DeskError as refused:
        why = [one.message for one in refused.objections] if isinstance(refused, CannedBlocked) else []
        messages.error(request, " ".join([str(refused.message), *why]))
    else:
        messages.success(request, _("The changes are kept."))
    return redirect(ONE, canned_id)
