"""Answering a customer, the network's half: claim, check once more, call the network, write down what came of it.

The network is called with no transaction open, so a killed worker leaves the row in *sending*; the sweep turns that
into *unknown*, which is looked for on the network and never sent again by itself. A public reply sent twice costs more
than one sent late.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from desk.actions.crises.crisis_gate import gate_of, while_gates_stand
from desk.actions.forms.form_channel import FormChannel, by_form
from desk.actions.inboxes.channels import channel, check_text
from desk.actions.inboxes.health import needs_reauthorisation, spent
from desk.actions.inboxes.probing import PROBED, RESTING, leaves_it_to_another
from desk.actions.replies.approval_requests import ask, reasons, send_back
from desk.actions.replies.lost_outcomes import LOOKUPS, look
from desk.actions.replies.settle import settle
from desk.actions.replies.wordings import approved_beforehand
from desk.actions.tickets.announce import announce
from desk.actions.tickets.opening import LOOKED_AHEAD, hours_for, is_open, next_opening
from desk.actions.tickets.timeline import record
from desk.common.encryption import Unsealable
from desk.common.live import publish
from desk.inboxes.calls import MeteredConnector, connect
from desk.inboxes.gateway import (
    AuthExpired,
    Duplicate,
    InvalidContent,
    NetworkError,
    OutcomeUnknown,
    Outgoing,
    OutgoingFile,
    QuotaExhausted,
    RateLimited,
    SendResult,
    StillWorking,
    capabilities_of,
)
from desk.inboxes.models import Inbox, RawItem
from desk.inboxes.words import kept
from desk.replies import approvals, files, outbox
from desk.replies.approvals import CRISIS, NEEDED, NEWER
from desk.replies.models import Reply, ReplyAttachment
from desk.rulebooks.active import in_force
from desk.tickets.models import Message
from policies.crisis_plan import Closed, Gate
from policies.reply_states import Event, State

MOST_ATTEMPTS = 8
CLOSED = "desk_closed"
FIRST_PAUSE = timedelta(seconds=5)  # doubled at each attempt
LONGEST_PAUSE = timedelta(minutes=10)


def send(reply_id: int, now: datetime) -> None:
    """Take one due reply to its network. Does nothing where it is not due, not queued, or another worker has it."""
    with while_gates_stand():
        reply = outbox.claim(reply_id, now)
        closed = gate_of(reply, now) if reply is not None else None
    if reply is None:
        return
    if closed is not None and closed.gate is not Gate.APPROVE:
        _step(reply, Event.HOLD, now, closed.code, {}, held_by=closed.crisis)
    elif reply.scheduled_for is not None and not is_open(now, hours_for(reply.ticket, now)):
        _put_off(reply, now)
    elif reason := _gate(reply, closed, now):
        _hold(reply, reason, closed, now)
    elif not by_form(reply) and leaves_it_to_another(reply, reply.ticket.inbox, now):  # a form needs no network
        _step(reply, Event.RETRY_LATER, now, RESTING, {}, next_attempt_at=now + PROBED)
    else:
        _attempt(reply, now)


def look_up(reply_id: int, now: datetime) -> None:
    """Look on the network for a reply whose outcome is unknown."""
    reply = Reply.objects.select_related("ticket__inbox", "ticket__profile", "author", "answers__conversation").get(
        pk=reply_id
    )
    looked = look(reply, lambda: _network(reply).find_sent(_outgoing(reply, now)), now)
    if looked is None:
        return
    with transaction.atomic():
        outbox.take(reply)
        if (looked.found is None or not settle(reply, looked.found, now)) and reply.state == State.UNKNOWN:
            record(reply.ticket, "reply_not_seen", at=now, reply=reply.pk)
            announce([(reply.ticket, "change")])


def give_up_on_stuck(now: datetime) -> int:
    """Replies whose worker died while sending become unknown; how many."""
    count = 0
    for reply in outbox.stuck(now).select_related("ticket"):
        count += _step(reply, Event.LOSE, now, OutcomeUnknown.code, {}, look_in=0)
    return count


def _put_off(reply: Reply, now: datetime) -> None:
    """One that was put off comes due while the desk is closed: approved late, or other opening hours hold by now."""
    opens = next_opening(now, hours_for(reply.ticket, now)) or now + LOOKED_AHEAD
    with transaction.atomic():
        if _step(reply, Event.RETRY_LATER, now, CLOSED, {}, next_attempt_at=opens):
            Reply.objects.filter(pk=reply.pk).update(scheduled_for=opens)


def _gate(reply: Reply, closed: Closed | None, now: datetime) -> str:
    """Why this reply may not leave at this moment, "" where it may. Asked for every message, just before it goes.

    `closed` is the gate of a crisis that wants approval.
    """
    inbox = reply.ticket.inbox
    if inbox.state == Inbox.State.NEEDS_REAUTHORISATION and not by_form(reply):
        return "auth_expired"
    if inbox.state == Inbox.State.PAUSED:
        return "paused"
    chosen = channel(reply.ticket, reply.visibility, now)
    if chosen is None:
        return "not_allowed"
    if chosen.visibility == Reply.Visibility.PUBLIC and reply.answers and reply.answers.deleted_at is not None:
        return "not_found"  # taken back since the reply was written
    if approvals.is_overtaken(reply):
        return NEWER
    under = in_force()  # perhaps another than when it was written: what is switched on holds for whatever waits
    attached = list(reply.attachments.all())
    checked = check_text(reply.ticket, reply.author, reply.text, chosen, now, reply.author.language, under, attached)
    reply.findings, reply.rulebook_version_id = checked.findings_as_json(), under.version_id
    reply.save(update_fields=["findings", "rulebook_version"])
    if checked.blocked:
        return "blocked_by_policy"
    return NEEDED if _unapproved(reply, closed) else ""


def _unapproved(reply: Reply, closed: Closed | None) -> set[str]:
    """Reasons for approval, as it was checked last, that nobody has given for exactly these words."""
    needed = reasons(reply.author, reply.findings, asked=reply.approval_asked, closed=closed)
    if CRISIS in needed and approved_beforehand(reply.canned_response, reply.ticket, reply.author, reply.text):
        needed.discard(CRISIS)
    return needed - approvals.approved_codes(reply) if needed else needed


def _hold(reply: Reply, reason: str, closed: Closed | None, now: datetime) -> None:
    """Stop it, and put it before whoever can decide."""
    with transaction.atomic():
        if not _step(reply, Event.HOLD, now, reason, {}):
            return
        if reason == NEWER:
            send_back(reply, now)
        elif reason == NEEDED:
            ask(reply, _unapproved(reply, closed), in_force(), now)


def _attempt(reply: Reply, now: datetime) -> None:
    Reply.objects.filter(pk=reply.pk).update(attempts=reply.attempts + 1, called=True)
    reply.attempts += 1
    try:
        result = _call(reply, now)
    except _Overtaken:
        return  # it counts as unknown by now, and is looked for
    except AuthExpired as problem:
        needs_reauthorisation(reply.ticket.inbox, problem, now)
        _step(reply, Event.HOLD, now, problem.code, kept(problem))
    except QuotaExhausted as problem:
        _step(reply, Event.HOLD, now, problem.code, kept(problem))
    except RateLimited as problem:
        _later(reply, now, problem, problem.retry_at)
    except (OutcomeUnknown, Duplicate) as problem:  # a duplicate may be our own first try, so it is looked for as well
        _step(reply, Event.LOSE, now, problem.code, kept(problem), look_in=LOOKUPS[0])
    except NetworkError as problem:
        if problem.permanent or reply.attempts >= MOST_ATTEMPTS:
            _step(reply, Event.FAIL, now, problem.code, kept(problem))
        else:
            _later(reply, now, problem, None)
    except Unsealable as problem:
        _step(reply, Event.HOLD, now, AuthExpired.code, kept(AuthExpired(str(problem))))
    else:
        _sent(reply, result, now)


class _Overtaken(Exception):
    """The sweep took this worker for dead while it was bringing files to the network."""


def _call(reply: Reply, now: datetime) -> SendResult:
    if connection.in_atomic_block:
        raise RuntimeError("The network must not be called inside a transaction.")
    network = _network(reply)
    media = tuple(_bring(network, reply, row) for row in reply.attachments.all())
    return network.send(_outgoing(reply, now, media=media, again=reply.called))  # as it was when this try began


def _network(reply: Reply) -> MeteredConnector | FormChannel:
    if by_form(reply):
        return FormChannel(reply)
    return connect(reply.ticket.inbox, for_drill=reply.drill)


def _bring(network: MeteredConnector | FormChannel, reply: Reply, row: ReplyAttachment) -> str:
    """Upload one file, which nobody sees yet and which may be done again."""
    try:
        content = files.content_of(row)
    except FileNotFoundError as gone:
        raise InvalidContent("An attachment is not here any more. Take the text back and attach it again.") from gone
    file = OutgoingFile(
        content,
        row.content_type,
        files.name_outside(row),
        row.alt_text,
        row.captions,
        row.captions_language,
        row.network_handle,
    )
    try:
        handle = network.upload(file, private=reply.visibility == Reply.Visibility.PRIVATE)
    except StillWorking as problem:  # nobody waits for that here: the next try asks how far it is
        ReplyAttachment.objects.filter(pk=row.pk).update(network_handle=problem.handle)
        raise
    if not outbox.still_at_it(reply, timezone.now()):
        raise _Overtaken
    return handle


def _sent(reply: Reply, result: SendResult, now: datetime) -> None:
    with transaction.atomic():
        settle(reply, result, now)
        spent(reply.ticket.inbox_id, result.cost, now)


def _later(reply: Reply, now: datetime, problem: NetworkError, retry_at: datetime | None) -> None:
    pause = min(FIRST_PAUSE * 2 ** (reply.attempts - 1), LONGEST_PAUSE)
    _step(reply, Event.RETRY_LATER, now, problem.code, kept(problem), next_attempt_at=max(retry_at or now, now + pause))


def _step(
    reply: Reply,
    event: Event,
    now: datetime,
    code: str,
    problem: Mapping[str, object],
    *,
    look_in: int = LOOKUPS[0],
    next_attempt_at: datetime | None = None,
    held_by: int | None = None,
) -> bool:
    with transaction.atomic():
        before = reply.state
        outbox.take(reply)
        due = next_attempt_at or now + timedelta(seconds=look_in)
        columns: dict[str, Any] = {"problem_code": code, "problem": problem, "next_attempt_at": due}
        if held_by is not None:
            columns["held_by_id"] = held_by
        if reply.state != before or not outbox.move(reply, event, **columns):
            return False
        if event is not Event.RETRY_LATER:
            record(reply.ticket, f"reply_{reply.state}", at=now, actor=reply.author, reply=reply.pk, code=code)
        reply.ticket.refresh_from_db(fields=["problem"])
        announce([(reply.ticket, "change")])
        publish("reply", {"id": reply.pk, "ticket": reply.ticket_id, "state": reply.state})
    return True


def _outgoing(reply: Reply, now: datetime, *, media: tuple[str, ...] = (), again: bool = False) -> Outgoing:
    private = reply.visibility == Reply.Visibility.PRIVATE
    answers = reply.answers
    last_private = (
        Message.objects.filter(ticket=reply.ticket, outgoing=False, private=True)
        .order_by("-created_at")
        .values_list("created_at", flat=True)
        .first()
    )
    return Outgoing(
        text=reply.signed_text,
        private=private,
        thread_id=answers.conversation.thread_id if answers else "",
        reply_to=answers.external_id if answers else "",
        recipient=answers.profile.external_id if answers and answers.profile else reply.ticket.profile.external_id,
        reply_to_public=private and answers is not None and not answers.private,
        last_inbound_at=last_private,
        now=now,
        idempotency_key=f"{reply.author_id}:{reply.idempotency_key}",
        submitted_at=reply.submitted_at,
        media=media,
        again=again,
        original=_original(reply),
    )


def _original(reply: Reply) -> Mapping[str, Any]:
    """What the network told of the message that is answered, where an answer is made from it."""
    answers = reply.answers
    if answers is None or answers.raw_item_id is None or not capabilities_of(reply.ticket.inbox).answers_original:
        return {}
    kept = RawItem.objects.filter(pk=answers.raw_item_id).values_list("item__raw", flat=True).first()
    return kept if isinstance(kept, dict) else {}
