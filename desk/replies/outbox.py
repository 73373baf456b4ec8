"""The outbox: one conditional UPDATE for each step, so that whoever changes the row owns the step."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from desk.inboxes.gateway import Item
from desk.replies.models import Reply
from desk.tickets.models import Message, Ticket
from policies.reply_states import Event, State, info, next_state

RECOGNISED_WITHIN = timedelta(days=7)  # an own post with the same words is taken for the reply this long
LIKELIEST = (State.SENDING, State.UNKNOWN, State.QUEUED, State.HELD, State.FAILED, State.CANCELLED)  # to be out there
STUCK_AFTER = timedelta(seconds=30)  # longer than any call to a network may take


def take(reply: Reply) -> Ticket:
    """Lock the ticket of a reply, then read anew where the reply stands: the beginning of every step but the claim.

    Ingest locks tickets before replies too, so nobody waits in a circle. A ticket that was merged meanwhile is the one
    that it was merged into.
    """
    while True:
        rows = Ticket.objects.select_related("inbox", "conversation", "profile").select_for_update(of=("self",))
        ticket = rows.get(pk=reply.ticket_id)
        reply.refresh_from_db(fields=["state", "ticket"])
        if reply.ticket_id == ticket.pk:
            reply.ticket = ticket
            return ticket


def move(reply: Reply, event: Event, **columns: Any) -> bool:
    """Take one step; False where somebody else took a step first. Raises TransitionRefused for an impossible one."""
    state = next_state(reply.state, event)
    moved = Reply.objects.filter(pk=reply.pk, state=reply.state).update(state=state, **columns)
    if moved:
        reply.state = state
        for name, value in columns.items():
            setattr(reply, name, value)
        show_problem(reply.ticket_id)
    return bool(moved)


def claim(reply_id: int, now: datetime) -> Reply | None:
    """Take a due reply to the network; None where it is not due, not queued, or an earlier one comes first."""
    earlier = Reply.objects.filter(
        ticket=OuterRef("ticket"), pk__lt=OuterRef("pk"), state__in=[State.QUEUED, State.SENDING]
    ).exclude(state=State.QUEUED, scheduled_for__gt=now)
    due = Reply.objects.filter(~Exists(earlier), pk=reply_id, state=State.QUEUED, next_attempt_at__lte=now)
    if not due.update(state=next_state(State.QUEUED, Event.CLAIM), claimed_at=now):
        return None
    return Reply.objects.select_related(
        "ticket__inbox", "ticket__profile", "author", "answers__conversation", "answers__profile"
    ).get(pk=reply_id)


def still_at_it(reply: Reply, now: datetime) -> bool:
    """The sender is alive and goes on; False where it was taken for dead."""
    return bool(Reply.objects.filter(pk=reply.pk, state=State.SENDING).update(claimed_at=now))


def due(now: datetime, limit: int = 500) -> list[int]:
    """Replies to send and unknown outcomes to look for again."""
    waiting = Reply.objects.filter(state__in=[State.QUEUED, State.UNKNOWN], next_attempt_at__lte=now)
    return list(waiting.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


def stuck(now: datetime) -> QuerySet[Reply]:
    """Replies whose worker died while sending: nobody knows whether they are out."""
    return Reply.objects.filter(state=State.SENDING, claimed_at__lt=now - STUCK_AFTER)


def show_problem(ticket_id: int) -> None:
    """Keep the ticket's `problem` column true: the state of its newest reply that needs a person."""
    needing = [state for state in State if info(state).needs_person]
    worst = (
        Reply.objects.filter(ticket=ticket_id, state__in=needing)
        .order_by("-id")
        .values_list("state", flat=True)
        .first()
    )
    Ticket.objects.filter(pk=ticket_id).exclude(problem=worst or "").update(problem=worst or "")


def recognise(own: Iterable[tuple[int, int, Item]], now: datetime) -> list[Reply]:
    """Own words seen on the network (message, ticket, item) that are a reply of the outbox: it is sent after all.

    One post is one reply: of several with the same words the likeliest. One that is being sent at this moment is left
    to its sender, who finds the message by the network's id.
    """
    seen = list(own)
    if not seen:
        return []
    unsent = Reply.objects.filter(
        ~Q(state=State.SENT),
        ticket__in={ticket_id for _message, ticket_id, _item in seen},
        submitted_at__gt=now - RECOGNISED_WITHIN,
        claimed_at__isnull=False,  # what never left can't have arrived
    )
    open_ones = sorted(unsent, key=lambda reply: LIKELIEST.index(State(reply.state)))
    found = []
    for message_id, ticket_id, item in seen:
        reply = next((one for one in open_ones if one.ticket_id == ticket_id and _is(one, item)), None)
        if reply is None:
            continue
        open_ones.remove(reply)
        if reply.state != State.SENDING and move(
            reply, Event.FOUND, sent_at=item.created_at, external_id=item.external_id, message_id=message_id
        ):
            Message.objects.filter(pk=message_id).update(sender=reply.author_id)
            found.append(reply)
    return found


def _is(reply: Reply, item: Item) -> bool:
    return same_words(reply.signed_text, item.text) and item.created_at >= reply.submitted_at


def same_words(ours: str, theirs: str) -> bool:
    """Equal but for white space and the mentions that a network puts in front."""
    return _plain(ours) == _plain(theirs)


def _plain(text: str) -> str:
    words = text.split()
    while words and words[0].startswith("@"):
        words.pop(0)
    return " ".join(words)
