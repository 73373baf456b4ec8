"""What a customer took back: kept, shown to nobody by itself, and every look at it written down."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.tickets.timeline import record
from desk.common.errors import Conflict, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Attachment, Message
from desk.tickets.queries import visible_tickets


def show_deleted(actor: User, message_id: int, *, now: datetime | None = None) -> Message:
    """A deleted message as it read, with its versions and attachments. Raises Missing, Conflict where it still stands.

    Timeline and audit say who looked.
    """
    require(actor, Permission.SEE_DELETED)
    rows = Message.objects.filter(pk=message_id, ticket__in=visible_tickets(actor)).defer("search")
    message = rows.select_related("ticket", "profile", "sender", "reply").first()
    if message is None:
        raise Missing(_("There is no such message."))
    if message.deleted_at is None:
        raise Conflict(_("This message was not deleted; it is in the thread."), code="not_deleted")
    _write_down(actor, message, "deleted_shown", now or timezone.now())
    return message


def open_file(actor: User, attachment_id: int, *, now: datetime | None = None) -> Attachment:
    """A file of a ticket, or of a public post around one; that of a deleted message as `show_deleted` shows its text.

    Raises Missing.
    """
    require(actor, Permission.READ_TICKETS)
    stored = Attachment.objects.filter(pk=attachment_id, state=Attachment.State.STORED)
    context = Q(message__ticket=None, message__private=False)
    seen = stored.filter(Q(message__ticket__in=visible_tickets(actor)) | context).select_related("message__ticket")
    attachment = seen.defer("message__search").first()
    if attachment is None or not attachment.file:
        raise Missing(_("This file is not here (any more)."))
    if attachment.message.deleted_at is not None:
        require(actor, Permission.SEE_DELETED)
        _write_down(actor, attachment.message, "deleted_file_shown", now or timezone.now(), attachment=attachment.pk)
    return attachment


def _write_down(actor: User, message: Message, kind: str, now: datetime, **detail: int) -> None:
    if message.ticket is None:
        return
    with transaction.atomic():
        record(message.ticket, kind, at=now, actor=actor, message=message.pk, **detail)
        audit(actor, kind, message, ticket=message.ticket_id, **detail)
