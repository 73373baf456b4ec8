"""Tickets without what was written on them: states, owners, clocks, tags and the hours of everything stay."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from desk.actions.customers.erasing import InFlight, quiet, quiet_audit
from desk.actions.customers.erasing.replies import erase_replies, with_words
from desk.actions.customers.erasing.threads import erase_threads
from desk.actions.forms import form_links
from desk.actions.intake.mailed_files import expect_none
from desk.actions.questions import question_mail
from desk.actions.questions.question_links import revoke_of_tickets
from desk.actions.tickets.announce import announce
from desk.causes.models import TicketCause
from desk.common import files as handed_in
from desk.crises.models import CrisisTicket
from desk.knowledge.models import Suggestion
from desk.questions.models import Entry, EntryFile, Question
from desk.replies import files
from desk.replies.lines import in_order
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
    Suggestion.objects.filter(ticket__any_of=ids).delete()
    counts["questions"] = _questions(ids, now)
    counts["threads"] = erase_threads(ids)
    counts["forms"] = form_links.close_all(ids, now)
    _leave_out_of_batches(ids)
    CrisisTicket.objects.filter(ticket__any_of=ids).update(digest=[])
    TicketCause.objects.filter(ticket__any_of=ids).update(words=[])
    quiet("tickets_ticketevent", "data", "ticket_id", ids)
    quiet("alerts_notification", "params", "ticket_id", ids, ["customer", "reason"])
    quiet_audit("ticket", ids)
    Ticket.objects.filter(pk__any_of=ids).update(preview="", swarming_since=None, erased_at=now)
    announce((one, "change") for one in Ticket.objects.filter(pk__any_of=ids))
    return counts


def _questions(ids: Collection[int], now: datetime) -> int:
    """That a colleague was asked and answered stays; what they said and handed in goes, and so does every way in."""
    revoke_of_tickets(ids, now)
    entries = Entry.objects.filter(question__ticket__any_of=ids)
    expect_none(question_mail.KIND, list(entries.values_list("pk", flat=True)))
    handed_in.erase(EntryFile.objects.filter(entry__question__ticket__any_of=ids))
    entries.exclude(text="", left_out=[]).update(text="", left_out=[])
    return Question.objects.filter(ticket__any_of=ids).exclude(text="").update(text="", about="", look_at=None)


def _leave_out_of_batches(ids: Collection[int]) -> None:
    lines, states = in_order(AnswerLine.objects.filter(ticket__any_of=ids)), AnswerLine.States
    waiting = [states.NEW, states.WAITING]
    lines.exclude(state__in=waiting).update(text="", findings=[])
    lines.filter(state__in=waiting).update(text="", findings=[], state=states.LEFT_OUT, code="taken_out")
