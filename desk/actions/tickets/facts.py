"""What rules may know about a reply beyond the ticket itself: one query each, however long the history."""

from datetime import datetime, timedelta
from functools import lru_cache

from desk.replies.models import Reply
from desk.tickets.models import Ticket
from policies.near_duplicates import Digest, digest
from policies.reply_states import State
from policies.triage import Sentiment

COMPLAINT_TAGS = ("klacht", "klachten", "complaint", "complaints")
LATELY = timedelta(hours=24)
LOOKED_AT = 500  # replies of the whole desk, the newest
RECENT = 100  # of one account, the newest

_digest = lru_cache(maxsize=1_000)(digest)


def complains(ticket: Ticket) -> bool:
    """The customer complains, as triage or a colleague's tag says, and nobody has answered yet."""
    if ticket.last_reply_at is not None:
        return False
    return ticket.sentiment == Sentiment.NEGATIVE or ticket.tags.filter(name__in=COMPLAINT_TAGS).exists()


def said_to_others(ticket: Ticket, now: datetime) -> tuple[Digest, ...]:
    """What this account told other customers lately. Past LOOKED_AT replies of the desk nothing is read."""
    newest = Reply.objects.order_by("-pk").values("pk")[:LOOKED_AT]
    others = Reply.objects.filter(pk__in=newest, ticket__inbox=ticket.inbox_id, submitted_at__gt=now - LATELY).exclude(
        state=State.CANCELLED
    )
    texts = others.exclude(ticket__customer=ticket.customer_id).order_by("-pk").values_list("text", flat=True)
    return tuple(filter(None, map(_digest, texts[:RECENT])))
