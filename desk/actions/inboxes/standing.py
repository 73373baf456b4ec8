"""How a connected account stands: what its page and the API show of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from desk.actions.inboxes.expiry import days_left
from desk.actions.inboxes.health import ahead
from desk.inboxes import budgets
from desk.inboxes.breaker import Circuit, circuit_of
from desk.inboxes.gateway import UnknownNetwork, capabilities_of
from desk.inboxes.models import CoverageGap, Inbox, StreamState
from desk.inboxes.words import told
from policies.call_budget import lasts_until


@dataclass(frozen=True, slots=True)
class Health:
    """How an inbox really is. Lag is in milliseconds, cost in US dollars."""

    state: str
    last_poll_at: datetime | None
    last_event_at: datetime | None
    last_webhook_at: datetime | None
    lag_ms: int | None
    streams: list[StreamState]
    denied: list[tuple[str, str]]  # streams that the credentials may not read, and why
    last_error: str
    last_error_code: str
    last_error_at: datetime | None
    open_gap: CoverageGap | None
    cost_total: Decimal
    cost_month: Decimal
    reads_month: int  # entries of this month that count by the plan
    reads_allowed: int | None  # by the plan, in a month
    unreadable: int  # entries of the network that could not be read; kept, capped at 100
    budgets: list[budgets.Standing]  # calls, by kind
    money_until: datetime | None  # when the month's money is gone if it goes on like this; None where it lasts
    slowed: bool  # more money is gone than the month's time allows: reading is slower
    circuit: Circuit
    rests_until: datetime | None
    credentials_end_at: datetime | None  # as far as the network tells
    credentials_days: int | None  # whole days until then, where that is soon


def health(inbox: Inbox) -> Health:
    """What really happened, read in three small queries."""
    now = timezone.now()
    gap = CoverageGap.objects.filter(inbox=inbox, stream="", ended_at=None).first()
    streams = list(inbox.streams.order_by("id"))
    spent, circuit = inbox.spent_in(now), circuit_of(inbox, now)
    unreadable = inbox.raw_items.exclude(problem="").values_list("pk", flat=True)[:100]
    return Health(
        state=inbox.state,
        last_poll_at=inbox.last_poll_at,
        last_event_at=inbox.last_event_at,
        last_webhook_at=inbox.last_webhook_at,
        lag_ms=inbox.last_event_lag_ms,
        streams=streams,
        denied=[(one.name, told(one.denied)) for one in streams if one.denied],
        last_error=told(inbox.last_error),
        last_error_code=inbox.last_error_code,
        last_error_at=inbox.last_error_at,
        open_gap=gap,
        cost_total=inbox.cost_total,
        cost_month=spent,
        reads_month=inbox.read_in(now),
        reads_allowed=_reads_allowed(inbox),
        unreadable=len(unreadable),
        budgets=_budgets(inbox, streams, now),
        money_until=lasts_until(spent, inbox.monthly_budget, now),
        slowed=_slowed(inbox, now),
        circuit=circuit,
        rests_until=inbox.breaker_until if circuit is Circuit.OPEN else None,
        credentials_end_at=inbox.credentials_end_at,
        credentials_days=days_left(inbox, now),
    )


def _reads_allowed(inbox: Inbox) -> int | None:
    try:
        return capabilities_of(inbox).reads_per_month
    except UnknownNetwork:  # its connector is gone
        return None


def _slowed(inbox: Inbox, now: datetime) -> bool:
    try:
        return ahead(inbox, now)
    except UnknownNetwork:
        return False


def _budgets(inbox: Inbox, streams: Sequence[StreamState], now: datetime) -> list[budgets.Standing]:
    """What is left by kind of call; where Redis has lost it, what the last polls heard."""
    found = budgets.standing(inbox.pk)
    return found or [
        budgets.Standing(one.name, one.rate_limit, one.rate_remaining, one.rate_reset_at)
        for one in streams
        if one.rate_limit and one.rate_remaining is not None and (one.rate_reset_at is None or one.rate_reset_at > now)
    ]
