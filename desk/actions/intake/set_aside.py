"""Mail that a machine wrote: kept without a ticket, so that nobody answers it; listed, so that nothing is lost unseen.

Automatic replies, lists and mail servers are told by their headers (`connectors/parsing/mail_signs.py`). Who sees that
a person wrote one after all makes a case of it.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.intake.ingest import store
from desk.common.errors import Conflict, Missing
from desk.common.paging import Slice, slice_after
from desk.inboxes.gateway import item_from_json
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Message

BY_MACHINE = "automatic"  # of `desk.tickets.doubts`
SHOWN = 50


def of(inbox_id: int) -> "QuerySet[Message]":
    """What was set aside, without its words in other forms."""
    rows = Message.objects.filter(inbox=inbox_id, ticket=None, doubt=BY_MACHINE, outgoing=False, erased_at=None)
    return rows.select_related("profile", "conversation__current_ticket").defer("search")


def page(actor: User, inbox_id: int, cursor: str, size: int = SHOWN) -> Slice[Message]:
    """The newest first. Raises Missing where there is no such inbox, Invalid for a damaged cursor."""
    require(actor, Permission.MANAGE_INBOXES)
    if not Inbox.objects.filter(pk=inbox_id).exists():
        raise Missing(_("There is no such inbox."))
    return slice_after(of(inbox_id), ("id",), cursor, size, descending=True)


def take_up(actor: User, inbox_id: int, message_id: int, *, now: datetime | None = None) -> None:
    """It is a customer's word after all: it opens a case, or goes on with one, as if it had come so. Raises Missing,
    Conflict where what the network told is no longer kept.
    """
    require(actor, Permission.MANAGE_INBOXES)
    with transaction.atomic():
        rows = of(inbox_id).filter(pk=message_id)
        message = rows.select_for_update(of=("self",)).select_related("inbox").first()
        if message is None:
            raise Missing(_("There is no such message."))
        raw = RawItem.objects.filter(pk=message.raw_item_id or 0).first()
        if raw is None:
            raise Conflict(_("What the network told of this message is no longer kept. Read it in the mailbox itself."))
        said = replace(item_from_json(raw.item), addressed=True)
        store(message.inbox_id, [said], source="person", received_at=now or timezone.now())
        audit(actor, "mail_taken_up", message.inbox, message=message.external_id)
