"""A reply is certainly on the network: outbox, message, clock, ticket and timeline say so together."""

from datetime import datetime

from desk.actions.crises.crisis_levels import promises_at
from desk.actions.forms.form_channel import answered as form_answered
from desk.actions.questions.question_thanks import thank
from desk.actions.replies import one_answer
from desk.actions.replies.canned_actions import run_staged
from desk.actions.replies.canned_use import count_use
from desk.actions.sla.clock_looks import save_clocks
from desk.actions.tickets import moving, private_threads
from desk.actions.tickets.announce import announce
from desk.actions.tickets.follow import CLOCK_COLUMNS, follow_clock, put_in_order
from desk.actions.tickets.timeline import record
from desk.common.live import publish
from desk.crises.joined import count_answer
from desk.inboxes.gateway import SendResult
from desk.replies import files, outbox
from desk.replies.models import Reply
from desk.sla.clocks import open_book
from desk.tickets.models import Conversation, Message, Ticket, preview_of
from policies.reply_states import Event, State


def settle(reply: Reply, result: SendResult | None, now: datetime) -> bool:
    """Mark as sent, in the caller's transaction. `result` is None where only a person's word says so.

    False where somebody else settled it first, or where what was found is another reply with the same words. Safe
    against the poll that saw our post before we did: the message is known by the network's id, and the clock is met
    once however often it is told.
    """
    at = (result.created_at if result else None) or now
    ticket = outbox.take(reply)
    if reply.state == State.SENT:
        return False
    external_id = result.external_id if result else f"reply:{reply.pk}"  # the network's id is not known
    if one_answer.takes_one(ticket.inbox):
        one_answer.make_room(reply, ticket.inbox_id, external_id)
    elif Reply.objects.filter(message__inbox=ticket.inbox_id, message__external_id=external_id).exists():
        return False
    message, is_new = _message(reply, ticket, external_id, result, at, now)
    _show_files(reply, ticket, message if is_new else None, result, at, now)
    event = Event.SENT if reply.state == State.SENDING else Event.FOUND
    columns = {"sent_at": at, "external_id": external_id, "message_id": message.pk, "problem_code": "", "problem": {}}
    if not outbox.move(reply, event, **columns):
        return False
    record(
        ticket, "reply_sent", at=at, actor=reply.author, reply=reply.pk, message=message.pk, visibility=reply.visibility
    )
    _answer(ticket, reply, at, now)
    form_answered(reply, message, now)
    if message.private:
        private_threads.answered(message.conversation_id, at)
    count_use(reply)
    thank(reply, ticket, now)
    if is_new:  # otherwise ingest has counted it
        count_answer(ticket.pk, ticket.inbox_id, at)
    ticket.refresh_from_db(fields=["problem"])
    announce([(ticket, "reply")])
    publish("reply", {"id": reply.pk, "ticket": ticket.pk, "state": reply.state})
    run_staged(reply, now)
    return True


def _message(
    reply: Reply,
    ticket: Ticket,
    external_id: str,
    result: SendResult | None,
    at: datetime,
    now: datetime,
    *,
    text: str | None = None,
) -> tuple[Message, bool]:
    message, created = Message.objects.get_or_create(
        inbox=ticket.inbox,
        external_id=external_id,
        defaults={
            "conversation": _conversation(reply, ticket, result),
            "ticket": ticket,
            "parent_id": reply.answers.external_id if reply.answers else "",
            "kind": "direct_message" if reply.visibility == Reply.Visibility.PRIVATE else "reply",
            "sender": reply.author,
            "outgoing": True,
            "private": reply.visibility == Reply.Visibility.PRIVATE,
            "text": reply.signed_text if text is None else text,
            "language": ticket.language,
            "url": result.url if result else "",
            "created_at": at,
            "received_at": now,
        },
    )
    anew = False
    if not created:  # the poll was quicker than our own answer, or it took the place of another
        anew = one_answer.takes_one(ticket.inbox) and one_answer.write_anew(message, reply.signed_text, at)
        message.sender, message.ticket = reply.author, ticket
        message.save(update_fields=["sender", "ticket", "text", "about", "edited_at", "deleted_at"])
    return message, created or anew


def _show_files(
    reply: Reply, ticket: Ticket, message: Message | None, result: SendResult | None, at: datetime, now: datetime
) -> None:
    """Each on the message that shows it on the network; one that a poll brought in first has its own already."""
    rows = list(reply.attachments.all())
    if not rows:
        return
    parts = result.parts[: len(rows)] if result else ()
    for external_id, row in zip(parts, rows, strict=False):
        part, is_new = _message(reply, ticket, external_id, result, at, now, text="")
        if is_new:
            files.show_on(part, [row])
    if message is not None and rows[len(parts) :]:
        files.show_on(message, rows[len(parts) :])


def _conversation(reply: Reply, ticket: Ticket, result: SendResult | None) -> Conversation:
    """The thread our words went to. A private one that begins here goes on with this ticket."""
    if reply.visibility == Reply.Visibility.PUBLIC or (reply.answers is not None and reply.answers.private):
        return reply.answers.conversation if reply.answers is not None else ticket.conversation
    thread_id = (result.thread_id if result else "") or f"private:{ticket.profile_id}"
    thread, _created = Conversation.objects.update_or_create(
        inbox=ticket.inbox, thread_id=thread_id, defaults={"private": True, "current_ticket": ticket}
    )
    return thread


def _answer(ticket: Ticket, reply: Reply, at: datetime, now: datetime) -> None:
    promises = promises_at(now)
    book = open_book(ticket, promises)
    book.human_replied(at)
    ticket.last_reply_at = max(ticket.last_reply_at or at, at)
    if book.behind or at < ticket.last_message_at:  # the customer wrote meanwhile
        put_in_order([ticket], promises)
    else:
        book.show_on(ticket)
        follow_clock(ticket)
        book.stands(ticket.state, at)
        book.show_on(ticket)
        save_clocks([book])
    moving.answered(ticket, reply.signed_text, at, private=reply.visibility == Reply.Visibility.PRIVATE)
    if at >= ticket.last_message_at:
        ticket.last_message_at = at
        ticket.preview = preview_of(reply.signed_text)
        ticket.preview_outgoing, ticket.private = True, reply.visibility == Reply.Visibility.PRIVATE
    ticket.save(
        update_fields=[
            *CLOCK_COLUMNS, "last_reply_at", "state", "last_message_at", "preview", "preview_outgoing", "private",
            "invited_at", "moved_private_at",
        ]
    )  # fmt: skip
