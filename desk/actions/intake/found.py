"""What the saved search of an account found: looked at, without a ticket and without a clock.

Whoever wrote it did not call us, and where the network lets nobody be answered unasked (X, unless the plan says
otherwise) the desk can't answer. A colleague reads it, answers on the network itself, or makes a ticket of it.
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
from desk.inboxes.gateway import ItemKind, item_from_json
from desk.inboxes.models import RawItem
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Message

SHOWN = 50


def found() -> "QuerySet[Message]":
    """What was found and still stands there, without its words in other forms."""
    rows = Message.objects.filter(kind=ItemKind.FOUND, ticket=None, deleted_at=None, erased_at=None)
    return rows.select_related("profile", "inbox").defer("search", "inbox__sealed_credentials")


def page(actor: User, cursor: str, size: int = SHOWN) -> Slice[Message]:
    """The newest first. Raises Invalid for a damaged cursor."""
    require(actor, Permission.READ_TICKETS)
    return slice_after(found(), ("id",), cursor, size, descending=True)


def take_up(actor: User, message_id: int, *, now: datetime | None = None) -> None:
    """It is a case after all: it opens a ticket as a mention would. The network still lets nobody answer it unasked.

    Raises Missing, Conflict where what the network told is no longer kept.
    """
    require(actor, Permission.WORK_TICKETS)
    with transaction.atomic():
        message = found().select_for_update(of=("self",)).filter(pk=message_id).first()
        if message is None:
            raise Missing(_("There is no such message."))
        raw = RawItem.objects.filter(pk=message.raw_item_id or 0).first()
        if raw is None:
            raise Conflict(_("What the network told of this post is no longer kept. Open it on the network itself."))
        said = replace(item_from_json(raw.item), addressed=True, kind=ItemKind.MENTION)
        store(message.inbox_id, [said], source="person", received_at=now or timezone.now())
        audit(actor, "found_taken_up", message.inbox, message=message.external_id)
