"""What replies tell of the canned responses that they began with: which they were, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.utils import timezone

from desk.actions.replies.canned_actions import staged_for
from desk.actions.replies.canned_learning import learn
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.models import CannedResponse, Reply
from desk.tickets.models import Message
from policies.reply_states import State

DAYS, MOST_DAYS = 90, 366


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the replies that were sent in so many days. `answered_back`: the customer wrote again after it."""

    days: int
    used: int
    edited: int
    answered_back: int
    last_used_at: datetime | None


def columns_of(
    canned_response_id: int | None, text: str, canned_text: str | None, staged: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What a reply keeps of its beginning. `canned_text` is what was put in; None where nobody says.

    Raises Invalid, Conflict.
    """
    wanted = staged_for(canned_response_id, staged)
    canned = CannedResponse.objects.filter(pk=canned_response_id).first() if canned_response_id is not None else None
    if canned is None:
        return {}
    edited = canned_text is not None and text.strip() != canned_text.strip()
    return {"canned_response": canned, "canned_edited": edited, "staged": wanted}


def count_use(reply: Reply) -> None:
    """A reply is on the network: count it, once, in the transaction that says so."""
    if reply.canned_response_id is None or reply.drill:
        return
    edited = int(reply.canned_edited)
    found = CannedResponse.objects.filter(pk=reply.canned_response_id)
    if found.update(times_used=F("times_used") + 1, times_edited=F("times_edited") + edited):
        learn(reply)


def statistics(actor: User, canned_id: int, *, days: int = DAYS, now: datetime | None = None) -> Statistics:
    """Counted from the replies themselves, by an index that holds those that began with a canned response."""
    require(actor, Permission.EDIT_CANNED)
    since = (now or timezone.now()) - timedelta(days=days)
    after = Message.objects.filter(ticket=OuterRef("ticket"), outgoing=False, created_at__gt=OuterRef("sent_at"))
    sent = Reply.objects.filter(canned_response=canned_id, state=State.SENT, sent_at__gte=since, drill=False)
    found = sent.annotate(back=Exists(after)).aggregate(
        used=Count("pk"),
        edited=Count("pk", filter=Q(canned_edited=True)),
        answered_back=Count("pk", filter=Q(back=True)),
        last_used_at=Max("sent_at"),
    )
    return Statistics(days, **found)
