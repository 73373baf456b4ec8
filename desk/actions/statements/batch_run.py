"""The worker's half of answers in batches: looking what each ticket would get, and handing in one at a time.

A line and the reply that comes of it are written in one transaction, so a killed worker loses nothing and doubles
nothing. The row of the batch is locked meanwhile: of two workers one does the work, and who pauses waits for it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import translation

from desk.actions.crises.crisis_moves import tell
from desk.actions.replies.reply import Blocked, submit
from desk.actions.replies.stale import NEWS, StaleReply
from desk.actions.statements.batch_answers import HELD_BY_CRISIS, MOST_PER_MINUTE, PAUSED, STARTED, told
from desk.actions.statements.batch_approval import let_go_as_read
from desk.actions.statements.batch_looking import CRISIS_BLOCK, Look, Looker
from desk.actions.tickets.facts import RECENT
from desk.common.background import enqueue
from desk.common.errors import DeskError, NotPermitted
from desk.common.live import publish
from desk.crises.models import Crisis
from desk.inboxes.gateway import UnknownNetwork, capabilities_of
from desk.inboxes.models import Inbox
from desk.people.permissions import Permission
from desk.replies.lines import in_order
from desk.replies.models import AnswerBatch, AnswerLine, Draft, Reply
from desk.rulebooks.active import in_force
from desk.tickets.models import OPEN_STATES, WAITING_STATES, Ticket, TicketEvent
from policies.batch_states import Event, State, next_state
from policies.near_duplicates import Digest, digest

LOCK = 0x1B3  # advisory, with the inbox: one answer of all batches at a time
PORTION = 20  # tickets looked at in one transaction
PORTIONS = 15  # in one task; then others have their turn
LOST_AFTER = timedelta(seconds=10)  # without a step while it is prepared
DONE = "batch_done"
NEWER, CLOSED, OWN_DRAFT, CRISIS_OVER = "newer", "closed", "own_draft", "crisis_over"
NOT_PERMITTED, ERASED = "not_permitted", "erased"
_SHARE = 0.75  # of what a network takes; the rest is for what colleagues write by hand
_States = AnswerLine.States


def look_at(batch_id: int, now: datetime) -> bool:
    """Look at one portion of a batch that is being prepared; whether there is more to look at."""
    with transaction.atomic():
        batch = _taken(batch_id, State.PREPARING)
        if batch is None:
            return False
        # Held until they are written: whoever erases a customer leaves their line out before that, or after it.
        lines = list(_of(batch, _States.NEW).select_for_update().order_by("id")[:PORTION])
        with translation.override(batch.author.language):
            _look_at(batch, lines, now)
        if len(lines) < PORTION:
            batch.state = next_state(batch.state, Event.LOOKED)
        batch.moved_at = now
        batch.save(update_fields=["state", "moved_at"])
        if batch.state == State.READY and batch.publication_id is not None:
            _start_by_itself(batch, now)
        _publish(batch)
    return batch.state == State.PREPARING


def prepare(batch_id: int, now: datetime) -> None:
    """Look for a few seconds, and have it go on where that was not all."""
    if all(look_at(batch_id, now) for _ in range(PORTIONS)):
        enqueue("desk.tasks.look_at_answers", batch_id)


def sweep(now: datetime) -> int:
    """One answer for each inbox of each batch whose turn has come; how many. What a killed worker left is looked at."""
    lost = AnswerBatch.objects.filter(state=State.PREPARING, moved_at__lt=now - LOST_AFTER)
    for batch_id in lost.values_list("pk", flat=True):
        if lost.filter(pk=batch_id).update(moved_at=now):  # of several sweeps one takes it over
            enqueue("desk.tasks.look_at_answers", batch_id)
    return sum(step(pk, now) for pk in AnswerBatch.objects.filter(state=State.RUNNING).values_list("pk", flat=True))


def step(batch_id: int, now: datetime) -> int:
    """What of a running batch has its turn now: at most one answer for each inbox; how many were handed in."""
    if not _goes_on(batch_id, now):
        return 0
    waiting = AnswerLine.objects.filter(batch=batch_id, state=_States.WAITING)
    inboxes = Inbox.objects.filter(pk__in=waiting.values("inbox")).order_by("pk")
    return sum(_turn(batch_id, inbox, now) for inbox in inboxes)


def spacing(inbox: Inbox, batch: AnswerBatch) -> timedelta:
    """The least time between two answers of batches in an inbox: what was asked for, and what its network takes."""
    apart = 60 / min(batch.per_minute, MOST_PER_MINUTE)
    try:
        capabilities = capabilities_of(inbox)
    except UnknownNetwork:
        return timedelta(seconds=apart)
    public = batch.visibility == Reply.Visibility.PUBLIC
    hourly = capabilities.public_per_hour if public else capabilities.private_per_hour
    return timedelta(seconds=max(apart, 3600 / (hourly * _SHARE)) if hourly else apart)


# ── looking ──────────────────────────────────────────────────────────────────
def _look_at(batch: AnswerBatch, lines: list[AnswerLine], now: datetime) -> None:
    looker, say_in = Looker(batch, in_force(), now), batch.author.language
    said = {inbox: _given(batch, inbox) for inbox in {line.inbox_id for line in lines}}
    tickets = {ticket.pk: ticket for ticket in _tickets(line.ticket_id for line in lines)}
    for line in lines:
        given = said[line.inbox_id]
        look = looker.look(tickets[line.ticket_id], say_in, said=given, turn=line.pk)
        _keep(line, look, _States.REFUSED if look.code else _States.WAITING)
        if not look.code and (shape := digest(look.text)):
            given.append(shape)
            del given[:-RECENT]


def _start_by_itself(batch: AnswerBatch, now: datetime) -> None:
    """Replies of a statement: its author said so when it was published. What a crisis would hold waits for a person,
    instead of becoming a heap of held replies.
    """
    waiting = _of(batch, _States.WAITING)
    if waiting.filter(expects=AnswerLine.Expects.HOLD).exists() or not waiting.exists():
        return
    batch.state, batch.resumed_at = next_state(batch.state, Event.START), now
    batch.save(update_fields=["state", "resumed_at"])
    tell(
        batch.crisis,
        STARTED,
        actor=batch.author,
        now=now,
        batch=batch.pk,
        publication=batch.publication_id,
        **told(batch),
    )


def _given(batch: AnswerBatch, inbox_id: int) -> list[Digest]:
    """What earlier lines give others through this inbox, the newest at the end."""
    rows = _of(batch, _States.WAITING).filter(inbox=inbox_id).order_by("-id").values_list("text", flat=True)
    return list(filter(None, map(digest, reversed(rows[:RECENT]))))


def _keep(line: AnswerLine, look: Look, state: str) -> None:
    if line.text not in ("", look.text):  # other words than somebody may have read
        line.approved_by, line.approved_codes = None, []
        AnswerBatch.objects.filter(pk=line.batch_id).update(rewordings=F("rewordings") + 1)
    line.text, line.findings, line.expects = look.text, look.findings, look.expects
    line.state, line.code = state, look.code
    line.save(update_fields=["text", "findings", "expects", "state", "code", "approved_by", "approved_codes"])


# ── its turn ─────────────────────────────────────────────────────────────────
@transaction.atomic
def _goes_on(batch_id: int, now: datetime) -> bool:
    """Whether a running batch has anything to do. What can't go on is paused, what is through is done."""
    batch = _taken(batch_id, State.RUNNING)
    if batch is None:
        return False
    crisis = batch.crisis
    if crisis.state != Crisis.State.ACTIVE and (crisis.ended_at or now) > (batch.resumed_at or now):
        return _paused(batch, CRISIS_OVER, now)
    if not batch.author.may(Permission.ANSWER_IN_BATCHES):
        return _paused(batch, NOT_PERMITTED, now)
    waiting = _of(batch, _States.WAITING)
    news = TicketEvent.objects.filter(ticket=OuterRef("ticket"), pk__gt=OuterRef("seen_event_id"), kind__in=NEWS)
    in_order(waiting.filter(Exists(news))).update(state=_States.LEFT_OUT, code=NEWER)
    if waiting.exists():
        return True
    batch.state, batch.ended_at = next_state(batch.state, Event.FINISH), now
    batch.save(update_fields=["state", "ended_at"])
    tell(crisis, DONE, actor=None, now=now, batch=batch.pk, **told(batch))
    _publish(batch)
    return False


@transaction.atomic
def _turn(batch_id: int, inbox: Inbox, now: datetime) -> bool:
    """Hand in the next answer of this inbox if its turn has come; whether one was."""
    batch = _taken(batch_id, State.RUNNING)
    if batch is None or not _is_due(inbox, batch, now):
        return False
    line = _of(batch, _States.WAITING).filter(inbox=inbox).order_by("id").first()
    if line is None:
        return False
    ticket = _tickets([line.ticket_id]).select_for_update(of=("self",)).get()
    line.refresh_from_db(fields=["state", "text"])  # whoever erases the customer held the ticket until now
    if line.state != _States.WAITING:
        return False
    if code := _no_longer(line, ticket):
        line.state, line.code = _States.LEFT_OUT, code
        line.save(update_fields=["state", "code"])
        return False
    with translation.override(batch.author.language):
        look = Looker(batch, in_force(), now).look(ticket, batch.author.language, turn=line.pk, first=line.text)
        if stricter := _stricter(line, look):
            return _paused(batch, stricter, now)
        handed_in = not look.code and _hand_in(batch, line, look, now)
    if look.code:
        _keep(line, look, _States.REFUSED)
    _publish(batch)
    return handed_in


def _hand_in(batch: AnswerBatch, line: AnswerLine, look: Look, now: datetime) -> bool:
    """Through the one verb for replies; what refuses it is written on the line."""
    try:
        reply = submit(
            batch.author,
            line.ticket_id,
            text=look.text,
            visibility=batch.visibility,
            idempotency_key=f"answer:{batch.pk}:{line.pk}",
            seen_event_id=line.seen_event_id,
            canned_response_id=batch.canned_response_id,
            canned_text=look.text,
            now=now,
        )
    except DeskError as refused:
        left_out = isinstance(refused, StaleReply)
        code = NEWER if left_out else NOT_PERMITTED if isinstance(refused, NotPermitted) else refused.code
        found = refused.checked.findings_as_json() if isinstance(refused, Blocked) else look.findings
        _keep(line, Look(look.text, found, "", code), _States.LEFT_OUT if left_out else _States.REFUSED)
        return False
    line.reply, line.slot_at = reply, now
    _keep(line, look, _States.ANSWERED)
    line.save(update_fields=["reply", "slot_at"])
    let_go_as_read(line, reply, now)
    return True


def _is_due(inbox: Inbox, batch: AnswerBatch, now: datetime) -> bool:
    """Of all batches in this inbox one is handed in at a time; the lock is held until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, inbox.pk % 2**31])
        if not cursor.fetchone()[0]:
            return False
    taken = AnswerLine.objects.filter(inbox=inbox, slot_at__isnull=False).order_by("-slot_at")
    last = taken.values_list("slot_at", flat=True).first()
    return last is None or last + spacing(inbox, batch) <= now


def _no_longer(line: AnswerLine, ticket: Ticket) -> str:
    """Why this ticket is not answered any more: something new on it, or nobody waits; "" where it is."""
    if TicketEvent.objects.filter(ticket=ticket, pk__gt=line.seen_event_id, kind__in=NEWS).exists():
        return NEWER
    if ticket.merged_into_id is not None or ticket.state not in (*OPEN_STATES, *WAITING_STATES):
        return CLOSED
    if ticket.erased_at is not None or ticket.customer.erased_at is not None:
        return ERASED
    if Draft.objects.filter(ticket=ticket, author=line.batch.author_id).exclude(text="").exists():
        return OWN_DRAFT  # which a reply of theirs would end
    return ""


def _stricter(line: AnswerLine, look: Look) -> str:
    """A gate that closed since somebody read the preview: they look again, instead of a heap of held replies."""
    if look.code == CRISIS_BLOCK:
        return CRISIS_BLOCK
    if look.expects == AnswerLine.Expects.HOLD and line.expects != AnswerLine.Expects.HOLD:
        return HELD_BY_CRISIS
    return ""


# ── steps that both share ────────────────────────────────────────────────────
def _taken(batch_id: int, state: State) -> AnswerBatch | None:
    """The batch, locked, if it stands so and nobody else works on it."""
    rows = AnswerBatch.objects.select_related("author", "crisis")
    rows = rows.select_for_update(of=("self",), skip_locked=True, no_key=True)
    return rows.filter(pk=batch_id, state=state).first()


def _of(batch: AnswerBatch, state: str) -> "QuerySet[AnswerLine]":
    return AnswerLine.objects.filter(batch=batch, state=state)


def _tickets(ticket_ids: Iterable[int]) -> "QuerySet[Ticket]":
    """With what the rules ask of them."""
    rows = Ticket.objects.select_related("inbox", "profile", "customer", "team")
    return rows.filter(pk__any_of=list(ticket_ids))


def _paused(batch: AnswerBatch, code: str, now: datetime) -> bool:
    """It waits for a person; False, so that nothing more is done."""
    batch.state, batch.paused_because, batch.moved_at = next_state(batch.state, Event.PAUSE), code, now
    batch.save(update_fields=["state", "paused_because", "moved_at"])
    tell(batch.crisis, PAUSED, actor=None, now=now, batch=batch.pk, because=code, **told(batch))
    _publish(batch)
    return False


def _publish(batch: AnswerBatch) -> None:
    publish("answers", {"id": batch.pk, "crisis": batch.crisis_id, "state": batch.state})
