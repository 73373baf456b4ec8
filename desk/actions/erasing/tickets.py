"""Tickets without what was written on them: states, owners, clocks, tags and the hours of everything stay."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from desk.actions.announce import announce
from desk.actions.erasing import InFlight, quiet, quiet_audit
from desk.actions.erasing.replies import erase_replies, with_words
from desk.crises.models import CrisisTicket
from desk.replies import files
from desk.replies.models import AnswerLine, Draft, Reply
from desk.tickets.models import Note, Ticket
from policies.reply_states import State


def erase_tickets(ids: Collection[int], now: datetime) -> Counter[str]:
    """Notes, drafts, replies, and whatever else holds words of the customer or about them. Raises InFlight.

    The caller holds the tickets. Their messages are `erase_messages`'s.
    """
    replies = Reply.objects.filter(ticket__any_of=ids)
    if replies.filter(state=State.SENDING).exists():
        raise InFlight
    counts = Counter(tickets=len(ids))
    counts["files"] = files.erase(files.of_tickets(ids))
    counts["replies"] = erase_replies(list(with_words(replies).values_list("pk", flat=True)), now)
    counts["drafts"] = Draft.objects.filter(ticket__any_of=ids).delete()[0]
    counts["notes"] = Note.objects.filter(ticket__any_of=ids).exclude(text="").update(text="")
    _leave_out_of_batches(ids)
    CrisisTicket.objects.filter(ticket__any_of=ids).update(digest=[])
    quiet("tickets_ticketevent", "data", "ticket_id", ids)
    quiet("alerts_notification", "params", "ticket_id", ids, ["customer", "reason"])
    quiet_audit("ticket", ids)
    Ticket.objects.filter(pk__any_of=ids).update(preview="", erased_at=now)
    announce((one, "change") for one in Ticket.objects.filter(pk__any_of=ids))
    return counts


def _leave_out_of_batches(ids: Collection[int]) -> None:
    lines, states = AnswerLine.objects.filter(ticket__any_of=ids), AnswerLine.States
    lines.filter(state__in=[states.NEW, states.WAITING]).update(state=states.LEFT_OUT, code="taken_out")
    lines.update(text="", findings=[])
