"""Shutting an account out on its network: asked here, done by a worker, told on the timeline.

That is the network's: who is shut out can't write to our account there any more. Whom the desk blocks or mutes
(`blocking.py`, `muting.py`) can, and the two do not know of each other.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.customers.blocking import LONGEST_REASON
from desk.actions.inboxes.health import needs_reauthorisation
from desk.actions.tickets.announce import announce
from desk.actions.tickets.timeline import record
from desk.common.background import enqueue
from desk.common.encryption import Unsealable
from desk.common.errors import Conflict, Invalid, Missing
from desk.inboxes.calls import connect
from desk.inboxes.gateway import AuthExpired, NetworkError, NotFound, UnknownNetwork, capabilities_of
from desk.inboxes.models import Inbox
from desk.inboxes.words import kept
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import NetworkBlock, Ticket

BLOCK, UNBLOCK = "block", "unblock"  # as the timeline says it


def can_block(inbox: Inbox) -> bool:
    """Whether the network of this inbox has such a thing, and the connector is there."""
    try:
        return capabilities_of(inbox).blocks
    except UnknownNetwork:
        return False


def of_ticket(ticket: Ticket) -> NetworkBlock | None:
    """What was asked of the network about whoever wrote this ticket; None for nothing that still holds."""
    return NetworkBlock.objects.filter(inbox=ticket.inbox_id, profile=ticket.profile_id).first()


def block(actor: User, ticket_id: int, *, reason: str, now: datetime | None = None) -> NetworkBlock:
    """Have the writer of this ticket shut out by the account that they wrote to. Raises Missing, Invalid, Conflict."""
    require(actor, Permission.BLOCK_CUSTOMERS)
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_("Say why, in 1 to 200 characters."), errors={"reason": [_("1 to 200 characters.")]})
    return _ask(actor, ticket_id, blocked=True, reason=reason, now=now or timezone.now())


def unblock(actor: User, ticket_id: int, *, now: datetime | None = None) -> NetworkBlock:
    """Have them let in again. Raises Missing, Conflict."""
    require(actor, Permission.BLOCK_CUSTOMERS)
    return _ask(actor, ticket_id, blocked=False, reason="", now=now or timezone.now())


def carry_out(block_id: int, now: datetime) -> None:
    """Do on the network what was asked last; doing it twice is harmless."""
    row = NetworkBlock.objects.select_related("inbox", "profile", "asked_by").filter(pk=block_id).first()
    if row is None:
        return
    try:
        connect(row.inbox).block(row.profile.external_id, blocked=row.blocked)
    except (NetworkError, Unsealable) as problem:
        if not (isinstance(problem, NotFound) and not row.blocked):  # who is gone is shut out by nobody
            _failed(row, AuthExpired(str(problem)) if isinstance(problem, Unsealable) else problem, now)
            return
    with transaction.atomic():
        same = NetworkBlock.objects.filter(pk=row.pk, asked_at=row.asked_at)
        if row.blocked:
            same.update(state=NetworkBlock.State.DONE, problem={})
        else:
            same.delete()
        _tell(row, "action_done", now)


def _ask(actor: User, ticket_id: int, *, blocked: bool, reason: str, now: datetime) -> NetworkBlock:
    with transaction.atomic():
        ticket = Ticket.objects.select_related("inbox", "profile", "customer").filter(pk=ticket_id).first()
        if ticket is None:
            raise Missing(_("There is no such ticket."))
        if not can_block(ticket.inbox):
            raise Conflict(_("This network can't do that."), code="not_possible")
        if ticket.customer.erased_at is not None:
            raise Conflict(_("This person has been erased, so the network is not told who it was."), code="erased")
        asked = {"blocked": blocked, "state": NetworkBlock.State.ASKED, "problem": {}, "asked_by": actor}
        row, _made = NetworkBlock.objects.update_or_create(
            inbox=ticket.inbox, profile=ticket.profile, defaults={**asked, "asked_at": now}
        )
        verb = "network_blocked" if blocked else "network_unblocked"
        audit(actor, verb, ticket.customer, profile=ticket.profile_id, inbox=ticket.inbox_id, reason=reason)
        record(ticket, "action_asked", at=now, actor=actor, action=BLOCK if blocked else UNBLOCK)
        announce([(ticket, "change")])
        enqueue("desk.tasks.send_network_block", row.pk)
    return row


def _failed(row: NetworkBlock, problem: NetworkError, now: datetime) -> None:
    if isinstance(problem, AuthExpired):
        needs_reauthorisation(row.inbox, problem, now)
    with transaction.atomic():
        same = NetworkBlock.objects.filter(pk=row.pk, asked_at=row.asked_at)
        same.update(state=NetworkBlock.State.FAILED, problem=kept(problem))
        _tell(row, "action_failed", now, problem=kept(problem))


def _tell(row: NetworkBlock, kind: str, now: datetime, **data: object) -> None:
    """On the timeline of the newest ticket of that account there."""
    ticket = Ticket.objects.select_related("inbox").filter(inbox=row.inbox, profile=row.profile).order_by("-id").first()
    if ticket is not None:
        record(ticket, kind, at=now, actor=row.asked_by, action=BLOCK if row.blocked else UNBLOCK, **data)
        announce([(ticket, "change")])
