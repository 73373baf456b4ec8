"""A private conversation beside its words: what each side has read, and which app of the company's has it.

Several apps may answer on one account, a bot before people; one of them has the conversation at a time. Whoever answers
takes it over; it can also be taken, asked for or given back by itself, by a worker, told on the timeline.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.inboxes.health import refusal_of
from desk.actions.tickets.announce import announce
from desk.actions.tickets.timeline import record
from desk.common.background import enqueue
from desk.common.encryption import Unsealable
from desk.common.errors import Conflict, Invalid, Missing
from desk.common.logs import logger
from desk.forms.models import THREAD
from desk.inboxes.calls import connect
from desk.inboxes.gateway import (
    Capabilities,
    Control,
    Handover,
    NetworkError,
    UnknownNetwork,
    capabilities_of,
)
from desk.inboxes.words import kept
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Conversation, Ticket


def of_ticket(ticket: Ticket) -> Conversation | None:
    """The private conversation of a ticket, where its network tells more of it than words; None for no such thing."""
    can = _capabilities(ticket)
    if not (can.tells_read or can.marks_read or can.hands_over):
        return None
    if ticket.conversation.private:
        return None if ticket.conversation.thread_id.startswith(THREAD) else ticket.conversation
    rows = Conversation.objects.filter(current_ticket=ticket, private=True).exclude(thread_id__startswith=THREAD)
    return rows.order_by("-id").first()


def possible(ticket: Ticket, thread: Conversation | None) -> tuple[Handover, ...]:
    """What can be done about who has it: take or ask while another app does, give while that is known to be there."""
    if thread is None or not _capabilities(ticket).hands_over:
        return ()
    if thread.control == Control.THEIRS:
        return (Handover.TAKE, Handover.ASK)
    return (Handover.GIVE,) if thread.control else ()


def hand_over(actor: User, ticket_id: int, how: str, *, now: datetime | None = None) -> Conversation:
    """Ask the network for it. Raises Invalid, Missing, Conflict."""
    require(actor, Permission.REPLY)
    if how not in list(Handover):
        raise Invalid(_("Choose take, ask or give."), errors={"do": [_("There is no such action.")]})
    ticket = Ticket.objects.select_related("inbox", "conversation").filter(pk=ticket_id).first()
    if ticket is None:
        raise Missing(_("There is no such ticket."))
    thread = of_ticket(ticket)
    if thread is None or how not in possible(ticket, thread):
        raise Conflict(_("This can't be done with the conversation now."), code="not_possible")
    with transaction.atomic():
        record(ticket, "action_asked", at=now or timezone.now(), actor=actor, action=how)
        audit(actor, f"conversation_{how}", ticket)
        enqueue("desk.tasks.send_handover", ticket.pk, how, actor.pk)
    return thread


def carry_out(ticket_id: int, how: str, actor_id: int, now: datetime) -> None:
    """Do it on the network; doing it twice is harmless."""
    ticket = Ticket.objects.select_related("inbox", "conversation").get(pk=ticket_id)
    actor, thread = User.objects.filter(pk=actor_id).first(), of_ticket(ticket)
    if thread is None:
        return
    try:
        connect(ticket.inbox).hand_over(thread.thread_id, Handover(how), thread.other_app)
    except (NetworkError, Unsealable) as problem:
        refusal = refusal_of(ticket.inbox, problem, now)
        record(ticket, "action_failed", at=now, actor=actor, action=how, problem=kept(refusal))
        announce([(ticket, "change")])
        return
    with transaction.atomic():
        if how != Handover.ASK:
            _has_it(thread.pk, Control.OURS if how == Handover.TAKE else Control.THEIRS, now)
        record(ticket, "action_done", at=now, actor=actor, action=how)
        announce([(ticket, "change")])


def answered(thread_id: int, at: datetime) -> None:
    """What we wrote there was taken, so that we have the conversation; in the caller's transaction."""
    _has_it(thread_id, Control.OURS, at)


def show_read(ticket: Ticket) -> None:
    """A colleague reads it: let its customer see that, where the network has such a thing."""
    if ticket.private and _capabilities(ticket).marks_read:
        enqueue("desk.tasks.send_read_mark", ticket.pk)


def carry_out_read(ticket_id: int) -> None:
    """A courtesy: where it does not work it is not tried again. Who has not the conversation says nothing in it."""
    ticket = Ticket.objects.select_related("inbox", "conversation").get(pk=ticket_id)
    thread = of_ticket(ticket)
    if thread is None or thread.control == Control.THEIRS:
        return
    try:
        connect(ticket.inbox).mark_read(thread.thread_id)
    except (NetworkError, Unsealable) as problem:
        logger.info("a read mark was not taken", ticket=ticket.pk, problem=type(problem).__name__)


def _has_it(thread_id: int, control: Control, at: datetime) -> None:
    """From `at` on, where it is known that several apps are there."""
    rows = Conversation.objects.filter(pk=thread_id, control_at__lte=at).exclude(control="")
    rows.update(control=control, control_at=at)


def _capabilities(ticket: Ticket) -> Capabilities:
    try:
        return capabilities_of(ticket.inbox)
    except UnknownNetwork:
        return Capabilities()
