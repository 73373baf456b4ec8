"""One ticket becomes two: messages that are another matter go to a new ticket of the same customer."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_levels import promises_at
from desk.actions.sla.clock_looks import save_clocks
from desk.actions.tickets import assignment
from desk.actions.tickets.announce import announce
from desk.actions.tickets.follow import CLOCK_COLUMNS, follow_clock
from desk.actions.tickets.merging import go_along
from desk.actions.tickets.tickets import locked
from desk.actions.tickets.timeline import record
from desk.common.errors import Conflict, Invalid
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.replies.outbox import show_problem
from desk.sla.replay import replay
from desk.sla.sharing import share_out
from desk.tickets.models import OPEN_STATES, Conversation, Message, Ticket, preview_of
from policies.ticket_states import Category, Event, State, info, next_state

MOST_MESSAGES = 500  # in one split: both timelines name them
_SHOWN = (
    "state", "resolved_at", "snoozed_until", *CLOCK_COLUMNS, "last_message_at", "preview", "preview_outgoing",
    "private", "unread", "original_gone",
)  # fmt: skip


def split(
    actor: User,
    ticket_id: int,
    message_ids: Collection[int] = (),
    *,
    since: int | None = None,
    now: datetime | None = None,
) -> Ticket:
    """Move messages to a new ticket: those named, and with `since` that one and all after it. Gives the new ticket.

    Owner, team, priority and tags are the same on both. Notes and drafts stay; a reply that is on its way goes with the
    message that it answers. Both wait from where their own messages do. Raises Invalid, Conflict, Missing.
    """
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        ticket = locked(ticket_id)
        moved = _chosen(ticket, message_ids, since)
        new = _new_ticket(ticket, moved, now)
        numbers = [message.pk for message in moved]
        _hand_over(ticket, new, moved)
        go_along(ticket, new)
        for one in (ticket, new):
            _show_last_word(one)
        line = record(
            ticket, "split", at=now, actor=actor, into=new.pk, messages=numbers,
            last_word=ticket.last_message_at.isoformat(),
        )  # fmt: skip
        record(
            new, "split_from", at=now, actor=actor, line=line.pk, messages=numbers,
            last_word=new.last_message_at.isoformat(), **{"from": ticket.pk},
        )  # fmt: skip
        _share_clocks(actor, ticket, new, now)
        audit(actor, "split", ticket, into=new.pk, messages=numbers)
        announce([(ticket, "change"), (new, "new")])
        if new.assignee_id is None and new.team_id and new.state in OPEN_STATES:
            assignment.wake(new.team_id)
    return new


def _chosen(ticket: Ticket, message_ids: Collection[int], since: int | None) -> list[Message]:
    """The messages that go, oldest first. Something that the customer said must go, and something must stay."""
    if ticket.merged_into_id:
        raise Conflict(
            _("This ticket was merged into %(number)s. Work on that one.") % {"number": ticket.merged_into_id},
            code="merged",
        )
    of_ticket = Message.objects.filter(ticket=ticket)
    wanted = Q(pk__in=message_ids)
    if since is not None:
        first = of_ticket.filter(pk=since).first()
        if first is None:
            raise _strange()
        wanted |= Q(created_at__gt=first.created_at) | Q(created_at=first.created_at, pk__gte=first.pk)
    moved = list(of_ticket.filter(wanted).defer("search").order_by("created_at", "id")[: MOST_MESSAGES + 1])
    if len(moved) > MOST_MESSAGES:
        raise Invalid(_("Choose at most %(count)d messages at a time.") % {"count": MOST_MESSAGES})
    if not set(message_ids) <= {message.pk for message in moved}:
        raise _strange()
    if all(message.outgoing for message in moved):
        words = _("Choose at least one message of the customer: a ticket is a question.")
        raise Invalid(words, errors={"messages": [words]})
    if not of_ticket.filter(outgoing=False).exclude(pk__in=[message.pk for message in moved]).exists():
        words = _("Leave at least one message of the customer here: otherwise nothing is split.")
        raise Invalid(words, errors={"messages": [words]})
    return moved


def _strange() -> Invalid:
    words = _("Choose messages of this ticket. One of them is not on it, or no longer.")
    return Invalid(words, errors={"messages": [words]})


def _new_ticket(ticket: Ticket, moved: Sequence[Message], now: datetime) -> Ticket:
    first = next(message for message in moved if not message.outgoing)
    closed = info(ticket.state).category is Category.RESOLVED
    new = Ticket.objects.create(
        inbox=ticket.inbox,
        conversation_id=first.conversation_id,
        customer_id=ticket.customer_id,
        profile_id=first.profile_id or ticket.profile_id,
        split_from=ticket,
        state=ticket.state if closed or ticket.state == State.NEW else State.OPEN,
        assignee_id=ticket.assignee_id,
        team_id=ticket.team_id,
        priority=ticket.priority,
        language=first.language or ticket.language,
        sentiment=ticket.sentiment,
        created_at=first.created_at,
        received_at=first.received_at,
        resolved_at=ticket.resolved_at,
        last_message_at=moved[-1].created_at,
        last_reply_at=ticket.last_reply_at,  # what was answered before the split stays answered
    )
    new.tags.set(ticket.tags.all())
    return new


def _hand_over(ticket: Ticket, new: Ticket, moved: Sequence[Message]) -> None:
    """Messages, the replies among them, and the replies on their way to answer one of them."""
    numbers = [message.pk for message in moved]
    ticket.messages.filter(pk__in=numbers).update(ticket=new)
    ticket.replies.filter(Q(message__in=numbers) | Q(message=None, answers__in=numbers)).update(ticket=new)
    for thread_id in {message.conversation_id for message in moved if message.private}:
        last = Message.objects.filter(conversation=thread_id, ticket__isnull=False).order_by("-created_at", "-id")
        if last.values_list("ticket_id", flat=True).first() == new.pk:  # a private thread goes on where it ended
            Conversation.objects.filter(pk=thread_id).update(current_ticket=new)
    for one in (ticket, new):
        show_problem(one.pk)
        one.refresh_from_db(fields=["problem"])


def _show_last_word(ticket: Ticket) -> None:
    """What the list says of a ticket, from the messages that are on it. Who split it has seen them."""
    messages = ticket.messages.order_by("-created_at", "-id").values_list("created_at", "text", "outgoing", "private")
    last, standing = messages[0], messages.filter(deleted_at=None).first()
    ticket.last_message_at = max(last[0], ticket.last_reply_at or last[0])
    ticket.preview, ticket.preview_outgoing = (preview_of(standing[1]), standing[2]) if standing else ("", False)
    ticket.private = (standing or last)[3]
    ticket.original_gone = not ticket.messages.filter(outgoing=False, deleted_at=None).exists()
    ticket.unread = 0


def _share_clocks(actor: User, ticket: Ticket, new: Ticket, now: datetime) -> None:
    """Each clock goes with its question, with the alerts that were raised for it."""
    gone = share_out(ticket.pk, new.pk)
    ticket.alerts.filter(clock__in=gone).update(ticket=new)
    ticket.notifications.filter(alert__clock__in=gone).update(ticket=new)
    books = replay([ticket, new], promises_at(now))
    for one in (ticket, new):
        book = books[one.pk]
        book.show_on(one)
        closed = book.resolution is not None and not book.resolution.is_open
        if one.waiting_since is None and closed and info(one.state).category is not Category.RESOLVED:
            _resolve_again(actor, one, book.resolution.ended_at if book.resolution else None, now)
        elif one.waiting_since is None:
            follow_clock(one)
        nobody_waits_since = one.last_reply_at or one.last_message_at
        book.stands(one.state, nobody_waits_since if info(one.state).pauses_sla else now)
        book.show_on(one)
        one.save(update_fields=_SHOWN)
    save_clocks(books.values())


def _resolve_again(actor: User, ticket: Ticket, ended_at: datetime | None, now: datetime) -> None:
    """What had opened it again is on the other ticket."""
    before, ticket.state = ticket.state, next_state(ticket.state, Event.RESOLVE)
    ticket.resolved_at, ticket.snoozed_until = ended_at, None
    record(ticket, "transition", at=now, actor=actor, event=Event.RESOLVE, **{"from": before, "to": ticket.state})
