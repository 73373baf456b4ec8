"""Answering a customer, the agent's half: check, submit, undo, decide. The network's half is `send.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_gate import Gates, let_past, stopped_by, template_paused
from desk.actions.crises.crisis_held import crisis_of_held
from desk.actions.crises.crisis_moves import tell
from desk.actions.inboxes.channels import Channel, channel, check_text
from desk.actions.replies.approval_requests import ask, newest_event, reasons, vouch, withdraw
from desk.actions.replies.canned_use import columns_of
from desk.actions.replies.drafts import LONGEST, Gone, drop, files_there, files_to_send, give_back
from desk.actions.replies.settle import settle
from desk.actions.replies.stale import refuse_if_stale
from desk.actions.replies.wordings import approved_beforehand
from desk.actions.tickets.announce import announce
from desk.actions.tickets.opening import hours_for, is_open, next_opening
from desk.actions.tickets.timeline import record
from desk.common.background import enqueue
from desk.common.errors import Conflict, DeskError, Invalid, Missing
from desk.common.live import publish
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.replies import files, outbox
from desk.replies.approvals import CRISIS, NEEDED
from desk.replies.models import Draft, Reply, ReplyAttachment
from desk.rulebooks.active import in_force
from desk.tickets.models import Ticket
from policies.check import Checked
from policies.crisis_plan import Gate
from policies.reply_states import Event, State, TransitionRefused
from policies.signature import sign

LONGEST_AHEAD = timedelta(days=30)  # that a reply may be put off


class Blocked(DeskError):
    """The rules do not let this text leave."""

    status = 422
    code = "blocked_by_policy"

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        blocking = [finding.message for finding in checked.findings if finding.severity == "block"]
        super().__init__(" ".join(blocking), errors={"text": blocking})


def check(
    actor: User,
    ticket_id: int,
    text: str,
    visibility: str,
    *,
    attachment_ids: Sequence[int] = (),
    now: datetime | None = None,
) -> Checked:
    """What the rules say about a text that is being written, and of the files of the writer's draft beside it."""
    require(actor, Permission.REPLY)
    now = now or timezone.now()
    ticket = _ticket(ticket_id)
    return check_on(actor, ticket, text, _channel(ticket, visibility, now), attachment_ids=attachment_ids, now=now)


def check_on(
    actor: User, ticket: Ticket, text: str, chosen: Channel, *, attachment_ids: Sequence[int] = (), now: datetime
) -> Checked:
    """The same where the ticket and its ways to answer are at hand, as for each keystroke."""
    require(actor, Permission.REPLY)
    say_in, attached = translation.get_language() or "en", files_there(actor, ticket.pk, attachment_ids)
    return check_text(ticket, actor, text[:LONGEST], chosen, now, say_in, in_force(), attached)


def submit(
    actor: User,
    ticket_id: int,
    *,
    text: str,
    visibility: str,
    idempotency_key: str,
    seen_event_id: int | None = None,
    send_anyway: bool = False,
    canned_response_id: int | None = None,
    ask_approval: bool = False,
    send_at: datetime | None = None,
    when_open: bool = False,
    canned_text: str | None = None,
    staged: Sequence[Mapping[str, Any]] = (),
    attachment_ids: Sequence[int] = (),
    now: datetime | None = None,
) -> Reply:
    """Put a reply in the outbox. The same key again gives back the same reply.

    `seen_event_id` is the newest timeline event that the writer has seen; without it the last one that the ticket's
    page showed to this person counts. `canned_response_id` is what the writer began with, and `canned_text` the words
    that it gave; `staged` is what of its actions is to be done once the reply is on the network. `ask_approval`: a
    colleague reads it first, whatever the rules say. `send_at`, inside opening hours, or `when_open` put it off.
    `attachment_ids` are the files of the writer's draft that go along, in their order; the draft ends with it.
    Raises Blocked, StaleReply, Conflict, Invalid.
    """
    require(actor, Permission.REPLY)
    now = now or timezone.now()
    same = partial(_submitted_before, actor, ticket_id, text, idempotency_key, attachment_ids)
    if existing := same():
        return existing
    if len(text) > LONGEST:
        raise Invalid(_("This text is longer than any network takes. Shorten it."), errors={"text": [_("Too long.")]})
    try:
        with transaction.atomic():
            ticket = _ticket(ticket_id, lock=True)
            if not send_anyway:
                refuse_if_stale(ticket, actor, seen_event_id)
            begun = columns_of(canned_response_id, text, canned_text, staged)
            _refuse_paused(ticket, begun, now)
            later = _later(ticket, send_at, now, when_open=when_open)
            attached = files_to_send(actor, ticket.pk, attachment_ids)
            return _queue(
                actor, ticket, text, visibility, idempotency_key, now,
                begun=begun, asked=ask_approval, later=later, attached=attached,
            )  # fmt: skip
    except (IntegrityError, Gone):
        if existing := same():  # the same click, twice at once
            return existing
        raise


def undo(actor: User, reply_id: int, *, now: datetime | None = None) -> Reply:
    """Call back a reply that has not left or is held; its text becomes the author's draft again."""
    require(actor, Permission.REPLY)
    with transaction.atomic():
        reply = _reply(reply_id)
        outbox.take(reply)
        if reply.author_id != actor.pk:
            raise Conflict(_("Only %(name)s can call this reply back.") % {"name": reply.author.name})
        if reply.state not in (State.QUEUED, State.HELD) or not outbox.move(reply, Event.CANCEL):
            raise Conflict(_("This reply has left already."), code="already_left")
        give_back(reply)
        withdraw(reply, now or timezone.now())
        write_down(reply, actor, "reply_cancelled", now)
    return reply


def cancel(actor: User, reply_id: int, *, now: datetime | None = None) -> Reply:
    """Drop a reply that is held, failed, unknown or still waiting to leave.

    Of somebody else only where one's own leave without a colleague: so too for `release`.
    """
    return _decide(actor, reply_id, Event.CANCEL, "reply_cancelled", now)


def release(actor: User, reply_id: int, *, now: datetime | None = None) -> Reply:
    """Let a held reply go: also one that the customer wrote past, where it still fits.

    What needs approval asks for it again on its way; what waits for approval is not let go here. While a crisis holds
    it, whoever manages crises lets it past.
    """
    return _decide(actor, reply_id, Event.RELEASE, "reply_released", now)


def send_again(actor: User, reply_id: int, *, now: datetime | None = None) -> Reply:
    """A person says that a failed or unknown reply is not on the network and should be sent."""
    require(actor, Permission.REPLY_ALONE)
    return _decide(actor, reply_id, Event.SEND_AGAIN, "reply_sent_again", now)


def confirm_sent(actor: User, reply_id: int, *, now: datetime | None = None) -> Reply:
    """A person has seen the reply on the network."""
    require(actor, Permission.REPLY_ALONE)
    now = now or timezone.now()
    with transaction.atomic():
        reply = _reply(reply_id)
        outbox.take(reply)
        if reply.state != State.UNKNOWN:
            raise Conflict(_("The outcome of this reply is known already."))
        settle(reply, None, now)
        audit(actor, "reply_confirmed", reply, ticket=reply.ticket_id)
    return reply


def look_up(actor: User, reply_id: int, *, now: datetime | None = None) -> Reply:
    """Look on the network now whether an unknown reply is there."""
    require(actor, Permission.REPLY)
    with transaction.atomic():
        reply = _reply(reply_id)
        unknown = Reply.objects.filter(pk=reply.pk, state=State.UNKNOWN)
        if not unknown.update(next_attempt_at=now or timezone.now()):
            raise Conflict(_("The outcome of this reply is known already."))
        audit(actor, "reply_looked_up", reply, ticket=reply.ticket_id)
        enqueue("desk.tasks.send_lookup", reply.pk)
    return reply


def _later(ticket: Ticket, send_at: datetime | None, now: datetime, *, when_open: bool) -> datetime | None:
    """When a reply that is put off leaves; None for now."""
    if when_open:
        send_at = next_opening(now, hours_for(ticket, now))
        if send_at is None:
            raise Invalid(_("The desk does not open within a year."), errors={"when_open": [_("Choose a time.")]})
    elif send_at and not (now < send_at <= now + LONGEST_AHEAD and is_open(send_at, hours_for(ticket, now))):
        raise Invalid(
            _("Choose a time within 30 days at which the desk is open."), errors={"send_at": [_("Not possible.")]}
        )
    return send_at if send_at is not None and send_at > now else None


def _queue(
    actor: User,
    ticket: Ticket,
    text: str,
    visibility: str,
    key: str,
    now: datetime,
    *,
    begun: dict[str, Any],
    asked: bool,
    later: datetime | None,
    attached: Sequence[ReplyAttachment],
) -> Reply:
    chosen = _channel(ticket, visibility, now)
    under = in_force()
    checked = check_text(ticket, actor, text, chosen, now, translation.get_language() or "en", under, attached)
    if checked.blocked:
        raise Blocked(checked)
    if not chosen.allowed:
        raise Conflict(chosen.reason, code="channel_closed")
    gates = Gates(ticket, now)
    closed = gates.closed(visibility)
    if closed is not None and closed.gate is Gate.BLOCK:
        raise Conflict(stopped_by(gates.crises[closed.crisis]), code=closed.code)
    holds = closed if closed is not None and closed.gate is Gate.HOLD else None
    findings = checked.findings_as_json()
    needed = set() if holds else reasons(actor, findings, asked=asked, closed=closed)  # asked for once it is let go
    if CRISIS in needed and approved_beforehand(begun.get("canned_response"), ticket, actor, text):
        needed.discard(CRISIS)
    wait = timedelta(seconds=settings.UNDO_SECONDS if visibility == Reply.Visibility.PUBLIC else 0)
    reply = Reply.objects.create(
        ticket=ticket,
        author=actor,
        drill=ticket.inbox.drill,
        visibility=visibility,
        text=text,
        signed_text=sign(text, under.signature_of(actor)),
        answers=chosen.answers,
        idempotency_key=key,
        state=State.HELD if needed or holds else State.QUEUED,
        submitted_at=now,
        scheduled_for=later,
        approval_asked=asked,
        looked_event_id=newest_event(ticket) if needed or later else None,
        next_attempt_at=max(now + wait, later or now),
        findings=findings,
        rulebook_version_id=under.version_id,
        problem_code=NEEDED if needed else holds.code if holds else "",
        held_by_id=holds.crisis if holds else None,
        **begun,
    )
    if ticket.assignee_id is None:
        ticket.assignee = actor
        ticket.save(update_fields=["assignee"])
        record(ticket, "assigned", at=now, actor=actor, assignee=actor.pk)
        audit(actor, "assigned", ticket, assignee=actor.pk)
    files.hand_over(attached, reply, now)
    drop(Draft.objects.filter(ticket=ticket, author=actor))
    outbox.show_problem(ticket.pk)
    write_down(reply, actor, "reply_submitted", now)
    if needed:
        ask(reply, needed, under, now)
    elif later is None and not holds:
        enqueue("desk.tasks.send_reply", reply.pk, countdown=wait.total_seconds() or None)
    return reply


def _decide(actor: User, reply_id: int, event: Event, kind: str, now: datetime | None) -> Reply:
    require(actor, Permission.REPLY)
    now = now or timezone.now()
    columns: dict[str, Any] = {"problem_code": "", "problem": {}}
    if event is not Event.CANCEL:
        columns |= {"next_attempt_at": now, "attempts": 0, "lookups": 0}
    with transaction.atomic():
        reply = _reply(reply_id)
        if reply.author_id != actor.pk:
            require(actor, Permission.REPLY_ALONE)
        outbox.take(reply)
        reply.refresh_from_db(fields=["problem_code", "held_by", "let_past"])
        held_for = crisis_of_held(reply)
        if event is Event.CANCEL:
            withdraw(reply, now)
            files.let_expire(reply, now)
        elif event is Event.RELEASE:
            if reply.state == State.HELD and reply.problem_code == NEEDED:
                raise Conflict(_("A colleague has to approve this reply first."), code=NEEDED)
            columns["let_past"] = let_past(reply, actor, now)
            if columns["let_past"] != reply.let_past:
                vouch(reply, actor, now)
            columns["looked_event_id"] = newest_event(reply.ticket) if reply.looked_event_id is not None else None
            columns["next_attempt_at"] = max(now, reply.scheduled_for or now)
        try:
            moved = outbox.move(reply, event, **columns)
        except TransitionRefused as refused:
            raise Conflict(_("This is not possible now: the reply is %(state)s.") % {"state": reply.state}) from refused
        if not moved:
            raise Conflict(_("Somebody was quicker. Look at the reply again."))
        write_down(reply, actor, kind, now)
        if held_for is not None:
            tell(held_for, "dropped" if event is Event.CANCEL else "let_go", actor=actor, now=now, reply=reply.pk)
        if event is not Event.CANCEL:
            enqueue("desk.tasks.send_reply", reply.pk)
    return reply


def write_down(reply: Reply, actor: User, kind: str, now: datetime | None) -> None:
    record(reply.ticket, kind, at=now or timezone.now(), actor=actor, reply=reply.pk, visibility=reply.visibility)
    audit(actor, kind, reply, ticket=reply.ticket_id)
    reply.ticket.refresh_from_db(fields=["problem"])
    announce([(reply.ticket, "change")])
    publish("reply", {"id": reply.pk, "ticket": reply.ticket_id, "state": reply.state})


def _refuse_paused(ticket: Ticket, begun: Mapping[str, Any], now: datetime) -> None:
    """A crisis may pause canned responses, also those that were put in before it came."""
    if begun and not begun["canned_edited"] and template_paused(begun["canned_response"], ticket, now):
        said = _("A crisis pauses this canned response. Take one of its statements, or say it in your own words.")
        raise Conflict(said, code="template_paused")


def _submitted_before(actor: User, ticket_id: int, text: str, key: str, attachment_ids: Sequence[int]) -> Reply | None:
    if not key or len(key) > 100:
        raise Invalid(
            _("Give an idempotency key of 1 to 100 characters."),
            errors={"idempotency_key": [_("1 to 100 characters.")]},
        )
    existing = Reply.objects.select_related("ticket", "author").filter(author=actor, idempotency_key=key).first()
    if existing and (
        existing.ticket_id != ticket_id
        or existing.text != text
        or list(existing.attachments.values_list("pk", flat=True)) != list(dict.fromkeys(attachment_ids))
    ):
        raise Conflict(_("This idempotency key belongs to another reply. Use a new key."), code="key_reused")
    return existing


def _channel(ticket: Ticket, visibility: str, now: datetime) -> Channel:
    if visibility not in Reply.Visibility.values:
        raise Invalid(_("Choose public or private."), errors={"visibility": [_("Choose public or private.")]})
    chosen = channel(ticket, visibility, now)
    if chosen is None:
        raise Conflict(_("This network has no such way to answer."), code="channel_closed")
    return chosen


def _ticket(ticket_id: int, *, lock: bool = False) -> Ticket:
    rows = Ticket.objects.select_related("inbox", "profile", "customer", "team")
    if lock:
        rows = rows.select_for_update(of=("self",))
    ticket = rows.filter(pk=ticket_id).first()
    if ticket is None:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    return ticket


def _reply(reply_id: int) -> Reply:
    reply = Reply.objects.select_related("ticket__inbox", "ticket__profile", "author").filter(pk=reply_id).first()
    if reply is None:
        raise Missing(_("There is no such reply."))
    return reply
