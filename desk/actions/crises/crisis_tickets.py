"""Tickets that people put into a crisis or take out of it, which goes before what its scope says."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_gate import close_gates
from desk.actions.crises.crisis_levels import LETTERS_READ
from desk.actions.crises.crisis_search import count, look_back
from desk.actions.replies.on_their_way import list_on_their_way
from desk.actions.tickets.announce import announce
from desk.actions.tickets.tickets import locked
from desk.actions.tickets.timeline import record
from desk.common.errors import Conflict, Missing
from desk.crises.models import Crisis, CrisisTicket
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Message, Ticket
from policies.near_duplicates import Digest, digest


def put_in(actor: User, ticket_id: int, crisis_id: int, *, now: datetime | None = None) -> CrisisTicket:
    """Make a ticket part of an active crisis; what almost repeats its first words will join too.

    Nothing happens where somebody did it before. Raises Missing, Conflict.
    """
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        ticket = locked(ticket_id)
        close_gates()
        crisis = _active(crisis_id)
        if crisis.drill != ticket.inbox.drill:
            raise Conflict(_("A drill and real traffic stay apart: this ticket can't be part of that crisis."))
        row = CrisisTicket.objects.select_for_update().filter(crisis=crisis, ticket=ticket).first()
        if row is not None and row.left_at is None and row.how == CrisisTicket.How.HAND:
            return row
        was_in = row is not None and row.left_at is None
        row = row or CrisisTicket(crisis=crisis, ticket=ticket)
        row.how, row.at, row.by, row.left_at = CrisisTicket.How.HAND, now, actor, None
        row.reach, row.digest = ticket.profile.followers or 0, list(_digest(ticket))
        row.save()
        record(ticket, "crisis_joined", at=now, actor=actor, crisis=crisis.pk, how=row.how)
        audit(actor, "crisis_ticket_put_in", ticket, crisis=crisis.pk)
        announce([(ticket, "change")])
        list_on_their_way(crisis, now, ticket)
        if row.digest:
            look_back(crisis, now)
        if not was_in:
            count([crisis.pk], [ticket])
    return row


def take_out(actor: User, ticket_id: int, crisis_id: int, *, now: datetime | None = None) -> CrisisTicket:
    """It is no part of this crisis, and stays out of it whatever its customer writes. Raises Missing."""
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        ticket = locked(ticket_id)
        rows = CrisisTicket.objects.select_for_update(of=("self",)).select_related("crisis")
        row = rows.filter(crisis=crisis_id, ticket=ticket, left_at=None).first()
        if row is None:
            raise Missing(_("This ticket is not part of that crisis."))
        row.left_at, row.by = now, actor
        row.save(update_fields=["left_at", "by"])
        record(ticket, "crisis_left", at=now, actor=actor, crisis=crisis_id)
        audit(actor, "crisis_ticket_taken_out", ticket, crisis=crisis_id)
        announce([(ticket, "change")])
        count([crisis_id], [ticket], times=-1)
    return row


def crises_of(ticket_id: int) -> list[CrisisTicket]:
    """What a ticket is part of, the newest first, with the crises and whoever decided it. One query."""
    rows = CrisisTicket.objects.filter(ticket=ticket_id, left_at=None).select_related("crisis", "by")
    return list(rows.order_by("-crisis_id"))


def _active(crisis_id: int) -> Crisis:
    crisis = Crisis.objects.filter(pk=crisis_id).first()
    if crisis is None:
        raise Missing(_("There is no such crisis."))
    if crisis.state != Crisis.State.ACTIVE:
        raise Conflict(_("This crisis is not active, so no ticket can become part of it."), code="transition_refused")
    return crisis


def _digest(ticket: Ticket) -> Digest:
    """Of what its customer said first."""
    first = Message.objects.filter(ticket=ticket, outgoing=False, deleted_at=None).order_by("created_at", "id")
    text = first.values_list("text", flat=True).first() or ""
    return digest(text[:LETTERS_READ])
