"""What an inbox's calls tell about it: errors, blind intervals, dead tokens, cost."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When

from desk.alerts.notices import Notice, notify
from desk.common.background import enqueue
from desk.common.encryption import Unsealable
from desk.common.live import publish
from desk.inboxes.gateway import (
    AuthExpired,
    NetworkError,
    OutcomeUnknown,
    PermissionMissing,
    QuotaExhausted,
    RateLimited,
    capabilities_of,
    network,
)
from desk.inboxes.models import CoverageGap, Inbox, StreamState, first_of_month
from desk.inboxes.words import kept
from desk.people.models import User, audit
from desk.people.permissions import Role
from desk.replies import outbox
from desk.replies.models import Reply
from policies.call_budget import ahead_of_month
from policies.reply_states import Event, State


def reached(inbox: Inbox, now: datetime) -> None:
    """A poll went well: whatever blinded us is over, unless another stream of the inbox still fails."""
    with transaction.atomic():
        # As it is now and stays until we are done: another stream may have begun to fail since `inbox` was read.
        known = Inbox.objects.select_for_update(no_key=True).get(pk=inbox.pk)
        Inbox.objects.filter(pk=inbox.pk).update(last_poll_at=now)
        if inbox.streams.filter(failures__gt=0).exists():
            return
        if known.failures_in_a_row or known.last_error:
            Inbox.objects.filter(pk=inbox.pk).update(failures_in_a_row=0, last_error={}, last_error_code="")
            publish("inbox", {"id": inbox.pk, "state": known.state})
        CoverageGap.objects.filter(inbox=inbox, stream="", ended_at=None).update(ended_at=now)


def failed(inbox: Inbox, problem: NetworkError, now: datetime) -> None:
    """A poll did not go well; from its last success on we may be blind."""
    if isinstance(problem, AuthExpired):
        needs_reauthorisation(inbox, problem, now)
        return
    with transaction.atomic():  # nobody reads the one without the other
        write_error(inbox, problem, now)
        open_gap(inbox, _reason(problem), inbox.last_poll_at or now)


def denied(stream: StreamState, problem: NetworkError) -> None:
    """The credentials may not read this one of several streams: it is said once, and blinds nobody to the others."""
    with transaction.atomic():
        since = stream.last_poll_at or stream.inbox.created_at
        open_gap(stream.inbox, CoverageGap.Reason.PERMISSION, since, stream=stream.name)
        if StreamState.objects.filter(pk=stream.pk, denied={}).update(denied=kept(problem)):
            audit(None, "inbox_stream_denied", stream.inbox, stream=stream.name, code=problem.code)
            publish("inbox", {"id": stream.inbox_id, "state": stream.inbox.state})


def allowed_again(stream: StreamState, now: datetime) -> None:
    """It was read, so the credentials are good for it."""
    ended = CoverageGap.objects.filter(inbox=stream.inbox_id, stream=stream.name, ended_at=None).update(ended_at=now)
    if stream.denied or ended:
        StreamState.objects.filter(pk=stream.pk).update(denied={})
        publish("inbox", {"id": stream.inbox_id, "state": stream.inbox.state})


def needs_reauthorisation(inbox: Inbox, problem: NetworkError, now: datetime) -> None:
    """The token is dead: say so once, loudly, to every administrator. What waits to be sent is held, not lost."""
    with transaction.atomic():
        write_error(inbox, problem, now)
        changed = Inbox.objects.filter(pk=inbox.pk, state=Inbox.State.ACTIVE).update(
            state=Inbox.State.NEEDS_REAUTHORISATION
        )
        if not changed:
            return
        open_gap(inbox, CoverageGap.Reason.TOKEN, inbox.last_poll_at or now)
        audit(None, "inbox_needs_reauthorisation", inbox, code=problem.code)
        administrators = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
        params = {"inbox_name": inbox.name}
        notify(
            [Notice(person.pk, "needs_reauthorisation", inbox_id=inbox.pk, params=params) for person in administrators],
            now,
        )
        publish("inbox", {"id": inbox.pk, "state": Inbox.State.NEEDS_REAUTHORISATION})


def refusal_of(inbox: Inbox, problem: NetworkError | Unsealable, now: datetime) -> NetworkError:
    """What a deed on the network failed of, as its timeline tells it. A dead token stops the inbox.

    Unlike words a deed may be done twice: whoever asked need not look whether a lost one took effect.
    """
    if isinstance(problem, Unsealable):
        problem = AuthExpired(str(problem))
    if isinstance(problem, AuthExpired):
        needs_reauthorisation(inbox, problem, now)
    if not isinstance(problem, OutcomeUnknown):
        return problem
    return OutcomeUnknown(
        "%(network)s did not say whether this was done. Try again: doing it twice changes nothing.",
        network=network(inbox.network).label,
        detail=problem.detail,
    )


def let_go(inbox: Inbox, codes: tuple[str, ...], now: datetime) -> int:
    """Release what was held because the inbox could not send; how many replies."""
    count = 0
    held = Reply.objects.filter(ticket__inbox=inbox, state=State.HELD, problem_code__in=codes)
    for reply in held.order_by("ticket_id", "id"):  # tickets are locked in one order everywhere
        columns = {"next_attempt_at": now, "problem_code": "", "problem": {}, "attempts": 0}
        outbox.take(reply)
        if reply.state == State.HELD and outbox.move(reply, Event.RELEASE, **columns):
            count += 1
            enqueue("desk.tasks.send_reply", reply.pk)
    return count


def write_error(inbox: Inbox, problem: NetworkError, now: datetime) -> None:
    """The last error, with the network's own code behind it."""
    Inbox.objects.filter(pk=inbox.pk).update(
        last_error=kept(problem),
        last_error_code=problem.code,
        last_error_at=now,
        failures_in_a_row=F("failures_in_a_row") + 1,
    )


def open_gap(inbox: Inbox, reason: str, since: datetime, *, stream: str = "") -> None:
    """From `since` on this inbox, or one stream of it, may have missed something. One that is open stays as it is."""
    try:
        with transaction.atomic():
            CoverageGap.objects.create(inbox=inbox, stream=stream, started_at=since, reason=reason)
    except IntegrityError:
        return


def lost(inbox: Inbox, since: datetime, until: datetime) -> None:
    """What was said in this interval is beyond the network's history: it is told once, and stays a gap for good."""
    told = CoverageGap.objects.filter(inbox=inbox, reason=CoverageGap.Reason.HISTORY)
    if not told.filter(started_at__lte=since, ended_at__gte=until).exists():
        CoverageGap.objects.create(inbox=inbox, started_at=since, ended_at=until, reason=CoverageGap.Reason.HISTORY)


def spent(inbox_id: int, dollars: float, now: datetime, *, reads: int = 0) -> None:
    """Add to the inbox's meters: dollars of all time and of this month, and what a plan counts in a month."""
    if dollars or reads:
        amount, month = Decimal(str(dollars)), first_of_month(now)
        Inbox.objects.filter(pk=inbox_id).update(
            cost_total=F("cost_total") + amount,
            cost_month=Case(When(month_of_cost=month, then=F("cost_month") + amount), default=Value(amount)),
            reads_month=Case(When(month_of_cost=month, then=F("reads_month") + reads), default=Value(reads)),
            month_of_cost=month,
        )


def refuse_over_budget(inbox: Inbox, now: datetime) -> None:
    """Reading ends at the month's budget, and at what the plan allows; answering goes on. Raises QuotaExhausted."""
    if inbox.monthly_budget is not None and inbox.spent_in(now) >= inbox.monthly_budget:
        raise QuotaExhausted(
            "The budget of $%(budget)s for this month is spent, so nothing new is read. Answers still leave. "
            "Raise the budget under Inboxes, or wait for the first of the month.",
            budget=str(inbox.monthly_budget),
        )
    most = capabilities_of(inbox).reads_per_month
    if most is not None and inbox.read_in(now) >= most:
        raise QuotaExhausted(
            "The %(count)s entries that the plan allows in a month are read, so nothing new is. Answers still leave. "
            "Choose a larger plan under Inboxes, or wait for the first of the month.",
            count=str(most),
        )


def ahead(inbox: Inbox, now: datetime) -> bool:
    """More is gone of the month's money, or of what the plan lets read, than the time of the month allows."""
    most = capabilities_of(inbox).reads_per_month
    read = ahead_of_month(Decimal(inbox.read_in(now)), most, now)
    return read or ahead_of_month(inbox.spent_in(now), inbox.monthly_budget, now)


def _reason(problem: NetworkError) -> str:
    if isinstance(problem, RateLimited):
        return CoverageGap.Reason.RATE_LIMIT
    if isinstance(problem, PermissionMissing):
        return CoverageGap.Reason.PERMISSION
    return CoverageGap.Reason.QUOTA if isinstance(problem, QuotaExhausted) else CoverageGap.Reason.OUTAGE
