"""Swarms: colleagues who work on one ticket together in a thread of its own, until somebody writes what they found.

The ticket keeps its owner, its state and its clocks. That of a crisis is opened and closed with it (`crisis_swarm`).
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.knowledge.suggesting import suggest_finding
from desk.actions.threads.thread_tells import SWARM, follow, notice, tell
from desk.actions.threads.threads import LONGEST, one, refuse_closed, taken
from desk.actions.tickets.announce import announce
from desk.actions.tickets.tickets import locked
from desk.actions.tickets.timeline import record
from desk.common.errors import Conflict, Invalid
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.threads.models import Thread
from desk.tickets.models import Ticket
from policies.ticket_states import State


def open_swarm(actor: User, ticket_id: int, *, now: datetime | None = None) -> Thread:
    """The swarm of a ticket: the one that runs, or a new one, of which its owner hears. Raises Missing, Conflict."""
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        ticket = locked(ticket_id)
        running = ticket.threads.filter(swarm=True, closed_at=None).order_by("-id").first()
        if running is not None:
            return running
        if ticket.state in (State.RESOLVED, State.SPAM) or ticket.erased_at is not None:
            raise Conflict(_("This ticket is done. Open it again first."), code="over")
        thread = Thread.objects.create(
            topic=f"#{ticket.pk}", ticket=ticket, swarm=True, started_by=actor, created_at=now, last_at=now
        )
        follow(thread, [actor])
        owner = ticket.assignee
        if owner is not None and owner.pk != actor.pk and owner.may(Permission.READ_TICKETS):
            follow(thread, [owner])
            notice(thread, [owner], SWARM, actor, now)
        _mark(ticket, now)
        record(ticket, "swarm_opened", at=now, actor=actor, thread=thread.pk)
        audit(actor, "swarm_opened", ticket, thread=thread.pk)
        tell(thread)
    return thread


def close(actor: User, thread_id: int, finding: str, *, suggest: bool = False, now: datetime | None = None) -> Thread:
    """It is over, with what was found: that stands on the ticket. `suggest` it as an article, without the people in it.

    Raises Invalid, Missing, Conflict.
    """
    require(actor, Permission.WORK_TICKETS)
    now, finding = now or timezone.now(), finding.replace("\x00", "").strip()
    if not finding or len(finding) > LONGEST:
        words = _("Say in 1 to 10,000 characters what you found.")
        raise Invalid(words, errors={"finding": [words]})
    with transaction.atomic():
        found = one(actor, thread_id)
        if not found.swarm:
            raise Conflict(_("This is no swarm: it has no end."), code="no_swarm")
        if found.crisis_id is not None:
            require(actor, Permission.MANAGE_CRISES)
        ticket = locked(found.ticket_id) if found.ticket_id is not None else None
        thread = taken(actor, thread_id)
        refuse_closed(thread)
        end(thread, finding, actor, now)
        if ticket is None:
            audit(actor, "swarm_closed", thread, crisis=thread.crisis_id)
            return thread
        others = ticket.threads.filter(swarm=True, closed_at=None).order_by("created_at").first()
        _mark(ticket, others.created_at if others is not None else None)
        record(ticket, "swarm_closed", at=now, actor=actor, thread=thread.pk)
        audit(actor, "swarm_closed", ticket, thread=thread.pk)
        if suggest:
            suggest_finding(ticket, thread.pk, finding, actor, now)
    return thread


def end(thread: Thread, finding: str, actor: User | None, now: datetime) -> None:
    """Its last row; the caller holds it."""
    thread.finding, thread.closed_at, thread.closed_by = finding, now, actor
    thread.save(update_fields=["finding", "closed_at", "closed_by"])
    tell(thread)


def _mark(ticket: Ticket, since: datetime | None) -> None:
    """So that the queue shows it without another table."""
    ticket.swarming_since = since
    ticket.save(update_fields=["swarming_since"])
    announce([(ticket, "change")])
