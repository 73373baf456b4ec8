"""What goes along with a canned response when it is put into a reply: attached, described, taken off."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.replies.canned import inbox_ids_of
from desk.actions.replies.canned_check import refuse_if_blocked
from desk.actions.replies.reply_files import described, every_rule, refusal, taken
from desk.common.errors import Missing
from desk.common.files import gone_if_refused
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.replies import files
from desk.replies.models import CannedResponse, ReplyAttachment
from desk.rulebooks.active import InForce, hold_in_force
from policies.canned_states import State

MOST = 4  # files; no network takes more along in public


def attach_to_canned(
    actor: User, canned_id: int, *, content: bytes, name: str, alt_text: str = "", now: datetime | None = None
) -> ReplyAttachment:
    """Every reply that begins with it gets a copy. One that is on offer must pass the rules still.

    Raises Invalid, CannedBlocked, Missing.
    """
    require(actor, Permission.EDIT_CANNED)
    clean = taken(content, every_rule())
    with gone_if_refused() as made, transaction.atomic():
        under = hold_in_force()  # before the row, in the order of whoever switches another rulebook on
        canned = _locked(canned_id)
        if canned.attachments.count() >= MOST:
            raise refusal(_("At most %(count)d attachments go along here. Take one off first.") % {"count": MOST})
        row = files.keep(canned, clean, name, described(alt_text), actor, now or timezone.now())
        made.append(row)
        _changed(actor, canned, under, attached=row.name)
    return row


def describe_canned_file(actor: User, attachment_id: int, alt_text: str) -> ReplyAttachment:
    """Raises Invalid, CannedBlocked, Missing."""
    require(actor, Permission.EDIT_CANNED)
    words = described(alt_text)
    with transaction.atomic():
        under = hold_in_force()  # before the row, in the order of whoever switches another rulebook on
        canned, row = _of_canned(attachment_id)
        before, row.alt_text = row.alt_text, words
        row.save(update_fields=["alt_text"])
        _changed(actor, canned, under, described=row.name, before=before)
    return row


def put_canned_files_in_order(actor: User, canned_id: int, attachment_ids: Sequence[int]) -> CannedResponse:
    """As they go out; those that are not named come behind. Raises Missing."""
    require(actor, Permission.EDIT_CANNED)
    with transaction.atomic():
        canned = _locked(canned_id)
        before = list(canned.attachments.all())
        after = files.put_in_order(before, attachment_ids)
        if after != before:
            audit(actor, "canned_changed", canned, name=canned.name, in_order=[row.name for row in after])
    return canned


def take_off_canned(actor: User, attachment_id: int) -> CannedResponse:
    """Replies that were written with it keep their copies. Raises CannedBlocked, Missing."""
    require(actor, Permission.EDIT_CANNED)
    with transaction.atomic():
        under = hold_in_force()  # before the row, in the order of whoever switches another rulebook on
        canned, row = _of_canned(attachment_id)
        files.remove(ReplyAttachment.objects.filter(pk=row.pk))
        _changed(actor, canned, under, taken_off=row.name)
    return canned


def _changed(actor: User, canned: CannedResponse, under: InForce, **detail: str) -> None:
    if canned.state == State.ACTIVE:
        refuse_if_blocked(canned, inbox_ids_of(canned), under.rulebook)
    audit(actor, "canned_changed", canned, name=canned.name, **detail)


def _of_canned(attachment_id: int) -> tuple[CannedResponse, ReplyAttachment]:
    row = ReplyAttachment.objects.filter(pk=attachment_id, canned_response__isnull=False).first()
    if row is None or row.canned_response_id is None:
        raise Missing(_("This file is not here (any more)."))
    return _locked(row.canned_response_id), row


def _locked(canned_id: int) -> CannedResponse:
    canned = CannedResponse.objects.select_related("team").select_for_update(of=("self",)).filter(pk=canned_id).first()
    if canned is None:
        raise Missing(_("There is no such canned response."))
    return canned
